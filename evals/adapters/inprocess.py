"""The program in this process, as it is or with one named change that no setting makes."""

import json
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from app.answering.assistant import Assistant
from app.errors import AppError
from app.question.turn import EarlierTurn
from evals.errors import AnswerError
from evals.golden.cases import Case
from ingest.errors import IngestError
from vectorstore.errors import StoreError
from vectorstore.records import JSONValue


class InProcess:
    """Asks an assistant."""

    name = "inprocess"

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        """Returns the assistant's answer.

        Raises:
            AnswerError: The question cannot be used, or the store cannot be read.
        """
        try:
            answer = self._assistant.ask(case.question, history=history_of(case), overrides=overrides_of(case))
        except (AppError, IngestError, StoreError) as exc:
            raise AnswerError(str(exc)) from exc
        return answer.to_json()


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
