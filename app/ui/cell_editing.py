"""Edits of a briefing's cells: a search for a quotation, one added or dropped, and a review."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.briefing.cells import Briefing, Cell
from app.briefing.edit import add_quotation, drop_quotation
from app.briefing.kept_briefings import KeptBriefings
from app.ui.briefing_view import FoundCitations
from app.wiring import Workspace


def search_quotations(workspace: Workspace, briefing: Briefing, cell: Cell, words: str) -> FoundCitations:
    """Searches for quotations that the cell does not hold."""
    held = {identifier for number in cell.citations for identifier in briefing.citation(number).sentence_ids}
    offered = workspace.briefings.find(
        cell.party, words, session=cell.session, years=briefing.years, bodies=briefing.bodies, but=held
    )
    return FoundCitations(key=cell.key, words=words, citations=offered)


def edit_cell(
    workspace: Workspace,
    kept: KeptBriefings,
    briefing: Briefing,
    cell: Cell,
    found: FoundCitations | None,
    reviewer: str,
    data: Mapping[str, Any],
) -> Briefing | None:
    """Returns the briefing with one change of a cell, as `sent` by a button; None if it asks for nothing."""
    action, number = data.get("action"), int(data["number"]) if str(data.get("number", "")).isdecimal() else -1
    if action == "review":
        return _reviewed(workspace, briefing, cell.key, data, reviewer)
    if action == "drop" and number in cell.citations:
        changed = drop_quotation(briefing, cell.key, number)
        rest = changed.cells[briefing.cells.index(cell)]
        # Rejected, so that the cell says that a person set its evidence aside, not that none was found.
        return changed if rest.citations else _reviewed(workspace, changed, rest.key, {"state": "rejected"}, reviewer)
    if action == "add" and found is not None and found.key == cell.key and 0 <= number < len(found.citations):
        # A search result may be outdated: its statement may be another party's by now.
        return kept.recheck(add_quotation(briefing, cell.key, found.citations[number]))
    return None


def _reviewed(workspace: Workspace, briefing: Briefing, key: str, data: Mapping[str, Any], reviewer: str) -> Briefing:
    """Stores or removes the review of a cell; returns the briefing with it."""
    reviews = workspace.reviews
    if data.get("state") == "open":
        reviews.forget(key)
    else:
        reviews.keep(key, str(data.get("state")), kind=str(data.get("kind", "")) or None, reviewer=reviewer or "")
    held = reviews.of([key]).get(key)
    cells = tuple(replace(cell, review=held) if cell.key == key else cell for cell in briefing.cells)
    return replace(briefing, cells=cells)
