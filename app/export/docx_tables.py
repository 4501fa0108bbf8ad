"""Tables of a Word file: header rows that repeat, rows that stay whole where they are short, cells with a tint."""

from collections.abc import Sequence
from typing import Final

from docx.document import Document
from docx.enum.table import WD_TABLE_DIRECTION
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Length
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from app.export.characters import right_to_left
from app.export.docx_styles import CELL, TABLE
from app.export.docx_text import add_text, direct, element

# A row with more characters than this may go over a page; a shorter one moves to the next page whole. A row takes its
# footnotes with it: one of several quotations, moved whole, would leave a third of a page empty.
_WHOLE_ROW: Final = 700


class Grid:
    """A table that is filled row by row; in a language from right to left it begins at the right.

    `widths` of the columns are parts of the whole `width`.
    """

    def __init__(self, document: Document, widths: Sequence[float], width: Length, language: str) -> None:
        self._document = document
        self._language = language
        whole = sum(widths)
        self._widths = [Emu(int(width * part / whole)) for part in widths]
        self._table: Table = document.add_table(rows=0, cols=len(widths))
        self._table.style = document.styles[TABLE]
        self._table.autofit = False
        if right_to_left("", language):
            self._table.table_direction = WD_TABLE_DIRECTION.RTL
        for column, size in zip(self._table.columns, self._widths, strict=True):
            column.width = size

    def head(self, labels: Sequence[str]) -> None:
        """Adds a header row, which is repeated on every page."""
        cells = self.row()
        for cell, label in zip(cells, labels, strict=True):
            paragraph = self.paragraph(cell, CELL, rtl=right_to_left(label, self._language))
            add_text(paragraph, label, self._language, bold=True)
            # A header alone at the end of a page says nothing.
            paragraph.paragraph_format.keep_with_next = True
        self._row_properties(cells).extend((element("w:cantSplit"), element("w:tblHeader")))

    def row(self) -> tuple[_Cell, ...]:
        """Adds a row and returns its cells, empty."""
        cells = tuple(self._table.add_row().cells)  # type: ignore[no-untyped-call] # it ships no types for this
        for cell, width in zip(cells, self._widths, strict=True):
            cell.width = width
        return cells

    def keep_whole(self, cells: Sequence[_Cell]) -> None:
        """Keeps a row on one page if it is short enough to move there."""
        if max(len(cell.text) for cell in cells) <= _WHOLE_ROW:
            self._row_properties(cells).append(element("w:cantSplit"))

    def keep_with_next(self, cells: Sequence[_Cell]) -> None:
        """Keeps a row on the page of the row after it."""
        for paragraph in (paragraph for cell in cells for paragraph in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True

    def _row_properties(self, cells: Sequence[_Cell]) -> BaseOxmlElement:
        properties: BaseOxmlElement = cells[0]._tc.getparent().get_or_add_trPr()
        return properties

    def paragraph(self, cell: _Cell, style: str, *, rtl: bool) -> Paragraph:
        """Returns the next paragraph of a cell; the first one is there from the beginning."""
        first = cell.paragraphs[0]
        paragraph = first if len(cell.paragraphs) == 1 and not first.runs else cell.add_paragraph()
        paragraph.style = self._document.styles[style]
        return direct(paragraph, rtl=rtl)

    def tint(self, cell: _Cell, colour: str) -> None:
        """Gives a cell a background."""
        properties = cell._tc.get_or_add_tcPr()
        properties.append(element("w:shd", val="clear", color="auto", fill=colour))
