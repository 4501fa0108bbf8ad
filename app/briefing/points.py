"""Talking points: the strongest whole quotation of each cell, within limits on number and length."""

from typing import Final

from app.briefing.records import Briefing, Cell, Point
from app.provenance import spoken_date
from ingest.splitter import count_tokens
from prompts.wording import Wording

# What a one-pager holds when nothing else is said: about one printed page with its notes.
ONE_PAGE_TOKENS: Final = 520


def choose_points(
    briefing: Briefing, wording: Wording, *, max_points: int | None, max_tokens: int | None
) -> tuple[Point, ...]:
    """Chooses talking points, subject by subject, every party once before anyone has a second.

    A quotation is never cut: one that does not fit is left out, and the next one that does is taken.

    Args:
        briefing: The briefing with its cells and citations.
        wording: Says dates.
        max_points: Points at most; None sets no limit.
        max_tokens: Tokens of leads and quotations together at most, in cl100k; None sets no limit.
    """
    chosen: list[Point] = []
    used = 0
    seen: set[int] = set()
    for rank in range(max((len(cell.citations) for cell in briefing.cells), default=0)):
        for subject in briefing.subjects:
            for cell in briefing.cells:
                if cell.subject != subject.label or rank >= len(cell.citations) or _is_silent(cell):
                    continue
                point = _point(briefing, cell, cell.citations[rank], wording)
                length = count_tokens(f"{point.lead}: “{briefing.citation(point.citation).quote}”")
                fits = max_tokens is None or used + length <= max_tokens
                if point.citation in seen or not fits or (max_points is not None and len(chosen) >= max_points):
                    continue
                seen.add(point.citation)
                chosen.append(point)
                used += length
    order = {subject.label: place for place, subject in enumerate(briefing.subjects)}
    return tuple(sorted(chosen, key=lambda point: order[point.subject]))


def _is_silent(cell: Cell) -> bool:
    """Whether a person found that a cell's evidence does not fit its subject."""
    return cell.review is not None and cell.review.state == "rejected"


def _point(briefing: Briefing, cell: Cell, number: int, wording: Wording) -> Point:
    citation = briefing.citation(number)
    name = briefing.names.get(citation.state or "", citation.state or citation.file)
    when = spoken_date(citation.date, wording.language)
    return Point(party=cell.party, subject=cell.subject, lead=", ".join(p for p in (name, when) if p), citation=number)
