r"""PDF files, page by page: the text layer in reading order, and text recognition for pages that are images.

Page furniture stays in the text, as lines of its own at the page's edge, set apart by two empty lines, where
`ingest.text.page_furniture` recognises it. Footnotes stand after the last sentence that their page completes, so that
no sentence is interrupted by them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby

import pypdfium2
import pypdfium2.raw as raw
import regex
from PIL.Image import Image

from ingest.errors import LoadError
from ingest.loaders.loaded import Extract, LoadLimits, check_length, check_pages, checked, is_blank
from ingest.loaders.ocr import DPI, LONGEST_SIDE, Recognizer
from ingest.loaders.pdf_layout import APART, SMALLER, GlyphRun, TextRow, by_line, find_pieces, reading_order
from ingest.loaders.pdfium import PageGlyphs, open_pdf, read_glyphs, rendered
from ingest.loaders.scanned import GUESSED_NOTE, ScannedPage, joined
from ingest.report import listed
from ingest.text.layout import ends_sentence
from ingest.text.page_furniture import is_furniture_block

_FAILED = "could not be read"
_NOT_READ = "a scan that was not read"
_PARTLY_READ = "a picture beside few words that was not read"
_LETTERS_LOST = "letters that its fonts do not name stand as signs inside words"
_UNMAPPED = "unreadable, since its fonts do not say which characters they show"
# Running heads are among the outermost lines, at most `_EDGE_LINES`, in this share of the page's height at an edge.
_EDGE = 0.15
_EDGE_LINES = 3
_EDGE_GAP = "\n\n\n"
_DIGITS = re.compile(r"\d+")
# Footnotes stand in smaller letters below this share of the page's height.
_NOTES_BELOW = 0.6
_NOTE_MARK = re.compile(r"\s*(?:[\d¹²³⁴-⁹٠-٩]{1,3}|[*†‡§]{1,3}|[a-z]\))[.)\s]*\S")
# A text layer is unreadable with more than this share of unknown characters, or `_GARBLED` of them between letters.
_UNREADABLE = 0.3
_GARBLED = 0.03
_FEW_LOST = 5  # letters lost inside words from which a note says so
_UNKNOWN = regex.compile(r"[\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{So}\ufffd]")
_INSIDE = regex.compile(rf"(?<=\p{{L}}){_UNKNOWN.pattern}(?=\p{{L}})")
_STAMP = 120  # a text layer of fewer characters may be that of a stamp
_SPARSE = 400  # pages of fewer characters may show their words as an image
_COVERING_MIN = 0.5  # share of the page that such images cover at least
# Letters may be drawn as outlines: a page with more paths than this beside a stamp holds more than rules and boxes.
_OUTLINES = 100
# Recognised text replaces a text layer of few words if it is more than this many times longer.
_LONGER_MIN = 1.5


@dataclass(frozen=True, kw_only=True)
class _PdfPage:
    """A page with its text layer, or with its recognised text (`scan`); `note` says why expected text is missing."""

    pieces: tuple[GlyphRun, ...] = ()
    askew: str = ""
    height: float = 0.0
    scan: ScannedPage | None = None
    note: str | None = None

    @property
    def unread(self) -> bool:
        """Whether the page shows text that was not read."""
        return self.note in (_FAILED, _NOT_READ, _PARTLY_READ, _UNMAPPED, GUESSED_NOTE)


def load_pdf(data: bytes, name: str, limits: LoadLimits) -> Extract:
    r"""Extract a PDF's text; pages are joined by `\n\f`.

    A page that cannot be read, or that holds no text, counts as an empty page and is named in the notes.
    """
    recognizer = Recognizer(limits)
    with open_pdf(data, name) as document:
        check_pages(len(document), name, limits)
        pages = _read_pages(document, name, limits, recognizer)
    texts = _texts(pages)
    missed = recognizer.problem or ""
    if missed and all(page.unread or is_blank(text) for text, page in zip(texts, pages, strict=True)):
        scan, unmapped = "without a text layer, probably a scan", "whose fonts do not say which characters they show"
        why = unmapped if any(page.note == _UNMAPPED for page in pages) else scan
        raise LoadError(f"{name!r} is a PDF {why}: {missed}")
    extract = joined(texts, [page.scan for page in pages])
    notes = (*_notes(pages, texts), *filter(None, (missed,)))
    unread = tuple(number for number, page in enumerate(pages, 1) if page.unread)
    text = checked(extract.text, name, limits)
    return replace(extract, text=text, notes=notes, incomplete=bool(missed), unread=unread)


def page_rows(glyphs: PageGlyphs) -> tuple[TextRow, ...]:
    """Return the lines of one page in reading order, as far as it can be determined without the other pages."""
    parts = _head_body_foot(_PdfPage(pieces=find_pieces(glyphs), height=glyphs.height), frozenset())
    return tuple(row for part in parts for row in part)


def _read_pages(
    document: pypdfium2.PdfDocument, name: str, limits: LoadLimits, recognizer: Recognizer
) -> list[_PdfPage]:
    pages: list[_PdfPage] = []
    length = 0
    for index in range(len(document)):
        try:
            with closing(document[index]) as page:
                read = _read_page(page, limits, recognizer)
        except pypdfium2.PdfiumError:
            read = _PdfPage(note=_FAILED)
        length += sum(len(piece.text) + 1 for piece in read.pieces) + len(read.scan.text if read.scan else "")
        check_length(length, name, limits)
        pages.append(read)
    if all(page.note == _FAILED for page in pages):
        raise LoadError(f"{name!r}: no page of this PDF could be read; it looks damaged, save it again")
    return pages


def _read_page(page: pypdfium2.PdfPage, limits: LoadLimits, recognizer: Recognizer) -> _PdfPage:
    glyphs = read_glyphs(page, limits.max_characters + 1)
    pieces = find_pieces(glyphs)
    askew = "".join(glyph.char for glyph in glyphs.askew).strip()
    text = "".join(piece.text for piece in pieces)
    note = _LETTERS_LOST if len(_INSIDE.findall(text)) >= _FEW_LOST else None
    layer = _PdfPage(pieces=pieces, askew=askew, height=glyphs.height, note=note)
    unmapped = glyphs.unmapped > _UNREADABLE or _is_unreadable(text)
    # Anything that is shown on a page without text may be text.
    shown = (item.type for item in page.get_objects(max_depth=1))
    needed = unmapped if text else any(kind != raw.FPDF_PAGEOBJ_TEXT for kind in shown)
    # The text layer may be only a stamp, letterhead or page number over a picture of the page.
    if not needed and not _is_pictured(page, len(text)):
        return layer
    scan = recognizer.read(lambda: _render(page, limits))
    if scan is None:
        if unmapped:
            return _PdfPage(note=_UNMAPPED)
        return replace(layer, note=_PARTLY_READ) if text else _PdfPage(note=_NOT_READ)
    if len(scan.text) <= _LONGER_MIN * len(text) and not needed:
        return layer
    if not scan.text:
        return _PdfPage(note="no text (a picture, or blank)")
    return _PdfPage(scan=scan, note=GUESSED_NOTE if scan.is_guessed else None)


def _render(page: pypdfium2.PdfPage, limits: LoadLimits) -> Image:
    """Render a page in grey for text recognition, coarser where it would exceed the limit of pixels."""
    width, height = page.get_size()
    scale = min(DPI / 72, (limits.max_pixels / max(width * height, 1.0)) ** 0.5)
    scale = min(scale, LONGEST_SIDE / max(width, height, 1.0))
    return rendered(page, scale, grayscale=True)


def _is_unreadable(text: str) -> bool:
    r"""Return whether a text layer has too many unknown characters, or so many between letters that words are lost.

    In "Stat\x03m\x03nt" and "Stat■m■nt" the font shows a letter, but does not name it.
    """
    return len(_UNKNOWN.findall(text)) > _UNREADABLE * len(text) or len(_INSIDE.findall(text)) > _GARBLED * len(text)


def _is_pictured(page: pypdfium2.PdfPage, characters: int) -> bool:
    """Return whether a page of few characters shows most of its words as an image, or as outlines of letters."""
    if characters >= _SPARSE:
        return False
    width, height = page.get_size()
    # Images may lie in strips, one below the other.
    boxes = [item.get_bounds() for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)]
    covered = sum((right - left) * (top - bottom) for left, bottom, right, top in boxes)
    if covered > _COVERING_MIN * width * height:
        return True
    paths = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)
    return characters < _STAMP and sum(1 for _ in paths) > _OUTLINES


def _texts(pages: Sequence[_PdfPage]) -> list[str]:
    furniture = _repeated_at_edges(pages)
    divided = [_head_body_foot(page, furniture) for page in pages]
    sizes = Counter(round(2 * row.size) / 2 for _, body, _ in divided for row in body for _ in row.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    texts = []
    for page, (head, body, foot) in zip(pages, divided, strict=True):
        parts = [_lines(head), _body(body, usual, page.height), _lines(foot), page.askew]
        # Stripped, so that a page's end reads as one line break and not as the end of a paragraph.
        text = _EDGE_GAP.join(filter(None, parts)).strip()
        texts.append(text if page.scan is None else page.scan.text)
    return texts


def _repeated_at_edges(pages: Sequence[_PdfPage]) -> frozenset[str]:
    """Return the keys (see `_key`) of lines that stand at the same edge of several pages, whatever their numbers."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_key(line, upper=upper) for upper in (True, False) for line in _edge_lines(page, upper=upper)})
    return frozenset(key for key, count in seen.items() if count > 1)


def _head_body_foot(page: _PdfPage, furniture: frozenset[str]) -> tuple[tuple[TextRow, ...], ...]:
    """Return the lines of a page in reading order: possible furniture at its head, the body, furniture at its foot."""
    edges: dict[bool, list[GlyphRun]] = {True: [], False: []}
    for upper, found in edges.items():
        for line, apart in _with_gaps(page, _edge_lines(page, upper=upper)):
            words = " ".join(piece.text for piece in sorted(line, key=lambda piece: piece.left))
            is_known = _key(line, upper=upper) in furniture or is_furniture_block(words, frozenset())
            # A line set apart at the top belongs to no column, be it a title or a running head that is seen only once;
            # at the foot it may be a footnote.
            if not is_known and not (apart and upper):
                break
            found += line
    at_edges = {id(piece) for found in edges.values() for piece in found}
    body = [piece for piece in page.pieces if id(piece) not in at_edges]
    head, foot = (tuple(row for line in by_line(edges[top]) for row in reading_order(line)) for top in (True, False))
    return head, reading_order(body), foot


def _edge_lines(page: _PdfPage, *, upper: bool) -> list[list[GlyphRun]]:
    """Return the lines at an edge of a page, outermost first."""
    low, high = _EDGE * page.height, (1 - _EDGE) * page.height
    near = [piece for piece in page.pieces if (piece.bottom > high if upper else piece.top < low)]
    lines = by_line(near)
    return (lines if upper else lines[::-1])[:_EDGE_LINES]


def _with_gaps(page: _PdfPage, lines: Sequence[list[GlyphRun]]) -> Iterator[tuple[list[GlyphRun], bool]]:
    """Yield lines at an edge, each with whether a gap sets it apart from everything further inside the page."""
    outside: set[int] = set()
    for line in lines:
        outside.update(map(id, line))
        low, high = min(piece.bottom for piece in line), max(piece.top for piece in line)
        inside = [piece for piece in page.pieces if id(piece) not in outside]
        gap = min((max(low - piece.top, piece.bottom - high) for piece in inside), default=0.0)
        yield line, gap > APART * max(piece.size for piece in line)


def _key(line: Sequence[GlyphRun], *, upper: bool) -> str:
    # Sorted, since the page number stands on different sides of left and right pages.
    words = sorted(" ".join(_DIGITS.sub("#", piece.text.casefold()).split()) for piece in line)
    return f"{upper} {' '.join(words)}"


def _body(rows: Sequence[TextRow], usual: float, height: float) -> str:
    """Write out the body of a page, with its footnotes after the last sentence that the page completes."""
    notes = _footnotes(rows, usual, height)
    if not notes:
        return _lines(rows)
    running = [row for row in rows if row not in notes]
    cut = next((n for n in range(len(running), 0, -1) if ends_sentence(running[n - 1].text)), len(running))
    parts = (_lines(running[:cut]), _lines([row for row in rows if row in notes]), _lines(running[cut:]))
    return "\n\n".join(part for part in parts if part)


def _footnotes(rows: Sequence[TextRow], usual: float, height: float) -> frozenset[TextRow]:
    """Find the footnotes: the smaller lines at a column's foot if set apart from it, else from a note mark on."""
    found: set[TextRow] = set()
    for _, column in groupby(rows, key=lambda row: row.column):
        members = list(column)
        first = len(members)
        while first and members[first - 1].size < SMALLER * usual and members[first - 1].top < _NOTES_BELOW * height:
            first -= 1
        above = members[first - 1] if first else None
        if above is not None and first < len(members) and above.bottom - members[first].top > APART * above.size:
            found.update(members[first:])
            continue
        marked = next((n for n in range(first, len(members)) if _NOTE_MARK.match(members[n].text)), len(members))
        found.update(members[marked:])
    return frozenset(found)


def _lines(rows: Sequence[TextRow]) -> str:
    return "".join(("\n\n" if row.opens else "\n") * (number > 0) + row.text for number, row in enumerate(rows))


def _notes(pages: Sequence[_PdfPage], texts: Sequence[str]) -> Iterator[str]:
    found: dict[str, list[int]] = {}
    for number, (page, text) in enumerate(zip(pages, texts, strict=True), 1):
        read = "read by text recognition" if page.scan is not None else "no text (blank)" if is_blank(text) else None
        if (what := page.note or read) is not None:
            found.setdefault(what, []).append(number)
    for what, numbers in found.items():
        yield f"{what}: page {listed([*map(str, numbers)], ', ', 10)}"
