"""The record's tables, one schema for SQLite and PostgreSQL; what is deleted takes with it whatever refers to it.

A change here needs a revision in `vectorstore/migrations/versions`, which older stores get.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    select,
)
from sqlalchemy import Text as AnyText
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from vectorstore.engines import NUL, without_nul
from vectorstore.records import Block, Edit, Metadata, ScannedWord

# Vectors of the embedding model, and those of the second one, for languages that the first does not know.
VectorTable = Literal["vectors", "second_vectors"]
METADATA_FIELDS: Final = tuple(Metadata.__dataclass_fields__)
_SCANNED: Final = tuple(ScannedWord.__dataclass_fields__)


class PostgresText(TypeDecorator[str]):
    """Text that may hold NUL, as SQLite's may (see `postgres_engine`); as "C" it is in the order of code points too."""

    impl = AnyText
    cache_ok = True

    def __init__(self, collation: str | None = None) -> None:
        super().__init__(collation=collation)
        self.collation = collation

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Puts NUL back."""
        return None if value is None else value.replace(NUL, "\0")


class Packed(TypeDecorator[Any]):
    """A tuple as JSON text, each of its items read by `item`."""

    impl = AnyText
    cache_ok = True

    def __init__(self, item: Callable[[Any], object] | None = None) -> None:
        super().__init__()
        self.item = item

    def process_bind_param(self, value: Collection[object] | None, dialect: Dialect) -> str | None:
        """Writes a tuple as a list."""
        return None if value is None else json.dumps(list(value), default=_plain)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[object, ...] | None:
        """Reads a list as a tuple."""
        if value is None:
            return None
        if value == "[]":
            # Most often; reading JSON takes longer.
            return ()
        items = json.loads(value)
        return tuple(items if self.item is None else map(self.item, items))


class _Listed(Packed):
    """Values of a condition as JSON text, which PostgreSQL reads there."""

    cache_ok = True

    def process_bind_param(self, value: Collection[object] | None, dialect: Dialect) -> str | None:
        """Writes the values as a list."""
        if value is not None and dialect.name == "postgresql":
            value = without_nul([*value])
        return super().process_bind_param(value, dialect)


def _plain(record: Any) -> object:  # noqa: ANN401 - any record
    # A list, since a scan of a hundred pages has tens of thousands of words.
    return [getattr(record, name) for name in _SCANNED] if isinstance(record, ScannedWord) else asdict(record)


class elements(FunctionElement[str]):
    """The items of a JSON list as rows of one column, `value`."""

    inherit_cache = True
    name = "elements"


@compiles(elements, "sqlite")
def _(element: elements, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - passed on
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(elements, "postgresql")
def _(element: elements, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - passed on
    return f"jsonb_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS jsonb))"


class collected(FunctionElement[str]):
    """The distinct values of a column as a JSON list."""

    inherit_cache = True
    type = AnyText()


@compiles(collected, "sqlite")
def _(element: collected, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - passed on
    return f"json_group_array(DISTINCT {compiler.process(element.clauses, **options)})"


@compiles(collected, "postgresql")
def _(element: collected, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - passed on
    return f"CAST(json_agg(DISTINCT {compiler.process(element.clauses, **options)}) AS text)"


def is_among(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Tells whether a column is one of the texts of a parameter.

    They go over as one JSON list: parameters are limited in number, and so the compiled statement is always the same.
    """
    held = elements(bindparam(parameter, type_=_Listed())).table_valued("value")
    return column.in_(select(held.c.value))


Text: Final = AnyText().with_variant(PostgresText("C"), "postgresql")
# In SQLite the number of a row is one of this type alone.
_Number: Final = BigInteger().with_variant(Integer(), "sqlite")
_Codes: Final = Packed()
_needed: Final = partial(Column, nullable=False)
METADATA: Final = MetaData()


def _table(name: str, *parts: SchemaItem, **options: bool) -> Table:
    return Table(name, METADATA, *parts, **options)


def _metadata_columns() -> list[Column[Any]]:
    return [Column(name, _Codes if name == "held_by" else Text) for name in METADATA_FIELDS]


def _belongs(table: str, name: str, *, key: bool = False) -> Column[Any]:
    owner = ForeignKey(f"{table}s.{table}_id", ondelete="CASCADE")
    return Column(name, Text, owner, nullable=False, primary_key=key)


META: Final = _table("meta", Column("key", Text, primary_key=True), _needed("value", Text), sqlite_with_rowid=False)
# What of `vectorstore/migrations/versions` the store has had.
REVISION: Final = _table("alembic_version", Column("version_num", String(32), primary_key=True))
DOCUMENTS: Final = _table(
    "documents",
    Column("document_id", Text, primary_key=True),
    *(_needed(name, Text) for name in ("file", "folder", "sha256", "source_text", "kind")),
    *_metadata_columns(),
    _needed("inferred", _Codes),
    _needed("page_starts", Packed()),
    _needed("blocks", Packed(lambda held: Block(**held))),
    _needed("edits", Packed(lambda held: Edit(**held))),
    _needed("scanned", Packed(lambda held: ScannedWord(**dict(zip(_SCANNED, held, strict=True))))),
    # Of text and metadata: equal digests are duplicates. Of everything that went in: an equal one means unchanged.
    *(_needed(name, Text) for name in ("digest", "input_key", "added")),
)
Index("documents_by_file", DOCUMENTS.c.folder, DOCUMENTS.c.file)
Index("documents_by_lower_symbol", func.lower(DOCUMENTS.c.symbol))
# Whose words a span of a document is; see `Span`.
STATEMENTS: Final = _table(
    "statements",
    Column("statement_id", Text, primary_key=True),
    _belongs("document", "document_id"),
    *(_needed(name, Integer) for name in ("ordinal", "start", "end")),
    _needed("role", Text),
    Column("named", Text),
    _needed("summarised", Boolean),
    # The State whose delegate speaks is not the one that holds the position.
    Column("delegate", Text),
    _needed("interruptions", Packed(tuple)),
    *_metadata_columns(),
    Column("first_year", Integer),
    Column("last_year", Integer),
    _needed("inferred", _Codes),
)
Index("statements_in_order", STATEMENTS.c.document_id, STATEMENTS.c.ordinal, unique=True)
Index("statements_by_state", STATEMENTS.c.state, STATEMENTS.c.first_year)
# Finds the few joint statements, which are in the scope of each State that holds them.
Index("statements_by_holders", STATEMENTS.c.held_by)
# Finds the statements that groups made, which speak for States that are asked about.
Index("statements_by_group", STATEMENTS.c.on_behalf_of)
SENTENCES: Final = _table(
    "sentences",
    _belongs("statement", "statement_id", key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    _needed("start", Integer),
    _needed("end", Integer),
    _needed("text", Text),
    Column("paragraph", Integer),
    Column("page", Integer),
    Column("language", Text),
)
PASSAGES: Final = _table(
    "passages",
    Column("passage", _Number, primary_key=True, autoincrement=False),
    _needed("passage_id", Text, unique=True),
    _belongs("statement", "statement_id"),
    *(_needed(name, Integer) for name in ("ordinal", "start", "end", "first_sentence", "last_sentence")),
    _needed("text", Text),
    _needed("text_key", Text),
    Column("language", Text),
)
Index("passages_in_order", PASSAGES.c.statement_id, PASSAGES.c.ordinal)
Index("passages_by_text", PASSAGES.c.text_key)
# How many passages a statement has, and in which languages, is read for every statement in scope.
Index("passages_by_language", PASSAGES.c.statement_id, PASSAGES.c.language)
# One vector per distinct text, float32: text seen before is never embedded again.
VECTOR_TABLES: Final[Mapping[VectorTable, Table]] = {
    name: _table(
        name,
        Column("text_key", Text, primary_key=True),
        _needed("vector", LargeBinary),
        sqlite_with_rowid=False,
    )
    for name in ("vectors", "second_vectors")
}
# What a sentence refers to; see `Mention`.
MENTIONS: Final = _table(
    "mentions",
    Column("mention", _Number, primary_key=True, autoincrement=False),
    _needed("statement_id", Text),
    _needed("ordinal", Integer),
    _needed("kind", Text),
    Column("treaty", Text),
    _needed("value", Text),
    Column("paragraph", Text),
    ForeignKeyConstraint(
        ("statement_id", "ordinal"), ("sentences.statement_id", "sentences.ordinal"), ondelete="CASCADE"
    ),
)
Index("mentions_by_value", *(MENTIONS.c[name] for name in ("kind", "treaty", "value", "statement_id")))
Index("mentions_by_statement", MENTIONS.c.statement_id, MENTIONS.c.ordinal)
# What of a document is compared to find its family, by a scheme; under another scheme it is taken anew.
TRAITS: Final = _table(
    "traits",
    _belongs("document", "document_id", key=True),
    _needed("scheme", Text),
    _needed("paragraphs", Integer),
    _needed("numbers", Packed()),
    sqlite_with_rowid=False,
)
# Hashes of parts of a MinHash signature: texts that share one may be near-duplicates.
BANDS: Final = _table(
    "bands",
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    _belongs("document", "document_id", key=True),
    sqlite_with_rowid=False,
)
Index("bands_by_document", BANDS.c.document_id)
# `document_id` is the revision, correction or addendum of `other_id`; else the two are in order of their ids.
LINKS: Final = _table(
    "links",
    _belongs("document", "document_id", key=True),
    _belongs("document", "other_id", key=True),
    Column("relation", Text, primary_key=True),
    Column("likeness", Float),
    sqlite_with_rowid=False,
)
Index("links_by_other", LINKS.c.other_id)
# Files that an ingest could not read, or in part, with what is known of them: coverage names them under every answer.
UNREADABLE: Final = _table(
    "unreadable",
    Column("folder", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    _needed("reason", Text),
    _needed("metadata", Text),
    _needed("pages", Packed()),
)
TRACES: Final = _table(
    "traces",
    Column("trace_id", Text, primary_key=True),
    *(_needed(name, Text) for name in ("at", "record")),
)
# What a person decided on a cell of a position table, by a hash of party, topic and the evidence that was judged:
# other evidence is another judgement.
REVIEWS: Final = _table(
    "reviews",
    Column("cell_key", Text, primary_key=True),
    _needed("state", Text, CheckConstraint("state IN ('accepted', 'changed', 'rejected')")),
    Column("kind", Text),
    *(_needed(name, Text) for name in ("note", "reviewer", "at")),
    sqlite_with_rowid=False,
)
