"""What every adapter gives: an answer in the JSON contract to a case's question."""

from typing import Any, Protocol

from evals.golden.cases import Case


class Adapter(Protocol):
    """Something that answers questions."""

    @property
    def name(self) -> str:
        """`inprocess`, `http` or `replay`."""
        ...

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        """Returns the answer to a case as JSON.

        Args:
            case: Its question and its earlier turns are asked.
            repeat: How many times it was asked before in this run.

        Raises:
            AnswerError: There is none.
        """
        ...
