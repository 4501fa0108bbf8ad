"""Connections to SQLite and PostgreSQL, and their errors in words that say what to do next.

Connections commit by themselves; `Database.transaction` begins and ends what belongs together.
"""

import logging
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from vectorstore.errors import StoreAwayError, StoreCorruptError, StoreError, StoreFullError, StoreReadOnlyError
from vectorstore.private_files import touch_private

# A noncharacter, which no text has, for the one character that PostgreSQL's text cannot hold.
NUL: Final = "\ufdd0"
# Seconds in which a server must take a connection.
_CONNECT_SECONDS = 10
_JOURNAL_SECONDS = 10
# SQLSTATE of what is no bug of this program, and what to do about it; a class of two characters holds all in it.
_ADVICE = {
    "28": "check user and password in UNTOC_DATABASE__URL",
    "3D": "make the database with `createdb`, or name another in UNTOC_DATABASE__URL",
    "42501": "give the user rights on this schema",
    "40": "another process was in the way: run the command again",
    "53100": "the disk of the server is full: free space and run the command again; what was stored before is kept",
    "53": "the server has no room for more: try again later, or raise its limits",
    "57": "the server stopped or ended the connection: run the command again when it is up",
    "08": "the server ended the connection: run the command again when it is up",
}

# Primary result codes of SQLite where it may not write a file, or make one.
_CANNOT_WRITE: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def sqlite_engine(path: Path, *, read_only: bool) -> Engine:
    """Returns connections to one SQLite file in WAL mode."""
    return _engine(URL.create("sqlite"), creator=partial(_connect_to_read if read_only else _connect, path))


def postgres_engine(url: str) -> Engine:
    """Returns connections to a PostgreSQL database, whose server need not be up; another URL is a StoreError.

    Another character stands for NUL in whatever is sent, values of a condition included.
    """
    try:
        made = make_url(url)
        if made.drivername != "postgresql+psycopg" or not made.database:
            raise ArgumentError
        engine = _engine(made, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})
    except (ArgumentError, ValueError) as exc:
        # What is no URL may still hold a password.
        raise StoreError(
            "UNTOC_DATABASE__URL is none of a PostgreSQL database: it should read"
            " postgresql+psycopg://USER:PASSWORD@HOST:5432/DATABASE"
        ) from exc
    except ModuleNotFoundError as exc:
        raise StoreError("PostgreSQL needs the extra `server`: run `pip install 'untoc[server]'`") from exc
    event.listen(engine, "connect", _notice_dead_machines)
    event.listen(engine, "before_cursor_execute", _send_no_nul, retval=True)
    return engine


def _send_no_nul(_: object, __: object, statement: str, parameters: Any, *___: object) -> tuple[str, Any]:  # noqa: ANN401 - of any shape
    return statement, without_nul(parameters)


def without_nul(value: Any) -> Any:  # noqa: ANN401 - as above
    """Puts another character for NUL in all texts of a value."""
    if isinstance(value, str):
        return value.replace("\0", NUL)
    if isinstance(value, Mapping):
        return {name: without_nul(each) for name, each in value.items()}
    return type(value)(map(without_nul, value)) if isinstance(value, list | tuple) else value


def _notice_dead_machines(connection: Any, _: object) -> None:  # noqa: ANN401 - a connection of the driver
    """Has the server let go within two minutes of what a machine held that lost its power or its network."""
    connection.execute("SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 15; SET tcp_keepalives_count = 4")
    connection.commit()


def _engine(url: URL, **options: object) -> Engine:
    # A connection that is lost is told once, by the error that ends what it was needed for.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    # The connection that was used last is used next, so that what it has read is still at hand.
    return create_engine(
        url, isolation_level="AUTOCOMMIT", poolclass=QueuePool, pool_use_lifo=True, hide_parameters=True, **options
    )


def _connect(path: Path) -> sqlite3.Connection:
    # SQLite gives its companions `-wal` and `-shm` the rights of the file.
    touch_private(path)
    connection = _open(str(path))
    try:
        _set_journal(connection)
        for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _set_journal(connection: sqlite3.Connection) -> None:
    """Sets write-ahead logging; of two that do so for a new file at once, SQLite lets neither wait by itself."""
    ends = time.monotonic() + _JOURNAL_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(0.02)
        else:
            return


def _connect_to_read(path: Path) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    connection = _open(f"{uri}?mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except sqlite3.OperationalError as exc:
        connection.close()
        log = Path(f"{path.resolve()}-wal")
        if exc.sqlite_errorcode & 0xFF not in _CANNOT_WRITE:
            raise
        if log.exists() and log.stat().st_size:
            raise StoreReadOnlyError(
                f"the store {str(path.parent)!r} cannot be read in full where it cannot be written, since {log.name!r}"
                " holds its last changes: open it, or a copy of the whole folder, once where it can be written"
            ) from exc
        # WAL needs a shared-memory file; in a folder that cannot be written only `immutable` reads, without the log.
        return _open(f"{uri}?immutable=1")
    except BaseException:
        connection.close()
        raise
    return connection


def _open(address: str) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, timeout=30, isolation_level=None, check_same_thread=False)


@contextmanager
def translated(engine: Engine, path: Path | None) -> Iterator[None]:
    """Turns the errors of an engine, which may be of a SQLite file, into StoreErrors that say what to do next."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as exc:
        cause = exc.orig if isinstance(exc, DBAPIError) else exc
        found = _of_postgres(engine, exc) if path is None else _of_sqlite(path, cause)
        if found is None:
            # A broken constraint or a wrong call is a bug of this program.
            raise
        raise found from exc


def _of_postgres(engine: Engine, exc: Exception) -> StoreError | None:
    name = engine.url.render_as_string(hide_password=True)
    cause = exc.orig if isinstance(exc, DBAPIError) else exc
    # "connection failed: connection to server at … failed: Connection refused"
    said = (str(cause).strip() or type(cause).__name__).splitlines()[0].split("failed: ")[-1]
    state = getattr(cause, "sqlstate", None) or ""
    advice = next((words for code, words in _ADVICE.items() if state.startswith(code)), None)
    if advice is None and not isinstance(exc, OperationalError | InterfaceError):
        return None
    # Transient failures: the server stops, has no room, undoes what stood in another's way, or is not reached.
    away = state.startswith(("08", "40", "53", "57"))
    if advice is None and re.search('authentication|role "|no password', said):
        advice = _ADVICE["28"]
    elif advice is None and "does not exist" in said:
        advice = _ADVICE["3D"]
    elif advice is None:
        away = True
        advice = _ADVICE["08"] if re.search("connection (unexpectedly|is lost|is closed)", said) else None
    kind = StoreFullError if state == "53100" else StoreAwayError if away else StoreError
    return kind(f"the database {name} cannot be used ({said}): {advice or 'check UNTOC_DATABASE__URL and its server'}")


def _of_sqlite(path: Path, cause: BaseException | None) -> StoreError | None:
    folder = str(path.parent)
    if isinstance(cause, sqlite3.OperationalError):
        code = getattr(cause, "sqlite_errorcode", None)
        primary = None if code is None else code & 0xFF
        if primary == sqlite3.SQLITE_FULL:
            return StoreFullError(
                f"the disk of the store {folder!r} is full: free space and run the command again;"
                " what was stored before is kept"
            )
        if primary in _CANNOT_WRITE:
            return StoreReadOnlyError(
                f"the store {folder!r} cannot be written: change its permissions, or choose another with --store"
            )
        if primary == sqlite3.SQLITE_IOERR:
            return StoreFullError(
                f"the disk of the store {folder!r} does not take more data ({cause}): free space and run again"
            )
        return StoreError(f"the store {folder!r} cannot be used: {cause}")
    if type(cause) is sqlite3.DatabaseError:
        return StoreCorruptError(
            f"the catalogue {str(path)!r} is damaged ({cause}): restore it from a copy, or ingest into a new store"
        )
    return None
