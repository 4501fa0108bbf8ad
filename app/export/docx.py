"""Word files of a briefing: the position table with its annex, the one-pager, the talking points."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from docx.enum.table import WD_TABLE_DIRECTION
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.briefing.cells import Briefing
from app.export.blocks import (
    Contents,
    DocumentBlock,
    Line,
    LineStyle,
    Orientation,
    Picture,
    QuotedBlock,
    Table,
    blocks_of,
)
from app.export.briefing_lines import DocumentForm, Sayings, pieces
from app.export.characters import in_marks, right_to_left
from app.export.docx_pages import Pages
from app.export.docx_styles import CELL, NOTE, QUOTATION, SOURCE, TABLE
from app.export.docx_text import add_text, direct, element

STYLES: Final[dict[LineStyle, str | None]] = {
    "title": "Title", "subtitle": "Subtitle", "topic": "Heading 2", "plain": None,
    "cell": CELL, "source": SOURCE, "note": NOTE,
}  # fmt: skip
# A row with a cell of more characters than this may break across pages; a shorter one moves to the next page whole. A
# row takes its footnotes with it: if one with several quotations moved whole, a third of a page would stay empty.
_UNBROKEN_CHARS_MAX: Final = 700


def docx_bytes(
    briefing: Briefing,
    *,
    form: DocumentForm = "full",
    template: Path | None = None,
    page_numbers: Mapping[str, int] | None = None,
) -> bytes:
    """Returns a Word file of a briefing arranged for the form, so that notes and citations have the same numbers.

    The contents show the `page_numbers` of headings, by bookmark, if known. An unusable template is an ExportError.
    """
    sayings = Sayings(briefing)
    writer = _DocxWriter(sayings, Pages(template, sayings.language, page_numbers))
    if form != "full":
        writer.pages.narrow_margins()
    writer.write(blocks_of(briefing, form))
    return writer.pages.save(briefing.title, briefing.made)


class _AddParagraph(Protocol):
    """Adds an empty paragraph, on the page or in a cell."""

    def __call__(self, style: str | None, *, rtl: bool) -> Paragraph: ...


class _DocxWriter:
    def __init__(self, sayings: Sayings, pages: Pages) -> None:
        self.say = sayings
        self.pages = pages

    def write(self, blocks: Iterable[DocumentBlock]) -> None:
        pages = self.pages
        for block in blocks:
            match block:
                case Line(style="heading" | "subheading"):
                    pages.heading(block.text, 1 if block.style == "heading" else 2)
                case Line():
                    self._line(pages.paragraph, block)
                case QuotedBlock():
                    self._quotation(pages.paragraph, block)
                case Table():
                    self._table(block)
                case Picture():
                    pages.picture(block.png, block.alt_text, block.caption)
                case Contents():
                    pages.contents(block.title)
                case Orientation():
                    pages.turn(landscape=block.landscape)

    def _line(self, add: _AddParagraph, line: Line) -> None:
        language = self.say.language if line.own else None
        paragraph = add(STYLES[line.style], rtl=right_to_left(line.text, language))
        if line.lead:
            add_text(paragraph, line.lead, language, bold=True)
        if line.text:
            add_text(paragraph, line.text, language, bold=line.bold or None)
        if line.keep:
            paragraph.paragraph_format.keep_with_next = True
        for number in line.notes:
            self.pages.notes.mention(paragraph, number, self.say.language)
        if line.note is not None:
            self.pages.notes.refer(paragraph, line.note.number, self.say.reference(line.note), self.say.language)

    def _quotation(self, add: _AddParagraph, quoted: QuotedBlock) -> None:
        """Adds a quotation in quotation marks; its lead shares the paragraph if both have the same text direction."""
        citation = quoted.citation
        language, quote = citation.language, citation.quote
        rtl = right_to_left(quote, language)
        lead_apart = bool(quoted.lead) and rtl != right_to_left("", self.say.language)
        if lead_apart:
            self._line(add, Line(text=quoted.lead, style="source", bold=True, keep=True))
        paragraph = add(QUOTATION, rtl=rtl)
        if quoted.lead and not lead_apart:
            add_text(paragraph, f"{quoted.lead}{self.say.words.colon}", self.say.language, bold=True)
        opening, closing = in_marks(quote, language)
        add_text(paragraph, opening, language, rtl=rtl)
        for piece in pieces(quoted.cell, citation):
            add_text(paragraph, piece.text, language, bold=piece.telling or None, rtl=rtl)
        add_text(paragraph, closing, language, rtl=rtl)
        self.pages.notes.refer(paragraph, citation.number, self.say.reference(citation), self.say.language)

    def _table(self, table: Table) -> None:
        grid = _Grid(self.pages, table.widths)
        grid.head(table.head)
        for number, row in enumerate(table.rows, start=1):
            cells = grid.row()
            for cell, square in zip(cells, row, strict=True):
                add = partial(grid.paragraph, cell)
                for block in square.blocks:
                    if isinstance(block, Line):
                        self._line(add, block)
                    else:
                        self._quotation(add, block)
                if square.tint is not None:
                    shade = element("w:shd", val="clear", color="auto", fill=square.tint)
                    cell._tc.get_or_add_tcPr().append(shade)
            if max(len(cell.text) for cell in cells) <= _UNBROKEN_CHARS_MAX:
                _row_properties(cells).append(element("w:cantSplit"))
            # The row before the last stays with it, so that the last one never stands alone on a page.
            last = number == len(table.rows)
            if table.goes_on if last else table.whole or number == len(table.rows) - 1:
                for paragraph in (paragraph for cell in cells for paragraph in cell.paragraphs):
                    paragraph.paragraph_format.keep_with_next = True


class _Grid:
    """A table that is filled row by row; the `widths` of its columns are relative."""

    def __init__(self, pages: Pages, widths: Sequence[float]) -> None:
        self._pages = pages
        self._widths = [Emu(int(pages.width * part / sum(widths))) for part in widths]
        self._table: WordTable = pages.document.add_table(rows=0, cols=len(widths))
        self._table.style = pages.document.styles[TABLE]
        self._table.autofit = False
        if right_to_left("", pages.language):
            self._table.table_direction = WD_TABLE_DIRECTION.RTL
        for column, size in zip(self._table.columns, self._widths, strict=True):
            column.width = size

    def head(self, labels: Sequence[str]) -> None:
        """Adds a header row, which is repeated on every page."""
        cells, language = self.row(), self._pages.language
        for cell, label in zip(cells, labels, strict=True):
            paragraph = self.paragraph(cell, CELL, rtl=right_to_left(label, language))
            add_text(paragraph, label, language, bold=True)
            # Keeps the header from standing alone at the end of a page.
            paragraph.paragraph_format.keep_with_next = True
        _row_properties(cells).extend((element("w:cantSplit"), element("w:tblHeader")))

    def row(self) -> tuple[_Cell, ...]:
        """Adds a row and returns its cells, empty."""
        cells = tuple(self._table.add_row().cells)  # type: ignore[no-untyped-call] # python-docx has no types for this
        for cell, width in zip(cells, self._widths, strict=True):
            cell.width = width
        return cells

    def paragraph(self, cell: _Cell, style: str, *, rtl: bool) -> Paragraph:
        """Returns the next paragraph of a cell; the first one exists from the beginning."""
        first = cell.paragraphs[0]
        paragraph = first if len(cell.paragraphs) == 1 and not first.runs else cell.add_paragraph()
        paragraph.style = self._pages.document.styles[style]
        return direct(paragraph, rtl=rtl)


def _row_properties(cells: Sequence[_Cell]) -> BaseOxmlElement:
    properties: BaseOxmlElement = cells[0]._tc.getparent().get_or_add_trPr()
    return properties
