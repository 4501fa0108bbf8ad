"""Allowed omissions: which words of a sentence a claim on it may leave out, between its own words and behind them.

Words may be left out if they only narrow the sense ("a [specialized] unit"); never an operator, a name, another clause,
the head of what follows ("the [abolition of the] sanctions"), or what `polarity_words` says narrows what is before it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Final

from app.answering.claims.tokens import OPERATORS, TURNING, ClaimToken
from ingest.language.claim_words import SELF

# The most words left out in one place, and in an aside between commas; how many Chinese characters count as a word.
_MAX_WORDS_LEFT_OUT: Final = 3
_MAX_ASIDE_TOKENS: Final = 16
_CHARACTERS_PER_WORD: Final = 2
# Downward-entailing operators, under which leaving out a modifier says more: "does not accept [remote] access".
DOWNWARD: Final = frozenset({"not", "ended", "without", "only", "few", "less", "against"})
# Operators that qualify a claim from behind: in the rest of its clause ("… unless others sign"), or of its phrase.
_BEHIND: Final = frozenset({"if", "unless", "evenif", "until"})
_WITHIN: Final = frozenset({"not", "ended", "only", "past", "doubt"})
# The key of "but" in the lists of claims.XX.yaml, in each of which it is the third of `joins`.
_BUT: Final = "join2"
# Languages in which an aside that begins with "who" or "which" is a relative clause, left out whatever its words are.
_RELATIVE: Final = frozenset({"en", "fr", "es"})
# Languages whose clauses may lack a subject.
SUBJECTLESS: Final = frozenset({"zh"})


def may_leave_out(
    between: tuple[ClaimToken, ...], following: ClaimToken, binding: Sequence[ClaimToken], language: str, *, limit: int
) -> bool:
    """Returns whether a claim may leave out what the sentence has between two of its tokens."""
    content = [token for token in between if token.counts and token.kind != "opener"]
    # "The courts of Arvandia" match "our courts": a claim may name the speaker elsewhere, but not in place of content.
    named = any(SELF in token.keys for token in binding)
    if named and content and not any(SELF in token.keys for token in between):
        return False
    binding = [token for token in binding if token.kind != "self"]
    if not is_bound(binding, between):
        return False
    if _is_aside(between, language):
        return True
    # What somebody or something has must not be left out: "the Protocol's [deletion] …".
    if content and between[0].kind == "owner":
        return False
    # Phrases are left out as a whole: "to 12 States" before "in 2020" (`phrase`), "and its Protocols" (`owned`).
    phrase = bool(between) and between[0].kind == "link" and bool(binding) and following.kind != "number"
    owned = [token.kind for token in between[:2]] == ["join", "third"]
    fixed = OPERATORS | TURNING | {"name"} | (set() if phrase else {"number"})
    if any(token.kind in fixed for token in content):
        return False
    if owned:
        return len(content) <= 2 * limit
    joined = [token for token in binding if token.kind == "join"]
    if sum(token.kind in ("join", "stop") for token in between) > len(joined):
        return False
    if not content:
        return True
    # The subject behind "and" must not be left out: "we signed and [traffickers] killed two officers".
    behind = takewhile(lambda token: token.kind != "join", reversed(between))
    if joined and any(token.counts and token.kind != "opener" for token in behind):
        return False
    if any(token.kind in ("comma", "break") for token in between) or len(content) > limit:
        return False
    # The head of what follows must not be left out: "the [abolition of] the sanctions".
    last = max(at for at, token in enumerate(between) if token.counts)
    heads = [token for token in between[last + 1 :] if token.kind in ("link", "object")]
    return following.kind == "number" or is_bound(heads, binding)


def limit_after(before: Sequence[ClaimToken], language: str) -> int:
    """Returns how many words of a sentence may be left out after these words of a claim."""
    if any(token.kind in DOWNWARD for token in before) or any(token.kind == "all" for token in before[-2:]):
        return 0
    if before and before[-1].kind == "number":
        return 1
    return _MAX_WORDS_LEFT_OUT * (_CHARACTERS_PER_WORD if language == "zh" else 1)


def may_end(after: tuple[ClaimToken, ...], language: str, *, whole: bool) -> bool:
    """Returns whether a claim may end before the rest of its sentence."""
    clause = after[: next(clause_ends(after), len(after))]
    if any(token.kind in _BEHIND for token in clause) or (_is_reported(clause) and language not in SUBJECTLESS):
        return False
    if clause and clause[0].kind == "owner" and any(token.counts for token in clause):
        return False
    # A limit that contrasts: "…, but not in its present form".
    contrast = [token for token in after[:3] if token.kind != "comma"]
    if len(contrast) > 1 and _BUT in contrast[0].keys and contrast[1].kind in (*_BEHIND, *_WITHIN, "without"):
        return False
    phrase = list(takewhile(lambda token: token.kind not in ("comma", "join", "break"), clause))
    if phrase and phrase[0].kind == "not":
        # A negation right behind the claim, as in "nor where …", begins another part.
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


def is_bound(binding: Sequence[ClaimToken], between: Sequence[ClaimToken]) -> bool:
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
    fixed = {"stop"} if relative else {"stop", "name", "join", *OPERATORS, *TURNING}
    return not any(token.kind in fixed for token in inside)


def without_asides(tokens: tuple[ClaimToken, ...], language: str) -> tuple[ClaimToken, ...]:
    """Returns tokens without the asides that begin with a relative pronoun or the like."""
    commas = [at for at, token in enumerate(tokens) if token.kind == "comma"]
    for first, last in pairwise(commas):
        if tokens[first + 1].kind == "break" and _is_aside(tokens[first : last + 1], language):
            return tokens[:first] + without_asides(tokens[last + 1 :], language)
    return tokens


def clause_ends(tokens: tuple[ClaimToken, ...]) -> Iterator[int]:
    """Yields where clauses end: at a stop, and at a comma before "and"."""
    for at, token in enumerate(tokens):
        if token.kind == "stop" or [each.kind for each in tokens[at : at + 2]] == ["comma", "join"]:
            yield at
