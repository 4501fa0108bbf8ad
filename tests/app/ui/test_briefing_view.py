"""A briefing as HTML, and what a reviewer does to its cells, without a browser."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from app.briefing.cells import Briefing, Cell
from app.briefing.kept_briefings import KeptBriefings
from app.desk.tables import open_tables
from app.desk.works import Works
from app.export.briefing_lines import Sayings, arrange
from app.ui.briefing_tab import _BriefingTabController
from app.ui.briefing_view import FoundCitations, briefing_html
from tests.fakes_briefing import EXTRADITION, cell_of, fake_briefing, with_cells
from tests.fakes_ui import fake_tools


def _card(html: str, cell: Cell) -> str:
    return html.partition(f'id="cell-{cell.key}"')[2].partition("</article>")[0]


def test_quotations_are_marked_as_earlier_and_explained_in_the_language_of_the_briefing() -> None:
    html = briefing_html(fake_briefing())
    assert "تسليم المجرمين means extradition" in html
    assert '<li dir="auto">earlier</li>' in html


def test_only_a_suggested_kind_can_be_accepted() -> None:
    briefing = fake_briefing()
    cell = cell_of(briefing, "XAA")
    without = with_cells(briefing, "XAA", EXTRADITION, kind="no_position", words=())
    suggested, unsuggested = (_card(briefing_html(each), cell) for each in (briefing, without))
    assert "Accept “supports”" in suggested and 'data-kind="supports"' not in suggested.partition("Another kind")[2]
    assert "see quotation" in unsuggested and "Accept" not in unsuggested
    # A reviewer may still choose that the words take no position.
    assert "takes no position" in unsuggested.partition("Another kind")[2]


def _change(
    folder: Path, briefing: Briefing, cell: Cell, found: FoundCitations | None = None, **data: Any
) -> tuple[Any, ...]:
    workspace, event = fake_tools(folder), gr.EventData(target=None, _data={"key": cell.key, **data})
    with closing(open_tables(folder)) as tables:
        kept = KeptBriefings(Works(tables), workspace.corpus.recheck, workspace.reviews.of)
        return _BriefingTabController(workspace, kept).change_cell(briefing, None, found, "B. Reader", event)


def test_search_offers_no_quotation_that_the_cell_holds(tmp_path: Path) -> None:
    briefing = fake_briefing()
    cell = cell_of(briefing, "XAA")
    shorter = with_cells(briefing, "XAA", EXTRADITION, citations=cell.citations[1:])
    *_, found, _ = _change(tmp_path, shorter, cell, action="find", typed="extradition")
    offered = [citation.quote for citation in found.citations]
    assert offered == [briefing.citation(cell.citations[0]).quote]


def test_what_a_search_offers_has_no_translation_of_what_the_briefing_cites_by_that_number() -> None:
    briefing = replace(fake_briefing(), translations={1: "Rimalia supports extradition."})
    cell, (offered, cited) = cell_of(briefing, "XRM"), (replace(briefing.citation(n), number=1) for n in (7, 6))
    briefing = replace(briefing, citations=(cited, *briefing.citations[1:]))
    html = briefing_html(with_cells(briefing, "XRM", EXTRADITION, citations=(1,)))
    assert _card(html, cell).count("Rimalia supports extradition.") == 1
    html = briefing_html(briefing, found=FoundCitations(key=cell.key, words="x", citations=(offered,)))
    assert offered.quote in _card(html, cell) and "Rimalia supports extradition." not in _card(html, cell)


def test_made_up_number_of_a_quotation_changes_nothing(tmp_path: Path) -> None:
    briefing = fake_briefing()
    for number in ("-1", "99", "²", "1.0", ""):
        changed = _change(tmp_path, briefing, cell_of(briefing, "XHO"), action="drop", number=number)
        assert changed == (gr.skip(), gr.skip(), None, gr.skip())


def test_cell_whose_last_quotation_is_dropped_says_who_set_it_aside(tmp_path: Path) -> None:
    briefing = fake_briefing()
    cell = cell_of(briefing, "XHO")
    shown, changed, *_ = _change(tmp_path, briefing, cell, action="drop", number=str(cell.citations[0]))
    dropped = cell_of(changed, "XHO")
    assert dropped.citations == () and dropped.is_rejected
    assert "B. Reader" in Sayings(arrange(changed)).review(dropped)
    card = _card(shown, dropped)
    assert "evidence rejected" in card and "suggested" not in card
