"""The vector index: Chroma over the catalogue's passages, rebuildable at any time. The only chromadb import.

When Chroma runs embedded, a hard kill can damage its files beyond repair, and a second process on the same folder loses
vectors silently. So the catalogue names the folder of the index, one process writes it under the store's lock, and a
broken index is rebuilt in a fresh folder. In Chroma's server an index is a few collections, named in the same way.
"""

import hashlib
import ipaddress
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import numpy as np
from pydantic import BaseModel, SecretStr

from vectorstore.arrays import Matrix
from vectorstore.errors import StoreAwayError, StoreError
from vectorstore.private_files import INDEXES
from vectorstore.schema import VectorTable

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client
    from chromadb.config import Settings

logger = logging.getLogger(__name__)

# The second collection is for languages that the embedding model lacks; `Store._sync_index` has its vectors made.
COLLECTIONS: dict[VectorTable, str] = {"vectors": "passages", "second_vectors": "passages_second"}
_open_spellings: set[str] = set()
_spellings_lock = threading.Lock()
# Rows that are written or read at once: Chroma refuses more than 5461.
BATCH = 2000
_DATABASE = "chroma.sqlite3"
# The table of Chroma's own lock, which searches write too; it holds no data.
_LOCK_TABLE = b"acquire_write"


@cache
def _own_settings() -> "Settings":
    """Returns Chroma's settings without reading the environment or a local `.env` file, which may name servers."""
    from chromadb.config import Settings

    return Settings.model_construct(anonymized_telemetry=False)


class ChromaConfig(BaseModel, frozen=True, extra="forbid"):
    """Where the vector index is."""

    url: str = ""
    """Address of Chroma's server, such as http://127.0.0.1:8000; empty keeps the index in the store's folder."""
    headers: dict[str, SecretStr] = {}
    """Headers of each request, as JSON, such as {"Authorization": "Bearer …"} for a proxy: Chroma itself asks none."""
    allow_plain: bool = False
    """Let passages' vectors and headers go to another machine unencrypted; Chroma needs a proxy for TLS."""


EMBEDDED: Final = ChromaConfig()


class VectorIndex:
    """Cosine search over the unit vectors of passages, by passage id, with one collection for each embedding model."""

    def __init__(self, label: str, client: "Client", opened: ExitStack, prefix: str = "") -> None:
        """Opens or creates the index; error messages call it by its `label`, names of collections begin with `prefix`.

        Once this has succeeded, the index owns the resources in `opened`, and `close` releases them.
        """
        self.label, self._client, self._prefix = label, client, prefix
        self._collections: dict[VectorTable, Collection] = {}
        self._make("vectors")
        self._opened = opened.pop_all()

    def _make(self, table: VectorTable) -> "Collection":
        """Returns the collection of an embedding model, and creates it if it is missing."""
        if table not in self._collections:
            self._collections[table] = self._client.get_or_create_collection(
                self._prefix + COLLECTIONS[table], embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        return self._collections[table]

    def _existing(self, table: VectorTable) -> "Collection | None":
        """Returns the collection of an embedding model, or None if an older store lacks it: reading creates none."""
        name = self._prefix + COLLECTIONS[table]
        if table in self._collections or name in {collection.name for collection in self._client.list_collections()}:
            return self._make(table)
        return None

    def ids(self, table: VectorTable = "vectors") -> frozenset[str]:
        """Returns the ids in the index."""
        with _translated(self.label):
            collection = self._existing(table)
            return frozenset(collection.get(include=[])["ids"] if collection else ())

    def upsert(self, ids: Sequence[str], vectors: Matrix, table: VectorTable = "vectors") -> None:
        """Adds vectors, or replaces those of the same ids."""
        for begin in range(0, len(ids), BATCH):
            part = slice(begin, begin + BATCH)
            with _translated(self.label):
                self._make(table).upsert(list(ids[part]), embeddings=vectors[part].tolist())

    def delete(self, ids: Sequence[str], table: VectorTable = "vectors") -> None:
        """Deletes vectors; ids that are not in the index are ignored."""
        for begin in range(0, len(ids), BATCH):
            with _translated(self.label):
                self._make(table).delete(list(ids[begin : begin + BATCH]))

    def search(self, vector: Matrix, k: int, table: VectorTable = "vectors") -> tuple[tuple[str, float], ...]:
        """Returns up to k (passage id, cosine similarity), best first; -1 to 1, higher is better."""
        with _translated(self.label):
            collection = self._existing(table)
            if k < 1 or collection is None:
                return ()
            query = [np.asarray(vector, dtype=np.float32).tolist()]
            found: Any = collection.query(query_embeddings=query, n_results=k, include=["distances"])
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        # Chroma returns the cosine distance, 1 - similarity.
        return tuple((str(identifier), 1.0 - float(distance)) for identifier, distance in pairs)

    def check(self, dimension: int) -> str | None:
        """Returns what is wrong with the index, or None if counting its vectors and searching them both succeed."""
        try:
            with _translated(self.label):
                collection = self._existing("vectors")
                holds_any = collection is not None and collection.count() > 0
            if holds_any:
                self.search(np.full(dimension, dimension**-0.5, dtype=np.float32), 1)
        except StoreError as exc:
            return str(exc)
        return None

    def close(self) -> None:
        """Closes the files; an index that is opened afterwards reads them anew."""
        self._opened.close()


class EmbeddedIndexes:
    """Indexes in the store's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> VectorIndex:
        """Opens or creates an index; raises a StoreError if Chroma cannot open the folder."""
        path = self._folder / name
        with ExitStack() as opened, _translated(str(path)):
            spelling = _take_spelling(path)
            opened.callback(_open_spellings.discard, spelling)
            # Imported here because it takes seconds, which a command that only reads the catalogue need not wait.
            import chromadb

            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The declared return type of `PersistentClient` lacks `close`.
            client = cast("Client", chromadb.PersistentClient(path=spelling, settings=_own_settings()))
            opened.callback(client.close)
            return VectorIndex(str(path), client, opened)

    def fingerprint(self, name: str) -> str:
        """Returns the hash of the graph files that Chroma wrote, "+" and the hash of its database; "" for no files.

        Chroma's native code trusts its files: a damaged one aborts the process, and a missing one loses vectors
        silently. So they are compared before Chroma opens them, and damage is a StoreError. Searches do not change it.
        """
        path = self._folder / name
        return _hash_graphs(path) + (f"+{_hash_rows(path)}" if (path / _DATABASE).exists() else "")

    def is_as_recorded(self, name: str, recorded: str | None) -> bool:
        """Returns whether an index's files match the `recorded` fingerprint; a damaged database raises a StoreError.

        Stores of 0.1.0 recorded a hash of the graph files only, so that only their databases' integrity is checked.
        """
        found = self.fingerprint(name)
        return recorded in (found, found.partition("+")[0])

    def remove(self, name: str) -> None:
        """Deletes an index folder; if that fails, it logs a warning and leaves the folder."""
        try:
            shutil.rmtree(self._folder / name)
        except FileNotFoundError:
            return
        except OSError as exc:
            logger.warning("the old vector index %s could not be removed: %s", self._folder / name, exc)

    def remove_others(self, name: str) -> None:
        """Deletes all index folders except this one."""
        for folder in self._folder.glob(INDEXES):
            if folder.name != name:
                self.remove(folder.name)

    def close(self) -> None:
        """Does nothing: each index has its own client."""


class ServerIndexes:
    """Indexes in Chroma's server, which other stores may share."""

    def __init__(self, config: ChromaConfig, store: str) -> None:
        """Prepares access without sending anything; raises a StoreError if the address is invalid or needs TLS.

        The name of the `store` begins the names of its collections, which tells them from those of other stores.
        """
        parts = urlsplit(config.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise StoreError(f"UNTOC_CHROMA__URL={config.url!r} is no address such as http://127.0.0.1:8000")
        if parts.scheme == "http" and not (config.allow_plain or _is_loopback(parts.hostname)):
            raise StoreError(
                f"UNTOC_CHROMA__URL={config.url!r} is on another machine and not encrypted: put a proxy with TLS before"
                " Chroma and use https://, or set UNTOC_CHROMA__ALLOW_PLAIN=true"
            )
        self._config, self._store = config, store
        self._client: Client | None = None
        self._connecting = threading.Lock()

    def open(self, name: str) -> VectorIndex:
        """Opens or creates an index; raises a StoreError if the server does not answer, or not as Chroma's would."""
        label = f"{name} at {self._config.url}"
        with _translated(label):
            return VectorIndex(label, self._connected(), ExitStack(), self._prefix(name))

    def fingerprint(self, name: str) -> str:
        """Returns the server's address instead of a hash, since the server keeps the files of the index."""
        return f"server {self._config.url}"

    def is_as_recorded(self, name: str, recorded: str | None) -> bool:
        """Returns whether this server holds the index, True if none is recorded; no answer raises a StoreError."""
        if not recorded:
            return True
        names = self._names()
        return recorded == self.fingerprint(name) and self._prefix(name) + COLLECTIONS["vectors"] in names

    def remove(self, name: str) -> None:
        """Deletes the collections of an index."""
        self._delete(lambda found: found.startswith(self._prefix(name)))

    def remove_others(self, name: str) -> None:
        """Deletes the collections of all of the store's indexes except this one."""
        self._delete(lambda found: found.startswith(self._store) and not found.startswith(self._prefix(name)))

    def _prefix(self, name: str) -> str:
        return f"{self._store}-{name}-"

    def _names(self) -> list[str]:
        with _translated(self._config.url):
            return [collection.name for collection in self._connected().list_collections()]

    def _delete(self, chosen: Callable[[str], bool]) -> None:
        try:
            for name in filter(chosen, self._names()):
                with _translated(self._config.url):
                    self._connected().delete_collection(name)
        except StoreError as exc:
            logger.warning("an old vector index could not be removed: %s", exc)

    def _connected(self) -> "Client":
        """Returns the one client that all calls share: Chroma keeps a record of each client in the process for good."""
        import chromadb

        parts = urlsplit(self._config.url)
        secure = parts.scheme == "https"
        with self._connecting:
            if self._client is None:
                made = chromadb.HttpClient(
                    str(parts.hostname),
                    parts.port or (443 if secure else 80),
                    secure,
                    headers={name: value.get_secret_value() for name, value in self._config.headers.items()},
                    settings=_own_settings().model_copy(),
                )
                self._client = cast("Client", made)
            return self._client

    def close(self) -> None:
        """Closes the client, and its connections to the server, which its own `close` leaves open."""
        if (client := self._client) is not None:
            servers = [getattr(each, "_server", None) for each in (client, client._admin_client)]
            sessions = [getattr(server, "_session", None) for server in servers]
            client.close()
            for session in filter(None, sessions):
                session.close()
            self._client = None


Indexes = EmbeddedIndexes | ServerIndexes


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
    """Returns a hash of the rows in Chroma's database, whose file grows at each opening; checks its integrity."""
    total = hashlib.blake2b(digest_size=16)
    uri = f"{(path / _DATABASE).resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            # Text is read as bytes, since in a damaged database it may not be valid UTF-8.
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
    """Returns a spelling of the path that no open index uses: Chroma's clients of one path share what was read."""
    with _spellings_lock:
        spelling = str(path)
        while spelling in _open_spellings:
            spelling += "/."
        _open_spellings.add(spelling)
        return spelling


@contextmanager
def _translated(label: str) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    # Chroma's errors have no common base: some are its own, some are built in, and a panic of its native code
    # is a BaseException.
    except BaseException as exc:
        lines = str(exc).strip().splitlines()[:1] or [type(exc).__name__]
        # Connection errors of Chroma's client and of httpx, known by text and name: an embedded index imports neither.
        if "Could not connect" in lines[0] or (type(exc).__module__ == "httpx" and "Status" not in type(exc).__name__):
            raise StoreAwayError(
                f"the vector index {label!r} is not reached ({lines[0]}): start Chroma's server, or check"
                " UNTOC_CHROMA__URL; what is stored stays, and the next ingest fills the index"
            ) from exc
        raise StoreError(f"the vector index {label!r} fails ({lines[0]}): run `untoc doctor --rebuild`") from exc
