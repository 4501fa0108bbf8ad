"""Figures of one run and how sure they are: intervals, slices, failure stages and times; statistics of their change.

All figures come from `figure`, so that a tile, a table and a gate cannot disagree. Cases about the same State are not
independent, so whole clusters are drawn again, never single cases.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
from scipy.stats import binomtest

from evals.metrics.table import FAILED, METRICS, RIGHT, Combine, Floats, Metric
from evals.runs import ScoreRecord, Stage
from evals.score import STAGES

# With fewer cases a slice's share says little: its interval is wider than ± 20 points around one half.
SMALL: Final = 20
# The largest of n values lies above the 95th percentile with probability 1 − 0.95ⁿ, which is 0.95 from 59 on.
# Source: Conover, Practical Nonparametric Statistics (1999), 3.3: tolerance limits.
_BOUNDS_P95: Final = 59
RESAMPLES: Final = 2000
LEVEL: Final = 0.95
# With a single cluster all draws are alike and any loss looks certain; from about ten on the bootstrap holds its level.
FEWEST_CLUSTERS: Final = 10
# Equal figures may differ in their last bits by the order in which they were added.
_TOLERANCE: Final = 1e-12


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure with its 95 % interval, the cases that bear on it and, of a quotient, its two sums over cases."""

    metric: str
    value: float
    low: float
    high: float
    n: int
    numerator: float | None = None
    denominator: float | None = None


# The share of right outcomes by slice and value, such as `lang` and `fr`.
Shares = Mapping[str, Mapping[str, Figure]]


def by_case(scores: Iterable[ScoreRecord]) -> tuple[ScoreRecord, ...]:
    """Returns one score per case, by id; repeats are averaged, so that asking often does not count more.

    A case's stage is None where most repeats are right, else their most frequent failure. Components are means over
    the repeats to which a measure applies; those of `RIGHT` and `FAILED` are the shares of such repeats.
    """
    ordered = sorted(scores, key=lambda score: (score.case, score.repeat))
    return tuple(_averaged(tuple(repeats)) for _, repeats in groupby(ordered, lambda score: score.case))


def _averaged(repeats: Sequence[ScoreRecord]) -> ScoreRecord:
    values: defaultdict[str, list[tuple[float, ...]]] = defaultdict(list)
    for score in repeats:
        outcome = {RIGHT.key: (float(score.stage is None), 1.0), FAILED.key: (float(score.status is None), 1.0)}
        for name, components in (outcome | score.components).items():
            values[name].append(components)
    means = {name: tuple(map(float, np.mean(rows, axis=0))) for name, rows in values.items()}
    broken = Counter(score.stage for score in repeats if score.stage is not None)
    stage = None if means[RIGHT.key][0] > 0.5 else broken.most_common(1)[0][0]
    return repeats[0].model_copy(update={"stage": stage, "components": means})


def summarise(scores: Iterable[ScoreRecord]) -> dict[str, Figure]:
    """Returns every metric that applies to some case, by name in the order of `METRICS`."""
    cases = by_case(scores)
    found = {name: figure(cases, metric) for name, metric in METRICS.items()}
    return {name: item for name, item in found.items() if item is not None}


def figure(cases: Sequence[ScoreRecord], metric: Metric) -> Figure | None:
    """Returns a metric's figure over cases, with a cluster bootstrap interval; None where it applies to no case."""
    applying = [case for case in cases if metric.key in case.components]
    rows = np.array([case.components[metric.key] for case in applying], dtype=np.float64)
    value = combined(rows, metric.combine)
    if value is None:
        return None
    clusters = [case.cluster for case in applying]
    n = int(bears_on(rows, metric.combine).sum())
    # Resampling few clusters, or clusters that are all alike, shows too little variation: a share then has Wilson's
    # interval over its cases, which for an F1 is an approximation.
    bounds = wilson(round(value * n), n) if metric.share else None
    if bounds is None or len(set(clusters)) >= FEWEST_CLUSTERS:
        drawn = interval(cluster_bootstrap(rows, clusters, metric.combine))
        bounds = drawn if bounds is None or drawn[1] - drawn[0] >= 1e-9 else bounds
    part, whole = map(float, rows.sum(axis=0)) if rows.shape[1] == 2 else (None, None)
    low, high = bounds
    return Figure(metric=metric.name, value=value, low=low, high=high, n=n, numerator=part, denominator=whole)


def combined(rows: Floats, combine: Combine) -> float | None:
    """Returns the figure of some cases' components, shape (n, k); None where it is not defined."""
    value = float(combine(rows.sum(axis=0))) if len(rows) else np.nan
    return value if np.isfinite(value) else None


def bears_on(rows: Floats, combine: Combine) -> Floats:
    """Returns whether each case bears on a figure, shape (n,); a right abstention does not affect `over_abstention`."""
    # A case without a figure of its own (0 of 0) may count in that of all: it does if it changes that of a made-up case
    # when added to it. The made-up case has powers of π, since whole numbers in the same ratio would change nothing.
    made_up = np.pi ** np.arange(1.0, rows.shape[1] + 1)
    moves = combine(rows + made_up) != combine(made_up)
    return np.asarray(np.isfinite(combine(rows)) | moves, dtype=np.float64)


def stage_counts(scores: Iterable[ScoreRecord]) -> dict[Stage, int]:
    """Returns how many cases broke first at each stage, in the order of `STAGES`; stages without any are left out."""
    counts = Counter(case.stage for case in by_case(scores))
    return {stage: counts[stage] for stage in STAGES if counts[stage]}


def shares(scores: Iterable[ScoreRecord]) -> Shares:
    """Returns the share of right outcomes for each value of each slice, worst first, the larger of equal ones first."""
    cases: defaultdict[tuple[str, str], list[ScoreRecord]] = defaultdict(list)
    for case in by_case(scores):
        for slice_ in ((name, value) for name, values in case.slices.items() for value in values):
            cases[slice_].append(case)
    figures = [(slice_, item) for slice_, group in cases.items() if (item := figure(group, RIGHT)) is not None]
    found: dict[str, dict[str, Figure]] = {name: {} for name, _ in cases}
    for (name, value), item in sorted(figures, key=lambda pair: (pair[1].value, -pair[1].n, pair[0][1])):
        found[name][value] = item
    return found


class Latency(NamedTuple):
    """Wall time of one step, in milliseconds; p95 is None where there are too few answers to bound it."""

    n: int
    p50: float
    p95: float | None
    max: float


def latency(scores: Iterable[ScoreRecord]) -> dict[str, Latency]:
    """Returns the time of each step over all answers, in the order of the steps; answers that failed have none."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for step, milliseconds in (item for score in scores for item in score.timings_ms.items()):
        times[step].append(milliseconds)
    found = {}
    for step, values in times.items():
        p50, p95 = np.percentile(values, [50, 95], method="higher").tolist()
        found[step] = Latency(len(values), p50, p95 if len(values) >= _BOUNDS_P95 else None, max(values))
    return found


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Returns the score interval of a share. Source: Wilson, Probable Inference (JASA 1927)."""
    low, high = binomtest(successes, n).proportion_ci(confidence_level=LEVEL, method="wilson")
    return low, high


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Returns p-values adjusted for multiple tests, in the order given. Source: Holm (Scand. J. Stat. 1979)."""
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, values[order] * np.arange(len(values), 0, -1)))
    return tuple(adjusted.tolist())


def cluster_bootstrap(
    components: Floats, clusters: Sequence[str], combine: Combine, *, resamples: int = RESAMPLES, seed: int = 0
) -> Floats:
    """Returns a figure over clusters drawn with replacement, shape (resamples,), NaN where it is not defined.

    `components` has a row for each case, shape (n, k); `combine` computes figures from sums of rows, (..., k). Calls
    with equal seeds and equal numbers of clusters use the same draws.

    Source: Davison and Hinkley, Bootstrap Methods and their Application (1997), 3.8; Miller, Adding Error Bars to
    Evals (arXiv 2411.00640) on clusters.
    """
    names, numbers = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    sums = np.zeros((len(names), components.shape[1]))
    np.add.at(sums, numbers, components)
    return combine(_draws(len(sums), resamples, seed) @ sums)


def not_worse_p(differences: Floats, margin: float) -> float:
    """Returns the one-sided p-value of a loss no greater than a margin; a small one shows a greater loss.

    p = (1 + #{d ≥ −margin}) / (resamples + 1), over bootstrap differences for which higher is better. Samples without
    a figure count as no loss.

    Source: Davison and Hinkley 1997, 4.4 and 5.4: inverting the percentile interval.
    """
    return float(1 + np.sum(~(differences < -margin - _TOLERANCE))) / (len(differences) + 1)


def interval(samples: Floats) -> tuple[float, float]:
    """Returns the 2.5th and 97.5th percentile of the samples that are not NaN; NaN if all are."""
    known = samples[np.isfinite(samples)]
    ends = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
    low, high = np.percentile(known, ends).tolist() if known.size else (np.nan, np.nan)
    return low, high


# Cached, since drawing takes most of the time and figures over equally many clusters use the same draws.
@lru_cache(maxsize=8)
def _draws(clusters: int, resamples: int, seed: int) -> Floats:
    """Returns how often each cluster is drawn, shape (resamples, clusters), every row adding up to `clusters`."""
    draws = np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    counts = draws.astype(np.float64)
    counts.flags.writeable = False
    return counts
