"""Scope chips: the resolved scope as removable parts: without "2019" the question is asked again for all years."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from app.answering.provenance import date_in_words
from app.question.scope_fields import TIME_FIELDS, field_of, number_runs, parts_of
from app.records import Scope
from app.ui.evidence_panel import PartyNamer
from app.ui.templates import render
from app.ui.words import language, say
from ingest.language.detection import direction_of
from ingest.parties.regions import regions
from ingest.treaties.references import find_articles, paragraphs_of
from vectorstore.records import JSONValue

Overrides = Mapping[str, JSONValue]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One part of a scope: a value of one of its fields, with the displayed name of the field (`kind`) and value."""

    field: str
    value: str
    kind: str
    label: str


_LISTS: Final = ("states", "groups", "members_of", "excluded", "bodies", "sessions", "years", "months", "agenda_items")
_NAMED: Final = ("states", "groups", "members_of", "excluded")
_IN_RUNS: Final = ("years", "sessions")
# The overrides that remove a field of one value.
_CLEARED: Final[Mapping[str, Overrides]] = {
    "topic": {"topic": ""}, "pick": {"pick": None}, "interval": {"interval": None, "years": []},
}  # fmt: skip


def chips(scope: Scope, names: PartyNamer) -> tuple[Chip, ...]:
    """Lists the parts of a scope: who, which articles, where and when, then the topic."""
    listed = [(field, value, value_label(field, value, names)) for field in _LISTS for value in _values(scope, field)]
    # The interval as one value, such as `2018/` for one without an end.
    ends = ["/".join(end or "" for end in scope.interval)] if scope.interval else []
    treaties = [
        ("treaties", value, say("treaty-article", treaty=treaty, article=article) if article else value)
        for value in treaty_values(scope)
        for treaty, _, article in (value.partition(" "),)
    ]
    ordered = (
        *(item for item in listed if item[0] in _NAMED),
        *treaties,
        *(item for item in listed if item[0] not in _NAMED),
        *(("interval", value, interval_label(value)) for value in ends),
        *([("pick", scope.pick, say(f"pick-{scope.pick}"))] if scope.pick else []),
        *([("topic", "", scope.topic)] if scope.topic else []),
    )
    return tuple(Chip(field=name, value=value, kind=say(f"chip-{name}"), label=label) for name, value, label in ordered)


def interval_label(value: str) -> str:
    """Names an interval: "since 2018", "until October 2020", "2015–2018", "12 October 2020"."""
    first, last = (date_in_words(end or None, language()) for end in value.split("/"))
    if first and last:
        return first if first == last else f"{first}–{last}"
    return say("since", when=first) if first else say("until", when=last)


def _values(scope: Scope, field: str) -> Sequence[str]:
    values = cast(tuple[str, ...], getattr(scope, field))
    if field not in _IN_RUNS:
        return values
    # The years of an interval are shown as the interval.
    return () if field == "years" and scope.interval else number_runs(values)


def single_numbers(values: Sequence[str | None]) -> list[str]:
    """Returns the single years of values of `number_runs`, and of ISO dates and intervals; likewise sessions."""
    ends = [[int(end[:4]) for end in value.split("/")] for value in values if value]
    return sorted({str(year) for each in ends for year in range(min(each), max(each) + 1)})


def value_label(field: str, value: str, names: PartyNamer) -> str:
    """Returns the displayed name of a value in a scope: a region, a party, a month or consecutive years."""
    if field in ("members_of", "excluded") and value in regions():
        return regions()[value].name(language())
    if field in _NAMED:
        return names(value)
    if field == "months":
        return date_in_words(value, language()) or value
    return value.replace("/", "–") if field in _IN_RUNS else value


def treaty_values(scope: Scope) -> list[str]:
    """Returns the articles of a scope, and its treaties without articles, as values such as `TIP 9 (1) (b)`."""
    return [
        " ".join(filter(None, (treaty, article, re.sub(r"^\d+", r"(\g<0>)", paragraph))))
        for treaty, article, paragraph in parts_of("treaties", scope)
    ]


def treaties_json(values: Sequence[str]) -> list[JSONValue]:
    """Turns values such as `UNTOC 4` (or `4`, of the Convention) into the scope's JSON."""
    parts: list[tuple[str, str, str]] = []
    for value in filter(None, map(str.strip, values)):
        treaty, article = (
            ("UNTOC", value) if value[0].isdigit() else (value.split()[0], value.partition(" ")[2].strip())
        )
        mention = next(iter(find_articles(f"article {article}")), None)
        named = paragraphs_of(mention.paragraph) if mention is not None and mention.paragraph else ()
        article = mention.article if mention is not None and named else article
        parts += [(treaty, article, paragraph) for paragraph in named or ("",)]
    return [each.to_json() for each in field_of("treaties", parts)]


def without(scope: Scope, field: str, value: str) -> dict[str, JSONValue]:
    """Returns the override that removes one chip; empty if there is no such chip."""
    if field in _CLEARED:
        return dict(_CLEARED[field])
    if field == "treaties":
        values = treaty_values(scope)
        return {"treaties": treaties_json([item for item in values if item != value])} if value in values else {}
    if field not in _LISTS or value not in _values(scope, field):
        return {}
    dropped = single_numbers([value]) if field in _IN_RUNS else [value]
    left: list[JSONValue] = [item for item in cast(tuple[str, ...], getattr(scope, field)) if item not in dropped]
    if field not in TIME_FIELDS or not left:
        return {field: left}
    # An override of one field of the time clears the others, so these are given with it.
    time: dict[str, JSONValue] = {name: [*held] for name in TIME_FIELDS if (held := getattr(scope, name))}
    return {**time, field: left}


def scope_html(
    scope: Scope, names: PartyNamer, *, editable: bool, before: Scope | None = None, everyone: bool = False
) -> str:
    """Renders the scope of an answer: its chips, and how the question was read.

    Chips of kept fields are marked as kept; where such a field grew, only the values that the previous answer's scope
    (`before`) has. Where no State is named, `everyone` says that all of them were asked.
    """
    earlier = None if before is None else {(chip.field, chip.value) for chip in chips(before, names)}
    shown = [
        (chip, chip.field in scope.kept and (earlier is None or (chip.field, chip.value) in earlier))
        for chip in chips(scope, names)
    ]
    asked = bool(shown) and everyone and not (scope.named_parties or scope.members_of)
    direction = direction_of(scope.language)
    return render("scope", chips=shown, all_states=asked, editable=editable, notes=scope.notes, direction=direction)
