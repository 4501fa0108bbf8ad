"""The reading order of a page: lines, columns and paragraphs from glyphs and their boxes.

PDFium groups glyphs into lines as the file paints them, sometimes across columns. Here a line is cut at its gaps, the
pieces are assigned to columns where a gutter runs through a page, and paragraphs are recognised by their spacing and
indents. Words are never reordered inside a piece.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from statistics import median
from unicodedata import bidirectional

from ingest.language.matches import runs_of
from ingest.loaders.bidi import has_right_to_left, in_logical_order
from ingest.loaders.loaded import sets_no_spaces
from ingest.loaders.pdfium import Glyph, PageGlyphs
from ingest.text.layout import ends_sentence

# Shares of the font size. Letters of a word touch or nearly so, words in a file without spaces are set apart by
# 0.12 and more, a justified line stretches a space to about 0.8.
_WORD_GAP = 0.1
# In a line with painted spaces, at least one in `_USUAL_WORD` characters, only a wider gap is a further space.
_WIDE_GAP = 0.22
_USUAL_WORD = 20
_PIECE_GAP = 0.8
_TAB_GAP = 1.5
_INDENT = 0.9
# A gap between lines of more than this many times the usual one separates paragraphs.
_PARAGRAPH_GAP = 1.25
# Footnotes are set in letters smaller than this share of the column's.
SMALLER = 0.93
# Lines are set apart from a column by a gap of more than this many times the font size.
APART = 1.5
# A line counts as full if it falls short of the end of its column by less than this share of the width.
_NEARLY = 0.15
# A gutter is at least `_GUTTER` points wide and has `_FEWEST_ROWS` lines on each side; wider pages have none.
_GUTTER = 8.0
_WIDEST = 20_000.0
_FEWEST_ROWS = 4
# The median line fills this share of a column, unlike cells of a table; `_CROSSING` of the lines may cross a gutter.
_FILLED = 0.55
_CROSSING = 0.2


@dataclass(frozen=True, kw_only=True)
class GlyphRun:
    """A run of glyphs on one line without a wide gap; boxes in points, from the lower left corner."""

    glyphs: tuple[Glyph, ...] = field(repr=False, compare=False)
    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float

    @property
    def middle(self) -> float:
        """Height of its centre on the page."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, kw_only=True)
class TextRow(GlyphRun):
    """A line of the column with number `column` in reading order, its glyphs in text order; it may open a paragraph."""

    column: int
    opens: bool


def find_pieces(page: PageGlyphs) -> tuple[GlyphRun, ...]:
    """Cut the lines of a page at their gaps, and where the next glyph is not level with the one before."""
    runs = (run for line in page.lines for run in runs_of(line, lambda before, glyph: _level(before[-1], glyph)))
    return tuple(piece for run in runs for piece in _split(run))


def reading_order(pieces: Sequence[GlyphRun]) -> tuple[TextRow, ...]:
    """Return the lines of a page in reading order.

    Columns are read one after the other, from the right where most of the text runs from right to left; a piece that
    crosses the gutter separates the columns above it from those below it. A masthead over the second column that would
    split a sentence is read first.
    """
    # Whether most letters belong to scripts that run from right to left.
    kinds = Counter(bidirectional(char) for piece in pieces for char in piece.text)
    rtl = kinds["R"] + kinds["AL"] > kinds["L"]
    mastheads: list[TextRow] = []
    rows: list[TextRow] = []
    for number, (column, goes_on) in enumerate(_columns(list(pieces), rtl=rtl)):
        found = _rows(column, number, rtl=rtl, opens=not goes_on)
        # The last line of the column before; footnotes below it are set smaller and skipped.
        above = next((row for row in reversed(rows) if row.size > SMALLER * found[-1].size), None) if goes_on else None
        if above is not None and not ends_sentence(above.text) and (shown := _masthead(found, rtl=rtl)):
            mastheads += found[:shown]
            found = [replace(found[shown], opens=False), *found[shown + 1 :]]
        rows += found
    return (*mastheads, *rows)


def by_line(pieces: Sequence[GlyphRun]) -> list[list[GlyphRun]]:
    """Group pieces that stand side by side, from the top of the page."""

    def is_in(line: list[GlyphRun], piece: GlyphRun) -> bool:
        return any(_beside(other, piece) for other in line) and not any(_over(other, piece) for other in line)

    return [*runs_of(sorted(pieces, key=lambda piece: -piece.middle), is_in)]


def _level(one: Glyph, other: Glyph) -> bool:
    """Return whether two glyphs stand on one line; raised or lowered digits count as level."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared >= 0.35 * min(one.top - one.bottom, other.top - other.bottom)


def _split(run: Sequence[Glyph]) -> Iterator[GlyphRun]:
    """Cut a run at wide gaps; the order of the glyphs stays, except in right-to-left text."""
    inked = sorted((glyph for glyph in run if not glyph.char.isspace()), key=lambda glyph: glyph.left)
    if not inked:
        return
    cuts: list[float] = []
    reach = inked[0].right
    for glyph in inked[1:]:
        if glyph.left - reach > _PIECE_GAP * glyph.size:
            cuts.append((glyph.left + reach) / 2)
        reach = max(reach, glyph.right)
    parts: list[list[Glyph]] = [[] for _ in range(len(cuts) + 1)]
    for glyph in run:
        centre = (glyph.left + glyph.right) / 2
        parts[sum(centre > cut for cut in cuts)].append(glyph)
    for part in parts:
        if rtl := has_right_to_left(part):
            part = in_logical_order(part)
        if text := ("".join(glyph.char for glyph in part) if rtl else _spaced(part)).strip():
            shown = [glyph for glyph in part if not glyph.char.isspace()]
            size = Counter(glyph.size for glyph in shown).most_common(1)[0][0]
            left, right = min(glyph.left for glyph in shown), max(glyph.right for glyph in shown)
            bottom, top = min(glyph.bottom for glyph in shown), max(glyph.top for glyph in shown)
            yield GlyphRun(glyphs=tuple(part), text=text, left=left, bottom=bottom, right=right, top=top, size=size)


def _spaced(glyphs: Sequence[Glyph]) -> str:
    """Return the text of glyphs, with a space where only their distance shows one."""
    painted = sum(glyph.char == " " for glyph in glyphs) * _USUAL_WORD > len(glyphs)
    widest = _WIDE_GAP if painted else _WORD_GAP
    chars = [glyph.char for glyph in glyphs[:1]]
    for before, glyph in pairwise(glyphs):
        wide = glyph.left - before.right > widest * glyph.size
        if wide and not any(char.isspace() or sets_no_spaces(char) for char in (before.char, glyph.char)):
            chars.append(" ")
        chars.append(glyph.char)
    return "".join(chars).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _columns(pieces: list[GlyphRun], *, rtl: bool) -> Iterator[tuple[list[GlyphRun], bool]]:
    """Yield groups of pieces in reading order, each of one column, and whether it goes on from the one before."""
    gutter = _gutter(pieces)
    if gutter is None:
        if pieces:
            yield pieces, False
        return
    # Zones from the top: those of pieces that cross the gutter alternate with those of pieces beside it.
    from_top = sorted(pieces, key=lambda piece: -piece.middle)
    for zone in (list(zone) for _, zone in groupby(from_top, lambda piece: _crosses(piece, gutter))):
        if _crosses(zone[0], gutter):
            yield zone, False
            continue
        first, second = _sides(zone, gutter)
        for number, side in enumerate((second, first) if rtl else (first, second)):
            for inner, (column, goes_on) in enumerate(_columns(side, rtl=rtl)):
                yield column, goes_on or (number > 0 and inner == 0)


def _gutter(pieces: Sequence[GlyphRun]) -> float | None:
    if len(pieces) < 2 * _FEWEST_ROWS:
        return None
    left, right = min(p.left for p in pieces), max(p.right for p in pieces)
    if right - left > _WIDEST:
        return None
    covered = [0] * (int(right - left) + 2)
    for piece in pieces:
        for point in range(int(piece.left - left), int(piece.right - left) + 1):
            covered[point] += 1
    lines = len({round(piece.middle / 4) for piece in pieces})
    # The outer fifths of the width are left out, since no gutter runs there.
    low, high = len(covered) // 5, len(covered) * 4 // 5
    clear = [covered[point] <= _CROSSING * lines for point in range(low, high)]
    runs = [list(run) for is_clear, run in groupby(range(low, high), lambda point: clear[point - low]) if is_clear]
    for run in sorted(runs, key=len, reverse=True):
        # The part that fewest lines reach into: beside an indented list, paragraphs begin inside a wider gap.
        fewest = min(covered[point] for point in run)
        levels = ((count, list(part)) for count, part in groupby(run, covered.__getitem__))
        clearest = max((points for count, points in levels if count == fewest), key=len)
        middle = left + (clearest[0] + clearest[-1] + 1) / 2
        if len(run) >= _GUTTER and all(_is_column(side) for side in _sides(pieces, middle)):
            return middle
    return None


def _sides(pieces: Sequence[GlyphRun], middle: float) -> tuple[list[GlyphRun], list[GlyphRun]]:
    sides: tuple[list[GlyphRun], list[GlyphRun]] = ([], [])
    for piece in pieces:
        if not _crosses(piece, middle):
            sides[(piece.left + piece.right) / 2 >= middle].append(piece)
    return sides


def _crosses(piece: GlyphRun, middle: float) -> bool:
    return piece.left < middle - 1 and piece.right > middle + 1


def _is_column(side: Sequence[GlyphRun]) -> bool:
    """Return whether a side has enough lines and most of them fill its width, which cells of a table do not."""
    rows: dict[int, float] = {}
    for piece in side:
        key = round(piece.middle / 4)
        rows[key] = rows.get(key, 0.0) + piece.right - piece.left
    if len(rows) < _FEWEST_ROWS:
        return False
    return median(rows.values()) >= _FILLED * (max(p.right for p in side) - min(p.left for p in side))


def _rows(pieces: Sequence[GlyphRun], column: int, *, rtl: bool, opens: bool) -> list[TextRow]:
    lines = [_joined(line, rtl=rtl) for line in by_line(pieces)]
    margin = Counter(round(line.right if rtl else line.left) for line in lines).most_common(1)[0][0]
    gaps = [above.bottom - below.bottom for above, below in pairwise(lines)]
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    short = [line.left - left if rtl else right - line.right for line in lines]
    # A line that fills its column is mostly followed by one of the same paragraph.
    inside = [gap for gap, missing in zip(gaps, short, strict=False) if missing < _NEARLY * (right - left)]
    usual = median(inside or gaps) if gaps else 0.0
    rows = [TextRow(**vars(lines[0]), column=column, opens=opens)]
    for (before, line), gap in zip(pairwise(lines), gaps, strict=True):
        indents = [margin - p.right if rtl else p.left - margin for p in (before, line)]
        spaced = gap > _PARAGRAPH_GAP * max(usual, 0.9 * min(line.size, before.size))
        indented = _INDENT * line.size < indents[1] < 6 * line.size and indents[0] < 0.5 * line.size
        opens = spaced or indented or abs(line.size - before.size) > 0.15 * max(line.size, before.size)
        rows.append(TextRow(**vars(line), column=column, opens=opens))
    return rows


def _masthead(rows: Sequence[TextRow], *, rtl: bool) -> int:
    """Return the number of masthead lines at the top of a column: set apart from it, none at its margin."""
    edges = [round(row.right if rtl else row.left) for row in rows]
    margin = Counter(edges).most_common(1)[0][0]
    first = next((number for number, edge in enumerate(edges) if abs(edge - margin) < rows[number].size), 0)
    if first == 0 or len(rows) < first + _FEWEST_ROWS:
        return 0
    return first if rows[first - 1].bottom - rows[first].top > APART * rows[first].size else 0


def _beside(one: GlyphRun, other: GlyphRun) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > 0.5 * min(one.top - one.bottom, other.top - other.bottom)


def _over(one: GlyphRun, other: GlyphRun) -> bool:
    return min(one.right, other.right) - max(one.left, other.left) > 0.5 * min(one.size, other.size)


def _joined(line: Sequence[GlyphRun], *, rtl: bool) -> GlyphRun:
    """Join the pieces of one line; its height and size are those of its longest."""
    inked = sorted(line, key=lambda piece: -piece.right if rtl else piece.left)
    text = inked[0].text
    for before, piece in pairwise(inked):
        gap = before.left - piece.right if rtl else piece.left - before.right
        text += ("\t" if gap > _TAB_GAP * piece.size else " ") + piece.text
    longest = max(inked, key=lambda piece: len(piece.text))
    glyphs = tuple(glyph for piece in inked for glyph in piece.glyphs)
    left, right = min(piece.left for piece in inked), max(piece.right for piece in inked)
    return replace(longest, glyphs=glyphs, text=text, left=left, right=right)
