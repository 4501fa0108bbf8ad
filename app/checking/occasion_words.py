"""When a document says that words were spoken: years, days and sessions, but not years that are spoken of."""

from calendar import monthrange
from collections.abc import Iterable
from typing import Final

import regex

from app.checking.findings import SpokenTime
from app.checking.indirect_times import YEAR, parts_of_year, told_from, untold
from app.checking.written_years import in_digits, roman_years
from ingest.language.dates import find_dates, month_numbers
from ingest.language.lexicons import RegexPatterns
from ingest.language.numerals import find_session_mentions
from ingest.metadata.sessions import find_bodies
from ingest.treaties.references import find_agenda_items

_PATTERNS: Final = RegexPatterns(
    "drafts", a_year=YEAR, month_name="|".join(sorted(map(regex.escape, month_numbers()), key=len, reverse=True))
)
_WHEN: Final = _PATTERNS.when
_REFERENCE_YEAR: Final = regex.compile(YEAR)


def read_occasion(text: str, *, reference: bool = False, earlier: str = "") -> SpokenTime:
    """Reads when something was said from what stands near a quotation.

    In a reference, label or heading every year counts. "Two years later" counts from a year in `earlier`, the text
    before.
    """
    spoken_of = _PATTERNS.spoken_of.search
    roman = [] if reference else [year for year, start in roman_years(text) if not spoken_of(text[:start])]
    text = in_digits(text)
    sessions = find_session_mentions(text)
    dates = [date for date in find_dates(text) if not spoken_of(text[: date.start])]
    remaining = blanked(text, ((session.start, session.end) for session in sessions))
    remaining = blanked(remaining, ((date.start, date.end) for date in dates))
    told = None if reference else told_from(remaining, in_digits(earlier))
    parts = [part for part in parts_of_year(remaining) if not spoken_of(remaining[: part.start])]
    remaining = blanked(remaining, ((part.start, part.end) for part in parts))
    months = [found for found in _PATTERNS.month.finditer(remaining) if not spoken_of(remaining[: found.start()])]
    isos = [date.iso for date in dates] + [iso for month in months if (iso := _iso(month))]
    isos += [interval for part in parts for interval in part.intervals()]
    days = [_yearless(month) for month in months if month["year"] is None]
    days += [f"--{month:02}" for part in parts if part.year is None for month in part.months]
    remaining = blanked(remaining, (month.span() for month in months))
    if reference:
        years = [int(match.group()) for match in _REFERENCE_YEAR.finditer(remaining)]
    else:
        found = (match for match in _WHEN.finditer(remaining) if not spoken_of(remaining[: match.start("year")]))
        years = [int(match["year"]) for match in found]
        years += roman
        # A year that another time is told from is not when the words were spoken.
        if told is not None and not (others := [year for year in years if year != told.anchor]):
            years = [] if told.year is None else [told.year]
        elif told is not None:
            years = others
    unread = None if reference or years or isos or sessions else told.words if told else untold(text)
    bodies = (body.body for body in find_bodies(text) if _PATTERNS.at_meeting.search(text[: body.start]))
    return SpokenTime(
        years=tuple(dict.fromkeys(years)),
        sessions=tuple(dict.fromkeys(str(session.number) for session in sessions)),
        dates=tuple(dict.fromkeys(isos)),
        days=tuple(dict.fromkeys(days)),
        items=tuple(dict.fromkeys(mention.item for mention in find_agenda_items(text))),
        bodies=tuple(dict.fromkeys(bodies)),
        untold=unread,
    )


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Returns a text of equal length with blanks at `[start, end)` of each span."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _iso(month: "regex.Match[str]") -> str | None:
    """Returns a month of a year as an interval."""
    number = _number(month)
    if month["year"] is None or not 1 <= number <= 12:
        return None
    year = int(month["year"])
    if month["day"] is not None:
        return f"{year}-{number:02}-{int(month['day']):02}"
    return f"{year}-{number:02}-01/{year}-{number:02}-{monthrange(year, number)[1]:02}"


def _yearless(month: "regex.Match[str]") -> str:
    day = "" if month["day"] is None else f"-{int(month['day']):02}"
    return f"--{_number(month):02}{day}"


def _number(month: "regex.Match[str]") -> int:
    written = month["month"].lower()
    return int(written) if written.isdecimal() else month_numbers()[written]
