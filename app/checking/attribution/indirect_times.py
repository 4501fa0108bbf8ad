"""Times without a date: relative to another time ("two years later"), or a part of a year ("in spring 2018").

The words for them are in `ingest/language/data/indirect_times.yaml`.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from ingest.language.dates import YEAR, YEAR_DIGITS, find_years
from ingest.language.lexicons import RegexPatterns, load_lexicon
from ingest.language.matches import TextMatch
from ingest.language.numerals import find_numbers
from prompts.wording import LANGUAGES

_TIMES: Final = load_lexicon("indirect_times")
_PATTERNS: Final = RegexPatterns("indirect_times")
_ONE: Final = regex.compile("|".join(_TIMES["one"].split()), regex.IGNORECASE)
# Units of time by their number of years: with a count before them ("c10": decades), or with an article of their own.
_COUNTED: Final = "|".join(f"(?P<c{years}>{'|'.join(units.split())})" for years, units in _TIMES["counted"].items())
_WHOLE: Final = "|".join(f"(?P<w{years}>{'|'.join(units.split())})" for years, units in _TIMES["whole"].items())
_COUNT: Final = r"(?P<count>\d{1,3}|\p{Han}{1,3}?)\s*|(?P<count>\w+(?:-\w+)?)(?:_(?:full|long|good|whole))?_"
_SPAN: Final = f"(?:{_WHOLE}|(?:{_COUNT})(?:{_COUNTED}))"


def _bounded(forms: str) -> str:
    """Returns forms of the lexicon as one pattern of whole words, which may stand right beside Chinese characters."""
    words = "|".join(forms.split()).replace("<n>", _SPAN).replace("_", r"\s+")
    return rf"(?<![^\W\p{{Han}}])(?:{words})(?![^\W\p{{Han}}])"


_RELATIVE: Final = tuple(
    (regex.compile(rf"(?P<next>{_bounded(_TIMES[single])})|{_bounded(_TIMES[counted])}", regex.IGNORECASE), sign)
    for counted, single, sign in (("later", "next_year", 1), ("earlier", "year_before", -1))
)
# A year with letters in place of digits ("2O18") cannot be resolved either.
_UNRESOLVED: Final = regex.compile(
    rf"{_bounded(_TIMES['unresolved'])}|(?<!\w)(?=\d?\w{{0,2}}[OoIl])[12][\dOoIl]{{3}}(?!\w)", regex.IGNORECASE
)
_FOLLOWING: Final = regex.compile(rf"[^.,;:،，]{{0,40}}?(?P<year>{YEAR})")
_MONTHS: Final = {f"m{number}": tuple(map(int, months.split())) for number, months in enumerate(_TIMES["months"])}
_NAMES: Final = "|".join(f"(?P<m{number}>{_bounded(forms)})" for number, forms in enumerate(_TIMES["months"].values()))
_OWN_YEAR: Final = rf"(?<!\d){YEAR_DIGITS}(?!\d)"
_PART: Final = regex.compile(
    rf"(?P<led>{_OWN_YEAR})年?(?:{_NAMES})|(?:{_NAMES})(?:{_PATTERNS.source('of_year')}(?P<year>{_OWN_YEAR}))?",
    regex.IGNORECASE,
)
_SEASON: Final = regex.compile(_bounded(_TIMES["alone"]), regex.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class RelativeTime:
    """A relative time, as it is written; the year and its `anchor`, the year it counts from, are None where unknown."""

    year: int | None
    anchor: int | None
    words: str


@dataclass(frozen=True, kw_only=True)
class PartOfYear(TextMatch):
    """A part of a year in a text, as ISO intervals; as months (`--04`) where no year is named, as in "in spring"."""

    times: tuple[str, ...]


def relative_time(text: str, earlier: str) -> RelativeTime | None:
    """Returns the first relative time of a text, such as "a decade later"; years must be written in digits.

    It counts from the last year before it in the text, or else in the text before that (`earlier`).
    """
    for pattern, sign in _RELATIVE:
        found = pattern.search(text)
        if found is None:
            continue
        # Some phrases count from what follows them: "two years before its 2018 statement".
        counts_from = _PATTERNS.counts_from.search(found.group()) is not None
        following = _FOLLOWING.match(text, found.end()) if counts_from else None
        if counts_from and following is None and regex.match(r"\s+\p{Ll}", text, pos=found.end()):
            return RelativeTime(year=None, anchor=None, words=found.group())
        before = [*find_years(earlier), *find_years(text[: found.start()])]
        anchor = int(following["year"]) if following else int(before[-1]) if before else None
        span = _years(found)
        year = None if anchor is None or span is None else anchor + sign * span
        return RelativeTime(year=year, anchor=anchor, words=found.group())
    return None


def vague_time(text: str) -> str | None:
    """Returns the words for a time that depends on the day of writing, such as "a decade ago"; None without such."""
    found = _UNRESOLVED.search(text)
    return found.group() if found else None


def parts_of_year(text: str) -> Iterator[PartOfYear]:
    """Yields the parts of a year that a text names; without a year, only seasons and feasts count."""
    for part in _PART.finditer(text):
        year = part["led"] or part["year"]
        # Chinese puts the year first; a year behind a Chinese name belongs to something else.
        reads = part["led"] or not regex.match(r"\p{Han}", part.group())
        if (year and reads) or (
            year is None and _SEASON.fullmatch(part.group()) and _PATTERNS.led_in.search(text[: part.start()])
        ):
            months = next(_MONTHS[name] for name in _MONTHS if part[name])
            times = tuple(_times(int(year), months) if year else (f"--{month:02}" for month in months))
            yield PartOfYear(times=times, start=part.start(), end=part.end())


def _times(year: int, months: Sequence[int]) -> Iterator[str]:
    """Yields the ISO intervals of months; winter has both ends of its year and the first months of the next one."""
    late = [month for month in months if month >= months[0]]
    early = [month for month in months if month < months[0]]
    for of_year, run in ((year, late), (year, early), (year + 1, early)):
        if run:
            yield iso_months(of_year, run[0], run[-1])


def iso_months(year: int, first: int, last: int) -> str:
    """Returns the ISO interval of some months of a year."""
    return f"{year}-{first:02}-01/{year}-{last:02}-{monthrange(year, last)[1]:02}"


def _years(found: "regex.Match[str]") -> int | None:
    """Returns how many years a phrase counts; None without a definite number, as in "many years later"."""
    if found["next"]:
        return 1
    unit = next((name for name, value in found.groupdict().items() if value and name[1:].isdecimal()), None)
    count = None if unit is None else 1 if unit[0] == "w" else _number(found["count"])
    return None if unit is None or count is None else count * int(unit[1:])


def _number(written: str) -> int | None:
    if written.isdecimal():
        return int(written)
    if _ONE.fullmatch(written):
        return 1
    if written in _TIMES["counts"]:
        return int(_TIMES["counts"][written])
    found = (number.value for language in LANGUAGES for number in find_numbers(written, language))
    return next(map(int, filter(str.isdecimal, found)), None)
