"""The occasion of a statement: body, session and date, from its heading, its symbol, its opening and its file's name.

"CTOC/COP/2018/CRP.4" names a body, "at this eighth session of the Conference of the Parties to UNTOC" a session, and
"Drelnia COP12 statement 2024-10-16.docx" all three. Facts that are not in the heading are inferred.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from ingest.language.dates import DateMatch, date_of_cover, find_dates, interval
from ingest.language.lexicons import Patterns, load_lexicon
from ingest.language.numerals import ascii_digits
from ingest.metadata.on_behalf import OPENING
from ingest.metadata.sessions import (
    GENERAL_ASSEMBLY,
    NEAR,
    UNTOC_COP,
    BodyMatch,
    SessionMatch,
    days_of_session,
    distance,
    find_bodies,
    find_session_mentions,
    find_session_number,
    session_for,
    without_days,
)
from vectorstore.records import Metadata

_WORDS = Patterns("occasion")
_BODY_OF_SYMBOL: Final = [(re.compile(begins), body) for begins, body in load_lexicon("bodies")["symbols"].items()]
_YEAR: Final = re.compile(r"(?<![\w/.-])(?:19|20)\d\d(?![\w/.-])")
_YEAR_BETWEEN_MARKS: Final = re.compile(r"(?<![^\W_])(?:19|20)\d\d(?![^\W_])")
_HEADS: Final = 2  # occurrences from which a line is a running head
_LONGEST_HEAD: Final = 120  # characters
# Most letters of a last word of a line after which a sentence goes on in the next line: "in", "at", "à", "в".
_LONGEST_LINK: Final = 3
_SENTENCE_END: Final = re.compile(r"(?<=[^\W\d_]{3}[.!?。؟])\s+|(?<=。)")
_PLACE: Final = re.compile(r"\W*[^\W\d_]{2,20}(?:[ .’'/-]{1,2}[^\W\d_]{1,20}){0,3},\s*")
_DASH_OR_END: Final = re.compile(r"\s*(?:\([^()\n]{2,60}\)\s*)?[—–-]+\s|[^\S\n]*(?:\n|$)")
_SEPARATORS: Final = re.compile(r"[_\s]+")
_DIGITS_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?!\d)")
_ASSEMBLY_IN_NAME: Final = re.compile(r"\bGA[\s-]?(?P<session>\d{2})\b")


def read_occasion(heading: str, text: str, end: int, file: str) -> tuple[Metadata, set[str]]:
    """Read body, session and date of a statement from its heading, which ends at `end`, then from text and file name.

    Returns also the names of those that are not in the heading.
    """
    date = _date(heading)
    body, session = _body_and_session(heading, text, date)
    read = Metadata(body=body, session=session, date=date)
    # A draft that the heading only speaks of is of the same meeting, so its symbol counts.
    named = _WORDS.symbol.search(heading)
    of_document = of_symbol((named and named[0]) or _symbol_alone(text[:OPENING]) or "")
    # A report begins: "VIENNA, 12 May 2023 — The Commission …", "TUESDAY, 14 MAY 2024".
    datelines = (date.iso for date in find_dates(text[:OPENING]) if _is_dateline(text[:OPENING], date))
    dated = Metadata(date=next(datelines, None) or _of_running_heads(text))
    sources = [_of_opening(text[end : end + OPENING]), _of_file_name(file, text), dated]
    # Any other source of the date takes precedence over the year in the symbol.
    undated = replace(of_document, date=None)
    found = _filled(read, [undated, *sources, of_document] if named else [*sources, undated])
    found = replace(found, session=found.session or session_for(found.body, found.date))
    found = replace(found, date=found.date or days_of_session(found.body, found.session))
    inferred = {name for name in ("body", "session", "date") if getattr(found, name) != getattr(read, name)}
    inferred |= {"body"} if found.body is not None and not find_bodies(heading) else set()
    return found, inferred


def symbol_in(text: str) -> str | None:
    """Return the first document symbol of a text that is its own: not one in brackets, or one that is spoken of.

    "Explanation of vote on draft resolution CTOC/COP/2024/L.5" has another symbol than the draft.
    """
    found = (match for match in _WORDS.symbol.finditer(text) if not _WORDS.spoken_of.search(text, 0, match.start()))
    return next((match[0] for match in found), None)


def _symbol_alone(text: str) -> str | None:
    """Return the first symbol that ends a line without prose: "UNITED NATIONS A/48/PV.46", not "in A/48/PV.46"."""
    for line in text.split("\n"):
        if (found := _WORDS.symbol.search(line)) is None:
            continue
        goes_on = any(map(str.isalnum, line[found.end() :]))
        if not goes_on and not any(word[0].islower() for word in line[: found.start()].split()):
            return found[0]
    return None


def of_symbol(symbol: str) -> Metadata:
    """Infer body, session and year from a document symbol, such as `A/48/PV.46` or `CTOC/COP/2024/CRP.4`."""
    for pattern, body in _BODY_OF_SYMBOL:
        if (found := pattern.match(symbol)) is not None:
            year = next(iter(_YEAR_BETWEEN_MARKS.findall(symbol)), None)
            session = found.groupdict().get("session") or session_for(body, year)
            return Metadata(body=body, session=session, date=year)
    return Metadata()


def _filled(read: Metadata, sources: Iterable[Metadata]) -> Metadata:
    """Return an occasion with missing fields filled from `sources`, the session only from one with the same body.

    It must fit the date: "as adopted at the seventy-fourth session" is an earlier one if the date lies in another.
    """
    body, session, date = read.body, read.session, read.date
    for source in sources:
        held_then = date is None or _within(date, source.body, source.session)
        if session is None and source.session is not None and body in (None, source.body) and held_then:
            body, session = body or source.body, source.session
        if body is None and session is None:
            body = source.body
        if date is None and _within(source.date, body, session):
            date = source.date
    return Metadata(body=body, session=session, date=date)


def _within(date: str | None, body: str | None, session: str | None) -> bool:
    """Return whether a date may belong to a session: not if another session of the body was held on that date."""
    if not date or interval(date) is None:
        return False
    return session is None or session_for(body, date) in (None, session)


def _body_and_session(heading: str, text: str, date: str | None) -> tuple[str | None, str | None]:
    """Return the body that a heading names, and the session of it; `date` is the heading's.

    A body of which it names only a document or an office, and that body's session, are left out where it names another:
    "… on the report of the thirty-third session of the Commission", "Chair of the Commission".
    """
    flat = without_days(heading).replace("\n", " ")
    named, sessions = find_bodies(heading), find_session_mentions(flat)
    others = [
        body for body in named
        if _WORDS.of_another_body.search(flat, 0, body.start) or _WORDS.document_of_body.match(flat, body.end)
    ]  # fmt: skip
    own = [body for body in named if body not in others] or named
    of_others = [each for each in sessions if len(own) < len(named) and _nearest(named, each) in others]
    session = next((str(each.number) for each in sessions if each not in of_others), None)
    if own:
        # A working group is named beside its parent body, and is where the statement was made.
        return next((body.body for body in own if "Working Group" in body.body), own[0].body), session
    if _WORDS.cop_without_treaty.search(heading) is None:
        return None, session
    # "Twelfth session of the Conference of the Parties (14-18 October 2024)" is told by its days alone.
    held_then = session is not None and session == session_for(UNTOC_COP, date)
    return UNTOC_COP if held_then or _WORDS.organized_crime.search(text) else None, session


def _nearest(bodies: Sequence[BodyMatch], session: SessionMatch) -> BodyMatch | None:
    near = (body for body in bodies if distance(body, session) < NEAR)
    return min(near, key=lambda body: abs(body.start - session.end), default=None)


def _date(heading: str) -> str | None:
    """Return the day of the statement, else the days of the meeting, else the year; not the day of issue.

    One with a place ("Vienna, 15 October 2024") goes before one in a title ("on the anniversary of the Convention,
    adopted on 15 November 2000").
    """
    dates = find_dates(heading)
    if (spoken := next((date for date in dates if _WORDS.delivered.search(heading, 0, date.start)), None)) is not None:
        return spoken.iso
    dates = tuple(date for date in dates if _WORDS.published.search(heading, 0, date.start) is None) or dates
    if dates:
        lines = [(line.start(), line.end()) for line in re.finditer(r"[^\n]+", heading)]
        held = [line for line in lines if _WORDS.meeting.search(heading, *line)]
        of_meeting = (date for date in dates if any(start <= date.start < end for start, end in held))
        with_place = (date for date in dates if _is_dateline(heading, date))
        first = next(of_meeting, None) or next(with_place, dates[0])
        inside = (date for date in dates if date.first == date.last and first.first <= date.first <= first.last)
        return next(inside, first).iso
    if on_cover := next(filter(None, map(date_of_cover, heading.split("\n"))), None):
        return on_cover
    years = set(_YEAR.findall(ascii_digits(heading)))
    return years.pop() if len(years) == 1 else None


def _is_dateline(text: str, date: DateMatch) -> bool:
    """Return whether a date follows a place or weekday at the beginning of a line, with a dash or nothing after it.

    It is no dateline in a sentence that is broken into lines: "…, signed in | Palermo, 12 December 2000 | by all".
    """
    start = text.rfind("\n", 0, date.start) + 1
    end = _DASH_OR_END.match(text, date.end)
    if end is None or _PLACE.fullmatch(text[start : date.start]) is None:
        return False
    above = text[:start].removesuffix("\n").rpartition("\n")[2].split()[-1:]
    wrapped = any(word[-1] in ",;(" or (word.islower() and len(word) <= _LONGEST_LINK) for word in above)
    return not wrapped and not (not end[0].strip() and text[end.end() :].lstrip(" \t")[:1].islower())


def _of_running_heads(text: str) -> str | None:
    """Return the meeting's date from the running heads of several pages: "46th meeting - Monday, 1 November 1993"."""
    lines = (" ".join(line.split()) for line in text.split("\n") if len(line) < _LONGEST_HEAD)
    named = ((line, find_dates(line)) for line in lines if _WORDS.meeting.search(line))
    alone = ((line, dates[0]) for line, dates in named if len(dates) == 1)
    dates = Counter(date.iso for line, date in alone if len(line) < 2 * (date.end - date.start) + 20)
    (common, count), (_, second) = [*dates.most_common(2), ("", 0), ("", 0)][:2]
    return common if count >= _HEADS and second < count else None


def _of_opening(words: str) -> Metadata:
    """Return the only session of a body that an opening names: "this eighth session of the Conference …"."""
    found = set[Metadata]()
    for sentence in _SENTENCE_END.split(" ".join(words.split())):
        bodies = find_bodies(sentence)
        for session in find_session_mentions(sentence):
            if (body := _nearest(bodies, session)) is not None:
                found.add(Metadata(body=body.body, session=str(session.number)))
    return found.pop() if len(found) == 1 else Metadata()


def _of_file_name(file: str, text: str) -> Metadata:
    """Return the occasion that a file's name gives, such as "iran_unga_eop_2022-01-20.txt"."""
    words = words_of_file_name(file).upper()
    bodies = {match.body for match in find_bodies(words)}
    assembly = _ASSEMBLY_IN_NAME.search(words)
    if not bodies and _WORDS.cop_without_treaty.search(words) and _WORDS.organized_crime.search(text):
        bodies = {UNTOC_COP}
    session = find_session_number(words)
    if assembly is not None and bodies <= {GENERAL_ASSEMBLY}:
        bodies, session = {GENERAL_ASSEMBLY}, assembly["session"]
    body = bodies.pop() if len(bodies) == 1 else None
    dates = [match.iso for match in find_dates(words)] or [
        "-".join(found.groups()) for found in _DIGITS_DATE.finditer(PurePosixPath(file).stem)
    ]
    dates = [date for date in dates if interval(date)] or _YEAR_BETWEEN_MARKS.findall(words)
    return Metadata(body=body, session=session if body else None, date=dates[0] if len(set(dates)) == 1 else None)


def words_of_file_name(file: str) -> str:
    """Return a file's name as words: "g77_untoc_cop3.txt" is "g77 untoc cop3"."""
    return _SEPARATORS.sub(" ", PurePosixPath(file.replace("\\", "/")).stem)
