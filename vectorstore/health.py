"""Health of the catalogue: integrity checks of its tables, and rebuilding the FTS5 index from the passages."""

from dataclasses import dataclass

from vectorstore.database import Database
from vectorstore.errors import StoreCorruptError
from vectorstore.lexical import lexical_text
from vectorstore.rows import Row

# Name of the lexical index in what SQLite says of it.
_LEXICAL = "passages_fts"
# What a finding says of damage that is not mended from within.
_INGEST_ANEW = "restore the store from a copy, or ingest the files into a new one with --store"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One finding of a health check; the detail of a bad one names the command that mends it."""

    name: str
    ok: bool
    detail: str


class CatalogueHealth:
    """Checks over the catalogue's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def damage(self) -> str | None:
        """Returns what is wrong with the file or with references in it, or None when it is sound."""
        try:
            # The lexical index is checked by itself, since it can be made anew.
            found = [line for line in self._quick_check() if _LEXICAL not in line]
            dangling = self._database.rows("PRAGMA foreign_key_check")
        except StoreCorruptError as exc:
            return str(exc)
        if dangling:
            found.append(f"{len(dangling)} rows belong to statements that are gone")
        return "; ".join(found) or None

    def _quick_check(self) -> list[str]:
        return [str(row[0]) for row in self._database.rows("PRAGMA quick_check") if row[0] != "ok"]

    def check(self, dimension: int) -> tuple[Check, ...]:
        """Compares statements, sentences, passages, vectors and the lexical index; a damaged file ends it.

        Args:
            dimension: Length that vectors should have.
        """
        damage = self.damage()
        if damage is not None:
            detail = damage if _INGEST_ANEW.split(",")[0] in damage else f"{damage}: {_INGEST_ANEW}"
            return (Check(name="catalogue", ok=False, detail=detail),)
        return (
            Check(name="catalogue", ok=True, detail=f"{self._count('passages')} passages"),
            self._offsets(),
            self._vectors(dimension),
            self._lexical(),
        )

    def rebuild_lexical(self) -> None:
        """Makes the lexical index anew from the passages, in one transaction."""
        with self._database.transaction() as connection:
            (made,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'passages_fts'").fetchone()
            connection.execute("DROP TABLE passages_fts")
            connection.execute(made)
            rows = connection.execute("SELECT passage, text FROM passages ORDER BY passage").fetchall()
            connection.executemany(
                "INSERT INTO passages_fts (rowid, text) VALUES (?, ?)",
                [(passage, lexical_text(text)) for passage, text in rows],
            )

    def _offsets(self) -> Check:
        # A statement may use only its own part of its document.
        wrong = sum(self._reaches_out(row) for row in self._database.rows(
            'SELECT d.source_text, t.start, t."end",'
            ' (SELECT count(*) FROM sentences s WHERE s.statement_id = t.statement_id AND s."end" <= s.start),'
            ' (SELECT min(start) FROM sentences s WHERE s.statement_id = t.statement_id),'
            ' (SELECT max("end") FROM sentences s WHERE s.statement_id = t.statement_id),'
            ' (SELECT min(start) FROM passages p WHERE p.statement_id = t.statement_id),'
            ' (SELECT max("end") FROM passages p WHERE p.statement_id = t.statement_id)'
            " FROM statements t JOIN documents d USING (document_id)"
        ))  # fmt: skip
        detail = f"{self._count('sentences')} sentences lie in their texts"
        if wrong:
            detail = f"{wrong} statements have sentences or passages outside their text: {_INGEST_ANEW}"
        return Check(name="offsets", ok=not wrong, detail=detail)

    @staticmethod
    def _reaches_out(row: Row) -> bool:
        # Counted here, since SQLite's own length() ends at a NUL character.
        text, start, end, empty, *places = row
        outside = any(place is not None and not start <= place <= min(end, len(text)) for place in places)
        return bool(outside or empty)

    def _vectors(self, dimension: int) -> Check:
        missing = self._value(
            "SELECT count(DISTINCT text_key) FROM passages WHERE text_key NOT IN (SELECT text_key FROM vectors)"
        )
        wrong = self._value(f"SELECT count(*) FROM vectors WHERE length(vector) != {4 * dimension}")
        spare = self._value("SELECT count(*) FROM vectors WHERE text_key NOT IN (SELECT text_key FROM passages)")
        if missing or wrong:
            parts = [f"{missing} passages have no vector"] if missing else []
            parts += [f"{wrong} vectors have not {dimension} numbers"] if wrong else []
            return Check(name="vectors", ok=False, detail=f"{', '.join(parts)}: run `untoc doctor --reembed`")
        kept = f"; {spare} more of texts that are gone are kept, should these come back" if spare else ""
        return Check(name="vectors", ok=True, detail=f"every passage has its vector{kept}")

    def _lexical(self) -> Check:
        if any(_LEXICAL in line for line in self._quick_check()):
            return Check(name="lexical index", ok=False, detail="damaged: run `untoc doctor --rebuild`")
        try:
            lost = self._value("SELECT count(*) FROM passages WHERE passage NOT IN (SELECT rowid FROM passages_fts)")
            spare = self._value("SELECT count(*) FROM passages_fts WHERE rowid NOT IN (SELECT passage FROM passages)")
        except StoreCorruptError:
            return Check(name="lexical index", ok=False, detail="damaged: run `untoc doctor --rebuild`")
        if lost or spare:
            detail = f"it lacks {lost} passages and has {spare} too many: run `untoc doctor --rebuild`"
            return Check(name="lexical index", ok=False, detail=detail)
        return Check(name="lexical index", ok=True, detail="every passage is in it")

    def _count(self, table: str) -> int:
        return self._value(f"SELECT count(*) FROM {table}")

    def _value(self, query: str) -> int:
        return int(self._database.rows(query)[0][0])
