"""Questions, scopes and earlier turns as the command line takes them from files and arguments."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import QuestionError, ScopeError
from vectorstore.records import JSONValue


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """One question of a file, with its id and earlier turns where the file gives them."""

    question: str
    identifier: str | None = None
    history: tuple[str, ...] = ()


def read_questions(path: Path) -> Iterator[AskedQuestion]:
    """Yields the questions of a file: one a line, or JSON lines with `question`, and `id` (or `qid`) and `history`.

    Raises:
        QuestionError: The file cannot be read, or a line is not what it should be.
    """
    for number, line in enumerate(_lines(path), start=1):
        if not line.lstrip().startswith("{"):
            yield AskedQuestion(question=line)
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as exc:
            raise QuestionError(f"{str(path)!r}, line {number}: not JSON ({exc.msg}); one object a line") from exc
        question = record.get("question")
        if not isinstance(question, str):
            raise QuestionError(f"{str(path)!r}, line {number}: no text under 'question'")
        identifier = record.get("id", record.get("qid"))
        history = record.get("history") or ()
        if not isinstance(history, list | tuple) or not all(isinstance(turn, str) for turn in history):
            raise QuestionError(f"{str(path)!r}, line {number}: 'history' must be a list of questions")
        yield AskedQuestion(
            question=question,
            identifier=None if identifier is None else str(identifier),
            history=tuple(history),
        )


def read_history(path: Path | None) -> tuple[str, ...]:
    """Returns earlier questions of a file, oldest first; none without a file."""
    return () if path is None else tuple(asked.question for asked in read_questions(path))


def read_overrides(text: str | None) -> Mapping[str, JSONValue]:
    """Returns the scope given as JSON; nothing without it.

    Raises:
        ScopeError: It is not a JSON object.
    """
    if text is None:
        return {}
    try:
        value = json.loads(text)
    except json.JSONDecodeError as exc:
        raise ScopeError(f'--scope is not JSON ({exc.msg}): write it like {{"states": ["IRN"]}}') from exc
    if not isinstance(value, dict):
        raise ScopeError('--scope must be a JSON object like {"states": ["IRN"]}')
    return value


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise QuestionError(f"cannot read {str(path)!r}: {exc.strerror}; check the path") from exc
    except UnicodeDecodeError as exc:
        raise QuestionError(f"{str(path)!r} is not UTF-8 text: save it as UTF-8") from exc
    return [line for line in text.splitlines() if line.strip()]
