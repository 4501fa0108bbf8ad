import numpy as np

from evals.calibrate import best_threshold


def test_threshold_splits_cases_that_can_be_split() -> None:
    chances = np.array([0.1, 0.2, 0.8, 0.9])
    answerable = np.array([False, False, True, True])
    threshold, precision, recall = best_threshold(chances, answerable)
    assert 0.2 < threshold <= 0.8
    assert (precision, recall) == (1.0, 1.0)


def test_threshold_balances_precision_and_recall_of_abstention() -> None:
    # Below 0.5 lie two cases without evidence and one with; of the three without, one lies above.
    chances = np.array([0.1, 0.2, 0.3, 0.5, 0.9])
    answerable = np.array([False, True, False, True, False])
    threshold, precision, recall = best_threshold(chances, answerable)
    assert 0.3 < threshold <= 0.5
    assert precision == 2 / 3
    assert recall == 2 / 3
