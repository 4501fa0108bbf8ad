"""Stored answers: those of `untoc ask --json --from`, of another program with the same contract, or of a run."""

import hashlib
from pathlib import Path
from typing import Any

from evals.errors import AnswerError, RunError
from evals.files import numbered_lines, read_record
from evals.golden.cases import Case
from evals.runs import ANSWERS, AnswerRecord


class Replay:
    """Gives answers from a file of JSON lines, or from a run's folder, by the case's id."""

    name = "replay"

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
        for number, record in numbered_lines(file, torn_end=True):
            if "case" in record:
                stored = read_record(file, number, record, AnswerRecord, todo="mend or remove it")
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
