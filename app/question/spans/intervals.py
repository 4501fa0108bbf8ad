"""Intervals of days, open at either end: how they are related ("since 2015") and written ("2015-03")."""

import math
from calendar import monthrange
from datetime import date, timedelta

Days = tuple[int | None, int | None]
"""The first and last day of an interval, counted as `date.toordinal` does; None where it is open."""


def month_of(year: int, month: int) -> tuple[int, int]:
    """Returns the interval of a month; the 13th is the first of the next year, in which a winter ends."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    first = date(year, month, 1).toordinal()
    return (first, first + monthrange(year, month)[1] - 1)


def years_of(first: int, last: int) -> tuple[int, int]:
    """Returns the interval from the first day of a year to the last day of the same or another one."""
    return (date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal())


def months_in(first: int, last: int) -> list[str]:
    """Returns the months with a day in a closed interval: "2015-03"."""
    begin, end = date.fromordinal(first), date.fromordinal(last)
    numbers = range(12 * begin.year + begin.month - 1, 12 * end.year + end.month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def relate(name: str, start: Days, end: Days) -> Days:
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


def interval_of(days: Days) -> tuple[str | None, str | None]:
    """Returns the ends of an interval as years where both are whole, else as months where they are, else as days."""
    first, last = (None if end is None else date.fromordinal(end) for end in days)
    begins = [end for end in (first, None if last is None else last + timedelta(days=1)) if end is not None]
    whole_years = all((end.month, end.day) == (1, 1) for end in begins)
    whole_months = all(end.day == 1 for end in begins)
    length = len("2015") if whole_years else len("2015-03") if whole_months else len("2015-03-12")
    return (None if first is None else str(first)[:length], None if last is None else str(last)[:length])
