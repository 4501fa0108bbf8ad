"""Health of the catalogue: integrity checks of its tables, and the rebuilding of the lexical index from passages."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select, text

from vectorstore.database import Database
from vectorstore.errors import StoreCorruptError
from vectorstore.schema import DOCUMENTS, PASSAGES, SENTENCES, STATEMENTS, VECTOR_TABLES

# Name of the lexical index in SQLite's messages.
_LEXICAL = "passages_fts"
# Advice for damage that cannot be repaired from the store itself.
_INGEST_ANEW = "restore the store from a copy, or ingest the files into a new one with --store"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One finding of a health check; if it is not `ok`, the detail names the command that repairs it."""

    name: str
    ok: bool
    detail: str

    @classmethod
    def of(cls, name: str, trouble: str | None, sound: str) -> "Check":
        """Makes a finding from what is wrong, or if `trouble` is empty or None, one that is ok, from `sound`."""
        return cls(name=name, ok=not trouble, detail=trouble or sound)


class CatalogueHealth:
    """Checks over the catalogue's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def damage(self) -> str | None:
        """Returns what is wrong with the file or with the references in it, or None if nothing is."""
        try:
            # The lexical index has a check of its own, since it can be rebuilt.
            found = [line for line in self._quick_check() if _LEXICAL not in line]
            dangling = self._pragma("foreign_key_check")
        except StoreCorruptError as exc:
            return str(exc)
        if dangling:
            found.append(f"{len(dangling)} rows belong to statements that are gone")
        return f"{'; '.join(found)}: {_INGEST_ANEW}" if found else None

    def _quick_check(self) -> list[str]:
        return [str(row[0]) for row in self._pragma("quick_check") if row[0] != "ok"]

    def _pragma(self, name: str) -> Sequence[Any]:
        # PostgreSQL enforces references itself, and its files are the responsibility of its administrator.
        return [] if self._database.path is None else self._database.rows(text(f"PRAGMA {name}"))

    def check(self, dimension: int) -> tuple[Check, ...]:
        """Checks the catalogue, and if it is sound, offsets, vectors (of length `dimension`) and the lexical index."""
        if (damage := self.damage()) is not None:
            return (Check(name="catalogue", ok=False, detail=damage),)
        sound = Check(name="catalogue", ok=True, detail=f"{self._count(PASSAGES)} passages")
        return sound, self._offsets(), self._vectors(dimension), self._lexical()

    def rebuild_lexical(self) -> None:
        """Rebuilds the lexical index from the passages, in one transaction."""
        with self._database.transaction() as connection:
            self._database.full_text.clear(connection)
            rows = connection.execute(select(PASSAGES.c.passage, PASSAGES.c.text).order_by(PASSAGES.c.passage)).all()
            self._database.full_text.add(connection, [(int(passage), str(words)) for passage, words in rows])

    def _offsets(self) -> Check:
        # Sentences and passages have to lie inside their statement's span of the document.
        def of(part: FromClause, found: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
            own = part.c.statement_id == STATEMENTS.c.statement_id
            return select(found).select_from(part).where(own, *where).scalar_subquery()

        wrong = sum(self._reaches_out(row) for row in self._database.rows(select(
            DOCUMENTS.c.source_text, STATEMENTS.c.start, STATEMENTS.c.end,
            of(SENTENCES, func.count(), SENTENCES.c.end <= SENTENCES.c.start),
            of(SENTENCES, func.min(SENTENCES.c.start)), of(SENTENCES, func.max(SENTENCES.c.end)),
            of(PASSAGES, func.min(PASSAGES.c.start)), of(PASSAGES, func.max(PASSAGES.c.end)),
        ).join_from(STATEMENTS, DOCUMENTS)))  # fmt: skip
        trouble = f"{wrong} statements have sentences or passages outside their text: {_INGEST_ANEW}" if wrong else None
        return Check.of("offsets", trouble, f"{self._count(SENTENCES)} sentences lie in their texts")

    @staticmethod
    def _reaches_out(row: Sequence[Any]) -> bool:
        # The text's length is taken here, since SQLite's length() stops at a NUL character.
        text, start, end, empty, *places = row
        outside = any(place is not None and not start <= place <= min(end, len(text)) for place in places)
        return bool(outside or empty)

    def _vectors(self, dimension: int) -> Check:
        vectors = VECTOR_TABLES["vectors"]
        vector_key, passage_key = vectors.c.text_key, PASSAGES.c.text_key
        missing = self._value(select(func.count(passage_key.distinct())).where(passage_key.not_in(select(vector_key))))
        wrong = self._count(vectors, func.length(vectors.c.vector) != 4 * dimension)
        spare = self._count(vectors, vector_key.not_in(select(passage_key)))
        parts = [f"{missing} passages have no vector"] if missing else []
        parts += [f"{wrong} vectors have not {dimension} numbers"] if wrong else []
        kept = f"; {spare} more are kept, of texts that are gone or not stored yet" if spare else ""
        trouble = f"{', '.join(parts)}: run `untoc doctor --reembed`" if parts else None
        return Check.of("vectors", trouble, f"every passage has its vector{kept}")

    def _lexical(self) -> Check:
        trouble = "damaged"
        if not any(_LEXICAL in line for line in self._quick_check()):
            with suppress(StoreCorruptError):
                entries = self._database.full_text.entries()
                lost = self._count(PASSAGES, PASSAGES.c.passage.not_in(select(entries.c.passage)))
                spare = self._count(entries, entries.c.passage.not_in(select(PASSAGES.c.passage)))
                trouble = f"it lacks {lost} passages and has {spare} too many" if lost or spare else ""
        return Check.of(
            "lexical index", trouble and f"{trouble}: run `untoc doctor --rebuild`", "every passage is in it"
        )

    def _count(self, table: FromClause, *where: ColumnElement[bool]) -> int:
        return self._value(select(func.count()).select_from(table).where(*where))

    def _value(self, query: Select[Any]) -> int:
        return int(self._database.value(query))
