"""Times and sessions that a question leaves out: "except in 2010" asks for all other years, which the scope then names.

The years begin with the first that statements have, and sessions end a few after the last one that is known.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from app.question.resolution import Resolution
from app.question.scope_fields import TIME_FIELDS, years_in
from app.question.spans.sessions import other_sessions
from app.records import Note, Scope

# Length of an ISO year as an end of an interval; a month or a day is longer.
_YEAR: Final = len("2020")


def leave_out_occasions(read: Resolution) -> Resolution:
    """Returns a question with the times and sessions that it leaves out taken from its scope, and a note on them."""
    fields = {} if read.without is None else other_occasions(read.without, read.scope)
    if read.without is None or not fields:
        return read
    without = read.without
    # A body or an article beside them is still searched.
    others = without.treaties or without.agenda_items or (without.bodies and not without.sessions)
    notes = (note for note in read.party_notes if others or note.kind != "not_left_out")
    return replace(read, scope=replace(read.scope, **fields), party_notes=(*notes, *note_on_left_out(without, fields)))


def other_occasions(without: Scope, scope: Scope) -> dict[str, Any]:
    """Returns the fields of a scope with other years and sessions than those that it is to be `without`.

    Of several that are asked about the others remain, and of one all others. Months and days are parts of a year, and
    leave none out.
    """
    fields: dict[str, Any] = {}
    gone = {*without.years, *(map(str, years_in(without.interval)) if without.interval else ())}
    ends = [end for each in (without, scope) for end in each.interval or () if end]
    if gone and not (without.months or scope.months) and all(len(end) == _YEAR for end in ends):
        asked = scope.years or map(str, years_in(scope.interval or (None, None)))
        ever = map(str, years_in((None, str(date.today().year))))
        fields = {"years": _left(asked, gone) or _left(ever, gone), "interval": None}
    if without.sessions:
        others = other_sessions(without.sessions, without.bodies or scope.bodies)
        fields["sessions"] = _left(scope.sessions, without.sessions) or others
    return {name: value for name, value in fields.items() if value != getattr(scope, name)}


def _left(values: Iterable[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value not in gone)


def note_on_left_out(without: Scope, fields: Collection[str]) -> tuple[Note, ...]:
    """Returns a note that names the times and sessions left out, if they are among the fields that this changed."""
    occasion = {name: getattr(without, name) for name in ("bodies", "sessions", *TIME_FIELDS)}
    values = {"occasion": Scope(**occasion)}
    return (Note(kind="left_out", values=values),) if {"sessions", *TIME_FIELDS} & {*fields} else ()
