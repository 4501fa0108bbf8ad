"""Whether the words of a claim stand in a sentence in the same order, with nothing between them that turns them.

A claim is aligned with one sentence of its evidence: each of its words and operators is found there, in order. What the
sentence has between them may be left out if it only narrows ("a [specialized] unit"); never an operator, a name, another
clause, or the head of what follows ("the [abolition of the] sanctions"). What stands before the first word may be no
more than the speaker's own "we wish to stress that", or a phrase set off by a comma. A claim with "and" holds where each
of the two claims that it is short for holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Final

from app.claims.reading import OPERATORS, TURNING, Token

# Words left out in one place at most, and those of an aside between two commas; of Chinese, characters.
_GAP: Final = 3
_ASIDE: Final = 16
_CHARACTERS: Final = 2
# Words of a phrase that stands before a comma at the beginning.
_LEAD: Final = 24
_SPLITS: Final = 4
# Where less is said, leaving out what narrows says more: "does not accept [remote] access".
_DOWNWARD: Final = frozenset({"not", "ended", "without", "only", "few", "less", "against"})
# Auxiliaries matter beside their verb alone: "we were asked" is not "we asked".
_VOICE: Final = frozenset({"be", "was", "been", "by"})
# What turns a sentence from behind.
_BEHIND: Final = frozenset({"if", "unless", "evenif", "until", "only", "past"})
_RELATIVE: Final = frozenset({"en", "fr", "es"})
# In these languages a verb tells its person, or leaves out who does it.
SUBJECTLESS: Final = frozenset({"es", "ru", "ar", "zh"})


@dataclass(frozen=True, kw_only=True)
class Said:
    """A claim without its opening.

    Attributes:
        tokens: In order.
        framed: It opened with whose view it is ("Arvandia says that"), so that what follows is a sentence of its own.
        stressed: It opened with a word of saying alone ("Arvandia stresses the need"), which the evidence has as well.
        partial: It need not begin where a sentence does, as where the text of a treaty is cited in part.
    """

    tokens: tuple[Token, ...]
    framed: bool = False
    stressed: bool = False
    partial: bool = False


def stands(said: Said, sentences: Sequence[tuple[Token, ...]], language: str, *, splits: int = _SPLITS) -> bool:
    """Returns whether a claim, or each of the claims that it is short for, stands in one of the sentences."""
    if any(_aligned(said, sentence, language) for sentence in sentences):
        return True
    if not splits:
        return False
    for first, second in _parts(said):
        if stands(first, sentences, language, splits=0) and stands(second, sentences, language, splits=splits - 1):
            return True
    return False


def in_order(said: Said, sentences: Sequence[tuple[Token, ...]]) -> bool:
    """Returns whether the words that count stand in one sentence in their order, whatever stands between them."""
    wanted = [token for token in said.tokens if token.counts]
    for sentence in sentences:
        rest = iter(sentence)
        if all(any(token.keys & other.keys for other in rest) for token in wanted):
            return True
    return False


def _parts(said: Said) -> Iterator[tuple[Said, Said]]:
    """Yields the two claims that one with "and" is short for: "A does X and Y" is "A does X" and "A does Y"."""
    tokens = said.tokens
    for at, token in enumerate(tokens):
        if token.kind not in ("join", "comma", "stop", "break"):
            continue
        after = at + 1
        while after < len(tokens) and tokens[after].kind in ("join", "comma", "break"):
            after += 1
        first, rest = tokens[:at], tokens[after:]
        if not any(t.counts for t in first) or not any(t.counts for t in rest):
            continue
        for shared in range(at):
            yield replace(said, tokens=first), replace(said, tokens=(*tokens[:shared], *rest))


def _aligned(said: Said, sentence: tuple[Token, ...], language: str) -> bool:
    if _matches(said, sentence, language):
        return True
    return any(_matches(*pair, language) for pair in _moved(said, sentence))


def _moved(said: Said, sentence: tuple[Token, ...]) -> Iterator[tuple[Said, tuple[Token, ...]]]:
    """Yields claim and sentence without a phrase that stands first in one of them, and elsewhere in the other.

    "In 2018, we adopted a law" is "adopted a law in 2018", as long as no other clause stands between.
    """
    for one, other, claim_leads in ((said.tokens, sentence, True), (sentence, said.tokens, False)):
        lead = _lead(one)
        if lead is None:
            continue
        phrase, rest = one[:lead], one[lead + 1 :]
        counted = [token for token in phrase if token.counts]
        for start, end in _runs(counted, other):
            left = other[:start] + other[end:]
            if any(token.kind in ("join", "break", "stop") for token in other[max(0, start - 1) : start]):
                continue
            claim, evidence = (rest, left) if claim_leads else (left, rest)
            if claim_leads and any(token.kind in ("join", "break", "stop") for token in other[:start]):
                continue
            yield replace(said, tokens=claim), evidence


def _lead(tokens: tuple[Token, ...]) -> int | None:
    """Returns where the phrase before a first comma ends, if it is a phrase and says when, where or how."""
    comma = next((at for at, token in enumerate(tokens) if token.kind == "comma"), None)
    if comma is None or not any(token.counts for token in tokens[:comma]):
        return None
    fixed = {"self", "join", "break", "name"} | OPERATORS
    return None if any(token.kind in fixed and token.keys != {"self"} for token in tokens[:comma]) else comma


def _runs(counted: Sequence[Token], tokens: tuple[Token, ...]) -> Iterator[tuple[int, int]]:
    """Yields where words stand one after the other, with the words that bind them."""
    for start, token in enumerate(tokens):
        if not token.keys & counted[0].keys:
            continue
        at, held = start, 0
        while at < len(tokens) and held < len(counted):
            if tokens[at].counts:
                if not tokens[at].keys & counted[held].keys:
                    break
                held += 1
            at += 1
        if held == len(counted):
            first = start
            while first and tokens[first - 1].kind in ("link", "third", "self"):
                first -= 1
            yield first, at


def _matches(said: Said, sentence: tuple[Token, ...], language: str) -> bool:
    wanted, binding = _chain(said.tokens)
    if not wanted:
        return False
    limit = _GAP * (_CHARACTERS if language == "zh" else 1)
    ends = {
        at
        for at, token in enumerate(sentence)
        if token.keys & wanted[0].keys and _begins(said, binding[0], sentence, at, language)
    }
    for place in range(1, len(wanted)):
        narrow = any(token.kind in _DOWNWARD for token in wanted[:place]) or any(
            token.kind == "all" for token in wanted[max(0, place - 2) : place]
        )
        counted = wanted[place - 1].kind == "number"
        ends = {
            at
            for at, token in enumerate(sentence)
            if token.keys & wanted[place].keys
            and any(
                end < at
                and _passable(
                    sentence[end + 1 : at], token, binding[place], language,
                    limit=0 if narrow else 1 if counted else limit,
                )
                for end in ends
            )
        }  # fmt: skip
        if not ends:
            return False
    turned = any(token.kind in _DOWNWARD for token in wanted) and not said.partial
    return any(_closes(sentence[end + 1 :], whole=turned) for end in ends)


def _chain(tokens: Sequence[Token]) -> tuple[list[Token], list[list[Token]]]:
    """Returns the words that count, and before each the words that bind it to what stands before."""
    wanted: list[Token] = []
    binding: list[list[Token]] = [[]]
    for token in tokens:
        if token.counts:
            wanted.append(token)
            binding.append([])
        elif token.kind in ("link", "self", "third", "join"):
            binding[-1].append(token)
    return wanted, binding


def _bound(binding: Sequence[Token], between: Sequence[Token]) -> bool:
    """Whether words that bind stand there, in order."""
    rest = iter(between)
    return all(any(token.keys & other.keys for other in rest) for token in binding)


def _passable(
    between: tuple[Token, ...], following: Token, binding: Sequence[Token], language: str, *, limit: int
) -> bool:
    """Whether a claim may go from one word to the next over what the sentence has between them."""
    if not _bound(binding, between):
        return False
    if _is_aside(between, language):
        return True
    held = [token for token in between if token.counts]
    if any(token.kind in OPERATORS or token.kind in ("name", "number", *TURNING) for token in held):
        return False
    joined = [token for token in binding if token.kind == "join"]
    if sum(token.kind in ("join", "stop") for token in between) > len(joined):
        return False
    if not held:
        return True
    if any(token.kind in ("comma", "break") for token in between) or len(held) > limit:
        return False
    # The head of what follows must not go: "the [abolition of] the sanctions".
    last = max(at for at, token in enumerate(between) if token.counts)
    heads = [token for token in between[last + 1 :] if token.kind == "link"]
    return following.kind == "number" or _bound(heads, binding)


def _is_aside(between: tuple[Token, ...], language: str) -> bool:
    if len(between) < 3 or between[0].kind != "comma" or between[-1].kind != "comma" or len(between) > _ASIDE:
        return False
    if any(token.kind == "stop" for token in between):
        return False
    relative = language in _RELATIVE and between[1].kind == "break"
    return relative or not any(token.kind in OPERATORS or token.kind in ("name", "join", *TURNING) for token in between)


def _begins(
    said: Said, binding: Sequence[Token], sentence: tuple[Token, ...], at: int, language: str
) -> bool:
    """Whether a claim may begin at a word of a sentence: nothing before it turns what follows, or has another say it."""
    before = _clause(sentence[:at])
    if any(token.kind in OPERATORS - _VOICE or token.kind in ("name", *TURNING) for token in before):
        return False
    if before and before[-1].kind in _VOICE:
        return False
    if said.partial:
        return _bound(binding, before)
    links = [token for token in binding if token.kind != "self" or language not in SUBJECTLESS]
    if not _bound(links, sentence[:at]):
        return False
    comma = max((place for place, token in enumerate(before) if token.kind == "comma"), default=-1)
    lead, own = before[: comma + 1], before[comma + 1 :]
    spoken = any(token.kind == "self" for token in before) or language in SUBJECTLESS
    if any(token.kind == "say" for token in before) and not spoken:
        return False
    if said.stressed and not any(token.kind == "say" for token in own):
        return False
    return sum(token.counts for token in lead) <= _LEAD and all(
        token.kind in ("say", "opener", "noun") or not token.counts for token in own
    )


def _clause(before: tuple[Token, ...]) -> tuple[Token, ...]:
    """Returns the last clause of what stands before a word."""
    for at in range(len(before) - 1, -1, -1):
        joined = before[at].kind == "comma" and at + 1 < len(before) and before[at + 1].kind in ("join", "break")
        if before[at].kind == "stop" or joined:
            return before[at + 1 :]
    return before


def _closes(after: tuple[Token, ...], *, whole: bool) -> bool:
    """Whether a claim may end before what a sentence goes on with."""
    clause: list[Token] = []
    for at, token in enumerate(after):
        joined = token.kind == "comma" and at + 1 < len(after) and after[at + 1].kind == "join"
        if token.kind == "stop" or joined:
            break
        clause.append(token)
    if any(token.kind in _BEHIND for token in clause):
        return False
    own = list(takewhile(lambda token: token.kind not in ("comma", "join", "break"), clause))
    if own and own[0].kind == "not":
        # "nor where …" begins another part.
        return True
    if any(token.kind in ("not", "ended", "doubt") for token in own):
        return False
    return not (whole and any(token.counts for token in own))
