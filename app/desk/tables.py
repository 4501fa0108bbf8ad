"""The tables of works and of accounts: what somebody made, with whom it is shared, and who may use the server."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.errors import UnkeptError, WorkError
from vectorstore.copying import table_digest
from vectorstore.database import IN_FOLDER, DatabaseConfig
from vectorstore.engines import postgres_engine
from vectorstore.private_files import make_private_folder, touch_private
from vectorstore.schema import PostgresText

logger = logging.getLogger(__name__)
FILE: Final = "desk.sqlite3"
_SCHEMA: Final = sa.MetaData()
_TEXT: Final = sa.Text().with_variant(PostgresText(), "postgresql")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _TEXT, nullable=False) for name in names]


WORKS: Final = sa.Table(
    "work",
    _SCHEMA,
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("kind", _TEXT, nullable=False, index=True),
    sa.Column("owner", _TEXT, nullable=False, index=True),
    *_texts("title", "made", "changed"),
    # Set while a deletion can be taken back.
    sa.Column("deleted", _TEXT),
)
PARTS: Final = sa.Table(
    "work_part",
    _SCHEMA,
    sa.Column("work", sa.ForeignKey("work.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    # `words`, in lower case, is the text that a search looks in.
    *_texts("content", "words"),
)
SHARES: Final = sa.Table(
    "work_share",
    _SCHEMA,
    sa.Column("work", sa.ForeignKey("work.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person", _TEXT, primary_key=True),
    sa.Column("may_change", sa.Boolean, nullable=False),
)
# Accounts, their sessions and API keys, and the audit log of what they did.
USERS: Final = sa.Table(
    "account",
    _SCHEMA,
    sa.Column("name", _TEXT, primary_key=True),
    sa.Column("role", _TEXT, nullable=False),
    # Argon2; null for persons whom a proxy or a provider signs in.
    sa.Column("password", _TEXT),
    # Issuer and `sub` of the provider, once they signed in there.
    sa.Column("subject", _TEXT),
    sa.Column("made", _TEXT, nullable=False),
    # Set when the account is taken away; its works stay.
    sa.Column("removed", _TEXT),
)
SESSIONS: Final = sa.Table(
    "account_session",
    _SCHEMA,
    # SHA-256 of the cookie.
    sa.Column("digest", _TEXT, primary_key=True),
    sa.Column("account", sa.ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    *_texts("made", "expires"),
)
KEYS: Final = sa.Table(
    "account_key",
    _SCHEMA,
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("account", sa.ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    # The digest is the SHA-256 of the secret, which is long and random.
    *_texts("label", "digest", "scopes", "made"),
    sa.Column("expires", _TEXT),
    sa.Column("revoked", _TEXT),
)
AUDIT: Final = sa.Table(
    "audit",
    _SCHEMA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", _TEXT, nullable=False, index=True),
    *_texts("account", "action", "target", "address", "request"),
)
# Which account asked the question of an answer's trace.
ASKED: Final = sa.Table(
    "asked",
    _SCHEMA,
    sa.Column("trace", _TEXT, primary_key=True),
    *_texts("account", "at"),
)


class Tables:
    """The tables in one database, which are created when they are first used."""

    def __init__(self, engine: sa.Engine, folder: Path | None = None) -> None:
        """Sets up access; a `folder` for a SQLite file is created at first use, readable by its owner alone."""
        self._engine = engine
        self._folder = folder
        self._made = False
        self._making = Lock()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Yields a connection in one transaction; raises an UnkeptError if the database cannot be used."""
        try:
            self._make()
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as exc:
            why = getattr(exc, "orig", None) or getattr(exc, "strerror", None) or exc
            # Only the log gets the cause, which may name the host and port of the database.
            logger.error("what people make cannot be kept or read: %s", why)
            raise UnkeptError(
                "what you make cannot be kept or read just now: the log tells why; check the store's folder and its"
                " disk, or the database"
            ) from exc

    def copy_to(self, other: "Tables") -> dict[str, int]:
        """Copies all tables in one transaction, and compares both by hashes; returns the number of rows of each table.

        Does nothing if the other has the same rows already; raises a WorkError if it has different ones.
        """
        counts: dict[str, int] = {}
        with self.transaction() as here, other.transaction() as there:
            for table in _SCHEMA.sorted_tables:
                rows = [dict(row) for row in here.execute(sa.select(table)).mappings()]
                counts[table.name] = len(rows)
                if rows and not there.scalar(sa.select(sa.func.count()).select_from(table)):
                    there.execute(table.insert(), rows)
                    if table is AUDIT and there.dialect.name == "postgresql":
                        # Copied ids do not advance the sequence: the next entry is to get the id after the last.
                        there.execute(sa.select(sa.func.setval("audit_id_seq", max(row["id"] for row in rows))))
                if table_digest(here, table) != table_digest(there, table):
                    raise WorkError(
                        f"what people made there differs from what is to be copied (table {table.name!r}): copy into an"
                        " empty database or folder"
                    )
        return counts

    def rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Returns the rows of a query; raises as `transaction` does."""
        with self.transaction() as connection:
            return connection.execute(query).all()

    def run(self, *statements: sa.UpdateBase) -> int:
        """Changes rows, all statements or none; returns how many the last one changed; raises as `transaction` does."""
        with self.transaction() as connection:
            return [connection.execute(statement).rowcount for statement in statements][-1]

    def close(self) -> None:
        """Closes the connections to the database."""
        self._engine.dispose()

    def _make(self) -> None:
        with self._making:
            if self._made:
                return
            if self._folder is not None:
                make_private_folder(self._folder)
                touch_private(self._folder / FILE)
            _SCHEMA.create_all(self._engine)
            self._made = True


def open_tables(store: Path, database: DatabaseConfig = IN_FOLDER) -> Tables:
    """Returns the tables of a store, in its database or its folder, which need not exist yet."""
    if database.url is not None:
        return Tables(
            postgres_engine(database.url.get_secret_value()).execution_options(isolation_level="READ COMMITTED")
        )
    engine = sa.create_engine(f"sqlite:///{store.absolute() / FILE}")

    @sa.event.listens_for(engine, "connect")
    def _(connection: Any, _: object) -> None:  # noqa: ANN401 - a connection of the driver
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite's own `lower` changes ASCII letters only, and words to search are in lower case.
        connection.create_function("lower", 1, str.lower, deterministic=True)

    return Tables(engine, store)
