"""The vector index of one store, kept up to date with the catalogue: Chroma's, and the mapped vectors beside it."""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

from vectorstore.arrays import Matrix
from vectorstore.catalogue import Catalogue
from vectorstore.chroma import COLLECTIONS, ChromaConfig, EmbeddedIndexes, Indexes, ServerIndexes, VectorIndex
from vectorstore.errors import StoreAwayError, StoreError
from vectorstore.health import Check
from vectorstore.mapped_vectors import MappedFiles, Scored
from vectorstore.schema import VectorTable

logger = logging.getLogger(__name__)


class StoreIndex:
    """The index of the store at `path`; whoever calls `sync`, `rebuild` or `renew` holds the write lock.

    The catalogue names its folder, the generation that it is of, and the fingerprint of its files.
    """

    def __init__(
        self, path: Path, catalogue: Catalogue, chroma: ChromaConfig, dimension: int, *, read_only: bool
    ) -> None:
        self._path, self._catalogue, self._dimension, self._read_only = path, catalogue, dimension, read_only
        self._indexes: Indexes = EmbeddedIndexes(path)
        if chroma.url:
            self._indexes = ServerIndexes(chroma, f"untoc-{catalogue.store_id}")
        self._index: VectorIndex | None = None
        self._guard = threading.RLock()
        self._seen_generation = ""
        self.mapped = MappedFiles(path, catalogue)

    def close(self) -> None:
        """Closes all files and connections."""
        with self._guard:
            self._drop()
            self._indexes.close()
        self.mapped.close()

    def sync(self, progress: Callable[[int], None] = lambda vectors: None) -> None:
        """Updates the index to the catalogue: adds missing vectors, deletes those of removed passages.

        A broken index is rebuilt in a fresh folder; nothing is embedded. `progress` is called with how many vectors
        are in the index.
        """
        with self._guard:
            if not (self._is_of(str(self._catalogue.generation)) and self._is_intact()):
                try:
                    self._bring_up(self._open(), progress)
                    self._record(str(self._catalogue.meta("index_folder")))
                except StoreAwayError:
                    raise
                except StoreError as exc:
                    logger.warning("%s; it is rebuilt from the catalogue", exc)
                    self._build_anew(progress)
        self.mapped.write_missing()

    def rebuild(self) -> None:
        """Rebuilds the index from the catalogue without embedding; the mapped vectors are written by the next sync."""
        with self._guard:
            self._build_anew()
        self.mapped.delete()

    def renew(self) -> None:
        """Begins an empty index, for vectors of another model."""
        with self._guard:
            self._drop()
            self._indexes.remove_others(self._begin_folder())

    def search(self, vector: Matrix, k: int, table: VectorTable = "vectors") -> Scored | None:
        """Returns up to k (passage id, cosine), best first, or None if the index is outdated or broken.

        A caller that gets None searches the catalogue's vectors exactly instead.
        """
        current = str(self._catalogue.generation)
        with self._catalogue.database.outside_snapshot():
            if not self._is_of(current):
                return None
            with self._guard:
                try:
                    found = self._fresh(current).search(vector, k, table)
                except StoreError as exc:
                    logger.warning("%s; searching exactly", exc)
                    self._drop()
                    return None
            # A writer may have begun to update the index meanwhile.
            return found if str(self._catalogue.generation) == current else None

    def check(self) -> Check:
        """Checks that the index holds the passages of the catalogue, and can be searched."""
        check, generation = partial(Check.of, "vector index"), str(self._catalogue.generation)
        passages = self._catalogue.count_passages()
        if not self._is_of(generation):
            return check("behind the catalogue: run `untoc doctor --rebuild`" if passages else None, "empty")
        if self._read_only and isinstance(self._indexes, EmbeddedIndexes) and not os.access(self._path, os.W_OK):
            return check(None, "not opened: the store is read-only; search is exact")
        with self._guard:
            try:
                index = self._fresh(generation)
                ids = index.ids()
                trouble = index.check(self._dimension)
            except StoreError as exc:
                return check(str(exc), "")
        if trouble is None and ids != frozenset(self._catalogue.passage_ids()):
            trouble = f"it holds {len(ids)} of {passages} passages: run `untoc doctor --rebuild`"
        if trouble is None and not self.mapped.are_right():
            trouble = "its mapped vectors are not those of the catalogue: run `untoc doctor --rebuild`"
        return check(trouble, f"{len(ids)} vectors, in step")

    def _is_of(self, generation: str) -> bool:
        return self._catalogue.meta("index_generation") == generation

    def _is_intact(self) -> bool:
        folder, recorded = map(self._catalogue.meta, ("index_folder", "index_fingerprint"))
        with suppress(StoreError):
            return self._index is not None or self._indexes.is_as_recorded(str(folder), recorded)
        return False

    def _open(self) -> VectorIndex:
        if self._index is None:
            folder = self._catalogue.meta("index_folder") or self._begin_folder()
            if not self._indexes.is_as_recorded(folder, self._catalogue.meta("index_fingerprint")):
                raise StoreError(
                    f"the vector index {folder!r} of {str(self._path)!r} is damaged or half written:"
                    " run `untoc doctor --rebuild`"
                )
            self._index = self._indexes.open(folder)
        return self._index

    def _fresh(self, generation: str) -> VectorIndex:
        """Returns the current index; reopens it at a new generation, since an open index shows what it first read."""
        if self._seen_generation != generation:
            self._drop()
        index = self._open()
        self._seen_generation = generation
        return index

    def _drop(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None

    def _bring_up(self, index: VectorIndex, progress: Callable[[int], None]) -> None:
        passages = self._catalogue.passage_ids()
        wanted = frozenset(passages)
        indexed: dict[VectorTable, frozenset[str]] = {}
        for table in COLLECTIONS:
            present = index.ids(table)
            index.delete(sorted(present - wanted), table)
            indexed[table] = present & wanted
            new = [identifier for identifier in passages if identifier not in present]
            for ids, vectors in self._catalogue.vectors.in_parts(new, table):
                index.upsert(ids, vectors, table)
                indexed[table] |= {*ids}
                progress(len(indexed[table]))
        if index.ids() != indexed["vectors"]:
            raise StoreError(f"the vector index {index.label!r} does not hold what it was given")
        # The check searches, which makes Chroma write its pending changes before its files are recorded.
        if (trouble := index.check(self._dimension)) is not None:
            raise StoreError(trouble)

    def _build_anew(self, progress: Callable[[int], None] = lambda vectors: None) -> None:
        self._drop()
        folder = _new_folder()
        try:
            self._index = self._indexes.open(folder)
            self._bring_up(self._index, progress)
            self._record(folder)
        except BaseException:
            # An unfinished index, as after a full disk, would only take space.
            self._drop()
            self._indexes.remove(folder)
            raise
        self._indexes.remove_others(folder)

    def _record(self, folder: str) -> None:
        self._note(folder, str(self._catalogue.generation), self._indexes.fingerprint(folder))

    def _begin_folder(self) -> str:
        self._note(folder := _new_folder(), "-1", "")
        return folder

    def _note(self, folder: str, generation: str, fingerprint: str) -> None:
        facts = {"index_folder": folder, "index_generation": generation, "index_fingerprint": fingerprint}
        self._catalogue.set_meta(facts)


def _new_folder() -> str:
    return f"index-{uuid4().hex[:8]}"
