"""When a document says that words were spoken: years, days and sessions, but not years that are spoken of."""

from calendar import monthrange
from dataclasses import dataclass
from typing import Final

import regex

from app.checking.written_years import in_digits
from ingest.language.dates import MONTH_NUMBER, find_dates
from ingest.language.ordinals import find_session_mentions
from ingest.metadata.sessions import find_bodies
from ingest.treaties.references import find_agenda_items

_YEAR: Final = r"(?<![\d/.-])(?:19[4-9]\d|20[0-4]\d)(?![\d]|[-/]\d|[.,]\d)"
_SPEAKING: Final = r"(?:general\s+|opening\s+)?(?:statement|speech|address|intervention|remarks|debate|session|conference|meeting|declaration|déclaration|discours|discurso)"
# What may stand before a year that says when ...
_ADVERB: Final = r"(?:\b(?:in|during|en|в|за)\s+(?:the\s+year\s+|l[’']année\s+|el\s+año\s+)?|[(\[（]|[,،，·|–—]\s*|(?:في\s+)?(?:عام|سنة)\s+|[于在]|\bsession\s+)"
# ... and before one that may belong to a thing as well: "its 1998 statement", "the 1995 agreement", "of 1995".
_DETERMINER: Final = r"(?:[’']s\s+|\b(?:its|the|his|her|their|of|de|du|del)\s+)"
_WHEN: Final = regex.compile(
    rf"{_ADVERB}(?P<year>{_YEAR})|(?P<year>{_YEAR})(?=\s*(?:年|году|года|г\.))"
    rf"|{_DETERMINER}(?P<year>{_YEAR})(?!\s+(?!{_SPEAKING})(?-i:\p{{Ll}}{{3}}))",
    regex.IGNORECASE,
)
# A verb or phrase by which a year is part of what is told and not of when it is said.
_SPOKEN_OF: Final = regex.compile(
    r"(?:since|by|until|before|after|from|adopted|signed|ratified|founded|established|born|depuis|avant|après|d['’]ici|desde|hasta|antes\s+de|"
    r"adopted\s+in|held\s+in|con\s+el|к|с|до|после|منذ|بحلول|قبل|بعد|自|到)\s*(?:the\s+|in\s+|en\s+|of\s+|в\s+)?$",
    regex.IGNORECASE,
)
_REFERENCE_YEAR: Final = regex.compile(_YEAR)


# "In March 2018", "en mars", "On 3 October": a month, with what stands beside it.
_MONTH_NUMBER: Final = MONTH_NUMBER | {
    form: number
    for number, form in enumerate(
        "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре".split(), 1
    )
}
_MONTHS: Final = "|".join(sorted(map(regex.escape, _MONTH_NUMBER), key=len, reverse=True))
_IN: Final = r"(?:in|on|of|en|de|du|le|el|au\s+mois\s+de|в|во|في|,|[(\[（·|])"
_MONTH: Final = regex.compile(
    rf"(?:(?<=\b{_IN}\s*(?:early\s+|late\s+|mid-)?)(?P<month>{_MONTHS})\.?|(?<![\p{{L}}\p{{N}}])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º)?\s+(?:of\s+|de\s+)?(?P<month>{_MONTHS})\.?"
    rf"|(?P<month>{_MONTHS})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?)(?![\p{{L}}\d])(?:(?:\s*,)?\s*(?:of\s+|de\s+|del\s+)?(?P<year>{_YEAR}))?"
    r"|(?P<year>(?:19|20)\d\d)年(?P<month>\d{1,2})月(?!\d)|(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})日",
    regex.IGNORECASE,
)
# A time that is told from another: "two years later", "last year".
_COUNT: Final = r"(?P<count>\d{1,2}|an?|one|two|three|four|five|six|eight|ten|une?|deux|trois|quatre|dos|tres|cuatro|два|две|три|четыре|[一两二三四六八十])"
_LATER: Final = regex.compile(
    rf"\b{_COUNT}\s+years?\s+(?:later|afterwards?|after|on)\b|\b{_COUNT}\s+ans?\s+(?:plus\s+tard|après)|\b{_COUNT}\s+años?\s+(?:más\s+tarde|después)"
    rf"|\b{_COUNT}\s+(?:года?|лет)\s+спустя|{_COUNT}年[之以]?后|(?P<next>\bthe\s+(?:following|next)\s+year|l[’']année\s+suivante|al\s+año\s+siguiente"
    r"|на\s+следующий\s+год|(?<!\p{L})год\s+спустя|في\s+العام\s+التالي|بعد\s+عام(?!\p{L})|次年|第二年)|(?P<dual>بعد\s+(?:عامين|سنتين))",
    regex.IGNORECASE,
)
_EARLIER: Final = regex.compile(
    rf"\b{_COUNT}\s+years?\s+(?:earlier|before|previously)\b|\b{_COUNT}\s+ans?\s+(?:plus\s+tôt|avant|auparavant)|\b{_COUNT}\s+años?\s+antes"
    rf"|(?P<dual>قبل\s+(?:عامين|سنتين)\s+من\s+ذلك)|{_COUNT}年[之以]?前|(?P<next>\bthe\s+(?:previous|preceding)\s+year|\bthe\s+year\s+before|l[’']année\s+précédente|el\s+año\s+anterior|годом\s+ранее|前一年)",
    regex.IGNORECASE,
)
# One that only the draft's own date or place in a series would tell.
_UNTOLD: Final = regex.compile(
    r"\b(?:last|this|next)\s+(?:year|month|week|session|spring|summer|autumn|winter)\b|\b(?:\w+\s+)?(?:years?|months?|weeks?|days?)\s+ago\b|\byesterday\b|\b(?:recently|earlier\s+this\s+year)\b"
    r"|\b(?:the|its|their)\s+(?:previous|preceding|last|following|next|same)\s+(?:session|meeting)\b|\bl[’']an(?:née)?\s+(?:dernier|dernière|passée?)\b|\bil\s+y\s+a\s+\w+\s+ans?\b"
    r"|\bel\s+año\s+pasado\b|\bhace\s+\w+\s+años?\b|\bв\s+прошлом\s+году\b|\b\w+\s+(?:года?|лет)\s+назад\b|العام\s+الماضي|قبل\s+(?:عامين|سنتين|عام)|去年|前年|今年|上届|下届"
    # A year with letters for digits: "2O18".
    r"|(?<!\w)(?=\d?\w{0,2}[OoIl])[12][\dOoIl]{3}(?!\w)"
    rf"|{_LATER.pattern}|{_EARLIER.pattern}",
    regex.IGNORECASE,
)
_COUNTS: Final = {
    **dict.fromkeys("a an one un une 一".split(), 1), **dict.fromkeys("two deux dos два две 两 二".split(), 2),
    **dict.fromkeys("three trois tres три 三".split(), 3), **dict.fromkeys("four quatre cuatro четыре 四".split(), 4),
    "five": 5, "six": 6, "六": 6, "eight": 8, "八": 8, "ten": 10, "十": 10,
}  # fmt: skip
_AT: Final = regex.compile(
    r"(?:\b(?:at|before|to|during|in|à|devant|lors\s+de|en|ante|на|в|перед)\s+(?:the\s+|la\s+|l[’']|el\s+)?|(?:في|أمام)\s+|[在于])$",
    regex.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What a text gives as the time and place of speaking.

    Attributes:
        dates: ISO days or intervals; a month of a year is an interval.
        days: Days and months without a year, as `--10-03` and `--10` (ISO 8601:2000).
        items: Numbers of agenda items.
        bodies: Names of bodies.
        untold: A time that cannot be told from the text, as it is written: "last year".
    """

    years: tuple[int, ...] = ()
    sessions: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    untold: str | None = None

    def __bool__(self) -> bool:
        """Whether a time is given."""
        return bool(self.years or self.sessions or self.dates or self.days or self.untold)


def read_occasion(text: str, *, reference: bool = False, earlier: str = "") -> Occasion:
    """Reads when something was said.

    Args:
        text: What stands near a quotation.
        reference: Whether the text is a reference, a label or a heading, in which every year counts.
        earlier: What stands before it, with the year that "two years later" counts from.
    """
    text = in_digits(text)
    sessions = find_session_mentions(text)
    dates = [date for date in find_dates(text) if not _SPOKEN_OF.search(text[: date.start])]
    remaining = text
    for start, end in (*((s.start, s.end) for s in sessions), *((d.start, d.end) for d in dates)):
        remaining = remaining[:start] + " " * (end - start) + remaining[end:]
    months = [month for month in _MONTH.finditer(remaining) if not _SPOKEN_OF.search(remaining[: month.start()])]
    isos = [date.iso for date in dates] + [iso for month in months if (iso := _iso(month))]
    days = [_yearless(month) for month in months if month["year"] is None]
    for month in months:
        remaining = remaining[: month.start()] + " " * len(month.group()) + remaining[month.end() :]
    if reference:
        years = [int(match.group()) for match in _REFERENCE_YEAR.finditer(remaining)]
    else:
        years = [
            int(match["year"])
            for match in _WHEN.finditer(remaining)
            if not _SPOKEN_OF.search(remaining[: match.start("year")])
        ]
        told = _told_from(remaining, years, earlier)
        years = years if told is None else [told]
    untold = None if reference or years or isos or sessions else _UNTOLD.search(text)
    return Occasion(
        years=tuple(dict.fromkeys(years)),
        sessions=tuple(dict.fromkeys(str(session.number) for session in sessions)),
        dates=tuple(dict.fromkeys(isos)),
        days=tuple(dict.fromkeys(days)),
        items=tuple(dict.fromkeys(mention.item for mention in find_agenda_items(text))),
        bodies=tuple(dict.fromkeys(body.body for body in find_bodies(text) if _AT.search(text[: body.start]))),
        untold=untold.group() if untold else None,
    )


def _told_from(text: str, years: list[int], earlier: str) -> int | None:
    """Returns the year that "two years later" gives, counted from the last year before it; None without either."""
    for pattern, sign in ((_LATER, 1), (_EARLIER, -1)):
        told = pattern.search(text)
        if told is None:
            continue
        before = [*_REFERENCE_YEAR.finditer(in_digits(earlier)), *_REFERENCE_YEAR.finditer(text[: told.start()])]
        named = told.groupdict()
        count = 2 if named.get("dual") else 1 if named.get("next") else _count(named.get("count"))
        if before and count is not None:
            return int(before[-1].group()) + sign * count
    return None


def _count(written: str | None) -> int | None:
    if written is None:
        return None
    return int(written) if written.isdecimal() else _COUNTS.get(written.lower())


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
    return int(written) if written.isdecimal() else _MONTH_NUMBER[written]
