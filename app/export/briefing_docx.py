"""Word files of a briefing: the position table with its annex, the one-pager, the talking points."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from docx.table import _Cell

from app.briefing.cells import Briefing
from app.export.briefing_layout import (
    Contents,
    DocumentBlock,
    Line,
    LineStyle,
    Orientation,
    Picture,
    QuotedBlock,
    Table,
    TableCell,
    blocks_of,
)
from app.export.briefing_lines import DocumentForm, Sayings, pieces
from app.export.characters import in_marks, right_to_left
from app.export.docx_pages import Pages
from app.export.docx_styles import CELL, NOTE, QUOTATION, SOURCE
from app.export.docx_text import add_text, element

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
    say = Sayings(briefing)
    pages = Pages(template, say.language, page_numbers)
    if form != "full":
        pages.narrow_margins()
    _write(pages, say, blocks_of(briefing, form))
    return pages.save(briefing.title, briefing.made)


def _write(pages: Pages, say: Sayings, blocks: Iterable[DocumentBlock], cell: _Cell | None = None) -> None:
    for block in blocks:
        match block:
            case Line(style="heading" | "subheading"):
                pages.heading(block.text, 1 if block.style == "heading" else 2)
            case Line():
                _line(pages, say, block, cell)
            case QuotedBlock():
                _quotation(pages, say, block, cell)
            case Table():
                _table(pages, say, block)
            case Picture():
                pages.picture(block.png(), block.alt_text, block.caption)
            case Contents():
                pages.contents(block.title)
            case Orientation():
                pages.set_orientation(landscape=block.landscape)


def _line(pages: Pages, say: Sayings, line: Line, cell: _Cell | None) -> None:
    language = say.language if line.own else None
    paragraph = pages.paragraph(STYLES[line.style], rtl=right_to_left(line.text, language), cell=cell)
    if line.lead:
        add_text(paragraph, line.lead, language, bold=True)
    if line.text:
        add_text(paragraph, line.text, language, bold=line.bold or None)
    if line.keep:
        paragraph.paragraph_format.keep_with_next = True
    for number in line.notes:
        pages.notes.mention(paragraph, number, say.language)
    if line.note is not None:
        pages.notes.refer(paragraph, line.note.number, say.reference(line.note), say.language)


def _quotation(pages: Pages, say: Sayings, quoted: QuotedBlock, cell: _Cell | None) -> None:
    """Adds a quotation in quotation marks; its lead shares the paragraph if both have the same text direction."""
    citation = quoted.citation
    language, quote = citation.language, citation.quote
    rtl = right_to_left(quote, language)
    lead_apart = bool(quoted.lead) and rtl != right_to_left("", say.language)
    if lead_apart:
        _line(pages, say, Line(text=quoted.lead, style="source", bold=True, keep=True), cell)
    paragraph = pages.paragraph(QUOTATION, rtl=rtl, cell=cell)
    if quoted.lead and not lead_apart:
        add_text(paragraph, f"{quoted.lead}{say.words.colon}", say.language, bold=True)
    opening, closing = in_marks(quote, language)
    for text, telling in ((opening, False), *pieces(quoted.cell, citation), (closing, False)):
        add_text(paragraph, text, language, bold=telling or None, rtl=rtl)
    pages.notes.refer(paragraph, citation.number, say.reference(citation), say.language)


def _table(pages: Pages, say: Sayings, table: Table) -> None:
    """Adds a table, whose head is repeated on every page and never stands alone at the end of one."""
    grid = pages.table(table.widths)
    head = tuple(TableCell(blocks=(Line(text=label, style="cell", bold=True, keep=True),)) for label in table.head)
    for number, squares in enumerate((head, *table.rows)):
        row = grid.add_row()  # type: ignore[no-untyped-call] # python-docx has no types for this
        cells = row.cells
        for cell, square in zip(cells, squares, strict=True):
            _write(pages, say, square.blocks, cell)
            if square.tint is not None:
                shade = element("w:shd", val="clear", color="auto", fill=square.tint)
                cell._tc.get_or_add_tcPr().append(shade)
        # LibreOffice loses rows of a table behind a heading whose first row may not break, at the end of a page.
        if not number or (number > 1 and max(len(cell.text) for cell in cells) <= _UNBROKEN_CHARS_MAX):
            row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        if not number:
            row._tr.get_or_add_trPr().append(element("w:tblHeader"))
        # The row before the last stays with it, so that the last one never stands alone on a page.
        last = number == len(table.rows)
        if table.goes_on if last else table.whole or number == len(table.rows) - 1:
            for paragraph in (paragraph for cell in cells for paragraph in cell.paragraphs):
                paragraph.paragraph_format.keep_with_next = True
