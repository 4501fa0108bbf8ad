"""The vectors of all passages in a memory-mapped file, for exact search over a large part of a store.

Reading 60,000 vectors from the record takes each process seconds; a search in the mapped file takes as long as one
matrix-vector product, and processes share the memory. The file is made from the record and may be deleted.
"""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vectorstore.arrays import Matrix
from vectorstore.catalogue import Catalogue
from vectorstore.private_files import MAPPED, private_opener
from vectorstore.schema import VECTOR_TABLES, VectorTable

logger = logging.getLogger(__name__)

# (passage id, score), best first.
Scored = tuple[tuple[str, float], ...]
# Stores of at least this many passages have mapped vectors.
MAPPED_FROM: Final = 1000
# Ids are padded to a multiple of this, the bytes of a float32, so that the vectors after them are aligned.
_ALIGNED: Final = 4


class MappedVectors:
    """The vectors of one file: passage `ids` as ASCII bytes, (n,), and unit `vectors`, (n, dim) float32."""

    def __init__(self, path: Path) -> None:
        """Maps a file; raises an OSError, EOFError or ValueError if it is missing, empty or truncated."""
        # Converted to a plain array, since each operation on numpy's `memmap` type is slower.
        rows = np.asarray(np.load(path, mmap_mode="r"))
        self.ids, self.vectors = rows["id"], rows["vector"]

    def nearest(self, vector: Matrix, k: int) -> Scored:
        """Returns up to k (passage id, cosine), best first; ties are in the order of the record."""
        scores = self.vectors @ vector
        best = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
        best = best[np.lexsort((best, -scores[best]))]
        return tuple((self.ids[row].decode(), float(scores[row])) for row in best)

    def of(self, ids: Sequence[str]) -> Matrix | None:
        """Returns the vectors of these passages in their order, (n, dim) float32; None if one is missing."""
        asked = np.array(ids, dtype=self.ids.dtype)
        places = np.searchsorted(self.ids, asked, sorter=self._by_id)
        rows = self._by_id[np.minimum(places, len(self.ids) - 1)]
        return self.vectors[rows] if np.array_equal(self.ids[rows], asked) else None

    @cached_property
    def _by_id(self) -> NDArray[np.intp]:
        return np.argsort(self.ids)


class MappedFiles:
    """The files of a store, one for each embedding model; their names have the generation of the catalogue."""

    def __init__(self, store: Path, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue
        # Caches of the vectors of the current generation.
        self._opened = {table: lru_cache(maxsize=1)(MappedVectors) for table in VECTOR_TABLES}

    def close(self) -> None:
        """Closes the files."""
        for opened in self._opened.values():
            opened.cache_clear()

    def vectors(self, table: VectorTable) -> MappedVectors | None:
        """Returns the vectors of a model; None if there is no file, or a damaged one, which `are_right` tells."""
        # No miss is cached: a writer makes the file after the passages are visible.
        with suppress(OSError, EOFError, ValueError):
            return self._opened[table](self._path(table))
        return None

    def nearest(self, vector: Matrix, k: int, table: VectorTable) -> Scored | None:
        """Returns up to k (passage id, cosine) of the whole store, best first and exact; None if none are mapped."""
        mapped = self.vectors(table)
        return None if mapped is None else mapped.nearest(vector, k)

    def are_right(self) -> bool:
        """Returns whether the files that there are hold the vectors of the catalogue."""
        return all(self._is_right(table) for table in VECTOR_TABLES if self._path(table).exists())

    def write_missing(self) -> None:
        """Writes missing files for the catalogue's generation, and deletes outdated ones."""
        for table in VECTOR_TABLES:
            path, vectors = self._path(table), self._catalogue.vectors
            if not path.exists() and (count := vectors.count(table)) >= MAPPED_FROM:
                ids = list(self._catalogue.passage_ids())
                write_mapped(path, count, max(map(len, ids)), vectors.in_parts(ids, table))
        self._delete({*self._store.glob(MAPPED)} - {self._path(table) for table in VECTOR_TABLES})

    def delete(self) -> None:
        """Deletes all files."""
        self._delete(self._store.glob(MAPPED))

    def _delete(self, paths: Iterable[Path]) -> None:
        for path in paths:
            # Some systems keep a file that another process maps; the next write deletes it.
            with suppress(OSError):
                path.unlink()

    def _path(self, table: VectorTable) -> Path:
        return self._store / f"mapped-{self._catalogue.store_id}-{table}-{self._catalogue.generation}.npy"

    def _is_right(self, table: VectorTable) -> bool:
        self._opened[table].cache_clear()
        if (mapped := self.vectors(table)) is None:
            return False
        done = 0
        for ids, vectors in self._catalogue.vectors.in_parts(list(self._catalogue.passage_ids()), table):
            rows = slice(done, done := done + len(ids))
            same_ids = [each.decode() for each in mapped.ids[rows]] == list(ids)
            if not same_ids or not np.array_equal(mapped.vectors[rows], vectors):
                return False
        return done == len(mapped.ids)


def write_mapped(path: Path, count: int, longest: int, parts: Iterable[tuple[Sequence[str], Matrix]]) -> None:
    """Writes `count` ids of up to `longest` characters and their vectors, in parts, to a file for `MappedVectors`.

    A draft is written first and then renamed, so that a crash leaves no partial file; on a full disk it is deleted.
    """
    width = -(-longest // _ALIGNED) * _ALIGNED
    draft = path.with_suffix(".draft")
    try:
        with open(draft, "wb", opener=private_opener) as file:
            for ids, vectors in parts:
                rows = np.zeros(len(ids), [("id", f"S{width}"), ("vector", np.float32, vectors.shape[1:])])
                rows["id"], rows["vector"] = ids, vectors
                if not file.tell():
                    header = np.lib.format.header_data_from_array_1_0(rows)
                    np.lib.format.write_array_header_1_0(file, header | {"shape": (count,)})
                file.write(rows.tobytes())
        draft.replace(path)
    except OSError as exc:
        logger.warning("%s cannot be written (%s): search goes without it", path, exc.strerror)
        with suppress(OSError):
            draft.unlink()
