"""The assistant: answers questions through the chain, reports its progress, and keeps the trace of each answer.

`ask("What did Arvandia say about extradition?")` returns an `Answer`; `stream` yields the steps before it.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import uuid4

from app.answering.localization import localize
from app.answering.steps import ChainState, Question, Steps
from app.answering.trace import trace_of
from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution
from app.question.turns.state import EarlierTurn
from app.records import Answer
from app.telemetry import Export
from vectorstore.catalogue import Catalogue
from vectorstore.errors import StoreError
from vectorstore.records import JSONValue

logger = logging.getLogger(__name__)

# The most parties that are suggested beside those asked about, the most confident evidence first.
_MAX_SUGGESTED_PARTIES: Final = 2
Step = Literal["resolve", "retrieve", "compose", "verify"]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A finished step of the chain."""

    step: Step
    shown: str = ""
    """While a model writes, the claims that passed so far, as Markdown; `step` is then still the one before."""


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
        """Keeps `keep_traces` traces at most, 0 for none, for up to `keep_days` days, 0 for no limit."""
        self.steps = steps
        self._catalogue, self._export = catalogue, export
        self._keep_traces, self._keep_days = keep_traces, keep_days

    def ask(
        self,
        question: str,
        *,
        overrides: Mapping[str, JSONValue] | None = None,
        history: Sequence[str | EarlierTurn] = (),
    ) -> Answer:
        """Answers a question; the arguments are those of a `Question`.

        Raises an AppError if the question or an override cannot be used, a StoreError if the store cannot be read or a
        model cannot be loaded.
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
        answer: Answer | None = None
        for state in self.steps.states(Question(text=question, overrides=overrides or {}, history=history)):
            yield _progress(state)
            answer = state.answer
        assert answer is not None
        answer = replace(answer, trace_id=uuid4().hex[:16])
        self._keep(answer, state)
        if self._export is not None:
            self._export(answer)
        logged = (answer.trace_id, answer.status, len(answer.citations), answer.timings_ms.total)
        logger.info("answer %s: %s, %d citations, %.0f ms", *logged)
        yield answer

    def suggest(self, answer: Answer) -> tuple[str, ...]:
        """Returns questions to ask after an answer, in its language, each of which the corpus answers.

        There are none without a topic, or after an aside or treaty text. `StoreError` as in `ask`.
        """
        scope, parties = answer.scope, self.steps.parties()
        local, asked = localize(parties, scope.language), {*scope.named_parties}
        if not scope.topic or not KIND_TRAITS[answer.kind].has_suggestions:
            return ()
        everyone = replace(
            scope, states=(), groups=(), members_of=(), excluded=(), treaties=(), all_states=True, notes=()
        )
        retrieved = self.steps.retriever.retrieve(Resolution(scope=everyone, question=answer.question), parties)
        answering = (item for item in retrieved.party_evidence if item.answers)
        speaking = sorted(answering, key=lambda item: -item.confidence)
        others = [item.party for item in speaking if item.party and item.party not in asked]
        names = [local.name(code) for code in others[:_MAX_SUGGESTED_PARTIES]]
        questions = [local.say("suggest_said", party=name, topic=scope.topic) for name in names] if asked else []
        cited = next((citation.state for citation in answer.citations if citation.state), None)
        if cited is not None and answer.kind != "summary":
            questions.append(local.say("example_summary", party=local.name(cited)))
        if len(speaking) > 1 and asked:
            questions.append(local.say("suggest_which", topic=scope.topic))
        return tuple(questions)

    def _keep(self, answer: Answer, state: ChainState) -> None:
        if not self._keep_traces:
            return
        try:
            trace = trace_of(answer, state.retrieved, state.composed)
            self._catalogue.add_trace(answer.trace_id, trace, keep=self._keep_traces, days=self._keep_days)
        except StoreError as exc:
            # Where the store cannot be written, the question is answered without a trace.
            logger.info("no trace kept: %s", exc)


def _progress(state: ChainState) -> Progress:
    if state.answer is not None:
        return Progress(step="verify")
    if state.composed is not None:
        # While a model writes, its claims so far are shown as part of the step before.
        writing = state.composed.claims_so_far
        return Progress(step="compose") if writing is None else Progress(step="retrieve", shown=writing)
    return Progress(step="retrieve" if state.retrieved is not None else "resolve")
