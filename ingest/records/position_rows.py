"""Rows of a table or list of positions: "Belmora<tab>We oppose it.", "- Belmora – We oppose it.", "[Belmora] No."."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.records.interventions import SpeakerTurn, of_party, of_unknown
from ingest.records.record_text import RecordText
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import WORDS, names_somebody
from ingest.text.layout import holds_sentence_end

_FEWEST_PARTIES: Final = 2


def position_rows(page: RecordText, lookup: SpeakerLookup) -> list[SpeakerTurn]:
    """Returns the turns of rows that begin with a party, in order; none unless sentences of two parties stand in them.

    The rows of a table or list have one mark after the name. A row ends with its paragraph, since anybody's words may
    follow the last one.
    """
    begin = {paragraph.line.start for paragraph in page.paragraphs}
    apart = [paragraph.line.start for paragraph in page.paragraphs if paragraph.apart]
    by_mark = defaultdict[str, list[SpeakerTurn]](list)
    for line in page.lines:
        row = WORDS.row.match(page.words, line.start, line.end)
        # A cell begins any line; other names may end the sentence of the line before: "as proposed by", "Belmora. We".
        if row is None or not (row["cell"] or line.start in begin):
            continue
        codes, rows = lookup.holders(row["name"]), by_mark[row["cell"] or row["mark"]]
        if not codes and not (rows and (row["cell"] or names_somebody(row["name"], lookup.language))):
            continue
        words, after = of_unknown(row["name"], row.end()), bisect_right(apart, line.start)
        end = apart[after] if after < len(apart) else len(page.text)
        end = line.start + len(line.text.rstrip(" |")) if row["cell"] == "|" else end
        rows[-1:] = (replace(before, end=min(before.end or end, line.start)) for before in rows[-1:])
        rows.append(SpeakerTurn(start=line.start, words=of_party(words, *codes) if codes else words, end=end))
    best = max(by_mark.values(), key=lambda rows: _parties(rows, page), default=[])
    return best if _parties(best, page) >= _FEWEST_PARTIES else []


def _parties(rows: Sequence[SpeakerTurn], page: RecordText) -> int:
    """Returns how many parties have rows with a sentence."""
    return len({row.words.state for row in rows if holds_sentence_end(page.text[row.words.start : row.end])} - {None})
