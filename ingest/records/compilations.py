"""Compilations: the sections of a text under headings by State, such as "Arvandia" or "Statement by Belmora"."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile
from typing import Final

import regex

from ingest.language.dates import find_dates, without_dates
from ingest.metadata.heading import Heading, holder_in, is_salutation
from ingest.metadata.on_behalf import BEHALF, behalf_phrase
from ingest.records.interventions import (
    IN_LIST_OR_TABLE,
    MAY_BE_SEVERAL,
    Intervention,
    SpeakerTurn,
    of_party,
    of_unknown,
)
from ingest.records.record_text import WORDS, RecordParagraph, RecordText, closes_compilation
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import SPEAKER, is_office, names_somebody
from ingest.text.layout import ends_sentence, holds_sentence_end
from ingest.text.page_furniture import TextLine

_FEWEST_ROWS: Final = 3
_FIRST: Final = 12  # paragraphs in which the title of a statement stands
_LONGEST_TITLE: Final = 250  # characters
_LONGEST_HEADING: Final = 120  # characters
_LONGEST_CELL: Final = 40  # characters
_MOST_WORDS: Final = 8  # of a heading that names another party
# A line of digits and signs, such as a cell of a table.
_NUMBER_ALONE: Final = re.compile(r"[^\S\n]*[^\w\n]*\d[\W\d]*(?:\n|$)")


# A heading, and the party or the States that it names; no codes where it may name several parties ("Congo").
StateHeading = tuple[RecordParagraph, tuple[str, ...]]


def form_of(heading: str) -> str:
    """Returns the first word of a heading such as "Statement by Arvandia": "statement"; empty for a bare name."""
    found = WORDS.heading_words.match(_without_numbering(heading))
    return found["form"].partition(" ")[0].casefold() if found is not None else ""


def numbering(heading: str) -> str:
    """Returns the numbering of a heading: `number`, `letter`, `roman`; without one, `capitals` or empty."""
    found = WORDS.enumerator.match(heading)
    if found is None:
        return "capitals" if heading.isupper() else ""
    mark = found["mark"].rstrip(".)、． ")
    if mark.isdigit():
        return "number"
    return "roman" if regex.fullmatch("[IVXLC]+", mark) and mark not in ("C", "D", "L") else "letter"


def state_headings(lookup: SpeakerLookup, paragraphs: Sequence[RecordParagraph]) -> list[StateHeading]:
    """Finds the headings by State among paragraphs, in order."""
    headings, titles = list[StateHeading](), list[StateHeading]()
    labelled = labelled_headings(lookup, paragraphs)
    for paragraph in filter(_may_be_heading, paragraphs):
        if (codes := labelled.get(paragraph.number, _states_in(paragraph.line.text, lookup))) is not None:
            headings.append((paragraph, codes))
        elif codes := _author_of(paragraph.line.text, lookup):
            titles.append((paragraph, codes))
    # A title with a person opens a section only beside that of another party.
    several = len({codes for _, codes in (*headings, *titles) if codes}) > 1
    return sorted(headings + titles * several, key=lambda heading: heading[0].number)


def labelled_headings(lookup: SpeakerLookup, paragraphs: Sequence[RecordParagraph]) -> dict[int, tuple[str, ...]]:
    """Returns by number the paragraphs that name a party after a label which others have too: "Delegation: Belmora"."""
    found, named = dict[int, tuple[str, tuple[str, ...]]](), defaultdict[str, set[tuple[str, ...]]](set)
    for paragraph in paragraphs:
        line = _without_numbering(paragraph.line.text)
        short = paragraph.stands_alone and len(line) <= _LONGEST_HEADING and WORDS.label_of_party.match(line)
        match = next(iter(lookup.find(line)), None) if short else None
        if match is not None and match.code and match.is_name and not line[match.end :].strip(" ,.·"):
            label = line[: match.start].casefold()
            if WORDS.label_of_party.fullmatch(label):
                found[paragraph.number] = label, match.codes
                named[label].add(match.codes)
    # In "Statement by Belmora", and after a salutation, they head what it says of others.
    first = [each.line.text for each in paragraphs[:_FIRST]]
    if any(is_salutation(line) or (form_of(line) and _states_in(line, lookup)) for line in first):
        return {}
    return {number: codes for number, (label, codes) in found.items() if len(named[label]) > 1}


def _states_in(heading: str, lookup: SpeakerLookup) -> tuple[str, ...] | None:
    """Returns the party or the States that a heading consists of; empty for a name of several parties ("Congo").

    None where it contains anything else.
    """
    if len(heading) > _LONGEST_HEADING:
        return None
    name = without_dates(_without_numbering(heading)).strip(" ,·")
    while (shorter := WORDS.heading_note.sub("", name)) != name and not lookup.party(name):
        name = shorter
    if (phrase := BEHALF.behalf.search(name)) is not None:
        by = name[: phrase.start()].strip(" ,–—-(")
        # "Statement on behalf of the group" names no other party.
        name = name[phrase.end() :].strip(" )") if WORDS.heading_of_speech.fullmatch(by) else by
    names = dict.fromkeys((name, WORDS.heading_words.sub("", name)))
    found = next(filter(None, map(lookup.holders, names)), None)
    return () if found is None and any(map(lookup.party, names)) else found


def _author_of(title: str, lookup: SpeakerLookup) -> tuple[str, ...]:
    """Returns the party that a title names with a person: "Statement by Mr. Oram, Minister of Belmora"."""
    if len(title) > _LONGEST_TITLE or not form_of(title) or ends_sentence(title):
        return ()
    phrase = BEHALF.behalf.search(title)
    author = title if phrase is None else title[: phrase.start()]
    holder = holder_in(Heading(text=_without_numbering(author), end=0), lookup.parties)
    return () if holder is None else (holder.code,)


def _without_numbering(heading: str) -> str:
    return WORDS.enumerator.sub("", heading).strip("#*_ ")


def sections(record: RecordText, headings: Sequence[StateHeading]) -> list[SpeakerTurn]:
    """Returns the sections of a compilation; States that are listed on adjacent lines or in a table have none.

    A list or table after a section ends it: whose words follow is unknown.
    """
    turns: list[SpeakerTurn] = []
    numbers = {paragraph.number for paragraph, _ in headings}
    rows = _table_rows(record, headings)
    for position, (paragraph, codes) in enumerate(headings):
        line, number = paragraph.line, paragraph.number
        below = [*takewhile(_is_note, record.lines[number + 1 :])]
        words = of_unknown(line.text, record.after([line, *below][-1]))
        days = [found for each in (line, *below) for found in find_dates(each.text) if found.first == found.last]
        words = replace(words, date=days[0].iso if len(days) == 1 else None)
        if codes and position not in rows and not numbers & {number - 1, number + 1}:
            words = of_party(replace(words, clause=line.text if behalf_phrase(line.text) else ""), *codes)
            turns.append(SpeakerTurn(start=line.start, words=words, mark=numbering(line.text)))
        elif turns:
            why = IN_LIST_OR_TABLE.format(line.text) if codes else MAY_BE_SEVERAL.format(line.text)
            turns.append(SpeakerTurn(start=line.start, words=replace(words, reason=why)))
    return turns


def _is_note(line: TextLine) -> bool:
    """Returns whether a line is a note on a reply: "[Original: English]", "[28 July 2023]"."""
    if line.text[:1] not in "[(（" or line.text[-1:] not in "])）" or len(line.text) > _LONGEST_CELL:
        return False
    return bool(SPEAKER.note_alone.fullmatch(line.text) or without_dates(line.text).strip("[]()（）· ") == "")


def _table_rows(record: RecordText, headings: Sequence[StateHeading]) -> set[int]:
    """Returns the positions of the headings that are names in cells of a table: "Arvandia", "61", "Belmora", "34".

    In three rows or more, equally many cells without a sentence follow each name; after the last row the text goes on.
    "Arvandia", "No comments" are sections of a compilation: one cell of words makes a row only if all are rows.
    """
    lines = [paragraph.line for paragraph, _ in headings]
    ends = [*(line.start for line in lines[1:]), len(record.text)]
    sizes, cells = list[tuple[int, bool]](), list[int]()
    for heading, end in zip(lines, ends, strict=False):
        body = [line for line in record.text[heading.end : end].splitlines() if line.strip()]
        first = [*takewhile(lambda line: len(line.strip()) <= _LONGEST_CELL and not holds_sentence_end(line), body)]
        sizes.append((len(first) if first == body else 0, all(map(_NUMBER_ALONE.fullmatch, first))))
        cells.append(len(first))
    rows = set[int]()
    for (size, of_numbers), group in groupby(range(len(sizes)), key=sizes.__getitem__):
        run = [*group]
        goes_on = run[-1] + 1 < len(sizes) and cells[run[-1] + 1] >= size
        run += [run[-1] + 1] * goes_on
        whole = goes_on and len(run) == len(sizes)
        if size and len(run) >= _FEWEST_ROWS and (size > 1 or of_numbers or whole):
            rows.update(run)
    return rows


def sections_of_unknown(
    record: RecordText, lookup: SpeakerLookup, turns: Sequence[SpeakerTurn], paragraphs: Sequence[RecordParagraph]
) -> Iterator[SpeakerTurn]:
    """Yields the sections under those headings, among paragraphs between known `turns`, that name somebody unknown."""
    marks = {turn.mark for turn in turns if turn.mark is not None}
    counts = Counter(paragraph.line.text for paragraph in record.paragraphs)
    for line in (paragraph.line for paragraph in paragraphs if _may_be_heading(paragraph)):
        is_of_office = is_office(_without_numbering(line.text), alone=True)
        if (counts[line.text] > 1 and not is_of_office) or closes_compilation(line.text, "", marks):
            continue
        mark, name = numbering(line.text), _without_numbering(line.text)
        before = next(turn.words for turn in reversed(turns) if turn.start < line.start)
        somebody = (mark in marks and names_somebody(name, lookup.language)) or _names_author(name, lookup.language)
        somebody = somebody or is_of_office or _names_another(name, before.state, lookup)
        if somebody and not _entitles(line.text, before, record.words[before.start : line.start]):
            yield SpeakerTurn(start=line.start, words=of_unknown(name, record.after(line)), mark=mark)


def _may_be_heading(paragraph: RecordParagraph) -> bool:
    return paragraph.stands_alone and (paragraph.apart or form_of(paragraph.line.text) != "")


def _names_author(heading: str, language: str | None) -> bool:
    """Returns whether a heading is the title of somebody's statement: "Right of reply by Zubrovia"."""
    formed = len(heading) <= _LONGEST_HEADING and WORDS.heading_of_speech.match(heading)
    found = WORDS.heading_words.match(heading) if formed and not ends_sentence(heading) else None
    if found is None:
        return False
    name = heading[found.end() :]
    by = WORDS.by.search(found.group()) is not None and name[:1].isupper()
    return by or names_somebody(name, language)


def _names_another(heading: str, state: str | None, lookup: SpeakerLookup) -> bool:
    """Returns whether a heading names a party other than that of the section: "Late submission: Belmora".

    "Cooperation with Belmora" is about it.
    """
    if len(heading.split()) > _MOST_WORDS or holds_sentence_end(heading) or SPEAKER.verb.search(heading):
        return False
    found = [match for match in lookup.find(heading) if match.is_name]
    of_one = len({match.codes for match in found}) == 1 and found[0].code not in (None, state)
    before = heading[: found[0].start] if of_one else ""
    about = before and not (before.rstrip()[-1] in ":–—-,/" or WORDS.label_of_party.fullmatch(before))
    return of_one and not about and not heading[found[-1].end :].strip(" ,.*)]¹²³0123456789")


def _entitles(title: str, section: Intervention, said: str) -> bool:
    """Returns whether a person's title stands right under the heading of a State: "Arvandia", "Statement by Mr. Oram".

    So far, `said` stands in the State's section.
    """
    person = form_of(title) and SPEAKER.titled.match(WORDS.heading_words.sub("", title))
    return bool(person) and not form_of(section.named) and not said.strip()
