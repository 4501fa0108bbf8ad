"""Token alignment: whether the tokens of a claim occur in one sentence of its evidence, in the same order.

Before the first token there may only be the speaker's own "we wish to stress that", or a phrase set off by a comma.
Between and after the words of a claim, words may be left out if they only narrow the sense ("a [specialized] unit");
never an operator, a name, another clause, the head of what follows ("the [abolition of the] sanctions"), or what
`polarity_words` says narrows what is before it. A claim with "and" is checked as the two claims that it is short for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, takewhile
from typing import Final

from app.answering.claims.tokens import NONVERIDICAL, OPERATORS, ClaimToken
from ingest.language.claim_words import SELF
from ingest.language.polarity_words import limit_behind, narrowed

# The most words in a leading phrase before a comma.
_MAX_LEAD_WORDS: Final = 24
# Tokens between the parts of a coordination ("X and Y"), and the most of them at which a claim is split.
_CUTTING: Final = frozenset({"join", "comma", "stop", "break"})
_MAX_CUTS: Final = 6
# The most sentences searched, those sharing most with the claim; the most tokens from one of its words to the next.
_MAX_SENTENCES: Final = 12
_MAX_TOKENS_BETWEEN: Final = 24
# Passive auxiliaries, which count only beside their verb: "we were asked" is not "we asked".
_VOICE: Final = frozenset({"be", "was", "been", "by"})
# Operators that a claim must not be cut off from even where it may be part of a sentence (`partial`).
_GOVERNING: Final = OPERATORS - {"must", "should", "can", "will", "be", "was", "been", "all", "some", "most", "many"}
# The most words left out in one place, and in an aside between commas; how many Chinese characters count as a word.
_MAX_WORDS_LEFT_OUT: Final = 3
_MAX_ASIDE_TOKENS: Final = 16
_CHARACTERS_PER_WORD: Final = 2
# Downward-entailing operators, under which leaving out a modifier says more: "does not accept [remote] access".
_DOWNWARD: Final = frozenset({"not", "ended", "without", "only", "few", "less", "against"})
# Operators that qualify a claim from after it: in the rest of its clause ("… unless others sign"), or of its phrase.
_AFTER: Final = frozenset({"if", "unless", "evenif", "until"})
_WITHIN: Final = frozenset({"not", "ended", "only", "past", "doubt"})
# The key of "but" in the lists of claims.XX.yaml, in each of which it is the third of `joins`.
_BUT: Final = "join2"
# Languages in which an aside that begins with "who" or "which" is a relative clause, left out whatever its words are.
_RELATIVE: Final = frozenset({"en", "fr", "es"})
# Languages whose clauses may lack a subject.
SUBJECTLESS: Final = frozenset({"zh"})


@dataclass(frozen=True, kw_only=True)
class ClaimBody:
    """A claim without its reporting clause or verb."""

    tokens: tuple[ClaimToken, ...]
    """In order."""
    framed: bool = False
    """It opened with a reporting clause ("Arvandia says that"), so that what follows is a whole sentence."""
    stressed: bool = False
    """It opened with a reporting verb alone ("Arvandia stresses the need"), which the evidence must have as well."""
    partial: bool = False
    """It may begin in the middle of a sentence, as where the text of a treaty is cited in part."""


@dataclass(frozen=True, kw_only=True)
class EvidenceSentence:
    """A sentence of the evidence, in which the words of a claim are looked for."""

    text: str
    tokens: tuple[ClaimToken, ...]
    language: str

    def ends(self, body: ClaimBody, *, after: ClaimBody | None = None, beyond: int = -1) -> set[int]:
        """Returns where a claim may end in this sentence.

        It has to begin after the position `beyond`, or after the first words of another claim (`after`).
        """
        wanted, binding = _chain(body.tokens)
        if not wanted:
            return set()
        begun = self._beginnings(body, wanted, binding)
        shared: Sequence[ClaimToken] = ()
        if after is not None:
            shared, links = _chain(after.tokens)
            reached = self._walk(shared, links, self._beginnings(after, shared, links))
            for token, ends in zip(shared, reached, strict=True):
                if token.kind not in OPERATORS:
                    begun |= self._further(ends, wanted[0], binding[0], shared)
        *_, ends = self._walk(wanted, binding, {at for at in begun if at > beyond})
        downward = any(token.kind in _DOWNWARD for token in (*shared, *wanted)) and not body.partial
        return {
            end
            for end in ends
            if _may_end(self.tokens[end + 1 :], self.language, whole=downward) and not self._narrows(end, wanted)
        }

    def _narrows(self, end: int, wanted: Sequence[ClaimToken]) -> bool:
        """Returns whether the rest of a phrase limits what a claim that ends in it says.

        What is only intended or asked for is open already: "intends to accede [once the law is passed]".
        """
        phrase = takewhile(lambda token: token.kind not in _CUTTING - {"break"}, self.tokens[end + 1 :])
        start, stop = self.tokens[end].end, max((token.end for token in phrase), default=0)
        after = self.text[start : max(start, stop)]
        if narrowed(self.text[:start], after, self.language):
            return True
        return not any(token.kind == "guard" for token in wanted) and limit_behind(after, self.language) is not None

    def _beginnings(
        self, body: ClaimBody, wanted: Sequence[ClaimToken], binding: Sequence[list[ClaimToken]]
    ) -> set[int]:
        first = (at for at, token in enumerate(self.tokens) if wanted and _same(token, wanted[0]))
        return {at for at in first if self._begins(body, binding[0], at)}

    def _walk(
        self, wanted: Sequence[ClaimToken], binding: Sequence[list[ClaimToken]], begun: set[int]
    ) -> Iterator[set[int]]:
        """Yields, for each content token of a claim in turn, the positions at which it may stand."""
        ends = begun
        yield ends
        for place in range(1, len(wanted)):
            ends = self._further(ends, wanted[place], binding[place], wanted[:place]) if ends else ends
            yield ends

    def _further(
        self, ends: set[int], wanted: ClaimToken, binding: Sequence[ClaimToken], before: Sequence[ClaimToken]
    ) -> set[int]:
        limit = _limit_after(before, self.language)
        return {
            at
            for at, token in enumerate(self.tokens)
            if _same(token, wanted)
            and any(
                0 < at - end <= _MAX_TOKENS_BETWEEN
                and _may_leave_out(self.tokens[end + 1 : at], token, binding, self.language, limit=limit)
                for end in ends
            )
        }

    def _begins(self, body: ClaimBody, binding: Sequence[ClaimToken], at: int) -> bool:
        """Returns whether a claim may begin at a token: its clause has no operator or other speaker before it."""
        begin = max(_clause_ends(self.tokens[:at]), default=-1) + 1
        before = _without_asides(self.tokens[begin:at], self.language)
        governing = _GOVERNING if body.partial else OPERATORS - _VOICE
        if any(token.kind in governing or token.kind in ("name", *NONVERIDICAL) for token in before):
            return False
        if body.partial:
            return _is_bound(binding, before)
        if before and before[-1].kind in _VOICE:
            return False
        links = [token for token in binding if token.kind != "self" or self.language not in SUBJECTLESS]
        if not _is_bound(links, self.tokens[: at + 1]):
            return False
        comma = max((place for place, token in enumerate(before) if token.kind == "comma"), default=-1)
        lead, rest = before[: comma + 1], before[comma + 1 :]
        by_speaker = any(SELF in token.keys for token in before) or self.language in SUBJECTLESS
        if any(token.kind == "say" for token in before) and not by_speaker:
            return False
        if body.stressed and not any(token.kind == "say" for token in rest):
            return False
        if sum(token.counts for token in lead) > _MAX_LEAD_WORDS:
            return False
        # A noun stands for the speaker only beside a word for it: "my country", but not "the Government".
        beside = [{one.kind for one in rest[max(0, place - 1) : place + 2]} for place in range(len(rest))]
        return all(
            not token.counts or token.kind in ("say", "opener") or (token.kind == "noun" and "self" in kinds)
            for token, kinds in zip(rest, beside, strict=True)
        )


def is_aligned(body: ClaimBody, sentences: Sequence[EvidenceSentence]) -> bool:
    """Returns whether a claim, or each claim that its coordination is short for, aligns with one of the sentences."""
    nearest = _nearest(body, sentences)
    if any(sentence.ends(body) for sentence in nearest):
        return True
    tokens = body.tokens
    cuts = [at for at, token in enumerate(tokens) if token.kind in _CUTTING and not _is_lead(tokens[: at + 1])]
    del cuts[_MAX_CUTS:]
    for first in cuts:
        head = replace(body, tokens=tokens[:first])
        later = [*(cut for cut in cuts if cut >= first), len(tokens)]
        ends = ((row, sentence.ends(head)) for row, sentence in enumerate(nearest))
        row, head_ends = next(((row, found) for row, found in ends if found), (0, set()))
        used = [min(head_ends) if head_ends and row == other else -1 for other in range(len(nearest))]
        if head_ends and _rest_is_aligned(head, tokens, later, nearest, used):
            return True
    return False


def _nearest(body: ClaimBody, sentences: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Returns the sentences that share most tokens with a claim, in their order."""
    keys = frozenset[str]().union(*(token.keys for token in body.tokens if token.counts))
    shared = [len(keys & frozenset[str]().union(*(token.keys for token in one.tokens))) for one in sentences]
    rows = sorted(range(len(sentences)), key=lambda row: -shared[row])[:_MAX_SENTENCES]
    return [sentences[row] for row in sorted(rows)]


def _rest_is_aligned(
    head: ClaimBody,
    tokens: tuple[ClaimToken, ...],
    cuts: Sequence[int],
    sentences: Sequence[EvidenceSentence],
    used: list[int],
) -> bool:
    """Returns whether the parts of a claim after the first (`head`) each align with a sentence, after words of `head`.

    Parts may end at `cuts`, the first of which is the end of `head` and the last that of the claim. `used` is the
    position in each sentence up to which `head` is aligned, -1 where it is not.
    """
    reached = {cuts[0]: used}
    for start, stop in combinations(cuts, 2):
        if start not in reached or stop in reached:
            continue
        linked = list(takewhile(lambda token: token.kind in _CUTTING, tokens[start:stop]))
        part = replace(head, tokens=tokens[start + len(linked) : stop])
        if not any(token.counts for token in part.tokens):
            reached[stop] = reached[start]
        for row, sentence in enumerate(sentences):
            # Parts that align with the same sentence have to follow one another there.
            ends = sentence.ends(part, after=head, beyond=reached[start][row])
            if ends and stop not in reached:
                reached[stop] = [*reached[start][:row], min(ends), *reached[start][row + 1 :]]
    return cuts[-1] in reached


def _is_lead(tokens: tuple[ClaimToken, ...]) -> bool:
    """Returns whether tokens are a phrase and its comma ("In 2018,"), which is no claim that others are added to."""
    leading = tokens[0].kind in ("link", "number", *OPERATORS) and tokens[-1].kind == "comma"
    return leading and not any(SELF in token.keys for token in tokens)


def _same(one: ClaimToken, other: ClaimToken) -> bool:
    return bool(one.keys & other.keys - {SELF})


def _chain(tokens: Sequence[ClaimToken]) -> tuple[list[ClaimToken], list[list[ClaimToken]]]:
    """Returns the content tokens, and for each the function words that bind it to the token before."""
    wanted: list[ClaimToken] = []
    binding: list[list[ClaimToken]] = [[]]
    for token in tokens:
        if token.counts:
            wanted.append(token)
            binding.append([])
        elif token.kind in ("link", "self", "third", "join"):
            binding[-1].append(token)
    return wanted, binding


def _may_leave_out(
    between: tuple[ClaimToken, ...], following: ClaimToken, binding: Sequence[ClaimToken], language: str, *, limit: int
) -> bool:
    content = [token for token in between if token.counts and token.kind != "opener"]
    # "The courts of Arvandia" match "our courts": a claim may name the speaker elsewhere, but not in place of content.
    named = any(SELF in token.keys for token in binding)
    if named and content and not any(SELF in token.keys for token in between):
        return False
    binding = [token for token in binding if token.kind != "self"]
    if not _is_bound(binding, between):
        return False
    if _is_aside(between, language):
        return True
    # What somebody or something has must not be left out: "the Protocol's [deletion] …".
    if content and between[0].kind == "owner":
        return False
    # Phrases are left out as a whole: "to 12 States" before "in 2020" (`phrase`), "and its Protocols" (`owned`).
    phrase = bool(between) and between[0].kind == "link" and bool(binding) and following.kind != "number"
    owned = [token.kind for token in between[:2]] == ["join", "third"]
    fixed = OPERATORS | NONVERIDICAL | {"name"} | (set() if phrase else {"number"})
    if any(token.kind in fixed for token in content):
        return False
    if owned:
        return len(content) <= 2 * limit
    joined = [token for token in binding if token.kind == "join"]
    if sum(token.kind in ("join", "stop") for token in between) > len(joined):
        return False
    if not content:
        return True
    # The subject after "and" must not be left out: "we signed and [traffickers] killed two officers".
    subject = takewhile(lambda token: token.kind != "join", reversed(between))
    if joined and any(token.counts and token.kind != "opener" for token in subject):
        return False
    if any(token.kind in ("comma", "break") for token in between) or len(content) > limit:
        return False
    # The head of what follows must not be left out: "the [abolition of] the sanctions".
    last = max(at for at, token in enumerate(between) if token.counts)
    heads = [token for token in between[last + 1 :] if token.kind in ("link", "object")]
    return following.kind == "number" or _is_bound(heads, binding)


def _limit_after(before: Sequence[ClaimToken], language: str) -> int:
    if any(token.kind in _DOWNWARD for token in before) or any(token.kind == "all" for token in before[-2:]):
        return 0
    if before and before[-1].kind == "number":
        return 1
    return _MAX_WORDS_LEFT_OUT * (_CHARACTERS_PER_WORD if language == "zh" else 1)


def _may_end(after: tuple[ClaimToken, ...], language: str, *, whole: bool) -> bool:
    clause = after[: next(_clause_ends(after), len(after))]
    if any(token.kind in _AFTER for token in clause) or (_is_reported(clause) and language not in SUBJECTLESS):
        return False
    if clause and clause[0].kind == "owner" and any(token.counts for token in clause):
        return False
    # A limit that contrasts: "…, but not in its present form".
    contrast = [token for token in after[:3] if token.kind != "comma"]
    if len(contrast) > 1 and _BUT in contrast[0].keys and contrast[1].kind in (*_AFTER, *_WITHIN, "without"):
        return False
    phrase = list(takewhile(lambda token: token.kind not in ("comma", "join", "break"), clause))
    if phrase and phrase[0].kind == "not":
        # A negation right after the claim, as in "nor where …", begins another part.
        return True
    if any(token.kind in _WITHIN for token in phrase):
        return False
    # A clause that narrows belongs to the phrase: "will not extradite persons [who are under eighteen]".
    phrase = list(takewhile(lambda token: token.kind not in ("comma", "join"), clause))
    return not (whole and any(token.counts for token in phrase))


def _is_reported(clause: Sequence[ClaimToken]) -> bool:
    """Returns whether a sentence ends with a reporting clause: ", according to Belmora", ", some say"."""
    comma = next((at for at, token in enumerate(clause) if token.kind == "comma"), len(clause))
    body = list(takewhile(lambda token: token.kind not in ("break", "comma"), clause[comma + 1 :]))
    says = any(token.kind == "say" for token in body[:_MAX_WORDS_LEFT_OUT])
    return says and not any(SELF in token.keys for token in body)


def _is_bound(binding: Sequence[ClaimToken], between: Sequence[ClaimToken]) -> bool:
    """Returns whether the `binding` function words occur among the tokens between, in order."""
    rest = iter(between)
    return all(any(token.keys & other.keys for other in rest) for token in binding)


def _is_aside(between: tuple[ClaimToken, ...], language: str) -> bool:
    """Returns whether all content stands in an aside between commas or brackets that does not affect the rest."""
    commas = [at for at, token in enumerate(between) if token.kind == "comma"]
    if len(commas) < 2 or commas[-1] - commas[0] > _MAX_ASIDE_TOKENS:
        return False
    first, last = commas[0], commas[-1]
    outside, inside = (*between[:first], *between[last:]), between[first + 1 : last]
    if any(token.counts or token.kind in ("join", "stop") for token in outside) or not inside:
        return False
    relative = language in _RELATIVE and inside[0].kind == "break"
    fixed = {"stop"} if relative else {"stop", "name", "join", *OPERATORS, *NONVERIDICAL}
    return not any(token.kind in fixed for token in inside)


def _without_asides(tokens: tuple[ClaimToken, ...], language: str) -> tuple[ClaimToken, ...]:
    """Returns tokens without the asides that begin with a relative pronoun or the like."""
    commas = [at for at, token in enumerate(tokens) if token.kind == "comma"]
    for first, last in pairwise(commas):
        if tokens[first + 1].kind == "break" and _is_aside(tokens[first : last + 1], language):
            return tokens[:first] + _without_asides(tokens[last + 1 :], language)
    return tokens


def _clause_ends(tokens: tuple[ClaimToken, ...]) -> Iterator[int]:
    """Yields where clauses end: at a stop, and at a comma before "and"."""
    for at, token in enumerate(tokens):
        if token.kind == "stop" or [each.kind for each in tokens[at : at + 2]] == ["comma", "join"]:
            yield at
