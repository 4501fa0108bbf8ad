"""The mapping between rows and records: the columns of each record, and the conversion in both directions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from vectorstore.records import (
    Document,
    DocumentSummary,
    Metadata,
    Passage,
    ScopeFilter,
    Sentence,
    Statement,
    StatementSpan,
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
PASSAGE_FIELDS = tuple(Passage.__dataclass_fields__)
SENTENCE_FIELDS = tuple(Sentence.__dataclass_fields__)
_DOCUMENT = tuple(name for name in Document.__dataclass_fields__ if name != "metadata")
_SPAN = tuple(StatementSpan.__dataclass_fields__)
_SPAN_COLUMNS = tuple("delegate" if name == "state" else name for name in _SPAN)


@dataclass(frozen=True)
class Mapped(Generic[T]):
    """A record with the columns of its fields, by name, and the records inside it, by field."""

    record: type[T]
    fields: Mapping[str, sa.ColumnElement[Any]]
    parts: "Mapping[str, Mapped[Any]]" = field(default_factory=dict)

    @property
    def columns(self) -> list[sa.ColumnElement[Any]]:
        """The columns that `read` takes, in order."""
        return [*self.fields.values(), *(column for part in self.parts.values() for column in part.columns)]

    def read(self, row: Iterable[Any], **others: object) -> T:
        """Makes a record from a row with the cells of `columns`, and from the fields in `others`."""
        cells = iter(row)
        # Without `__init__`, which is slow for frozen records: a list of States reads 10,000 sentences.
        made = object.__new__(self.record)
        # The names come first: where they end, `zip` takes no further cell, and the cells of the parts are left.
        made.__dict__.update(zip(self.fields, cells, strict=False), **others)
        for name, part in self.parts.items():
            made.__dict__[name] = part.read(cells)
        return made


def _columns(table: sa.Table, names: Sequence[str]) -> dict[str, sa.ColumnElement[Any]]:
    return {name: table.c[name] for name in names}


_of_statement = PASSAGES.c.statement_id == STATEMENTS.c.statement_id
_of_document = STATEMENTS.c.document_id == DOCUMENTS.c.document_id
_passages_of_document = sa.select(sa.func.count()).select_from(PASSAGES.join(STATEMENTS)).where(_of_document)
_interventions = sa.select(sa.func.count(STATEMENTS.c.named)).where(_of_document)
_passages_of_statement = sa.select(sa.func.count()).where(_of_statement)
_languages = sa.select(sa.func.coalesce(collected(PASSAGES.c.language), "[]")).where(_of_statement)
_by_text = Packed(lambda languages: sorted(languages, key=lambda language: language or ""))
_of_documents: dict[str, Mapped[Any]] = {"metadata": Mapped(Metadata, _columns(DOCUMENTS, METADATA_FIELDS))}
_of_statements: dict[str, Mapped[Any]] = {
    "span": Mapped(StatementSpan, dict(zip(_SPAN, _columns(STATEMENTS, _SPAN_COLUMNS).values(), strict=True))),
    "metadata": Mapped(Metadata, _columns(STATEMENTS, METADATA_FIELDS)),
}

DOCUMENT = Mapped(Document, _columns(DOCUMENTS, _DOCUMENT), _of_documents)
DOCUMENT_SUMMARY = Mapped(
    DocumentSummary,
    _columns(DOCUMENTS, ("document_id", "file", "folder", "sha256", "kind", "inferred", "digest", "input_key", "added"))
    | {"passages": _passages_of_document.scalar_subquery(), "interventions": _interventions.scalar_subquery()},
    _of_documents,
)
# Without the field `document`: queries select its `document_id` before these columns.
STATEMENT = Mapped(Statement, _columns(STATEMENTS, ("statement_id", "inferred")), _of_statements)
SUMMARY = Mapped(
    StatementSummary,
    _columns(STATEMENTS, ("statement_id", "document_id", "inferred"))
    | _columns(DOCUMENTS, ("file", "sha256", "kind", "added"))
    | {
        "passages": _passages_of_statement.scalar_subquery(),
        "languages": sa.type_coerce(_languages.scalar_subquery(), _by_text),
    },
    _of_statements,
)
SELECT_SUMMARIES = sa.select(*SUMMARY.columns).join_from(STATEMENTS, DOCUMENTS)
PASSAGE = Mapped(Passage, _columns(PASSAGES, PASSAGE_FIELDS))
SENTENCE = Mapped(Sentence, _columns(SENTENCES, SENTENCE_FIELDS))


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
        **cells(statement, tuple(STATEMENT.fields)),
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


def increment(connection: sa.Connection, key: str, more: int) -> None:
    """Adds `more` to a number in the table `meta`; a key that is missing is not created."""
    grown = sa.cast(sa.cast(META.c.value, sa.BigInteger) + more, META.c.value.type)
    connection.execute(META.update().where(META.c.key == key).values(value=grown))


def bump_generation(connection: sa.Connection) -> None:
    """Marks that the passages changed, so that readers and the vector index notice."""
    increment(connection, "generation", 1)
