"""Excel files: a row for every cell of the table, links whose targets exist, and no formulas."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from app.briefing.cells import Briefing
from app.export.briefing_excel import excel_bytes
from app.export.briefing_lines import TINTS, arrange
from app.export.characters import visible
from tests.fakes_briefing import EXTRADITION, fake_briefing, with_cells


def opened(briefing: Briefing) -> Any:
    return openpyxl.load_workbook(BytesIO(excel_bytes(briefing)))


@pytest.fixture(scope="module")
def book(briefing: Briefing) -> Any:
    return opened(briefing)


def by_label(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows()
    return [{str(label.value): square for label, square in zip(head, row, strict=True)} for row in rows]


def test_there_is_a_row_for_each_cell_of_the_table(briefing: Briefing, book: Any) -> None:
    rows = by_label(book["Positions"])
    assert [(r["State or group"].value, r["Topic"].value) for r in rows] == [
        (briefing.names[cell.party], cell.subject) for cell in briefing.cells
    ]
    first = rows[0]
    assert first["Position"].value == "supports" and first["Review"].value == "suggested"
    assert first["Words that show it"].value == "supports; conditional on; conditional on"
    for number in briefing.cells[0].citations:
        assert f"“{briefing.citation(number).quote}” [{number}]" in first["What was said"].value
    assert first["Position"].fill.fgColor.rgb.endswith(TINTS["supports"])


def test_earlier_and_superseded_quotations_are_marked_where_they_stand() -> None:
    book = opened(arrange(with_cells(fake_briefing(), "XAA", EXTRADITION, superseded={3: 1})))
    text = "\n".join(str(square.value) for sheet in book for row in sheet for square in row)
    assert [line.rpartition(" · ")[2].partition(":")[0] for line in text.split("\n") if " · earlier" in line] == [
        "earlier", "earlier, superseded by [1]",
    ]  # fmt: skip


def test_rows_of_statements_without_a_session_say_so() -> None:
    rows = by_label(opened(arrange(fake_briefing(sessions=("8", ""))))["Positions"])
    assert {row["Session"].value for row in rows} == {"8", "no session"}


def test_every_citation_stands_with_its_provenance(briefing: Briefing, book: Any) -> None:
    rows = by_label(book["Quotations"])
    for citation, row in zip(briefing.citations, rows, strict=True):
        assert row["Number"].value == citation.number
        assert row["Quotation"].value == visible(citation.quote)
        assert row["Words as stored"].value == visible(citation.source_quote)
        assert row["File"].value == citation.file and row["Session"].value == citation.session
    assert rows[6]["On behalf of"].value == "Group of Riparian States (fictional)"
    assert rows[6]["Delivered by"].value == "Belmora"


def test_no_cell_is_a_formula_whatever_it_begins_with(briefing: Briefing) -> None:
    hostile = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=cmd|" /C calc"!A0', "#N/A", "1e5")
    names = dict(zip(briefing.parties, hostile, strict=False))
    citations = [
        replace(c, quote=t, source_quote=t, file=t) for c, t in zip(briefing.citations, (*hostile, "=2"), strict=True)
    ]
    changed = replace(briefing, names=briefing.names | names, citations=tuple(citations), title="=3")
    content = excel_bytes(changed)
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [square for sheet in book for row in sheet.iter_rows() for square in row]
    assert {square.data_type for square in cells} <= {"s", "inlineStr", "n"}
    texts = [square for square in cells if isinstance(square.value, str)]
    assert set(hostile) <= {square.value for square in texts}
    assert all(square.quotePrefix for square in texts if square.value[0] in "=+-@\t")
    with ZipFile(BytesIO(content)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 4 and not any(b"<f>" in sheet for sheet in sheets)


def test_links_lead_to_cells_that_are_there(briefing: Briefing, book: Any) -> None:
    links = [square.hyperlink for sheet in book for row in sheet.iter_rows() for square in row if square.hyperlink]
    assert len(links) == sum(bool(cell.citations) for cell in briefing.cells) + len(briefing.cells)
    for link in links:
        assert link.target is None
        title, place = link.location.split("!")
        assert book[title.strip("'")][place].value is not None
    row = by_label(book["Positions"])[0]
    assert book["Quotations"][row["Sources"].hyperlink.location.split("!")[1]].value == briefing.cells[0].citations[0]


def test_sheets_have_a_header_that_stays_and_a_filter(briefing: Briefing, book: Any) -> None:
    assert book.sheetnames == ["Positions", "Matrix", "Quotations", "Coverage"]
    for name, rows in (("Positions", len(briefing.cells)), ("Quotations", len(briefing.citations))):
        sheet = book[name]
        assert sheet.freeze_panes == "B2" and sheet.print_title_rows == "$1:$1"
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).column_letter}{rows + 1}"
        assert all(square.alignment.wrap_text for square in sheet[2])
    assert len(list(book["Matrix"].iter_rows())) == 1 + len(briefing.parties)


def test_arabic_reads_from_right_to_left(book: Any) -> None:
    orders = {row["Language"].value: row["Quotation"].alignment.readingOrder for row in by_label(book["Quotations"])}
    assert orders == {"en": 1, "ar": 2, "zh": 1}
    made = fake_briefing("ar")
    arabic = opened(arrange(replace(made, names=made.names | {"Belmora": "بلمورا"})))
    assert all(sheet.sheet_view.rightToLeft for sheet in arabic)
    # The verdict and who delivers a group's words are in the language of the briefing.
    values = {str(square.value) for sheet in arabic for row in sheet.iter_rows() for square in row}
    assert {"مؤكد", "بلمورا"} <= values and not {"verified", "Belmora"} & values


def test_coverage_names_what_is_missing_and_every_statement(briefing: Briefing, book: Any) -> None:
    cells = [square.value for row in book["Coverage"].iter_rows() for square in row if square.value]
    assert "Nowhereland (fictional)" in cells and "broken|<b>.pdf" in cells
    assert [source.file for source in briefing.sources] == [
        value for value in cells if value in {source.file for source in briefing.sources}
    ]


def test_a_quotation_longer_than_a_cell_goes_on_in_the_next_rows(briefing: Briefing) -> None:
    quote = "".join(f"{number} " for number in range(12_000))
    citations = (replace(briefing.citation(1), quote=quote), *briefing.citations[1:])
    book = opened(replace(briefing, citations=citations))
    rows = by_label(book["Quotations"])
    assert "".join(row["Quotation"].value for row in rows if row["Number"].value == 1) == quote
    positions = by_label(book["Positions"])
    assert positions[0]["What was said"].value.startswith(
        "[1]\nUNTOC COP, session 8, 17–21 October 2016, agenda item 4 · earlier: “Arvandia"
    )
    link = positions[1]["Sources"].hyperlink.location.split("!")[1]
    assert book["Quotations"][link].value == briefing.cells[1].citations[0]
