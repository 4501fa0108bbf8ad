"""Bodies at whose meetings statements are made, and the session that a date falls in.

"COP to UNTOC" is UNTOC COP, and 12 October 2020 is in its tenth session.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ingest.language.dates import interval
from ingest.language.lexicons import Patterns, load_lexicon, load_table
from ingest.language.matches import TextMatch, without_overlaps
from ingest.language.numerals import find_session_number

UNTOC_COP = "UNTOC COP"
GENERAL_ASSEMBLY = "UN General Assembly"

_WORDS = Patterns("bodies")
_BODIES: Mapping[str, Sequence[str]] = load_lexicon("bodies")["bodies"]


@dataclass(frozen=True, kw_only=True)
class BodyMatch(TextMatch):
    """A body named in a text."""

    body: str


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
        found[body] = re.compile(pattern, re.IGNORECASE)
    return found


def find_bodies(text: str) -> tuple[BodyMatch, ...]:
    """Find the bodies that a text names, in its order; where names overlap, the longest counts."""
    found: list[BodyMatch] = []
    for body, pattern in _patterns().items():
        for match in pattern.finditer(text):
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
