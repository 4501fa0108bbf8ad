"""Fields of a scope as slots of a conversation, and their values: States and groups fill `who`, years `when`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any, Final, Literal

from app.question.resolution import Resolution
from app.records import Interval, Scope, TreatyScope
from ingest.language.dates import FIRST_YEAR
from ingest.parties.party_table import PartyTable

Slot = Literal["who", "topic", "when", "where", "treaty", "kind"]
# The slot that each field of a scope fills, in the order of the JSON contract.
SLOT_OF: Final[Mapping[str, Slot]] = {
    "states": "who", "groups": "who", "members_of": "who", "excluded": "who", "treaties": "treaty", "bodies": "where",
    "sessions": "where", "years": "when", "interval": "when", "months": "when", "pick": "when", "agenda_items": "where",
    "topic": "topic",
}  # fmt: skip
# Fields that say who is asked.
PARTY_FIELDS: Final = ("states", "groups", "members_of")
# Fields that say what time is asked about; `pick` chooses among the statements of that time.
TIME_FIELDS: Final = ("interval", "years", "months")
# Fields that name a meeting or a time.
OCCASION_FIELDS: Final = ("bodies", "sessions", "agenda_items", *TIME_FIELDS)
# Least length of a run of consecutive years or sessions that is shown as one value.
_RUN_MIN: Final = 3
# Fields held as one value, a joined topic too.
SINGLE_VALUE_FIELDS: Final = ("topic", "interval", "pick")
# Between the subjects of a topic, each of which is searched by itself: "extradition; sanctions".
SUBJECT_SEPARATOR: Final = "; "
SCOPE_SLOTS: Final[frozenset[Slot]] = frozenset(SLOT_OF.values())


def slots_of(read: Resolution) -> frozenset[Slot]:
    """Returns the slots that a question fills itself; asking everyone does not fill `who`."""
    slots = {slot for name, slot in SLOT_OF.items() if getattr(read.scope, name)}
    return frozenset(slots | ({"who"} if read.unclear else set()))


def is_scoped(scope: Scope) -> bool:
    """Returns whether a question names the parties or the occasion of the statements that it is about."""
    return any(getattr(scope, name) for name in (*PARTY_FIELDS, *OCCASION_FIELDS))


def parts_of(name: str, scope: Scope) -> tuple[Any, ...]:
    """Returns the values of a field of a scope: codes, or the one topic, interval or pick.

    Treaties are (treaty, article, paragraph), where a text is empty for a whole treaty or article.
    """
    value = getattr(scope, name)
    if name == "treaties":
        return tuple(
            (each.treaty, article, paragraph)
            for each in value
            for article in each.articles or ("",)
            for paragraph in [named for number, named in each.paragraphs if number == article] or [""]
        )
    return ((value,) if value else ()) if name in SINGLE_VALUE_FIELDS else value


def field_of(name: str, parts: Sequence[Any]) -> Any:  # noqa: ANN401 - the value of any field
    """Returns the value of a field with several values: topics are joined, and intervals become one that spans all."""
    parts = tuple(dict.fromkeys(parts))
    if name == "treaties":
        return tuple(
            TreatyScope(
                treaty=treaty,
                articles=tuple(dict.fromkeys(number for code, number, _ in parts if number and code == treaty)),
                paragraphs=tuple((number, named) for code, number, named in parts if named and code == treaty),
            )
            for treaty in dict.fromkeys(code for code, _, _ in parts)
        )
    if name == "topic":
        return SUBJECT_SEPARATOR.join(parts)
    if name == "interval" and parts:
        firsts, lasts = zip(*parts, strict=True)
        return (None if None in firsts else min(firsts), None if None in lasts else max(lasts))
    return (parts[-1] if parts else None) if name in SINGLE_VALUE_FIELDS else parts


def is_kept(name: str, scope: Scope, earlier: Scope) -> bool:
    """Returns whether a field still holds any of its earlier values, alone or beside new ones."""
    now, was = ({*parts_of(name, each)} for each in (scope, earlier))
    if name == "treaties":
        # A treaty counts as kept even if its articles are dropped, and an article even if another paragraph is named.
        now, was = ({part[:2] for part in parts} for parts in (now, was))
        now |= {(treaty, "") for treaty, _ in now}
    return not now.isdisjoint(was)


def years_in(interval: Interval) -> range:
    """Returns the years of an interval; an open one begins with `FIRST_YEAR` or ends with this year."""
    first, last = interval
    return range(int(first[:4]) if first else FIRST_YEAR, (int(last[:4]) if last else date.today().year) + 1)


def number_runs(numbers: Sequence[str]) -> list[str]:
    """Joins at least three consecutive years or sessions as one value, such as `2010/2035`."""
    # Consecutive numbers lie as far behind their places as each other.
    placed = groupby(enumerate(numbers), lambda item: int(item[1]) - item[0] if item[1].isdecimal() else item[1])
    runs = ([number for _, number in run] for _, run in placed)
    return [value for run in runs for value in ([f"{run[0]}/{run[-1]}"] if len(run) >= _RUN_MIN else run)]


def by_subject(resolution: Resolution, parties: PartyTable) -> list[Resolution]:
    """Returns a reading for each subject of a question: "what did Arvandia say about tolls, and what about Belmora?".

    What kind of thing is asked for, such as a number or a position, may be asked of one of them only.
    """
    scope = resolution.scope
    subjects = scope.topic.split(SUBJECT_SEPARATOR)
    if len(subjects) == 1:
        return [resolution]
    clauses = dict(resolution.clauses)
    conditions = {each.subject: each for each in resolution.conditions}
    named = {each: {code for m in parties.find(each, scope.language) for code in m.codes} for each in subjects}
    of_subjects = [
        replace(
            resolution,
            scope=replace(scope, topic=subject),
            subject=subject,
            question=clauses.get(subject, resolution.question),
            wording=None,
            topic_parties=tuple(code for code in resolution.topic_parties if code in named[subject]),
            kind_chance=0.0,
        )
        for subject in subjects
    ]
    if conditions.keys() != {*subjects}:
        return of_subjects
    return [
        replace(
            read,
            question=condition.question,
            stance=condition.stance,
            denies=condition.denies,
            stance_from=condition.question if condition.stance else "",
        )
        for read, condition in ((read, conditions[read.subject]) for read in of_subjects)
    ]
