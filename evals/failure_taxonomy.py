"""The failure taxonomy: each failed case is counted at the first broken stage of the pipeline.

So an answer that cites the wrong statement because search missed the right one counts as `not_retrieved`, which is for
whoever works on retrieval, and not as `not_cited`.
"""

from typing import Final

from evals.files import shipped_rows
from evals.metrics import abstention, citations, content, integrity, reading
from evals.metrics.abstention import was_retrieved
from evals.metrics.eval_sample import EvalSample

Stage = str
MEANING: Final = {row["stage"]: row["meaning"] for row in shipped_rows("stages.csv")}
STAGES: Final = tuple(MEANING)


def first_broken(sample: EvalSample) -> Stage | None:
    """Returns the first stage that went wrong; None where the outcome is right."""
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
    """A list may be right with other sentences than the case's, but not without one; other answers meet every group."""
    cited, groups = sample.answer.citations, sample.case.groups
    if sample.case.type == "list_states":
        recall = citations.evidence_all(sample)
        return "not_cited" if recall is not None and recall[0] == 0 else None
    cited = cited[: max(citations.FIRST, len(groups))]
    for group in groups:
        if any(citations.overlaps(citation, span) for citation in cited for span in group):
            continue
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
