"""The assistant: a question in, an answer out, through the chain."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args
from uuid import uuid4

from langchain_core.runnables import Runnable

from app.answer import Answer
from app.chain import Steps, Turn, build_chain, timings
from app.compose.extractive import Composition
from app.followup import EarlierTurn
from app.retrieve import Retrieved
from app.telemetry import Export
from app.trace import record_of
from vectorstore.catalogue import Catalogue
from vectorstore.errors import StoreError
from vectorstore.records import JSONValue

logger = logging.getLogger(__name__)


Step = Literal["resolve", "retrieve", "compose", "verify"]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A step of the chain that is done.

    Attributes:
        shown: While a model writes, the claims that hold so far, Markdown; the step is then the one before.
    """

    step: Step
    detail: str = ""
    shown: str = ""


class Assistant:
    """Answers questions over one store."""

    def __init__(
        self,
        steps: Steps,
        catalogue: Catalogue,
        *,
        keep_traces: int,
        keep_days: int = 0,
        export: Export | None = None,
    ) -> None:
        self._chain: Runnable[dict[str, Any], dict[str, Any]] = build_chain(steps)
        self._catalogue = catalogue
        self._keep_traces = keep_traces
        self._keep_days = keep_days
        self._export = export

    def ask(
        self,
        question: str,
        *,
        overrides: Mapping[str, JSONValue] | None = None,
        history: Sequence[str | EarlierTurn] = (),
    ) -> Answer:
        """Answers a question.

        Args:
            question: In any of the six languages.
            overrides: Parts of the scope to put in place of what is read from the question.
            history: Earlier questions of the conversation, oldest first; with the parts of their scope that were set,
                where any were.

        Raises:
            AppError: The question or an override cannot be used.
            StoreError: The store cannot be read, or a model cannot be loaded.
        """
        *_, answer = self.stream(question, overrides=overrides, history=history)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        *,
        overrides: Mapping[str, JSONValue] | None = None,
        history: Sequence[str | EarlierTurn] = (),
    ) -> Iterator[Progress | Answer]:
        """Yields each step as it is done, and the answer last; see `ask`."""
        began = time.perf_counter()
        clock: dict[str, float] = {}
        turn = Turn(question=question, overrides=overrides or {}, history=history, clock=clock)
        answer: Answer | None = None
        made: dict[str, Any] = {}
        for chunk in self._chain.stream(dict(turn)):
            for step in get_args(Step):
                if step not in chunk:
                    continue
                growing = chunk[step].shown if step == "compose" else None
                if growing is None:
                    yield Progress(step=step)
                else:
                    if growing:
                        clock.setdefault("first_claim", (time.perf_counter() - began) * 1000)
                    yield Progress(step="retrieve", shown=growing)
            made |= {step: chunk[step] for step in ("retrieve", "compose") if step in chunk}
            answer = chunk.get("verify", answer)
        assert answer is not None
        total = (time.perf_counter() - began) * 1000
        answer = replace(answer, timings_ms=timings(clock, total), trace_id=uuid4().hex[:16])
        self._keep(answer, made.get("retrieve"), made.get("compose"))
        if self._export is not None:
            self._export(answer)
        logger.info(
            "answer %s: %s, %d citations, %.0f ms", answer.trace_id, answer.status, len(answer.citations), total
        )
        yield answer

    def _keep(self, answer: Answer, retrieved: Retrieved | None, composed: Composition | None) -> None:
        if not self._keep_traces:
            return
        try:
            record = record_of(answer, retrieved, composed)
            self._catalogue.add_trace(answer.trace_id, record, keep=self._keep_traces, days=self._keep_days)
        except StoreError as exc:
            # A store that cannot be written still answers.
            logger.info("no trace kept: %s", exc)
