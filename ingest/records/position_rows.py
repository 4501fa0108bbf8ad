"""Rows of a table or list of positions: "Belmora<tab>We oppose it.", "- Belmora – We oppose it.", "[Belmora] No."."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.language.own_voice import speaks_in_first_person
from ingest.metadata.on_behalf import opens_on_behalf
from ingest.records.interventions import IN_LIST_OR_TABLE, SpeakerTurn, of_party, of_unknown
from ingest.records.record_text import RecordText
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import SPEAKER, names_somebody

_FEWEST_PARTIES: Final = 2
_LONGEST_ARTICLE: Final = 4  # characters, such as "The "


def position_rows(record: RecordText, lookup: SpeakerLookup) -> list[SpeakerTurn]:
    """Returns the turns of rows that begin with a party, in order; none unless two parties speak for themselves there.

    In "Belmora – for its boats" others speak of it. The rows of a table or list have one mark after the name. A row
    ends with its paragraph, since anybody's words may follow the last one.
    """
    begin = {paragraph.line.start for paragraph in record.paragraphs}
    apart = [paragraph.line.start for paragraph in record.paragraphs if paragraph.apart]
    by_mark = defaultdict[str, list[SpeakerTurn]](list)
    for line in record.lines:
        row = SPEAKER.row.match(record.words, line.start, line.end)
        # A cell begins any line; other names may end the sentence of the line before: "as proposed by", "Belmora. We".
        if row is None or not (row["cell"] or line.start in begin):
            continue
        if row["cell"] and not lookup.holders(row["name"]):
            # The State may stand in the second cell, after an item or a time.
            second = SPEAKER.row.match(record.words, row.end(), line.end)
            row = second if second and second["cell"] and lookup.holders(second["name"]) else row
        codes, rows = lookup.holders(row["name"]), by_mark[row["cell"] or row["mark"]]
        if not codes and not (rows and (row["cell"] or names_somebody(row["name"], lookup.language))):
            continue
        said = record.words[row.end() : line.end]
        clause = said.partition(",")[0] if opens_on_behalf(said) else ""
        words = replace(of_unknown(row["name"], row.end()), clause=clause)
        after = bisect_right(apart, line.start)
        end = apart[after] if after < len(apart) else len(record.text)
        end = line.start + len(line.text.rstrip(" |")) if row["cell"] == "|" else end
        rows[-1:] = (replace(before, end=min(before.end or end, line.start)) for before in rows[-1:])
        rows.append(SpeakerTurn(start=line.start, words=of_party(words, *codes) if codes else words, end=end))
    for turns in by_mark.values():
        for at, turn in enumerate(turns):
            # A cell after that of the words may hold somebody's remark on them.
            if not {"\t", "|"}.isdisjoint(record.words[turn.words.start : turn.end].strip()):
                why = IN_LIST_OR_TABLE.format(turn.words.named)
                turns[at] = replace(turn, words=of_unknown(turn.words.named, turn.words.start, why))
    best = max(by_mark.values(), key=lambda rows: _parties(rows, record, lookup), default=[])
    return best if _parties(best, record, lookup) >= _FEWEST_PARTIES else []


def _parties(rows: Sequence[SpeakerTurn], record: RecordText, lookup: SpeakerLookup) -> int:
    """Returns how many parties speak for themselves in a row: in the first person, or with their own name first."""
    own: set[str | None] = set()
    for row in rows:
        words = " ".join(record.words[row.words.start : row.end].split())
        named = [match.code for match in lookup.find(words)[:1] if match.start <= _LONGEST_ARTICLE]
        opens = not words[:1].islower() or speaks_in_first_person(words.partition(" ")[0])
        if opens and (speaks_in_first_person(words) or named == [row.words.state]):
            own.add(row.words.state)
    return len(own - {None})
