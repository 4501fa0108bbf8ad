"""Occasion: when and where the statements that a question asks about were made, from its spans.

"In October 2020 and in 2016" are two years, "after 2015 and before 2020" is an interval.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, cast

from app.question.spans.intervals import interval_of, months_in, years_of
from app.question.spans.span import Span
from app.records import Scope
from ingest.language.dates import FIRST_YEAR

# An interval of more days than this is one of years.
_YEAR: Final = 366


def occasion_of(spans: Iterable[Span], today: date | None = None) -> Scope:
    """Returns when and where statements were made.

    A time longer than a year gives an interval; a closed one also gives its years one by one, and so does one within a
    month ("on 12 October 2020"). Several times are all asked about: "in October 2020 and in 2016" gives two years. An
    open interval is narrowed by another time ("after 2015 and before 2020"), and a year by its month; of several times
    that do not overlap, an open one is closed: it begins in 1945 or ends `today`.
    """
    spans = tuple(spans)
    times = [span for span in spans if span.interval != (None, None)]
    ends = [span.interval for span in times if not any(_is_year_of(span, other) for other in times)]
    in_months = all(span.date_form == "month" for span in times if span.interval in ends)
    if len(ends) > 1 and any(None in each for each in ends):
        firsts, lasts = ([end for end in of if end is not None] for of in zip(*ends, strict=True))
        common = (max(firsts, default=None), min(lasts, default=None))
        if None in common or cast("int", common[0]) <= cast("int", common[1]):
            ends, in_months = [common], True
    months, years = set[str](), set[int]()
    interval: tuple[str | None, str | None] | None = None
    if len(ends) == 1 and None in ends[0]:
        interval = interval_of(ends[0])
    else:
        now, begin = (today or date.today()).toordinal(), years_of(FIRST_YEAR, FIRST_YEAR)[0]
        closed = [(begin if a is None else a, now if b is None else b) for a, b in ends]
        written = [interval_of(each) for each in closed]
        years.update(int(month[:4]) for each in closed for month in months_in(*each))
        whole = all(len(first or "") == len("2020") for first, _ in written)
        if in_months and not whole and all(last - first < _YEAR for first, last in closed):
            months.update(month for each in closed for month in months_in(*each))
        if len(closed) == 1 and (len(years) > 1 or (months and written[0] != (*months, *months))):
            interval = written[0]
        if interval is not None and len(interval[0] or "") == len("2020-10-12"):
            # Days are within months that need not be named.
            months = set()
    named: dict[str, dict[str, None]] = {kind: {} for kind in ("body", "session", "agenda_item")}
    for span in spans:
        named.get(span.kind, {}).update(dict.fromkeys(span.codes))
        named["body"].update(dict.fromkeys(span.bodies))
    return Scope(
        bodies=tuple(named["body"]),
        sessions=tuple(named["session"]),
        years=tuple(map(str, sorted(years))),
        months=tuple(sorted(months)),
        interval=interval,
        pick=next((span.pick for span in spans if span.pick is not None), None),
        agenda_items=tuple(named["agenda_item"]),
    )


def _is_year_of(span: Span, month: Span) -> bool:
    """Returns whether a span is the year of the month or day that another span (`month`) names."""
    (first, last), (inner, end) = span.interval, month.interval
    if first is None or last is None or inner is None or end is None:
        return False
    return month.date_form == "month" != span.date_form and last - first < _YEAR and first <= inner <= end <= last
