"""Time and venue: when and where the statements that a question asks for were made, put together from its spans.

"At the tenth session, in October 2020" is session 10 and the month 2020-10.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.question.spans import Span, interval_of
from app.records import Interval, Scope

# A longer span of months is one of years.
_FEW_MONTHS: Final = 12


@dataclass(frozen=True, kw_only=True)
class TimeAndVenue:
    """When and where statements were made.

    Attributes:
        scope: Bodies, sessions, agenda items and times; years are named one by one, or spanned by a closed interval;
            the years of months stand there as well.
        named: How many occasions are named one by one, such as two years of a comparison.
    """

    scope: Scope
    named: int


def time_and_venue_of(spans: Iterable[Span]) -> TimeAndVenue:
    """Puts together what spans say of when and where."""
    spans = tuple(spans)
    months: dict[str, None] = {}
    years: set[int] = set()
    intervals: list[Interval] = []
    for first, last, form in _times(spans):
        if first is None or last is None:
            intervals.append(interval_of((first, last)))
            continue
        years.update(range(first // 12, last // 12 + 1))
        if form == "month" and last - first < _FEW_MONTHS:
            months.update(dict.fromkeys(f"{at // 12}-{at % 12 + 1:02d}" for at in range(first, last + 1)))
        if first // 12 != last // 12 or (form == "month" and first != last):
            intervals.append(interval_of((first, last)))
    sessions = [span for span in spans if span.kind == "session"]
    scope = Scope(
        bodies=tuple(dict.fromkeys(body for span in spans for body in _bodies(span))),
        sessions=tuple(dict.fromkeys(code for span in sessions for code in span.codes)),
        years=tuple(map(str, sorted(years))),
        months=tuple(sorted(months)),
        interval=intervals[0] if len(intervals) == 1 else None,
        pick=next((span.pick for span in spans if span.kind == "pick" and span.pick is not None), None),
        agenda_items=tuple(dict.fromkeys(code for span in spans if span.kind == "agenda_item" for code in span.codes)),
    )
    single = sum(span.kind == "date" and span.form == "year" for span in spans)
    return TimeAndVenue(scope=scope, named=max(single, sum(len(span.codes) == 1 for span in sessions)))


def _times(spans: Iterable[Span]) -> Iterable[tuple[int | None, int | None, str]]:
    """Yields first and last month, and how they were written; "in recent years" tells none."""
    for span in spans:
        if span.kind == "date" and span.interval is not None and span.interval != (None, None):
            yield (*span.interval, span.form)


def _bodies(span: Span) -> Iterable[str]:
    if span.kind == "body":
        return span.codes
    return [body for body in span.form.split("|") if body] if span.kind == "session" else ()
