"""LangChain adapter: `UntocRetriever` is a `BaseRetriever` over `EvidenceRetriever`, for chains of other applications.

The product itself does not use it. A question is read and its scope applied as in the chat: "what did Arvandia say
about extradition?" returns passages of Arvandia's statements only.
"""

from collections.abc import Callable
from typing import Final

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from app.question.reading import read_question
from app.retrieval.evidence_retriever import EvidenceRetriever
from ingest.parties.party_table import PartyTable
from vectorstore.records import ScoredPassage, StatementSummary

_PROVENANCE: Final = ("state", "on_behalf_of", "speaker", "body", "session", "date", "agenda_item", "title")


class UntocRetriever(BaseRetriever):
    """LangChain retriever of the passages in the scope of a question, in turns of the parties, those that answer first.

    A document's `page_content` is the passage's text; its metadata gives the passage's source: `passage_id`,
    `statement_id`, `state`, `on_behalf_of`, `speaker`, `body`, `session`, `date`, `agenda_item`, `title`, `file`,
    `language`, `start` and `end` (characters of the statement's text), `rank` (from 1) and `score` (higher is better).
    An ambiguous or out-of-scope question returns no documents.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    evidence_retriever: EvidenceRetriever
    parties: Callable[[], PartyTable]
    """Returns the table of the parties that names in a question may denote."""
    k: int = Field(default=10, ge=1)
    """Maximum number of documents returned."""

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        parties = self.parties()
        retrieved = self.evidence_retriever.retrieve_as_answered(read_question(query, parties), parties)
        evidence = (*retrieved.party_evidence, *retrieved.group_evidence)
        statements = {summary.statement_id: summary for item in evidence for summary in item.statements}
        return [
            _document(passage, statements[passage.passage.statement_id], rank)
            for rank, passage in enumerate(retrieved.scored_passages[: self.k], start=1)
        ]


def _document(scored: ScoredPassage, statement: StatementSummary, rank: int) -> Document:
    passage, known = scored.passage, statement.metadata
    return Document(
        id=passage.passage_id,
        page_content=passage.text,
        metadata={
            "passage_id": passage.passage_id,
            "statement_id": passage.statement_id,
            **{name: getattr(known, name) for name in _PROVENANCE},
            "file": statement.file,
            "language": passage.language or known.language,
            "start": passage.start,
            "end": passage.end,
            "rank": rank,
            "score": round(scored.score, 6),
        },
    )
