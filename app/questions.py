"""Questions, scopes and earlier turns as the command line takes them from files and arguments."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import QuestionError, ScopeError
from vectorstore.records import JSONValue


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """One question of a file, with its id and earlier turns where the file gives them.

    Attributes:
        problem: Why the line cannot be asked; `question` is then what it holds.
    """

    question: str
    identifier: str | None = None
    history: tuple[str, ...] = ()
    problem: str | None = None


def read_questions(path: Path) -> Iterator[AskedQuestion]:
    """Yields the questions of a file: one a line, or JSON lines with `question`, and `id` (or `qid`) and `history`.

    A line that is not what it should be is yielded with its problem, so that it does not stop the others.

    Raises:
        QuestionError: The file cannot be read.
    """
    for number, line in _lines(path):
        yield (
            _from_json(line, f"{str(path)!r}, line {number}") if line.startswith("{") else AskedQuestion(question=line)
        )


def _from_json(line: str, place: str) -> AskedQuestion:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as exc:
        reason = exc.msg if isinstance(exc, json.JSONDecodeError) else "it cannot be read"
        return AskedQuestion(question=line, problem=f"{place}: not JSON ({reason}); one object a line")
    given = record.get("id", record.get("qid"))
    identifier = None if given is None else str(given)
    question = record.get("question")
    if not isinstance(question, str):
        return AskedQuestion(question="", identifier=identifier, problem=f"{place}: no text under 'question'")
    history = record.get("history") or ()
    if not isinstance(history, list | tuple) or not all(isinstance(turn, str) for turn in history):
        problem = f"{place}: 'history' must be a list of questions"
        return AskedQuestion(question=question, identifier=identifier, problem=problem)
    return AskedQuestion(
        question=clean_question(question),
        identifier=identifier,
        history=tuple(clean_question(turn) for turn in history),
    )


def clean_question(text: str) -> str:
    """Returns a question as it can be stored and shown: bytes that are no text become U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def read_history(path: Path | None) -> tuple[str, ...]:
    """Returns earlier questions of a file, oldest first; none without a file.

    Raises:
        QuestionError: The file cannot be read, or a line is not what it should be.
    """
    turns = () if path is None else tuple(read_questions(path))
    for turn in turns:
        if turn.problem is not None:
            raise QuestionError(turn.problem)
    return tuple(turn.question for turn in turns)


def read_overrides(text: str | None) -> Mapping[str, JSONValue]:
    """Returns the scope given as JSON; nothing without it.

    Raises:
        ScopeError: It is not a JSON object.
    """
    if text is None:
        return {}
    try:
        value = json.loads(clean_question(text))
    except (ValueError, RecursionError) as exc:
        reason = exc.msg if isinstance(exc, json.JSONDecodeError) else "it cannot be read"
        raise ScopeError(f'--scope is not JSON ({reason}): write it like {{"states": ["IRN"]}}') from exc
    if not isinstance(value, dict):
        raise ScopeError('--scope must be a JSON object like {"states": ["IRN"]}')
    return value


def _lines(path: Path) -> list[tuple[int, str]]:
    """Returns the lines that hold anything, each with its number in the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise QuestionError(f"cannot read {str(path)!r}: {exc.strerror}; check the path") from exc
    except UnicodeDecodeError as exc:
        raise QuestionError(f"{str(path)!r} is not UTF-8 text: save it as UTF-8") from exc
    # Only line feeds end a line: JSON may hold the other characters at which `splitlines` breaks.
    return [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
