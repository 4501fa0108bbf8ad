"""PDFium: opens documents, and reads the glyphs of a page with their boxes, in reading order within a line.

PDFium is not safe to call from two threads at once: the process that reads files (see `bounded_process`) has one.
"""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as raw
from PIL.Image import Image

from ingest.errors import LoadError

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""
# PDFium's codes for a hyphen at the end of a line: read one by one, and in a whole text.
_HYPHEN, _NOT_A_CHARACTER = 0x02, 0xFFFE
_LINE_ENDS = frozenset((0x0A, 0x0D))
_SPACES = _LINE_ENDS | {0x09}
# Word in PDFium's error message for a file that asks for a password.
_PASSWORD = "password"
# A superscript is smaller than this share of the letters beside it.
_SUPERSCRIPT = 0.8
_ASKEW = 0.1  # deviation in quarter turns from which text counts as slanted
_OBLIQUE = 4  # number of quarter turns that stands for slanted text


class Glyph(NamedTuple):
    """A character with its advance box, in points from the lower left corner of the page as shown.

    The boxes of neighbours in a word touch.
    """

    char: str
    left: float
    bottom: float
    right: float
    top: float
    size: float


@contextmanager
def open_pdf(data: bytes, name: str) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF; a damaged file, one without pages and one with a password are LoadErrors."""
    try:
        # Many published files only restrict printing or copying: they open with the empty password.
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if _PASSWORD in str(exc).lower():
            raise LoadError(f"{name!r} is a PDF protected by a password; save a copy without protection") from exc
        raise LoadError(f"{name!r} is a damaged or truncated PDF; save or download it again") from exc
    with closing(document):
        if len(document) == 0:
            raise LoadError(f"{name!r} is a PDF without pages; save or download it again")
        yield document


@dataclass(frozen=True, kw_only=True)
class PageGlyphs:
    """The glyphs of a page, turned so that most of its text runs from left to right or right to left."""

    lines: tuple[tuple[Glyph, ...], ...]
    """Glyphs as PDFium groups them into lines, which need not be in the order of reading. Spaces are glyphs with the
    text ` `, hyphens at line ends `-`; right-to-left text is in logical order."""
    askew: tuple[Glyph, ...]
    """Glyphs of text in any other direction, such as watermarks and labels on their side."""
    width: float
    """Width of the turned page in points; `height` likewise."""
    height: float
    turn: int
    """Number of quarter turns by which the page was turned clockwise."""
    unmapped: float
    """Share of the characters that the fonts do not map to Unicode; they may be any other characters."""


def read_glyphs(page: pypdfium2.PdfPage, most: int) -> PageGlyphs:
    """Read the glyphs of a page, at most `most` of them."""
    frame: Box = page.get_cropbox()
    with closing(page.get_textpage()) as textpage:
        count = min(textpage.count_chars(), most)
        read = _read(textpage, count, frame)
        unmapped = sum(raw.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1 for index in range(count))
    turns = Counter(item[2] for item in read if item is not None)
    quarter = turns.most_common(1)[0][0] if turns else 0
    # Most of the text is upright once the page is turned back by `quarter`.
    turn = 0 if quarter == _OBLIQUE else -quarter % 4
    lines: list[list[Glyph]] = [[]]
    askew: list[Glyph] = []
    for item in read:
        if item is None:
            lines.append([])
        else:
            char, box, direction, size = item
            (lines[-1] if direction == quarter else askew).append(Glyph(char, *rotated(box, turn, frame), size))
    left, bottom, right, top = rotated(frame, turn, frame)
    return PageGlyphs(
        lines=tuple(tuple(line) for line in lines if line), askew=tuple(askew), width=right - left,
        height=top - bottom, turn=turn, unmapped=unmapped / max(1, count),
    )  # fmt: skip


def rendered(page: pypdfium2.PdfPage, scale: float, *, grayscale: bool = False) -> Image:
    """Render a page at `scale` pixels a point."""
    with closing(page.render(scale=scale, grayscale=grayscale, may_draw_forms=False)) as bitmap:
        image: Image = bitmap.to_pil().copy()
        return image


def rotated(box: Box, quarters: int, frame: Box) -> Box:
    """Turn a box and its frame clockwise by quarter turns; return the box relative to the frame's lower left corner."""
    left, bottom, right, top = _quarter_turns(box, quarters)
    x, y, _, _ = _quarter_turns(frame, quarters)
    return left - x, bottom - y, right - x, top - y


def _quarter_turns(box: Box, quarters: int) -> Box:
    for _ in range(quarters):
        left, bottom, right, top = box
        box = bottom, -right, top, -left
    return box


def _read(textpage: pypdfium2.PdfTextPage, count: int, frame: Box) -> list[tuple[str, Box, int, float] | None]:
    """Read characters with their box, direction in quarter turns, and size; None stands for the end of a line."""
    handle, box, matrix = textpage.raw, raw.FS_RECTF(), raw.FS_MATRIX()
    read: list[tuple[str, Box, int, float] | None] = []
    # Whether PDFium generated a space that the file does not paint; its box is known only with the next glyph.
    spaced = False
    for index in range(count):
        code = raw.FPDFText_GetUnicode(handle, index)
        if raw.FPDFText_IsGenerated(handle, index) == 1:
            spaced = code not in _LINE_ENDS
            read += [] if spaced else [None]
            continue
        raw.FPDFText_GetLooseCharBox(handle, index, box)
        edges = (box.left, box.bottom, box.right, box.top)
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        # Glyphs outside the page are not shown to a reader.
        if not (frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3]):
            continue
        raw.FPDFText_GetMatrix(handle, index, matrix)
        size = round(raw.FPDFText_GetFontSize(handle, index) * math.hypot(matrix.c, matrix.d), 1)
        quarter = _quarter(matrix.a, matrix.b)
        if spaced and read and (before := read[-1]) is not None:
            # A footnote mark or an exponent is smaller and higher than the glyph before it; no space precedes it.
            raised = size < _SUPERSCRIPT * before[3] and before[1][1] < edges[1] < before[1][3]
            read += [] if raised else [(" ", _between(before[1], edges), quarter, size)]
        spaced = False
        char = "-" if code in (_HYPHEN, _NOT_A_CHARACTER) else " " if code in _SPACES else chr(code)
        read.append((char, edges, quarter, size))
    return read


def _between(one: Box, other: Box) -> Box:
    low, high = sorted((one, other), key=lambda box: box[0])
    return min(low[2], high[0]), one[1], max(low[2], high[0]), one[3]


def _quarter(x: float, y: float) -> int:
    """Return by how many quarter turns a direction is turned clockwise, 0 to 3; 4 for a slanted one."""
    if y == 0 and x >= 0:
        return 0
    quarters = -math.atan2(y, x) / (math.pi / 2)
    return round(quarters) % 4 if abs(quarters - round(quarters)) < _ASKEW else _OBLIQUE
