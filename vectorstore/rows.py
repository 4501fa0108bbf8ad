"""Row mapping between SQLite and the records: column lists, readers, and statements that several writes share."""

import json
import re
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from vectorstore.records import (
    Block,
    Edit,
    Metadata,
    Part,
    Passage,
    ScannedWord,
    ScopeFilter,
    Sentence,
    Statement,
    StatementSummary,
)

Row = tuple[Any, ...]
Matrix = npt.NDArray[np.float32]
# Vectors of the embedding model, and those of the second one, for languages that the first does not know.
VectorTable = Literal["vectors", "second_vectors"]

_METADATA = tuple(Metadata.__dataclass_fields__)
_SCANNED = tuple(ScannedWord.__dataclass_fields__)
# An intervention has the text of its record `r`, and blocks of its own.
STATEMENT_COLUMNS = (
    "s.statement_id, s.file, s.sha256, coalesce(r.source_text, s.source_text), s.kind, s.inferred,"
    " coalesce(r.page_starts, s.page_starts), s.blocks, coalesce(r.edits, s.edits), coalesce(r.scanned, s.scanned),"
    " s.part, " + ", ".join(f"s.{name}" for name in _METADATA)
)
STATEMENTS = "statements s LEFT JOIN statements r ON r.statement_id = s.part_of"
_OWN_OR_PARTS = (
    "(p.statement_id = s.statement_id OR"
    " p.statement_id IN (SELECT i.statement_id FROM statements i WHERE i.part_of = s.statement_id))"
)
SUMMARY_COLUMNS = (
    "statement_id, file, folder, sha256, kind, inferred, digest, input_key, added, length(source_text),"
    f" (SELECT count(*) FROM passages p WHERE {_OWN_OR_PARTS}), part,"
    " (SELECT count(*) FROM statements i WHERE i.part_of = s.statement_id),"
    f" (SELECT json_group_array(DISTINCT p.language) FROM passages p WHERE {_OWN_OR_PARTS}), " + ", ".join(_METADATA)
)
PASSAGE_COLUMNS = 'passage_id, statement_id, ordinal, start, "end", first_sentence, last_sentence, text, language'
SENTENCE_COLUMNS = 'sentence_id, statement_id, ordinal, start, "end", text, paragraph, page, language'


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
        part=_to_part(row[10]),
        metadata=_to_metadata(row[11:]),
    )


def to_summary(row: Row) -> StatementSummary:
    """Reads a row of `SUMMARY_COLUMNS`."""
    part = _to_part(row[11])
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
        characters=row[9] if part is None else part.end - part.start,
        passages=row[10],
        part=part,
        interventions=row[12],
        languages=tuple(sorted(json.loads(row[13]), key=lambda language: language or "")),
        metadata=_to_metadata(row[14:]),
    )


def _to_metadata(row: Row) -> Metadata:
    facts = dict(zip(_METADATA, row, strict=True))
    held_by = facts["held_by"]
    return Metadata(**facts | {"held_by": None if held_by is None else tuple(json.loads(held_by))})


def _to_part(written: str | None) -> Part | None:
    if written is None:
        return None
    fields = json.loads(written)
    spans = tuple((start, end) for start, end in fields.pop("interruptions", ()))
    return Part(**fields, interruptions=spans)


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
        sentence_id=row[0],
        statement_id=row[1],
        ordinal=row[2],
        start=row[3],
        end=row[4],
        text=row[5],
        paragraph=row[6],
        page=row[7],
        language=row[8],
    )


def scope_conditions(scope: ScopeFilter) -> tuple[str, tuple[object, ...]]:
    """Returns the WHERE clause of a scope over `statements s`, and its values.

    The interventions of a record stand in its place, but for those of Presidents, Chairs and Secretariats.
    """
    clauses = [
        "NOT EXISTS (SELECT 1 FROM statements i WHERE i.part_of = s.statement_id)",
        "(s.part IS NULL OR json_extract(s.part, '$.role') != 'office')",
    ]
    values: list[object] = []
    if scope.parties:
        # A joint statement is that of each State that holds it.
        clauses.append(
            "(s.state IN (SELECT value FROM json_each(?))"
            " OR EXISTS (SELECT 1 FROM json_each(s.held_by) h JOIN json_each(?) w ON h.value = w.value))"
        )
        values += [json.dumps(list(scope.parties))] * 2
    for column, wanted in (
        ("body", scope.bodies),
        ("session", scope.sessions),
        ("kind", scope.kinds),
    ):
        if wanted:
            clauses.append(f"s.{column} IN (SELECT value FROM json_each(?))")
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


def insert_statement(
    connection: sqlite3.Connection, statement: Statement, *, folder: str, digest: str, input_key: str
) -> None:
    """Inserts the row of a statement; the text of an intervention is its record's, which has it already."""
    part = statement.part
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", statement.metadata.date or "")]
    held_by = statement.metadata.held_by
    metadata = asdict(statement.metadata) | {"held_by": None if held_by is None else json.dumps(held_by)}
    columns = {
        "statement_id": statement.statement_id,
        "file": statement.file,
        "folder": folder,
        "sha256": statement.sha256,
        "source_text": statement.source_text if part is None else "",
        "kind": statement.kind,
        **metadata,
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "inferred": json.dumps(statement.inferred),
        "page_starts": json.dumps(statement.page_starts if part is None else ()),
        "blocks": json.dumps([asdict(block) for block in statement.blocks]),
        "edits": json.dumps([asdict(edit) for edit in statement.edits] if part is None else []),
        "part_of": None if part is None else part.record_id,
        "part": None if part is None else json.dumps(asdict(part)),
        # Lists, since a scan of a hundred pages has tens of thousands of words. An intervention's are its record's.
        "scanned": json.dumps([[getattr(w, name) for name in _SCANNED] for w in statement.scanned if part is None]),
        "digest": digest,
        "input_key": input_key,
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    marks = ", ".join("?" for _ in columns)
    connection.execute(f"INSERT INTO statements ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))


def delete_statement(connection: sqlite3.Connection, statement_id: str) -> None:
    """Deletes a statement with its interventions and lexical entries; vectors stay, they belong to texts."""
    connection.execute(
        "DELETE FROM passages_fts WHERE rowid IN"
        " (SELECT p.passage FROM passages p JOIN statements s USING (statement_id)"
        " WHERE s.statement_id = ? OR s.part_of = ?)",
        (statement_id, statement_id),
    )
    connection.execute("DELETE FROM statements WHERE statement_id = ?", (statement_id,))


def bump_generation(connection: sqlite3.Connection) -> None:
    """Marks that the passages changed, so that readers and the vector index notice."""
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
