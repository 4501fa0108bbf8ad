"""Token alignment: whether the tokens of a claim occur in one sentence of its evidence, in the same order.

Before the first token there may only be the speaker's own "we wish to stress that", or a phrase set off by a comma;
`allowed_omissions.py` says what may be left out between and behind the words of a claim. A claim with "and" is checked
as the two claims that it is short for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, takewhile
from typing import Final

from app.answering.claims.allowed_omissions import (
    DOWNWARD,
    SUBJECTLESS,
    clause_ends,
    is_bound,
    limit_after,
    may_end,
    may_leave_out,
    without_asides,
)
from app.answering.claims.tokens import OPERATORS, TURNING, ClaimToken
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

    def ends(
        self, body: ClaimBody, *, after: ClaimBody | None = None, beyond: int = -1, until: int | None = None
    ) -> set[int]:
        """Returns where a claim may end in this sentence, begun anywhere or behind the first words of another claim.

        It has to begin behind the position `beyond`, and before `until`.
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
        *_, ends = self._walk(wanted, binding, {at for at in begun if at > beyond and (until is None or at < until)})
        downward = any(token.kind in DOWNWARD for token in (*shared, *wanted)) and not body.partial
        return {
            end
            for end in ends
            if may_end(self.tokens[end + 1 :], self.language, whole=downward) and not self._narrows(end, wanted)
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
        """Returns the positions of the next token of a claim, given those of the token before it (`ends`)."""
        limit = limit_after(before, self.language)
        return {
            at
            for at, token in enumerate(self.tokens)
            if _same(token, wanted)
            and any(
                0 < at - end <= _MAX_TOKENS_BETWEEN
                and may_leave_out(self.tokens[end + 1 : at], token, binding, self.language, limit=limit)
                for end in ends
            )
        }

    def _begins(self, body: ClaimBody, binding: Sequence[ClaimToken], at: int) -> bool:
        """Returns whether a claim may begin at a token: its clause has no operator or other speaker before it."""
        begin = max(clause_ends(self.tokens[:at]), default=-1) + 1
        before = without_asides(self.tokens[begin:at], self.language)
        governing = _GOVERNING if body.partial else OPERATORS - _VOICE
        if any(token.kind in governing or token.kind in ("name", *TURNING) for token in before):
            return False
        if body.partial:
            return is_bound(binding, before)
        if before and before[-1].kind in _VOICE:
            return False
        links = [token for token in binding if token.kind != "self" or self.language not in SUBJECTLESS]
        if not is_bound(links, self.tokens[: at + 1]):
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
    if any(_aligned(body, sentence) for sentence in nearest):
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
    """Returns whether the parts of a claim after the first (`head`) each align with a sentence behind words of `head`.

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


def _aligned(body: ClaimBody, sentence: EvidenceSentence) -> bool:
    """Returns whether a claim aligns with a sentence, as it is or with a leading phrase of either moved."""
    return bool(sentence.ends(body)) or any(
        replace(sentence, tokens=tokens).ends(claim, until=until)
        for claim, tokens, until in _moved(body, sentence.tokens)
    )


def _moved(
    body: ClaimBody, sentence: tuple[ClaimToken, ...]
) -> Iterator[tuple[ClaimBody, tuple[ClaimToken, ...], int]]:
    """Yields claim and sentence without a phrase that leads in one of them and comes later in the other.

    The third value is before which token of that sentence the claim has to begin, to be of the clause of the phrase.
    """
    # "In 2018, we adopted a law" matches "adopted a law in 2018", unless another clause comes between, as in
    # "In 2018, we adopted a law; in 2019, we created a fund".
    for one, other, claim_leads in ((body.tokens, sentence, True), (sentence, body.tokens, False)):
        lead = _lead(one)
        if lead is None:
            continue
        phrase, rest = one[:lead], one[lead + (one[lead].kind == "comma") :]
        counted = [token for token in phrase if token.counts]
        for start, end in _runs(counted, other):
            before = other[:start] if claim_leads else other[max(0, start - 1) : start]
            if any(token.kind in ("join", "break", "stop") for token in before):
                continue
            left = other[:start] + other[end:]
            claim, evidence = (rest, left) if claim_leads else (left, rest)
            yield replace(body, tokens=claim), evidence, start if claim_leads else _clause_end(rest)


def _clause_end(tokens: tuple[ClaimToken, ...]) -> int:
    """Returns where a clause behind a leading phrase ends: at a stop, or at a comma that another clause follows."""
    own = (
        [SELF in one.keys and before.kind != "link" for before, one in pairwise([tokens[0], *tokens])] if tokens else []
    )
    for at, token in enumerate(tokens[:-1]):
        # Another clause has a conjunction, a leading phrase or a mention of the speaker of its own; an aside has none.
        part = len(list(takewhile(lambda other: other.kind not in ("comma", "stop"), tokens[at + 1 :])))
        again = any(own[:at]) and any(own[at + 1 : at + 1 + part])
        joined = tokens[at + 1].kind in ("join", "break") or _lead(tokens[at + 1 :]) is not None
        if token.kind == "stop" or (token.kind == "comma" and (again or joined)):
            return at
    return len(tokens)


def _is_lead(tokens: tuple[ClaimToken, ...]) -> bool:
    """Returns whether tokens are a phrase and its comma ("In 2018,"), which is no claim that others are added to."""
    leading = tokens[0].kind in ("link", "number", *OPERATORS) and tokens[-1].kind == "comma"
    return leading and not any(SELF in token.keys for token in tokens)


def _lead(tokens: tuple[ClaimToken, ...]) -> int | None:
    """Returns where a phrase at the beginning ends: before a first comma, or after a year ("in 2018 we adopted")."""
    if len(tokens) < 3 or tokens[0].kind not in ("link", "number"):
        return None
    if tokens[0].kind == "link" and tokens[1].kind == "number" and tokens[2].kind != "comma":
        return 2
    comma = next((at for at, token in enumerate(tokens) if token.kind == "comma"), None)
    if comma is None or not any(token.counts for token in tokens[:comma]):
        return None
    fixed = {"join", "break", "name"} | OPERATORS
    return None if any(token.kind in fixed for token in tokens[:comma]) else comma


def _runs(counted: Sequence[ClaimToken], tokens: tuple[ClaimToken, ...]) -> Iterator[tuple[int, int]]:
    """Yields the (start, end) of runs of exactly these content tokens, with the function words before them."""
    for start, token in enumerate(tokens):
        if not _same(token, counted[0]):
            continue
        at, matched = start, 0
        while at < len(tokens) and matched < len(counted):
            if tokens[at].counts:
                if not _same(tokens[at], counted[matched]):
                    break
                matched += 1
            at += 1
        if matched == len(counted):
            first = start
            while first and tokens[first - 1].kind in ("link", "third", "self"):
                first -= 1
            yield first, at


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
