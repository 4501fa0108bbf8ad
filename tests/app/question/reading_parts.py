"""Parts of a reading in the notation of the tables of cases, and a check of their values."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.question.resolution import Resolution
from app.question.scope_fields import parts_of
from app.records import Scope
from tests.topic_words import topic_words


def part(read: Resolution | Scope, name: str) -> Any:
    """Returns a part of a reading in the notation of the tables."""
    if name in ("other_years", "other_sessions"):
        # What a long list of years or sessions leaves out.
        held = [int(value) for value in part(read, name.removeprefix("other_"))]
        return [str(value) for value in range(*((min(held), max(held)) if held else (0,))) if value not in held]
    value = getattr(read, name) if hasattr(read, name) else getattr(read.scope, name)  # type: ignore[union-attr]
    if name == "notes":
        return [note.kind for note in value]
    if name == "treaties":
        scope = read.scope if isinstance(read, Resolution) else read
        return [
            f"{treaty} {number} {named and f'({named})'}".strip() for treaty, number, named in parts_of(name, scope)
        ]
    return list(value) if isinstance(value, tuple) else value


def _agree(name: str, found: Any, expected: Any) -> bool:
    if name == "topic":
        return topic_words(found) in [topic_words(topic) for topic in (expected or "").split("|")]
    return found in expected.split("|") if name == "kind" else (found or None) == (expected or None)


def check(read: Resolution | Scope, parts: Sequence[str], told: Mapping[str, Any]) -> None:
    """Asserts that each part has its expected value (`told`); `parts` without one must be empty."""
    found = {name: part(read, name) for name in {*parts, *told}}
    assert {name: value for name, value in found.items() if not _agree(name, value, told.get(name))} == {}
