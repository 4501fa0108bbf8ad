"""The State that speaks in a text whose heading names none, inferred only from its references to itself.

Each mention of a State is weighted by the words around it: "my country, X" and "on behalf of the Government
of X" weigh much, "X welcomes" less, and "the situation in X" nothing. A State must win by a clear margin.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from ingest.language.lexicons import Patterns
from ingest.language.own_voice import speaks_in_first_person
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyMatch

# Weights of a strong, a clear, a half and a weak reference.
_WEIGHTS = (4.0, 2.0, 1.0, 0.5)
# Least weight (one clear self-reference), least ratio to the second State, and the weight from which a third of the
# mentions of the most mentioned State are enough; else half of them, since a speaker mentions itself about as often.
_WEIGHT_MIN, _RATIO_MIN, _OFTEN_WEIGHT = 2.0, 3.0, 6.0
_REACH, _ANSWER_REACH = 90, 600  # characters

_WORDS = Patterns("self_reference")


def speaking_state(text: str, lookup: PartyLookup, *, hints: Sequence[str] = (), another: bool = False) -> str | None:
    """Infer which State speaks from its self-references; None if none is clear or more than one State has some.

    If the title names `another` speaker, only strong ones such as "my country, X" count. One of `hints`, States that
    the file's name may name, speaks if the text names no other as often and no other has more self-references.
    """
    weights, namings, strongest = _self_references(text, lookup)
    if not namings:
        return None
    best, *others = sorted(namings, key=lambda code: (-weights[code], code))
    most = max(namings.values())
    enough = strongest[best] >= _WEIGHTS[0] if another else weights[best] >= _WEIGHT_MIN
    clear = enough and not (others and weights[best] < _RATIO_MIN * weights[others[0]])
    if clear and (namings[best] >= most / 2 or (weights[best] >= _OFTEN_WEIGHT and namings[best] >= most / 3)):
        return best
    first, *rest = sorted(namings, key=lambda code: (-namings[code], code))
    foremost = not rest or namings[first] > namings[rest[0]]
    silent = all(weights[code] <= weights[first] for code in rest) and not another
    return first if first in hints and foremost and silent else None


def is_denied(before: str) -> bool:
    """Tell whether the words before "on behalf of" negate or only suppose it: "we do not speak", "had I spoken"."""
    begins = [found.end() for found in _WORDS.clause_begins.finditer(before)]
    return _WORDS.denied.search(before, begins[-1] if begins else 0) is not None


def is_voice(after: str) -> bool:
    """Return whether the words after a party's name make it the speaker: "wishes to thank"."""
    return _WORDS.speaks.match(after) is not None


def _self_references(text: str, lookup: PartyLookup) -> tuple[dict[str, float], dict[str, int], dict[str, float]]:
    """Return by State that a text names: the weight of its self-references, its mentions, and the strongest weight.

    Without a strong one, the weight is 0 for a State accused in half of its mentions, as nobody accuses their own, for
    one with few self-references whose delegate is reported ("as the delegate of X said") or whose view is answered, and
    for all in a text not in the first person that reports on several of them, each at the beginning of a sentence.
    """
    flat = " ".join(text.split())
    weights: dict[str, float] = defaultdict(float)
    namings: dict[str, int] = defaultdict(int)
    strongest: dict[str, float] = defaultdict(float)
    accused: dict[str, int] = defaultdict(int)
    sentence_openers: set[str] = set()
    of_another: set[str] = set()
    matches = lookup.find(flat)
    for match, following in zip_longest(matches, matches[1:]):
        code = match.codes[0]
        if len(match.codes) != 1 or match.form == "capital" or lookup.kind_of(code) != "state":
            continue
        reach, is_demonym = max(0, match.start - _REACH), match.form == "demonym"
        if is_demonym:
            # "On behalf of the Examplian delegation" names its State, "the Examplian people" only mentions it.
            if (office := _WORDS.office_of_own.match(flat, match.end)) is None:
                continue
            match = replace(match, end=office.end())
        weight = _weight(flat, match)
        # A State that is thanked in passing, such as the host of the meeting, is not the speaker.
        if not (weight or is_demonym) and _WORDS.thanked.search(flat, reach, match.start):
            continue
        namings[code] += 1
        # "On behalf of X, Y and Z" may be said by any of them, or by none.
        listed = not is_demonym and following is not None and _WORDS.listed.fullmatch(flat, match.end, following.start)
        if listed and _WORDS.behalf.search(flat, reach, match.start):
            continue
        weights[code] += weight
        strongest[code] = max(weight, strongest[code])
        if is_demonym:
            continue
        before = flat[reach : match.start]
        if _WORDS.accused.match(flat, match.end) or _WORDS.accused_before.search(before):
            accused[code] += 1
        opens = _WORDS.opens.search(before) is not None
        if opens:
            sentence_openers.add(code)
        if _is_told_of(flat, match, before, subject=opens or weight > 0):
            of_another.add(code)
    of_another = {code for code in of_another if weights[code] < _OFTEN_WEIGHT}
    several = len(sentence_openers) > 1 and not speaks_in_first_person(flat)
    for code in weights:
        if strongest[code] < _WEIGHTS[0] and (several or code in of_another or 0 < namings[code] <= 2 * accused[code]):
            weights[code] = 0.0
    return weights, namings, strongest


def _is_told_of(flat: str, match: PartyMatch, before: str, *, subject: bool) -> bool:
    """Return whether another delegate's words are told, or a State's view answered: "We do not share these views"."""
    if _WORDS.told.search(before):
        return _WORDS.told_of.match(flat, match.end, match.end + _ANSWER_REACH) is not None
    return subject and _WORDS.answered.match(flat, match.end, match.end + _ANSWER_REACH) is not None


def _weight(flat: str, match: PartyMatch) -> float:
    before = flat[max(0, match.start - _REACH) : match.start]
    after = flat[match.end : match.end + _REACH]
    patterns = zip(_WEIGHTS, (_WORDS.before_strong, _WORDS.before_clear, _WORDS.before_half), strict=False)
    left = next((weight for weight, pattern in patterns if pattern.search(before)), 0.0)
    behalf = _WORDS.behalf.search(before)
    left = 0.0 if behalf is not None and is_denied(before[: behalf.start()]) else left
    if _WORDS.reported.search(before):
        return left
    follow = (_WORDS.after_strong, _WORDS.after_clear, _WORDS.after_half, _WORDS.after_weak)
    patterns = zip(_WEIGHTS, follow, strict=True)
    return max(left, next((weight for weight, pattern in patterns if pattern.match(after)), 0.0))
