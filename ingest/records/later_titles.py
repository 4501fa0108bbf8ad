"""Titles of further statements in one file: "Statement by Mr. Oram, Minister of Belmora" in the middle of a text."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import Final

from ingest.language.dates import find_dates
from ingest.language.detection import main_language
from ingest.language.lexicons import Patterns
from ingest.language.own_voice import speaks_in_first_person
from ingest.metadata.heading import Heading, find_heading, is_salutation, named_as_speaking, speaker_in
from ingest.metadata.metadata import ReadMetadata
from ingest.metadata.sessions import find_bodies
from ingest.parties.party_table import PartyTable
from ingest.records.interventions import Intervention
from ingest.records.record_text import WORDS, item_headings
from ingest.text.footnotes import footnotes
from ingest.text.layout import ends_sentence, find_blocks, flows, holds_sentence_end, typesetting
from ingest.text.page_furniture import TextLine, notes_start, prose_lines
from vectorstore.records import Block

_WORDS: Final = Patterns("heading")
# Most lines of a cover that are read as one title: "Statement by", "Mr. Oram", "Minister of Justice", "of Belmora".
_MOST_LINES: Final = 5
# Characters and lines from its beginning in which a title, the rest of its cover and a salutation stand.
_READ, _MOST_READ = 2000, 12


@dataclass(frozen=True, kw_only=True)
class LaterTitle:
    """A title after the heading of a text, where it begins, and the parties that it names as speaking."""

    start: int
    words: str
    codes: tuple[str, ...]
    """Empty if no lookup knows the person or delegation that it names."""
    begins_translation: bool = False
    """Whether it names no party, and begins words in another language: perhaps the same statement once more."""


def later_titles(text: str, blocks: tuple[Block, ...], parties: PartyTable) -> tuple[LaterTitle, ...]:
    """Finds the titles of further statements after a text's heading, in order.

    A title begins a paragraph and ends no sentence; it may go on in the next lines, as on a cover. It says by which
    party a statement is ("Statement by Belmora"); or a salutation follows it, and it names a party as speaking
    otherwise, or a person or delegation whom neither a lookup nor the text's own heading knows. The annex of a letter
    that transmits the words of a party is that party's.
    """
    heading, notes = find_heading(text, blocks), footnotes(text, blocks)
    transmitted = _transmitted(text[heading.end : heading.end + _READ], parties)
    lines = prose_lines(text[: notes_start(text)])
    setting, heard = typesetting(lines), _long_words(heading.text)
    found: list[LaterTitle] = []
    for number, line in enumerate(lines[1:], start=1):
        if transmitted and line.start >= heading.end and _WORDS.annex.fullmatch(line.text):
            below = lines[number + 1].text if number + 1 < len(lines) else ""
            codes = _speakers(below, parties) if _WORDS.title.match(below) else ()
            found.append(LaterTitle(start=line.start, words=line.text, codes=codes or transmitted))
            continue
        unnumbered = WORDS.enumerator.sub("", line.text)
        title = line.start >= heading.end and _WORDS.later_title.match(unnumbered)
        if not title or ends_sentence(line.text) or any(start <= line.start < end for start, end in notes):
            continue
        begins = line.blanks_before or line.opens_page or ends_sentence(lines[number - 1].text)
        if not begins and flows(lines[number - 1], line, setting):
            continue
        following = lines[number : number + _MOST_READ]
        goes_on = takewhile(lambda pair: not pair[1].blanks_before and flows(*pair, setting), pairwise(following))
        if holds_sentence_end(" ".join([line.text, *(below.text for _, below in goes_on)])):
            continue
        begin = line.start + len(line.text) - len(unnumbered)
        rest = text[begin : begin + _READ]
        cover = find_heading(rest, find_blocks(rest)).lines[:_MOST_LINES] or (unnumbered,)
        whole, addressed = " ".join(cover), _is_addressed(following[1:])
        for words in dict.fromkeys((unnumbered, whole)):
            named = named_as_speaking(Heading(text=words, end=0), parties)
            if named and (addressed or _is_by_party(words, parties)):
                codes = tuple(party.code for party in named)
                found.append(LaterTitle(start=line.start, words=line.text, codes=codes))
                break
        else:
            is_other = addressed and _is_by_somebody(whole) and not parties.find(whole)
            if is_other and not _long_words(" ".join(cover[:2])) <= heard:
                sides = ([block for block in blocks if (block.start < line.start) is side] for side in (True, False))
                differ = len({main_language(text, side, None) for side in sides}) > 1
                found.append(LaterTitle(start=line.start, words=line.text, codes=(), begins_translation=differ))
    return tuple(found)


def _transmitted(words: str, parties: PartyTable) -> tuple[str, ...]:
    """Returns the parties whose words a letter transmits: "I have the honour to forward a letter from Belmora"."""
    sentence = _WORDS.transmits.search(" ".join(words.split()))
    if sentence is None or speaks_in_first_person(sentence["what"]):
        return ()
    return _speakers(sentence["what"], parties)


def _speakers(words: str, parties: PartyTable) -> tuple[str, ...]:
    return tuple(party.code for party in named_as_speaking(Heading(text=words, end=0), parties))


def unsplit_titles(
    interventions: Sequence[Intervention], titles: Sequence[LaterTitle], holders: Set[str]
) -> tuple[LaterTitle, ...]:
    """Returns the titles that stand among the words of others: of the `holders` of a text, or of another section.

    A record of speakers is no matter of titles: somebody may read one out.
    """
    if not interventions:
        return tuple(title for title in titles if not title.codes or not set(title.codes) <= holders)
    if not all(item.is_section for item in interventions):
        return ()
    inside = [(title, item) for title in titles for item in interventions if item.start <= title.start < item.end]
    return tuple(
        title for title, item in inside if not title.codes or not {item.state, *item.states}.issuperset(title.codes)
    )


def parts_under_titles(
    text: str, blocks: tuple[Block, ...], parties: PartyTable, read: ReadMetadata, titles: Sequence[LaterTitle]
) -> tuple[Intervention, ...]:
    """Returns the parts of one party's text at `titles` of others, or at headings of items; empty where it has none.

    The text before the first title is that of the party to which its heading attributes the whole (`read`). A title
    that names nobody, or several, leaves the text whole.
    """
    whole, unclear = read.metadata, any(len(title.codes) != 1 for title in titles)
    if unclear or "state" in read.inferred or whole.state is None or whole.held_by:
        return ()
    if titles and all(title.codes[0] in whole.holders for title in titles):
        return ()
    items = item_headings(text) if not titles else []
    if not titles and (not items or whole.agenda_item not in (None, *(each.item for each in items))):
        return ()
    begin, end = find_heading(text, blocks).end, notes_start(text)
    own = Intervention(
        start=begin, end=end, role="party", named=parties.display(whole.state), summarised=False, state=whole.state,
        group=whole.on_behalf_of, speaker=whole.speaker,
    )  # fmt: skip
    heads = [(begin, own)]
    for title in titles:
        group = title.codes[0] if parties.kind_of(title.codes[0]) == "group" else None
        speaker = speaker_in(Heading(text=title.words, end=0, whole=(title.words,)))
        part = replace(own, named=title.words, state=title.codes[0], group=group, speaker=speaker)
        heads.append((title.start, replace(part, start=title.start + len(title.words))))
    for each in items:
        under = replace(own, start=max(begin, each.end), agenda_item=each.words, date=each.day)
        heads.append((each.start, under))
    found = []
    for (_, part), (limit, _) in pairwise([*heads, (end, own)]):
        words = text[part.start : limit]
        if holds_sentence_end(words):
            start = limit - len(words.lstrip())
            found.append(replace(part, start=start, end=start + len(words.strip())))
    return tuple(found) if len(found) > 1 else ()


def _is_by_party(title: str, parties: PartyTable) -> bool:
    form, named = _WORDS.title_by.match(title), parties.find(title, capitals="none")
    if form is None or not named:
        return bool(named) and named[0].start == 0 and _WORDS.title_of_party.match(title) is not None
    after = title[named[-1].end :]
    ends = not any(map(str.isalnum, after)) or bool(find_dates(after) or find_bodies(after))
    return ends and not form["of"] if form["of_part"] else ends or not form["of"]


def _is_by_somebody(title: str) -> bool:
    if (form := _WORDS.title_by.match(title)) and not form["of"] and form["name"][0].isupper():
        return True
    named = _WORDS.named_by.match(title)
    return named is not None and bool(_WORDS.person.search(title) or _WORDS.of_mission.search(title))


def _is_addressed(lines: Sequence[TextLine]) -> bool:
    """Tells whether a salutation follows before any sentence: lines of a cover may stand before it."""
    before = takewhile(lambda line: is_salutation(line.text) or not holds_sentence_end(line.text), lines)
    return any(is_salutation(line.text) for line in before)


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.casefold()))
