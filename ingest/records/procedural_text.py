"""Procedural text of a record: what the meeting did, which no speaker said although no speaker line precedes it.

"It was so decided." ends an intervention; "Several speakers noted …" is a summary by the record itself.
"""

from collections.abc import Iterator, Set
from typing import Final

from ingest.language.lexicons import RegexPatterns

_LONGEST_IN_SPEECH: Final = 320  # characters
_WORDS: Final = RegexPatterns("procedural_text")


def is_procedural(paragraph: str, *, told: bool) -> bool:
    """Returns whether a paragraph, in one line, reports what the meeting did.

    In a summary record (`told`) all such paragraphs count; among speakers' own words, only certain and short ones.
    """
    if _WORDS.procedure.match(paragraph):
        return told or len(paragraph) <= _LONGEST_IN_SPEECH
    return told and _WORDS.told.match(paragraph) is not None


def ends_meeting(paragraph: str) -> bool:
    """Returns whether a paragraph tells that a meeting began or ended: "The meeting rose at 6 p.m."."""
    return _WORDS.meeting.match(paragraph) is not None


def stage_directions(text: str) -> Iterator[tuple[int, int]]:
    """Yields the spans of a record's lines on who presides, which are left in a speech cut out of it."""
    yield from (found.span() for found in _WORDS.stage_direction.finditer(text))


def tells_decision(sentence: str) -> bool:
    """Returns whether a sentence of a summary record reports what the meeting did: "The Committee then adopted …"."""
    if _WORDS.procedure.match(sentence):
        return True
    found = _WORDS.told.match(sentence)
    # "The Committee had agreed" is what a speaker recalls.
    return found is not None and _WORDS.recalled.search(found.group()) is None and found.group().startswith("The ")


def is_imprint(paragraph: str) -> bool:
    """Returns whether a paragraph is a notice of the record about itself: "This record is subject to …"."""
    return _WORDS.imprint.match(paragraph) is not None


def closes_compilation(heading: str, mark: str, marks: Set[str]) -> bool:
    """Returns whether a heading ends the section of a State, by its numbering and that of the headings by State.

    Its `mark` and the `marks` of the headings by State are `number`, `letter`, `roman`, `capitals` or empty.
    """
    if _WORDS.closing_section.match(heading):
        return True
    return bool(mark) and (mark in marks or mark == "roman")
