"""Matches in a text, with their offsets, and runs of neighbours."""

from bisect import bisect_left
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
        at = bisect_left(kept, match.start, key=lambda other: other.start)
        # Only its neighbours can overlap it, since the kept ones do not overlap each other.
        if not any(map(match.overlaps, kept[max(0, at - 1) : at + 1])):
            kept.insert(at, match)
    return tuple(kept)


def blanked(text: str, spans: Iterable[tuple[int, int]], blank: str = " ") -> str:
    """Returns a text of equal length with spaces, or another character, in place of each span `[start, end)`."""
    for start, end in spans:
        text = text[:start] + blank * (end - start) + text[end:]
    return text


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
