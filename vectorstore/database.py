"""The record's database, a SQLite file or a schema of a PostgreSQL database: transactions, schema version, lock."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from pydantic import BaseModel, SecretStr
from sqlalchemy import Connection, Executable, bindparam, func, inspect, select

from vectorstore.engines import postgres_engine, sqlite_engine, translated
from vectorstore.errors import StoreCorruptError, StoreError, StoreLockedError, StoreMissingError, StoreReadOnlyError
from vectorstore.fts_sqlite import Fts5
from vectorstore.rows import increment, put
from vectorstore.schema import META, METADATA, REVISION

if TYPE_CHECKING:
    from vectorstore.fts_postgres import TextSearch

# The newest revision in `vectorstore/migrations/versions`.
HEAD: Final = "0005"
# Key in `meta` of the number of counted write transactions of all processes.
_WRITES: Final = "writes"
# Key in `meta` of the number of passages, which is kept since counting takes longer with every passage.
PASSAGES_KEPT: Final = "passages"
# Key in `meta` of the id that distinguishes this store from others on the same servers.
STORE_ID: Final = "store_id"
# Key in `meta` of a record that is being filled with a copy: the id of the store that is copied.
COPYING: Final = "copying"
# Key in `meta` of a record that a complete copy has filled: the id of the store that was copied.
COPIED: Final = "copied"
_FACT: Final = select(META.c.value).where(META.c.key == bindparam("key"))
# The revision that stands for release 0.1.0, whose stores have none, and the key of its last migration in `meta`.
_FIRST: Final = "0001"
_LAST_OF_FIRST: Final = "migration:005_families"
# A question holds its snapshot while models read, during which the server is not to end an idle transaction.
_SNAPSHOT: Final = "ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0"
# Advisory lock by schema: stores in one PostgreSQL database have a schema each.
_LOCK: Final = "hashtext('untoc ' || current_schema())"


def require_catalogue(path: Path) -> None:
    """Raises a StoreMissingError if a store has no catalogue at `path`."""
    if not path.exists():
        raise StoreMissingError(f"no store at {str(path.parent)!r}: run `untoc ingest` first, or set --store")


class DatabaseConfig(BaseModel, frozen=True, extra="forbid"):
    """Where the record is."""

    url: SecretStr | None = None
    """A PostgreSQL database, postgresql+psycopg://USER:PASSWORD@HOST:5432/DATABASE; default: SQLite in the store."""


IN_FOLDER: Final = DatabaseConfig()


class Database:
    """One SQLite file in WAL mode, or one schema of a PostgreSQL database."""

    def __init__(
        self, source: Path | str, *, read_only: bool = False, create: bool = True, migrate: bool | None = None
    ) -> None:
        """Opens a SQLite file, or the PostgreSQL database of a URL; if it has no tables, `create` says to create them.

        `migrate` says to upgrade an older store; by default files are upgraded, since only one person uses them.

        Raises:
            StoreError: It cannot be opened; a StoreMissingError if there is no store and `create` is false.
        """
        # The file, or None where the record is on a database server, to which other machines may write.
        self.path = source if isinstance(source, Path) else None
        self.read_only = read_only
        self._own = threading.local()
        if isinstance(source, Path):
            if read_only or not create:
                require_catalogue(source)
            self.name = f"the store {str(source.parent)!r}"
            self.engine = sqlite_engine(source, read_only=read_only)
            self.full_text: Fts5 | TextSearch = Fts5()
        else:
            from vectorstore.fts_postgres import TextSearch as OfPostgres

            self.engine = postgres_engine(source)
            self.name = f"the database {self.engine.url.render_as_string(hide_password=True)}"
            self.full_text = OfPostgres()
        try:
            with translated(self.engine, self.path):
                self._ensure_schema(create=create, migrate=self.path is not None if migrate is None else migrate)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yields a connection for reading, that of the snapshot if this thread reads from one.

        Raises a StoreError if the store cannot be read.
        """
        snapshot: Connection | None = getattr(self._own, "snapshot", None)
        with translated(self.engine, self.path), nullcontext(snapshot) if snapshot else self._connected() as connection:
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with translated(self.engine, self.path), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Makes this thread read the record as it is at the first read, whatever is written meanwhile.

        A snapshot inside another is the same one. What the thread itself writes is visible to it only afterwards.
        """
        with self._snapshot() as connection, self._read_from(connection):
            yield

    @contextmanager
    def held_snapshot(self) -> Iterator[Callable[[], AbstractContextManager[None]]]:
        """Yields a function whose contexts read from one snapshot, in any threads; between them reads are as usual."""
        with self._snapshot() as connection:
            yield lambda: self._read_from(connection)

    def outside_snapshot(self) -> AbstractContextManager[None]:
        """Makes this thread read what is stored now, for files that have no snapshot, such as the vector index."""
        return self._read_from(None)

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        if (outer := getattr(self._own, "snapshot", None)) is not None:
            yield outer
            return
        with self._connected() as connection, self._begun(connection, "", _SNAPSHOT):
            yield connection

    @contextmanager
    def _read_from(self, snapshot: Connection | None) -> Iterator[None]:
        before, self._own.snapshot = getattr(self._own, "snapshot", None), snapshot
        try:
            yield
        finally:
            self._own.snapshot = before

    def rows(self, statement: Executable, values: Mapping[str, object] | None = None) -> Sequence[Sequence[Any]]:
        """Returns the rows of a query."""
        with self.reading() as connection:
            # All rows are fetched at once, since row by row takes several times as long.
            return connection.execute(statement, values).all()

    def value(self, statement: Executable, values: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - any cell
        """Returns the first cell of the first row of a query, or None."""
        with self.reading() as connection:
            return connection.execute(statement, values).scalar()

    def meta(self, key: str) -> str | None:
        """Returns a fact about the store, such as its `embedding_model`, or None."""
        fact: str | None = self.value(_FACT, {"key": key})
        return fact

    def set_meta(self, facts: Mapping[str, str]) -> None:
        """Records facts about the store."""
        with self.transaction() as connection:
            put(connection, META, [{"key": key, "value": value} for key, value in facts.items()])

    @contextmanager
    def transaction(self, *, counted: bool = True) -> Iterator[Connection]:
        """Yields a connection inside one write transaction, which is committed as a whole, or rolled back on an error.

        A write that readers of documents need not notice is not `counted`; see `writes_of_others`.
        """
        if self.read_only:
            raise StoreReadOnlyError(f"{self.name} is open for reading only")
        with self._connected() as connection, self._begun(connection, "IMMEDIATE"):
            yield connection
            if counted:
                increment(connection, _WRITES, 1)
        if counted:
            self._own.writes = getattr(self._own, "writes", 0) + 1

    @property
    def writes(self) -> int:
        """The number of counted write transactions by any process, which grows with each."""
        return int(self.meta(_WRITES) or 0)

    def writes_of_others(self) -> int:
        """Returns a number that changes when another thread or process has made a counted write."""
        return self.writes - getattr(self._own, "writes", 0)

    @contextmanager
    def advisory_lock(self, wait_seconds: float) -> Iterator[None]:
        """Holds a PostgreSQL database's write lock; after `wait_seconds` a StoreLockedError names who holds it."""
        with self._connected() as connection:
            deadline = time.monotonic() + wait_seconds
            while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_LOCK})").scalar():
                if time.monotonic() >= deadline:
                    raise StoreLockedError(
                        f"{self._holder(connection)} writes to {self.name}, and {wait_seconds:g} s were not enough: run"
                        " this again when it is done, or wait longer with UNTOC_WAIT_SECONDS"
                    )
                time.sleep(0.05)
            try:
                yield
            finally:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    def _holder(self, connection: Connection) -> str:
        found = connection.exec_driver_sql(
            "SELECT coalesce(host(client_addr), 'this machine'), backend_start"
            f" FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND objid = {_LOCK}::oid"
        ).first()
        if found is None:
            return "another process"
        return f"a process at {found[0]}, connected since {found[1]:%Y-%m-%dT%H:%M:%S%z},"

    @contextmanager
    def _begun(self, connection: Connection, of_sqlite: str, of_postgres: str = "") -> Iterator[None]:
        connection.exec_driver_sql(f"BEGIN {of_postgres if self.path is None else of_sqlite}")
        try:
            yield
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    def _ensure_schema(self, *, create: bool, migrate: bool) -> None:
        with self.engine.connect() as connection:
            revision = self._revision(connection)
        if revision is None:
            if self.read_only and self.path is not None:
                raise StoreCorruptError(f"{str(self.path)!r} is not a catalogue of this program")
            if self.read_only or not create:
                raise StoreMissingError(f"no store in {self.name[4:]}: run `untoc ingest` first")
            revision = self._create()
        if revision > HEAD:
            raise StoreError(
                f"{self.name} was written by a newer version of this program (it has {revision!r}): update the program,"
                " or choose another store with --store"
            )
        if revision == HEAD:
            return
        if not migrate:
            raise StoreError(f"{self.name} was made by an older version of this program: run `untoc migrate`")
        if self.read_only and self.path is not None:
            Database(self.path).close()
        else:
            self._migrate()

    def _revision(self, connection: Connection) -> str | None:
        """Returns the revision of the tables, or None if there are no tables."""
        tables = inspect(connection).get_table_names()
        if REVISION.name in tables:
            found = str(connection.execute(select(REVISION)).scalar())
        elif META.name in tables:
            last_migration = connection.scalar(select(func.max(META.c.key)).where(META.c.key.startswith("migration:")))
            found = _FIRST if last_migration == _LAST_OF_FIRST else ""
        else:
            return None
        if found < HEAD and found != _FIRST:
            raise StoreError(
                f"{self.name} was made by a version of this program between two releases: ingest into a new store with"
                " --store"
            )
        return found

    def _create(self) -> str:
        """Creates the tables under a lock: if two processes open a new store at once, the second finds them there."""
        with self.engine.connect() as connection, self._begun(connection, "EXCLUSIVE"):
            if self.path is None:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK} + 1)")
            if self._revision(connection) is None:
                METADATA.create_all(connection)
                self.full_text.create(connection)
                facts = {"generation": "0", _WRITES: "0", PASSAGES_KEPT: "0", STORE_ID: uuid4().hex[:12]}
                connection.execute(META.insert(), [{"key": key, "value": value} for key, value in facts.items()])
                connection.execute(REVISION.insert(), {"version_num": HEAD})
        return HEAD

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config

        with as_file(files("vectorstore") / "migrations") as folder, self.engine.connect() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(folder).replace("%", "%%"))
            # Rebuilding a table must not delete the rows that refer to it. Neither pragma acts in a transaction.
            self._set_pragmas(connection, foreign_keys="OFF", legacy_alter_table="ON")
            try:
                with self._begun(connection, "EXCLUSIVE"):
                    found = self._revision(connection)
                    if REVISION.name not in inspect(connection).get_table_names():
                        REVISION.create(connection)
                        connection.execute(REVISION.insert(), {"version_num": found})
                    command.upgrade(config, HEAD)
            finally:
                self._set_pragmas(connection, legacy_alter_table="OFF", foreign_keys="ON")

    def _set_pragmas(self, connection: Connection, **pragmas: str) -> None:
        for name, value in pragmas.items() if self.path is not None else ():
            connection.exec_driver_sql(f"PRAGMA {name} = {value}")
