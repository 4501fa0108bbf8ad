"""Full text, the one thing that each engine has in its own way: here FTS5 of SQLite, PostgreSQL's in `textsearch.py`.

Both have the same methods. Queries are in FTS5's syntax, as `vectorstore/lexical.py` writes it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Integer,
    Select,
    bindparam,
    column,
    func,
    select,
    table,
)
from sqlalchemy import literal_column as literally

from vectorstore.lexical import lexical_text
from vectorstore.rows import Within, conditions
from vectorstore.schema import PASSAGES

TOKENIZER: Final = "tokenize = 'porter unicode61 remove_diacritics 2'"
_NAME: Final = "passages_fts"
_FTS: Final = table(_NAME, column("rowid", Integer), column("text"))
_MATCHES: Final[ColumnElement[bool]] = literally(_NAME).op("MATCH", is_comparison=True)(bindparam("query"))
_BM25: Final = (-func.bm25(literally(_NAME), type_=Float())).label("score")


class Fts5:
    """A virtual table whose row numbers are those of the passages."""

    def create(self, connection: Connection) -> None:
        """Makes the empty index."""
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {_NAME} USING fts5 (text, {TOKENIZER})")

    def drop(self, connection: Connection) -> None:
        """Deletes the index."""
        connection.exec_driver_sql(f"DROP TABLE {_NAME}")

    def add(self, connection: Connection, passages: Sequence[tuple[int, str]]) -> None:
        """Adds texts by the numbers of their passages."""
        connection.exec_driver_sql(
            f"INSERT INTO {_NAME} (rowid, text) VALUES (?, ?)",
            [(number, lexical_text(words)) for number, words in passages],
        )

    def remove(self, connection: Connection, statement_id: str) -> None:
        """Removes the passages of a statement, which are still there."""
        own = select(PASSAGES.c.passage).where(PASSAGES.c.statement_id == statement_id)
        connection.execute(_FTS.delete().where(_FTS.c.rowid.in_(own)))

    def search(self, connection: Connection, query: str, within: Within, k: int) -> list[tuple[str, float]]:
        """Returns up to k (passage id, BM25), best first."""
        rows = connection.execute(_search(tuple(within)), {"query": query, "k": k, **within})
        return [(str(identifier), float(score)) for identifier, score in rows]

    def count(self, connection: Connection, query: str, within: Within) -> int:
        """Returns how many passages match."""
        return int(connection.scalar(_count(tuple(within)), {"query": query, **within}) or 0)

    def statements(self, connection: Connection, query: str) -> frozenset[str]:
        """Returns the ids of the statements that have a passage that matches."""
        return frozenset(connection.scalars(_STATEMENTS, {"query": query}))

    def entries(self) -> FromClause:
        """Returns the numbers of all passages in the index, as rows of one column, `passage`."""
        return select(_FTS.c.rowid.label("passage")).subquery()


def _matching(*wanted: ColumnElement[Any]) -> Select[Any]:
    return select(*wanted).join_from(_FTS, PASSAGES, PASSAGES.c.passage == _FTS.c.rowid).where(_MATCHES)


_STATEMENTS: Final = _matching(PASSAGES.c.statement_id).distinct()


@cache
def _search(within: tuple[str, ...]) -> Select[Any]:
    found = _matching(PASSAGES.c.passage_id, _BM25).where(*conditions(within))
    return found.order_by(_BM25.desc(), PASSAGES.c.passage).limit(bindparam("k"))


@cache
def _count(within: tuple[str, ...]) -> Select[Any]:
    return _matching(func.count()).where(*conditions(within))
