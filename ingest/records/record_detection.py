"""Whether a text that nothing declares a record is one: from its lines, and from the interventions found in it.

"Statement by Arvandia … Statement by Belmora …" is a record; a statement that quotes Belmora, or a programme, is none.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from ingest.language.own_voice import speaks_in_own_voice
from ingest.metadata.heading import is_salutation
from ingest.records.compilations import form_of
from ingest.records.interventions import Intervention
from ingest.records.record_text import WORDS
from ingest.records.speaker_lines import SPEAKER
from ingest.text.layout import holds_sentence_end
from ingest.text.page_furniture import notes_start

# Interventions of this many parties make a text a record.
_FEWEST_PARTIES: Final = 2
_FEWEST_SECTIONS: Final = 3  # of offices, or under headings
# Lines of records: a name with brackets · "The representative of …" · "Arvandia:" · reported speech.
_LINES_OF_RECORDS: Final = (
    re.compile(r"^[^\n(（]{2,100}[(（][^\n()（）]{2,80}[)）]", re.MULTILINE),
    WORDS.delegation_line,
    # A name, with a time code before or after it; within one line, since a long text may hold many empty ones.
    re.compile(r"^(?:[^\w\n]*\d[\d:]{1,20}[^\w\n]+)?[^\n:.,]{3,50}(?:\W\d[\d:]{1,20}\W)?\**:[ \n]", re.MULTILINE),
    WORDS.reported_line,
)
# One heading between paragraphs is enough for a record, since another may stand at the text's beginning.
_HEADING_LINE: Final = re.compile(r"(?<=[.。!?؟])\s*\n\s*\n[^\n]{2,59}[^\s.。!?؟:;,]\s*\n")
# With which a line of a programme begins: "10:00", "[10.00]".
_TIME: Final = re.compile(r"[(\[]?\d{1,2}[:.h]\d{2}(?!\d)")


def may_be_record(text: str) -> bool:
    """Returns, by a quick check, whether a text has lines that may be speaker lines or headings by State."""
    several = any(len(lines.findall(text)) >= _FEWEST_PARTIES for lines in _LINES_OF_RECORDS)
    rows = sum(SPEAKER.row.match(line) is not None for line in text.splitlines()) if not several else 0
    return several or rows >= _FEWEST_PARTIES or _HEADING_LINE.search(text) is not None


def is_record(interventions: Sequence[Intervention], text: str, *, named: bool = True, is_held: bool = False) -> bool:
    """Returns whether a text that nothing declares a record is one: several parties speak in it.

    Where its heading names a speaker (`named`), interventions must make up a third of it, or half if under headings.
    It `is_held` where anything in it tells whose it is.
    """
    parts = _FoundParts(interventions, text)
    if parts.are_of_offices and not named:
        return parts.make_up(2)
    if parts.are_of_programme or parts.are_told_in_statement(named=named, is_held=is_held):
        return False
    if named and parts.are_quoted_in_statement:
        return False
    if named and parts.are_sections and len(parts.parties) >= _FEWEST_PARTIES and parts.have_like_headings:
        # "Statement by Arvandia … Statement by Belmora": headings of one form each open a statement.
        return True
    few = not parts.are_sections or parts.have_labels_alone or parts.are_of_meeting
    enough = len(parts.parties) >= (_FEWEST_PARTIES if few else _FEWEST_SECTIONS)
    return enough and (not (named or parts.have_labels_alone) or parts.make_up(2 if parts.are_sections else 3))


class _FoundParts:
    """The interventions found in a text, with what tells whether they are parts of a record.

    `are_sections`: each is a section; lines such as "Arvandia: wants lamps" count, although the record tells these.
    """

    def __init__(self, items: Sequence[Intervention], text: str) -> None:
        self._items, self._text = items, text
        self._opening = text[: items[0].start] if items else ""
        self._is_addressed = any(map(is_salutation, self._opening.splitlines()))
        self.parties = {item.state for item in items if item.state is not None}
        self._offices = {item.named for item in items if item.role == "office" and not item.summarised}
        self._heads = [WORDS.enumerator.sub("", item.named) for item in items if item.role == "party"]
        labels = [item.speaker is None and text[: item.start].rstrip()[-1:] in (":", "：") for item in items]
        self._has_labels = any(labels)
        self.are_sections = all(item.is_section or label for item, label in zip(items, labels, strict=True))

    def make_up(self, share: int) -> bool:
        """Returns whether they make up half of the text (2), or a third (3)."""
        # A heading that no lookup knows counts as a part of the record, too.
        headings = (len(item.named) for item in self._items if item.role == "unknown" and item.is_section)
        spoken = sum(item.end - item.start for item in self._items) + sum(headings)
        return share * spoken >= len(self._text[: notes_start(self._text)].strip())

    @property
    def are_of_offices(self) -> bool:
        """Whether several offices speak and no party, such as a chair and a secretariat."""
        several = len(self._offices) >= _FEWEST_PARTIES and len(self._items) >= _FEWEST_SECTIONS
        return several and not self.parties

    @property
    def have_like_headings(self) -> bool:
        """Whether the headings of parties are all of one form, or each says that it heads a speech."""
        forms = {form_of(head) for head in self._heads}
        return (len(forms) == 1 and "" not in forms) or all(map(WORDS.heading_of_speech.match, self._heads))

    @property
    def have_labels_alone(self) -> bool:
        """Whether the headings of parties are labels, such as "Arvandia:"."""
        return bool(self._heads) and all(map(WORDS.label_of_party.match, self._heads))

    @property
    def are_of_meeting(self) -> bool:
        """Whether an office speaks ("The President: …") beside parties in the first person."""
        parties_speak = all(item in self._in_own_voice for item in self._items if item.role == "party")
        return bool(self._offices) and parties_speak

    @property
    def are_of_programme(self) -> bool:
        """Whether they are lines of a programme, "10:00 Arvandia: Opening remarks", which are nobody's words."""
        is_titled = any(map(WORDS.programme.match, self._opening.splitlines()))
        may_be = (is_titled and len(self._in_own_voice) < len(self._items)) or not any(
            holds_sentence_end(self._text[item.start : item.end]) for item in self._items
        )
        return may_be and any(map(_TIME.match, self._text.splitlines()))

    def are_told_in_statement(self, *, named: bool, is_held: bool) -> bool:
        """Returns whether a statement, which is `named` or `is_held`, tells what others said.

        "Mr. President, … The representative of Belmora said that the fund is empty. We disagree." is one.
        """
        told = [item for item in self._items if item.summarised]
        in_own_voice = (named or is_held) and any(item in self._in_own_voice for item in told)
        return bool(told) and (self._is_addressed or in_own_voice)

    @property
    def are_quoted_in_statement(self) -> bool:
        """Whether a statement quotes them: "Statement by Quenza … We heard this: Mr. Olm (Belmora): “We shall …”"."""
        is_spoken = self._is_addressed or speaks_in_own_voice(self._opening)
        return is_spoken and (self._has_labels or not self.are_sections)

    @cached_property
    def _in_own_voice(self) -> list[Intervention]:
        return [item for item in self._items if speaks_in_own_voice(self._text[item.start : item.end])]
