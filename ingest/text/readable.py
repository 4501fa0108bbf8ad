"""The readable text: the source with its edits applied, and the map between the offsets of both."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from vectorstore.records import Edit


def readable(source_text: str, edits: Sequence[Edit], start: int = 0, end: int | None = None) -> str:
    """Returns a source span with every edit that lies wholly inside it; edits are sorted and do not overlap."""
    stop = len(source_text) if end is None else end
    pieces: list[str] = []
    position = start
    for index in range(bisect_left(edits, start, key=lambda edit: edit.start), len(edits)):
        edit = edits[index]
        if edit.start >= stop or edit.end > stop:
            break
        if edit.start == edit.end == start:
            continue
        pieces += (source_text[position : edit.start], edit.text)
        position = edit.end
    pieces.append(source_text[position:stop])
    return "".join(pieces)


@dataclass(frozen=True)
class ReadableText:
    """A readable text and the map between its offsets and the source's; edits are sorted and do not overlap."""

    source: str
    edits: tuple[Edit, ...]

    @cached_property
    def text(self) -> str:
        """The readable text of the whole source."""
        return readable(self.source, self.edits)

    @cached_property
    def _spans(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The spans that edits really change, in the source and in `text`."""
        source_spans: list[tuple[int, int]] = []
        text_spans: list[tuple[int, int]] = []
        longer = 0
        for start, end, replacement in (_core(self.source, edit) for edit in self.edits):
            source_spans.append((start, end))
            text_spans.append((start + longer, start + longer + len(replacement)))
            longer += len(replacement) - (end - start)
        return source_spans, text_spans

    def to_readable(self, position: int) -> int:
        """Maps an offset of the source to `text`; one at an insertion or inside a replaced span, to after the edit."""
        return _after(position, *self._spans)

    def to_source_span(self, start: int, end: int) -> tuple[int, int]:
        """Maps a span of `text` to the source, without spans that edits changed at its edges."""
        source_spans, text_spans = self._spans
        begin = _after(start, text_spans, source_spans)
        return begin, max(begin, _before(end, text_spans, source_spans))

    def between(self, start: int, end: int) -> str:
        """Returns the readable text of a source span."""
        return readable(self.source, self.edits, start, end)


def _after(position: int, spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> int:
    index = bisect_right(spans, position, key=itemgetter(0)) - 1
    if index < 0:
        return position
    (start, end), (other_start, other_end) = spans[index], others[index]
    return other_start if position == start < end else other_end + max(0, position - end)


def _before(position: int, spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> int:
    index = bisect_left(spans, position, key=itemgetter(0)) - 1
    if index < 0:
        return position
    (_, end), (other_start, other_end) = spans[index], others[index]
    return other_start if position < end else other_end + position - end


def _core(source: str, edit: Edit) -> tuple[int, int, str]:
    """Returns an edit without the letters that it repeats from the source on either side of a hyphen."""
    if edit.kind != "hyphen":
        return edit.start, edit.end, edit.text
    old, new = source[edit.start : edit.end], edit.text
    shorter = min(len(old), len(new))
    same = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - same) if old[-1 - at] != new[-1 - at]), shorter - same)
    return edit.start + same, edit.end - tail, new[same : len(new) - tail]
