"""Talking points: the strongest whole quotation or the first claim of each cell, within limits on number and length.

"Arvandia, 12 October 2020: “We do not support that proposal.”" Nothing is ever cut to fit.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from app.briefing.attribution_lines import AttributionLines
from app.briefing.cells import Briefing, Cell, Point
from ingest.text.splitter import count_tokens


def choose_points(briefing: Briefing, *, max_points: int | None, max_tokens: int | None) -> tuple[Point, ...]:
    """Chooses talking points, the subjects in turn, each party once on a subject before any has a second; see `_turns`.

    A model's claims come with their quotations, before quotations alone. Nothing is ever cut: a claim that does not fit
    with its quotations is replaced by the quotation alone, and a quotation that does not fit is skipped for the next
    one that does. Tokens (cl100k) are counted over leads, claims and quotations together.
    """
    chosen: list[Point] = []
    used = 0
    seen: set[int] = set()
    turns, leads = [_ranked(cell) for cell in _turns(briefing)], AttributionLines(briefing)
    # First the strongest point of every cell, then the second one of every cell that has two, and so on.
    for point in filter(None, chain.from_iterable(zip_longest(*turns))):
        for choice in point:
            length = _length(leads, choice)
            fits = max_tokens is None or used + length <= max_tokens
            if seen & {*choice.citations} or not fits or (max_points is not None and len(chosen) >= max_points):
                continue
            seen.update(choice.citations)
            chosen.append(choice)
            used += length
            break
    return points_by_subject(briefing, chosen)


def points_by_subject(briefing: Briefing, points: Sequence[Point]) -> tuple[Point, ...]:
    """Returns points by subject, in the order of the request; points on one subject keep their order."""
    order = {subject.label: place for place, subject in enumerate(briefing.subjects)}
    return tuple(sorted(points, key=lambda point: order[point.subject]))


def _turns(briefing: Briefing) -> Iterator[Cell]:
    """Yields the cells with evidence, one of each subject in turn, so that no subject takes up all the room."""
    # Of a subject, cells with a position come first, then those whose kind was yielded least on it, then those whose
    # party was yielded least: a page without room for all cells has those against as well as those for.
    waiting = {s.label: [c for c in briefing.cells if c.subject == s.label and c.evidence] for s in briefing.subjects}
    by_kind, by_party = Counter[tuple[str, str]](), Counter[str]()

    def precedence(cell: Cell) -> tuple[bool, int, int]:
        return cell.holds == "no_position", by_kind[cell.subject, cell.holds], by_party[cell.party]

    while any(waiting.values()):
        for cells in filter(None, waiting.values()):
            cell = min(cells, key=precedence)
            cells.remove(cell)
            by_kind[cell.subject, cell.holds] += 1
            by_party[cell.party] += 1
            yield cell


def _ranked(cell: Cell) -> list[list[Point]]:
    """Returns the points of a cell, strongest first, each with its alternative: the quotation in place of a claim."""
    claimed = {number for claim in cell.claims for number in claim.citations}
    quoted = {number: Point(party=cell.party, subject=cell.subject, citation=number) for number in cell.citations}
    points = [[replace(quoted[c.citations[0]], claim=c), quoted[c.citations[0]]] for c in cell.claims]
    return points + [[point] for number, point in quoted.items() if number not in claimed]


def _length(leads: AttributionLines, point: Point) -> int:
    quotes = " ".join(f"{lead}: “{citation.quote}”" for lead, citation in leads.leads(point))
    return count_tokens(f"{'' if point.claim is None else point.claim.text + ' '}{quotes}")
