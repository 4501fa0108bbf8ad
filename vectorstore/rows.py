"""The mapping between rows and records: the columns of each record, and the conversion in both directions."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, TypeVar

import sqlalchemy as sa

from vectorstore.records import (
    Document,
    DocumentSummary,
    Metadata,
    Passage,
    ScopeFilter,
    Sentence,
    Span,
    Statement,
    StatementSummary,
)
from vectorstore.schema import (
    DOCUMENTS,
    META,
    METADATA_FIELDS,
    PASSAGES,
    SENTENCES,
    STATEMENTS,
    Packed,
    Text,
    collected,
    is_among,
)

T = TypeVar("T")
Row = Sequence[Any]
PASSAGE_FIELDS = tuple(Passage.__dataclass_fields__)
SENTENCE_FIELDS = tuple(Sentence.__dataclass_fields__)
_DOCUMENT = tuple(name for name in Document.__dataclass_fields__ if name != "metadata")
_SPAN = tuple(Span.__dataclass_fields__)
_STATEMENT = ("statement_id", "inferred")
_DOCUMENT_SUMMARY = ("document_id", "file", "folder", "sha256", "kind", "inferred", "digest", "input_key", "added",
                     "passages", "interventions")  # fmt: skip
_SUMMARY = ("statement_id", "document_id", "file", "sha256", "kind", "added", "inferred", "passages", "languages")
_SPAN_COLUMNS = tuple("delegate" if name == "state" else name for name in _SPAN)


def _columns(table: sa.Table, names: Sequence[str]) -> list[Any]:
    return [table.c[name] for name in names]


_of_statement = PASSAGES.c.statement_id == STATEMENTS.c.statement_id
_of_document = STATEMENTS.c.document_id == DOCUMENTS.c.document_id
_passages_of_document = sa.select(sa.func.count()).select_from(PASSAGES.join(STATEMENTS)).where(_of_document)
_interventions = sa.select(sa.func.count(STATEMENTS.c.named)).where(_of_document)
_languages = sa.select(sa.func.coalesce(collected(PASSAGES.c.language), "[]")).where(_of_statement)

SELECT_DOCUMENTS = sa.select(*_columns(DOCUMENTS, (*_DOCUMENT, *METADATA_FIELDS)))
SELECT_STATEMENTS = sa.select(
    STATEMENTS.c.document_id, *_columns(STATEMENTS, (*_STATEMENT, *_SPAN_COLUMNS, *METADATA_FIELDS))
)
SELECT_DOCUMENT_SUMMARIES = sa.select(
    *_columns(DOCUMENTS, _DOCUMENT_SUMMARY[:-2]),
    _passages_of_document.scalar_subquery(),
    _interventions.scalar_subquery(),
    *_columns(DOCUMENTS, METADATA_FIELDS),
)
SELECT_SUMMARIES = sa.select(
    *_columns(STATEMENTS, ("statement_id", "document_id")),
    *_columns(DOCUMENTS, ("file", "sha256", "kind", "added")),
    STATEMENTS.c.inferred,
    sa.select(sa.func.count()).where(_of_statement).scalar_subquery(),
    sa.type_coerce(_languages.scalar_subquery(), Packed()),
    *_columns(STATEMENTS, (*_SPAN_COLUMNS, *METADATA_FIELDS)),
).join_from(STATEMENTS, DOCUMENTS)
SELECT_PASSAGES = sa.select(*_columns(PASSAGES, PASSAGE_FIELDS))
SELECT_SENTENCES = sa.select(*_columns(SENTENCES, SENTENCE_FIELDS))


def read_row(record: type[T], names: Sequence[str], row: Row, **others: object) -> T:
    """Makes a record from a row, whose cells are the fields `names`, and from the fields in `others`."""
    # Without `__init__`, which is slow for frozen records (field by field): a list of States reads 10,000 sentences.
    made = object.__new__(record)
    made.__dict__.update(zip(names, row, strict=True), **others)
    return made


def _with_metadata(record: type[T], names: Sequence[str], row: Row, **others: object) -> T:
    count = len(names)
    return read_row(record, names, row[:count], metadata=read_row(Metadata, METADATA_FIELDS, row[count:]), **others)


def _with_span(record: type[T], names: Sequence[str], row: Row, **others: object) -> T:
    first, last = len(names), len(names) + len(_SPAN)
    span = read_row(Span, _SPAN, row[first:last])
    return _with_metadata(record, names, (*row[:first], *row[last:]), span=span, **others)


# Each of these reads a row of the query above that has the corresponding name.
to_document: Callable[[Row], Document] = partial(_with_metadata, Document, _DOCUMENT)
to_document_summary: Callable[[Row], DocumentSummary] = partial(_with_metadata, DocumentSummary, _DOCUMENT_SUMMARY)
to_passage: Callable[[Row], Passage] = partial(read_row, Passage, PASSAGE_FIELDS)
to_sentence: Callable[[Row], Sentence] = partial(read_row, Sentence, SENTENCE_FIELDS)


def to_statement(row: Row, document: Document) -> Statement:
    """Reads a row of `SELECT_STATEMENTS` without its first cell."""
    return _with_span(Statement, _STATEMENT, row, document=document)


def to_summary(row: Row) -> StatementSummary:
    """Reads a row of `SELECT_SUMMARIES`."""
    before, after = len(_SUMMARY) - 1, len(_SUMMARY)
    languages = tuple(sorted(row[before], key=lambda language: language or ""))
    return _with_span(StatementSummary, _SUMMARY, (*row[:before], languages, *row[after:]))


def scope_values(scope: ScopeFilter) -> dict[str, object]:
    """Returns the parameters of `select_scope` for a scope; their names are the names of its conditions."""
    years = [*scope.years, *(int(month[:4]) for month in scope.months)]
    given = cells(scope, ("parties", "bodies", "sessions", "kinds", "agenda_items", "of_groups"))
    given |= {"newest": max(years, default=None), "oldest": min(years, default=None)}
    return {name: value for name, value in given.items() if value}


@cache
def select_scope(names: tuple[str, ...]) -> sa.Select[Any]:
    """Selects a superset of the statements in a scope, which `is_in_scope` then filters exactly.

    Statements of Presidents, Chairs and Secretariats are in no scope.
    """
    statement, document = STATEMENTS.c, DOCUMENTS.c
    parts: dict[str, sa.ColumnElement[bool]] = {
        # A joint statement counts for each State that holds it. SQLite uses no index for IS NOT NULL, but one for `>`.
        "parties": is_among(statement.state, "parties") | (sa.type_coerce(statement.held_by, Text) > ""),
        "bodies": is_among(statement.body, "bodies"),
        "sessions": is_among(sa.func.coalesce(statement.session, ""), "sessions"),
        "kinds": is_among(document.kind, "kinds"),
        "agenda_items": statement.agenda_item.is_not(None),
        "of_groups": statement.on_behalf_of > "",
        "newest": statement.first_year <= sa.bindparam("newest"),
        "oldest": statement.last_year >= sa.bindparam("oldest"),
    }
    return SELECT_SUMMARIES.where(statement.role != "office", *(parts[name] for name in names))


def is_in_scope(metadata: Metadata, scope: ScopeFilter) -> bool:
    """Returns whether a statement that `select_scope` selected for a scope is in that scope."""
    if scope.parties and not set(scope.parties).intersection(metadata.holders):
        return False
    if scope.agenda_items:
        # A statement can be listed under several items ("2, 4"), and item 2 holds its subitem "2 (b)".
        items = [item.replace(" ", "") for item in (metadata.agenda_item or "").split(",")]
        wanted = [item.replace(" ", "") for item in scope.agenda_items]
        if not any(item == each or item.startswith(f"{each}(") for each in wanted for item in items):
            return False
    if scope.years and not any(year in metadata.years for year in scope.years):
        return False
    # A date is a year, a day or `start/end`; as text, "2020" sorts before each of its months, "2020-99" after.
    first, *_, last = (metadata.date or "").split("/") * 2
    return not scope.months or any(first[:7] <= month <= f"{last}-99"[:7] for month in scope.months)


Within = dict[str, Sequence[str]]
# Languages of passages: an item None means an unknown language; None for the whole collection restricts nothing.
Languages = Collection[str | None] | None


def which_passages(statement_ids: Sequence[str] | None, languages: Languages = None) -> Within:
    """Returns the parameters of `conditions` for these statements and languages; None restricts nothing."""
    within: Within = {} if statement_ids is None else {"statement_ids": statement_ids}
    return within if languages is None else within | {"languages": [language or "" for language in languages]}


def conditions(within: tuple[str, ...]) -> list[sa.ColumnElement[bool]]:
    """Returns the conditions on passages for the parameters of these names."""
    language = sa.func.coalesce(PASSAGES.c.language, "")
    parts = {"statement_ids": PASSAGES.c.statement_id, "passage_ids": PASSAGES.c.passage_id, "languages": language}
    return [is_among(parts[name], name) for name in within]


def document_row(document: Document, **seen: str) -> dict[str, object]:
    """Returns the row of a document."""
    added = datetime.now(UTC).isoformat(timespec="seconds")
    return cells(document, _DOCUMENT) | cells(document.metadata, METADATA_FIELDS) | seen | {"added": added}


def statement_row(statement: Statement) -> dict[str, object]:
    """Returns the row of a statement."""
    years = statement.metadata.years
    return {
        **cells(statement, _STATEMENT),
        "document_id": statement.document.document_id,
        **dict(zip(_SPAN_COLUMNS, cells(statement.span, _SPAN).values(), strict=True)),
        **cells(statement.metadata, METADATA_FIELDS),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
    }


def cells(record: object, names: Sequence[str]) -> dict[str, object]:
    """Returns fields of a record, by their names."""
    return {name: getattr(record, name) for name in names}


def put(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Stores rows and replaces those with the same primary keys; of several rows with one key, the last is stored."""
    if rows:
        keys = [key.name for key in table.primary_key.columns]
        by_key = {tuple(row[key] for key in keys): row for row in rows}
        old_keys = [{f"old_{key}": row[key] for key in keys} for row in by_key.values()]
        connection.execute(_delete_by_key(table), old_keys)
        connection.execute(table.insert(), list(by_key.values()))


@cache
def _delete_by_key(table: sa.Table) -> sa.Delete:
    return table.delete().where(*(key == sa.bindparam(f"old_{key.name}") for key in table.primary_key.columns))


def grow(connection: sa.Connection, key: str, more: int) -> None:
    """Adds `more` to a number in the table `meta`; a key that is missing is not created."""
    grown = sa.cast(sa.cast(META.c.value, sa.BigInteger) + more, META.c.value.type)
    connection.execute(META.update().where(META.c.key == key).values(value=grown))


def bump_generation(connection: sa.Connection) -> None:
    """Marks that the passages changed, so that readers and the vector index notice."""
    grow(connection, "generation", 1)
