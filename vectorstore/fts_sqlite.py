"""Full-text search by SQLite's FTS5. Only full text differs by engine: that of PostgreSQL is in `fts_postgres.py`.

The classes of both engines have the same methods.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from vectorstore.fts_query import Phrase, Query, lexical_text
from vectorstore.rows import Within, conditions
from vectorstore.schema import PASSAGES

TOKENIZER: Final = "tokenize = 'porter unicode61 remove_diacritics 2'"
_NAME: Final = "passages_fts"
# A query of more phrases than this, within few texts, is reduced to the phrases that these texts contain.
_MANY_PHRASES: Final = 3
_FEW_TEXTS: Final = 100
# For more statements than this, a search looks among the best matches of the whole store first.
_MANY_STATEMENTS: Final = 500
# Overfetch for many statements: so many times k matches in the whole store are fetched, then filtered by statement.
_AHEAD: Final = 8
_FTS: Final = sa.table(_NAME, sa.column("rowid", sa.Integer), sa.column("text"))
_MATCHES: Final[sa.ColumnElement[bool]] = sa.literal_column(_NAME).op("MATCH", is_comparison=True)(
    sa.bindparam("query")
)
_SIGNED_ROWID: Final[sa.ColumnElement[int]] = sa.literal_column(f"+{_NAME}.rowid", sa.Integer())
_COUNT: Final = sa.select(sa.func.count()).select_from(_FTS).where(_MATCHES)
_BM25: Final = (-sa.func.bm25(sa.literal_column(_NAME), type_=sa.Float())).label("score")


class Fts5:
    """The full-text index: an FTS5 virtual table with the passages' numbers as row numbers."""

    def create(self, connection: sa.Connection) -> None:
        """Makes the empty index."""
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {_NAME} USING fts5 (text, {TOKENIZER})")

    def clear(self, connection: sa.Connection) -> None:
        """Empties the index, which may be damaged."""
        connection.exec_driver_sql(f"DROP TABLE {_NAME}")
        self.create(connection)

    def add(self, connection: sa.Connection, passages: Sequence[tuple[int, str]]) -> None:
        """Adds texts by the numbers of their passages."""
        # With an empty list, the driver would run the statement once, without values.
        if rows := [(number, lexical_text(words)) for number, words in passages]:
            connection.exec_driver_sql(f"INSERT INTO {_NAME} (rowid, text) VALUES (?, ?)", rows)

    def remove(self, connection: sa.Connection, passages: sa.Select[Any]) -> None:
        """Removes texts by the numbers of their passages, which a query selects."""
        connection.execute(_FTS.delete().where(_FTS.c.rowid.in_(passages)))

    def search(self, connection: sa.Connection, query: Query, within: Within, k: int) -> list[tuple[str, float]]:
        """Returns up to k (passage id, BM25), best first."""
        names, many = tuple(within), len(within.get("statement_ids", ())) > _MANY_STATEMENTS
        if names and not many and len(query) > _MANY_PHRASES:
            texts = connection.scalars(_texts(names), {"k": _FEW_TEXTS + 1, **within}).all()
            if len(texts) <= _FEW_TEXTS:
                query = _phrases_in(texts, query)
        if not query:
            return []
        values = {"query": _written(query), "k": k, "ahead": k * _AHEAD, **within}
        # Listing the passages of many statements takes longer than the search; mostly the best matches suffice.
        rows = connection.execute(_search(names, ahead=True), values).all() if many else ()
        # Of rare words, the best matches are all matches.
        if len(rows) < k and not (many and connection.execute(_COUNT, values).scalar_one() <= k * _AHEAD):
            rows = connection.execute(_search(names), values).all()
        return [(str(identifier), float(score)) for identifier, score in rows]

    def count(self, connection: sa.Connection, phrase: Phrase) -> int:
        """Returns how many passages contain a phrase."""
        return int(connection.scalar(_COUNT, {"query": str(phrase)}) or 0)

    def statements(self, connection: sa.Connection, query: Query, within: Within) -> frozenset[str]:
        """Returns the ids of the statements with a passage that matches."""
        if not query:
            return frozenset()
        among = within.get("statement_ids", ())
        many = len(among) > _MANY_STATEMENTS
        chosen = _statements(() if many else tuple(within))
        found = frozenset(connection.scalars(chosen, {"query": _written(query), **within}))
        return found.intersection(among) if many else found

    def entries(self) -> sa.FromClause:
        """Returns the numbers of all passages in the index, as rows of one column, `passage`."""
        return sa.select(_FTS.c.rowid.label("passage")).subquery()


def _matching(within: tuple[str, ...]) -> list[sa.ColumnElement[bool]]:
    """Returns the conditions that a row matches the query and belongs to a passage in scope.

    The row numbers in scope are looked up once, and the index is read only between the first and the last of them.
    """
    if not within:
        return [_MATCHES]
    chosen = sa.select(PASSAGES.c.passage).where(*conditions(within))
    first = chosen.with_only_columns(sa.func.min(PASSAGES.c.passage)).scalar_subquery()
    last = chosen.with_only_columns(sa.func.max(PASSAGES.c.passage)).scalar_subquery()
    # The unary plus makes SQLite compare row numbers after the match; else it would query the index for each one.
    return [_MATCHES, _FTS.c.rowid.between(first, last), _SIGNED_ROWID.in_(chosen)]


def _written(query: Query) -> str:
    return " OR ".join(map(str, query))


def _phrases_in(texts: Sequence[str], query: Query) -> Query:
    """Returns the phrases that occur in a few texts, since BM25 counts each phrase of a query in the whole store."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        memory.execute(f"CREATE VIRTUAL TABLE texts USING fts5 (text, {TOKENIZER})")
        memory.execute("BEGIN")
        memory.executemany("INSERT INTO texts VALUES (?)", [(words,) for words in texts])
        found = "SELECT 1 FROM texts WHERE texts MATCH ? LIMIT 1"
        return [phrase for phrase in query if memory.execute(found, (str(phrase),)).fetchone()]


@cache
def _texts(within: tuple[str, ...]) -> sa.Select[Any]:
    chosen = sa.select(PASSAGES.c.passage).where(*conditions(within))
    return sa.select(_FTS.c.text).where(_FTS.c.rowid.in_(chosen)).limit(sa.bindparam("k"))


@cache
def _search(within: tuple[str, ...], *, ahead: bool = False) -> sa.Select[Any]:
    found = sa.select(_FTS.c.rowid, _BM25).where(*([_MATCHES] if ahead else _matching(within)))
    best = found.order_by(_BM25.desc(), _FTS.c.rowid).limit(sa.bindparam("ahead" if ahead else "k")).subquery()
    joined = sa.select(PASSAGES.c.passage_id, best.c.score).join_from(
        best, PASSAGES, PASSAGES.c.passage == best.c.rowid
    )
    joined = joined.order_by(best.c.score.desc(), best.c.rowid)
    return joined.where(*conditions(within)).limit(sa.bindparam("k")) if ahead else joined


@cache
def _statements(within: tuple[str, ...]) -> sa.Select[Any]:
    found = sa.select(_FTS.c.rowid).where(*_matching(within))
    return sa.select(PASSAGES.c.statement_id).where(PASSAGES.c.passage.in_(found)).distinct()
