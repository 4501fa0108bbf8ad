"""The turns of a record's speakers, by the form of the record.

A record has one of these forms: speakers' own words after their names (verbatim records), summaries of what they said
(summary records), texts under headings by State (compilations), "State: words", or sentences that report States. The
form that names most parties is taken as the record's; lines of other forms are then part of somebody's words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from ingest.records.compilations import sections, sections_of_unknown, state_headings
from ingest.records.interventions import SpeakerTurn, of_unknown
from ingest.records.procedural_text import is_procedural
from ingest.records.record_text import Paragraph, RecordText
from ingest.records.reported_speech import reported_turns, summarised_turns
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import SpeakerLine, label_of, speaker_line

_FEWEST_PARTIES: Final = 2
_FEWEST_OF_OFFICES: Final = 3
_MOST_OF_REPORT: Final = 3  # parties of another form beside which a record may still be a report

# A speaker line, and whether layout shows that a paragraph begins with it.
_SpeakerLines = Sequence[tuple[SpeakerLine, bool]]


def speaker_turns(page: RecordText, lookup: SpeakerLookup) -> list[SpeakerTurn]:
    """Finds the turns of a record in order; those of speakers whom no lookup knows end the turns before them."""
    read: list[tuple[SpeakerLine, bool]] = []
    others: list[Paragraph] = []
    for paragraph in page.paragraphs:
        found = speaker_line(page.words, paragraph.line.start, len(page.words))
        if found is not None and (paragraph.apart or not found.summarised):
            read.append((found, paragraph.apart))
        else:
            others.append(paragraph)
    headings = state_headings(page, lookup, others)
    told = summarised_turns(page, lookup, _spoken(read, lookup, told=True))
    forms = {
        "direct": _spoken(read, lookup, told=False), "told": told, "heading": sections(page, headings),
        "name": _after_names(read, lookup),
    }  # fmt: skip
    if not any(len({turn.words.state for turn in turns}) > _MOST_OF_REPORT for turns in forms.values()):
        forms["reported"] = reported_turns(page, lookup)
    # Only lines that certainly have a form count for it.
    surely = {
        "direct": {line.start for line, _ in read if not line.summarised},
        "told": {line.start for line, _ in read if line.summarised and line.understood}
        | {turn.start for turn in told if turn.words.states},
        "name": {line.start for line, _ in read if line.who == "name"},
        "heading": {paragraph.line.start for paragraph, codes in headings if len(codes) == 1},
    }

    def rank(form: str) -> tuple[int, int]:
        counted = (turn.words for turn in forms[form] if turn.start in surely.get(form, {turn.start}))
        known = (words for words in counted if words.role != "office" and (form != "heading" or words.state))
        parties = len({words.state or words.named for words in known})
        # Where only a Chair and a Secretariat speak, the form with most lines wins.
        return parties, 0 if parties else len(forms[form])

    # Of equal ones, the first.
    form = max(forms, key=rank)
    turns = forms[form]
    unknown: Iterable[SpeakerTurn] = ()
    if turns and form == "heading":
        unknown = sections_of_unknown(page, lookup, turns)
    elif turns and form in ("direct", "name"):
        unknown = _after_labels(page, lookup, turns, names=form == "name")
    return sorted((*turns, *unknown), key=lambda turn: turn.start)


def _spoken(read: _SpeakerLines, lookup: SpeakerLookup, *, told: bool) -> list[SpeakerTurn]:
    """Returns the turns of a verbatim record, or of a summary record (`told`), which may quote words as well.

    There are none unless at least one line certainly is of that kind.
    """
    lines = [line for line, _ in read if line.who != "name"]
    if not any(line.summarised == told and line.understood and line.who != "office" for line in lines):
        return []
    if not told:
        # The words after a colon are those of the speaker before it.
        lines = [replace(line, summarised=False, body=line.after_colon) for line in lines if line.after_colon]
    titled = {codes for line in lines if line.titled and line.who != "office" for codes in line.brackets}
    return _turns_of(lines, lookup, trusted=len(titled) < _FEWEST_PARTIES)


def _after_names(read: _SpeakerLines, lookup: SpeakerLookup) -> list[SpeakerTurn]:
    """Returns the turns of a record that puts names of parties before their words."""
    lines = (line for line, apart in read if apart and not line.summarised)
    turns = _turns_of(lines, lookup, trusted=True)
    # Turns of offices alone count too, since minutes may begin with those of a Chair and a Secretariat.
    offices = {turn.words.named for turn in turns if turn.words.role == "office"}
    by_offices = len(offices) >= _FEWEST_PARTIES and len(turns) >= _FEWEST_OF_OFFICES
    return turns if by_offices or any(turn.words.role == "party" for turn in turns) else []


def _turns_of(lines: Iterable[SpeakerLine], lookup: SpeakerLookup, *, trusted: bool) -> list[SpeakerTurn]:
    found = ((line.start, lookup.intervention(line, trusted=trusted)) for line in lines)
    return [SpeakerTurn(start=start, words=words) for start, words in found if words is not None]


def _after_labels(
    page: RecordText, lookup: SpeakerLookup, turns: Sequence[SpeakerTurn], *, names: bool
) -> Iterator[SpeakerTurn]:
    """Yields the turns of speakers whom no lookup knows and a paragraph names before a colon, after the first turn."""
    known = {turn.start for turn in turns}
    for paragraph in page.paragraphs:
        start, is_new = paragraph.line.start, paragraph.apart and paragraph.line.start not in known
        if is_new and start > turns[0].start and not is_procedural(paragraph.line.text, told=False):
            label = label_of(page.words, start, lookup.language, names=names)
            if label is not None:
                yield SpeakerTurn(start=start, words=of_unknown(*label))
