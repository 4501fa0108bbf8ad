"""The vector index: Chroma over the catalogue's passages, rebuildable at any time. The only chromadb import.

A hard kill can tear Chroma's files for good, and a second process on the same folder loses vectors silently. So
the index lives in a folder that the catalogue names, is written by one process under the store's lock, and is
made anew in a fresh folder when it is found broken.
"""

import hashlib
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from vectorstore.arrays import Matrix
from vectorstore.errors import StoreError
from vectorstore.schema import VectorTable

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client
    from chromadb.config import Settings

logger = logging.getLogger(__name__)

COLLECTIONS: dict[VectorTable, str] = {"vectors": "passages", "second_vectors": "passages_second"}
_spellings: set[str] = set()
_spelling = threading.Lock()
# Chroma refuses more than 5461 rows at once.
BATCH = 2000
_DATABASE = "chroma.sqlite3"
_LOCK_TABLE = b"acquire_write"


@cache
def _own_settings() -> "Settings":
    """Makes Chroma's settings without the environment and the `.env` of the folder at hand, which may name servers."""
    from chromadb.config import Settings

    class OwnSettings(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            *others: PydanticBaseSettingsSource,
            **named: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings,)

    return OwnSettings(anonymized_telemetry=False)


class VectorIndex:
    """Cosine search over unit vectors, those of each model in a collection of its own; ids are passage ids."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the index in `path`.

        Raises:
            StoreError: Chroma cannot open the folder.
        """
        # It takes seconds to import, which a command that only reads the catalogue is spared.
        import chromadb

        self.path = path
        self._spelling = _take_spelling(path)
        try:
            with _translated(path):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
                client = chromadb.PersistentClient(path=self._spelling, settings=_own_settings())
                # The declared type leaves out `close`.
                self._client = cast("Client", client)
                self._collections: dict[VectorTable, Collection] = {}
                self._make("vectors")
        except StoreError:
            _spellings.discard(self._spelling)
            raise

    def _make(self, table: VectorTable) -> "Collection":
        """Returns the collection of a model, made where it is missing."""
        if table not in self._collections:
            self._collections[table] = self._client.get_or_create_collection(
                COLLECTIONS[table], embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        return self._collections[table]

    def _held(self, table: VectorTable) -> "Collection | None":
        """Returns the collection of a model; None in an index of an older store, which reading leaves as it is."""
        if table in self._collections or COLLECTIONS[table] in {held.name for held in self._client.list_collections()}:
            return self._make(table)
        return None

    def ids(self, table: VectorTable = "vectors") -> frozenset[str]:
        """Returns the ids in the index."""
        found: list[str] = self._guard(lambda: held.get(include=[])["ids"] if (held := self._held(table)) else [])
        return frozenset(found)

    def count(self) -> int:
        """Returns how many vectors the index says it holds."""
        number: int = self._guard(self._make("vectors").count)
        return number

    def upsert(self, ids: Sequence[str], vectors: Matrix, table: VectorTable = "vectors") -> None:
        """Adds vectors, or replaces those of the same ids."""
        for begin in range(0, len(ids), BATCH):
            part = slice(begin, begin + BATCH)
            self._guard(partial(self._make(table).upsert, ids=list(ids[part]), embeddings=vectors[part].tolist()))

    def delete(self, ids: Sequence[str], table: VectorTable = "vectors") -> None:
        """Deletes vectors; ids that are not there are passed over."""
        for begin in range(0, len(ids), BATCH):
            part = list(ids[begin : begin + BATCH])
            self._guard(partial(self._make(table).delete, ids=part))

    def search(self, vector: Matrix, k: int, table: VectorTable = "vectors") -> tuple[tuple[str, float], ...]:
        """Returns up to k (passage id, cosine similarity), best first; -1 to 1, higher is better."""
        held = self._guard(partial(self._held, table))
        if k < 1 or held is None:
            return ()
        found = self._guard(
            lambda: held.query(
                query_embeddings=[np.asarray(vector, dtype=np.float32).tolist()],
                n_results=k,
                include=["distances"],
            )
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        # Chroma returns the cosine distance, 1 - similarity.
        return tuple((str(identifier), 1.0 - float(distance)) for identifier, distance in pairs)

    def check(self, dimension: int) -> str | None:
        """Returns what is wrong with the index, or None when it counts and answers."""
        try:
            if self.count():
                self.search(np.full(dimension, dimension**-0.5, dtype=np.float32), 1)
        except StoreError as exc:
            return str(exc)
        return None

    def close(self) -> None:
        """Lets go of the files; an index opened afterwards reads them anew."""
        self._client.close()
        _spellings.discard(self._spelling)

    def _guard(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - what Chroma returns
        with _translated(self.path):
            return call()


def index_fingerprint(path: Path) -> str:
    """Returns a hash of the graph files that Chroma has written out and one of its database; empty where there is none.

    Chroma's native code trusts its files: damaged ones abort the process, and a lost one loses vectors in silence. So
    they are compared here, where damage is an error, before they are opened. Reading does not change them.

    Raises:
        StoreError: The database is damaged, or a file cannot be read.
    """
    if not (path / _DATABASE).exists():
        return _hash_graphs(path)
    return f"{_hash_graphs(path)}+{_hash_rows(path)}"


def is_as_recorded(path: Path, recorded: str | None) -> bool:
    """Compares an index with its recorded fingerprint.

    Stores of 0.1.0 recorded the graph files alone; of their databases only the structure is checked.

    Raises:
        StoreError: The database is damaged, or a file cannot be read.
    """
    found = index_fingerprint(path)
    return recorded in (found, found.partition("+")[0])


def _hash_graphs(path: Path) -> str:
    total = hashlib.blake2b(digest_size=16)
    try:
        folders = sorted(file.parent for file in path.glob("*/index_metadata.pickle"))
        for file in (file for folder in folders for file in sorted(folder.iterdir())):
            total.update(file.name.encode())
            with file.open("rb") as data:
                total.update(hashlib.file_digest(data, lambda: hashlib.blake2b(digest_size=16)).digest())
    except OSError as exc:
        raise StoreError(f"the vector index {str(path)!r} cannot be read ({exc.strerror})") from exc
    return total.hexdigest() if folders else ""


def _hash_rows(path: Path) -> str:
    """Returns a hash of the tables of Chroma's database, and checks the structure of the file.

    Its bytes would not do, since each opening adds a row to the table that takes the write lock.
    """
    total = hashlib.blake2b(digest_size=16)
    uri = f"{(path / _DATABASE).resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            # Damaged text need not be UTF-8.
            connection.text_factory = bytes
            if (found := connection.execute("PRAGMA integrity_check(1)").fetchone()) != (b"ok",):
                raise sqlite3.DatabaseError(found)
            tables = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY rowid").fetchall()
            total.update(repr(tables).encode())
            for kind, name, sql in tables:
                if kind == b"table" and name != _LOCK_TABLE and not sql.upper().startswith(b"CREATE VIRTUAL"):
                    rows = connection.execute(f'SELECT * FROM "{name.decode()}"')
                    while some := rows.fetchmany(BATCH):
                        total.update(repr(some).encode())
    except (sqlite3.Error, UnicodeDecodeError) as exc:
        raise StoreError(f"the vector index {str(path)!r} is damaged ({exc}): run `untoc doctor --rebuild`") from exc
    return total.hexdigest()


def _take_spelling(path: Path) -> str:
    """Returns the path in a spelling that no other open index has.

    Clients of one spelling share what the first of them has read, so that an index opened after another process wrote
    would show what an older one saw, as long as that is open.
    """
    with _spelling:
        spelling = str(path)
        while spelling in _spellings:
            spelling += "/."
        _spellings.add(spelling)
        return spelling


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    # Chroma's errors have no common base: some are its own, some are built in, and a panic of its native code
    # is a BaseException.
    except BaseException as exc:
        raise StoreError(f"the vector index {str(path)!r} fails ({exc}): run `untoc doctor --rebuild`") from exc


def remove_index(path: Path) -> None:
    """Deletes an index folder; what cannot be deleted is left and logged."""
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError as exc:
        logger.warning("the old vector index %s could not be removed: %s", path, exc)
