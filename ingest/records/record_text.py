"""The text of a record by paragraphs, without page furniture, and what in it is procedural.

Procedural text tells what the meeting did, which no speaker said although no speaker line precedes it: "It was so
decided." ends an intervention; "Several speakers noted …" is a summary by the record itself.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise, zip_longest
from typing import Final, NamedTuple

from ingest.language.dates import find_dates, without_dates
from ingest.language.lexicons import RegexPatterns, any_of
from ingest.language.numerals import number_words
from ingest.language.sentences import SENTENCE_ENDS, split_sentences
from ingest.metadata.metadata import agenda_item_in
from ingest.records.speaker_lines import speaker_line
from ingest.text.layout import block_index, ends_sentence, flows, holds_sentence_end, typesetting
from ingest.text.page_furniture import TextLine, prose_lines, without_furniture
from vectorstore.records import Block

WORDS: Final = RegexPatterns("interventions", count=any_of(number_words("cardinal")))
"""Patterns of headings, and of what else records put around the words of speakers."""
_PROCEDURE: Final = RegexPatterns("procedural_text")
_LONGEST_IN_SPEECH: Final = 320  # characters
_LONGEST_DAY: Final = 90  # characters of a heading that names a day


class RecordParagraph(NamedTuple):
    """A paragraph of a record: its first line with its number in the record, its words in one line and their end.

    It stands `apart` if layout, not only the end of a sentence, shows that it begins; its line `stands_alone`, as
    headings do, if it does not flow into the next. A block may begin with it.
    """

    number: int
    line: TextLine
    whole: str
    end: int
    apart: bool
    stands_alone: bool
    block: Block | None


class RecordText:
    """A record's lines without page furniture, its paragraphs, and its text with the furniture blanked (`words`)."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self.text, self.words, self.lines = text, without_furniture(text), prose_lines(text)
        self.paragraphs = list(self._paragraphs(blocks))
        self._items = list(self._agenda_headings())

    def _paragraphs(self, blocks: Sequence[Block]) -> Iterator[RecordParagraph]:
        lines, setting = self.lines, typesetting(self.lines)
        flowing = [flows(*pair, setting) for pair in pairwise(lines)]
        starts = {block.start: block for block in blocks}
        begins: list[tuple[int, bool, Block | None]] = []
        for number, line in enumerate(lines):
            block, before = starts.get(line.start), lines[number - 1].text
            # A block after "10 a.m." begins a paragraph, although the stop belongs to the abbreviation.
            apart = block is not None and (not block.continues or before[-1] in SENTENCE_ENDS)
            apart = apart or number == 0 or not flowing[number - 1]
            if apart or block is not None or ends_sentence(before):
                begins.append((number, apart, block))
        for (number, apart, block), (following, *_) in pairwise([*begins, (len(lines), True, None)]):
            line, after = lines[number], lines[number + 1 : number + 2]
            inside = block_index(blocks, line.start)
            stop = max(line.end, blocks[inside].end if inside >= 0 else 0)
            limit = lines[following].start if following < len(lines) else len(self.text)
            whole = " ".join(self.text[line.start : min(limit, stop)].split())
            end = max(line.end, min(stop, lines[following - 1].end))
            stands_alone = not after or after[0].blanks_before > 0 or not flowing[number]
            yield RecordParagraph(number, line, whole, end, apart, stands_alone, block)

    def sentences(self) -> Iterator[list[tuple[int, int, str]]]:
        """Yields the sentences of every paragraph, each with its offsets and its text in one line."""
        flat = self.text.replace("\n", " ").replace("\r", " ")
        starts = [paragraph.line.start for paragraph in self.paragraphs]
        for start, end in pairwise([*starts, len(flat)]):
            words = flat[start:end]
            spans = split_sentences(words)
            yield [(start + first, start + last, " ".join(words[first:last].split())) for first, last in spans]

    def after(self, line: TextLine) -> int:
        """Returns the offset at which the text after a line begins."""
        return len(self.text) - len(self.text[line.end :].lstrip())

    def end_before(self, limit: int) -> int:
        """Returns the offset at which the text before `limit` ends, without page furniture."""
        last = bisect_left(self.lines, limit, key=lambda line: line.start) - 1
        return min(len(self.text[:limit].rstrip()), self.lines[last].end) if last >= 0 else 0

    def _agenda_headings(self) -> Iterator[tuple[int, str]]:
        for paragraph, following in zip_longest(self.paragraphs, self.paragraphs[1:]):
            line = paragraph.line
            if paragraph.apart and WORDS.agenda_heading.match(line.text):
                yield line.start, line.text
            elif paragraph.apart and paragraph.stands_alone:
                # Elsewhere "7. Ports" may be a heading within a speech.
                numbered = WORDS.numbered_heading.match(line.text) and following is not None
                speaker = speaker_line(self.words, following.line.start, following.end) if numbered else None
                if speaker is not None or WORDS.other_heading.match(line.text):
                    yield line.start, ""

    def agenda_item(self, start: int, end: int) -> str | None:
        """Returns the last heading of an agenda item between two offsets; empty if it is one that is not read."""
        return next((item for at, item in reversed(self._items) if start <= at < end), None)

    def days(self, year: str) -> list[tuple[int, str]]:
        """Returns where a record goes on to another day, and the day; headings may leave out the `year`.

        Empty unless there are several days, in their order.
        """
        found: list[tuple[int, str]] = []
        for line in self.lines:
            written = line.text if len(line.text) <= _LONGEST_DAY else ""
            written = written if find_dates(written) else f"{written.rstrip(' .')} {year}"
            dates = find_dates(written)
            # In lower case a line goes on with a sentence: "of the meeting | held on 3 May 2022".
            single = not line.text[:1].islower() and len(dates) == 1 and dates[0].first == dates[0].last
            if single and WORDS.day_heading.fullmatch(without_dates(written).replace("·", " ")):
                found.append((line.start, dates[0].iso))
        days = [day for _, day in found]
        return found if len({*days}) > 1 and days == sorted(days) else []


class ItemHeading(NamedTuple):
    """A heading of an agenda item, from its start to its end, where a line with the day may follow it."""

    start: int
    end: int
    words: str
    item: str
    day: str | None


def item_headings(text: str) -> list[ItemHeading]:
    """Returns the headings of agenda items under which parts of a statement stand; empty where it is a single item."""
    apart = (line for line in prose_lines(text) if line.blanks_before and not ends_sentence(line.text))
    headings = [line for line in apart if WORDS.agenda_heading.match(line.text)]
    ends = [*(line.start for line in headings[1:]), len(text)]
    # In a list of items, no sentence follows them.
    lines = [line for line, end in zip(headings, ends, strict=False) if holds_sentence_end(text[line.end : end])]
    found = list[ItemHeading]()
    for line in lines:
        below = text[line.end :].lstrip("\n").partition("\n")[0]
        is_day = len(below) <= _LONGEST_DAY and not without_dates(below).strip("·,.()[] ")
        days = [day.iso for day in find_dates(f"{line.text}\n{below * is_day}") if day.first == day.last]
        if (item := agenda_item_in(line.text)) is not None:
            end = text.index(below, line.end) + len(below) if is_day else line.end
            found.append(ItemHeading(line.start, end, line.text, item, days[0] if len(days) == 1 else None))
    return found if len({each.item.split()[0].strip(",") for each in found}) > 1 else []


def items_and_days(text: str) -> tuple[str | None, str | None]:
    """Returns the items and the days of the parts of a statement together; None where it is a single one."""
    headings = item_headings(text)
    items = {each.item.split()[0].strip(","): each.item for each in headings}
    dates = sorted({each.day for each in headings if each.day is not None})
    return ", ".join(items.values()) or None, f"{dates[0]}/{dates[-1]}" if len(dates) > 1 else None


def is_procedural(paragraph: str, *, told: bool) -> bool:
    """Returns whether a paragraph, in one line, reports what the meeting did.

    In a summary record (`told`) all such paragraphs count; among speakers' own words, only certain and short ones.
    """
    if _PROCEDURE.procedure.match(paragraph):
        return told or len(paragraph) <= _LONGEST_IN_SPEECH
    return told and _PROCEDURE.told.match(paragraph) is not None


def ends_meeting(paragraph: str) -> bool:
    """Returns whether a paragraph tells that a meeting began or ended: "The meeting rose at 6 p.m."."""
    return _PROCEDURE.meeting.match(paragraph) is not None


def stage_directions(text: str) -> Iterator[tuple[int, int]]:
    """Yields the spans of a record's lines on who presides, which are left in a speech cut out of it."""
    yield from (found.span() for found in _PROCEDURE.stage_direction.finditer(text))


def tells_decision(sentence: str) -> bool:
    """Returns whether a sentence of a summary record reports what the meeting did: "The Committee then adopted …"."""
    if _PROCEDURE.procedure.match(sentence):
        return True
    found = _PROCEDURE.told.match(sentence)
    # "The Committee had agreed" is what a speaker recalls.
    return found is not None and _PROCEDURE.recalled.search(found.group()) is None and found.group().startswith("The ")


def is_imprint(paragraph: str) -> bool:
    """Returns whether a paragraph is a notice of the record about itself: "This record is subject to …"."""
    return _PROCEDURE.imprint.match(paragraph) is not None


def closes_compilation(heading: str, mark: str, marks: Set[str]) -> bool:
    """Returns whether a heading ends the section of a State, by its numbering and that of the headings by State.

    Its `mark` and the `marks` of the headings by State are `number`, `letter`, `roman`, `capitals` or empty.
    """
    if _PROCEDURE.closing_section.match(heading):
        return True
    return bool(mark) and (mark in marks or mark == "roman")
