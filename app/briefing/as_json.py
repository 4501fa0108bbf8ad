"""A briefing as JSON: the contract of `untoc brief --json`, and of the server."""

from dataclasses import asdict, replace
from typing import Any, Final

from pydantic_core import to_jsonable_python

from app.briefing.attribution_lines import AttributionLines
from app.briefing.cells import Briefing

_UNWRITTEN: Final[dict[str, Any]] = {"model": None, "prompt_versions": [], "usage": None, "notes": []}


def contract_of(briefing: Briefing) -> dict[str, Any]:
    """Returns the contract: `rows`, one for each cell, `coverage`, and the other fields of a briefing."""
    leads = AttributionLines(briefing)
    rows = [
        {
            "state": cell.party,
            "topic": cell.subject,
            "session": cell.session,
            "kind": cell.position,
            "standing": cell.standing,
            # A citation may be superseded on one subject and not on another, so the cell decides.
            "citations": [replace(briefing.citation(n), superseded_by=cell.superseded.get(n)) for n in cell.citations],
            "nearest": cell.nearest,
            "note": cell.note,
            "suggested": cell.kind,
            "words": cell.words,
            "more": cell.more,
            "key": cell.key,
            "review": cell.review,
            "claims": cell.claims,
            "dropped_claims": cell.dropped,
            "unworded": cell.unworded,
        }
        for cell in briefing.cells
    ]
    contract: dict[str, Any] = to_jsonable_python(
        {
            "rows": rows,
            "coverage": briefing.coverage,
            "title": briefing.title,
            "language": briefing.language,
            "parties": [{"code": code, "name": briefing.names[code]} for code in briefing.parties],
            "topics": briefing.subjects,
            "sessions": briefing.sessions,
            "bodies": briefing.bodies,
            "moments": briefing.moments,
            "repetitions": briefing.repetitions,
            "changes": briefing.changes,
            "points": [asdict(point) | {"lead": leads.leads(point)[0][0]} for point in briefing.points],
            "translations": briefing.translations,
            "sources": briefing.sources,
            "made": briefing.made,
            "corpus_date": briefing.corpus_date,
            "composer": briefing.composer,
            **(_UNWRITTEN if briefing.writing is None else asdict(briefing.writing)),
        }
    )
    return contract
