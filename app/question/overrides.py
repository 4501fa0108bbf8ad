"""Scope overrides: parts of a scope that a person or a program sets, in place of those read from the question.

`{"years": [2019]}` asks any question of 2019 alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast, get_args

from app.errors import ScopeError
from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution, with_kind
from app.question.scope_fields import PARTY_FIELDS, SLOT_OF, SUBJECT_SEPARATOR, TIME_FIELDS, is_kept
from app.records import MONTH_FORM, TIME_FORM, YEAR_FORM, Interval, QuestionKind, TreatyScope
from ingest.language.numerals import ascii_digits
from ingest.metadata.sessions import canonical_body
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import region_named, regions
from ingest.text.canonical_form import without_surrogates
from ingest.treaties.treaties import TREATIES
from vectorstore.records import JSONValue

# Fields of `Answer.scope` that tell how the question was read; of these `kind` can be replaced, apart from the others.
_DESCRIBED: Final = ("kind", "language", "kept", "notes", "all_states", "negated")
# Fields that say who or what is asked about, and not only when or where.
_ASKING: Final = (*PARTY_FIELDS, "treaties", "topic")
# By kind of note on how a scope was read, the fields that it is about; a kind that is not listed is about the parties.
_NOTED: Final = {
    "mended": ("topic",),
    "denied_topic": ("topic",),
    "counted": (*TIME_FIELDS, "pick", "sessions"),
    "not_counted": (*TIME_FIELDS, "pick", "sessions"),
    "last_statements": (*TIME_FIELDS, "pick", "sessions"),
    "left_out": (*TIME_FIELDS, "sessions"),
    "unknown_sessions": ("sessions",),
    "unknown_venue": ("bodies", "sessions"),
}
# The pattern of a field's items, and the end of the error message for an item that does not match.
_WRITTEN: Final = {
    "years": (YEAR_FORM, "is no year: write it with four digits, such as 2020"),
    "months": (MONTH_FORM, "is no month: write it with year and month, such as 2020-10"),
}


def override(resolution: Resolution, overrides: Mapping[str, JSONValue], parties: PartyTable) -> Resolution:
    """Replaces parts of the scope that was read, and the `kind` of question.

    A time that is given replaces the whole time that was read; an empty one only removes that part of it.

    Raises:
        ScopeError: An override names something unknown.
    """
    if not overrides:
        return resolution
    # An answer's own scope can be passed back: its descriptive fields are ignored, except `kind`.
    kind = overrides.get("kind")
    if kind is not None and kind not in get_args(QuestionKind):
        raise ScopeError(f"{kind!r} is no kind of question: known are {', '.join(get_args(QuestionKind))}")
    overrides = {name: value for name, value in overrides.items() if name not in _DESCRIBED}
    unknown = sorted(overrides.keys() - SLOT_OF.keys())
    if unknown:
        raise ScopeError(f"unknown part of the scope {unknown[0]!r}: known are {', '.join(sorted(SLOT_OF))}")
    fields: dict[str, Any] = {name: _value(name, value, parties) for name, value in overrides.items()}
    if any(fields.get(name) for name in TIME_FIELDS):
        fields = {"interval": None, "years": (), "months": (), **fields}
    scope = replace(resolution.scope, **fields)
    named = bool({*PARTY_FIELDS} & overrides.keys())
    speakers = bool(scope.named_parties)
    kept = tuple(name for name in scope.kept if name not in fields or is_kept(name, scope, resolution.scope))
    changed = replace(
        resolution,
        # Removing the last party asks all States.
        scope=replace(scope, kept=kept, all_states=(resolution.scope.all_states or named) and not speakers),
        unclear=None if named else resolution.unclear,
        speakers=() if named else resolution.speakers,
        party_notes=tuple(
            note for note in resolution.party_notes if overrides.keys().isdisjoint(_NOTED.get(note.kind, PARTY_FIELDS))
        ),
        topic_left_out="" if "topic" in overrides else resolution.topic_left_out,
        topic_parties=() if "topic" in overrides else resolution.topic_parties,
        is_statement_question=True,
        # Only a filter of the question itself can be read as what is spoken of; one set by hand stays.
        filters=tuple(
            each
            for each in resolution.filters
            if overrides.keys().isdisjoint(("bodies", "groups") if each.code else TIME_FIELDS)
        ),
    )
    if kind is None and KIND_TRAITS[changed.kind].is_aside and any(fields.get(name) for name in _ASKING):
        # Who sets the parties or the subject asks about them, whatever the words are: "x" or "hello" are no aside then.
        kind = "content"
    return changed if kind is None else with_kind(changed, cast(QuestionKind, kind))


def _value(name: str, value: JSONValue, parties: PartyTable) -> object:
    """Returns the validated value of a part of a scope."""
    if name == "topic" and not isinstance(value, str):
        raise ScopeError(f"the scope's 'topic' must be text, found {value!r}")
    if name == "pick" and value not in (None, "latest", "earliest"):
        raise ScopeError(f'the scope\'s \'pick\' must be "latest", "earliest" or null, found {value!r}')
    if isinstance(value, str) and name == "topic":
        parts = (part.strip() for part in without_surrogates(value).split(SUBJECT_SEPARATOR.strip()))
        return SUBJECT_SEPARATOR.join(filter(None, parts))
    if name == "pick" or (name == "interval" and value is None):
        return value
    if not isinstance(value, list):
        raise ScopeError(f"the scope's {name!r} must be a list, found {value!r}")
    if name == "interval":
        return _interval(value)
    if name == "treaties":
        return tuple(map(_treaty, value))
    items = tuple(ascii_digits(without_surrogates(str(item))) for item in value)
    form, wrong = _WRITTEN.get(name, ("(?s:.*)", ""))
    for item in items:
        if not re.fullmatch(form, item):
            raise ScopeError(f"{item!r} {wrong}")
    read: Callable[[str], str] = {
        "bodies": lambda item: canonical_body(item) or item,
        # Statements have "8" for "08".
        "sessions": lambda item: str(int(item)) if item.isdecimal() else item,
        "states": lambda item: _party_code(item, parties),
        "groups": lambda item: _party_code(item, parties),
        "excluded": lambda item: region_named(item) or _party_code(item, parties),
        "members_of": lambda item: _set_code(item, parties),
    }.get(name, str)
    return tuple(map(read, items))


def _interval(ends: list[JSONValue]) -> Interval:
    if len(ends) != 2:
        raise ScopeError(f"the scope's 'interval' must look like [\"2018\", null], found {ends!r}")
    first, last = (None if end is None else ascii_digits(str(end)) for end in ends)
    for end in filter(None, (first, last)):
        if not re.fullmatch(TIME_FORM, end) or (len(end) == len("2018-10-12") and not _is_day(end)):
            raise ScopeError(f"{end!r} is no year, month or day: write it as 2018, 2018-10 or 2018-10-12")
    # A year contains its months: both ends are compared up to the length of the shorter one.
    if first and last and first[: len(last)] > last[: len(first)]:
        raise ScopeError(f"the time from {first} to {last} ends before it begins: write the earlier end first")
    return (first, last)


def _is_day(day: str) -> bool:
    try:
        return bool(date.fromisoformat(day))
    except ValueError:
        return False


def _party_code(name: str, parties: PartyTable) -> str:
    named = parties.resolve(name)
    if len(named.codes) != 1:
        options = ", ".join(named.codes or named.suggestions) or "a code of ISO 3166 alpha-3"
        raise ScopeError(f"{name!r} is not one known State or group: use {options}")
    return named.codes[0]


def _set_code(name: str, parties: PartyTable) -> str:
    """Returns the region or group whose members are meant."""
    group = parties.resolve(name, "group").codes
    code = region_named(name) or (group[0] if len(group) == 1 and parties.has_members(group[0]) else None)
    if code is None:
        raise ScopeError(
            f"{name!r} is no region, and no group whose members are known: use {', '.join(regions())} or a group's code"
        )
    return code


def _treaty(item: JSONValue) -> TreatyScope:
    if not isinstance(item, Mapping) or not isinstance(item.get("treaty"), str):
        raise ScopeError('each of the scope\'s treaties must look like {"treaty": "UNTOC", "articles": ["4"]}')
    articles = item.get("articles", [])
    if item["treaty"] not in TREATIES:
        raise ScopeError(f"unknown treaty {item['treaty']!r}: known are {', '.join(sorted(TREATIES))}")
    if not isinstance(articles, list) or not all(isinstance(article, str | int) for article in articles):
        raise ScopeError(f"the scope's 'articles' must be a list of numbers, found {articles!r}")
    numbers, paragraphs = tuple(map(str, articles)), item.get("paragraphs", [])
    pairs = paragraphs if isinstance(paragraphs, list) else [None]
    if not all(isinstance(pair, list) and len(pair) == 2 and str(pair[0]) in numbers for pair in pairs):
        raise ScopeError(
            f'the scope\'s \'paragraphs\' must be pairs of one of its articles and a paragraph, such as ["4", "1"], '
            f"found {paragraphs!r}"
        )
    named = tuple((str(article), str(paragraph)) for article, paragraph in cast("list[list[str]]", pairs))
    return TreatyScope(treaty=str(item["treaty"]), articles=numbers, paragraphs=named)
