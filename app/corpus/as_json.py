"""Documents and statements of the store as JSON: the contract of `untoc list` and `show --json`, and of the server."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ingest.parties.party_names import Party
from vectorstore.records import DocumentSummary, Statement, StatementSummary
from vectorstore.version_links import Family

if TYPE_CHECKING:
    from app.corpus.corpus import Corpus


def family_json(document_id: str, family: Family | None) -> dict[str, Any] | None:
    """Returns a document's family as JSON: its members, its links, and the revision that superseded it."""
    if family is None:
        return None
    links = [asdict(link) for link in family.links_of(document_id)]
    return {
        "family_id": family.family_id,
        "members": list(family.members),
        "superseded_by": family.superseded_by(document_id),
        "links": [{"statement_id": link.pop("document_id"), **link} for link in links],
    }


def summary_json(summary: DocumentSummary | StatementSummary, family: Family | None = None) -> dict[str, Any]:
    """Returns the entry of a document in `untoc list --json`, or of an intervention in its record's `untoc show`."""
    entry = _entry(summary, family, passages=summary.passages, added=summary.added)
    return {**entry, "interventions": summary.interventions if isinstance(summary, DocumentSummary) else 0}


def _entry(
    item: Statement | DocumentSummary | StatementSummary, family: Family | None, **told: object
) -> dict[str, Any]:
    document_id = item.document.document_id if isinstance(item, Statement) else item.document_id
    part = None if isinstance(item, DocumentSummary) or item.span.named is None else item.span
    return {
        "statement_id": document_id if isinstance(item, DocumentSummary) else item.statement_id,
        "state": item.metadata.state,
        "on_behalf_of": item.metadata.on_behalf_of,
        "metadata": asdict(item.metadata),
        "inferred": list(item.inferred),
        "kind": item.kind,
        "file": item.file,
        "sha256": item.sha256,
        **told,
        "family": family_json(document_id, family),
        "part": None if part is None else {"record_id": document_id, **asdict(part)},
    }


def shown_json(corpus: "Corpus", statement_id: str) -> dict[str, Any]:
    """Returns the contract of `untoc show --json`, a record with its interventions; raises as `Corpus.show`."""
    statement = corpus.show(statement_id)
    entry = _entry(statement, corpus.families().get(statement_id), source_text=statement.source_text)
    return {**entry, "interventions": [summary_json(item) for item in corpus.interventions(statement_id)]}


def party_json(party: Party) -> dict[str, Any]:
    """Returns a party that an ingested folder added."""
    return {"code": party.code, "name": party.name, "aliases": list(party.aliases), "kind": party.kind}
