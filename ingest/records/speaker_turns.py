"""The turns of a record's speakers, by the form of the record.

A record has one of these forms: speakers' own words after their names (verbatim records), summaries of what they said
(summary records), texts under headings by State (compilations), "State: words", rows of a table or list by State, or
sentences that report States. The form that names most parties is taken as the record's; lines of other forms are then
part of somebody's words.
"""

from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from ingest.language.own_voice import speaks_in_first_person
from ingest.records.compilations import form_of, labelled_headings, sections, sections_of_unknown, state_headings
from ingest.records.interventions import IN_LIST_OR_TABLE, SpeakerTurn, of_party, of_unknown
from ingest.records.narration import end_at_narration
from ingest.records.position_rows import position_rows
from ingest.records.record_text import RecordParagraph, RecordText, is_procedural
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import SPEAKER, SpeakerLine, is_speaker, label_of, speaker_line
from ingest.records.summary_records import reported_turns, summarised_turns
from ingest.text.layout import ends_sentence, is_left_open

_FEWEST_PARTIES: Final = 2
_FEWEST_OF_OFFICES: Final = 3
_PARTS_OF_RECORD: Final = 3  # of which rows make up one
_MOST_OF_REPORT: Final = 3  # parties of another form beside which a record may still be a report


class _Reading(NamedTuple):
    """The turns of a record as one form has them; only those at certain offsets count for it, if these are given."""

    turns: Sequence[SpeakerTurn]
    certain: Set[int] | None = None
    by_state: bool = False

    def rank(self) -> tuple[int, int]:
        counted = (turn.words for turn in self.turns if self.certain is None or turn.start in self.certain)
        known = (words for words in counted if words.role != "office" and (words.state or not self.by_state))
        parties = len({words.state or words.named for words in known})
        # Where only a Chair and a Secretariat speak, the form with most lines wins.
        return parties, 0 if parties else len(self.turns)


def speaker_turns(record: RecordText, lookup: SpeakerLookup) -> list[SpeakerTurn]:
    """Finds the turns of a record in order; those of speakers whom no lookup knows end the turns before them."""
    rows = position_rows(record, lookup)
    readings = _readings(record, rows, lookup)
    # Of equal ones, the first.
    form = max(readings, key=lambda form: readings[form].rank())
    turns = [*readings[form].turns]
    if form == "compilation":
        # As in `sections`: whose words a table or list after a section holds, and whose follow it, is unknown.
        for row in rows:
            words = of_unknown(row.words.named, row.words.start, IN_LIST_OR_TABLE.format(row.words.named))
            turns = sorted((*turns, SpeakerTurn(start=row.start, words=words)), key=lambda turn: turn.start)
    known = {turn.start for turn in turns}
    later = [paragraph for paragraph in record.paragraphs if turns and paragraph.line.start > turns[0].start]
    later = [paragraph for paragraph in later if paragraph.line.start not in known]
    unknown: Iterator[SpeakerTurn] = iter(())
    if form == "compilation":
        unknown = sections_of_unknown(record, lookup, turns, later)
    elif form in ("verbatim", "names"):
        unknown = _after_labels(record, lookup, known, later, names=form == "names")
    in_order = sorted((*turns, *unknown), key=lambda turn: turn.start)
    return [*end_at_narration(record, lookup, in_order)] if form == "names" else in_order


def _readings(record: RecordText, rows: list[SpeakerTurn], lookup: SpeakerLookup) -> dict[str, _Reading]:
    """Returns what each form that the record may have makes of it; a report only where no other names many parties."""
    labelled = labelled_headings(lookup, record.paragraphs)
    openings = [(paragraph, _opening_line(paragraph, record, labelled)) for paragraph in record.paragraphs]
    lines = [line for _, line in openings if line is not None]
    others = [paragraph for paragraph, line in openings if line is None]
    leading = [line for paragraph, line in openings if line is not None and paragraph.apart and not line.summarised]
    leading = sorted((*leading, *_names_inside(record, lookup)), key=lambda line: line.start)
    headings = state_headings(lookup, others)
    summary = summarised_turns(record, lookup, _spoken(lines, lookup, summarised=True))
    # Only lines that certainly have a form count for it.
    in_own_words = {line.start for line in lines if not line.summarised}
    in_summary = {line.start for line in lines if line.summarised and line.understood}
    in_summary |= {turn.start for turn in summary if turn.words.states}
    of_one_party = {paragraph.line.start for paragraph, codes in headings if len(codes) == 1}
    readings = {
        "verbatim": _Reading(_spoken(lines, lookup, summarised=False), in_own_words),
        "summary": _Reading(summary, in_summary),
        "compilation": _Reading(sections(record, headings), of_one_party, by_state=True),
        "names": _Reading(_after_names(leading, lookup), {line.start for line in leading if line.who == "name"}),
        "rows": _Reading(_of_record(rows, record, lookup), by_state=True),
    }
    parties = [len({turn.words.state for turn in reading.turns}) for reading in readings.values()]
    if max(parties) <= _MOST_OF_REPORT:
        readings["report"] = _Reading(reported_turns(record, lookup))
    return readings


def _opening_line(paragraph: RecordParagraph, record: RecordText, labelled: Container[int]) -> SpeakerLine | None:
    """Returns the speaker line that opens a paragraph; None for a heading by State, and where its layout shows none."""
    line = speaker_line(record.words, paragraph.line.start, len(record.words))
    if line is None or paragraph.number in labelled:
        return None
    # "Explanation of vote: Belmora" is a title, not a name before its words.
    is_title = line.who == "name" and form_of(paragraph.line.text) != ""
    shown = paragraph.apart or not (line.summarised or line.by_office)
    return line if shown and not is_title else None


def _of_record(rows: list[SpeakerTurn], record: RecordText, lookup: SpeakerLookup) -> list[SpeakerTurn]:
    """Returns rows of which a record is made; none for a table in a longer text or in another State's statement."""
    title = record.lines[0].text if record.lines else ""
    by = {match.code for match in lookup.find(title)} if form_of(title) else set()
    is_most = _PARTS_OF_RECORD * sum((row.end or 0) - row.start for row in rows) >= len(record.text)
    return rows if is_most and (not by or not by.isdisjoint(row.words.state for row in rows)) else []


def _names_inside(record: RecordText, lookup: SpeakerLookup) -> Iterator[SpeakerLine]:
    """Yields the lines inside paragraphs that a party opens before a colon: in minutes, a full line may end a turn."""
    apart = {paragraph.line.start for paragraph in record.paragraphs if paragraph.apart}
    for before, line in pairwise(record.lines):
        goes_on = before.text[-1] in ",،，" or is_left_open(before.text)
        if goes_on or line.start in apart:
            continue
        lead = SPEAKER.before.match(record.words, line.start, line.end)
        begin = line.start if lead is None else lead.end()
        found = SPEAKER.party_alone.match(record.words, begin, line.end)
        # "Chair: Since nobody objects, …" ends the turn of the party before.
        office = SPEAKER.office.match(record.words, begin, line.end)
        if office is not None or (found is not None and lookup.holders(found["name"])):
            named = speaker_line(record.words, line.start, len(record.words))
            if named is not None and not named.summarised and named.who == ("name" if office is None else "office"):
                # In doubt, such as after "we thank all, above all", the words are nobody's.
                begins = ends_sentence(before.text) or not record.words[named.body : named.body + 1].islower()
                yield replace(named, understood=begins)


def _spoken(lines: Sequence[SpeakerLine], lookup: SpeakerLookup, *, summarised: bool) -> list[SpeakerTurn]:
    """Returns the turns of a verbatim record, or of a summary record (`summarised`), which may quote words as well.

    Empty if no line is certainly of that kind.
    """
    lines = [line for line in lines if line.who != "name"]
    if not any(line.summarised == summarised and line.understood and line.who != "office" for line in lines):
        return []
    if not summarised:
        # The words after a colon are those of the speaker before it.
        lines = [replace(line, summarised=False, body=line.after_colon) for line in lines if line.after_colon]
    titled = {codes for line in lines if line.titled and line.who != "office" for codes in line.brackets}
    return _turns_of(lines, lookup, trusted=len(titled) < _FEWEST_PARTIES)


def _after_names(lines: Sequence[SpeakerLine], lookup: SpeakerLookup) -> list[SpeakerTurn]:
    turns = _turns_of(lines, lookup, trusted=True)
    # Turns of offices alone count too, since minutes may begin with those of a Chair and a Secretariat.
    offices = {turn.words.named for turn in turns if turn.words.role == "office"}
    by_offices = len(offices) >= _FEWEST_PARTIES and len(turns) >= _FEWEST_OF_OFFICES
    return turns if by_offices or any(turn.words.role == "party" for turn in turns) else []


def _turns_of(lines: Sequence[SpeakerLine], lookup: SpeakerLookup, *, trusted: bool) -> list[SpeakerTurn]:
    found = ((line.start, lookup.intervention(line, trusted=trusted)) for line in lines)
    return [SpeakerTurn(start=start, words=words) for start, words in found if words is not None]


def _after_labels(
    record: RecordText, lookup: SpeakerLookup, known: Set[int], paragraphs: Sequence[RecordParagraph], *, names: bool
) -> Iterator[SpeakerTurn]:
    """Yields the turns of speakers whom a paragraph names before a colon in another form than the record's lines.

    A party's name alone opens a turn before words in the first person: "Arvandia: Three ports were closed" may be a row
    of what a speaker tells. The `known` turns begin at these offsets.
    """
    following = {one.line.start: other.line.start for one, other in pairwise(record.paragraphs)}
    for line in (paragraph.line for paragraph in paragraphs if paragraph.apart or names):
        if (chair := SPEAKER.perhaps_chair.match(record.words, line.start, line.end)) is not None:
            # A chair who thanks in one paragraph, or whom the speaker before addresses.
            if following.get(line.start) in known:
                yield SpeakerTurn(start=line.start, words=of_unknown(chair["name"], chair.end()))
            continue
        label = label_of(record.words, line.start)
        if label is None or is_procedural(line.text, told=False):
            continue
        name, begin = label
        codes = [code for code in lookup.party(name) if lookup.kind_of(code) in ("state", "group")]
        words = of_unknown(name, begin)
        if codes and speaks_in_first_person(record.words[begin:].partition("\n\n")[0]):
            yield SpeakerTurn(start=line.start, words=of_party(words, *codes) if len(codes) == 1 else words)
        elif is_speaker(name, lookup.language, in_names=names):
            yield SpeakerTurn(start=line.start, words=words)
