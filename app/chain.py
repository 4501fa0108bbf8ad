"""The chain, top to bottom: resolve -> scope -> select -> compose -> verify, as a LangChain Runnable.

Each step adds one record under its name; none reads what a later one writes.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypedDict, cast

from langchain_core.runnables import Runnable, RunnableGenerator, RunnablePassthrough

from app.answer import Answer, Missing, Timings
from app.compose.extractive import Composition, compose, render
from app.compose.model import ModelWriter, Task
from app.compose.written import with_claims, with_translations
from app.followup import EarlierTurn, earlier_turns
from app.resolution import Resolution
from app.restyle import restyled
from app.retrieve import Retrieved, Searcher
from app.scope import resolve
from app.silence import abstain, beside
from app.verify import verify
from ingest.parties import PartyTable
from prompts.wording import load_wording
from vectorstore.records import JSONValue

# Quotations and claims of an answer that is to be shorter.
_SHORTER: Final = 2
STEPS: Final = ("resolve", "retrieve", "compose", "verify", "first_claim")


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
    """The chain's steps over one store; without a writer, answers are quotations alone."""

    searcher: Searcher
    parties: Callable[[], PartyTable]
    max_citations: int
    writer: ModelWriter | None = None

    def resolve(self, turn: Turn) -> Resolution:
        """Reads the question: who, when, which article, and the topic; and in which form the answer is wanted."""
        form, asked, before = restyled(turn["question"], earlier_turns(turn.get("history", ())))
        overrides = turn.get("overrides") or asked.overrides
        resolution = resolve(asked.question, self.parties(), overrides=overrides, history=before)
        return replace(resolution, style=form.style, spoken=form.language)

    def retrieve(self, turn: Turn) -> Retrieved:
        """Applies the scope and finds evidence within it, per party."""
        return self.searcher.search(turn["resolve"], self.parties())

    def compose(self, turn: Turn) -> Iterator[Composition]:
        """Quotes the best evidence; a model, where there is one, words claims on it, which come as they hold."""
        resolution, retrieved = turn["resolve"], turn["retrieve"]
        found = (*retrieved.found, *retrieved.spoken_for)
        parties, wording = self.parties(), load_wording(resolution.spoken or resolution.scope.language)
        limit = min(self.max_citations, _SHORTER) if resolution.style == "shorter" else self.max_citations
        quoted = compose(
            found,
            retrieved.sources,
            parties,
            wording,
            limit=limit,
            asked=_kind_asked(resolution),
            question=resolution.question,
            one_each=resolution.open,
        )
        # Of what nobody said there is nothing to word.
        if self.writer is None or not quoted.claims or resolution.provision or resolution.negated:
            yield quoted
            return
        # In the order of the quotations, which shows groups after those that they spoke for.
        answering = sorted((item for item in found if item.answers), key=lambda item: bool(item.members))
        task = Task(
            question=resolution.question,
            chosen=[item.strong for item in answering],
            sources=retrieved.sources,
            limit=max(limit, len(answering)),
            style=resolution.style,
        )
        draft = None
        for draft in self.writer.write(task, parties, wording):
            text = render(Composition(claims=draft.claims), draft.claims, draft.citations, parties, wording)
            yield replace(quoted, shown=text, written=draft)
        if draft is None:
            return
        composed = with_claims(quoted, draft, answering, parties, wording, model=self.writer.name)
        composed = replace(composed, points=resolution.style == "points")
        if resolution.spoken is not None:
            composed = with_translations(composed, self.writer, resolution.spoken)
        yield composed

    def verify(self, turn: Turn) -> Answer:
        """Drops what the statements do not bear out, and says why where nothing is left."""
        resolution, retrieved, composed = turn["resolve"], turn["retrieve"], turn["compose"]
        checked = verify(composed.claims, composed.citations, retrieved.sources.statements)
        language = resolution.spoken or resolution.scope.language
        wording, parties = load_wording(language), self.parties()
        answer = Answer(
            question=turn["question"],
            answer="",
            status="answered",
            scope=replace(resolution.scope, language=language, notes=(*resolution.scope.notes, *retrieved.notes)),
            coverage=retrieved.coverage(checked.citations),
            retrieved=retrieved.passages,
            confidence=round(max((found.confidence for found in retrieved.found), default=0.0), 4),
            prompt_version=wording.version,
            dropped_claims=checked.dropped,
        )
        answer = _with_model(answer, composed, self.writer)
        own = [claim for claim in checked.claims if claim.state not in composed.spoken_for]
        if not own or resolution.negated:
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
            translations=dict(composed.translations),
            related=beside(retrieved, checked.citations) if retrieved.other_readings else (),
        )


def _with_model(answer: Answer, composed: Composition, writer: ModelWriter | None) -> Answer:
    """Says which model was asked and what became of its claims; without one, the answer as it is."""
    draft = composed.written
    if draft is None or writer is None:
        return answer
    return replace(
        answer,
        composer="model" if draft.claims else "extractive",
        model=writer.name,
        prompt_version=draft.prompt_version or answer.prompt_version,
        usage=dict(draft.usage),
        dropped_claims=(*draft.dropped, *answer.dropped_claims),
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
        .assign(compose=RunnableGenerator(_growing("compose", steps.compose)))
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


def _growing(name: str, step: Callable[[Turn], Iterator[Any]]) -> Callable[[Iterator[dict[str, Any]]], Iterator[Any]]:
    """Makes a step of one whose record grows; each replaces the one before it."""

    def run(inputs: Iterator[dict[str, Any]]) -> Iterator[Any]:
        values: dict[str, Any] = {}
        for chunk in inputs:
            values |= chunk
        turn = cast(Turn, values)
        began = time.perf_counter()
        for result in step(turn):
            turn["clock"][name] = (time.perf_counter() - began) * 1000
            yield result

    return run


def timings(clock: Mapping[str, float], total: float) -> Timings:
    """Returns the wall times of a finished turn in milliseconds."""
    return Timings(**{name: round(clock.get(name, 0.0), 1) for name in STEPS}, total=round(total, 1))
