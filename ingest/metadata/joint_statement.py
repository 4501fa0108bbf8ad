"""Joint statements: the States that hold one together, named in its heading or in a list of its co-sponsors."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from ingest.metadata.on_behalf import BEHALF, OPENING
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyMatch, in_rows
from ingest.text.page_furniture import without_furniture

_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_NEXT_LINE, _GOES_ON = re.compile(r"\s*\n\s*"), re.compile(r"[^\S\n]+[^\W\d_]")
_NEAR_TITLE, _NEAR_NAME, _LONGEST_LIST, _MOST_LISTS = 300, 150, 4000, 20  # characters, but for the last


def joint_holders(heading: str, words: str, lookup: PartyLookup) -> tuple[str, ...]:
    """Read which States hold a joint statement, in order, from its heading or from the list of its co-sponsors.

    Empty if neither the heading (in one line) nor the speaker ("I deliver this joint statement", "this joint statement"
    above a list) calls it joint. States that the title is about ("on the situation in Arvandia and Belmora") or that a
    later sentence names are not holders.
    """
    heading = " ".join(heading.split())
    paragraphs = _BLANK_LINES.split(words[:OPENING].strip())
    opening = "\n".join((heading, *(" ".join(paragraph.split()) for paragraph in paragraphs)))
    called = called_joint(opening, len(heading))
    # A title after words in the first person is that of a further statement, unless it names who speaks.
    said = BEHALF.first_person_or_this.search(opening, len(heading))
    own = BEHALF.own_joint.finditer(opening, len(heading))
    speaking = {match.codes for match in lookup.find(heading)}
    own_titles = (
        found for found in own
        if found["title"] is None or said is None or found.start() < said.start()
        or any(m.codes in speaking for m in lookup.find(opening[found.start() : found.end() + _NEAR_NAME]))
    )  # fmt: skip
    called = called or next(own_titles, None)
    if called is None and not (BEHALF.this_joint.search(opening, len(heading)) and sponsor_lists(words, lookup)):
        return ()
    rows = [row for _, _, row in _sponsors(words, lookup)]
    if called is not None:
        stop = BEHALF.sentence_end.search(opening, max(called.end(), len(heading)))
        end = min(called.end() + _NEAR_TITLE, stop.start() if stop else len(opening))
        named = opening[called.end() : end]
        row = _first_list(named, lookup)
        rows = [() if row and BEHALF.spoken_of.search(named[: row[0].start]) else row, *rows]
    states = dict.fromkeys(match.codes[0] for row in rows for match in row)
    return tuple(states) if len(states) > 1 else ()


def called_joint(text: str, end: int) -> re.Match[str] | None:
    """Finds where the heading of a text, which ends at `end`, calls it a joint statement; None if it does not."""
    titles = BEHALF.joint_statement.finditer(text, 0, end)
    return next((found for found in titles if not is_spoken_of(text, found)), None)


def is_spoken_of(text: str, called: re.Match[str]) -> bool:
    """Tell whether a joint statement is only talked about: "Statement on the joint statement by X and Y"."""
    before = list(BEHALF.answers.finditer(text, 0, called.start()))
    return bool(before) and before[-1].end() == called.start()


def sponsor_lists(text: str, lookup: PartyLookup) -> list[tuple[int, int]]:
    """Find the spans of the lists of co-sponsors that begin a line, from the label to the stop after the last State."""
    spans = ((start, after + row[-1].end) for start, after, row in _sponsors(text, lookup))
    return [
        (start, end + text.startswith((".", ";", "。"), end))
        for start, end in spans
        if not text[text.rfind("\n", 0, start) + 1 : start].strip(" \t*_#")
    ]


def _sponsors(text: str, lookup: PartyLookup) -> Iterator[tuple[int, int, Sequence[PartyMatch]]]:
    """Yields start and end of the label of each list of co-sponsors, and the States, with offsets from that end."""
    text = without_furniture(text)
    for label in islice(BEHALF.sponsors.finditer(text), _MOST_LISTS):
        written = text[label.end() : label.end() + _LONGEST_LIST]
        after = written.replace("\n", " ")
        row = _first_list(after, lookup)
        # A line after names on lines of their own is a sentence: "Arvandia wishes to be recorded as not supporting it".
        if row and _NEXT_LINE.fullmatch(written, row[-2].end, row[-1].start) and _GOES_ON.match(written, row[-1].end):
            row = row[:-1]
        if row and BEHALF.listed.fullmatch(after, 0, row[0].start):
            yield label.start(), label.end(), row


def _first_list(text: str, lookup: PartyLookup) -> Sequence[PartyMatch]:
    """Return the States of the first list in a text: two or more, one after the other."""
    rows = in_rows(text, lookup.find(text), BEHALF.listed)
    return next(
        (row for row in rows if len(row) > 1 and all(lookup.kind_of(match.code) == "state" for match in row)), ()
    )
