"""A briefing as HTML, without a browser."""

from dataclasses import replace
from pathlib import Path

from app.briefing.cells import Cell
from app.ui.briefing_view import briefing_html
from tests.fakes_ui import fake_tools


def test_quotations_are_marked_as_earlier_and_explained_in_the_language_of_the_briefing(tmp_path: Path) -> None:
    html = briefing_html(fake_tools(tmp_path).builder.build(None, lambda step: None))
    assert "تسليم المجرمين means extradition" in html
    assert '<li dir="auto">earlier</li>' in html


def test_only_a_suggested_kind_can_be_accepted(tmp_path: Path) -> None:
    briefing = fake_tools(tmp_path).builder.build(None, lambda step: None)
    cell = next(cell for cell in briefing.cells if cell.citations and cell.kind == "supports")

    def card(shown: Cell) -> str:
        cells = tuple(shown if each is cell else each for each in briefing.cells)
        html = briefing_html(replace(briefing, cells=cells))
        return html.partition(f'id="cell-{shown.key}"')[2].partition("</article>")[0]

    suggested, untold = card(cell), card(replace(cell, kind="no_position", words=()))
    assert "Accept “supports”" in suggested and 'data-kind="supports"' not in suggested.partition("Another kind")[2]
    assert "see quotation" in untold and "Accept" not in untold
    # A person may still say that its words take no position.
    assert "takes no position" in untold.partition("Another kind")[2]
