"""Calibration of confidence: the risk-coverage curve, expected calibration error and Brier score.

Confidence ranks answers well where wrong ones have less of it than right ones, and is calibrated where of the answers
with 0.8 four in five are right.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

BINS: Final = 10


class Outcome(NamedTuple):
    """How sure an answer about one party was, 0 to 1, and how it came out; `wrong` is None where nothing judges it."""

    confidence: float
    answered: bool
    wrong: bool | None


class CurvePoint(NamedTuple):
    """What answering only from some confidence on would give: shares of all cases, and of wrong ones among them."""

    confidence: float
    coverage: float
    risk: float


class RiskCoverage(NamedTuple):
    """The curve, highest confidence first, its mean risk (None without any answer), and how many cases it is over."""

    points: tuple[CurvePoint, ...]
    aurc: float | None
    cases: int


def risk_coverage(outcomes: Sequence[Outcome]) -> RiskCoverage:
    """Returns the risk-coverage curve over cases about one party.

    With n cases, of which the k answered are sorted by falling confidence: after the first i, coverage = i/n and
    risk = (wrong among them)/i. Equal confidences make one step, since no threshold can part them.
    AURC = Σ risk·Δcoverage / (last coverage); where no confidences are equal this is the mean of the risks.

    Source: Geifman, Uziel, El-Yaniv, Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers (ICLR 2019).
    """
    given = sorted(((o.confidence, o.wrong) for o in outcomes if o.answered and o.wrong is not None), reverse=True)
    total = len(given) + sum(not outcome.answered for outcome in outcomes)
    points: list[CurvePoint] = []
    seen, wrongs, area = 0, 0, 0.0
    for chance, step in groupby(given, key=lambda pair: pair[0]):
        results = [wrong for _, wrong in step]
        seen, wrongs = seen + len(results), wrongs + sum(results)
        points.append(CurvePoint(chance, seen / total, wrongs / seen))
        area += wrongs / seen * len(results)
    return RiskCoverage(tuple(points), area / seen if seen else None, total)


class Bin(NamedTuple):
    """Answers of like confidence: its mean, and the share of right ones, both 0 to 1."""

    confidence: float
    right: float
    cases: int


class Reliability(NamedTuple):
    """Bins of equal width that hold answers, lowest first; both errors are 0 to 1, and lower is better."""

    bins: tuple[Bin, ...]
    ece: float | None
    brier: float | None


def reliability(outcomes: Sequence[Outcome]) -> Reliability:
    """Returns how confidence and outcome agree, over the answers that were given and can be judged.

    ECE = Σ (n_b/n)·|right_b − confidence_b|; Brier = mean (confidence − right)².

    Source: Guo et al., On Calibration of Modern Neural Networks (ICML 2017); Brier 1950.
    """
    given = [(o.confidence, float(not o.wrong)) for o in outcomes if o.answered and o.wrong is not None]
    if not given:
        return Reliability((), None, None)
    bins = []
    for _, pairs in groupby(sorted(given), key=lambda pair: min(int(pair[0] * BINS), BINS - 1)):
        chances, rights = zip(*pairs, strict=True)
        bins.append(Bin(sum(chances) / len(rights), sum(rights) / len(rights), len(rights)))
    ece = sum(found.cases * abs(found.right - found.confidence) for found in bins) / len(given)
    return Reliability(tuple(bins), ece, sum((chance - right) ** 2 for chance, right in given) / len(given))
