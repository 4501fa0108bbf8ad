"""Matches in a text, with their offsets, and runs of neighbours."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, kw_only=True)
class TextMatch:
    """Something found in a text, at `[start, end)`."""

    start: int
    end: int

    def overlaps(self, other: "TextMatch") -> bool:
        """Returns whether the two share a character."""
        return self.start < other.end and other.start < self.end


M = TypeVar("M", bound=TextMatch)
T = TypeVar("T")


def without_overlaps(matches: Iterable[M], *, longest: bool = False) -> tuple[M, ...]:
    """Returns, in text order, the matches that overlap no earlier one, or with `longest` no longer one."""
    kept: list[M] = []
    for match in sorted(matches, key=lambda match: match.start - match.end) if longest else matches:
        if not any(map(match.overlaps, kept)):
            kept.append(match)
    return tuple(sorted(kept, key=lambda match: match.start))


def runs_of(items: Iterable[T], joins: Callable[[list[T], T], bool]) -> Iterator[list[T]]:
    """Yields runs of neighbours, none empty: an item joins the run before it if `joins(run, item)`."""
    run: list[T] = []
    for item in items:
        if run and not joins(run, item):
            yield run
            run = []
        run.append(item)
    if run:
        yield run
