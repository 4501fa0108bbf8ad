"""Between the catalogue's rows and the records: column lists, readers, and the commands that several writes share."""

import json
import re
import sqlite3
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from vectorstore.records import (
    Block,
    Edit,
    Metadata,
    Passage,
    ScannedWord,
    ScopeFilter,
    Sentence,
    Statement,
    StatementSummary,
)

Row = tuple[Any, ...]
Matrix = npt.NDArray[np.float32]

_METADATA = tuple(Metadata.__dataclass_fields__)
_SCANNED = tuple(ScannedWord.__dataclass_fields__)
STATEMENT_COLUMNS = (
    "statement_id, file, sha256, source_text, kind, inferred, page_starts, blocks, edits, scanned, "
    + ", ".join(_METADATA)
)
SUMMARY_COLUMNS = (
    "statement_id, file, folder, sha256, kind, inferred, digest, input_key, added, length(source_text),"
    " (SELECT count(*) FROM passages p WHERE p.statement_id = s.statement_id), " + ", ".join(_METADATA)
)
PASSAGE_COLUMNS = 'passage_id, statement_id, ordinal, start, "end", first_sentence, last_sentence, text'
SENTENCE_COLUMNS = 'sentence_id, statement_id, ordinal, start, "end", text, paragraph, page'


def to_statement(row: Row) -> Statement:
    """Reads a row of `STATEMENT_COLUMNS`."""
    return Statement(
        statement_id=row[0],
        file=row[1],
        sha256=row[2],
        source_text=row[3],
        kind=row[4],
        inferred=tuple(json.loads(row[5])),
        page_starts=tuple(json.loads(row[6])),
        blocks=tuple(Block(**block) for block in json.loads(row[7])),
        edits=tuple(Edit(**edit) for edit in json.loads(row[8])),
        scanned=tuple(ScannedWord(**dict(zip(_SCANNED, word, strict=True))) for word in json.loads(row[9])),
        metadata=Metadata(**dict(zip(_METADATA, row[10:], strict=True))),
    )


def to_summary(row: Row) -> StatementSummary:
    """Reads a row of `SUMMARY_COLUMNS`."""
    return StatementSummary(
        statement_id=row[0],
        file=row[1],
        folder=row[2],
        sha256=row[3],
        kind=row[4],
        inferred=tuple(json.loads(row[5])),
        digest=row[6],
        input_key=row[7],
        added=row[8],
        characters=row[9],
        passages=row[10],
        metadata=Metadata(**dict(zip(_METADATA, row[11:], strict=True))),
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
    )


def to_sentence(row: Row) -> Sentence:
    """Reads a row of `SENTENCE_COLUMNS`."""
    return Sentence(
        sentence_id=row[0],
        statement_id=row[1],
        ordinal=row[2],
        start=row[3],
        end=row[4],
        text=row[5],
        paragraph=row[6],
        page=row[7],
    )


def scope_conditions(scope: ScopeFilter | None) -> tuple[str, tuple[object, ...]]:
    """Returns the WHERE clause of a scope over `statements s`, and its values."""
    if scope is None:
        return "", ()
    clauses: list[str] = []
    values: list[object] = []
    for column, wanted in (
        ("state", scope.parties),
        ("body", scope.bodies),
        ("session", scope.sessions),
        ("kind", scope.kinds),
    ):
        if wanted:
            clauses.append(f"s.{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(wanted)))
    if scope.agenda_items:
        # A statement can stand under several items ("2, 4"), and item 2 holds its subitem "2 (b)".
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
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), tuple(values)


def insert_statement(
    connection: sqlite3.Connection, statement: Statement, *, folder: str, digest: str, input_key: str
) -> None:
    """Inserts the row of a statement."""
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", statement.metadata.date or "")]
    metadata = asdict(statement.metadata)
    columns = {
        "statement_id": statement.statement_id,
        "file": statement.file,
        "folder": folder,
        "sha256": statement.sha256,
        "source_text": statement.source_text,
        "kind": statement.kind,
        **metadata,
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "inferred": json.dumps(statement.inferred),
        "page_starts": json.dumps(statement.page_starts),
        "blocks": json.dumps([asdict(block) for block in statement.blocks]),
        "edits": json.dumps([asdict(edit) for edit in statement.edits]),
        # Lists, since a scan of a hundred pages has tens of thousands of words.
        "scanned": json.dumps([[getattr(word, name) for name in _SCANNED] for word in statement.scanned]),
        "digest": digest,
        "input_key": input_key,
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    marks = ", ".join("?" for _ in columns)
    connection.execute(f"INSERT INTO statements ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))


def delete_statement(connection: sqlite3.Connection, statement_id: str) -> None:
    """Deletes a statement with its passages' lexical entries; vectors stay, they belong to texts."""
    connection.execute(
        "DELETE FROM passages_fts WHERE rowid IN (SELECT passage FROM passages WHERE statement_id = ?)",
        (statement_id,),
    )
    connection.execute("DELETE FROM statements WHERE statement_id = ?", (statement_id,))


def bump_generation(connection: sqlite3.Connection) -> None:
    """Marks that the passages changed, so that readers and the vector index notice."""
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
