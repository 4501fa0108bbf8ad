"""Recognition of dates as headings write them, in the six languages, and conversion to ISO 8601.

"12-16 октября 2020 года" is 2020-10-12/2020-10-16. Further forms of months are in `app/question/data/` for questions,
and in `answer_types.yaml` for what answers "when?".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from ingest.language.lexicons import Patterns, any_of, load_lexicon
from ingest.language.matches import TextMatch, blanked, without_overlaps
from ingest.language.numerals import ascii_digits, han_value, is_han_number, roman_value
from vectorstore.stems import language_of, without_accents

# Years in which statements may have been made: since the founding of the United Nations, while "by 2050" is an aim.
FIRST_YEAR: Final = 1945
LAST_YEAR: Final = 2049
YEAR_DIGITS: Final = r"(?:19(?:4[5-9]|[5-9]\d)|20[0-4]\d)"
# A year that is no part of a date in digits, of a number or of a document's symbol.
YEAR: Final = rf"(?<![\d/.-]){YEAR_DIGITS}(?!\d|[-/]\d|[.,]\d)"
find_years: Final = re.compile(YEAR).findall


@cache
def month_numbers() -> dict[str, int]:
    """Returns the number of each month by its name in small letters, 1 to 12.

    Nominative, genitive and Russian prepositional ("октябрь", "октября", "октябре"), and French names typed without
    accents ("fevrier"); Arabic names keep their hamza, since they would be other words without it.

    Source: https://cldr.unicode.org, written into `ingest/language/data/dates.yaml`.
    """
    months: dict[int, str] = load_lexicon("dates")["months"]
    numbers: dict[str, int] = {}
    for number, names in months.items():
        for name in names.split("|"):
            typed = name if language_of(name, "en") == "ar" else without_accents(name)
            numbers |= dict.fromkeys((name, typed), number)
    return numbers


def without_year(month: str, day: str | None) -> str:
    """Returns a day or month of any year in ISO 8601:2000, `--10-03` or `--10`; `month` is its name or number."""
    number = int(month) if month.isdecimal() else month_numbers()[month.lower()]
    return f"--{number:02}" if day is None else f"--{number:02}-{int(day):02}"


# Every form of a date has a year.
_YEAR = re.compile(r"\d{4}|[〇零一二三四五六七八九]{4}\s*年")

_WORDS = Patterns("dates", month_name=any_of(month_numbers()))
# Characters before a date in which the words stand that make its first number no day.
_BEFORE = 80

_BEFORE_COMMA = re.compile(r"[\d\s–—-]+,")

# In "15/10/2018", only a number above 12 tells which one is the day.
_SLASHED = re.compile(r"(?<![\w/.-])(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)(?![\w/-])")

_ISO = re.compile(r"(\d{4})(?:-(\d\d)-(\d\d))?")


@dataclass(frozen=True, kw_only=True)
class DateMatch(TextMatch):
    """A date or an interval; both ends are inclusive and equal for a single day."""

    first: date
    last: date

    @property
    def iso(self) -> str:
        """The day, or the interval `first/last`."""
        return str(self.first) if self.first == self.last else f"{self.first}/{self.last}"


def find_dates(text: str) -> tuple[DateMatch, ...]:
    """Find the dates of a text in its order; where readings overlap, the longest counts."""
    digits = ascii_digits(text)
    return without_overlaps(_all_dates(digits), longest=True) if _YEAR.search(digits) else ()


def date_of_cover(line: str) -> str | None:
    """Returns the day of which a line of a cover consists, as only covers write it: "14.X.2024", "Vienna, 14.10.24"."""
    found = _WORDS.cover_date.fullmatch(ascii_digits(line))
    if found is None:
        return None
    day, month = int(found["d1"]), int(found["n2"] or 0) or _month(found.groupdict(""), "2")
    month = roman_value(found["roman"]) if found["roman"] else month
    if found["n2"] and found["mark"] in "/-" and day != month:
        if day <= 12 and month <= 12:
            return None
        day, month = max(day, month), min(day, month)
    year = int(found["y2"] or found["y"])
    exact = _day(year if found["y2"] else year + (1900 if year >= FIRST_YEAR - 1900 else 2000), month, day)
    return str(exact) if exact else None


def iso_date(text: str) -> str | None:
    """Reads a cell that holds one date as ISO 8601: a year, a day or an interval; None if ambiguous (`05/10/2018`)."""
    text = ascii_digits(text.strip())
    if interval(text) is not None:
        return text
    matches = find_dates(text)
    return matches[0].iso if [(found.start, found.end) for found in matches] == [(0, len(text))] else None


def interval(iso: str) -> tuple[date, date] | None:
    """Returns first and last day of an ISO year, day or interval; None if it is malformed or runs backwards."""
    begins, slash, ends = iso.partition("/")
    first, last = _iso_day(begins, 1, 1), _iso_day(ends if slash else begins, 12, 31)
    return None if first is None or last is None or first > last else (first, last)


def _iso_day(text: str, month: int, day: int) -> date | None:
    """Returns an ISO day, or that of a year with this month and day."""
    match = _ISO.fullmatch(text)
    return None if match is None else _day(int(match[1]), int(match[2] or month), int(match[3] or day))


def _all_dates(text: str) -> Iterator[DateMatch]:
    for form in _WORDS.each("date_forms"):
        for match in form.finditer(text):
            parts = match.groupdict()
            in_one_month = parts.get("d1") and not (parts.get("m1") or parts.get("n1"))
            slashed = not in_one_month and parts.get("n2") and "/" in match[0] and "-" not in match[0]
            # In "item 6 – 17 October 2024", 6 is no day, and "resolution 2024/10/11" has none.
            words = _WORDS.numbered if in_one_month else _WORDS.of_document if slashed else None
            # Nor is 9 a day in "COP 9, October 2018".
            if not parts.get("m1") and _BEFORE_COMMA.match(match[0]):
                words = _WORDS.numbered_before_comma
            if words is not None and words.search(text, max(0, match.start() - _BEFORE), match.start()):
                continue
            written = {name: value for name, value in parts.items() if value}
            in_digits = {name: str(han_value(each)) for name, each in written.items() if is_han_number(each)}
            if ends := _ends(written | in_digits):
                yield DateMatch(start=match.start(), end=match.end(), first=ends[0], last=ends[1])
    for match in _SLASHED.finditer(text):
        one, two, year = (int(group) for group in match.groups())
        day, month = (one, two) if one > 12 or one == two else (two, one)
        if (day > 12 or one == two) and (exact := _day(year, month, day)):
            yield DateMatch(start=match.start(), end=match.end(), first=exact, last=exact)


def _ends(parts: dict[str, str]) -> tuple[date, date] | None:
    """Returns the first and last day from a form's groups; what one end leaves out is taken from the other."""
    year = parts.get("y2") or parts["y1"]
    month = _month(parts, "2") or _month(parts, "1")
    last = _day(int(year), month, _number(parts.get("d2") or parts["d1"]))
    first_month = _month(parts, "1") or month
    first_year = int(parts.get("y1") or year) - ("y1" not in parts and first_month > month)
    first = _day(first_year, first_month, _number(parts.get("d1") or parts["d2"]))
    return None if first is None or last is None or first > last else (first, last)


def _month(parts: dict[str, str], end: str) -> int:
    if number := parts.get("n" + end):
        return int(number)
    name = re.sub(r"\s+", " ", parts.get("m" + end, "").split("/")[0]).strip(" .").lower()
    return month_numbers().get(name, 0)


def _number(day: str) -> int:
    return int(re.match(r"\d+", day)[0])  # type: ignore[index]  # every form's day begins with digits


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def without_dates(text: str) -> str:
    """Blanks the dates of a text and keeps all offsets: "item 4, 16 October 2024" names one item."""
    return blanked(text, ((found.start, found.end) for found in find_dates(text)), "·")
