"""Intervals of months, open at either end: how they are related ("since 2015") and written ("2015-03")."""

import math

Months = tuple[int | None, int | None]
"""The first and last month of an interval, counted from year 0; None where it is open."""


def month_of(year: int, month: int = 1) -> int:
    """Returns a month of a year, counted from the year 0."""
    return 12 * year + month - 1


def years_of(first: int, last: int) -> Months:
    """Returns the interval from the first month of a year to the last month of the same or another one."""
    return (month_of(first), month_of(last, 12))


def relate(name: str, start: Months, end: Months) -> Months:
    """Returns the interval that a relation makes of one interval ("since", "before") or of two ("from … to …")."""
    if name == "closed" and None not in (start[0], end[0]):
        # "Between 2024 and 2016", "between the last 5 years and 2021"
        start, end = sorted((start, end), key=lambda each: (each[0], each[1] or math.inf))
    return {
        "closed": (start[0], end[1]),
        "since": (start[0], None),
        "after": (None if start[1] is None else start[1] + 1, None),
        "before": (None, None if start[0] is None else start[0] - 1),
        "until": (None, start[1]),
        # "Before and after 2008"
        "around": (None, None),
    }[name]


def interval_of(months: Months) -> tuple[str | None, str | None]:
    """Returns the ends of an interval as years where they are whole, else as months."""
    first, last = months
    whole = (first is None or first % 12 == 0) and (last is None or last % 12 == 11)
    return (None if first is None else iso_of(first, whole), None if last is None else iso_of(last, whole))


def iso_of(month: int, whole: bool) -> str:
    """Returns a month as "2015-03", or its year where `whole` years are meant."""
    return str(month // 12) if whole else f"{month // 12}-{month % 12 + 1:02d}"
