"""Abstention as a binary decision: unanswerable is the positive class, `partial` counts as answered.

TP is a right abstention, FP a wrong one, FN an answer to an unanswerable case, TN an answer to an answerable case.
Cases that expect `partial` are scored apart.
"""

from collections.abc import Sequence
from itertools import product

from evals.cases.case import Evidence
from evals.metrics.citations import FIRST, covers, overlaps
from evals.metrics.eval_sample import EvalSample, Share, share


def decision(sample: EvalSample) -> tuple[float, float, float, float] | None:
    """Returns (TP, FP, FN, TN) of one case, one of which is 1; None if the case expects `partial`."""
    expected, silent = sample.case.expect.status, sample.answer.status == "abstained"
    tp, fp, fn, tn = (float((silent, expected == "abstained") == kind) for kind in product((True, False), repeat=2))
    return None if expected == "partial" else (tp, fp, fn, tn)


def was_retrieved(sample: EvalSample, spans: Sequence[Evidence] | None = None) -> bool:
    """Returns whether a retrieved passage covers any of the spans, which are by default the evidence of the case."""
    wanted = sample.case.spans if spans is None else spans
    return any(covers(found, sample.files.get(found.statement_id), *wanted) for found in sample.answer.retrieved)


def reason(sample: EvalSample) -> Share:
    """Returns (1 if the reason is the expected one, 1) for right abstentions whose case gives a reason."""
    expected, given = sample.case.expect.reason, sample.answer.abstention
    return share([given.reason == expected] if expected is not None and given is not None else [])


def partial(sample: EvalSample) -> Share:
    """Returns (1 if the answer is `partial` and `missing` is the expected kind, 1) for cases that expect `partial`."""
    expect, answer = sample.case.expect, sample.answer
    right = answer.status == "partial" and answer.missing == expect.missing
    return share([right] if expect.status == "partial" else [])


def brier(sample: EvalSample) -> Share:
    """Returns ((confidence − outcome)², 1) for answers about one State: how far the confidence is from the outcome.

    The outcome is 1 if one of the first five citations meets the evidence, 0 if none does or the case has no answer,
    and unknown if an answerable case has no evidence.

    Source: Brier, Verification of Forecasts Expressed in Terms of Probability (Monthly Weather Review 1950).
    """
    case, answer, silent = sample.case, sample.answer, sample.case.expect.status == "abstained"
    known = answer.status != "abstained" and (silent or bool(case.spans))
    if not known or len(case.expect.states) != 1 or case.type == "list_states":
        return None
    met = any(overlaps(citation, *case.spans) for citation in answer.citations[:FIRST])
    return (answer.confidence - float(met and not silent)) ** 2, 1.0
