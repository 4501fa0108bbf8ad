"""When and where: bodies, sessions and years that a question names."""

import re
from dataclasses import dataclass
from typing import Final

from app.answer import Pick
from ingest.ordinals import find_session_mentions
from ingest.sessions import BodyMatch, find_bodies

_YEAR: Final = r"(?:19[4-9]\d|20\d\d)"
_LAST_YEAR: Final = 2035
_RANGE: Final = re.compile(
    rf"\b(?:(?:from|between|de|entre|desde|с|от|من)\s+)?(?P<first>{_YEAR})\s*(?:[-–—]|to|and|until|through|à|et|a|y|hasta|по|до|إلى|至|到)\s*(?P<last>{_YEAR})\b",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(
    rf"(?:\b(?:since|after|depuis|après|desde|с|после|from(?=\s+{_YEAR}\s+on))|منذ|بعد|自)\s*(?P<year>{_YEAR})(?:\s+(?:on|onwards?)\b)?",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(rf"(?:\b(?:before|until|up to|avant|antes de|до)|قبل)\s*(?P<year>{_YEAR})", re.IGNORECASE)
_DECADE: Final = re.compile(r"\b(?:the\s+)?(?P<decade>(?:19[5-9]|20\d)0)['’]?s\b", re.IGNORECASE)
_SINGLE: Final = re.compile(rf"(?<![\d/.,-])(?P<year>{_YEAR})(?![\d/]|-\d|[.,]\d)")
_MONTH_BEFORE: Final = re.compile(
    r"(?:\b\d{1,2}(?:st|nd|rd|th)?(?:\s*[-–]\s*\d{1,2})?\s+)?\b(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\s*,?\s*$",
    re.IGNORECASE,
)
_TOPIC_BEFORE: Final = re.compile(
    r"\b(?:about|on|upon|regarding|concerning|over|toward|towards|reform(?:ing)?|revitali[sz]\w+|role|work|strengthen\w*|enlarg\w*"
    r"|expan\w+|composition|membership|authority)\s+(?:of\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_TOPIC_AFTER: Final = re.compile(
    r"^(?:['’]s?)?\s+(?:reform\w*|resolutions?|enlargement|expansion|membership|seats?|permanent|veto|role|work|revitali\w+)\b",
    re.IGNORECASE,
)
_STATEMENT_AFTER: Final = re.compile(
    r"^\s+(?:(?:un|united nations|general|debate|assembly|unga|own|official|opening)\s+)*(?:statements?|speech(?:es)?|address|intervention|remarks|debate"
    r"|session|contribution|words)\b",
    re.IGNORECASE,
)
FIRST_YEAR: Final = 1946


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What a question says of the occasion, and where it says so.

    Attributes:
        months: Months of a year, such as `2020-10`; their years stand in `years` as well.
        pick: Only the last or the first statement is meant.
        spans: The places in the question that were read, as (start, end).
    """

    bodies: tuple[str, ...]
    sessions: tuple[str, ...]
    years: tuple[str, ...]
    months: tuple[str, ...] = ()
    pick: Pick | None = None
    spans: tuple[tuple[int, int], ...]


def find_occasions(text: str) -> Occasion:
    """Finds bodies, sessions and years in a question.

    "since 2018" and "before 2001" become the years from or up to there; "the 1990s" ten years.
    """
    spans: list[tuple[int, int]] = []
    bodies: dict[str, None] = {}
    for body in find_bodies(text):
        if _is_topic(body, text):
            continue
        bodies[body.body] = None
        spans.append((body.start, body.end))
    sessions: dict[str, None] = {}
    for session in find_session_mentions(text):
        sessions[str(session.number)] = None
        spans.append((session.start, session.end))
    read = _read_years(text)
    spans += [span for span, _ in read]
    years = sorted({year for _, found in read for year in found})
    return Occasion(
        bodies=tuple(bodies),
        sessions=tuple(sessions),
        years=tuple(str(year) for year in years),
        spans=tuple(sorted(spans)),
    )


def _read_years(text: str) -> list[tuple[tuple[int, int], list[int]]]:
    """Returns the years that say when a statement was made, with their places.

    A year that stands by the statement itself ("its 2003 address") says so for certain; then other years belong to
    the topic. So do spans such as "since 2013" beside a single year.
    """
    certain: list[tuple[tuple[int, int], list[int]]] = []
    single: list[tuple[tuple[int, int], list[int]]] = []
    ranges: list[tuple[tuple[int, int], list[int]]] = []
    free = text
    for pattern in (_RANGE, _DECADE, _SINCE, _BEFORE, _SINGLE):
        for match in pattern.finditer(free):
            month = _MONTH_BEFORE.search(free[: match.start()])
            start = month.start() if month else match.start()
            item = ((start, match.end()), _years(match))
            if _STATEMENT_AFTER.match(text[match.end() :]):
                certain.append(item)
            elif pattern is _SINGLE:
                single.append(item)
            else:
                ranges.append(item)
            free = free[: match.start()] + "\x00" * (match.end() - match.start()) + free[match.end() :]
    return certain or single or ranges


def _is_topic(body: BodyMatch, text: str) -> bool:
    """A body can be what is spoken of: "on Security Council reform", "about the General Assembly"."""
    if _TOPIC_AFTER.match(text[body.end :]):
        return True
    return _TOPIC_BEFORE.search(text[: body.start]) is not None


def _years(match: "re.Match[str]") -> list[int]:
    groups = match.groupdict()
    if "decade" in groups:
        return list(range(int(groups["decade"]), int(groups["decade"]) + 10))
    if "first" in groups:
        first, last = int(groups["first"]), int(groups["last"])
        return list(range(min(first, last), max(first, last) + 1))
    year = int(groups["year"])
    if match.re is _SINCE:
        return list(
            range(year + bool(re.match(r"(?:after|après|после|بعد)", match.group(), re.IGNORECASE)), _LAST_YEAR + 1)
        )
    if match.re is _BEFORE:
        return list(range(FIRST_YEAR, year))
    return [year]
