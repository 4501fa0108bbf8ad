"""Citations: makes the citation of a range of sentences or of a place, copied from the stored statement.

Words, offsets, page, speaker and occasion are the statement's; whether words are quoted from others is looked up, and
from whom (`with_quoted_parties`).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any, Final, Literal

from app.records import Citation, CitationKind, Sources
from app.retrieval.positions.quoted_speaker import quoted_speaker
from ingest.loaders.scanned import mean_confidence
from ingest.parties.party_table import PartyTable
from ingest.text.quotation_marks import is_quoted
from ingest.text.readable import readable
from ingest.text.whole_quotations import edges
from vectorstore.records import Sentence, Statement

# The fields that a citation copies from the metadata of its statement.
PROVENANCE: Final = ("speaker", "body", "session", "date", "agenda_item", "title", "symbol")
# The kinds of edge that a citation names, the one preferred first.
_NAMED_EDGES: Final[tuple[Literal["list_item", "text"], ...]] = ("list_item", "text")


def cite(statement: Statement, sentences: Sequence[Sentence], span: range, number: int) -> Citation:
    """Makes the citation of a range of sentences; its words are copied from the stored statement alone."""
    first, last = sentences[span[0]], sentences[span[-1]]
    cut_edges = edges(statement, first.start, last.end)
    return replace(
        cite_place(statement, first.start, last.end, page=first.page, paragraph=first.paragraph),
        number=number,
        quote=readable(statement.source_text, statement.edits, first.start, last.end),
        source_quote=statement.source_text[first.start : last.end],
        sentence_ids=tuple(sentences[ordinal].sentence_id for ordinal in span),
        language=statement.language_at(first.start),
        ocr_confidence=_confidence(statement, first.start, last.end),
        edge=next((kind for kind in _NAMED_EDGES if kind in cut_edges), None),
        quoting=is_quoted(statement.source_text, first.start, last.end),
    )


def cite_place(statement: Statement, start: int, end: int, *, page: int | None, paragraph: int | None) -> Citation:
    """Makes a citation of a place in a statement, numbered 1 and without its words."""
    metadata = statement.metadata
    return Citation(
        **provenance_of(statement), number=1, state=metadata.state, on_behalf_of=metadata.on_behalf_of,
        held_by=metadata.held_by or (), page=page, paragraph=paragraph, start=start, end=end, quote="", source_quote="",
        sentence_ids=(), language=metadata.language, kind=citation_kind(statement), ocr_confidence=None,
        verdict="verified", summarised=statement.span.summarised,
    )  # fmt: skip


def provenance_of(statement: Statement) -> dict[str, Any]:
    """Returns the fields of a citation that say where and when the words of a statement were said."""
    fields = {name: getattr(statement.metadata, name) for name in PROVENANCE}
    return fields | {"statement_id": statement.statement_id, "file": statement.file, "inferred": statement.inferred}


def citation_kind(statement: Statement) -> CitationKind:
    """Returns the kind of a statement's citations: `reported` for a record's summary, not in the speaker's words."""
    return "reported" if statement.span.summarised else statement.kind


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


def contains(outer: Citation, inner: Citation) -> bool:
    """Returns whether a citation contains all of another."""
    same = outer.statement_id == inner.statement_id
    return same and outer.start <= inner.start and inner.end <= outer.end


def _confidence(statement: Statement, start: int, end: int) -> float | None:
    """Returns the confidence of text recognition in a span, or None where it was not read from an image."""
    first = bisect_left(statement.document.scanned, start, key=lambda word: word.end - 1)
    words = list(takewhile(lambda word: word.start < end, statement.document.scanned[first:]))
    return round(mean_confidence(words), 3) if words else None
