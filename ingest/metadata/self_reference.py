"""Which State speaks in a text whose heading names none: only from how the text refers to itself.

Every naming of a State is weighed by the words around it: "my country, X" and "on behalf of the Government
of X" weigh much, "X welcomes" less, and "the situation in X" nothing. A State wins only clearly.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from ingest.language.lexicons import Patterns
from ingest.parties.party_table import PartyMatch, PartyTable

# Of a reference that is strong, clear, half or weak.
_WEIGHTS = (4.0, 2.0, 1.0, 0.5)
# One clear self-reference is enough if nobody else has any; else the winner needs three times as much. A State
# also speaks of itself about as often as of any other; less will do where the evidence is plenty.
_ENOUGH, _MARGIN, _MANY = 2.0, 3.0, 6.0
_REACH = 90

_WORDS = Patterns("self_reference")


@dataclass(frozen=True, kw_only=True)
class SelfReferences:
    """How often one State is named in a text, and the summed weight of its references to itself."""

    code: str
    weight: float
    namings: int


def speaking_state(
    text: str, parties: PartyTable, language: str | None = None, *, hints: Sequence[str] = ()
) -> str | None:
    """Conclude which State speaks from its references to itself; None if none is clear or more than one State has some.

    One of `hints`, States that the file's name may name, speaks if the text names no other as often, and no other
    speaks of itself: a name alone decides nothing.
    """
    states = self_references(text, parties, language)
    if not states:
        return None
    ranked = sorted(states.values(), key=lambda state: (-state.weight, state.code))
    best, others = ranked[0], ranked[1:]
    most = max(state.namings for state in ranked)
    if best.weight >= _ENOUGH and not (others and best.weight < _MARGIN * others[0].weight):
        often = best.namings >= most / 2 or (best.weight >= _MANY and best.namings >= most / 3)
        if often:
            return best.code
    first, *rest = sorted(states.values(), key=lambda state: (-state.namings, state.code))
    foremost = not rest or first.namings > rest[0].namings
    silent = all(state.weight <= first.weight for state in rest)
    return first.code if first.code in hints and foremost and silent else None


def is_voice(after: str) -> bool:
    """Tell whether what follows a party's name lets it speak: "wishes to thank"."""
    return _WORDS.speaks.match(after) is not None


def self_references(text: str, parties: PartyTable, language: str | None = None) -> dict[str, SelfReferences]:
    """Weigh the references to itself of each State that a text names."""
    flat = " ".join(text.split())
    weights: dict[str, float] = defaultdict(float)
    namings: dict[str, int] = defaultdict(int)
    matches = parties.find(flat, language)
    for match, following in zip_longest(matches, matches[1:]):
        party = parties.get(match.codes[0])
        if len(match.codes) != 1 or match.form == "capital" or party is None or party.kind != "state":
            continue
        if match.form == "demonym":
            # "On behalf of the Examplian delegation" names its State, "the Examplian people" only mentions it.
            if (office := _WORDS.office_of_own.match(flat, match.end)) is not None:
                named = replace(match, end=office.end())
                weights[party.code] += _weight(flat, named)
                namings[party.code] += 1
            continue
        namings[party.code] += 1
        # "On behalf of X, Y and Z" is said by any of them, or by none.
        listed = following is not None and _WORDS.listed.fullmatch(flat, match.end, following.start)
        if listed and _WORDS.behalf.search(flat, max(0, match.start - _REACH), match.start):
            continue
        weights[party.code] += _weight(flat, match)
    return {code: SelfReferences(code=code, weight=weights[code], namings=count) for code, count in namings.items()}


def _weight(flat: str, match: PartyMatch) -> float:
    before = flat[max(0, match.start - _REACH) : match.start]
    after = flat[match.end : match.end + _REACH]
    patterns = zip(_WEIGHTS, (_WORDS.before_strong, _WORDS.before_clear, _WORDS.before_half), strict=False)
    left = next((weight for weight, pattern in patterns if pattern.search(before)), 0.0)
    if _WORDS.reported.search(before):
        return left
    patterns = zip(
        _WEIGHTS, (_WORDS.after_strong, _WORDS.after_clear, _WORDS.after_half, _WORDS.after_weak), strict=True
    )
    return max(left, next((weight for weight, pattern in patterns if pattern.match(after)), 0.0))
