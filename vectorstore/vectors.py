"""The vectors of texts, by text key: those of the embedding model, and those of a second model for other languages."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final

import numpy as np
from sqlalchemy import Column, Connection, Select, func, select, text

from vectorstore.arrays import Matrix
from vectorstore.database import Database
from vectorstore.rows import Languages, bump_generation, conditions, put, which_passages
from vectorstore.schema import PASSAGES, VECTOR_TABLES, VectorTable, is_among

# Claims the texts that no process embeds yet, by rows with an empty vector. Others wait for a row whose transaction is
# open; all processes claim in the order of the keys, which prevents deadlocks.
_CLAIM: Final = text(
    "INSERT INTO vectors (text_key, vector) SELECT value, '' FROM jsonb_array_elements_text(CAST(:keys AS jsonb))"
    " ON CONFLICT DO NOTHING RETURNING text_key"
)
# Vectors that are in memory at once where all are read.
_AT_ONCE: Final = 2000


class Vectors:
    """The tables of vectors of the catalogue; one vector belongs to all passages with the same text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(
        self, statement_ids: Sequence[str] | None = None, languages: Languages = None, table: VectorTable = "vectors"
    ) -> tuple[tuple[str, ...], Matrix]:
        """Returns passage ids and their vectors, (n, dim) float32; None means the whole store, and any language."""
        within = which_passages(statement_ids, languages)
        # Sorted here, by the number of the passage, since SQLite would move the vectors as well.
        found = _select(table, tuple(within), PASSAGES.c.passage, PASSAGES.c.passage_id)
        rows = sorted(self._database.rows(found, within), key=itemgetter(0))
        return tuple(str(row[1]) for row in rows), _matrix([row[2] for row in rows])

    def in_parts(self, passage_ids: Sequence[str], table: VectorTable) -> Iterator[tuple[tuple[str, ...], Matrix]]:
        """Yields ids and vectors, (n, dim) float32, of the passages that have one, in order, some at a time."""
        for begin in range(0, len(passage_ids), _AT_ONCE):
            some = passage_ids[begin : begin + _AT_ONCE]
            found = _select(table, ("passage_ids",), PASSAGES.c.passage_id)
            by_passage = {str(each): vector for each, vector in self._database.rows(found, {"passage_ids": some})}
            if ids := tuple(identifier for identifier in some if identifier in by_passage):
                yield ids, _matrix([by_passage[identifier] for identifier in ids])

    def count(self, table: VectorTable) -> int:
        """Returns how many passages have a vector."""
        return int(self._database.value(_select(table, ()).with_only_columns(func.count())))

    def known(self, keys: Iterable[str]) -> frozenset[str]:
        """Returns which of these text keys already have a vector."""
        key = VECTOR_TABLES["vectors"].c.text_key
        rows = self._database.rows(select(key).where(is_among(key, "keys")), {"keys": tuple(keys)})
        return frozenset(str(row[0]) for row in rows)

    def missing(self, languages: Languages = None, table: VectorTable = "vectors") -> dict[str, str]:
        """Returns the passage texts, by text key, that have no vector yet, in these languages; None means any."""
        within = which_passages(None, languages)
        own = VECTOR_TABLES[table]
        found = select(PASSAGES.c.text_key, PASSAGES.c.text).distinct().where(own.c.text_key.is_(None))
        found = found.outerjoin_from(PASSAGES, own, PASSAGES.c.text_key == own.c.text_key)
        rows = self._database.rows(found.where(*conditions(tuple(within))), within)
        return {str(key): str(words) for key, words in rows}

    def embed_missing(self, texts: Mapping[str, str], embed: Callable[[Sequence[str]], Matrix]) -> int:
        """Embeds the texts, by text key, that have no vector, and stores the vectors; returns how many there were.

        On a server a text is claimed before it is embedded: one of several processes embeds it, and the others wait for
        its vector. The claims of a process that dies end with its connection.
        """

        def embedded(keys: Iterable[str]) -> dict[str, Matrix]:
            missing = sorted(keys)
            return dict(zip(missing, embed([texts[key] for key in missing]), strict=True)) if missing else {}

        vectors = {} if self._database.path is None else embedded(texts.keys() - self.known(texts))
        with self._database.transaction(counted=False) as connection:
            if self._database.path is None:
                vectors = embedded(connection.scalars(_CLAIM, {"keys": json.dumps(sorted(texts))}))
            _put(connection, "vectors", vectors)
        return len(vectors)

    def add(self, vectors: Mapping[str, Matrix], table: VectorTable = "vectors") -> None:
        """Stores vectors by text key, in place of older ones."""
        with self._database.transaction() as connection:
            _put(connection, table, vectors)
            bump_generation(connection)

    def forget(self) -> None:
        """Drops the vectors of the first model, so that another embedding model can fill the store."""
        with self._database.transaction() as connection:
            connection.execute(VECTOR_TABLES["vectors"].delete())
            bump_generation(connection)


@cache
def _select(table: VectorTable, within: tuple[str, ...], *columns: Column[Any]) -> Select[Any]:
    own = VECTOR_TABLES[table]
    found = select(*columns, own.c.vector).join_from(PASSAGES, own, PASSAGES.c.text_key == own.c.text_key)
    return found.where(*conditions(within))


def _matrix(vectors: Sequence[bytes]) -> Matrix:
    numbers = np.frombuffer(b"".join(vectors), dtype=np.float32)
    return numbers.reshape(len(vectors), -1 if vectors else 0)


def _put(connection: Connection, table: VectorTable, vectors: Mapping[str, Matrix]) -> None:
    rows = [{"text_key": key, "vector": vector.astype(np.float32).tobytes()} for key, vector in vectors.items()]
    put(connection, VECTOR_TABLES[table], rows)
