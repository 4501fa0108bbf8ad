"""Caches: an LRU cache of results of models by input, and one of what was read from the store, by its writes."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BatchLruCache(Generic[K, V]):
    """LRU cache of up to `most` results by their inputs, which computes those that are missing together."""

    def __init__(self, most: int) -> None:
        self._most, self._lock, self._kept = most, Lock(), dict[K, V]()

    def __iter__(self) -> Iterator[K]:
        """Yields the inputs whose results are kept, the one asked for longest ago first."""
        return iter(self._kept)

    def of(self, inputs: Iterable[K], compute: Callable[[list[K]], Iterable[V]]) -> dict[K, V]:
        """Returns the result of each input; those that are not kept are computed together."""
        wanted = dict.fromkeys(inputs)
        with self._lock:
            known = {each: self._kept[each] for each in wanted if each in self._kept}
        missing = [each for each in wanted if each not in known]
        known |= zip(missing, compute(missing) if missing else (), strict=True)
        with self._lock:
            for each in known:
                self._kept.pop(each, None)
            self._kept |= known
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return known


def kept_by_generation(read: Callable[..., V]) -> Callable[..., V]:
    """Returns a function that reads the store once for each generation and input, and keeps the two latest results.

    Two, since questions that began before a write still read what was before it.
    """
    return lru_cache(maxsize=2)(lambda generation, *inputs: read(*inputs))
