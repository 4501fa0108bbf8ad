"""Excel files of a briefing: positions, the matrix, every quotation with its provenance, coverage; linked and filtered.

No text is ever a formula, whatever it begins with.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from itertools import zip_longest
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from app.briefing.cells import Briefing, Cell
from app.corpus.ingest_report_csv import FORMULA_STARTS
from app.export.briefing_lines import TINTS, Sayings, columns
from app.export.characters import in_marks, right_to_left, visible
from app.export.office_package import utc_time, without_times
from app.records import Citation
from prompts.wording import load_remark_words

# Source: https://support.microsoft.com/office/excel-specifications-and-limits
_MOST_CHARACTERS: Final = 32_767
_CELL_COLUMNS: Final = {
    "col_party": 24, "col_topic": 22, "col_session": 10, "col_position": 20, "col_review": 20, "col_words": 24,
    "worded": 60, "col_said": 80, "col_sources": 10, "col_note": 36,
}  # fmt: skip
_CITATION_COLUMNS: Final = {
    "col_number": 9, "col_party": 24, "col_on_behalf_of": 18, "col_speaker": 18, "col_body": 16, "col_session": 10,
    "col_date": 22, "col_agenda_item": 12, "col_title": 28, "col_symbol": 14, "col_page": 7, "col_paragraph": 10,
    "col_quotation": 80, "col_source_quote": 50, "col_file": 28,
    "col_language": 10, "col_inferred": 18, "col_verdict": 12, "col_reference": 60,
}  # fmt: skip
_LINE: Final = Side(style="thin", color="D0D7DE")
_BORDER: Final = Border(bottom=_LINE, right=_LINE)
_PLAIN, _BOLD = Font(name="Arial", size=10), Font(name="Arial", size=10, bold=True)
_LINKED: Final = Font(name="Arial", size=10, color="0B5394", underline="single")
_QUOTED: Final = frozenset({"col_quotation", "col_source_quote", "col_said"})
_SOURCE_COLUMNS: Final = {"col_party": 24, "col_date": 26, "col_session": 10, "col_file": 40, "col_cited": 10}


def excel_bytes(briefing: Briefing) -> bytes:
    """Returns an Excel file of a briefing arranged for a full document; the same content gives the same bytes."""
    say, book, made = Sayings(briefing), Workbook(), utc_time(briefing.made).replace(tzinfo=None)
    book.remove(book.active)
    positions, matrix, quotations, coverage = (
        book.create_sheet(say.say(name)) for name in ("positions", "matrix", "quotations", "coverage")
    )
    _write_positions(positions, say, quotations, _write_quotations(quotations, say))
    _write_matrix(matrix, say, positions)
    _write_coverage(coverage, say)
    for sheet in book.worksheets:
        sheet.sheet_view.rightToLeft = right_to_left("", say.language)
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    book.properties.title, book.properties.creator = visible(briefing.title)[:255], "untoc"
    book.properties.created = made
    out = BytesIO()
    book.save(out)
    return without_times(out.getvalue(), made)


def _write_quotations(sheet: Worksheet, say: Sayings) -> dict[int, int]:
    """Writes one or more rows for each citation; returns the first row of each by its number."""
    rows, row = dict[int, int](), 1
    _head(sheet, say, _CITATION_COLUMNS)
    for citation in say.briefing.citations:
        rows[citation.number] = row + 1
        # Excel limits the characters of a cell: a longer quotation goes on in the next rows, uncut.
        for quote, source in zip_longest(_chunks(citation.quote), _chunks(citation.source_quote)):
            row += 1
            _row(sheet, say, row, _provenance(say, citation, quote, source), citation.language)
    _finish(sheet)
    return rows


def _provenance(say: Sayings, citation: Citation, quote: str | None, source: str | None) -> dict[str, object]:
    """Returns the values of a row; a column that is not in `values` shows the citation's field of its name."""
    values = {
        "col_party": say.names(citation.holders),
        "col_on_behalf_of": say.name(citation.on_behalf_of) if citation.on_behalf_of else None,
        "col_date": say.date(citation.date),
        "col_quotation": quote,
        "col_source_quote": source,
        "col_speaker": say.name(citation.speaker) if citation.speaker else None,
        "col_inferred": ", ".join(citation.inferred),
        "col_verdict": load_remark_words(say.language).say(f"verdict_{citation.verdict}"),
        "col_reference": say.reference(citation),
    }
    return {c: values[c] if c in values else getattr(citation, c.removeprefix("col_")) for c in _CITATION_COLUMNS}


def _write_positions(sheet: Worksheet, say: Sayings, quotations: Worksheet, rows: Mapping[int, int]) -> None:
    worded = any(cell.claims for cell in say.briefing.cells)
    labels = {label: width for label, width in _CELL_COLUMNS.items() if worded or label != "worded"}
    _head(sheet, say, labels)
    for row, cell in enumerate(say.briefing.cells, start=2):
        more = say.say("more", count=cell.more) if cell.more else ""
        numbers = sorted(cell.citations)
        values = {
            "col_party": say.name(cell.party),
            "col_topic": cell.subject,
            "col_session": say.say("no_session") if cell.session == "" else cell.session,
            "col_position": say.position(cell),
            "col_review": say.review(cell),
            "col_words": "; ".join(words.text for words in cell.words),
            "worded": _claims(say, cell),
            "col_said": _said(say, cell),
            "col_sources": ", ".join(map(str, numbers)),
            "col_note": " · ".join(filter(None, (cell.note, more))),
        }
        languages = {say.briefing.citation(number).language for number in numbers}
        shown = {label: values[label] for label in labels}
        _row(sheet, say, row, shown, languages.pop() if len(languages) == 1 else None)
        sheet.cell(row, 4).fill = PatternFill("solid", fgColor=TINTS[cell.position])
        if numbers:
            square = sheet.cell(row, 1 + list(labels).index("col_sources"))
            _link(square, quotations, f"A{rows[numbers[0]]}")
    _finish(sheet)


def _claims(say: Sayings, cell: Cell) -> str:
    return "\n".join(
        say.claim(cell.party, claim) + "".join(f" [{number}]" for number in claim.citations) for claim in cell.claims
    )


def _said(say: Sayings, cell: Cell) -> str:
    """Returns the quotations of a cell uncut; those that do not fit are given by their numbers alone."""
    texts: list[str] = []
    for number in cell.citations:
        citation = say.briefing.citation(number)
        opening, closing = in_marks(citation.quote, citation.language)
        text = f"{opening}{citation.quote}{closing} [{number}]"
        text = f"{say.source(cell, citation)}{say.words.colon}{text}"
        fits = sum(map(len, texts)) + len(text) < _MOST_CHARACTERS - 1000
        texts.append(text if fits else f"[{number}]")
    return "\n".join(texts)


def _write_matrix(sheet: Worksheet, say: Sayings, positions: Worksheet) -> None:
    shown = columns(say)
    places = {(c.party, c.subject, c.session): (row, c) for row, c in enumerate(say.briefing.cells, start=2)}
    _heads(sheet, say, [(say.say("col_party"), 28), *((column.label, 22) for column in shown)])
    for row, party in enumerate(say.briefing.parties, start=2):
        _put(sheet.cell(row, 1), say.name(party), say.language)
        for column, place in enumerate(shown, start=2):
            target, cell = places[party, place.subject, place.session]
            square, kind, review = sheet.cell(row, column), say.position(cell), say.review(cell)
            _put(square, f"{kind} ({review})" if review else kind, say.language)
            _link(square, positions, f"A{target}", underline=False)
            square.fill = PatternFill("solid", fgColor=TINTS[cell.position])
    _finish(sheet)


def _write_coverage(sheet: Worksheet, say: Sayings) -> None:
    about = (
        (say.say("form_full"), say.briefing.title),
        (say.say("coverage"), " ".join((f"{say.subtitle('full')}. {say.counts()}", *say.writing()))),
        *say.gaps(),
        (say.say("method"), say.say("how_kinds")),
        ("untoc", say.say("how_check")),
    )
    for row, (label, text) in enumerate(about, start=1):
        _put(sheet.cell(row, 1), label, say.language, bold=True)
        _put(sheet.cell(row, 2), text, say.language)
        # Merged, so that it is wide enough for a paragraph.
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=len(_SOURCE_COLUMNS))
        sheet.row_dimensions[row].height = 15 * (1 + len(text) // 110 + text.count("\n"))
    top = len(about) + 2
    _head(sheet, say, _SOURCE_COLUMNS, row=top)
    for row, source in enumerate(say.briefing.sources, start=top + 1):
        cited = say.say("yes" if source.cited else "no")
        values = (say.names(source.holders), say.date(source.date), source.session, source.file, cited)
        _row(sheet, say, row, dict(zip(_SOURCE_COLUMNS, values, strict=True)))
    last = sheet.cell(top + len(say.briefing.sources), len(_SOURCE_COLUMNS))
    sheet.auto_filter.ref = f"A{top}:{last.coordinate}"


def _head(sheet: Worksheet, say: Sayings, labels: dict[str, int], *, row: int = 1) -> None:
    _heads(sheet, say, [(say.say(label), width) for label, width in labels.items()], row=row)


def _heads(sheet: Worksheet, say: Sayings, labels: Iterable[tuple[str, int]], *, row: int = 1) -> None:
    for column, (label, width) in enumerate(labels, start=1):
        square = sheet.cell(row, column)
        _put(square, label, say.language, bold=True)
        square.fill = PatternFill("solid", fgColor="DFE7EE")
        sheet.column_dimensions[square.column_letter].width = width


def _row(sheet: Worksheet, say: Sayings, row: int, values: Mapping[str, object], source: str | None = None) -> None:
    """Writes a row of values by the names of their columns; quotations are in the language of their `source`."""
    for column, (label, value) in enumerate(values.items(), start=1):
        _put(sheet.cell(row, column), value, source if label in _QUOTED else say.language)


def _put(square: ExcelCell, value: object, language: str | None, *, bold: bool = False) -> None:
    """Sets a cell to a number or a text; a text that looks like a formula stays a text when the cell is edited."""
    rtl = isinstance(value, str) and right_to_left(value, language)
    square.border, square.font = _BORDER, _BOLD if bold else _PLAIN
    square.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=2 if rtl else 1)
    if not isinstance(value, str):
        square.value = value
        return
    text = visible(value)[:_MOST_CHARACTERS]
    square.value = text
    square.data_type = "s"
    square.quotePrefix = text.startswith(FORMULA_STARTS)


def _link(square: ExcelCell, sheet: Worksheet, place: str, *, underline: bool = True) -> None:
    title = sheet.title.replace("'", "''")
    square.hyperlink = Hyperlink(ref=square.coordinate, location=f"'{title}'!{place}", display=str(square.value))
    if underline:
        square.font = _LINKED


def _finish(sheet: Worksheet) -> None:
    sheet.freeze_panes, sheet.auto_filter.ref = "B2", sheet.dimensions
    sheet.print_title_rows = "1:1"


def _chunks(text: str) -> list[str]:
    return [text[first : first + _MOST_CHARACTERS] for first in range(0, len(text), _MOST_CHARACTERS)]
