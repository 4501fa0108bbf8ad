"""Titles of further statements in one file: "Statement by Mr. Oram, Minister of Belmora" in the middle of a text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

from ingest.language.lexicons import Patterns
from ingest.metadata.heading import Heading, find_heading, named_as_speaking
from ingest.parties.party_table import PartyTable
from ingest.text.footnotes import footnotes
from ingest.text.layout import Typesetting, ends_sentence, find_blocks, flows, holds_sentence_end, typesetting
from ingest.text.page_furniture import TextLine, notes_start, prose_lines
from vectorstore.records import Block

_WORDS: Final = Patterns("heading")
# Most lines of a cover that are read as one title: "Statement by", "Mr. Oram", "Minister of Justice", "of Belmora".
_MOST_LINES: Final = 5


@dataclass(frozen=True, kw_only=True)
class LaterTitle:
    """A title after the heading of a text, where it begins, and the parties that it names as speaking."""

    start: int
    words: str
    codes: tuple[str, ...]
    """Empty if no lookup knows the person or delegation that it names."""


def later_titles(text: str, blocks: tuple[Block, ...], parties: PartyTable) -> tuple[LaterTitle, ...]:
    """Finds the titles of further statements after a text's heading, in order.

    A title begins a paragraph and ends no sentence; it may go on in the next lines, as on a cover. It names a party as
    speaking, or a person or delegation whom neither a lookup nor the text's own heading knows.
    """
    heading, notes = find_heading(text, blocks), footnotes(text, blocks)
    lines = prose_lines(text[: notes_start(text)])
    setting, heard = typesetting(lines), _long_words(heading.text)
    found: list[LaterTitle] = []
    for number, line in enumerate(lines[1:], start=1):
        title = line.start >= heading.end and _WORDS.later_title.match(line.text)
        if not title or ends_sentence(line.text) or any(start <= line.start < end for start, end in notes):
            continue
        begins = line.blanks_before or line.opens_page or ends_sentence(lines[number - 1].text)
        if not begins and flows(lines[number - 1], line, setting):
            continue
        if holds_sentence_end(_paragraph(lines[number:], setting)):
            continue
        rest = text[line.start :]
        cover = find_heading(rest, find_blocks(rest)).lines[:_MOST_LINES] or (line.text,)
        whole = " ".join(cover)
        named = named_as_speaking(Heading(text=line.text, end=0), parties)
        named = named or named_as_speaking(Heading(text=whole, end=0), parties)
        person = _WORDS.named_by.match(whole) and (_WORDS.person.search(whole) or _WORDS.of_mission.search(whole))
        if named or (person and not parties.find(whole) and not _long_words(cover[0]) <= heard):
            codes = tuple(party.code for party in named)
            found.append(LaterTitle(start=line.start, words=line.text, codes=codes))
    return tuple(found)


def _paragraph(lines: Sequence[TextLine], setting: Typesetting) -> str:
    """Returns the first of some lines with those into which it flows."""
    goes_on = takewhile(lambda pair: not pair[1].blanks_before and flows(*pair, setting), pairwise(lines))
    return " ".join([lines[0].text, *(following.text for _, following in goes_on)])


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.casefold()))
