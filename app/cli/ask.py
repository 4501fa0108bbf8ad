"""Questions, given or in files, and the records of their answers: `ask`, `trace`.

`{"id": "q1", "question": "And Cuba?", "history": ["What did Iran say about extradition?"]}` is a line of such a file.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from app.cli.command import Invocation, UsageError, argument, command, option, print_json
from app.errors import AppError, QuestionError, ScopeError

if TYPE_CHECKING:
    from app.answering.assistant import Assistant
    from app.question.turns.state import EarlierTurn
    from vectorstore.records import JSONValue

commands = typer.Typer()
_EXAMPLE: Final = '{"states": ["IRN"]}'


@command(
    commands,
    'untoc ask "What did Iran say about article 4?"',
    'untoc ask "And Austria?" --history turns.txt --json',
    "untoc ask --from questions.jsonl > answers.jsonl",
    """untoc ask "What was said on extradition?" --scope '{"states": ["IRN"]}'""",
)
def ask(
    invocation: Invocation,
    question: Annotated[str | None, argument("QUESTION", "in any of six languages")] = None,
    file: Annotated[Path | None, option("FILE", "one question a line, or JSON lines", "--from")] = None,
    scope: Annotated[str | None, option("JSON", 'put in place of what is read, such as {"states": ["IRN"]}')] = None,
    history: Annotated[
        Path | None, option("FILE", "earlier questions, oldest first: one a line, or JSON lines as --json prints them")
    ] = None,
) -> int:
    """Answer a question with verified quotations."""
    if (question is None) == (file is None):
        raise UsageError("give one question, or --from FILE")
    # Models are read in parallel with the imports; not in a daemon thread, which must not be ended in native code.
    Thread(target=_read_models).start()
    from app.cli.printing import print_answer

    overrides = read_overrides(scope)
    turns = read_history(history)
    with invocation.workspace_to_ask() as workspace:
        if file is not None:
            return _ask_all(invocation, workspace.assistant, file, overrides, turns)
        answer = workspace.assistant.ask(question or "", overrides=overrides, history=turns)
        return invocation.show(answer.to_json(), lambda: print_answer(answer, workspace.parties(), invocation.runnable))


def _read_models() -> None:
    """Reads the models that most questions need; a damaged one is reported where it is used."""
    from vectorstore.bert import packaged_tokenizer
    from vectorstore.errors import ModelError
    from vectorstore.sentence_encoder import sentence_encoder

    with suppress(ModelError, OSError):
        sentence_encoder().load()
        packaged_tokenizer()
        sentence_encoder().unpack_frequent()


def _ask_all(
    invocation: Invocation,
    assistant: "Assistant",
    file: Path,
    overrides: "Mapping[str, JSONValue]",
    turns: "tuple[EarlierTurn, ...]",
) -> int:
    """Prints each answer to a question file as a line of JSON; a question with an error does not stop the others."""
    code = 0
    for asked in read_questions(file):
        record: dict[str, Any] = {} if asked.identifier is None else {"id": asked.identifier}
        try:
            if asked.problem is not None:
                raise QuestionError(asked.problem)
            answer = assistant.ask(asked.question, overrides=overrides, history=asked.history or turns)
            record |= answer.to_json()
        except AppError as exc:
            record |= {"question": asked.question, "error": str(exc)}
            code = invocation.fail(exc, 1)
        print_json(record, indent=None)
    return code


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """A question of a file with its id and earlier turns; or an invalid line with its `problem`."""

    question: str
    identifier: str | None = None
    history: "tuple[EarlierTurn, ...]" = ()
    problem: str | None = None


def read_questions(path: Path) -> Iterator[AskedQuestion]:
    """Yields the questions of a file: one a line, or JSON lines with `question`, and `id` (or `qid`) and `history`.

    An invalid line is yielded with its problem, so that it does not stop the others; a file that cannot be read raises
    a QuestionError.
    """
    for place, line in _lines(path):
        yield _from_json(line, place) if line.startswith("{") else AskedQuestion(question=line)


def _from_json(line: str, place: str) -> AskedQuestion:
    from app.answering.history import read_turns
    from ingest.text.canonical_form import without_surrogates

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
    return AskedQuestion(question=without_surrogates(text), identifier=identifier, history=history)


def _object(line: str) -> "dict[str, JSONValue]":
    try:
        record: dict[str, JSONValue] = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise QuestionError(f"not JSON ({_reason(exc)}); one object a line") from exc
    return record


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"


def read_history(path: Path | None) -> "tuple[EarlierTurn, ...]":
    """Returns the earlier turns of a file, oldest first; without a path, none.

    A line is a question or a JSON object as in `read_turns`; a QuestionError names an invalid line or unreadable file.
    """
    from app.answering.history import read_turns

    turns: list[EarlierTurn] = []
    for place, line in () if path is None else _lines(path):
        try:
            turns += read_turns([_object(line) if line.startswith("{") else line])
        except QuestionError as exc:
            raise QuestionError(f"{place}: {exc}") from exc
    return tuple(turns)


def read_overrides(text: str | None) -> "Mapping[str, JSONValue]":
    """Returns the scope given as a JSON object, empty if none is given; a ScopeError if it is not an object."""
    from ingest.text.canonical_form import without_surrogates

    if text is None:
        return {}
    try:
        value = json.loads(without_surrogates(text))
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


@command(commands, "untoc trace 20201012-1f3a", "untoc trace 20201012-1f3a --json")
def trace(
    invocation: Invocation,
    trace_id: Annotated[str, argument("ID", "the `trace_id` that `untoc ask --json` gives with an answer")],
) -> int:
    """Show the trace of an answer."""
    from app.cli.printing import print_trace

    with invocation.workspace(read_only=True) as workspace:
        found = workspace.corpus.trace(trace_id)
    return invocation.show(found, lambda: print_trace(found))
