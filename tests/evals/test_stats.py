"""Intervals and p-values, compared with formulas and with simulations of equal systems."""

from math import isnan

import numpy as np
import pytest

from evals.compare import Paired, judged
from evals.metrics.table import RIGHT, ratio
from evals.summary import cluster_bootstrap, holm, interval, not_worse_p


def test_holm_multiplies_by_the_tests_left_never_falls_and_stays_below_one():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.01 * 3, 0.03 * 2, 0.03 * 2, 0.005 * 4))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()


def test_bootstrap_draws_whole_clusters():
    """Two draws from a cluster of zeros and one of ones have mean 0, ½ or 1, with probabilities ¼, ½, ¼."""
    rows = np.array([[0.0, 1.0]] * 5 + [[1.0, 1.0]] * 5)
    samples = cluster_bootstrap(rows, ["FRA"] * 5 + ["BRA"] * 5, ratio(), resamples=4000, seed=1)
    assert set(samples) == {0.0, 0.5, 1.0}
    assert np.mean(samples == 0.5) == pytest.approx(0.5, abs=0.03)


def test_equal_systems_with_clusters_are_rarely_judged_to_differ():
    """Simulates 80 comparisons of equal systems, at a nominal 5 % (both ways) and a standard error of 1.1 points."""
    generator = np.random.default_rng(7)
    clusters = tuple(str(number // 5) for number in range(150))
    differ, missed = 0, 0
    for seed in range(80):
        # Each system has one success rate for all cases of a cluster, so these are not independent.
        chance = np.clip(0.7 + generator.normal(0, 0.2, size=(2, 30)), 0, 1).repeat(5, axis=1)
        a, b = (np.column_stack([generator.random(150) < p, np.ones(150)]).astype(np.float64) for p in chance)
        found = judged({"right": Paired(metric=RIGHT, a=a, b=b, clusters=clusters)}, {}, seed)["right"]
        differ += found.verdict != "same"
        missed += not found.low <= 0 <= found.high
    assert max(differ, missed) / 80 <= 0.10


def test_intervals_count_samples_within_the_margin_and_with_a_figure():
    differences = np.array([-0.05, -0.03, -0.02, 0.0, np.nan])
    # −0.02 equals the margin, and a sample without a figure counts as no loss.
    assert not_worse_p(differences, 0.02) == (1 + 3) / (5 + 1)
    assert interval(np.array([np.nan, *np.arange(0, 1001)])) == pytest.approx((25.0, 975.0))
    assert all(isnan(end) for end in interval(np.array([np.nan])))
