"""Connections to SQLite and PostgreSQL, and the translation of their errors into messages that say what to do next.

Connections are in autocommit mode; `Database.transaction` begins and commits transactions explicitly.
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

# Substitute for the NUL character, which PostgreSQL's text cannot hold: a Unicode noncharacter that no text has.
NUL: Final = "\ufdd0"
# Connection timeout of PostgreSQL, in seconds.
_CONNECT_SECONDS = 10
_JOURNAL_SECONDS = 10
# Advice by SQLSTATE for errors that are not bugs of this program; two characters stand for a whole class of codes.
_ADVICE = {
    **dict.fromkeys(
        ("25P03", "25P04"), "the server's limit of time for a transaction is too short: run the command again"
    ),
    "28": "check user and password in UNTOC_DATABASE__URL",
    "3D": "make the database with `createdb`, or name another in UNTOC_DATABASE__URL",
    "42501": "give the user rights on this schema",
    "40": "another process was in the way: run the command again",
    "53100": "the disk of the server is full: free space and run the command again; what was stored before is kept",
    "53": "the server has no room for more: try again later, or raise its limits",
    "57": "the server stopped or ended the connection: run the command again when it is up",
    "08": "the server ended the connection: run the command again when it is up",
}

# Primary result codes of SQLite that mean that it cannot write or create a file.
_CANNOT_WRITE: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def sqlite_engine(path: Path, *, read_only: bool) -> Engine:
    """Returns an engine for one SQLite file in WAL mode."""
    return _engine(URL.create("sqlite"), creator=partial(_connect_to_read if read_only else _connect, path))


def postgres_engine(url: str) -> Engine:
    """Returns an engine for a PostgreSQL database, whose server need not be up; any other URL raises a StoreError.

    The NUL character is replaced by its substitute in all values that are sent, including those of conditions.
    """
    try:
        made = make_url(url)
        if made.drivername != "postgresql+psycopg" or not made.database:
            raise ArgumentError
        engine = _engine(made, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})
    except (ArgumentError, ValueError) as exc:
        # The message does not quote the setting, since even an invalid URL may contain a password.
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
    """Returns a value with the NUL character replaced by its substitute in all of its texts, also nested ones."""
    if isinstance(value, str):
        return value.replace("\0", NUL)
    if isinstance(value, Mapping):
        return {name: without_nul(each) for name, each in value.items()}
    return type(value)(map(without_nul, value)) if isinstance(value, list | tuple) else value


def _notice_dead_machines(connection: Any, _: object) -> None:  # noqa: ANN401 - a connection of the driver
    """Sets TCP keepalives: within two minutes the server drops connections of a machine without power or network."""
    connection.execute("SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 15; SET tcp_keepalives_count = 4")
    connection.commit()


def _engine(url: URL, **options: object) -> Engine:
    # psycopg's warnings are off: a lost connection is reported once, by the error of the operation that needed it.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    # Last in, first out: the connection used last is used next, so that what it has read is still in its cache.
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=QueuePool,
        pool_use_lifo=True,
        # No limit beyond that of the threads: a question holds its connection until it is answered.
        max_overflow=-1,
        hide_parameters=True,
        **options,
    )


def _connect(path: Path) -> sqlite3.Connection:
    # Created private first, since SQLite gives the files `-wal` and `-shm` the permissions of the database file.
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
    """Sets WAL mode, with retries: SQLite does not wait by itself when two processes set it for a new file at once."""
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
        # WAL mode needs a shared-memory file; in a read-only folder only `immutable` can read, which ignores the log.
        return _open(f"{uri}?immutable=1")
    except BaseException:
        connection.close()
        raise
    return connection


def _open(address: str) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, timeout=30, isolation_level=None, check_same_thread=False)


@contextmanager
def translated(engine: Engine, path: Path | None) -> Iterator[None]:
    """Translates database errors into StoreErrors that say what to do next; `path` is None for PostgreSQL."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as exc:
        cause = exc.orig if isinstance(exc, DBAPIError) else exc
        found = _of_postgres(engine, exc) if path is None else _of_sqlite(path, cause)
        if found is None:
            # Any other error, such as a violated constraint or a wrong call, is a bug of this program.
            raise
        raise found from exc


def _of_postgres(engine: Engine, exc: Exception) -> StoreError | None:
    name = engine.url.render_as_string(hide_password=True)
    cause = exc.orig if isinstance(exc, DBAPIError) else exc
    # Keeps the last part of "connection failed: connection to server at … failed: Connection refused".
    said = (str(cause).strip() or type(cause).__name__).splitlines()[0].split("failed: ")[-1]
    state = getattr(cause, "sqlstate", None) or ""
    advice = next((words for code, words in _ADVICE.items() if state.startswith(code)), None)
    if advice is None and not isinstance(exc, OperationalError | InterfaceError):
        return None
    # Transient: the server stops, lacks resources, rolls back a conflicting transaction, or cannot be reached.
    transient = state.startswith(("08", "25P", "40", "53", "57"))
    if advice is None and re.search('authentication|role "|no password', said):
        advice = _ADVICE["28"]
    elif advice is None and "does not exist" in said:
        advice = _ADVICE["3D"]
    elif advice is None:
        transient = True
        advice = _ADVICE["08"] if re.search("connection (unexpectedly|is lost|is closed)", said) else None
    kind = StoreFullError if state == "53100" else StoreAwayError if transient else StoreError
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
