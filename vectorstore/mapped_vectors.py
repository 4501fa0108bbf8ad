"""The vectors of all passages in one memory-mapped file, for exact search over a large part of a store.

Reading 60,000 vectors from the record takes each process seconds; a search in the mapped file takes as long as one
matrix-vector product, and processes share the memory. The file is made from the record and may be deleted.
"""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vectorstore.arrays import Matrix
from vectorstore.private_files import private_opener

logger = logging.getLogger(__name__)

# (passage id, score), best first.
Scored = tuple[tuple[str, float], ...]
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


def write_mapped(path: Path, longest: int, parts: Iterable[tuple[Sequence[str], Matrix]]) -> None:
    """Writes parts, each of ids of up to `longest` characters and vectors (n, dim), to a file for `MappedVectors`.

    A draft is written first and then renamed, so that a crash leaves no partial file; on a full disk it is deleted.
    """
    width, count = -(-longest // _ALIGNED) * _ALIGNED, 0
    draft = path.with_suffix(".draft")
    try:
        with open(draft, "wb", opener=private_opener) as file:
            for ids, vectors in parts:
                rows = np.zeros(len(ids), [("id", f"S{width}"), ("vector", np.float32, vectors.shape[1:])])
                rows["id"], rows["vector"] = ids, vectors
                header = np.lib.format.header_data_from_array_1_0(rows)
                if not count:
                    np.lib.format.write_array_header_1_0(file, header)
                file.write(rows.tobytes())
                count += len(rows)
            if count:
                # Written again with the final count, for which numpy's header reserves room.
                file.seek(0)
                np.lib.format.write_array_header_1_0(file, header | {"shape": (count,)})
        # No vectors are written if all of those stored belong to texts that are gone.
        draft.replace(path) if count else draft.unlink()
    except OSError as exc:
        logger.warning("%s cannot be written (%s): search goes without it", path, exc.strerror)
        with suppress(OSError):
            draft.unlink()
