"""Scoring: stored answers in, score records out; nothing is asked again, so that new metrics apply to old runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from evals.cases.case import Case, slices
from evals.cases.documents import Documents
from evals.files import shipped_rows, write_records
from evals.metrics import abstention, citations, content, integrity, reading
from evals.metrics.abstention import was_retrieved
from evals.metrics.eval_sample import EvalSample, FileSpan, read_answer
from evals.metrics.table import components
from evals.runs import SCORES, AnswerRecord, Run, ScoreRecord, Stage

# Persons' rulings on whether a cited span answers a case, by case and span.
Rulings = Mapping[str, Mapping[FileSpan, bool]]
# The failure taxonomy: the stages at which a case may break, in the order of the pipeline.
STAGES: Final = tuple(row["stage"] for row in shipped_rows("failure_taxonomy.csv"))


@dataclass(frozen=True, kw_only=True)
class JudgedAnswer:
    """One answer of a run with its case and the `sample` for metrics, which is None without a readable answer."""

    case: Case
    record: AnswerRecord
    sample: EvalSample | None

    def score(self) -> ScoreRecord:
        """Judges the answer."""
        case, record, sample = self.case, self.record, self.sample
        score = partial(
            ScoreRecord, case=case.id, repeat=record.repeat, cluster=case.cluster, gates=case.may_gate,
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
    write_records(run.path / SCORES, scores)
    return scores


def judged_answers(run: Run, documents: Documents, rulings: Rulings | None = None) -> tuple[JudgedAnswer, ...]:
    """Returns every answer of a run with its case and sample, in the order in which they were given."""
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

    asked = ((cases[record.case], record) for record in records)
    return tuple(JudgedAnswer(case=case, record=given, sample=sample(case, given.repeat)) for case, given in asked)


def first_broken(sample: EvalSample) -> Stage | None:
    """Returns the first stage of the pipeline that went wrong; None where the outcome is right."""
    case, answer = sample.case, sample.answer
    if _short(reading.states_read(sample)) or _short(reading.time_read(sample)):
        return "misread"
    if case.expect.status == "abstained":
        if answer.status != "abstained":
            return "should_abstain"
        return _of_integrity(sample) or ("wrong_reason" if _short(abstention.reason(sample)) else None)
    missing = any(all(span.file not in sample.documents for span in group) for group in case.groups)
    if missing and sample.documents:
        return "not_in_corpus"
    if answer.status == "abstained":
        return "over_abstained" if was_retrieved(sample) or not sample.files else "not_retrieved"
    return _of_evidence(sample) or _of_integrity(sample) or _of_content(sample)


def _of_evidence(sample: EvalSample) -> Stage | None:
    """Returns the stage that missed evidence: answers must meet each group, lists any, as others may answer too."""
    cited, groups = sample.answer.citations, sample.case.groups
    if sample.case.type == "list_states":
        recall = citations.evidence_all(sample)
        return "not_cited" if recall is not None and recall[0] == 0 else None
    cited = cited[: max(citations.FIRST, len(groups))]
    for group in groups:
        if any(citations.overlaps(citation, *group) for citation in cited):
            continue
        # Evidence that was not retrieved is a failure of retrieval, even if another statement was cited in its place.
        if sample.files and not was_retrieved(sample, group):
            return "not_retrieved"
        same = {citation.file for citation in cited} & {span.file for span in group}
        return "wrong_span" if same else "not_cited"
    return None


def _of_integrity(sample: EvalSample) -> Stage | None:
    forbidden, _ = integrity.forbidden(sample) or (0.0, 0.0)
    if integrity.misattributed(sample)[0] or forbidden:
        return "wrong_state"
    if sample.documents and (_short(integrity.quotes(sample)) or _short(integrity.pointers(sample))):
        return "quote_altered"
    return None


def _of_content(sample: EvalSample) -> Stage | None:
    case, answer = sample.case, sample.answer
    if case.type == "list_states" and content.claimed_states(answer) != set(case.expect.states):
        return "incomplete_list"
    if answer.status != case.expect.status or _short(abstention.partial(sample)):
        return "wrong_status"
    if _short(integrity.claims_worded(sample)):
        return "claim_unfounded"
    return "missing_nugget" if content.missing_nuggets(sample) else None


def _short(components: tuple[float, float] | None) -> bool:
    return components is not None and components[0] < components[1]
