"""Reads Word files as blocks, with a map from each character to the run that holds it.

Walks the elements as `ingest.loaders.docx` does, and also reads notes, headers, styles and tables. Text that is hidden,
struck through, tiny or in the colour of its background is unseen by a reader.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from typing import Final

import regex
from docx import Document as open_word
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement

from app.checking.findings import remark
from app.checking.reading.blocks import BlockKind, CheckedBlock, Hidden, NoteMark, Unseen, table_blocks
from ingest.errors import LoadError
from ingest.loaders.docx import FALLBACK, LEFT_OUT, MARKS, notes_of

_TRACKED: Final = tuple(map(qn, ("w:del", "w:moveFrom")))
_LEFT_OUT: Final = LEFT_OUT.difference(_TRACKED)
_TEXTS: Final = tuple(map(qn, ("w:t", "w:delText")))
_NOTES: Final = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
_QUOTE_STYLES: Final = frozenset({"quote", "intense quote", "block text", "blockquote", "block quotation"})
_HEADING: Final = regex.compile(r"heading (\d)")
# Font size up to which text is too small to read, in half-points, the unit of the file.
_UNREADABLE_SIZE_MAX: Final = 4
# RGB distance, 0 to 441, below which text in one colour cannot be read on the other. Chosen: #E0E0E0 on white is 54.
_COLOUR_DISTANCE_MIN: Final = 60.0
_HIGHLIGHTS: Final = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
_SWITCHES: Final[dict[str, Unseen]] = {
    "w:vanish": "unseen_hidden", "w:strike": "unseen_struck", "w:dstrike": "unseen_struck",
}  # fmt: skip
_OFF: Final = ("0", "false", "off", "none")
_BASE_STYLES_MAX: Final = 10  # styles that a style is based on, one on the other


class RunFormatting:
    """The formatting of the runs of one Word file."""

    def __init__(self, document: WordDocument) -> None:
        styles = document.styles.element
        self._styles = {style.get(qn("w:styleId"), ""): style for style in styles.iter(qn("w:style"))}
        self._defaults = styles.findall("w:docDefaults/w:rPrDefault/w:rPr", nsmap)
        background = document.element.find("w:background", nsmap)
        page = "" if background is None else background.get(qn("w:color"), "")
        self._page = page if _is_colour(page) else "FFFFFF"

    def unseen(self, run: BaseOxmlElement) -> Unseen | None:
        """Returns why a reader does not see a run, or None."""
        properties = [*self._properties(run)]
        for name, how in _SWITCHES.items():
            if (switch := _first(properties, name)) is not None and _value_of(switch) not in _OFF:
                return how
        size, colour = (_value_of(_first(properties, name)) for name in ("w:sz", "w:color"))
        if size.isdecimal() and int(size) <= _UNREADABLE_SIZE_MAX:
            return "unseen_tiny"
        ground = self._ground(run, properties) if _is_colour(colour) else None
        like = ground is not None and math.dist(bytes.fromhex(colour), bytes.fromhex(ground)) < _COLOUR_DISTANCE_MIN
        return "unseen_coloured" if like else None

    def _properties(self, run: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        yield from run.findall("w:rPr", nsmap)
        yield from self._of_style(_value_of(run.find("w:rPr/w:rStyle", nsmap)))
        yield from self._of_style(_style_of(next(run.iterancestors(qn("w:p")))))
        yield from self._defaults

    def styles(self, identifier: str) -> Iterator[BaseOxmlElement]:
        """Yields a style and then the styles that it is based on, the nearest first."""
        for _ in range(_BASE_STYLES_MAX):
            style = self._styles.get(identifier)
            if style is None:
                return
            yield style
            identifier = _value_of(style.find("w:basedOn", nsmap))

    def _of_style(self, identifier: str, path: str = "w:rPr") -> Iterator[BaseOxmlElement]:
        for style in self.styles(identifier):
            yield from style.findall(path, nsmap)

    def _ground(self, run: BaseOxmlElement, properties: list[BaseOxmlElement]) -> str | None:
        marked = _HIGHLIGHTS.get(_value_of(_first(properties, "w:highlight")))
        if marked is not None:
            return marked
        own = _first(properties, "w:shd")
        shades = [] if own is None else [own]
        for paragraph in run.iterancestors(qn("w:p")):
            shades += paragraph.findall("w:pPr/w:shd", nsmap)
            shades += self._of_style(_style_of(paragraph), "w:pPr/w:shd")
        shades += [shade for cell in run.iterancestors(qn("w:tc")) for shade in cell.findall("w:tcPr/w:shd", nsmap)]
        fills = (str(shade.get(qn("w:fill"), "")) for shade in shades)
        if (filled := next(filter(_is_colour, fills), None)) is not None:
            return filled
        tables = (_value_of(table.find("w:tblPr/w:tblStyle", nsmap)) for table in run.iterancestors(qn("w:tbl")))
        styles = (style for name in tables if (style := self._styles.get(name)) is not None)
        shaded = any(style.find(".//w:shd", nsmap) is not None for style in styles)
        return None if shaded else self._page


@dataclass(frozen=True, kw_only=True)
class RunText:
    """Characters of a paragraph's text that one run holds: `[start, end)` of the text, in an element of the run."""

    run: BaseOxmlElement
    element: BaseOxmlElement
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class WordParagraph:
    """A block and the elements that it was read from; `anchored` says whether Word allows a comment in it."""

    block: CheckedBlock
    element: BaseOxmlElement
    pieces: tuple[RunText, ...]
    looks: RunFormatting
    anchored: bool = True


def word_blocks(data: bytes, name: str) -> list[CheckedBlock]:
    """Returns the blocks of a Word file that ingest's loader has accepted; a damaged part is a LoadError."""
    try:
        return [paragraph.block for paragraph in word_paragraphs(open_word(BytesIO(data)))]
    except (AttributeError, LookupError, SyntaxError, TypeError, ValueError) as exc:
        raise LoadError(f"{name!r} has a damaged part ({exc}); open it in Word and save it again") from exc


def word_paragraphs(document: WordDocument) -> list[WordParagraph]:
    """Returns the paragraphs with text: the body's in reading order, then headers and footers, then notes."""
    looks = RunFormatting(document)
    body = _Walk(looks).paragraphs(document.element.body)
    parts = [
        replace(found, block=replace(found.block, kind="header", where=remark("at_header")), anchored=False)
        for section in document.sections
        for header in (
            *(section.header, section.first_page_header, section.even_page_header),
            *(section.footer, section.first_page_footer, section.even_page_footer),
        )
        if not header.is_linked_to_previous
        for found in _Walk(looks).paragraphs(header._element)
    ]
    return [p for p in chain(body, parts, _notes(document, looks)) if p.block.text.strip() or p.block.hidden]


class _Walk:
    def __init__(self, looks: RunFormatting) -> None:
        self._looks = looks
        self._paragraphs = self._tables = 0

    def paragraphs(
        self, parent: BaseOxmlElement, cell: CheckedBlock | None = None, *, boxed: bool = False
    ) -> Iterator[WordParagraph]:
        for element in parent.iterchildren():
            if element.tag in _LEFT_OUT:
                continue
            if element.tag == qn("w:p"):
                yield self._paragraph(element, cell, boxed=boxed)
                for box in element.iter(qn("w:txbxContent")):
                    if not any(ancestor.tag == FALLBACK for ancestor in box.iterancestors()):
                        yield from self.paragraphs(box, cell, boxed=True)
            elif element.tag == qn("w:tbl"):
                yield from self._table(element, boxed=boxed)
            else:
                yield from self.paragraphs(element, cell, boxed=boxed)

    def _paragraph(self, element: BaseOxmlElement, cell: CheckedBlock | None, *, boxed: bool) -> WordParagraph:
        pieces, block = read_paragraph(element, self._looks)
        kind, level = _kind_of(self._looks.styles(_style_of(element)))
        self._paragraphs += bool(block.text.strip())
        item = element.find("w:pPr/w:numPr", nsmap) is not None
        block = replace(block, kind=kind, level=level, item=item)
        if cell is None:
            block = replace(block, where=remark("at_paragraph", number=str(self._paragraphs)))
        else:
            kind = "quote" if kind == "quote" else "cell"
            block = replace(block, kind=kind, where=cell.where, labels=cell.labels, speakers=cell.speakers)
        return WordParagraph(block=block, element=element, pieces=pieces, looks=self._looks, anchored=not boxed)

    def _table(self, table: BaseOxmlElement, *, boxed: bool) -> Iterator[WordParagraph]:
        self._tables += 1
        number = self._tables
        # Rows may stand in content controls; those of a table in a cell belong to that one.
        own = (row for row in table.iter(qn("w:tr")) if next(row.iterancestors(qn("w:tbl"))) is table)
        rows = [[*_cells(row)] for row in own]
        texts: list[list[str]] = []
        for row in rows:
            line: list[str] = []
            for cell, span in row:
                above = texts[-1][len(line)] if texts and len(line) < len(texts[-1]) else ""
                line += [above if _goes_on(cell) else _text_of(cell, self._looks)] + [""] * (span - 1)
            texts.append(line)
        for row, blocks in zip(rows, table_blocks(texts, number), strict=True):
            column = 0
            for cell, span in row:
                yield from self.paragraphs(cell, blocks[column], boxed=boxed)
                column += span


def _cells(row: BaseOxmlElement) -> Iterator[tuple[BaseOxmlElement, int]]:
    for cell in row.iter(qn("w:tc")):
        if next(cell.iterancestors(qn("w:tr"))) is not row:
            continue
        width = _value_of(cell.find("w:tcPr/w:gridSpan", nsmap))
        yield cell, int(width) if width.isdecimal() and 0 < int(width) < 100 else 1


def _goes_on(cell: BaseOxmlElement) -> bool:
    merged = cell.find("w:tcPr/w:vMerge", nsmap)
    return merged is not None and merged.get(qn("w:val"), "continue") == "continue"


def _text_of(cell: BaseOxmlElement, looks: RunFormatting) -> str:
    texts = (read_paragraph(paragraph, looks)[1].text.strip() for paragraph in cell.iter(qn("w:p")))
    return " ".join(filter(None, texts))


def read_paragraph(paragraph: BaseOxmlElement, looks: RunFormatting) -> tuple[tuple[RunText, ...], CheckedBlock]:
    """Returns a paragraph's pieces of runs, in order, and a block of its text, note marks and hidden words."""
    pieces: list[RunText] = []
    marks: list[NoteMark] = []
    hidden: list[Hidden] = []
    text = ""
    unseen: dict[BaseOxmlElement, Unseen | None] = {}
    for run, element in _leaves(paragraph, None):
        if run not in unseen:
            tracked = next(run.iterancestors(*_TRACKED), None) is not None
            unseen[run] = "unseen_deleted" if tracked else looks.unseen(run)
        if (how := unseen[run]) is not None:
            words = element.text or " "
            if hidden and (hidden[-1].offset, hidden[-1].how) == (len(text), how):
                words = hidden.pop().text + words
            hidden.append(Hidden(offset=len(text), text=words, how=how))
            continue
        if element.tag in _NOTES:
            marks.append(NoteMark(offset=len(text), key=f"{_NOTES[element.tag]} {element.get(qn('w:id'))}"))
            continue
        characters = (element.text or "") if element.tag == qn("w:t") else MARKS[element.tag]
        pieces.append(RunText(run=run, element=element, start=len(text), end=len(text) + len(characters)))
        text += characters
    unread = tuple(part for part in hidden if any(map(str.isalnum, part.text)))
    return tuple(pieces), CheckedBlock(text=text, marks=tuple(marks), hidden=unread)


def _leaves(parent: BaseOxmlElement, run: BaseOxmlElement | None) -> Iterator[tuple[BaseOxmlElement, BaseOxmlElement]]:
    for element in parent.iterchildren():
        if element.tag in _LEFT_OUT or element.tag == qn("w:txbxContent"):
            continue
        if run is not None and (element.tag in _TEXTS or element.tag in MARKS or element.tag in _NOTES):
            yield run, element
        else:
            yield from _leaves(element, element if element.tag == qn("w:r") else run)


def _kind_of(styles: Iterable[BaseOxmlElement]) -> tuple[BlockKind, int]:
    """Returns a block's kind and heading level by the names of its style and of that style's bases, nearest first."""
    for style in styles:
        name = _value_of(style.find("w:name", nsmap)).lower()
        heading = _HEADING.fullmatch(name)
        if heading or name in ("title", "subtitle"):
            return "heading", int(heading[1]) if heading else 1
        if name in _QUOTE_STYLES:
            return "quote", 0
    return "text", 0


def _notes(document: WordDocument, looks: RunFormatting) -> Iterator[WordParagraph]:
    for kind, reltype in (("footnote", RELATIONSHIP_TYPE.FOOTNOTES), ("endnote", RELATIONSHIP_TYPE.ENDNOTES)):
        notes = (note for note in notes_of(document.part, reltype) if note.tag == qn(f"w:{kind}"))
        for number, note in enumerate(notes, 1):
            key, where = f"{kind} {note.get(qn('w:id'))}", remark(f"at_{kind}", number=str(number))
            for paragraph in _Walk(looks).paragraphs(note):
                block = replace(paragraph.block, kind="note", where=where, note_key=key, marks=())
                yield replace(paragraph, block=block, anchored=False)


def _first(properties: list[BaseOxmlElement], name: str) -> BaseOxmlElement | None:
    return next((found for held in properties if (found := held.find(name, nsmap)) is not None), None)


def _style_of(paragraph: BaseOxmlElement) -> str:
    return _value_of(paragraph.find("w:pPr/w:pStyle", nsmap))


def _value_of(element: BaseOxmlElement | None) -> str:
    return "" if element is None else str(element.get(qn("w:val"), ""))


def _is_colour(text: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{6}", text) is not None
