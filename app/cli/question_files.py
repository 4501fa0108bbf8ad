"""Question files: questions, scopes and earlier turns, read from files and arguments of the command line.

`{"id": "q1", "question": "And Cuba?", "history": ["What did Iran say about extradition?"]}` is a line of such a file.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.answering.history import clean_question, read_turns
from app.errors import QuestionError, ScopeError
from app.question.turns.state import EarlierTurn
from vectorstore.records import JSONValue

_EXAMPLE: Final = '{"states": ["IRN"]}'


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """A question of a file with its id and earlier turns; or an invalid line with its `problem`."""

    question: str
    identifier: str | None = None
    history: tuple[EarlierTurn, ...] = ()
    problem: str | None = None


def read_questions(path: Path) -> Iterator[AskedQuestion]:
    """Yields the questions of a file: one a line, or JSON lines with `question`, and `id` (or `qid`) and `history`.

    An invalid line is yielded with its problem, so that it does not stop the others; a file that cannot be read raises
    a QuestionError.
    """
    for place, line in _lines(path):
        yield _from_json(line, place) if line.startswith("{") else AskedQuestion(question=line)


def _from_json(line: str, place: str) -> AskedQuestion:
    identifier, text = None, line
    try:
        record = _object(line)
        given, question = record.get("id", record.get("qid")), record.get("question")
        identifier = None if given is None else str(given)
        text = question if isinstance(question, str) else ""
        if not isinstance(question, str):
            raise QuestionError("no text under 'question'")
        history = read_turns(record.get("history"))
    except QuestionError as exc:
        return AskedQuestion(question=text, identifier=identifier, problem=f"{place}: {exc}")
    return AskedQuestion(question=clean_question(text), identifier=identifier, history=history)


def _object(line: str) -> dict[str, JSONValue]:
    try:
        record: dict[str, JSONValue] = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise QuestionError(f"not JSON ({_reason(exc)}); one object a line") from exc
    return record


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"


def read_history(path: Path | None) -> tuple[EarlierTurn, ...]:
    """Returns the earlier turns of a file, oldest first; without a path, none.

    A line is a question or a JSON object as in `read_turns`; a QuestionError names an invalid line or unreadable file.
    """
    turns: list[EarlierTurn] = []
    for place, line in () if path is None else _lines(path):
        try:
            turns += read_turns([_object(line) if line.startswith("{") else line])
        except QuestionError as exc:
            raise QuestionError(f"{place}: {exc}") from exc
    return tuple(turns)


def read_overrides(text: str | None) -> Mapping[str, JSONValue]:
    """Returns the scope given as a JSON object, empty if none is given; a ScopeError if it is not an object."""
    if text is None:
        return {}
    try:
        value = json.loads(clean_question(text))
    except (ValueError, RecursionError) as exc:
        raise ScopeError(f"--scope is not JSON ({_reason(exc)}): write it like {_EXAMPLE}") from exc
    if not isinstance(value, dict):
        raise ScopeError(f"--scope must be a JSON object like {_EXAMPLE}")
    return value


def _lines(path: Path) -> list[tuple[str, str]]:
    """Returns the lines that are not blank, each after its place in words."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise QuestionError(f"cannot read {str(path)!r}: {exc.strerror}; check the path") from exc
    except UnicodeDecodeError as exc:
        raise QuestionError(f"{str(path)!r} is not UTF-8 text: save it as UTF-8") from exc
    # Only line feeds end a line: JSON may hold the other characters at which `splitlines` breaks.
    lines = enumerate(text.split("\n"), start=1)
    return [(f"{str(path)!r}, line {number}", line.strip()) for number, line in lines if line.strip()]
