"""The record's tables, one schema for SQLite and PostgreSQL; deleting a row also deletes the rows that refer to it.

A change here needs a revision in `vectorstore/migrations/versions`, which upgrades older stores.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from vectorstore.engines import NUL, without_nul
from vectorstore.records import Block, Edit, Metadata, ScannedWord

# The tables of vectors: those of the embedding model, and those of a second one for languages the first lacks.
VectorTable = Literal["vectors", "second_vectors"]
METADATA_FIELDS: Final = tuple(Metadata.__dataclass_fields__)
_SCANNED: Final = tuple(ScannedWord.__dataclass_fields__)


class PostgresText(sa.types.TypeDecorator[str]):
    """Text that may contain NUL, as SQLite's may (see `postgres_engine`); the collation "C" sorts it by code points."""

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Restores the NUL characters, for which `postgres_engine` sends a substitute."""
        return None if value is None else value.replace(NUL, "\0")


class Packed(sa.types.TypeDecorator[Any]):
    """A tuple that is stored as JSON text; when it is read, `convert` converts the list of its items."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, convert: Callable[[list[Any]], Iterable[object]] = tuple) -> None:
        super().__init__()
        self.convert = convert

    def process_bind_param(self, value: Collection[object] | None, dialect: sa.Dialect) -> str | None:
        """Writes a tuple as a list."""
        return None if value is None else json.dumps(list(value), default=_plain)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> tuple[object, ...] | None:
        """Reads a list as a tuple."""
        if value is None:
            return None
        # The empty list is the most frequent value, for which parsing JSON would take longer.
        return () if value == "[]" else tuple(self.convert(json.loads(value)))


class _Listed(Packed):
    """Values of a condition as JSON text; for PostgreSQL, which parses it, NUL is replaced by its substitute."""

    cache_ok = True

    def process_bind_param(self, value: Collection[object] | None, dialect: sa.Dialect) -> str | None:
        """Writes the values as a list."""
        if value is not None and dialect.name == "postgresql":
            value = without_nul([*value])
        return super().process_bind_param(value, dialect)


def _plain(record: Any) -> object:  # noqa: ANN401 - any record
    # A list without field names saves space: a scan of a hundred pages has tens of thousands of words.
    return [getattr(record, name) for name in _SCANNED] if isinstance(record, ScannedWord) else asdict(record)


class elements(FunctionElement[str]):
    """The items of a JSON list as rows of one column, `value`."""

    inherit_cache = True
    name = "elements"


class collected(FunctionElement[str]):
    """The distinct values of a column as a JSON list."""

    inherit_cache = True
    type = sa.Text()


def _written(template: str, element: FunctionElement[str], compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - passed on
    return template.format(compiler.process(element.clauses, **options))


compiles(elements, "sqlite")(partial(_written, "json_each({})"))
compiles(elements, "postgresql")(partial(_written, "jsonb_array_elements_text(CAST({} AS jsonb))"))
compiles(collected, "sqlite")(partial(_written, "json_group_array(DISTINCT {})"))
compiles(collected, "postgresql")(partial(_written, "CAST(json_agg(DISTINCT {}) AS text)"))


def is_among(column: sa.ColumnElement[Any], parameter: str) -> sa.ColumnElement[bool]:
    """Returns the condition that a column equals one of the texts of a parameter.

    The texts go as one JSON list: the number of parameters is limited, and the compiled statement stays the same.
    """
    texts = elements(sa.bindparam(parameter, type_=_Listed())).table_valued("value")
    return column.in_(sa.select(texts.c.value))


Text: Final = sa.Text().with_variant(PostgresText(collation="C"), "postgresql")
# SQLite uses a primary key as its row number only if the type is INTEGER.
_Number: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Codes: Final = Packed()
_needed: Final = partial(sa.Column, nullable=False)
METADATA: Final = sa.MetaData()


def _table(name: str, *parts: sa.schema.SchemaItem, with_rowid: bool = True) -> sa.Table:
    return sa.Table(name, METADATA, *parts, sqlite_with_rowid=with_rowid)


def _metadata_columns() -> list[sa.Column[Any]]:
    return [sa.Column(name, _Codes if name == "held_by" else Text) for name in METADATA_FIELDS]


def _belongs(table: str, name: str, *, key: bool = False) -> sa.Column[Any]:
    owner = sa.ForeignKey(f"{table}s.{table}_id", ondelete="CASCADE")
    return sa.Column(name, Text, owner, nullable=False, primary_key=key)


META: Final = _table("meta", sa.Column("key", Text, primary_key=True), _needed("value", Text), with_rowid=False)
# The last revision of `vectorstore/migrations/versions` that was applied to the store.
REVISION: Final = _table("alembic_version", sa.Column("version_num", sa.String(32), primary_key=True))
DOCUMENTS: Final = _table(
    "documents",
    sa.Column("document_id", Text, primary_key=True),
    *(_needed(name, Text) for name in ("file", "folder", "sha256", "source_text", "kind")),
    *_metadata_columns(),
    _needed("inferred", _Codes),
    _needed("page_starts", Packed()),
    _needed("blocks", Packed(lambda rows: [Block(**row) for row in rows])),
    _needed("edits", Packed(lambda rows: [Edit(**row) for row in rows])),
    _needed("scanned", Packed(lambda rows: [ScannedWord(**dict(zip(_SCANNED, row, strict=True))) for row in rows])),
    # Equal digests (of text and metadata) mean duplicates; an equal input key (of all inputs), an unchanged file.
    *(_needed(name, Text) for name in ("digest", "input_key", "added")),
)
sa.Index("documents_by_file", DOCUMENTS.c.folder, DOCUMENTS.c.file)
sa.Index("documents_by_lower_symbol", sa.func.lower(DOCUMENTS.c.symbol))
# Statements: spans of a document with their speakers; see `StatementSpan`.
STATEMENTS: Final = _table(
    "statements",
    sa.Column("statement_id", Text, primary_key=True),
    _belongs("document", "document_id"),
    *(_needed(name, sa.Integer) for name in ("ordinal", "start", "end")),
    _needed("role", Text),
    sa.Column("named", Text),
    _needed("summarised", sa.Boolean),
    # `StatementSpan.state`: the State whose delegate speaks, which may differ from the holder of the position.
    sa.Column("delegate", Text),
    _needed("interruptions", Packed(partial(map, tuple))),
    *_metadata_columns(),
    sa.Column("first_year", sa.Integer),
    sa.Column("last_year", sa.Integer),
    _needed("inferred", _Codes),
)
sa.Index("statements_in_order", STATEMENTS.c.document_id, STATEMENTS.c.ordinal, unique=True)
sa.Index("statements_by_state", STATEMENTS.c.state, STATEMENTS.c.first_year)
# Finds the few joint statements, which are in the scope of each State that holds them.
sa.Index("statements_by_holders", STATEMENTS.c.held_by)
# Finds the statements that groups made, which speak for States that are asked about.
sa.Index("statements_by_group", STATEMENTS.c.on_behalf_of)
SENTENCES: Final = _table(
    "sentences",
    _belongs("statement", "statement_id", key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
    *(_needed(name, sa.Integer) for name in ("start", "end")),
    _needed("text", Text),
    *(sa.Column(name, sa.Integer) for name in ("paragraph", "page")),
    sa.Column("language", Text),
)
PASSAGES: Final = _table(
    "passages",
    sa.Column("passage", _Number, primary_key=True, autoincrement=False),
    _needed("passage_id", Text, unique=True),
    _belongs("statement", "statement_id"),
    *(_needed(name, sa.Integer) for name in ("ordinal", "start", "end", "first_sentence", "last_sentence")),
    _needed("text", Text),
    _needed("text_key", Text),
    sa.Column("language", Text),
)
sa.Index("passages_in_order", PASSAGES.c.statement_id, PASSAGES.c.ordinal)
sa.Index("passages_by_text", PASSAGES.c.text_key)
# The number and the languages of a statement's passages are read for every statement in scope.
sa.Index("passages_by_language", PASSAGES.c.statement_id, PASSAGES.c.language)
# One vector per distinct text, float32: text seen before is never embedded again.
VECTOR_TABLES: Final[Mapping[VectorTable, sa.Table]] = {
    name: _table(
        name, sa.Column("text_key", Text, primary_key=True), _needed("vector", sa.LargeBinary), with_rowid=False
    )
    for name in ("vectors", "second_vectors")
}
# References in sentences; see `Mention`.
MENTIONS: Final = _table(
    "mentions",
    sa.Column("mention", _Number, primary_key=True, autoincrement=False),
    _needed("statement_id", Text),
    _needed("ordinal", sa.Integer),
    _needed("kind", Text),
    sa.Column("treaty", Text),
    _needed("value", Text),
    sa.Column("paragraph", Text),
    sa.ForeignKeyConstraint(
        ("statement_id", "ordinal"), ("sentences.statement_id", "sentences.ordinal"), ondelete="CASCADE"
    ),
)
sa.Index("mentions_by_value", *(MENTIONS.c[name] for name in ("kind", "treaty", "value", "statement_id")))
sa.Index("mentions_by_statement", MENTIONS.c.statement_id, MENTIONS.c.ordinal)
# Features of a document that are compared to find its family; for another `scheme` they are computed anew.
TRAITS: Final = _table(
    "traits",
    _belongs("document", "document_id", key=True),
    _needed("scheme", Text),
    _needed("paragraphs", sa.Integer),
    _needed("numbers", Packed()),
    with_rowid=False,
)
# Hashes of parts of a MinHash signature: texts that share one may be near-duplicates.
BANDS: Final = _table(
    "bands",
    sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
    _belongs("document", "document_id", key=True),
    with_rowid=False,
)
sa.Index("bands_by_document", BANDS.c.document_id)
# `document_id` is the revision, correction or addendum of `other_id`; for other relations the ids are ascending.
LINKS: Final = _table(
    "links",
    _belongs("document", "document_id", key=True),
    _belongs("document", "other_id", key=True),
    sa.Column("relation", Text, primary_key=True),
    sa.Column("likeness", sa.Float),
    with_rowid=False,
)
sa.Index("links_by_other", LINKS.c.other_id)
# Files that an ingest could not read, wholly or in part, with known metadata: coverage names them in every answer.
UNREADABLE: Final = _table(
    "unreadable",
    sa.Column("folder", Text, primary_key=True),
    sa.Column("file", Text, primary_key=True),
    _needed("reason", Text),
    _needed("metadata", Text),
    _needed("pages", Packed()),
)
TRACES: Final = _table(
    "traces",
    sa.Column("trace_id", Text, primary_key=True),
    *(_needed(name, Text) for name in ("at", "record")),
)
# A person's decisions on cells of position tables, by a hash of party, topic and the evidence that was judged: for
# other evidence, the decision does not hold.
REVIEWS: Final = _table(
    "reviews",
    sa.Column("cell_key", Text, primary_key=True),
    _needed("state", Text, sa.CheckConstraint("state IN ('accepted', 'changed', 'rejected')")),
    sa.Column("kind", Text),
    *(_needed(name, Text) for name in ("note", "reviewer", "at")),
    with_rowid=False,
)
