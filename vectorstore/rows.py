"""Row mapping between SQLite and the records: column lists, readers, and statements that several writes share."""

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

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
# Vectors of the embedding model, and those of the second one, for languages that the first does not know.
VectorTable = Literal["vectors", "second_vectors"]

T = TypeVar("T")

DOCUMENT_FIELDS = ("document_id", "file", "sha256", "source_text", "kind", "inferred", "page_starts", "blocks", "edits",
                   "scanned")  # fmt: skip
PASSAGE_FIELDS = tuple(Passage.__dataclass_fields__)
SENTENCE_FIELDS = tuple(Sentence.__dataclass_fields__)
_METADATA = tuple(Metadata.__dataclass_fields__)
_SCANNED = tuple(ScannedWord.__dataclass_fields__)
_SPAN = tuple(Span.__dataclass_fields__)
_STATEMENT = ("statement_id", "inferred")
_DOCUMENT_SUMMARY = ("document_id", "file", "folder", "sha256", "kind", "inferred", "digest", "input_key", "added",
                     "passages", "interventions")  # fmt: skip
_SUMMARY = ("statement_id", "document_id", "file", "sha256", "kind", "added", "inferred", "passages", "languages")
# The State whose delegate speaks is not the one that holds the position.
_SPAN_COLUMNS = tuple("delegate" if name == "state" else name for name in _SPAN)
# How fields that are kept as JSON, or as SQLite's numbers, are read.
_READ: Mapping[str, Callable[[Any], object]] = {
    "blocks": lambda cell: tuple(Block(**block) for block in json.loads(cell)),
    "edits": lambda cell: tuple(Edit(**edit) for edit in json.loads(cell)),
    "held_by": lambda cell: None if cell is None else tuple(json.loads(cell)),
    "inferred": lambda cell: tuple(json.loads(cell)),
    "interruptions": lambda cell: tuple(map(tuple, json.loads(cell))),
    "languages": lambda cell: tuple(sorted(json.loads(cell), key=lambda language: language or "")),
    "page_starts": lambda cell: tuple(json.loads(cell)),
    "scanned": lambda cell: tuple(ScannedWord(**dict(zip(_SCANNED, word, strict=True))) for word in json.loads(cell)),
    "summarised": bool,
}


def columns(names: Iterable[str], table: str) -> str:
    """Returns names as the columns of a table for a query."""
    return ", ".join(f'{table}."{name}"' for name in names)


DOCUMENT_COLUMNS = columns((*DOCUMENT_FIELDS, *_METADATA), "d")
STATEMENT_COLUMNS = columns((*_STATEMENT, *_SPAN_COLUMNS, *_METADATA), "s")
DOCUMENT_SUMMARY_COLUMNS = ", ".join(
    (
        columns(_DOCUMENT_SUMMARY[:-2], "d"),
        "(SELECT count(*) FROM passages p JOIN statements s USING (statement_id) WHERE s.document_id = d.document_id)",
        "(SELECT count(s.named) FROM statements s WHERE s.document_id = d.document_id)",
        columns(_METADATA, "d"),
    )
)
_PASSAGES_OF_STATEMENT = "FROM passages p WHERE p.statement_id = s.statement_id"
SUMMARY_COLUMNS = ", ".join(
    (
        "s.statement_id, s.document_id, d.file, d.sha256, d.kind, d.added, s.inferred",
        f"(SELECT count(*) {_PASSAGES_OF_STATEMENT})",
        f"(SELECT json_group_array(DISTINCT p.language) {_PASSAGES_OF_STATEMENT})",
        columns((*_SPAN_COLUMNS, *_METADATA), "s"),
    )
)
PASSAGE_COLUMNS = columns(PASSAGE_FIELDS, "p")
SENTENCE_COLUMNS = columns(SENTENCE_FIELDS, "s")


def read_row(record: Callable[..., T], names: Sequence[str], row: Row, **others: object) -> T:
    """Makes a record of a row's cells by the names of their fields, and of fields from elsewhere."""
    cells = zip(names, row, strict=True)
    return record(**{name: _READ[name](cell) if name in _READ else cell for name, cell in cells}, **others)


def to_document(row: Row) -> Document:
    """Reads a row of `DOCUMENT_COLUMNS`."""
    return _with_metadata(Document, DOCUMENT_FIELDS, row)


def to_statement(row: Row, document: Document) -> Statement:
    """Reads a row of `STATEMENT_COLUMNS`."""
    return _with_span(Statement, _STATEMENT, row, document=document)


def to_document_summary(row: Row) -> DocumentSummary:
    """Reads a row of `DOCUMENT_SUMMARY_COLUMNS`."""
    return _with_metadata(DocumentSummary, _DOCUMENT_SUMMARY, row)


def to_summary(row: Row) -> StatementSummary:
    """Reads a row of `SUMMARY_COLUMNS`."""
    return _with_span(StatementSummary, _SUMMARY, row)


def to_passage(row: Row) -> Passage:
    """Reads a row of `PASSAGE_COLUMNS`."""
    return read_row(Passage, PASSAGE_FIELDS, row)


def to_sentence(row: Row) -> Sentence:
    """Reads a row of `SENTENCE_COLUMNS`."""
    return read_row(Sentence, SENTENCE_FIELDS, row)


def _with_metadata(record: Callable[..., T], names: Sequence[str], row: Row, **others: object) -> T:
    own = len(names)
    return read_row(record, names, row[:own], metadata=read_row(Metadata, _METADATA, row[own:]), **others)


def _with_span(record: Callable[..., T], names: Sequence[str], row: Row, **others: object) -> T:
    first, last = len(names), len(names) + len(_SPAN)
    span = read_row(Span, _SPAN, row[first:last])
    return _with_metadata(record, names, (*row[:first], *row[last:]), span=span, **others)


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
    seen = {"folder": folder, "digest": digest, "input_key": input_key}
    added = datetime.now(UTC).isoformat(timespec="seconds")
    _insert(connection, "documents", _cells(document, DOCUMENT_FIELDS) | _cells(document.metadata, _METADATA) | seen
            | {"added": added})  # fmt: skip


def insert_statement(connection: sqlite3.Connection, statement: Statement) -> None:
    """Inserts the row of a statement, whose document is stored."""
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", statement.metadata.date or "")]
    span = zip(_SPAN_COLUMNS, _cells(statement.span, _SPAN).values(), strict=True)
    _insert(
        connection,
        "statements",
        {
            **_cells(statement, _STATEMENT),
            "document_id": statement.document.document_id,
            **dict(span),
            **_cells(statement.metadata, _METADATA),
            "first_year": min(years, default=None),
            "last_year": max(years, default=None),
        },
    )


def _cells(record: object, names: Sequence[str]) -> dict[str, object]:
    """Returns fields of a record as they are stored."""
    values = ((name, getattr(record, name)) for name in names)
    return {name: json.dumps(value, default=_plain) if isinstance(value, tuple) else value for name, value in values}


def _plain(record: Any) -> object:  # noqa: ANN401 - any record
    # A list, since a scan of a hundred pages has tens of thousands of words.
    return [getattr(record, name) for name in _SCANNED] if isinstance(record, ScannedWord) else asdict(record)


def _insert(connection: sqlite3.Connection, table: str, cells: Mapping[str, object]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in cells), ", ".join("?" for _ in cells)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(cells.values()))


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
