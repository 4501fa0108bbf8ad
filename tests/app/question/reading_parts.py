"""Parts of a reading as tables of cases write them, and whether they are as told."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.question.resolution import Resolution
from app.records import Scope
from tests.topic_words import topic_words


def part(read: Resolution | Scope, name: str) -> Any:
    """A part of a reading as the tables write it."""
    value = getattr(read, name) if hasattr(read, name) else getattr(read.scope, name)  # type: ignore[union-attr]
    if name == "notes":
        return [note.kind for note in value]
    if name == "treaties":
        return [f"{each.treaty} {number}".strip() for each in value for number in each.articles or ("",)]
    return list(value) if isinstance(value, tuple) else value


def _agree(name: str, found: Any, told: Any) -> bool:
    if name == "topic":
        return topic_words(found) in [topic_words(topic) for topic in (told or "").split("|")]
    return found in told.split("|") if name == "kind" else (found or None) == (told or None)


def check(read: Resolution | Scope, parts: Sequence[str], told: Mapping[str, Any]) -> None:
    """Fails where a part is not as told; `parts` of which nothing is told are empty."""
    found = {name: part(read, name) for name in {*parts, *told}}
    assert {name: value for name, value in found.items() if not _agree(name, value, told.get(name))} == {}
