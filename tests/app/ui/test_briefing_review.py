"""What a reviewer does to the cells of a briefing, without a browser."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from app.briefing.cells import Briefing, Cell
from app.export.arrange import Sayings, arrange
from app.ui.briefing_tab import _BriefingTabController
from app.ui.briefing_view import Found
from tests.fakes_briefing import EXTRADITION, fake_briefing
from tests.fakes_ui import fake_tools, fake_workspace


def _change(folder: Path, briefing: Briefing, cell: Cell, found: Found | None = None, **data: Any) -> tuple[Any, ...]:
    controller = _BriefingTabController(fake_tools(folder), fake_workspace()[1])
    event = gr.EventData(target=None, _data={"key": cell.key, **data})
    return controller.change_cell(briefing, None, found, "B. Reader", event)


def _cell(briefing: Briefing, party: str) -> Cell:
    return next(cell for cell in briefing.cells if (cell.party, cell.subject) == (party, EXTRADITION))


def test_search_offers_no_quotation_that_the_cell_holds(tmp_path: Path) -> None:
    briefing = fake_briefing()
    cell = _cell(briefing, "XAA")
    held = replace(cell, citations=cell.citations[1:])
    shorter = replace(briefing, cells=tuple(held if each is cell else each for each in briefing.cells))
    *_, found = _change(tmp_path, shorter, held, action="find", typed="extradition")
    offered = [citation.quote for citation in found.citations]
    assert offered == [briefing.citation(cell.citations[0]).quote]


def test_cell_whose_last_quotation_is_dropped_says_who_set_it_aside(tmp_path: Path) -> None:
    briefing = fake_briefing()
    cell = _cell(briefing, "XHO")
    shown, changed, _ = _change(tmp_path, briefing, cell, action="drop", number=str(cell.citations[0]))
    dropped = _cell(changed, "XHO")
    assert dropped.citations == () and dropped.is_rejected
    assert "B. Reader" in Sayings(arrange(changed)).review(dropped)
    card = shown.partition(f'id="cell-{dropped.key}"')[2].partition("</article>")[0]
    assert "evidence rejected" in card and "suggested" not in card
