"""One store folder: the catalogue, which is the record, the vector index over it, and the write lock."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vectorstore.arrays import Matrix
from vectorstore.catalogue import Catalogue
from vectorstore.chroma import EMBEDDED, ChromaConfig
from vectorstore.copying import copy_files, copy_record
from vectorstore.database import COPYING, IN_FOLDER, Database, DatabaseConfig, require_catalogue
from vectorstore.embeddings import Embedder
from vectorstore.errors import ModelMismatchError, StoreError, StoreReadOnlyError
from vectorstore.health import Check
from vectorstore.party_files import PartyFiles
from vectorstore.private_files import CATALOGUE, UPLOADS, make_private_folder, make_store_private
from vectorstore.schema import VectorTable
from vectorstore.shared_files import SAME_PATHS, FilesConfig, SharedFiles
from vectorstore.store_index import StoreIndex
from vectorstore.write_lock import write_lock

logger = logging.getLogger(__name__)

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
        self.party_files = PartyFiles(path, self.files)
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
            self.index = StoreIndex(path, self.catalogue, chroma, self._dimension, read_only=read_only)
            if check_model:
                self._check_model()
        except BaseException:
            self.catalogue.close()
            raise

    def close(self) -> None:
        """Closes all files and connections."""
        self.index.close()
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
        database = self.catalogue.database
        lock = database.advisory_lock if database.path is None else partial(write_lock, self.path)
        with lock(self._wait_seconds):
            try:
                if self.catalogue.meta("embedding_model") is None:
                    self._record_model()
                elif self._checks_model:
                    # Another process may have filled the store since it was opened.
                    self._check_model()
                yield
                if sync:
                    self._sync_index()
            finally:
                # Files that native code created have the permissions that the umask gave them.
                make_store_private(self.path)

    def _sync_index(self) -> None:
        """Makes the second model's missing vectors, and brings the vector index to the state of the catalogue."""
        try:
            if self._second is not None:
                # Finished batches of vectors are kept, so that after a kill the next run goes on there.
                self._embed(self.without_second(), self._second.embed, "second_vectors")
            self.index.sync()
        except StoreError as exc:
            logger.warning("what was written is kept; the next writer brings the search by meaning up to it: %s", exc)

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
            for name in ("parties", UPLOADS, "relevance.json") if here != there else ():
                copy_files((here / name).resolve(), there / name)
            finish()
            other.index.sync(partial(progress, "vector index"))

        # Without `sync`, which would embed the texts that lack a vector of the second model.
        with self.writer(sync=False), other.writer(sync=False):
            moved = (here / UPLOADS).resolve(), (there / UPLOADS).resolve()
            return copy_record(self.catalogue.database, other.catalogue.database, progress, finish_all, moved)

    def move_folder(self, folder: Path, to: Path) -> None:
        """Assigns what was ingested from a folder to another folder, where its files are from now on.

        Files that were also ingested from the other folder are left as they are.
        """
        with self.writer(sync=False):
            self.catalogue.move_folder(str(folder), str(to))
            self.party_files.move(folder, to)

    def rebuild_index(self) -> int:
        """Rebuilds the lexical and the vector index from the catalogue without embedding; returns the passage count."""
        self.catalogue.health.rebuild_lexical()
        self.index.rebuild()
        return self.catalogue.count_passages()

    def without_second(self) -> dict[str, str]:
        """Returns the texts, by text key, that need a vector of the second model and have none."""
        if self._second is None:
            return {}
        return self.catalogue.vectors.missing(self._second.languages, "second_vectors")

    @property
    def second_vectors_complete(self) -> bool:
        """Whether all passages in the second model's languages have vectors, so that these are compared by meaning."""
        generation = self.catalogue.generation
        if self._second is not None and self._complete_at != generation and not self.without_second():
            self._complete_at = generation
        return self._complete_at == generation

    def vectors_by_statement(self, statement_ids: Sequence[str]) -> dict[str, Matrix]:
        """Returns the vectors of the passages of each of these statements that has any, (n, dim) float32.

        They are taken from the mapped file if there is one, in a tenth of the time that the record takes.
        """
        owners, mapped = self.catalogue.passage_ids(statement_ids), self.index.mapped.vectors("vectors")
        ids = tuple(owners)
        vectors = None if mapped is None else mapped.of(ids)
        if vectors is None:
            ids, vectors = self.catalogue.vectors.of(statement_ids)
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
        found = (*found, self.index.check())
        if self._second is None:
            return found
        missing = len(self.without_second())
        trouble = f"{missing} passages in other languages have none: run `untoc doctor --rebuild`" if missing else None
        return (*found, Check.of("second vectors", trouble, "all there"))

    def embed_anew(self, embed: Callable[[Sequence[str]], Matrix]) -> None:
        """Embeds all texts again with the first model that is in use; the caller holds the write lock."""
        self.catalogue.vectors.forget()
        self._record_model()
        self.index.renew()
        self._embed(self.catalogue.vectors.missing(), embed, "vectors")

    def _embed(self, texts: Mapping[str, str], embed: Callable[[Sequence[str]], Matrix], table: VectorTable) -> None:
        waiting = list(texts)
        for begin in range(0, len(waiting), _EMBEDDED_AT_ONCE):
            keys = waiting[begin : begin + _EMBEDDED_AT_ONCE]
            vectors = embed([texts[key] for key in keys])
            self.catalogue.vectors.add(dict(zip(keys, vectors, strict=True)), table)

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


def open_record(path: Path, database: DatabaseConfig) -> Database:
    """Opens the record of an existing store, and upgrades it to the current schema."""
    return Database(_place(path, database), create=False, migrate=True)


def _place(path: Path, database: DatabaseConfig) -> Path | str:
    return path / CATALOGUE if database.url is None else database.url.get_secret_value()
