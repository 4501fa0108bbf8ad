"""What the store holds as JSON: the contract of `untoc list` and `show` with `--json`, and of the server."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ingest.parties.party_names import Party
from vectorstore.families import Family
from vectorstore.records import Document, DocumentSummary, Span, Statement, StatementSummary

if TYPE_CHECKING:
    from app.corpus.corpus import Corpus


def family_json(document_id: str, family: Family | None) -> dict[str, Any] | None:
    """Returns a document's family as JSON: its members, its links, and the revision that took its place."""
    if family is None:
        return None
    links = [asdict(link) for link in family.links_of(document_id)]
    return {
        "family_id": family.family_id,
        "members": list(family.members),
        "superseded_by": family.superseded_by(document_id),
        "links": [{"statement_id": link.pop("document_id"), **link} for link in links],
    }


def statement_json(
    statement: Statement | Document, family: Family | None = None, interventions: Sequence[StatementSummary] = ()
) -> dict[str, Any]:
    """Returns the contract of `untoc show --json`; a record lists its interventions, each has its place in it."""
    document = statement if isinstance(statement, Document) else statement.document
    return {
        "statement_id": document.document_id if isinstance(statement, Document) else statement.statement_id,
        **_facts_json(statement),
        "sha256": document.sha256,
        "source_text": document.source_text,
        "family": family_json(document.document_id, family),
        "part": None if isinstance(statement, Document) else _part_json(document.document_id, statement.span),
        "interventions": [summary_json(item) for item in interventions],
    }


def summary_json(summary: DocumentSummary | StatementSummary, family: Family | None = None) -> dict[str, Any]:
    """Returns the entry of a document in `untoc list --json`, or of an intervention in its record's `untoc show`."""
    return {
        "statement_id": summary.document_id if isinstance(summary, DocumentSummary) else summary.statement_id,
        **_facts_json(summary),
        "sha256": summary.sha256,
        "passages": summary.passages,
        "added": summary.added,
        "family": family_json(summary.document_id, family),
        "part": None if isinstance(summary, DocumentSummary) else _part_json(summary.document_id, summary.span),
        "interventions": summary.interventions if isinstance(summary, DocumentSummary) else 0,
    }


def _facts_json(item: Statement | Document | DocumentSummary | StatementSummary) -> dict[str, Any]:
    return {
        "state": item.metadata.state,
        "on_behalf_of": item.metadata.on_behalf_of,
        "metadata": asdict(item.metadata),
        "inferred": list(item.inferred),
        "kind": item.kind,
        "file": item.file,
    }


def _part_json(document_id: str, span: Span) -> dict[str, Any] | None:
    return None if span.named is None else {"record_id": document_id, **asdict(span)}


def shown_json(corpus: "Corpus", statement_id: str) -> dict[str, Any]:
    """Returns a statement, an intervention or a record as `untoc show --json` prints it; raises as `Corpus.show`."""
    statement = corpus.show(statement_id)
    return statement_json(statement, corpus.families().get(statement_id), corpus.interventions(statement_id))


def party_json(party: Party) -> dict[str, Any]:
    """Returns a party that an ingested folder added."""
    return {"code": party.code, "name": party.name, "aliases": list(party.aliases), "kind": party.kind}
