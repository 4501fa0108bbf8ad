"""Editing the quotations of a briefing: a person adds one to a cell, or drops one; everything else follows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from app.answering.recheck import Recheck, is_otherwise_dated
from app.briefing.cell_suggestion import suggestion_of_cell
from app.briefing.cells import Briefing, Cell, Part, Point, Suggestion
from app.briefing.citation_list import overlap
from app.briefing.talking_points import points_by_subject
from app.records import Citation
from app.retrieval.chronology import latest_first
from ingest.text.canonical_form import squash
from prompts.wording import load_briefing_words, load_wording
from vectorstore.records import text_key

# The fields of a briefing whose parts are not cells.
_PARTS: Final = ("points", "changes", "repetitions", "moments")


def drop_quotation(briefing: Briefing, key: str, number: int) -> Briefing:
    """Returns the briefing without a quotation of one cell, and without the points, changes and so on that cite it.

    The party's own quotations that are left decide the kind anew, as far as they were classified. If the cell's own
    quotations did not decide it before, since a model added some, it stays as long as one that is left shows it.
    """
    cell, dropped = _cell(briefing, key), briefing.citation(number)
    rest = tuple(kept for kept in cell.citations if kept != number)
    left = [briefing.citation(kept) for kept in rest]
    suggestion = suggestion_of_cell(_read_of(cell, left))
    if not _is_decided_by_its_own(briefing, cell):
        suggestion = next((each for _, each in _read_of(cell, left) if each.kind == cell.kind), suggestion_of_cell([]))
    claims = tuple(claim for claim in cell.claims if number not in claim.citations)

    def is_gone(place: int) -> bool:
        # Repeated language may be a part of a quotation and is then a citation with a number of its own.
        cited = briefing.citation(place)
        return place == number or (overlap(cited, dropped) and not any(overlap(cited, other) for other in left))

    def of_dropped(part: Part) -> bool:
        return (part.party, part.subject) == (cell.party, cell.subject) and any(map(is_gone, part.citations))

    new = replace(cell, citations=rest, claims=claims, kind=suggestion.kind, words=suggestion.words)
    return _with_cell(_without(briefing, of_dropped), cell, new)


def _read_of(cell: Cell, citations: Iterable[Citation]) -> list[tuple[Citation, Suggestion]]:
    """Returns the citations that are the party's own, each with its suggestion, as far as they were classified."""
    own = (citation for citation in citations if cell.party in citation.holders)
    return [(each, cell.suggestions[each.number]) for each in own if each.number in cell.suggestions]


def _is_decided_by_its_own(briefing: Briefing, cell: Cell) -> bool:
    return suggestion_of_cell(_read_of(cell, map(briefing.citation, cell.citations))).kind == cell.kind


def without_rejected(briefing: Briefing) -> Briefing:
    """Returns the briefing without the points, changes, repetitions and moments of cells that a person rejected."""
    return _without_parts_of(briefing, [cell for cell in briefing.cells if cell.is_rejected])


def add_quotation(briefing: Briefing, key: str, citation: Citation) -> Briefing:
    """Returns the briefing with one more quotation in one of its cells; a span that is cited already keeps its number.

    A cell without evidence gets `no_position` until a reviewer sets a kind, and loses its nearest passages, though not
    what groups said beside them; claims go with what they cite. The quotation becomes the first talking point on its
    subject, since a person chose it.
    """
    cell = _cell(briefing, key)
    if not cell.evidence:
        # The cell's review goes with its old evidence, so what it rejected is removed from the briefing's other parts.
        briefing = _without_parts_of(briefing, [cell])
    span = (citation.statement_id, citation.start, citation.end)
    known = next((c.number for c in briefing.citations if (c.statement_id, c.start, c.end) == span), None)
    if known is None:
        known = len(briefing.citations) + 1
        briefing = replace(briefing, citations=(*briefing.citations, replace(citation, number=known)))

    def is_groups(number: int) -> bool:
        return cell.party not in briefing.citation(number).holders

    held = cell.evidence if cell.evidence or cell.is_rejected else tuple(filter(is_groups, cell.citations))
    numbers = tuple(sorted(dict.fromkeys((*held, known)), key=is_groups))
    kind = cell.kind if cell.evidence else "no_position"
    note = cell.note if held else ""
    claims = tuple(claim for claim in cell.claims if {*claim.citations} <= {*held})
    if not any(known in point.citations for point in briefing.points):
        point = Point(party=cell.party, subject=cell.subject, citation=known)
        briefing = replace(briefing, points=points_by_subject(briefing, (point, *briefing.points)))
    new = replace(cell, citations=numbers, kind=kind, note=note, claims=claims, nearest=False)
    return _with_cell(briefing, cell, new)


def recheck_briefing(briefing: Briefing, recheck: Recheck) -> Briefing:
    """Returns a kept briefing with its citations as they hold now; cells that lost some say so in their notes.

    A cell of one session also loses those of another now; changes over time go if they cite a lost or redated one.
    """
    kept, now = briefing.citations, tuple(recheck(briefing.citations))
    if now == kept:
        return briefing
    moved = {was.statement_id: citation.statement_id for was, citation in zip(kept, now, strict=True)}
    gone = {citation.number for citation in now if citation.verdict != "verified"}
    redated = {c.number for was, c in zip(kept, now, strict=True) if is_otherwise_dated(was, c)}
    sources = (replace(each, statement_id=moved.get(each.statement_id, each.statement_id)) for each in briefing.sources)
    as_kept, briefing = briefing, replace(briefing, citations=now, sources=tuple(sources))
    for place, cell in enumerate(briefing.cells):
        lost = [
            number
            for number in cell.citations
            if number in gone or cell.session not in (None, briefing.citation(number).session or "")
        ]
        for number in lost:
            briefing = drop_quotation(briefing, briefing.cells[place].key, number)
        left = briefing.cells[place]
        # Of two citations one of which has another date now, it is unknown which is the later one.
        order = {n: later for n, later in left.superseded.items() if redated.isdisjoint((n, later))}
        note = f"{cell.note} {load_wording(briefing.language).say('withdrawn')}".strip() if lost else left.note
        emptied = left.emptied or (bool(lost) and not left.citations)
        changed = replace(left, superseded=order, note=note, emptied=emptied)
        if not redated.isdisjoint(left.citations):
            cited = [*latest_first(map(briefing.citation, left.citations), lambda citation: citation)]
            newest_first = sorted(cited, key=lambda citation: left.party not in citation.holders)
            changed = replace(changed, citations=tuple(citation.number for citation in newest_first))
            if _is_decided_by_its_own(as_kept, cell):
                suggestion = suggestion_of_cell(_read_of(left, newest_first))
                changed = replace(changed, kind=suggestion.kind, words=suggestion.words)
        briefing = replace(briefing, cells=(*briefing.cells[:place], changed, *briefing.cells[place + 1 :]))

    def is_open(part: Part) -> bool:
        out = gone if isinstance(part, Point) else gone | redated
        return not out.isdisjoint(part.citations)

    return _without(briefing, is_open)


def _without_parts_of(briefing: Briefing, cells: Sequence[Cell]) -> Briefing:

    def in_cell(part: Part, cell: Cell) -> bool:
        sessions = (briefing.citation(number).session or "" for number in part.citations)
        here = (part.party, part.subject) == (cell.party, cell.subject)
        return here and (cell.session is None or cell.session in sessions)

    return _without(briefing, lambda part: any(in_cell(part, cell) for cell in cells))


def _without(briefing: Briefing, is_out: Callable[[Part], bool]) -> Briefing:
    kept: dict[str, Any] = {name: tuple(p for p in getattr(briefing, name) if not is_out(p)) for name in _PARTS}
    return replace(briefing, **kept)


def _cell(briefing: Briefing, key: str) -> Cell:
    return next(cell for cell in briefing.cells if cell.key == key)


def _with_cell(briefing: Briefing, old: Cell, new: Cell) -> Briefing:
    """Replaces a cell, drops its review, which was of other evidence, and counts coverage anew."""
    cited_here = [briefing.citation(number) for number in new.citations]
    quoted = sorted(squash(citation.quote) for citation in cited_here)
    words = tuple(item for item in new.words if item.citation in new.citations)
    of_group = bool(cited_here) and all(new.party not in each.holders for each in cited_here)
    if old.citations and not new.citations:
        new = replace(new, more=0, note=load_briefing_words(briefing.language).say("taken_out"))
    # The new cell has a key of its own, since two people may edit the same cell in different ways.
    key = text_key("\x1f".join((old.party, old.subject, old.key, *quoted)))
    suggestions = {number: each for number, each in new.suggestions.items() if number in new.citations}
    superseded = {n: later for n, later in new.superseded.items() if {n, later} <= {*new.citations}}
    new = replace(
        new, words=words, suggestions=suggestions, superseded=superseded, review=None, of_group=of_group, key=key
    )
    return replace(briefing, cells=tuple(new if cell is old else cell for cell in briefing.cells)).counted()
