"""The resolved scope as chips, and what the scope is without one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import cast

from app.answer import Scope, TreatyScope
from app.ui.provenance import Names
from vectorstore.records import JSONValue

Overrides = Mapping[str, JSONValue]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One part of a scope.

    Attributes:
        field: Name of the scope's field that it belongs to.
        value: Identifies it within the field.
        kind: What it is, in one word.
        label: What it says.
    """

    field: str
    value: str
    kind: str
    label: str


_LISTS = (
    ("states", "State"),
    ("groups", "Group"),
    ("bodies", "Body"),
    ("sessions", "Session"),
    ("years", "Year"),
    ("agenda_items", "Agenda item"),
)
_NAMED = ("states", "groups")


def chips(scope: Scope, names: Names) -> tuple[Chip, ...]:
    """Lists the parts of a scope: who, which articles, where and when, then the topic."""
    listed = [
        Chip(field=field, value=value, kind=kind, label=names(value) if field in _NAMED else value)
        for field, kind in _LISTS
        for value in cast(tuple[str, ...], getattr(scope, field))
    ]
    treaties = [
        Chip(
            field="treaties",
            value=article_value(treaty.treaty, article),
            kind="Treaty",
            label=_treaty(treaty, article),
        )
        for treaty in scope.treaties
        for article in treaty.articles or ("",)
    ]
    topic = [Chip(field="topic", value="", kind="Topic", label=scope.topic)] if scope.topic else []
    who = [chip for chip in listed if chip.field in _NAMED]
    return (*who, *treaties, *(chip for chip in listed if chip.field not in _NAMED), *topic)


def article_value(treaty: str, article: str) -> str:
    """Names an article, or a whole treaty where the article is empty, as one value."""
    return f"{treaty} {article}".strip()


def treaties_json(values: Sequence[str]) -> list[JSONValue]:
    """Turns values such as `UNTOC 4` (or `4`, of the Convention) into the scope's JSON."""
    articles: dict[str, list[JSONValue]] = {}
    for value in values:
        treaty, _, article = value.strip().partition(" ")
        if treaty[:1].isdigit():
            treaty, article = "UNTOC", value.strip()
        articles.setdefault(treaty, []).extend([article.strip()] if article.strip() else [])
    return [{"treaty": treaty, "articles": numbers} for treaty, numbers in articles.items() if treaty]


def without(scope: Scope, field: str, value: str) -> dict[str, JSONValue]:
    """Gives the override that takes one chip away; empty where there is no such chip."""
    if field == "topic":
        return {"topic": ""}
    if field == "treaties":
        values = [article_value(t.treaty, a) for t in scope.treaties for a in t.articles or ("",)]
        return {"treaties": treaties_json([item for item in values if item != value])} if value in values else {}
    if field not in dict(_LISTS):
        return {}
    return {field: [item for item in cast(tuple[str, ...], getattr(scope, field)) if item != value]}


def scope_html(scope: Scope, names: Names, *, editable: bool) -> str:
    """Renders the scope of an answer: its chips, and how the question was read.

    Args:
        scope: The resolved scope.
        names: Gives the name of a party's code.
        editable: Whether chips can be removed; only the newest answer's can.
    """
    kept = set(scope.kept)
    items = "".join(_chip(chip, editable=editable, kept=chip.field in kept) for chip in chips(scope, names))
    notes = "".join(f'<li dir="auto">{escape(note)}</li>' for note in scope.notes)
    return f'<ul class="u-chips" aria-label="Scope of this answer">{items or _EVERYTHING}</ul>' + (
        f'<ul class="u-notes" aria-label="How the question was read">{notes}</ul>' if notes else ""
    )


_EVERYTHING = '<li class="u-chip"><span class="u-chip-kind">Scope</span><bdi>all statements</bdi></li>'


def _chip(chip: Chip, *, editable: bool, kept: bool) -> str:
    remove = (
        f'<button type="button" data-action="drop" data-field="{chip.field}" data-value="{escape(chip.value)}" '
        f'aria-label="{escape(f"Remove {chip.kind} {chip.label} and ask again")}">×</button>'
        if editable
        else ""
    )
    earlier = '<span class="u-kept">from before</span>' if kept else ""
    return (
        f'<li class="u-chip"><span class="u-chip-kind">{chip.kind}</span><bdi>{escape(chip.label)}</bdi>'
        f"{earlier}{remove}</li>"
    )


def _treaty(treaty: TreatyScope, article: str) -> str:
    return f"{treaty.treaty} article {article}" if article else treaty.treaty
