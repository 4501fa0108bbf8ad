"""One store folder: the catalogue, which is the record, the vector index over it, and the write lock."""

import errno
import hashlib
import logging
import os
import platform
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
from filelock import FileLock, Timeout

from vectorstore.arrays import Matrix
from vectorstore.catalogue import Catalogue
from vectorstore.chroma import (
    BATCH,
    COLLECTIONS,
    EMBEDDED,
    ChromaConfig,
    EmbeddedIndexes,
    Indexes,
    ServerIndexes,
    VectorIndex,
)
from vectorstore.copying import copy_files, copy_record
from vectorstore.database import COPYING, IN_FOLDER, Database, DatabaseConfig, require_catalogue
from vectorstore.embeddings import Embedder
from vectorstore.errors import (
    ModelMismatchError,
    StoreAwayError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from vectorstore.files import SAME_PATHS, FilesConfig, SharedFiles
from vectorstore.health import Check
from vectorstore.mapped_vectors import MappedVectors, Scored, write_mapped
from vectorstore.private_files import make_private_folder, make_store_private, replacing
from vectorstore.schema import VectorTable

logger = logging.getLogger(__name__)

CATALOGUE = "catalogue.sqlite3"
# File that says who holds `write.lock`, which itself has to stay empty on some systems.
_HOLDER = "write.holder"
# Stores of at least this many passages also have their vectors in a memory-mapped file.
MAPPED_FROM: Final = 1000
# Number of texts that are embedded and stored in one transaction.
_EMBEDDED_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True)
class SecondModel:
    """A second embedding model, for passages in languages (ISO 639-1 codes) that the first does not know."""

    embed: Callable[[Sequence[str]], Matrix]
    languages: frozenset[str]


class Store:
    """The store of one corpus. Readers see each finished write; one process writes at a time."""

    def __init__(
        self,
        path: Path,
        embedder: Embedder,
        *,
        read_only: bool = False,
        create: bool = True,
        check_model: bool = True,
        wait_seconds: float = 10.0,
        second: SecondModel | None = None,
        database: DatabaseConfig = IN_FOLDER,
        chroma: ChromaConfig = EMBEDDED,
        files: FilesConfig = SAME_PATHS,
    ) -> None:
        """Opens the store; if there is none, creates it, provided that `create` is true and `read_only` is false.

        Without `check_model`, a store of another embedding model can be opened too, to embed it again. A writer waits
        up to `wait_seconds` for another writer; if `second` is None, the store gets no second vectors.

        Raises:
            StoreError: It cannot be opened; a StoreMissingError if there is none and it may not be created; a
                ModelMismatchError if it was built with another embedding model.
        """
        self.path = path
        self.read_only = read_only
        self._model_name, self._dimension = embedder.name, embedder.dimension
        self._checks_model = check_model
        self._wait_seconds = wait_seconds
        self._second = second
        self._complete_at = -1
        self.files = None if files.url is None else SharedFiles(files.url.get_secret_value(), path)
        source = _place(path, database)
        if not create and isinstance(source, Path):
            require_catalogue(source)
        if not read_only:
            try:
                make_private_folder(path)
            except OSError as exc:
                raise StoreReadOnlyError(
                    f"the store folder {str(path)!r} cannot be made ({exc.strerror}): choose another with --store"
                ) from exc
            make_store_private(path)
        self.catalogue = Catalogue(source, read_only=read_only, create=create)
        try:
            self._indexes: Indexes = EmbeddedIndexes(path)
            if chroma.url:
                self._indexes = ServerIndexes(chroma, f"untoc-{self.catalogue.store_id}")
            if check_model:
                self._check_model()
        except BaseException:
            self.catalogue.close()
            raise
        self._index: VectorIndex | None = None
        self._index_guard = threading.RLock()
        self._seen_generation = ""
        # Caches of the mapped vectors in the store's current generation, one for each model.
        self._mapped = {table: lru_cache(maxsize=1)(MappedVectors) for table in COLLECTIONS}

    def close(self) -> None:
        """Closes all files and connections."""
        with self._index_guard:
            self._drop_index()
            self._indexes.close()
        for mapped in self._mapped.values():
            mapped.cache_clear()
        self.catalogue.close()

    @contextmanager
    def writer(self, *, sync: bool = True) -> Iterator[None]:
        """Holds the write lock, and at the end updates the vector index to the state of the catalogue.

        Without `sync` the index stays outdated, for a writer that will write again, and likewise with a warning if it
        cannot be updated, since what was written is done; search is exact meanwhile.

        Raises a StoreLockedError that names the other writer if that writes for longer than the store's `wait_seconds`.
        """
        if self.read_only:
            raise StoreReadOnlyError(f"the store {str(self.path)!r} is open for reading only")
        lock = self.catalogue.database.advisory_lock if self.catalogue.is_served else self._file_lock
        with lock(self._wait_seconds):
            try:
                if self.catalogue.meta("embedding_model") is None:
                    self._record_model()
                elif self._checks_model:
                    # Another process may have filled the store since it was opened.
                    self._check_model()
                yield
                if sync:
                    self._catch_up()
            finally:
                # Files that native code created have the permissions that the umask gave them.
                make_store_private(self.path)

    def _catch_up(self) -> None:
        try:
            if self._second is not None:
                # Finished batches of vectors are kept, so that after a kill the next run goes on there.
                self._embed(self.without_second(), self._second.embed, "second_vectors")
            self.sync_index()
            self._map_vectors()
        except StoreError as exc:
            logger.warning("what was written is kept; the next writer brings the search by meaning up to it: %s", exc)

    @contextmanager
    def _file_lock(self, wait: float) -> Iterator[None]:
        lock = FileLock(self.path / "write.lock", mode=0o600)
        try:
            lock.acquire(timeout=wait)
        except Timeout as exc:
            raise StoreLockedError(
                f"{_read_holder(self.path)} writes to the store {str(self.path)!r}, and {wait:g} s were not enough: run"
                " this again when it is done, wait longer with UNTOC_WAIT_SECONDS, or choose another store with --store"
            ) from exc
        except OSError as exc:
            raise StoreReadOnlyError(
                f"the store {str(self.path)!r} cannot be locked for writing ({exc.strerror}): change its permissions,"
                " or choose another with --store"
            ) from exc
        try:
            _note_holder(self.path)
            yield
        finally:
            with suppress(OSError):
                (self.path / _HOLDER).unlink()
            lock.release()

    def copy_to(
        self,
        other: "Store",
        progress: Callable[[str, int], None] = lambda table, rows: None,
        finish: Callable[[], None] = lambda: None,
    ) -> dict[str, int]:
        """Copies the record, party files, uploads and calibration into another store, whose index is filled from them.

        The `other` has to be empty, or left by an interrupted copy of this store, else it raises a StoreError.
        `progress` is called with the table, or `vector index`, and how many of its rows are copied; `finish` copies
        what else belongs to the store, before the copy counts as complete. Returns the number of rows of each table.
        """
        here, there = self.path.resolve(), other.path.resolve()

        def finish_all() -> None:
            for name in ("parties", "uploads", "relevance.json") if here != there else ():
                copy_files((here / name).resolve(), there / name)
            finish()
            other.sync_index(partial(progress, "vector index"))
            other._map_vectors()

        # Without `sync`, which would embed the texts that lack a vector of the second model.
        with self.writer(sync=False), other.writer(sync=False):
            moved = (here / "uploads").resolve(), (there / "uploads").resolve()
            return copy_record(self.catalogue.database, other.catalogue.database, progress, finish_all, moved)

    def party_files(self, *, other_than: Path | None = None) -> tuple[Path, ...]:
        """Returns the copies of `parties.csv` that came with ingested folders, except that of `other_than`."""
        prefix = None if other_than is None else _party_prefix(other_than)
        found = sorted((self.path / "parties").glob("*.csv"))
        return tuple(path for path in found if prefix is None or not path.name.startswith(prefix))

    def keep_party_file(self, path: Path, table: Path | None = None) -> None:
        """Stores a copy of a folder's `parties.csv`, in place of an older copy; the caller holds the write lock.

        The copy is named by the folder of `path`; the file of an archive is read from somewhere else, `table`.
        """
        try:
            self.write_party_file(_party_prefix(path), (table or path).read_bytes())
        except OSError as exc:
            kind = StoreFullError if exc.errno in (errno.ENOSPC, errno.EDQUOT) else StoreReadOnlyError
            raise kind(
                f"{str(path)!r} cannot be copied into the store {str(self.path)!r} ({exc.strerror}): check the"
                " permissions and the free space of both"
            ) from exc

    def write_party_file(self, prefix: str, data: bytes) -> None:
        """Writes the copy of a folder's `parties.csv`, with the folder's `prefix`; the caller holds the write lock."""
        kept = self.path / "parties" / f"{prefix}{hashlib.sha256(data).hexdigest()[:16]}.csv"
        if kept.exists():
            return
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        with replacing(kept) as draft:
            draft.write_bytes(data)
            # The old copy is deleted first, since two copies that contradict each other could not be loaded.
            for old in kept.parent.glob(f"{prefix}*.csv"):
                old.unlink()
        if self.files is not None:
            self.files.replace_table(kept)

    def move_folder(self, folder: Path, to: Path) -> None:
        """Assigns what was ingested from a folder to another folder, where its files are from now on.

        Files that were also ingested from the other folder are left as they are.
        """
        with self.writer(sync=False):
            self.catalogue.move_folder(str(folder), str(to))
            for table in sorted((self.path / "parties").glob(f"{_party_prefix(folder / 'parties.csv')}*.csv")):
                self.write_party_file(_party_prefix(to / "parties.csv"), table.read_bytes())
                table.unlink(missing_ok=True)
                if self.files is not None:
                    self.files.remove_table(table)

    def sync_party_tables(self) -> None:
        """Syncs the party tables with those of other machines; a caller that only reads the store may call it too."""
        if self.files is not None:
            self.files.sync_party_tables(self.path / "parties")

    def sync_index(self, progress: Callable[[int], None] = lambda vectors: None) -> None:
        """Updates the vector index to the catalogue: adds missing vectors, deletes those of removed passages.

        A broken index is rebuilt in a fresh folder; nothing is embedded. The caller holds the write lock.
        `progress` is called with how many vectors are in the index.
        """
        generation = str(self.catalogue.generation)
        with self._index_guard:
            if self.catalogue.meta("index_generation") == generation and self._is_intact():
                return
            try:
                self._bring_up(self._open_index(), progress)
                self._record_index(str(self.catalogue.meta("index_folder")))
            except StoreAwayError:
                raise
            except StoreError as exc:
                logger.warning("%s; it is rebuilt from the catalogue", exc)
                self._rebuild(progress)

    def rebuild_index(self) -> int:
        """Rebuilds the lexical and the vector index from the catalogue without embedding; returns the passage count."""
        self.catalogue.health.rebuild_lexical()
        with self._index_guard:
            self._rebuild()
        for path in self.path.glob("mapped-*"):
            # Some systems keep a file that another process maps.
            with suppress(OSError):
                path.unlink()
        return self.catalogue.count_passages()

    def without_second(self) -> dict[str, str]:
        """Returns the texts, by text key, that need a vector of the second model and have none."""
        if self._second is None:
            return {}
        return self.catalogue.texts_without_vector(self._second.languages, "second_vectors")

    @property
    def compares_meaning(self) -> bool:
        """Whether all passages in the second model's languages have vectors, so that these are compared by meaning."""
        generation = self.catalogue.generation
        if self._second is not None and self._complete_at != generation and not self.without_second():
            self._complete_at = generation
        return self._complete_at == generation

    def search_index(self, vector: Matrix, k: int, table: VectorTable = "vectors") -> Scored | None:
        """Returns up to k (passage id, cosine), best first, or None if the index is outdated or broken.

        A caller that gets None searches the catalogue's vectors exactly instead.
        """
        current = str(self.catalogue.generation)
        with self.catalogue.database.outside_snapshot():
            if self.catalogue.meta("index_generation") != current:
                return None
            with self._index_guard:
                try:
                    found = self._fresh_index(current).search(vector, k, table)
                except StoreError as exc:
                    logger.warning("%s; searching exactly", exc)
                    self._drop_index()
                    return None
            # A writer may have begun to update the index meanwhile.
            return found if str(self.catalogue.generation) == current else None

    def search_mapped(self, vector: Matrix, k: int, table: VectorTable = "vectors") -> Scored | None:
        """Returns up to k (passage id, cosine) of the whole store, best first and exact; None if none are mapped."""
        mapped = self._mapped_vectors(table)
        return None if mapped is None else mapped.nearest(vector, k)

    def vectors_by_statement(self, statement_ids: Sequence[str]) -> dict[str, Matrix]:
        """Returns the vectors of the passages of each of these statements that has any, (n, dim) float32.

        They are taken from the mapped file if there is one, in a tenth of the time that the record takes.
        """
        owners, mapped = self.catalogue.passage_ids(statement_ids), self._mapped_vectors("vectors")
        ids = tuple(owners)
        vectors = None if mapped is None else mapped.of(ids)
        if vectors is None:
            ids, vectors = self.catalogue.vectors_of(statement_ids)
        rows: dict[str, list[int]] = {}
        for row, identifier in enumerate(ids):
            # Another process may have stored passages meanwhile.
            if identifier in owners:
                rows.setdefault(owners[identifier], []).append(row)
        return {statement_id: vectors[own] for statement_id, own in rows.items()}

    def check(self) -> tuple[Check, ...]:
        """Checks that the parts of the store are sound and agree with each other."""
        found = self.catalogue.health.check(self._dimension)
        if not found[0].ok:
            return found
        found = (*found, self._check_index(self.catalogue.count_passages()))
        if self._second is None:
            return found
        missing = len(self.without_second())
        trouble = f"{missing} passages in other languages have none: run `untoc doctor --rebuild`" if missing else None
        return (*found, Check.of("second vectors", trouble, "all there"))

    def _check_index(self, passages: int) -> Check:
        check = partial(Check.of, "vector index")
        if self.catalogue.meta("index_generation") != str(self.catalogue.generation):
            return check("behind the catalogue: run `untoc doctor --rebuild`" if passages else None, "empty")
        if self.read_only and isinstance(self._indexes, EmbeddedIndexes) and not os.access(self.path, os.W_OK):
            return check(None, "not opened: the store is read-only; search is exact")
        with self._index_guard:
            try:
                index = self._fresh_index(str(self.catalogue.generation))
                ids = index.ids()
                trouble = index.check(self._dimension)
            except StoreError as exc:
                return check(str(exc), "")
        if trouble is None and ids != frozenset(self.catalogue.passage_ids()):
            trouble = f"it holds {len(ids)} of {passages} passages: run `untoc doctor --rebuild`"
        if trouble is None and not all(map(self._is_mapped_right, COLLECTIONS)):
            trouble = "its mapped vectors are not those of the catalogue: run `untoc doctor --rebuild`"
        return check(trouble, f"{len(ids)} vectors, in step")

    def _mapped_path(self, table: VectorTable) -> Path:
        """Returns the path of the mapped vectors, with the record's generation: an outdated file has another name."""
        return self.path / f"mapped-{self.catalogue.store_id}-{table}-{self.catalogue.generation}.npy"

    def _mapped_vectors(self, table: VectorTable) -> MappedVectors | None:
        # A damaged file counts as missing; `untoc doctor` reports it. No miss is cached: a writer makes the file after
        # the passages are visible.
        with suppress(OSError, EOFError, ValueError):
            return self._mapped[table](self._mapped_path(table))
        return None

    def _is_mapped_right(self, table: VectorTable) -> bool:
        if not self._mapped_path(table).exists():
            return True
        self._mapped[table].cache_clear()
        if (mapped := self._mapped_vectors(table)) is None:
            return False
        done = 0
        for some, vectors in self.catalogue.vectors_in_parts(list(self.catalogue.passage_ids()), table, BATCH):
            rows = slice(done, done := done + len(some))
            same_ids = [each.decode() for each in mapped.ids[rows]] == list(some)
            if not same_ids or not np.array_equal(mapped.vectors[rows], vectors):
                return False
        return done == len(mapped.ids)

    def _map_vectors(self) -> None:
        """Writes missing files of mapped vectors for the catalogue's generation, and deletes outdated ones."""
        for table in COLLECTIONS:
            path = self._mapped_path(table)
            catalogue = self.catalogue
            if not path.exists() and min(catalogue.count_passages(), catalogue.count_vectors(table)) >= MAPPED_FROM:
                ids = list(catalogue.passage_ids())
                write_mapped(path, max(map(len, ids)), catalogue.vectors_in_parts(ids, table, BATCH))
            for other in self.path.glob(f"mapped-*-{table}-*"):
                if other != path:
                    # Some systems keep a file that another process maps; the next write deletes it.
                    with suppress(OSError):
                        other.unlink()

    def embed_anew(self, embed: Callable[[Sequence[str]], Matrix]) -> None:
        """Embeds all texts again with the first model that is in use; the caller holds the write lock."""
        self.catalogue.forget_vectors()
        self._record_model()
        with self._index_guard:
            self._drop_index()
            folder = _new_index_folder()
            self.catalogue.set_meta({"index_folder": folder, "index_generation": "-1", "index_fingerprint": ""})
            self._indexes.remove_others(folder)
        self._embed(self.catalogue.texts_without_vector(), embed, "vectors")

    def _embed(self, texts: Mapping[str, str], embed: Callable[[Sequence[str]], Matrix], table: VectorTable) -> None:
        waiting = list(texts)
        for begin in range(0, len(waiting), _EMBEDDED_AT_ONCE):
            keys = waiting[begin : begin + _EMBEDDED_AT_ONCE]
            vectors = embed([texts[key] for key in keys])
            self.catalogue.add_vectors(dict(zip(keys, vectors, strict=True)), table)

    def _check_model(self) -> None:
        if self.catalogue.meta(COPYING) is not None:
            raise StoreError(f"{self.catalogue.database.name} holds part of a copy: run the same copy again")
        recorded = self.catalogue.meta("embedding_model")
        if recorded is not None and recorded != self._model_name:
            raise ModelMismatchError(
                f"the store {str(self.path)!r} was built with the embedding model {recorded!r}, the settings name"
                f" {self._model_name!r}: set UNTOC_EMBEDDING__MODEL={recorded}, or embed the store again with"
                " `untoc doctor --reembed`"
            )

    def _record_model(self) -> None:
        self.catalogue.set_meta({"embedding_model": self._model_name, "embedding_dimension": str(self._dimension)})

    def _open_index(self) -> VectorIndex:
        if self._index is None:
            if (folder := self.catalogue.meta("index_folder")) is None:
                folder = _new_index_folder()
                self.catalogue.set_meta({"index_folder": folder, "index_fingerprint": ""})
            if not self._indexes.is_as_recorded(folder, self.catalogue.meta("index_fingerprint")):
                raise StoreError(
                    f"the vector index {folder!r} of {str(self.path)!r} is damaged or half written:"
                    " run `untoc doctor --rebuild`"
                )
            self._index = self._indexes.open(folder)
        return self._index

    def _is_intact(self) -> bool:
        folder, recorded = map(self.catalogue.meta, ("index_folder", "index_fingerprint"))
        with suppress(StoreError):
            return self._index is not None or self._indexes.is_as_recorded(str(folder), recorded)
        return False

    def _fresh_index(self, generation: str) -> VectorIndex:
        """Returns the current index; reopens it at a new generation, since an open index shows what it first read."""
        if self._seen_generation != generation:
            self._drop_index()
        index = self._open_index()
        self._seen_generation = generation
        return index

    def _drop_index(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None

    def _bring_up(self, index: VectorIndex, progress: Callable[[int], None]) -> None:
        passages = self.catalogue.passage_ids()
        wanted = frozenset(passages)
        indexed: dict[VectorTable, frozenset[str]] = {}
        for table in COLLECTIONS:
            present = index.ids(table)
            index.delete(sorted(present - wanted), table)
            indexed[table] = present & wanted
            new = [identifier for identifier in passages if identifier not in present]
            for ids, vectors in self.catalogue.vectors_in_parts(new, table, BATCH):
                index.upsert(ids, vectors, table)
                indexed[table] |= {*ids}
                progress(len(indexed[table]))
        if index.ids() != indexed["vectors"]:
            raise StoreError(f"the vector index {index.label!r} does not hold what it was given")
        # The check searches, which makes Chroma write its pending changes before its files are recorded.
        if (trouble := index.check(self._dimension)) is not None:
            raise StoreError(trouble)

    def _record_index(self, name: str) -> None:
        generation, found = str(self.catalogue.generation), self._indexes.fingerprint(name)
        self.catalogue.set_meta({"index_folder": name, "index_generation": generation, "index_fingerprint": found})

    def _rebuild(self, progress: Callable[[int], None] = lambda vectors: None) -> None:
        self._drop_index()
        folder = _new_index_folder()
        try:
            self._index = self._indexes.open(folder)
            self._bring_up(self._index, progress)
            self._record_index(folder)
        except BaseException:
            # An unfinished index, as after a full disk, would only take space.
            self._drop_index()
            self._indexes.remove(folder)
            raise
        self._indexes.remove_others(folder)


def open_record(path: Path, database: DatabaseConfig) -> Database:
    """Opens the record of an existing store, and upgrades it to the current schema."""
    return Database(_place(path, database), create=False, migrate=True)


def _place(path: Path, database: DatabaseConfig) -> Path | str:
    return path / CATALOGUE if database.url is None else database.url.get_secret_value()


def _note_holder(path: Path) -> None:
    """Notes who holds the write lock, for those who wait; overwrites the note of a killed process."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    # Errors are ignored, since only a message needs the note; on a full disk the store's own write reports it.
    with suppress(OSError):
        (path / _HOLDER).write_text(f"process {os.getpid()} on {platform.node()}, since {now},", encoding="utf-8")


def _read_holder(path: Path) -> str:
    with suppress(OSError):
        if noted := (path / _HOLDER).read_text(encoding="utf-8"):
            return noted
    return "another process"


def _party_prefix(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve().parent)).hexdigest()[:8] + "-"


def _new_index_folder() -> str:
    return f"index-{uuid4().hex[:8]}"
