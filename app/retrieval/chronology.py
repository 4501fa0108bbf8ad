"""Chronology of statements: which were made at one occasion, which before another, which most recently.

A statement of October 2018 was certainly made before one of 2019, and one of session 9 of a body before one of its
session 10; a statement of 2018 and one of October 2018 are in no certain order.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from app.records import Citation
from ingest.language.dates import interval
from vectorstore.records import Metadata

# What tells when a statement was made.
Dated = Metadata | Citation
_Item = TypeVar("_Item")


def same_occasion(one: Metadata, other: Metadata) -> bool:
    """Returns whether two statements were made at one occasion: one session of one body, or days in common."""
    if one.body and other.body and one.body != other.body:
        return False
    if one.session and other.session:
        return one.session == other.session
    days, others = days_of(one), days_of(other)
    return days is not None and others is not None and days[0] <= others[1] and others[0] <= days[1]


def made_before(one: Dated, other: Dated) -> bool:
    """Returns whether a statement was certainly made before another: by their days, else by sessions of one body.

    Days that overlap leave it to the sessions: session 8 of "2020" was before session 9 of May 2020.
    """
    days, others = days_of(one), days_of(other)
    if days and others and (days[1] < others[0] or others[1] < days[0]):
        return days[1] < others[0]
    numbers = (one.session or "", other.session or "")
    return one.body == other.body and all(n.isdigit() for n in numbers) and int(numbers[0]) < int(numbers[1])


def recency(metadata: Dated) -> tuple[date, int]:
    """Returns a key that sorts statements by their last days, oldest first; those without a date come first.

    For which of two was made first, `made_before` decides; `latest_first` keeps to it.
    """
    days, session = days_of(metadata), metadata.session or ""
    return (days[1] if days else date.min, int(session) if session.isdigit() else 0)


def latest_first(items: Iterable[_Item], metadata: Callable[[_Item], Dated]) -> Iterator[_Item]:
    """Yields items by when their statements were made; where that is not certain, by `recency`, then as given."""
    rest = sorted(items, key=lambda item: recency(metadata(item)), reverse=True)
    while rest:
        latest = (n for n, one in enumerate(rest) if not any(made_before(metadata(one), metadata(o)) for o in rest))
        yield rest.pop(next(latest, 0))


def days_of(dated: Dated) -> tuple[date, date] | None:
    """Returns the first and the last day on which a statement may have been made; None where nothing is known."""
    return interval(dated.date) if dated.date else None
