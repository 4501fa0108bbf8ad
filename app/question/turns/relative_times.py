"""Relative times, counted from the turn before: "the year before", "two sessions ago", "before that".

After a question on 2015, "and two years later?" asks about 2017; a first question has nothing to count from, which a
note says. The words are in `follow_up_times.yaml`, the forms that they make, such as a number with "years later", under
`relative_times` of `grammar.yaml`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.question.lexicon import Item, find_forms, lexicon_of
from app.records import Note, Scope

# Words up to which a question with a relative time may be about that time alone.
_MAX_TIME_WORDS: Final = 10
# Forms that count back to an earlier year.
_BACK: Final = ("before", "earlier", "session_before")
# Offset from the session asked about before.
_STEPS: Final = {
    "session_before": -1,
    "session_same": 0,
    "session_after": 1,
    "sessions_earlier": -1,
    "sessions_later": 1,
}


def counted_from(
    question: str, alone: Scope, before: Scope, shown: Sequence[str] = (), sessions_shown: Sequence[str] = ()
) -> Scope:
    """Returns the scope of a turn with a time that is relative to the turn before: "two years later".

    A year is counted from the year or range of years asked about before, else from those of the statements `shown`
    (from today only if there is neither), and a session from the one session asked about, else the one of the
    statements shown. A turn that names a year or month stays as it is.
    """
    asked = [*before.years, *filter(None, before.interval or ())]
    years = sorted(int(end[:4]) for end in asked or shown)
    own_time = not asked and (alone.years or alone.interval)
    items = lexicon_of(alone.language, "follow_up_times").items(question)
    relative = [*find_forms("relative_times", items)]
    sessions = [int(session) for session in before.sessions or sessions_shown if session.isdecimal()]
    for form, part in relative:
        if form in _STEPS and len(sessions) == 1:
            session = sessions[0] + _STEPS[form] * _count(part)
            # There is none before the first: "0" matches none.
            return replace(alone, sessions=(str(max(session, 0)),), pick=None)
    named = any(item.kinds & {"year_number", "nineties"} for item in items)
    if not years or named or alone.months:
        return alone
    timeless = replace(alone, years=(), interval=None)
    for form, part in relative:
        # "Since then" adds nothing to "the last two years"; "the previous year" is itself the time that was read.
        read = own_time and (alone.interval or form not in ("before", "after"))
        if (
            read
            or form == "last_statements"
            or _is_in_sessions(question, alone, form, part)
            or not _is_counted(question, alone, part)
        ):
            continue
        if form == "before_that":
            return replace(timeless, interval=(None, str(years[0] - 1)), pick=None)
        if form == "after_that":
            return replace(timeless, interval=(str(years[-1] + 1), None), pick=None)
        year = years[0] - _count(part) if form in _BACK else years[-1] + _count(part)
        return replace(timeless, years=(str(year),), pick=None)
    return alone


def _count(part: Sequence[Item]) -> int:
    return next((item.number("number") for item in part if "number" in item.kinds), 1)


def _is_in_sessions(question: str, alone: Scope, form: str, part: Sequence[Item]) -> bool:
    """Returns whether a time is one of sessions: "the one before" may be a year, "the previous session" is none."""
    words = lexicon_of(alone.language).items(question[part[0].start : part[-1].end])
    named = any(item.kinds & {"session", "meeting", "conference"} for item in words)
    return form == "session_before_last" or (form in _STEPS and named)


def time_note(question: str, alone: Scope, counted: Scope, *, first: bool = False) -> Note | None:
    """Returns a note on a relative time: how `counted_from` read it, or that there was nothing to count it from.

    Of a `first` question only sessions and statements are: "trials that begin two years later" are no time of these.
    """
    items = lexicon_of(alone.language, "follow_up_times").items(question)
    found = [
        (form, part)
        for form, part in find_forms("relative_times", items)
        if not first or form == "last_statements" or _is_in_sessions(question, alone, form, part)
    ]
    first_found = found[0] if found else ("", ())
    form, part = next((each for each in found if _is_counted(question, alone, each[1])), first_found)
    words = question[part[0].start : part[-1].end] if part else ""
    if counted != alone:
        begin, end = counted.interval or ("", "")
        meant = ", ".join(counted.years or counted.sessions) or f"{begin or ''}–{end or ''}"
        return Note(kind="counted", values={"words": words, "meant": meant})
    named = alone.years or alone.months or alone.interval or alone.pick or alone.sessions
    read = named or words.casefold() in alone.topic.casefold()
    untimed = words and not read and _is_counted(question, alone, part)
    kind = "last_statements" if form == "last_statements" else "not_counted"
    return Note(kind=kind, values={"words": words}) if untimed else None


def _is_counted(question: str, alone: Scope, part: Sequence[Item]) -> bool:
    """Returns whether a relative time is that of the question: in a long one, it is set off and not in the topic.

    "And eleven years later, how do they look back at it?" has one; "… in the year before the Convention came into
    force" and "… on trials that begin two years later?" have not.
    """
    words, rest = question[part[0].start : part[-1].end], question[part[-1].end :].lstrip()
    set_off = not rest[:1].isalnum() and words.casefold() not in alone.topic.casefold()
    return len(question.split()) <= _MAX_TIME_WORDS or set_off
