"""Adapters: what is evaluated, be it the program in this process or stored answers."""

import hashlib
import json
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

from app.answering.assistant import Assistant
from app.errors import AppError
from app.question.turn import EarlierTurn
from evals.cases.case import Case
from evals.errors import AnswerError, RunError
from evals.files import read_lines
from evals.runs import ANSWERS
from ingest.errors import IngestError
from vectorstore.errors import StoreError
from vectorstore.records import JSONValue


class Adapter(Protocol):
    """Something that answers questions."""

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        """Returns the answer to a case in the JSON contract.

        Args:
            case: Its question and its earlier turns are asked.
            repeat: How many times it was asked before in this run.

        Raises:
            AnswerError: There is none.
        """
        ...


class InProcess:
    """Asks an assistant in this process, as it is or with one named change that no setting makes."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        """Returns the assistant's answer."""
        try:
            answer = self._assistant.ask(case.question, history=history_of(case), overrides=overrides_of(case))
        except (AppError, IngestError, StoreError) as exc:
            raise AnswerError(str(exc)) from exc
        return answer.to_json()


class Replay:
    """Gives stored answers by the case's id: those of `untoc ask --json --from`, or of a run's folder."""

    def __init__(self, path: Path) -> None:
        """Reads the answers.

        Raises:
            RunError: There are none, or a line is no answer.
        """
        file = path / ANSWERS if path.is_dir() else path
        if not file.is_file():
            raise RunError(
                f"no answers at {str(file)!r}: give a run's folder, or what `untoc ask --json --from` printed"
            )
        self.sha256: str = hashlib.sha256(file.read_bytes()).hexdigest()
        """Of the file that the answers come from, hexadecimal."""
        self._answers: dict[tuple[str, int], dict[str, Any]] = {}
        for _, record in read_lines(file, torn_end=True):
            name, answer = record.get("case", record.get("id")), record.get("answer") if "case" in record else record
            if name is not None and answer is not None:
                self._answers[str(name), int(record.get("repeat", 0))] = answer

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        """Returns the stored answer."""
        answer = self._answers.get((case.id, repeat))
        if answer is None:
            raise AnswerError(f"no stored answer for the case {case.id!r}")
        return answer


def overrides_of(case: Case) -> Mapping[str, JSONValue] | None:
    """Returns the parts of the scope that whoever saved the case had set; None where there are none."""
    given = case.tags.get("overrides")
    found = json.loads(given) if isinstance(given, str) else given
    return found or None


def history_of(case: Case) -> tuple[EarlierTurn, ...]:
    """Returns the earlier turns of a case, with the parts of their scope that whoever saved the case had set."""
    given = case.tags.get("history_overrides") or ()
    changes = json.loads(given) if isinstance(given, str) else given
    pairs = zip_longest(case.history, changes, fillvalue=None)
    return tuple(EarlierTurn(question=turn, overrides=change or {}) for turn, change in pairs if turn is not None)
