"""Time and venue: when and where the statements that a question asks about were made, from its spans.

"In October 2020 and in 2016" are two years, "after 2015 and before 2020" is an interval.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, cast

from app.question.lexicon import FIRST_YEAR
from app.question.spans.intervals import interval_of, iso_of, month_of
from app.question.spans.span import Span
from app.records import Scope

# An interval of more months than this is one of years.
_FEW_MONTHS: Final = 12


def time_and_venue_of(spans: Iterable[Span], today: date | None = None) -> Scope:
    """Returns when and where statements were made.

    A time longer than a year gives an interval; a closed one also gives its years one by one. Several times are all
    asked about: "in October 2020 and in 2016" gives two years. An open interval is narrowed by another time ("after
    2015 and before 2020"), and a year by its month; one of several that do not overlap ends `today`.
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
    months, years = set[int](), set[int]()
    interval: tuple[str | None, str | None] | None = None
    if len(ends) == 1 and None in ends[0]:
        interval = interval_of(ends[0])
    else:
        today = today or date.today()
        now = month_of(today.year, today.month)
        closed = [(month_of(FIRST_YEAR) if a is None else a, now if b is None else b) for a, b in ends]
        years.update(year for first, last in closed for year in range(first // 12, last // 12 + 1))
        whole = all(first % 12 == 0 and last % 12 == 11 for first, last in closed)
        if in_months and not whole and all(last - first < _FEW_MONTHS for first, last in closed):
            months.update(month for first, last in closed for month in range(first, last + 1))
        if len(closed) == 1 and (len(years) > 1 or (months and closed[0][0] != closed[0][1])):
            interval = interval_of(closed[0])
    named: dict[str, dict[str, None]] = {kind: {} for kind in ("body", "session", "agenda_item")}
    for span in spans:
        named.get(span.kind, {}).update(dict.fromkeys(span.codes))
        named["body"].update(dict.fromkeys(span.bodies))
    return Scope(
        bodies=tuple(named["body"]),
        sessions=tuple(named["session"]),
        years=tuple(map(str, sorted(years))),
        months=tuple(iso_of(month, False) for month in sorted(months)),
        interval=interval,
        pick=next((span.pick for span in spans if span.pick is not None), None),
        agenda_items=tuple(named["agenda_item"]),
    )


def _is_year_of(span: Span, month: Span) -> bool:
    """Returns whether a span is the year of the month or day that another span (`month`) names."""
    (first, last), (inner, end) = span.interval, month.interval
    if first is None or last is None or inner is None or end is None:
        return False
    return month.date_form == "month" != span.date_form and last - first < _FEW_MONTHS and first <= inner <= end <= last
