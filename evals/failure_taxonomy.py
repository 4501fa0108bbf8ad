"""The first broken stage of a failed case: it tells whom to call."""

from typing import Final, Literal, get_args

from evals.metrics import citations, content, integrity, reading
from evals.metrics.abstention import was_retrieved
from evals.metrics.judged import Judged

Stage = Literal[
    "error",
    "timeout",
    "misread",
    "not_in_corpus",
    "not_retrieved",
    "over_abstained",
    "not_cited",
    "wrong_span",
    "wrong_state",
    "quote_altered",
    "should_abstain",
    "wrong_reason",
    "wrong_status",
    "claim_unfounded",
    "incomplete_list",
    "missing_nugget",
]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
MEANING: Final[dict[Stage, str]] = {
    "error": "the program failed",
    "timeout": "no answer within the time limit",
    "misread": "the question's States or time were not read as meant",
    "not_in_corpus": "a file with the evidence is not in the corpus",
    "not_retrieved": "search did not find the evidence",
    "over_abstained": "the evidence was found, and not believed to answer",
    "not_cited": "the evidence was found, and another statement was cited",
    "wrong_span": "the right statement was cited, at another place",
    "wrong_state": "words of a State were given that is not the one asked about, or did not speak them",
    "quote_altered": "a quotation is not what the file says",
    "should_abstain": "there is nothing to answer with, and an answer was given",
    "wrong_reason": "silence was right, its reason was not",
    "wrong_status": "answered in full where it is in part, or the reverse",
    "claim_unfounded": "a claim says what its quotations do not",
    "incomplete_list": "States are missing from a list, or too many are on it",
    "missing_nugget": "a vital fact is not in the answer",
}


def first_broken(judged: Judged) -> Stage | None:
    """Returns the first stage that went wrong; None where the outcome is right."""
    case, answer = judged.case, judged.answer
    if _missed(reading.states_read(judged)) or _missed(reading.time_read(judged)):
        return "misread"
    if case.expect.status == "abstained":
        return _of_silence(judged)
    missing = any(all(span.file not in judged.documents for span in group) for group in case.groups)
    if missing and judged.documents:
        return "not_in_corpus"
    if answer.status == "abstained":
        return "over_abstained" if was_retrieved(judged) or not judged.files else "not_retrieved"
    return _of_evidence(judged) or _of_integrity(judged) or _of_content(judged)


def _of_silence(judged: Judged) -> Stage | None:
    if judged.answer.status != "abstained":
        return "should_abstain"
    expected, given = judged.case.expect.reason, judged.answer.abstention
    wrong = expected is not None and given is not None and given.reason != expected
    return _of_integrity(judged) or ("wrong_reason" if wrong else None)


def _of_evidence(judged: Judged) -> Stage | None:
    """A list may be right with other sentences than gold's, but not without one; other answers meet every group."""
    if judged.case.type == "list_states":
        spans = [*citations.gold_spans(judged.case)]
        met = any(citations.overlaps(c, span) for c in judged.answer.citations for span in spans)
        return "not_cited" if spans and not met else None
    cited = judged.answer.citations[: max(citations.FIRST, len(judged.case.groups))]
    for group in judged.case.groups:
        if any(citations.overlaps(citation, span) for citation in cited for span in group):
            continue
        found = not judged.files or any(
            citations.covers(passage, judged.files.get(passage.statement_id), span)
            for passage in judged.answer.retrieved
            for span in group
        )
        if not found:
            return "not_retrieved"
        same = {citation.file for citation in cited} & {span.file for span in group}
        return "wrong_span" if same else "not_cited"
    return None


def _of_integrity(judged: Judged) -> Stage | None:
    forbidden = integrity.forbidden(judged)
    if integrity.misattributed(judged)[0] or (forbidden is not None and forbidden[0]):
        return "wrong_state"
    if judged.documents and (_short(integrity.quotes(judged)) or _short(integrity.pointers(judged))):
        return "quote_altered"
    return None


def _of_content(judged: Judged) -> Stage | None:
    case, answer = judged.case, judged.answer
    if case.type == "list_states" and content.claimed_states(answer) != set(case.expect.states):
        return "incomplete_list"
    if answer.status != case.expect.status or (answer.status == "partial" and answer.missing != case.expect.missing):
        return "wrong_status"
    if _short(integrity.claims_worded(judged)):
        return "claim_unfounded"
    return "missing_nugget" if content.missing_nuggets(judged) else None


def _missed(components: tuple[float, float] | None) -> bool:
    return components is not None and components[0] == 0.0


def _short(components: tuple[float, float] | None) -> bool:
    return components is not None and components[0] < components[1]
