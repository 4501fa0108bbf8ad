"""Procedural text of a record: what the meeting did, which no speaker said although no speaker line precedes it.

"It was so decided." ends an intervention; "Several speakers noted …" is a summary by the record itself.
"""

from collections.abc import Set
from typing import Final

import regex

from ingest.language.lexicons import alternatives, load_lexicon

_LONGEST_IN_SPEECH: Final = 320
_PATTERNS: Final = {name: alternatives(lines) for name, lines in load_lexicon("procedural_text").items()}
_PROCEDURE: Final = regex.compile(rf"^[\W\d]*(?:{_PATTERNS['procedure']})")
_TOLD: Final = regex.compile(rf"^[\W\d]*(?:{_PATTERNS['told']})")
_RECALLED: Final = regex.compile(rf"\b(?:{_PATTERNS['recalled']})$")
_IMPRINT: Final = regex.compile(rf"^[\W\d]*(?:{_PATTERNS['imprint']})")
_CLOSING_SECTION: Final = regex.compile(
    rf"^[\W\d]*(?:[IVX]+\.\s+|[A-Z]\.\s+)?(?:{_PATTERNS['closing_section']})\b", regex.IGNORECASE
)


def is_procedural(paragraph: str, *, told: bool) -> bool:
    """Returns whether a paragraph, in one line, reports what the meeting did.

    In a summary record (`told`) all such paragraphs count; among speakers' own words, only certain and short ones.
    """
    if _PROCEDURE.match(paragraph):
        return told or len(paragraph) <= _LONGEST_IN_SPEECH
    return told and _TOLD.match(paragraph) is not None


def tells_decision(sentence: str) -> bool:
    """Returns whether a sentence of a summary record reports what the meeting did: "The Committee then adopted …"."""
    if _PROCEDURE.match(sentence):
        return True
    found = _TOLD.match(sentence)
    # "The Committee had agreed" is what a speaker recalls.
    return found is not None and _RECALLED.search(found.group()) is None and found.group().startswith("The ")


def is_imprint(paragraph: str) -> bool:
    """Returns whether a paragraph is a notice of the record about itself: "This record is subject to …"."""
    return _IMPRINT.match(paragraph) is not None


def closes_compilation(heading: str, mark: str, marks: Set[str]) -> bool:
    """Returns whether a heading ends the section of a State, by its numbering and that of the headings by State.

    Its `mark` and the `marks` of the headings by State are `number`, `letter`, `roman`, `capitals` or empty.
    """
    if _CLOSING_SECTION.match(heading):
        return True
    return bool(mark) and (mark in marks or mark == "roman")
