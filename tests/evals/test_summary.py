"""Figures over a run: sums over cases, intervals, slices, stages and times."""

import pytest

from evals.metrics.table import FAILED, RIGHT
from evals.summary import SMALL, by_case, figure, latency, shares, stage_counts, summarise, wilson
from tests.cases import Cases
from tests.evals.made import score

cases = Cases(__file__)

QUOTES, DECISION = "integrity.quotes", "abstention.decision"
# (TP, FP, FN, TN)
RIGHT_SILENCE, NEEDLESS, FALSE_ANSWER, RIGHT_ANSWER = (tuple(float(i == j) for j in range(4)) for i in range(4))


def test_figures_are_quotients_of_sums_in_which_repeats_of_a_case_count_once():
    one, other = (
        score(name, cluster=name, components={QUOTES: parts})
        for name, parts in zip("ab", ((3, 4), (1, 1)), strict=True)
    )
    found = summarise([one, other])["quote_verified"]
    assert (found.value, found.numerator, found.denominator, found.n) == ((3 + 1) / (4 + 1), 3 + 1, 4 + 1, 2)
    assert (found.low, found.high) == wilson(2, 2), "two clusters are too few to draw from"
    repeats = [score("a", repeat=repeat, components={QUOTES: (1 - repeat, 1)}) for repeat in range(2)]
    found = summarise([*repeats, other])["quote_verified"]
    assert (found.value, found.n) == (((1 + 0) / 2 + 1) / 2, 2)


def test_interval_of_ten_clusters_is_drawn_from_them_and_of_fewer_is_the_score_interval():
    scores = [
        score(f"{n}{twin}", cluster=str(n), stage="misread" if n < 2 else None) for n in range(10) for twin in "ab"
    ]
    ten, nine = figure(by_case(scores), RIGHT), figure(by_case(scores[:-2]), RIGHT)
    # Twins are drawn together, so the interval is wider than that of twenty independent cases.
    low, high = wilson(16, 20)
    assert ten.high - ten.low > high - low
    assert (nine.low, nine.high) == wilson(14, 18)


def test_figures_that_apply_to_no_case_are_left_out():
    found = summarise([score("a", components={"content.nuggets": (0.0,) * 6, DECISION: RIGHT_ANSWER})])
    # The nuggets metric applies, but its denominator is 0; no case is unanswerable.
    assert not {"nuggets_strict_vital", "quote_verified", "false_answer_rate"} & found.keys()
    assert found["over_abstention"].value == 0.0
    assert summarise([]) == {}


def test_figures_count_the_cases_that_bear_on_them():
    kinds = [RIGHT_SILENCE] * 3 + [FALSE_ANSWER] + [NEEDLESS] * 2 + [RIGHT_ANSWER] * 10
    found = summarise(score(str(n), cluster=str(n), components={DECISION: kind}) for n, kind in enumerate(kinds))
    assert (found["false_answer_rate"].value, found["false_answer_rate"].n) == (1 / 4, 3 + 1)
    assert (found["over_abstention"].value, found["over_abstention"].n) == (2 / 12, 2 + 10)
    assert (found["abstention_precision"].n, found["macro_f1"].n) == (3 + 2, len(kinds))


def test_outcomes_right_and_failed_are_figures_of_all_cases():
    cases = by_case([score("a"), score("b", stage="not_cited"), score("c", stage="timeout", status=None), score("d")])
    right, failed = figure(cases, RIGHT), figure(cases, FAILED)
    assert (right.value, right.n, failed.value) == (2 / 4, 4, 1 / 4)


@cases("stages", "expected", tuples=True)
def test_stage_of_a_case_is_its_most_frequent_one(stages, expected):
    (case,) = by_case([score("a", repeat=repeat, stage=stage) for repeat, stage in enumerate(stages)])
    assert case.stage == expected


def test_stages_are_counted_by_case_in_their_order():
    stages = {"a": "wrong_span", "b": "misread", "c": "wrong_span", "d": None}
    counts = stage_counts(score(name, stage=stage) for name, stage in stages.items())
    assert [*counts.items()] == [("misread", 1), ("wrong_span", 2)]


def test_slices_come_worst_first_with_their_interval():
    scores = [score(f"f{n}", slices={"lang": ("fr",)}, stage="not_cited" if n < 6 else None) for n in range(20)]
    scores += [score(f"e{n}", slices={"lang": ("en",), "type": ("temporal",)}) for n in range(4)]
    scores += [score("both", slices={"lang": ("fr", "en")})]
    found = shares(scores)
    (first, french), (_, english) = found["lang"].items()
    assert (first, french.n, french.value) == ("fr", 21, 15 / 21)
    assert (french.low, french.high) == wilson(15, 21)
    assert english.n == 5 < SMALL <= french.n
    assert set(found) == {"lang", "type"}


@pytest.mark.parametrize(("n", "p95"), [(58, None), (59, 57.0)])
def test_latency_gives_p95_with_enough_answers(n, p95):
    scores = [score(str(number), timings_ms={"retrieve": float(number + 1)}) for number in range(n)]
    ((name, step),) = latency([*scores, score("failed", status=None, stage="timeout")]).items()
    # The 95th percentile of 59 lies at 0.95·58 = 55.1, counted from 0: the next value is the 57th.
    assert (name, step.n, step.max, step.p95) == ("retrieve", n, float(n), p95)
