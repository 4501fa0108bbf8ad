"""The catalogue's SQLite file: connections, schema version, and errors in words that say what to do."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from vectorstore.errors import StoreCorruptError, StoreError, StoreFullError, StoreMissingError, StoreReadOnlyError
from vectorstore.private import touch_private
from vectorstore.rows import Row

SCHEMA_VERSION = "1"
# Key in `meta` of a migration that this store has had.
_MIGRATION = "migration:"


def require_catalogue(path: Path) -> None:
    """Refuses a store without a catalogue.

    Raises:
        StoreMissingError: There is no such file.
    """
    if not path.exists():
        raise StoreMissingError(f"no store at {str(path.parent)!r}: run `untoc ingest` first, or set --store")


class Database:
    """One SQLite file in WAL mode, with a connection per thread."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._local = threading.local()
        self._open_connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._opening = threading.Lock()
        if read_only:
            require_catalogue(path)
        try:
            with translated(path):
                self._ensure_schema()
        except BaseException:
            self.close()
            raise

    def connection(self) -> sqlite3.Connection:
        """Returns this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            with self._opening:
                self._close_abandoned()
                self._open_connections.append((threading.current_thread(), connection))
        return connection

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Returns the rows of a query.

        Raises:
            StoreError: The store cannot be read.
        """
        with translated(self.path):
            return self.connection().execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yields a connection inside one write transaction: all of it is kept, or nothing.

        Raises:
            StoreError: The disk is full, the store is read-only or its file is damaged.
        """
        if self.read_only:
            raise StoreReadOnlyError(f"the store {str(self.path.parent)!r} is open for reading only")
        with translated(self.path):
            connection = self.connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._opening:
            for _, connection in self._open_connections:
                connection.close()
            self._open_connections.clear()
        self._local = threading.local()

    def _close_abandoned(self) -> None:
        # A server's worker threads come and go; each would leave its file handles behind.
        kept = []
        for thread, connection in self._open_connections:
            if thread.is_alive():
                kept.append((thread, connection))
            else:
                connection.close()
        self._open_connections = kept

    def _connect(self) -> sqlite3.Connection:
        if self.read_only:
            connection = self._connect_to_read()
        else:
            # SQLite gives its companions `-wal` and `-shm` the rights of the file.
            touch_private(self.path)
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            if not self.read_only:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect_to_read(self) -> sqlite3.Connection:
        uri = self.path.resolve().as_uri()
        connection = sqlite3.connect(
            f"{uri}?mode=ro", uri=True, timeout=30, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            # WAL needs a shared-memory file; in a folder that cannot be written only `immutable` reads.
            connection.close()
            return sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None, check_same_thread=False)
        except BaseException:
            connection.close()
            raise
        return connection

    def _ensure_schema(self) -> None:
        connection = self.connection()
        exists = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone()
        if exists is None:
            if self.read_only:
                raise StoreCorruptError(f"{str(self.path)!r} is not a catalogue of this program")
            script = (files("vectorstore") / "schema.sql").read_text(encoding="utf-8")
            # Two processes may open a new store at once: whoever comes second finds the schema made.
            connection.execute("BEGIN EXCLUSIVE")
            if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone() is None:
                for command in _commands(script):
                    connection.execute(command)
                connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (SCHEMA_VERSION,))
                connection.execute("INSERT INTO meta VALUES ('generation', '0')")
            connection.execute("COMMIT")
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        if row is None or row[0] != SCHEMA_VERSION:
            found = None if row is None else row[0]
            raise StoreError(
                f"the store {str(self.path.parent)!r} has schema {found!r}, this program reads"
                f" {SCHEMA_VERSION!r}: ingest into a new store with --store"
            )
        self._migrate(connection)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Brings an older store up to date; one that is opened for reading is upgraded through a connection of its own.

        Raises:
            StoreError: A newer version of this program wrote the store, or an older one did and it cannot be written.
        """
        known = _migrations()
        applied = _applied(connection)
        newer = sorted(applied - known.keys())
        if newer:
            raise StoreError(
                f"the store {str(self.path.parent)!r} was written by a newer version of this program (it has"
                f" {newer[0]!r}): update the program, or choose another store with --store"
            )
        if known.keys() == applied:
            return
        if self.read_only:
            Database(self.path).close()
            return
        connection.create_function("characters", 1, len, deterministic=True)
        # Tables are made anew, and what refers to them keeps its rows meanwhile. Neither acts inside a transaction.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute("BEGIN EXCLUSIVE")
        try:
            for name in sorted(known.keys() - _applied(connection)):
                for command in _commands(known[name]):
                    connection.execute(command)
                connection.execute("INSERT INTO meta VALUES (?, '')", (_MIGRATION + name,))
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise
        finally:
            connection.execute("PRAGMA legacy_alter_table = OFF")
            connection.execute("PRAGMA foreign_keys = ON")


def _applied(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT key FROM meta WHERE key GLOB ?", (_MIGRATION + "*",)).fetchall()
    return {str(key).removeprefix(_MIGRATION) for (key,) in rows}


def _migrations() -> dict[str, str]:
    """Returns the SQL of every migration by its name; names sort in the order in which they are applied."""
    folder = files("vectorstore") / "migrations"
    return {
        item.name.removesuffix(".sql"): item.read_text(encoding="utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".sql")
    }


def _commands(script: str) -> Iterator[str]:
    """Splits the schema into statements, since `executescript` would commit the open transaction."""
    command = ""
    for line in script.splitlines():
        command += line + "\n"
        if sqlite3.complete_statement(command):
            yield command
            command = ""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into StoreErrors that say what to do next."""
    try:
        yield
    except sqlite3.OperationalError as exc:
        code = getattr(exc, "sqlite_errorcode", None)
        primary = None if code is None else code & 0xFF
        folder = str(path.parent)
        if primary == sqlite3.SQLITE_FULL:
            raise StoreFullError(
                f"the disk of the store {folder!r} is full: free space and run the command again;"
                " what was stored before is kept"
            ) from exc
        if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise StoreReadOnlyError(
                f"the store {folder!r} cannot be written: change its permissions, or choose another with --store"
            ) from exc
        if primary == sqlite3.SQLITE_IOERR:
            raise StoreFullError(
                f"the disk of the store {folder!r} does not take more data ({exc}): free space and run again"
            ) from exc
        raise StoreError(f"the store {folder!r} cannot be used: {exc}") from exc
    except sqlite3.DatabaseError as exc:
        if type(exc) is not sqlite3.DatabaseError:
            # A broken constraint or a wrong call is a bug of this program, not damage of the file.
            raise
        raise StoreCorruptError(
            f"the catalogue {str(path)!r} is damaged ({exc}): restore it from a copy, or ingest into a new store"
        ) from exc
