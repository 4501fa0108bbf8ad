"""Dates in a question as intervals of days: "since May 2016", "the early nineties", "last year"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, cast

from app.question.lexicon import Item, find_forms
from app.question.spans.intervals import Days, month_of, relate, years_of
from app.question.spans.span import DateForm, Span, span_over, with_spans_as_items
from ingest.language.dates import FIRST_YEAR, find_dates

_DECADE: Final = 10


def find_date_spans(text: str, items: Sequence[Item], taken: Sequence[Span], today: date) -> list[Span]:
    """Reads dates as intervals of days: single, listed, from one to another, or open at an end."""
    atoms: list[Span] = []
    for day in find_dates(text):
        interval: Days = (day.first.toordinal(), day.last.toordinal())
        span = span_over("date", day, interval=interval, date_form="month")
        atoms += [] if span.overlaps(taken) else [span]
    row = with_spans_as_items(with_spans_as_items(items, taken, "taken"), atoms, "time")
    for name, part in find_forms("times", row):
        times = _time_of(name, part, today)
        atoms += [span_over("date", *part, interval=interval, date_form=form) for interval, form in times]
    row = with_spans_as_items(row, atoms, "time")
    spans: list[Span] = []
    for name, part in find_forms("relations", row):
        inner = [atom for atom in atoms if part[0].start <= atom.start and atom.end <= part[-1].end]
        start = next(item.start for item in part if item.kinds - {"fill", "year", "place"} or name != "time")
        # "From 28 September to 2 October 2020" is a closed date itself; "from" does not open an interval.
        ranged = inner[0].date_form == "month" and not _is_day_or_month(inner[0].interval)
        if name == "time" or (name == "since" and ranged):
            spans += [replace(time, start=start, end=part[-1].end) for time in inner]
            continue
        interval = relate(name, inner[0].interval, inner[-1].interval)
        in_months = name == "closed" and all(time.date_form == "month" for time in inner)
        form: DateForm = "month" if in_months else cast(DateForm, name)
        spans.append(Span(start=start, end=part[-1].end, kind="date", interval=interval, date_form=form))
    return spans


def _is_day_or_month(days: Days) -> bool:
    first, last = days
    if first is None or last is None:
        return False
    day = date.fromordinal(first)
    return first == last or days == month_of(day.year, day.month)


def _time_of(name: str, part: Sequence[Item], today: date) -> Iterator[tuple[Days, DateForm]]:
    """Yields the (interval, form) of a time by the name of its form in the grammar; listed months yield one each."""
    written = [item.number("year_number") for item in part if "year_number" in item.kinds]
    months = [item.number("month") for item in part if item.values.get("month")]
    counted = [item for item in part if item.kinds & {"number", "ordinal"} and "month" not in item.kinds]
    numbers = [item.number("number", "ordinal") for item in counted]
    year = written[-1] if written else today.year
    ago = {"last_year": 1, "this_year": 0, "last_decade": _DECADE}.get(name, numbers[0] if numbers else 0)
    # "2016-11" is a month, "2010-12" ends in 2012.
    in_month = name in ("month_zh", "month_slash") or (name == "short" and numbers[0] <= min(12, year % 100))
    match name:
        case "season_of":
            first, last = next(item.values["season"] for item in part if "season" in item.values).split("-")
            yield (month_of(year, int(first))[0], month_of(year, int(last))[1]), "month"
        case "month_of" | "last_month":
            year = year if name == "month_of" else today.year - (months[0] >= today.month)
            to = any(item.kinds & {"to", "dash"} and "and" not in item.kinds for item in part[1:-1])
            ranged = to and len(months) == 2 and months[0] < months[1]
            for month in range(months[0], months[1] + 1) if ranged else months:
                yield month_of(year, month), "month"
        case _ if in_month:
            if 1 <= numbers[0] <= 12:
                yield month_of(year, numbers[0]), "month"
        case "short":
            end = year - year % 100 + numbers[0]
            yield years_of(year, end if end > year else year), "closed"
        case "decade_part" | "decade" | "decade_of" | "decade_part_of":
            yield _decade_of(part, year if written else None, numbers, today)
        case "decade_plural" if year % 10 == 0:
            # "Les années 1990" is a decade, "les années 2015" a single year.
            yield years_of(year, year + _DECADE - 1), "closed"
        case "last_years" | "last_decade":
            yield (month_of(today.year - ago, 1)[0], None), "since"
        case "recently" | "yearless":
            yield (None, None), name
        case _:
            yield years_of(year - ago, year - ago), "year"


def _decade_of(part: Sequence[Item], year: int | None, numbers: Sequence[int], today: date) -> tuple[Days, DateForm]:
    """Returns the (interval, form) of a decade: "the nineties", "the early 2010s", "over two decades"."""
    nineties = next((item.values["nineties"] for item in part if "nineties" in item.values), None)
    begins = int(nineties) if nineties else 1900 + numbers[0] if year is None else year
    if begins % 10 == 0 and begins >= FIRST_YEAR - _DECADE:
        return years_of(*_part_of_decade(begins, part)), "closed"
    if numbers:
        # "Over two decades" is counted back from today.
        return (month_of(today.year - _DECADE * numbers[0], 1)[0], None), "since"
    # "2016年代…" is a year followed by a word with the same beginning as "decade".
    return years_of(begins, begins), "year"


def _part_of_decade(first: int, part: Sequence[Item]) -> tuple[int, int]:
    """Returns the first and last year of a decade, or of the part of it that is named."""
    parts = {"first_half": (0, 4), "second_half": (5, 9), "early": (0, 3), "middle": (4, 6), "late": (7, 9)}
    begin, end = next((years for kind, years in parts.items() if any(kind in item.kinds for item in part)), (0, 9))
    return first + begin, first + end
