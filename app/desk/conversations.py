"""Stored conversations: each question with its answer, in the order asked, as JSON in the tables of works."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from app.desk.works import Works
from app.errors import NotFoundError
from app.records import Answer


@dataclass(frozen=True, kw_only=True)
class KeptTurn:
    """A question of a conversation with its answer."""

    number: int
    """Its place, from 1."""
    question: str
    answer: Answer
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """The parts of the scope that were set by hand."""
    used: tuple[int, ...] = ()
    """Numbers of related passages that the reader took into the answer."""
    judged: Literal["right", "wrong"] | None = None
    """What the reader said of the answer."""
    should_be: str = ""
    """What would have been right, in the reader's words."""


class Conversations:
    """The conversations of one person; `recheck` verifies a kept answer against the store as it is now."""

    def __init__(self, works: Works, recheck: Callable[[Answer], Answer]) -> None:
        self.works = works
        self._recheck = recheck

    def keep(self, identifier: str | None, turn: KeptTurn) -> str:
        """Stores a turn, replacing the one of its number; returns the conversation's id, a new one if none is given."""
        identifier = identifier or self.works.add("conversation", turn.question)
        content = _adapter().dump_python(turn, mode="json")
        self.works.put(identifier, turn.number, content, (turn.question, turn.answer.answer))
        return identifier

    def append(self, identifier: str | None, turn: KeptTurn) -> tuple[str, int]:
        """Stores a turn after the last one; returns the conversation's id, as `keep` does, and the turn's number."""
        identifier = identifier or self.works.add("conversation", turn.question)
        number = self.works.append(
            identifier,
            lambda number: _adapter().dump_python(replace(turn, number=number), mode="json"),
            (turn.question, turn.answer.answer),
        )
        return identifier, number

    def keep_all(self, turns: Sequence[KeptTurn]) -> str:
        """Stores turns, at least one, as a new conversation; returns its id."""
        identifier = None
        for turn in turns:
            identifier = self.keep(identifier, turn)
        return str(identifier)

    def mark(self, identifier: str, turn: KeptTurn) -> None:
        """Stores a reader's verdict on an answer and the passages added to it; the answer itself stays unchanged.

        Raises a NotFoundError if another answer has taken its place, or this person may not change it.
        """
        kept = self.works.parts(identifier, "conversation").get(turn.number, {})
        marks = {name: getattr(turn, name) for name in ("used", "judged", "should_be")}
        stored = _read(kept)
        if stored is None or stored.answer.trace_id != turn.answer.trace_id:
            raise NotFoundError("this is not there any more, or not yours: choose another in the list")
        self.works.put(identifier, turn.number, kept | marks, (turn.question, turn.answer.answer))

    def turns(self, identifier: str) -> Sequence[KeptTurn]:
        """Returns the readable turns in order, re-checked as of today; raises as `Works.get` does."""
        read = (_read(content) for content in self.works.parts(identifier, "conversation").values())
        return [replace(turn, answer=self._recheck(turn.answer)) for turn in read if turn is not None]


@cache
def _adapter() -> TypeAdapter[KeptTurn]:
    return TypeAdapter(KeptTurn)


def _read(content: Any) -> KeptTurn | None:  # noqa: ANN401 - whatever was kept
    try:
        return _adapter().validate_python(content)
    except ValidationError:
        return None
