"""Chronology of statements: which were made at one occasion, which before another, which most recently.

A statement of October 2018 was certainly made before one of 2019, and one of session 9 of a body before one of its
session 10; a statement of 2018 and one of October 2018 are in no certain order.
"""

from datetime import date

from app.records import Citation
from ingest.language.dates import interval
from vectorstore.records import Metadata

# What tells when a statement was made.
Dated = Metadata | Citation


def same_occasion(one: Metadata, other: Metadata) -> bool:
    """Returns whether two statements were made at one occasion: one session of one body, or days in common."""
    if one.body and other.body and one.body != other.body:
        return False
    if one.session and other.session:
        return one.session == other.session
    days, others = days_of(one), days_of(other)
    return days is not None and others is not None and days[0] <= others[1] and others[0] <= days[1]


def made_before(one: Dated, other: Dated) -> bool:
    """Returns whether a statement was certainly made before another: by their days, else by sessions of one body."""
    days, others = days_of(one), days_of(other)
    if days and others:
        return days[1] < others[0]
    numbers = (one.session or "", other.session or "")
    return one.body == other.body and all(n.isdigit() for n in numbers) and int(numbers[0]) < int(numbers[1])


def recency(metadata: Metadata) -> tuple[date, int]:
    """Returns a key that sorts statements by when they were made, oldest first; those without a date come first."""
    days, session = days_of(metadata), metadata.session or ""
    return (days[1] if days else date.min, int(session) if session.isdigit() else 0)


def days_of(dated: Dated) -> tuple[date, date] | None:
    """Returns the first and the last day on which a statement may have been made; None where nothing is known."""
    return interval(dated.date) if dated.date else None
