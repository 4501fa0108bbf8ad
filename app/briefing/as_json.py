"""A briefing as JSON: the contract of `untoc brief --json`, and of the server."""

from dataclasses import asdict, replace
from typing import Any, Final

from app.briefing.attribution_lines import Leads
from app.briefing.cells import Briefing
from app.records import to_plain

_UNWRITTEN: Final[dict[str, Any]] = {"model": None, "prompt_versions": [], "usage": None, "notes": []}


def contract_of(briefing: Briefing) -> dict[str, Any]:
    """Returns the contract: `rows`, one for each cell, `coverage`, and the other fields of a briefing."""
    leads = Leads(briefing)
    rows = [
        {
            "state": cell.party,
            "topic": cell.subject,
            "session": cell.session,
            "kind": cell.holds,
            # A citation may be superseded on one subject and not on another, so the cell decides.
            "citations": [
                asdict(replace(briefing.citation(number), superseded_by=cell.superseded.get(number)))
                for number in cell.citations
            ],
            "nearest": cell.nearest,
            "note": cell.note,
            "suggested": cell.kind,
            "words": [asdict(words) for words in cell.words],
            "more": cell.more,
            "key": cell.key,
            "review": None if cell.review is None else asdict(cell.review),
            "claims": [asdict(claim) for claim in cell.claims],
            "dropped_claims": [asdict(claim) for claim in cell.dropped],
            "unworded": cell.unworded,
        }
        for cell in briefing.cells
    ]
    contract: dict[str, Any] = to_plain(
        {
            "rows": rows,
            "coverage": asdict(briefing.coverage),
            "title": briefing.title,
            "language": briefing.language,
            "parties": [{"code": code, "name": briefing.names[code]} for code in briefing.parties],
            "topics": [asdict(subject) for subject in briefing.subjects],
            "sessions": list(briefing.sessions),
            "bodies": list(briefing.bodies),
            "moments": [asdict(item) for item in briefing.moments],
            "repetitions": [asdict(item) for item in briefing.repetitions],
            "changes": [asdict(item) for item in briefing.changes],
            "points": [asdict(point) | {"lead": leads.leads(point)[0][0]} for point in briefing.points],
            "translations": {str(number): text for number, text in briefing.translations.items()},
            "sources": [asdict(source) for source in briefing.sources],
            "made": briefing.made,
            "corpus_date": briefing.corpus_date,
            "composer": briefing.composer,
            **(_UNWRITTEN if briefing.writing is None else asdict(briefing.writing)),
        }
    )
    return contract
