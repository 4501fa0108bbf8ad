"""Abstention as a decision: unanswerable is the positive class, `partial` counts as answered.

With TP an abstention that is right, FP one that is wrong, FN an answer where there is none to give, TN an answer to
what can be answered. Cases that expect `partial` are scored apart.
"""

from collections.abc import Sequence

from evals.cases.case import Evidence
from evals.metrics.citations import FIRST, covers, overlaps
from evals.metrics.eval_sample import EvalSample, Share, share


def decision(sample: EvalSample) -> tuple[float, float, float, float] | None:
    """Returns (TP, FP, FN, TN) of one case, one of them 1; None where it expects `partial`."""
    expected, silent = sample.case.expect.status, sample.answer.status == "abstained"
    kinds = ((True, True), (True, False), (False, True), (False, False))
    tp, fp, fn, tn = (float((silent, expected == "abstained") == kind) for kind in kinds)
    return None if expected == "partial" else (tp, fp, fn, tn)


def was_retrieved(sample: EvalSample, spans: Sequence[Evidence] | None = None) -> bool:
    """Returns whether any retrieved passage holds evidence, or one of some spans."""
    wanted = sample.case.spans if spans is None else spans
    found = ((passage, sample.files.get(passage.statement_id)) for passage in sample.answer.retrieved)
    return any(covers(passage, file, span) for passage, file in found for span in wanted)


def reason(sample: EvalSample) -> Share:
    """Returns (1 if the reason is the expected one, 1) of right abstentions whose case says the reason."""
    expected, given = sample.case.expect.reason, sample.answer.abstention
    return share([given.reason == expected] if expected is not None and given is not None else [])


def partial(sample: EvalSample) -> Share:
    """Returns (1 if the answer is `partial` for want of the right kind of thing, 1) of cases that expect that."""
    expect, answer = sample.case.expect, sample.answer
    right = answer.status == "partial" and answer.missing == expect.missing
    return share([right] if expect.status == "partial" else [])


def brier(sample: EvalSample) -> Share:
    """Returns ((confidence − 1 or 0)², 1) of answers about one State: how far confidence is from the outcome.

    The outcome is 1 where one of the first five citations meets the evidence, 0 where there is nothing to answer, and
    not known where an answerable case shows no evidence.

    Source: Brier, Verification of Forecasts Expressed in Terms of Probability (Monthly Weather Review 1950).
    """
    case, answer, silent = sample.case, sample.answer, sample.case.expect.status == "abstained"
    known = answer.status != "abstained" and (silent or bool(case.spans))
    if not known or len(case.expect.states) != 1 or case.type == "list_states":
        return None
    met = any(overlaps(citation, span) for citation in answer.citations[:FIRST] for span in case.spans)
    return (answer.confidence - float(met and not silent)) ** 2, 1.0
