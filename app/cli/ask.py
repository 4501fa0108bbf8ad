"""Questions and the records of their answers: `ask`, `trace`."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.command import Invocation, UsageError, argument, command, option, print_json
from app.errors import AppError, QuestionError

if TYPE_CHECKING:
    from app.answering.assistant import Assistant
    from app.question.turns.state import EarlierTurn
    from vectorstore.records import JSONValue

    Overrides = Mapping[str, JSONValue]

commands = typer.Typer()


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
    from app.answering.history import clean_question
    from app.cli.printing import print_answer
    from app.cli.question_files import read_history, read_overrides

    overrides = read_overrides(scope)
    turns = read_history(history)
    with invocation.workspace_to_ask() as workspace:
        if file is not None:
            return _ask_all(invocation, workspace.assistant, file, overrides, turns)
        answer = workspace.assistant.ask(clean_question(question or ""), overrides=overrides, history=turns)
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
    invocation: Invocation, assistant: "Assistant", file: Path, overrides: "Overrides", turns: "Sequence[EarlierTurn]"
) -> int:
    """Prints each answer to a question file as a line of JSON; a question with an error does not stop the others."""
    from app.cli.question_files import read_questions

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
