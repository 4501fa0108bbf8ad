"""Bodies at whose meetings statements are made, and the session that a date falls in.

"COP to UNTOC" is UNTOC COP, and 12 October 2020 is in its tenth session.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import cache
from itertools import chain
from typing import Final

from ingest.language.dates import interval, month_numbers, without_dates
from ingest.language.lexicons import Patterns, any_of, load_lexicon, load_table
from ingest.language.matches import TextMatch, without_overlaps
from ingest.language.numerals import han_value, number_words, roman_value
from vectorstore.stems import without_accents

UNTOC_COP = "UNTOC COP"
GENERAL_ASSEMBLY = "UN General Assembly"
# Most characters between a session and its body.
NEAR: Final = 80

# Latin letters with accents, each with the plain letter, so that offsets stay.
_PLAIN: Final = {code: plain for code in range(0xC0, 0x180) if len(plain := without_accents(chr(code))) == 1}
_WORDS = Patterns("bodies")
_BODIES: Mapping[str, Sequence[str]] = load_lexicon("bodies")["bodies"]
# Russian ordinals are stems; in Arabic a session is feminine, a meeting masculine.
_MASCULINE: Final = {word.replace("ة", ""): value for word, value in number_words("ordinal", "ar").items()}
_ORDINALS: Final = {"الأول": 1} | _MASCULINE | number_words("ordinal") | number_words("stem")
_NUMBERS = Patterns("numbers", month_name=any_of(month_numbers()), ordinal=any_of(_ORDINALS, r"[\s\-–]+"))


@dataclass(frozen=True, kw_only=True)
class BodyMatch(TextMatch):
    """A body named in a text."""

    body: str


@dataclass(frozen=True, kw_only=True)
class SessionMatch(TextMatch):
    """A session named by its number."""

    number: int


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session of a body; both days are inclusive."""

    body: str
    session: str
    first: date
    last: date


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Returns the pattern of each body; Chinese names need no word boundary."""
    found: dict[str, re.Pattern[str]] = {}
    for body, written in _BODIES.items():
        forms = [*map(_WORDS.resolved, written)]
        unspaced = [form for form in forms if re.search("[\u4e00-\u9fff]", form)] or [r"(?!)"]
        pattern = rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])|(?:{'|'.join(unspaced)})"
        found[body] = re.compile(pattern.translate(_PLAIN), re.IGNORECASE)
    return found


def find_bodies(text: str) -> tuple[BodyMatch, ...]:
    """Find the bodies that a text names, with accents or without, in order; of overlapping names the longest counts."""
    found: list[BodyMatch] = []
    for body, pattern in _patterns().items():
        for match in pattern.finditer(text.translate(_PLAIN)):
            # "CND" is a body and "cnd" is not.
            if not _WORDS.acronym.fullmatch(match[0]) or match[0].isupper():
                found.append(BodyMatch(start=match.start(), end=match.end(), body=body))
    return without_overlaps(found, longest=True)


def canonical_body(text: str) -> str | None:
    """Give the name under which a body is stored, for any of its names; None if none is known.

    "COP to UNTOC", "CTOC/COP" → "UNTOC COP". A session number or a treaty beside the name does not matter.
    """
    cleaned = " ".join(text.split()).casefold()
    bodies = {body for body in _BODIES if body.casefold() == cleaned} or {match.body for match in find_bodies(text)}
    return bodies.pop() if len(bodies) == 1 else None


def is_general_debate(text: str) -> bool:
    """Return whether a heading or a question names the General Debate, which has no agenda item's number."""
    return _WORDS.general_debate.search(text) is not None


def canonical_session(text: str) -> str:
    """Give a session's number for "10", "10th session", "tenth session", "X"; else the text as it is."""
    cleaned = " ".join(text.split())
    if cleaned.isdecimal():
        return str(int(cleaned))
    return find_session_number(cleaned) or find_session_number(f"{cleaned} session") or cleaned


def find_session_mentions(text: str) -> tuple[SessionMatch, ...]:
    """Find the sessions that a text names by number, in its order: "tenth session", "Session X", "第十届".

    A day is no number of a session: "UNTOC COP 14 October 2024". A working group calls its sessions meetings.
    """
    undated = without_days(text)
    found = tuple(_numbered("session_forms", undated))
    one_sitting = found or _NUMBERS.of_one_sitting.search(undated)
    groups = () if one_sitting else [body for body in find_bodies(undated) if "Working Group" in body.body]
    meetings = _numbered("meeting_forms", undated) if groups else ()
    near = (each for each in meetings if any(distance(each, group) < NEAR for group in groups))
    return without_overlaps(found or near)


def without_days(text: str) -> str:
    """Blanks the dates of a text, those without a year too, and keeps all offsets: "Oct 14th"."""
    (alone,) = _NUMBERS.each("days_alone")
    return alone.sub(lambda day: "·" * len(day[0]), without_dates(text))


def _numbered(forms: str, text: str) -> Iterator[SessionMatch]:
    for match in chain.from_iterable(pattern.finditer(text) for pattern in _NUMBERS.each(forms)):
        if number := _session_number({name: value for name, value in match.groupdict().items() if value}):
            yield SessionMatch(start=match.start(), end=match.end(), number=number)


def distance(one: TextMatch, other: TextMatch) -> int:
    """Return the number of characters between two matches; it is negative where they overlap."""
    return max(one.start - other.end, other.start - one.end)


def find_session_number(text: str) -> str | None:
    """Read the number of the first session that a text names, in digits."""
    return next((str(session.number) for session in find_session_mentions(text)), None)


def _session_number(groups: dict[str, str]) -> int | None:
    if digits := groups.get("digits"):
        return int(digits)
    if roman := groups.get("roman"):
        # "VVVX" is no number, and its value is negative.
        return max(0, roman_value(roman))
    if word := groups.get("word"):
        return _ORDINALS.get(" ".join(re.split(r"[\s\-–]+", word.lower())))
    return han_value(groups["zh"]) if "zh" in groups else None


def session_for(body: str | None, iso: str | None) -> str | None:
    """Infer the session of a body from an ISO year, interval or day; None if no session or more than one fits."""
    held = sessions_held(body, iso)
    return held[0] if len(set(held)) == 1 else None


def sessions_held(body: str | None, iso: str | None) -> tuple[str | None, ...]:
    """Give the sessions of a body in an ISO year, interval or day, in order: 72 and 73 of the General Assembly in 2018.

    None stands for days between two sessions of the Assembly. Empty if no table has a session then.
    """
    days = interval(iso) if iso else None
    if days is None:
        return ()
    first, last = days
    if body == GENERAL_ASSEMBLY:
        return tuple(None if number is None else str(number) for number in map(_assembly_session, days))
    held = sorted((session for session in load_sessions() if session.body == body), key=lambda session: session.last)
    return tuple(session.session for session in held if session.first <= last and first <= session.last)


def days_of_session(body: str | None, session: str | None) -> str | None:
    """Give the days of a session as an ISO interval; None if our table has none or several of that number.

    A session of the Assembly goes on from September until the next one opens.
    """
    if body == GENERAL_ASSEMBLY and session is not None and session.isdecimal() and 1 < int(session) < MAXYEAR - 1946:
        september = date(1945 + int(session), 9, 1)
        return f"{september}/{_opening(september.replace(year=september.year + 1)) - timedelta(days=1)}"
    held = [f"{each.first}/{each.last}" for each in load_sessions() if (each.body, each.session) == (body, session)]
    return held[0] if len(held) == 1 else None


@cache
def load_sessions() -> tuple[Session, ...]:
    """Read our own table of sessions, in its order."""
    days = ((row, date.fromisoformat(row["start"]), date.fromisoformat(row["end"])) for row in load_table("sessions"))
    return tuple(Session(body=row["body"], session=row["session"], first=first, last=last) for row, first, last in days)


def _assembly_session(day: date) -> int | None:
    """Return the regular session in progress on a day: session n opens in September of 1945 + n.

    It opens on the third Tuesday of September, since 2003 on the Tuesday of the third week that holds a working day.
    Some opened earlier: between 1 September and that day it is None. The first session opened in January 1946.

    Source: rule 1 of A/520/Rev.20, rules of procedure of the General Assembly.
    """
    if day.year < 1947:
        return 1 if day.year == 1946 else None
    september = date(day.year, 9, 1)
    if day < september:
        return day.year - 1946
    return day.year - 1945 if day >= _opening(september) else None


def _opening(september: date) -> date:
    weekday = september.weekday()
    if september.year < 2003:
        return september + timedelta(days=(1 - weekday) % 7 + 14)
    # If 1 September is a Saturday or Sunday, the first week holds no working day.
    monday = september + timedelta(days=7 - weekday if weekday >= 5 else -weekday)
    return monday + timedelta(days=15)
