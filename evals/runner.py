"""Running cases through the assistant, and what that gave in figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.answer import Answer
from app.assistant import Assistant
from app.corpus import Corpus
from evals.cases import Case
from evals.metrics import (
    FIRST,
    Failure,
    Rates,
    RiskCoverage,
    SetScore,
    abstention_rates,
    evidence_recall,
    failure,
    macro,
    misattributed,
    quotes_verified,
    risk_coverage,
    state_set,
)
from evals.rewording import ORIGINAL


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one set of cases; shares are 0 to 1, higher is better, None where no case applies.

    Attributes:
        first: Share of evidence groups met by the first citation, over single-State cases.
        five: Share met by the first five citations, over all answerable cases that do not ask for a list of States.
        partial: Share of the cases expecting `partial` that got it with the right kind.
        quotes: (sound, all) citations.
        misattributed: Citations from a State that was not asked about.
        states: How well questions after States found the set of them, mean over cases.
        risk: Whether confidence tells right answers from wrong ones.
    """

    cases: int
    first: float | None
    five: float | None
    abstention: Rates
    reasons: float | None
    partial: float | None
    quotes: tuple[int, int]
    misattributed: int
    states: SetScore | None
    risk: RiskCoverage


@dataclass(frozen=True, kw_only=True)
class WordingFigures:
    """The figures of one wording over the cases that have it; shares are 0 to 1, higher is better.

    Attributes:
        right: Share of cases without any failure: State and year as meant, and the right outcome.
        topic: Share of cases whose topic words are those of the wording, no more and no fewer.
        failures: How many cases failed at each step, by its name.
        failed: The failed cases, by step.
    """

    wording: str
    cases: int
    right: float
    five: float | None
    abstention: Rates
    topic: float | None
    failures: Mapping[Failure, int]
    failed: Mapping[Failure, tuple[str, ...]]


def run_cases(
    cases: Sequence[Case], assistant: Assistant, progress: Callable[[Case, Answer], None] | None = None
) -> dict[str, Answer]:
    """Asks every case's question; returns the answers by case id."""
    answers: dict[str, Answer] = {}
    for case in cases:
        answers[case.id] = assistant.ask(case.question, history=case.history)
        if progress is not None:
            progress(case, answers[case.id])
    return answers


def figures(cases: Sequence[Case], answers: Mapping[str, Answer], corpus: Corpus) -> Figures:
    """Computes the figures of a run."""
    done = [case for case in cases if case.id in answers]
    texts: dict[str, str] = {}
    for answer in answers.values():
        for citation in (*answer.citations, *answer.related):
            if citation.statement_id not in texts:
                texts[citation.statement_id] = corpus.show(citation.statement_id).source_text
    checked = [quotes_verified(answers[case.id], texts) for case in done]
    abstained = [c for c in done if c.expect.reason and answers[c.id].abstention is not None]
    partial = [c for c in done if c.expect.status == "partial"]
    return Figures(
        cases=len(done),
        first=_mean([evidence_recall(c, answers[c.id], 1) for c in done if c.type == "single_state"]),
        # A list may name more States than five citations can.
        five=_mean(
            [
                evidence_recall(c, answers[c.id], FIRST)
                for c in done
                if c.expect.status == "answered" and c.type != "list_states"
            ]
        ),
        abstention=abstention_rates(done, answers),
        reasons=_mean([float(_reason(answers[c.id]) == c.expect.reason) for c in abstained]),
        partial=_mean([float(answers[c.id].missing == c.expect.missing) for c in partial]),
        quotes=(sum(sound for sound, _ in checked), sum(number for _, number in checked)),
        misattributed=sum(misattributed(c, answers[c.id]) for c in done),
        states=macro(state_set(c, answers[c.id]) for c in done),
        risk=risk_coverage(done, answers),
    )


def wording_figures(
    cases: Sequence[Case], answers: Mapping[str, Answer], sessions: Mapping[str, str]
) -> tuple[WordingFigures, ...]:
    """Computes the figures of each wording, the worst first.

    Args:
        cases: As asked; `tags.wording` says in which words, none means those of the case.
        answers: By case id.
        sessions: The session of a year, where that is one.
    """
    by_wording: dict[str, list[Case]] = {}
    for case in cases:
        if case.id in answers:
            by_wording.setdefault(case.tags.get("wording", ORIGINAL), []).append(case)
    figures_ = [_of_wording(name, asked, answers, sessions) for name, asked in by_wording.items()]
    return tuple(sorted(figures_, key=lambda found: (found.right, found.wording)))


def _of_wording(
    name: str, cases: Sequence[Case], answers: Mapping[str, Answer], sessions: Mapping[str, str]
) -> WordingFigures:
    failed: dict[Failure, list[str]] = {}
    for case in cases:
        reason = failure(case, answers[case.id], sessions)
        if reason is not None:
            failed.setdefault(reason, []).append(case.id)
    return WordingFigures(
        wording=name,
        cases=len(cases),
        right=1 - sum(map(len, failed.values())) / len(cases),
        five=_mean([evidence_recall(c, answers[c.id], FIRST) for c in cases if c.expect.status == "answered"]),
        abstention=abstention_rates(cases, answers),
        topic=_mean([_same_topic(c, answers[c.id]) for c in cases]),
        failures={reason: len(ids) for reason, ids in failed.items()},
        failed={reason: tuple(ids) for reason, ids in failed.items()},
    )


def _same_topic(case: Case, answer: Answer) -> float | None:
    words: str | None = case.tags.get("topic_words")
    return None if words is None else float(answer.scope.topic.casefold() == words.casefold())


def _reason(answer: Answer) -> str | None:
    return answer.abstention.reason if answer.abstention is not None else None


def _mean(values: Sequence[float | None]) -> float | None:
    scored = [value for value in values if value is not None]
    return sum(scored) / len(scored) if scored else None
