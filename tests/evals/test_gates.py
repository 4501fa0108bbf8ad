"""Gates: what passes, fails and warns, and which runs allow no decision."""

import pytest

from app.ui.words import say
from evals.errors import EvalError
from evals.gates import Gates, HardGate, SoftGate, check_gates, load_gates
from evals.report.report import rendered
from evals.report.tables import gates_table
from tests.cases import Cases
from tests.evals.made import score, scored_run, scores

cases = Cases(__file__)

QUOTES, DECISION = "integrity.quotes", "abstention.decision"
RIGHT_ANSWER, NEEDLESS = (0.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 0.0)
EXACT, ALTERED = {QUOTES: (1.0, 1.0)}, {QUOTES: (0.0, 1.0)}


def many(wrong=(), **fields):
    return scores(wrong, **{"n": 100, "clusters": 50} | fields)


def hard(metric, records, **bar):
    report = check_gates(Gates(hard=(HardGate(metric=metric, **bar),)), scored_run(records))
    (result,) = report.results
    return result, report


def soft(before, after, *, margin=0.02, metrics=("right",), **options):
    gates = Gates(soft=tuple(SoftGate(metric=metric, margin=margin) for metric in metrics))
    return check_gates(gates, scored_run(after, **options), scored_run(before, "baseline"))


@cases("part", "verdict", "code", "told")
def test_hard_gate_holds_at_its_bar(part, verdict, code, told):
    records = [*scores(n=39, components={QUOTES: (2.0, 2.0)}), score("z", components={QUOTES: (part, 2.0)})]
    result, report = hard("quote_verified", records, at_least=1)
    assert (result.verdict, report.verdict, report.exit_code) == (verdict, verdict, code)
    assert result.value == (2 * 39 + part) / 80
    assert result.reason == f"Quotations exact: {told}, at least 100 % is needed"


@pytest.mark.parametrize(("stage", "verdict"), [("error", "fail"), ("timeout", "fail"), ("misread", "pass")])
def test_hard_gate_on_failures_counts_errors_and_timeouts(stage, verdict):
    failed = score("z", stage=stage, status=None if verdict == "fail" else "answered")
    assert hard("failed", [*many(), failed], at_most=0)[0].verdict == verdict


def test_hard_gate_that_applies_to_no_case_is_invalid():
    result, report = hard("quote_verified", many(), at_least=1)
    assert (result.verdict, result.value, report.exit_code) == ("invalid", None, 2)
    assert "applies to no case that gates" in result.reason


def test_drafts_do_not_gate_and_too_few_other_cases_decide_nothing():
    drafts = [score(f"d{number}", gates=False, components=ALTERED) for number in range(50)]
    result, report = hard("quote_verified", [*scores(n=30, components=EXACT), *drafts], at_least=1)
    assert (result.verdict, report.cases) == ("pass", 30)
    _, report = hard("failed", [*scores(n=29), *drafts], at_most=0)
    assert report.problems == ("cases that gate: 29, needed: 30",)
    assert (report.verdict, report.exit_code) == ("invalid", 2)


def test_what_no_case_may_break_fails_over_however_few_cases():
    altered = scores(n=2, components=ALTERED)
    assert [hard("quote_verified", altered, at_least=bar)[1].exit_code for bar in (1, 0.8)] == [1, 2]


def test_a_gate_over_few_cases_holds_nothing_up_and_is_told_as_too_few():
    """All three gates pass, but the first over 1 case and the second over 29, which are too few to show anything."""
    few = [score(f"f{number:02}", components={DECISION: RIGHT_ANSWER}) for number in range(29)]
    records = [*scores(n=40), *few, score("z", components=EXACT)]
    bars = {"quote_verified": {"at_least": 1}, "over_abstention": {"at_most": 0}, "failed": {"at_most": 0}}
    gates = Gates(hard=tuple(HardGate(metric=name, **bar) for name, bar in bars.items()))
    report = check_gates(gates, scored_run(records))
    assert {result.metric: (result.n, result.few) for result in report.results} == {
        "quote_verified": (1, True), "over_abstention": (29, True), "failed": (70, False),
    }  # fmt: skip
    assert (report.verdict, report.exit_code) == ("pass", 0)
    assert rendered("report/verdict.txt.j2", "good_enough", report, escapes=False) == (
        "good enough, all 3 gates held, 2 over fewer than 30 cases, which tells nothing"
        " (Quotations exact and Abstentions without need)"
    )
    rows = {row[0]: row[1] for row in gates_table(report).rows}
    assert rows["Quotations exact"] == say("report-few") and rows["Errors and timeouts"] == say("report-pass")
    result, failed = hard("quote_verified", [*records[:-1], score("z", components=ALTERED)], at_least=1)
    assert (result.verdict, result.few, failed.exit_code) == ("fail", False, 1)


@cases("run", "problem")
def test_incomplete_run_decides_nothing(run, problem):
    report = check_gates(Gates(hard=(HardGate(metric="failed", at_most=0),)), scored_run(many(), **run))
    assert report.exit_code == 2 and problem in report.problems[0]


def test_soft_gates_need_a_baseline_over_the_same_cases_and_statements():
    alone = check_gates(Gates(soft=(SoftGate(metric="right"),)), scored_run(many()))
    assert alone.problems == ("soft gates need a baseline: give --baseline RUN",)
    assert hard("right", many(), at_least=0)[1].verdict == "pass"
    for field in ("dataset_sha256", "corpus_sha256"):
        report = soft(many(), many(), **{field: "other"})
        assert (report.exit_code, report.results) == (2, ())


def test_soft_gate_fails_on_a_loss_beyond_chance():
    report = soft(many({0}), many(range(20)))
    (result,) = report.results
    assert (result.verdict, report.exit_code) == ("fail", 1)
    assert (result.value, result.baseline) == (80 / 100, 99 / 100)
    assert (result.delta, result.bar) == pytest.approx((-19 / 100, 99 / 100 - 0.02))
    assert result.p == 1 / (2000 + 1)
    assert result.low < result.delta < result.high < 0


def test_soft_gate_warns_of_a_loss_that_may_be_chance_or_is_in_few_clusters():
    report = soft(many({0, 1, 2}), many({3, 4, 5, 6, 7, 8}))
    (result,) = report.results
    assert (result.verdict, report.verdict, report.exit_code) == ("warn", "warn", 0)
    assert "may be chance" in result.reason
    # Bootstrap samples of a single cluster are all equal, so they give neither an interval nor a p-value.
    before, after = ([*many(), score("z", components=parts)] for parts in (EXACT, ALTERED))
    (result,) = soft(before, after, metrics=("quote_verified",)).results
    assert (result.delta, result.low, result.high) == (-1.0, None, None)
    assert (result.verdict, result.p, result.n) == ("warn", None, 1)
    assert "too few cases" in result.reason


def test_soft_gate_knows_that_lower_is_better():
    kept, lost = (many(components={DECISION: kind}) for kind in (RIGHT_ANSWER, NEEDLESS))
    risen, fallen = (soft(*pair, metrics=("over_abstention",)).results[0] for pair in ((kept, lost), (lost, kept)))
    assert (risen.verdict, risen.bar) == ("fail", 0.0 + 0.02)
    assert (fallen.verdict, fallen.delta, fallen.low) == ("pass", -1.0, -1.0)


def test_soft_gates_are_corrected_for_being_several():
    """A p-value that fails a single gate only warns after correction for three other gates, which see no change."""
    quiet = {QUOTES: "quote_verified", "integrity.pointers": "pointer_valid", "integrity.metadata": "metadata"}
    before, after = (many(wrong, components=dict.fromkeys(quiet, (1.0, 1.0))) for wrong in ((), range(7)))
    (alone,), (beside, *_) = (
        soft(before, after).results,
        soft(before, after, metrics=("right", *quiet.values())).results,
    )
    assert beside.p == pytest.approx(min(1.0, alone.p * 4))
    assert (alone.verdict, beside.verdict) == ("fail", "warn")


def test_soft_gate_is_left_out_where_it_applies_in_neither_run_and_fails_for_the_baseline_alone():
    report = soft(many(), many(), metrics=("right", "state_set_f1"))
    assert report.left_out == ("state_set_f1",)
    assert [result.metric for result in report.results] == ["right"]
    (result,) = soft(many(components=EXACT), many(), metrics=("quote_verified",)).results
    assert (result.verdict, result.value) == ("fail", None)
    assert "no case of the run" in result.reason


@cases("text", "message")
def test_gates_that_make_no_sense_are_refused(tmp_path, text, message):
    path = tmp_path / "gates.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError) as caught:
        load_gates(path)
    assert message in str(caught.value) and "gates.yaml" in str(caught.value)
