"""Position marks: words of a sentence that show a kind of position, found by named rules in six languages.

"We cannot accept this" shows `opposes` by the rule `refuses`. `RULES` holds the kind and strength of each rule; the
patterns are in one lexicon per language, such as `ingest/language/data/positions.en.yaml`: `cues` maps the name of a
rule to alternatives separated by white space; `_` stands for white space inside one, `<part>` for the pattern of that
name in `parts`. Case counts only inside `(?-i:…)`. docs/positions.md defines the kinds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal, get_args

import regex

from ingest.language.lexicons import Patterns, load_lexicon, unfolded
from ingest.language.matches import TextMatch, without_overlaps
from prompts.wording import LANGUAGES

PositionKind = Literal[
    "supports", "opposes", "proposes", "conditional", "reports_practice", "calls_on_others", "no_position",
    "no_statement",
]  # fmt: skip
KINDS: Final[tuple[PositionKind, ...]] = get_args(PositionKind)
Rule = Literal[
    "refuses", "objects", "forbids", "condition", "limit", "proposes", "should_be", "asks", "duty_of_others", "acted",
    "supports", "accepts", "commits", "harm", "values", "was_done",
]  # fmt: skip
# The kind that a rule shows, and its strength: 3 outright, 2 leaning, 1 implied by a judgement such as "a threat".
RULES: Final[dict[Rule, tuple[PositionKind, int]]] = {
    "refuses": ("opposes", 3),
    "objects": ("opposes", 3),
    "forbids": ("opposes", 3),
    "condition": ("conditional", 2),
    "limit": ("conditional", 1),
    "proposes": ("proposes", 3),
    "should_be": ("proposes", 2),
    "asks": ("calls_on_others", 3),
    "duty_of_others": ("calls_on_others", 3),
    "acted": ("reports_practice", 3),
    "supports": ("supports", 3),
    "accepts": ("supports", 3),
    "commits": ("supports", 2),
    "harm": ("opposes", 1),
    "values": ("supports", 1),
    "was_done": ("reports_practice", 1),
}
# Precedence among kinds of equal strength: to miss an objection or a condition is the worse error.
PRECEDENCE: Final[tuple[PositionKind, ...]] = (
    "opposes", "conditional", "proposes", "calls_on_others", "supports", "reports_practice",
)  # fmt: skip
OUTRIGHT: Final = 3
# Rules that a negation reverses ("not support"); other rules show nothing where they are negated.
_TURNED: Final[dict[Rule, Rule]] = {"supports": "refuses", "objects": "accepts"}
_NEGATED_ITSELF: Final = frozenset({"refuses", "forbids", "accepts", "condition", "limit"})
# Rules of a position that is taken although the rest is avoided: "we support it, and will not dwell on it".
_TAKEN_OUTRIGHT: Final[tuple[Rule, ...]] = ("supports", "objects", "refuses")
# Characters before an attitude, in the same clause, in which a negation counts.
_NEGATION_REACH: Final = 40
_PATTERNS: Final = Patterns("position_context")
_PART: Final = regex.compile(r"<\w+>(?![?*+{])")
_CLAUSE: Final = regex.compile(r"[,;:.()，；：。、،؛—–]")


@dataclass(frozen=True, kw_only=True)
class PositionMark(TextMatch):
    """Words of a text that show a kind of position by a rule, of strength 1 to 3 as in `RULES`."""

    kind: PositionKind
    rule: Rule
    strength: int


def find_position_marks(text: str, language: str | None) -> tuple[PositionMark, ...]:
    """Returns the marks of positions in one sentence, in its order; none in a language without rules.

    A text in no known language (None) is read as English.
    """
    language = language or "en"
    if language not in LANGUAGES:
        return ()
    cues = cues_of(language)
    if declines_position(text, language):
        return ()
    own = _own(cues, text)
    # Of overlapping marks, the one whose rule comes first in `RULES` counts.
    marks = without_overlaps([mark for rule in RULES for mark in _marks(rule, cues, own)])
    return tuple(_conditions(marks))


def is_elliptic(text: str, language: str) -> bool:
    """Returns whether a sentence takes a position on what the one before it names: "Belmora is in favour."."""
    return cues_of(language)["elliptic"].match(text) is not None


def only_answers(text: str, language: str) -> bool:
    """Returns whether a sentence tells what its speaker was asked, or answers without a verb: "We would not."."""
    return cues_of(language)["answers"].search(text) is not None


def declines_position(text: str, language: str | None) -> bool:
    """Returns whether its speaker takes no position: "the Forum has no position on this", "we will not dwell on it".

    False for "our neighbours have no position", which is about others, "it is not true that we have none", and "we
    support the fund, and will not dwell on it".
    """
    language = language or "en"
    if language not in LANGUAGES:
        return False
    cues = cues_of(language)
    own = _own(cues, text)
    if cues["abstains"].search(own) and not any(cues[rule].search(own) for rule in _TAKEN_OUTRIGHT):
        return True
    if not cues["declines"].search(text):
        return False

    def denied(end: int) -> bool:
        return any(_PATTERNS.denied.search(own, no.end(), end) for no in cues["negation"].finditer(own, 0, end))

    starts = [match.start() for match in cues["declines"].finditer(own)]
    return any(not denied(at) and not _PATTERNS.others.search(own[:at]) for at in starts)


def kind_of(marks: Sequence[PositionMark]) -> PositionKind:
    """Returns the strongest kind among the marks of one sentence; `no_position` without marks."""
    strength = max((mark.strength for mark in marks), default=0)
    kinds = {mark.kind for mark in marks if mark.strength == strength}
    # In "We cannot accept this unless …", the condition applies to the refusal itself.
    kinds -= {"opposes"} if "conditional" in kinds else set()
    return min(kinds, key=PRECEDENCE.index, default="no_position")


def _own(cues: Mapping[str, "regex.Pattern[str]"], text: str) -> str:
    """Returns a text with the reported speech of others blanked out, so that offsets stay valid."""
    return cues["others_said"].sub(lambda match: " " * len(match.group()), text)


def _marks(rule: Rule, cues: Mapping[str, "regex.Pattern[str]"], text: str) -> Iterator[PositionMark]:
    for match in cues[rule].finditer(text) if rule in cues else ():
        start, end, turned = match.start(), match.start() + len(match.group().rstrip()), rule
        if rule not in _NEGATED_ITSELF:
            negation = _negation(cues["negation"], text, start, end)
            if negation is not None:
                if rule not in _TURNED:
                    continue
                start, turned = min(start, negation), _TURNED[rule]
        kind, strength = RULES[turned]
        yield PositionMark(start=start, end=end, kind=kind, rule=turned, strength=strength)


def _negation(negation: "regex.Pattern[str]", text: str, start: int, end: int) -> int | None:
    """Returns the offset of a negation in `[start, end)`, or before it in the same clause; None without one."""
    before = text[max(0, start - _NEGATION_REACH) : start]
    clause = max((match.end() for match in _CLAUSE.finditer(before)), default=0)
    match = negation.search(text, start - len(before) + clause, end)
    return match.start() if match else None


def _conditions(marks: Sequence[PositionMark]) -> Iterator[PositionMark]:
    """Yields the marks with conditions and limits of an attitude as outright, and without limits of anything else."""
    binds = any(mark.strength == OUTRIGHT and mark.kind != "reports_practice" for mark in marks)
    for mark in marks:
        if mark.rule == "condition" and binds:
            yield replace(mark, strength=OUTRIGHT)
        elif mark.rule != "limit":
            yield mark
        elif any(other.rule in ("supports", "accepts", "commits", "refuses") for other in marks):
            yield replace(mark, strength=OUTRIGHT)


@cache
def cues_of(language: str) -> dict[str, "regex.Pattern[str]"]:
    """Returns the patterns of one of the six languages by rule."""
    lexicon = load_lexicon(f"positions.{language}")
    parts = {name: unfolded(part) for name, part in lexicon["parts"].items()}
    return {rule: _pattern(cues, parts) for rule, cues in lexicon["cues"].items()}


def _joined(cues: Iterable[str]) -> str:
    """Returns alternatives as one pattern; a `<part>` that several begin with is written once, since parts are long."""
    # All alternatives are tried with one match of a part before its next match: hence parts have lazy optional ends.
    rests: dict[str, list[str]] = {}
    for cue in dict.fromkeys(cues):
        part = _PART.match(cue)
        end = part.end() if part else len(cue)
        rests.setdefault(cue[:end], []).append(cue[end:])
    return "|".join(begin + (rest[0] if len(rest) == 1 else f"(?:{_joined(rest)})") for begin, rest in rests.items())


def _pattern(cues: str, parts: Mapping[str, str]) -> "regex.Pattern[str]":
    pattern = _joined(cues.split())
    # A part may contain parts that are defined before it.
    for name, part in reversed(tuple(parts.items())):
        pattern = pattern.replace(f"<{name}>", part)
    return regex.compile(pattern.replace("_", r"(?:\s+)"), regex.IGNORECASE)
