"""Quoted parties: citations of words that the speaker quotes from another party name that party."""

from collections.abc import Sequence
from dataclasses import replace

from app.records import Citation, Sources
from app.retrieval.positions.quoted_speaker import quoted_speaker
from ingest.parties.party_table import PartyTable


def with_quoted_parties(citations: Sequence[Citation], sources: Sources, parties: PartyTable) -> list[Citation]:
    """Returns citations with their `quoted_party`, where the speaker quotes somebody whom the statement names."""

    def named(citation: Citation) -> Citation:
        if not citation.quoting:
            return citation
        statement = sources.statements[citation.statement_id]
        holders = statement.metadata.holders
        code = quoted_speaker(statement.source_text, citation.start, citation.end, holders, parties)
        return replace(citation, quoted_party=code)

    return [named(citation) for citation in citations]
