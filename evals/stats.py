"""Statistics: how sure a figure is, and whether two runs differ; pure functions over component sums.

Cases about the same State are not independent, so whole clusters are drawn again or swapped, never single cases.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from scipy.stats import binomtest

from evals.metrics.table import Combine, Floats

RESAMPLES: Final = 2000
LEVEL: Final = 0.95
# With a single cluster all draws are alike and any loss looks certain; from about ten on the bootstrap holds its level.
FEWEST_CLUSTERS: Final = 10
# Equal figures may differ in their last bits by the order in which they were added.
_TOLERANCE: Final = 1e-12


class Interval(NamedTuple):
    """Where a figure lies with 95 % confidence; both ends are NaN where nothing is known."""

    low: float
    high: float


def wilson(successes: int, n: int) -> Interval:
    """Returns the score interval of a share; NaN without trials. Source: Wilson, Probable Inference (JASA 1927)."""
    if n == 0:
        return Interval(np.nan, np.nan)
    return Interval(*binomtest(successes, n).proportion_ci(confidence_level=LEVEL, method="wilson"))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Returns p-values adjusted for being several, in the order given.

    Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure (Scand. J. Stat. 1979).
    """
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, values[order] * np.arange(len(values), 0, -1)))
    return tuple(adjusted.tolist())


def cluster_bootstrap(
    components: Floats, clusters: Sequence[str], combine: Combine, *, resamples: int = RESAMPLES, seed: int = 0
) -> Floats:
    """Returns a figure over clusters drawn with replacement, shape (resamples,), NaN where none is defined.

    Components have a row for each case, shape (n, k), whose sums, (..., k), `combine` makes a figure of. Equal seeds
    and numbers of clusters draw equally.

    Source: Davison and Hinkley, Bootstrap Methods and their Application (1997), 3.8; Miller, Adding Error Bars to
    Evals (arXiv 2411.00640) on clusters.
    """
    names, numbers = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    sums = np.zeros((len(names), components.shape[1]))
    np.add.at(sums, numbers, components)
    return combine(_draws(len(sums), resamples, seed) @ sums)


def not_worse_p(differences: Floats, margin: float) -> float:
    """Returns the one-sided p-value of being worse by no more than a margin; a small one shows a loss.

    p = (1 + #{d ≥ −margin}) / (resamples + 1), over bootstrap differences for which higher is better. Samples without
    a figure count as no loss.

    Source: Davison and Hinkley 1997, 4.4 and 5.4: inverting the percentile interval.
    """
    return float(1 + np.sum(~(differences < -margin - _TOLERANCE))) / (len(differences) + 1)


def interval(samples: Floats) -> Interval:
    """Returns the 2.5th and 97.5th percentile of samples, those that are NaN left out."""
    known = samples[np.isfinite(samples)]
    ends = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
    return Interval(*np.percentile(known, ends).tolist()) if known.size else Interval(np.nan, np.nan)


# Cached: the figures of a run share their clusters, and drawing is what costs.
@lru_cache(maxsize=8)
def _draws(clusters: int, resamples: int, seed: int) -> Floats:
    """Returns how often each cluster is drawn, shape (resamples, clusters), every row adding up to `clusters`."""
    draws = np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    counts = draws.astype(np.float64)
    counts.flags.writeable = False
    return counts
