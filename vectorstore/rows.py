"""Row mapping between SQLite and the records: column lists, readers, and statements that several writes share."""

import json
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from vectorstore.records import (
    Block,
    Document,
    DocumentSummary,
    Edit,
    Metadata,
    Passage,
    ScannedWord,
    ScopeFilter,
    Sentence,
    Span,
    Statement,
    StatementSummary,
)

Row = tuple[Any, ...]
Matrix = npt.NDArray[np.float32]
# Vectors of the embedding model, and those of the second one, for languages that the first does not know.
VectorTable = Literal["vectors", "second_vectors"]

_METADATA = tuple(Metadata.__dataclass_fields__)
_SCANNED = tuple(ScannedWord.__dataclass_fields__)
_SPAN = ("start", "end", "ordinal", "role", "named", "summarised", "delegate", "interruptions")
DOCUMENT_COLUMNS = ", ".join(
    f"d.{name}"
    for name in ("document_id", "file", "sha256", "source_text", "kind", "inferred", "page_starts", "blocks", "edits",
                 "scanned", *_METADATA)
)  # fmt: skip
STATEMENT_COLUMNS = ", ".join(f's."{name}"' for name in ("statement_id", "inferred", *_SPAN, *_METADATA))
DOCUMENT_SUMMARY_COLUMNS = ", ".join(
    (
        *(f"d.{name}" for name in ("document_id", "file", "folder", "sha256", "kind", "inferred", "digest", "input_key",
                                   "added")),
        "(SELECT count(*) FROM passages p JOIN statements s USING (statement_id) WHERE s.document_id = d.document_id)",
        "(SELECT count(s.named) FROM statements s WHERE s.document_id = d.document_id)",
        *(f"d.{name}" for name in _METADATA),
    )
)  # fmt: skip
_PASSAGES_OF_STATEMENT = "FROM passages p WHERE p.statement_id = s.statement_id"
SUMMARY_COLUMNS = ", ".join(
    (
        "s.statement_id, s.document_id, d.file, d.sha256, d.kind, d.added, s.inferred",
        f"(SELECT count(*) {_PASSAGES_OF_STATEMENT})",
        f"(SELECT json_group_array(DISTINCT p.language) {_PASSAGES_OF_STATEMENT})",
        *(f's."{name}"' for name in (*_SPAN, *_METADATA)),
    )
)
PASSAGE_COLUMNS = 'passage_id, statement_id, ordinal, start, "end", first_sentence, last_sentence, text, language'
SENTENCE_COLUMNS = 's.statement_id, s.ordinal, s.start, s."end", s.text, s.paragraph, s.page, s.language'


def to_document(row: Row) -> Document:
    """Reads a row of `DOCUMENT_COLUMNS`."""
    return Document(
        document_id=row[0],
        file=row[1],
        sha256=row[2],
        source_text=row[3],
        kind=row[4],
        inferred=tuple(json.loads(row[5])),
        page_starts=tuple(json.loads(row[6])),
        blocks=tuple(Block(**block) for block in json.loads(row[7])),
        edits=tuple(Edit(**edit) for edit in json.loads(row[8])),
        scanned=tuple(ScannedWord(**dict(zip(_SCANNED, word, strict=True))) for word in json.loads(row[9])),
        metadata=_to_metadata(row[10:]),
    )


def to_statement(row: Row, document: Document) -> Statement:
    """Reads a row of `STATEMENT_COLUMNS`."""
    return Statement(
        statement_id=row[0],
        document=document,
        inferred=tuple(json.loads(row[1])),
        span=_to_span(row[2 : 2 + len(_SPAN)]),
        metadata=_to_metadata(row[2 + len(_SPAN) :]),
    )


def to_document_summary(row: Row) -> DocumentSummary:
    """Reads a row of `DOCUMENT_SUMMARY_COLUMNS`."""
    return DocumentSummary(
        document_id=row[0],
        file=row[1],
        folder=row[2],
        sha256=row[3],
        kind=row[4],
        inferred=tuple(json.loads(row[5])),
        digest=row[6],
        input_key=row[7],
        added=row[8],
        passages=row[9],
        interventions=row[10],
        metadata=_to_metadata(row[11:]),
    )


def to_summary(row: Row) -> StatementSummary:
    """Reads a row of `SUMMARY_COLUMNS`."""
    return StatementSummary(
        statement_id=row[0],
        document_id=row[1],
        file=row[2],
        sha256=row[3],
        kind=row[4],
        added=row[5],
        inferred=tuple(json.loads(row[6])),
        passages=row[7],
        languages=tuple(sorted(json.loads(row[8]), key=lambda language: language or "")),
        span=_to_span(row[9 : 9 + len(_SPAN)]),
        metadata=_to_metadata(row[9 + len(_SPAN) :]),
    )


def _to_metadata(row: Row) -> Metadata:
    facts = dict(zip(_METADATA, row, strict=True))
    held_by = facts["held_by"]
    return Metadata(**facts | {"held_by": None if held_by is None else tuple(json.loads(held_by))})


def _to_span(row: Row) -> Span:
    start, end, ordinal, role, named, summarised, delegate, interruptions = row
    return Span(
        start=start,
        end=end,
        ordinal=ordinal,
        role=role,
        named=named,
        summarised=bool(summarised),
        state=delegate,
        interruptions=tuple((first, last) for first, last in json.loads(interruptions)),
    )


def to_passage(row: Row) -> Passage:
    """Reads a row of `PASSAGE_COLUMNS`."""
    return Passage(
        passage_id=row[0],
        statement_id=row[1],
        ordinal=row[2],
        start=row[3],
        end=row[4],
        first_sentence=row[5],
        last_sentence=row[6],
        text=row[7],
        language=row[8],
    )


def to_sentence(row: Row) -> Sentence:
    """Reads a row of `SENTENCE_COLUMNS`."""
    return Sentence(
        statement_id=row[0],
        ordinal=row[1],
        start=row[2],
        end=row[3],
        text=row[4],
        paragraph=row[5],
        page=row[6],
        language=row[7],
    )


def scope_conditions(scope: ScopeFilter) -> tuple[str, tuple[object, ...]]:
    """Returns the WHERE clause of a scope over `statements s` and their `documents d`, and its values.

    What Presidents, Chairs and Secretariats say is in no scope.
    """
    clauses = ["s.role != 'office'"]
    values: list[object] = []
    if scope.parties:
        # A joint statement is that of each State that holds it.
        clauses.append(
            "(s.state IN (SELECT value FROM json_each(?))"
            " OR EXISTS (SELECT 1 FROM json_each(s.held_by) h JOIN json_each(?) w ON h.value = w.value))"
        )
        values += [json.dumps(list(scope.parties))] * 2
    for column, wanted in (
        ("s.body", scope.bodies),
        ("s.session", scope.sessions),
        ("d.kind", scope.kinds),
    ):
        if wanted:
            clauses.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(wanted)))
    if scope.agenda_items:
        # A statement can be listed under several items ("2, 4"), and item 2 holds its subitem "2 (b)".
        clauses.append(
            "EXISTS (SELECT 1 FROM json_each(?) w WHERE"
            " ',' || replace(s.agenda_item, ' ', '') || ',' GLOB '*,' || replace(w.value, ' ', '') || '[,(]*')"
        )
        values.append(json.dumps([re.sub(r"[*?[]", r"[\g<0>]", item) for item in scope.agenda_items]))
    if scope.years:
        clauses.append("EXISTS (SELECT 1 FROM json_each(?) y WHERE y.value BETWEEN s.first_year AND s.last_year)")
        values.append(json.dumps(list(scope.years)))
    if scope.months:
        # A date is a year, a day or `start/end`; as text, "2020" sorts before each of its months, "2020-99" after.
        clauses.append(
            "EXISTS (SELECT 1 FROM json_each(?) m WHERE m.value BETWEEN substr(s.date, 1, 7)"
            " AND substr(substr(s.date, instr(s.date, '/') + 1) || '-99', 1, 7))"
        )
        values.append(json.dumps(list(scope.months)))
    return "WHERE " + " AND ".join(clauses), tuple(values)


def passage_conditions(
    statement_ids: Sequence[str] | None, languages: Collection[str | None] | None
) -> tuple[str, tuple[object, ...]]:
    """Returns a condition over `passages p` and its values; None restricts nothing, a language None means unknown."""
    clauses, values = ["1"], []
    if statement_ids is not None:
        clauses.append("p.statement_id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(list(statement_ids)))
    if languages is not None:
        clauses.append("coalesce(p.language, '') IN (SELECT value FROM json_each(?))")
        values.append(json.dumps([language or "" for language in languages]))
    return " AND ".join(clauses), tuple(values)


def insert_document(
    connection: sqlite3.Connection, document: Document, *, folder: str, digest: str, input_key: str
) -> None:
    """Inserts the row of a document."""
    _insert(
        connection,
        "documents",
        {
            "document_id": document.document_id,
            "file": document.file,
            "folder": folder,
            "sha256": document.sha256,
            "source_text": document.source_text,
            "kind": document.kind,
            **_metadata_columns(document.metadata),
            "inferred": json.dumps(document.inferred),
            "page_starts": json.dumps(document.page_starts),
            "blocks": json.dumps([asdict(block) for block in document.blocks]),
            "edits": json.dumps([asdict(edit) for edit in document.edits]),
            # Lists, since a scan of a hundred pages has tens of thousands of words.
            "scanned": json.dumps([[getattr(word, name) for name in _SCANNED] for word in document.scanned]),
            "digest": digest,
            "input_key": input_key,
            "added": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def insert_statement(connection: sqlite3.Connection, statement: Statement) -> None:
    """Inserts the row of a statement, whose document is stored."""
    span = statement.span
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", statement.metadata.date or "")]
    _insert(
        connection,
        "statements",
        {
            "statement_id": statement.statement_id,
            "document_id": statement.document.document_id,
            "ordinal": span.ordinal,
            "start": span.start,
            "end": span.end,
            "role": span.role,
            "named": span.named,
            "summarised": span.summarised,
            "delegate": span.state,
            "interruptions": json.dumps(span.interruptions),
            **_metadata_columns(statement.metadata),
            "first_year": min(years, default=None),
            "last_year": max(years, default=None),
            "inferred": json.dumps(statement.inferred),
        },
    )


def _metadata_columns(metadata: Metadata) -> dict[str, object]:
    held_by = metadata.held_by
    return asdict(metadata) | {"held_by": None if held_by is None else json.dumps(held_by)}


def _insert(connection: sqlite3.Connection, table: str, columns: Mapping[str, object]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))


def delete_derived(connection: sqlite3.Connection, statement_id: str) -> None:
    """Deletes a statement with its sentences, passages and lexical entries; vectors stay, they belong to texts."""
    connection.execute(
        "DELETE FROM passages_fts WHERE rowid IN (SELECT passage FROM passages WHERE statement_id = ?)", (statement_id,)
    )
    connection.execute("DELETE FROM statements WHERE statement_id = ?", (statement_id,))


def delete_document(connection: sqlite3.Connection, document_id: str) -> None:
    """Deletes a document with its statements."""
    for (statement_id,) in connection.execute(
        "SELECT statement_id FROM statements WHERE document_id = ?", (document_id,)
    ).fetchall():
        delete_derived(connection, statement_id)
    connection.execute("DELETE FROM documents WHERE document_id = ?", (document_id,))


def bump_generation(connection: sqlite3.Connection) -> None:
    """Marks that the passages changed, so that readers and the vector index notice."""
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
