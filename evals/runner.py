"""Running cases through the assistant, and what that gave in figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.answer import Answer
from app.assistant import Assistant
from app.corpus import Corpus
from evals.cases import Case
from evals.metrics import Rates, abstention_rates, evidence_recall, misattributed, quotes_verified


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one set of cases; shares are 0 to 1, higher is better, None where no case applies.

    Attributes:
        first: Share of evidence groups met by the first citation, over single-State cases.
        five: Share met by the first five citations, over all answerable cases.
        partial: Share of the cases expecting `partial` that got it with the right kind.
        quotes: (sound, all) citations.
        misattributed: Citations from a State that was not asked about.
    """

    cases: int
    first: float | None
    five: float | None
    abstention: Rates
    reasons: float | None
    partial: float | None
    quotes: tuple[int, int]
    misattributed: int


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
        five=_mean([evidence_recall(c, answers[c.id], 5) for c in done if c.expect.status == "answered"]),
        abstention=abstention_rates(done, answers),
        reasons=_mean([float(_reason(answers[c.id]) == c.expect.reason) for c in abstained]),
        partial=_mean([float(answers[c.id].missing == c.expect.missing) for c in partial]),
        quotes=(sum(sound for sound, _ in checked), sum(number for _, number in checked)),
        misattributed=sum(misattributed(c, answers[c.id]) for c in done),
    )


def _reason(answer: Answer) -> str | None:
    return answer.abstention.reason if answer.abstention is not None else None


def _mean(values: Sequence[float | None]) -> float | None:
    scored = [value for value in values if value is not None]
    return sum(scored) / len(scored) if scored else None
