"""Scoring: stored answers in, score records out; nothing is asked again, so that new metrics apply to old runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from evals.cases.case import Case, slices
from evals.cases.documents import Documents
from evals.failure_taxonomy import first_broken
from evals.metrics.eval_sample import EvalSample, FileSpan, read_answer
from evals.metrics.table import components
from evals.runs import AnswerRecord, Run, ScoreRecord

# Decisions of persons on spans that were cited, by case.
Rulings = Mapping[str, Mapping[FileSpan, bool]]


@dataclass(frozen=True, kw_only=True)
class JudgedAnswer:
    """One answer of a run with what it is judged by; None for `sample` where there is none that can be read."""

    case: Case
    record: AnswerRecord
    sample: EvalSample | None

    def score(self) -> ScoreRecord:
        """Judges the answer."""
        case, record, sample = self.case, self.record, self.sample
        score = partial(
            ScoreRecord, case=case.id, repeat=record.repeat, cluster=case.cluster, gates=case.gates,
            slices=slices(case), reviewed=case.read_by_a_person, expected=case.expect.status,
            expected_states=case.expect.states,
        )  # fmt: skip
        if sample is None:
            return score(status=None, stage=record.error.kind if record.error is not None else "error", components={})
        answer = sample.answer
        timings = {name: float(value) for name, value in vars(answer.timings_ms).items()}
        return score(
            status=answer.status, stage=first_broken(sample), components=components(sample),
            confidence=answer.confidence, model=answer.model,
            timings_ms=timings if timings["total"] else {"total": record.seconds * 1000},
            tokens={name: int(n) for name, n in (answer.usage or {}).items() if name.endswith("tokens")},
        )  # fmt: skip


def score_run(run: Run, documents: Documents, rulings: Rulings | None = None) -> tuple[ScoreRecord, ...]:
    """Scores a run's answers, and stores the scores."""
    scores = tuple(judged.score() for judged in judged_answers(run, documents, rulings))
    run.write_scores(scores)
    return scores


def judged_answers(run: Run, documents: Documents, rulings: Rulings | None = None) -> tuple[JudgedAnswer, ...]:
    """Returns every answer of a run with what it is judged by, in the order in which they came."""
    cases = {case.id: case for case in run.cases()}
    informed, sessions, files = documents.informed_by(cases.values()), documents.sessions(), run.statement_files()
    groups = frozenset(documents.parties.codes("group"))
    records = [record for record in run.answers() if record.case in cases]
    answers = {(record.case, record.repeat): read_answer(record.answer) for record in records}

    def sample(case: Case, repeat: int) -> EvalSample | None:
        original, answer = cases.get(case.variant_of or ""), answers[case.id, repeat]
        if answer is None:
            return None
        return EvalSample(
            case=case, answer=answer, documents=informed.by_file, files=files, sessions=sessions,
            original=answers.get((original.id, 0)) if original else None,
            original_lang=original.lang if original else "en", repeated=answers.get((case.id, 0)) if repeat else None,
            groups=groups, rulings=(rulings or {}).get(case.variant_of or case.id, {}),
        )  # fmt: skip

    return tuple(
        JudgedAnswer(case=cases[record.case], record=record, sample=sample(cases[record.case], record.repeat))
        for record in records
    )
