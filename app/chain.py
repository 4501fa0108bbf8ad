"""The chain, top to bottom: resolve -> scope -> select -> compose -> verify, as a LangChain Runnable.

Each step adds one record under its name; none reads what a later one writes.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypedDict, cast

from langchain_core.runnables import Runnable, RunnablePassthrough

from app.answer import Answer, Missing, Timings
from app.compose.extractive import Composition, compose, render
from app.followup import EarlierTurn
from app.resolution import Resolution
from app.retrieve import Retrieved, Searcher
from app.scope import resolve
from app.silence import abstain, beside
from app.verify import verify
from ingest.parties import PartyTable
from prompts.wording import load_wording
from vectorstore.records import JSONValue

STEPS: Final = ("resolve", "retrieve", "compose", "verify")


class Turn(TypedDict, total=False):
    """What flows through the chain; every step adds its own key."""

    question: str
    overrides: Mapping[str, JSONValue]
    history: Sequence[str | EarlierTurn]
    resolve: Resolution
    retrieve: Retrieved
    compose: Composition
    verify: Answer
    clock: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The chain's steps over one store."""

    searcher: Searcher
    parties: Callable[[], PartyTable]
    max_citations: int

    def resolve(self, turn: Turn) -> Resolution:
        """Reads the question: who, when, which article, and the topic."""
        return resolve(
            turn["question"], self.parties(), overrides=turn.get("overrides"), history=turn.get("history", ())
        )

    def retrieve(self, turn: Turn) -> Retrieved:
        """Applies the scope and finds evidence within it, per party."""
        return self.searcher.search(turn["resolve"], self.parties())

    def compose(self, turn: Turn) -> Composition:
        """Quotes the best evidence."""
        resolution, retrieved = turn["resolve"], turn["retrieve"]
        return compose(
            (*retrieved.found, *retrieved.spoken_for),
            retrieved.sources,
            self.parties(),
            load_wording(resolution.scope.language),
            limit=self.max_citations,
            asked=_kind_asked(resolution),
            question=turn["question"],
            one_each=resolution.open,
        )

    def verify(self, turn: Turn) -> Answer:
        """Drops what the statements do not bear out, and says why where nothing is left."""
        resolution, retrieved, composed = turn["resolve"], turn["retrieve"], turn["compose"]
        checked = verify(composed.claims, composed.citations, retrieved.sources.statements)
        wording, parties = load_wording(resolution.scope.language), self.parties()
        answer = Answer(
            question=turn["question"],
            answer="",
            status="answered",
            scope=replace(resolution.scope, notes=(*resolution.scope.notes, *retrieved.notes)),
            coverage=retrieved.coverage(checked.citations),
            retrieved=retrieved.passages,
            confidence=round(max((found.confidence for found in retrieved.found), default=0.0), 4),
            prompt_version=wording.version,
            dropped_claims=checked.dropped,
        )
        own = [claim for claim in checked.claims if claim.state not in composed.spoken_for]
        if not own:
            return abstain(answer, resolution, retrieved, parties, wording)
        return replace(
            answer,
            answer=render(composed, checked.claims, checked.citations, parties, wording),
            status="partial" if composed.missing else "answered",
            missing=composed.missing,
            claims=checked.claims,
            citations=checked.citations,
            more=composed.more,
            spoken_for={group: tuple(members) for group, members in composed.spoken_for.items()},
            related=beside(retrieved, checked.citations) if retrieved.other_readings else (),
        )


def _kind_asked(resolution: Resolution) -> Missing | None:
    """A question about the answer before ("when was that?") is answered by where the quotations come from."""
    told = resolution.intent == "about_answer" and resolution.asked != "reason"
    return None if told else resolution.asked


def build_chain(steps: Steps) -> Runnable[dict[str, Any], dict[str, Any]]:
    """Returns the chain; streamed, it yields each step's record as it is ready."""
    return (
        RunnablePassthrough.assign(resolve=_timed("resolve", steps.resolve))
        .assign(retrieve=_timed("retrieve", steps.retrieve))
        .assign(compose=_timed("compose", steps.compose))
        .assign(verify=_timed("verify", steps.verify))
    )


def _timed(name: str, step: Callable[[Turn], Any]) -> Callable[[dict[str, Any]], Any]:
    def run(values: dict[str, Any]) -> Any:  # noqa: ANN401 - each step has its own record
        turn = cast(Turn, values)
        began = time.perf_counter()
        result = step(turn)
        turn["clock"][name] = (time.perf_counter() - began) * 1000
        return result

    return run


def timings(clock: Mapping[str, float], total: float) -> Timings:
    """Returns the wall times of a finished turn in milliseconds."""
    return Timings(**{name: round(clock.get(name, 0.0), 1) for name in STEPS}, total=round(total, 1))
