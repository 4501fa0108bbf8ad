"""Stored answers: those of `untoc ask --json --from`, of another program with the same contract, or of a run."""

from pathlib import Path
from typing import Any

from evals.errors import AnswerError, RunError
from evals.golden.cases import Case
from evals.runs import ANSWERS, AnswerRecord, read_lines


class Replay:
    """Gives answers from a file of JSON lines, or from a run's folder, by the case's id."""

    name = "replay"

    def __init__(self, path: Path) -> None:
        file = path / ANSWERS if path.is_dir() else path
        if not file.is_file():
            raise RunError(
                f"no answers at {str(file)!r}: give a run's folder, or what `untoc ask --json --from` printed"
            )
        self._answers: dict[tuple[str, int], dict[str, Any]] = {}
        for record in read_lines(file, torn_end=True):
            if "case" in record:
                stored = AnswerRecord.model_validate(record)
                if stored.answer is not None:
                    self._answers[stored.case, stored.repeat] = stored.answer
            elif "id" in record:
                self._answers[str(record["id"]), 0] = record

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        """Returns the stored answer.

        Raises:
            AnswerError: None is stored for the case.
        """
        answer = self._answers.get((case.id, repeat))
        if answer is None:
            raise AnswerError(f"no stored answer for the case {case.id!r}")
        return answer
