"""Page images: a page of an ingested file rendered as PNG, with a quotation marked on it."""

import hashlib
import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from ingest.errors import ChangedFileError, LoadError
from ingest.loaders.image import page_images
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.pdf import page_rows
from ingest.loaders.pdfium import open_pdf, read_glyphs, rendered
from ingest.loaders.registry import kind_of, read_bytes
from ingest.text.canonical_form import Squashed, squash, squash_map
from vectorstore.records import ScannedWord

WIDTH = 900
"""Width of a rendered page in pixels: legible, and small enough for a web page."""
_MARK = (255, 232, 120)
_COLOURS = 64
# Shorter stretches of a longer quotation may stand elsewhere on the page by chance.
_FEWEST_CHARACTERS = 12


class Rect(NamedTuple):
    """A rectangle on a page, in shares of its width and height from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


def quote_rectangles(data: bytes, name: str, page: int, parts: Sequence[str], limits: LoadLimits) -> tuple[Rect, ...]:
    """Find a quotation on a page (counted from 1) of a PDF, ignoring white space; return a rectangle per line.

    `parts` are the quotation cut at page furniture. A part that is not found as a whole, as when a footnote interrupts
    it, is searched stretch by stretch. A file that cannot be opened or lacks the page is a LoadError.
    """
    with _opened(data, name, page) as opened:
        glyphs = read_glyphs(opened, limits.max_characters)
        quarters = (opened.get_rotation() // 90 - glyphs.turn) % 4
    width, height = glyphs.width, glyphs.height
    stream = [glyph for row in page_rows(glyphs) for glyph in row.glyphs]
    # A ligature is one glyph and several characters.
    owners = [glyph for glyph in stream for _ in glyph.char]
    haystack = squash_map("".join(glyph.char for glyph in stream))
    wanted = [squash(part) for part in parts]
    is_short = sum(map(len, wanted)) < _FEWEST_CHARACTERS
    rects: list[Rect] = []
    for part in wanted:
        for start, end in _stretches(part, haystack, max(1, len(part)) if is_short else _FEWEST_CHARACTERS):
            shares = (
                Rect(glyph.left / width, 1 - glyph.top / height, glyph.right / width, 1 - glyph.bottom / height)
                for glyph in owners[start:end]
            )
            for rect in _by_line(shares):
                # Turned clockwise, from the way the text runs to the way the page is shown.
                for _ in range(quarters):
                    rect = Rect(1 - rect.bottom, rect.left, 1 - rect.top, rect.right)
                rects.append(rect)
    return tuple(rects)


def _stretches(wanted: str, haystack: Squashed, fewest: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a page's text that match squashed words: as a whole, or else in the longest stretches.

    Stretches have at least `fewest` characters.
    """
    position = 0
    while len(wanted) - position >= fewest:
        # Bisection is valid, since every prefix of a stretch that is found is found as well.
        rest = wanted[position:]
        length = bisect_left(range(1, len(rest) + 1), True, key=lambda n: rest[:n] not in haystack.text)
        if length >= fewest:
            first = haystack.text.index(rest[:length])
            yield haystack.offsets[first], haystack.ends[first + length - 1]
        position += max(1, length)


def page_of_file(
    path: Path, folder: Path, sha256: str, page: int, rects: Sequence[Rect], parts: Sequence[str], limits: LoadLimits
) -> tuple[bytes, bool]:
    """Render a page of an ingested file as PNG; also tell whether the quotation is marked on it.

    The quotation stands at `rects` if these are known; else its `parts` are searched in a PDF (`quote_rectangles`).

    Raises:
        ChangedFileError: If the file is missing or the hash of its bytes is no longer `sha256`.
        LoadError: If the page cannot be shown.
    """
    try:
        data = read_bytes(path, limits, folder)
    except LoadError as exc:
        # The message of `exc` has the whole path, which the page must not show.
        raise ChangedFileError(f"{path.name!r} is not there any more, or cannot be read; ingest it again") from exc
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ChangedFileError(f"{path.name!r} has changed since it was ingested; ingest it again")
    if not rects and kind_of(data) == "pdf":
        # The page is shown even if the quotation cannot be located on it.
        with suppress(LoadError):
            rects = quote_rectangles(data, path.name, page, parts, limits)
    return render_page(data, path.name, page, rects, limits), bool(rects)


def word_rectangles(words: Sequence[ScannedWord], start: int, end: int) -> tuple[Rect, ...]:
    """Return the rectangles of a text span on a page that was read by text recognition, one per line."""
    inside = (word for word in words if word.start < end and word.end > start)
    return _by_line(Rect(word.left, word.top, word.right, word.bottom) for word in inside)


def render_page(data: bytes, name: str, page: int, rects: Sequence[Rect], limits: LoadLimits) -> bytes:
    """Render a page (from 1) of a PDF or picture as PNG, with rectangles marked; a LoadError says why it cannot be."""
    kind = kind_of(data)
    if kind == "pdf":
        with _opened(data, name, page) as opened:
            width, height = opened.get_size()
            # The height is bounded too: a strip a hundred times as long as wide would take all memory.
            image = rendered(opened, min(WIDTH / max(width, 1.0), 4 * WIDTH / max(height, 1.0)))
    elif kind == "image":
        found = next((image for n, image in enumerate(page_images(data, name, limits), 1) if n == page), None)
        if found is None:
            raise _no_page(name, page)
        image = found
        image.thumbnail((WIDTH, 4 * WIDTH), reducing_gap=None)
    else:
        raise LoadError(f"{name!r} has no pages that can be shown; open the file itself")
    marks = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(marks)
    width, height = image.size
    for rect in rects:
        draw.rectangle((rect.left * width, rect.top * height, rect.right * width, rect.bottom * height), fill=_MARK)
    stream = io.BytesIO()
    # Multiplied, so that the letters stay as dark as they are.
    shown = ImageChops.multiply(image.convert("RGB"), marks)
    shown.quantize(_COLOURS).save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _no_page(name: str, page: int) -> LoadError:
    return LoadError(f"{name!r} has no page {page}; ingest it again")


@contextmanager
def _opened(data: bytes, name: str, page: int) -> Iterator[pypdfium2.PdfPage]:
    with open_pdf(data, name) as document:
        if not 1 <= page <= len(document):
            raise _no_page(name, page)
        try:
            with closing(document[page - 1]) as opened:
                yield opened
        except pypdfium2.PdfiumError as exc:
            raise LoadError(f"page {page} of {name!r} cannot be read; open the file itself") from exc


def _by_line(rects: Iterable[Rect]) -> tuple[Rect, ...]:
    lines: list[Rect] = []
    for rect in rects:
        last = lines[-1] if lines else rect
        shared = min(last.bottom, rect.bottom) - max(last.top, rect.top)
        if lines and shared > 0.5 * min(last.bottom - last.top, rect.bottom - rect.top):
            corner = min(last.left, rect.left), min(last.top, rect.top)
            lines[-1] = Rect(*corner, max(last.right, rect.right), max(last.bottom, rect.bottom))
        else:
            lines.append(rect)
    return tuple(lines)
