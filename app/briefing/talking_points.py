"""Talking points: the strongest whole quotation or the first claim of each cell, within limits on number and length.

"Arvandia, 12 October 2020: “We do not support that proposal.”" Nothing is ever cut to fit.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from app.briefing.attribution_lines import Leads
from app.briefing.cells import Briefing, Cell, Point
from ingest.text.splitter import count_tokens


def choose_points(briefing: Briefing, *, max_points: int | None, max_tokens: int | None) -> tuple[Point, ...]:
    """Chooses talking points, the subjects in turn, every party once on each before anyone has a second; see `_turns`.

    What a model claims comes with its quotations, before quotations alone. Nothing is ever cut: a claim that does not
    fit with its quotations gives way to the quotation alone, and a quotation that does not fit is left out; the next
    one that does is taken. Tokens are of leads, claims and quotations together, in cl100k.
    """
    chosen: list[Point] = []
    used = 0
    seen: set[int] = set()
    turns, leads = [_ranked(cell) for cell in _turns(briefing)], Leads(briefing)
    for rank in range(max(map(len, turns), default=0)):
        for point in chain.from_iterable(points[rank : rank + 1] for points in turns):
            for choice in point:
                length = _length(leads, choice)
                fits = max_tokens is None or used + length <= max_tokens
                if seen & {*choice.citations} or not fits or (max_points is not None and len(chosen) >= max_points):
                    continue
                seen.update(choice.citations)
                chosen.append(choice)
                used += length
                break
    return by_subject(briefing, chosen)


def by_subject(briefing: Briefing, points: Sequence[Point]) -> tuple[Point, ...]:
    """Returns points by subject, as these were asked; of one subject they keep their order."""
    order = {subject.label: place for place, subject in enumerate(briefing.subjects)}
    return tuple(sorted(points, key=lambda point: order[point.subject]))


def _turns(briefing: Briefing) -> Iterator[Cell]:
    """Yields the cells with evidence, a subject after the other, so that none takes the room of all others."""
    # Of each, cells that tell a kind come before others, then those whose kind has been told least on it, then parties
    # that have been heard least: a page without room for all quotes who is against as well as who is for.
    waiting = {s.label: [c for c in briefing.cells if c.subject == s.label and c.evidence] for s in briefing.subjects}
    told, heard = Counter[tuple[str, str]](), Counter[str]()

    def precedence(cell: Cell) -> tuple[bool, int, int]:
        return cell.holds == "no_position", told[cell.subject, cell.holds], heard[cell.party]

    while any(waiting.values()):
        for cells in filter(None, waiting.values()):
            cell = min(cells, key=precedence)
            cells.remove(cell)
            told[cell.subject, cell.holds] += 1
            heard[cell.party] += 1
            yield cell


def _ranked(cell: Cell) -> list[list[Point]]:
    """Returns the points of a cell, strongest first, each with its alternative: the quotation in place of a claim."""
    claimed = {number for claim in cell.claims for number in claim.citations}
    quoted = {number: Point(party=cell.party, subject=cell.subject, citation=number) for number in cell.citations}
    points = [[replace(quoted[c.citations[0]], claim=c), quoted[c.citations[0]]] for c in cell.claims]
    return points + [[point] for number, point in quoted.items() if number not in claimed]


def _length(leads: Leads, point: Point) -> int:
    """Returns the tokens of all that a document says for a point, without its notes."""
    quotes = " ".join(f"{lead}: “{citation.quote}”" for lead, citation in leads.leads(point))
    return count_tokens(f"{'' if point.claim is None else point.claim.text + ' '}{quotes}")
