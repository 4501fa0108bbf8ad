"""Editing the quotations of a briefing: a person adds one to a cell, or drops one; everything else follows."""

from dataclasses import replace

from app.briefing.cells import Briefing, Cell
from app.briefing.points import by_subject, point_of
from app.records import Citation
from ingest.text.squash import squash
from prompts.wording import load_wording
from vectorstore.records import text_key


def drop_quotation(briefing: Briefing, key: str, number: int) -> Briefing:
    """Returns the briefing without a quotation in one of its cells, and without the talking point made of it."""
    cell = _cell(briefing, key)
    rest = tuple(held for held in cell.citations if held != number)
    claims = tuple(claim for claim in cell.claims if number not in claim.citations)
    here = (cell.party, cell.subject)
    points = tuple(p for p in briefing.points if (p.party, p.subject) != here or number not in p.citations)
    kind = cell.kind if rest else "no_position"
    return _with_cell(replace(briefing, points=points), cell, replace(cell, citations=rest, claims=claims, kind=kind))


def add_quotation(briefing: Briefing, key: str, citation: Citation) -> Briefing:
    """Returns the briefing with one more quotation in one of its cells; a span that is cited already keeps its number.

    A cell without evidence takes no position until its reviewer says which; passages that were only nearest go. The
    quotation is the first talking point on its subject, since a person chose it.
    """
    cell = _cell(briefing, key)
    span = (citation.statement_id, citation.start, citation.end)
    held = next((c.number for c in briefing.citations if (c.statement_id, c.start, c.end) == span), None)
    if held is None:
        held = len(briefing.citations) + 1
        briefing = replace(briefing, citations=(*briefing.citations, replace(citation, number=held)))
    numbers = tuple(dict.fromkeys((*cell.evidence, held)))
    kind = cell.kind if cell.evidence else "no_position"
    note = cell.note if cell.evidence else ""
    if not any(held in point.citations for point in briefing.points):
        point = point_of(briefing, cell, (held,), load_wording(briefing.language), None)
        briefing = replace(briefing, points=by_subject(briefing, (point, *briefing.points)))
    return _with_cell(briefing, cell, replace(cell, citations=numbers, kind=kind, note=note, nearest=False))


def _cell(briefing: Briefing, key: str) -> Cell:
    return next(cell for cell in briefing.cells if cell.key == key)


def _with_cell(briefing: Briefing, old: Cell, new: Cell) -> Briefing:
    """Puts a cell in another's place: a review was of other evidence, and what is counted is counted anew."""
    cited_here = [briefing.citation(number) for number in new.citations]
    quoted = sorted(squash(citation.quote) for citation in cited_here)
    words = tuple(item for item in new.words if item.citation in new.citations)
    of_group = bool(cited_here) and all(new.party not in (each.state, *each.held_by) for each in cited_here)
    # Under a key of its own, since two people may edit the same cell in different ways.
    key = text_key("\x1f".join((old.party, old.subject, old.key, *quoted)))
    new = replace(new, words=words, review=None, of_group=of_group, key=key)
    cells = tuple(new if cell is old else cell for cell in briefing.cells)
    cited = {briefing.citation(number).statement_id for cell in cells for number in cell.evidence}
    evident = {cell.party for cell in cells if cell.evidence}
    coverage = briefing.coverage
    told = evident.union(coverage.states_without_statement)
    silent = tuple(code for code in briefing.parties if code not in told)
    return replace(
        briefing,
        cells=cells,
        coverage=replace(coverage, statements_with_evidence=len(cited), states_without_evidence=silent),
        sources=tuple(replace(source, cited=source.statement_id in cited) for source in briefing.sources),
    )
