import numpy as np
import pytest

from evals.errors import EvalError
from evals.gates import Gates, HardGate, SoftGate, check_gates, load_gates
from evals.report.report import rendered
from evals.report.tables import gates_table
from evals.report.words import VERDICT
from tests.evals.scored import run, score

QUOTES, WRONG, DECISION = "integrity.quotes", "integrity.misattributed", "abstention.decision"
RIGHT_ANSWER, NEEDLESS = (0.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 0.0)


def _scores(wrong=(), *, n=100, clusters=50, **fields):
    return [
        score(
            f"c{number:03}", cluster=f"S{number % clusters}", stage="not_cited" if number in wrong else None, **fields
        )
        for number in range(n)
    ]


def _hard(metric, scores, **bar):
    report = check_gates(Gates(hard=(HardGate(metric=metric, **bar),)), run(scores))
    (result,) = report.results
    return result, report


def _soft(before, after, *, margin=0.02, metrics=("right",), **options):
    gates = Gates(soft=tuple(SoftGate(metric=metric, margin=margin) for metric in metrics))
    return check_gates(gates, run(after, **options), run(before, name="baseline"))


@pytest.mark.parametrize(("part", "verdict", "code"), [(2.0, "pass", 0), (1.0, "fail", 1)])
def test_hard_gate_holds_at_its_bar(part, verdict, code):
    scores = [*_scores(n=39, components={QUOTES: (2.0, 2.0)}), score("z", components={QUOTES: (part, 2.0)})]

    result, report = _hard("quote_verified", scores, at_least=1)

    assert (result.verdict, report.verdict, report.exit_code) == (verdict, verdict, code)
    assert result.value == (2 * 39 + part) / 80
    assert result.reason == (
        f"Quotations exact: {'100 % (80 of 80)' if part == 2 else '98.75 % (79 of 80)'}, at least 100 % is needed"
    )


@pytest.mark.parametrize(("stage", "verdict"), [("error", "fail"), ("timeout", "fail"), ("misread", "pass")])
def test_hard_gate_on_failures_counts_errors_and_timeouts(stage, verdict):
    failed = score("z", stage=stage, status=None if verdict == "fail" else "answered")

    assert _hard("failed", [*_scores(), failed], at_most=0)[0].verdict == verdict


def test_hard_gate_that_applies_to_no_case_is_invalid():
    result, report = _hard("quote_verified", _scores(), at_least=1)

    assert (result.verdict, result.value, report.exit_code) == ("invalid", None, 2)
    assert "applies to no case that gates" in result.reason


def test_drafts_do_not_gate():
    drafts = [score(f"d{number}", gates=False, components={QUOTES: (0.0, 1.0)}) for number in range(50)]

    result, report = _hard("quote_verified", [*_scores(n=30, components={QUOTES: (1.0, 1.0)}), *drafts], at_least=1)

    assert (result.verdict, report.cases) == ("pass", 30)


def test_too_few_reviewed_cases_decide_nothing():
    _, report = _hard("failed", [*_scores(n=29), *_scores(n=50, gates=False)[29:]], at_most=0)

    assert report.problems == ("only 29 cases gate, 30 are needed",)
    assert (report.verdict, report.exit_code) == ("invalid", 2)


def test_what_no_case_may_break_fails_over_however_few_cases():
    altered = _scores(n=2, components={QUOTES: (0.0, 1.0)})
    assert _hard("quote_verified", altered, at_least=1)[1].exit_code == 1
    assert _hard("quote_verified", altered, at_least=0.8)[1].exit_code == 2


def test_a_gate_over_few_cases_holds_nothing_up_and_is_told_as_too_few():
    """All three hold: the first over one case and the second over 29, which show nothing."""
    few = [score(f"f{number:02}", components={DECISION: RIGHT_ANSWER}) for number in range(29)]
    scores = [*_scores(n=40), *few, score("z", components={QUOTES: (1.0, 1.0)})]
    bars = {"quote_verified": {"at_least": 1}, "over_abstention": {"at_most": 0}, "failed": {"at_most": 0}}
    report = check_gates(Gates(hard=tuple(HardGate(metric=name, **bar) for name, bar in bars.items())), run(scores))

    assert {result.metric: (result.n, result.few) for result in report.results} == {
        "quote_verified": (1, True), "over_abstention": (29, True), "failed": (70, False),
    }  # fmt: skip
    assert (report.verdict, report.exit_code) == ("pass", 0)
    told = rendered("report/verdict.txt.j2", "good_enough", report, escapes=False)
    assert told == (
        "good enough, all 3 gates held, 2 over fewer than 30 cases, which tells nothing"
        " (Quotations exact and Abstentions without need)"
    )
    rows = {row[0]: row[1] for row in gates_table(report).rows}
    assert rows["Quotations exact"] == VERDICT["few"] and rows["Errors and timeouts"] == VERDICT["pass"]
    broken = [*scores[:-1], score("z", components={QUOTES: (0.0, 1.0)})]
    result, failed = _hard("quote_verified", broken, at_least=1)
    assert (result.verdict, result.few, failed.exit_code) == ("fail", False, 1)


def test_incomplete_run_decides_nothing():
    gates = Gates(hard=(HardGate(metric="failed", at_most=0),))

    stopped = check_gates(gates, run(_scores(), ended=None))
    unscored = check_gates(gates, run(_scores(), cases=101))

    assert [report.exit_code for report in (stopped, unscored)] == [2, 2]
    assert "--resume" in stopped.problems[0]


def test_soft_gates_need_a_baseline():
    gates = Gates(soft=(SoftGate(metric="right"),))

    assert check_gates(gates, run(_scores())).problems == ("soft gates need a baseline: give --baseline RUN",)
    hard_only = Gates(hard=(HardGate(metric="right", at_least=0),))
    assert check_gates(hard_only, run(_scores())).verdict == "pass"


@pytest.mark.parametrize("field", ["dataset_sha256", "corpus_sha256"])
def test_baseline_over_other_data_decides_nothing(field):
    report = _soft(_scores(), _scores(), **{field: "other"})

    assert report.exit_code == 2
    assert report.results == ()


def test_soft_gate_fails_on_a_loss_beyond_chance():
    report = _soft(_scores(wrong={0}), _scores(wrong=range(20)))

    (result,) = report.results
    assert (result.verdict, report.exit_code) == ("fail", 1)
    assert (result.value, result.baseline) == (80 / 100, 99 / 100)
    assert result.delta == pytest.approx(-19 / 100)
    assert result.bar == pytest.approx(99 / 100 - 0.02)
    assert result.p == 1 / (2000 + 1)
    assert result.low < result.delta < result.high < 0


def test_soft_gate_warns_of_a_loss_that_may_be_chance():
    report = _soft(_scores(wrong={0, 1, 2}), _scores(wrong={3, 4, 5, 6, 7, 8}))

    (result,) = report.results
    assert (result.verdict, report.verdict, report.exit_code) == ("warn", "warn", 0)
    assert "may be chance" in result.reason


def test_soft_gate_warns_of_a_loss_in_few_clusters():
    """All that is drawn from one cluster is that cluster, and shows no chance at work."""
    before, after = ([*_scores(), score("z", components={QUOTES: (part, 1.0)})] for part in (1.0, 0.0))

    (result,) = _soft(before, after, metrics=("quote_verified",)).results

    assert (result.delta, result.low, result.high) == (-1.0, None, None)
    assert (result.verdict, result.p, result.n) == ("warn", None, 1)
    assert "too few cases" in result.reason


def test_soft_gate_knows_that_lower_is_better():
    kept, lost = (_scores(components={DECISION: kind}) for kind in (RIGHT_ANSWER, NEEDLESS))

    risen, fallen = (_soft(*pair, metrics=("over_abstention",)).results[0] for pair in ((kept, lost), (lost, kept)))

    assert (risen.verdict, risen.bar) == ("fail", 0.0 + 0.02)
    assert (fallen.verdict, fallen.delta, fallen.low) == ("pass", -1.0, -1.0)


def test_soft_gates_are_corrected_for_being_several():
    """A p-value that fails alone, and does not fail beside gates that see nothing."""
    before, after = _scores(), _scores(wrong=range(7))
    both = {QUOTES: (1.0, 1.0), "integrity.pointers": (1.0, 1.0), "integrity.metadata": (1.0, 1.0)}
    quiet = ("quote_verified", "pointer_valid", "metadata")

    (alone,) = _soft(before, after).results
    before, after = ([record.model_copy(update={"components": both}) for record in side] for side in (before, after))
    beside = _soft(before, after, metrics=("right", *quiet)).results[0]

    assert beside.p == pytest.approx(min(1.0, alone.p * 4))
    assert (alone.verdict, beside.verdict) == ("fail", "warn")


def test_soft_gate_is_left_out_where_it_applies_in_neither_run_and_fails_for_the_baseline_alone():
    report = _soft(_scores(), _scores(), metrics=("right", "state_set_f1"))

    assert report.left_out == ("state_set_f1",)
    assert [result.metric for result in report.results] == ["right"]
    report = _soft(_scores(components={QUOTES: (1.0, 1.0)}), _scores(), metrics=("quote_verified",))

    assert (report.results[0].verdict, report.results[0].value) == ("fail", None)
    assert "no case of the run" in report.results[0].reason


@pytest.mark.heavy
def test_equal_scores_pass_every_time():
    """The packaged soft gates, 20 runs that differ in what is wrong in them, each against itself."""
    gates = load_gates().model_copy(update={"hard": ()})
    for seed in range(20):
        scores = _random(np.random.default_rng(seed))
        report = check_gates(gates, run(scores), run(scores, name="baseline"))
        assert report.verdict == "pass"
        assert all(result.delta == 0 for result in report.results)


@pytest.mark.heavy
def test_chance_flips_pass_nearly_every_time():
    """Two per cent of all outcomes turn to their opposite in each of two runs of the same system."""
    gates = load_gates().model_copy(update={"hard": ()})
    passed = 0
    for seed in range(20):
        generator = np.random.default_rng(seed)
        scores = _random(generator)
        report = check_gates(gates, run(_flipped(scores, generator)), run(_flipped(scores, generator), name="baseline"))
        assert len(report.results) == 5
        passed += report.exit_code == 0

    assert passed >= 19


def _random(generator, n=300):
    luck = dict(enumerate(np.clip(generator.normal(0.85, 0.1, size=60), 0, 1)))
    return [_drawn(number, [generator.random() < luck[number % 60] for _ in range(4)]) for number in range(n)]


def _drawn(number, right):
    one = [(float(value), 1.0) for value in right]
    parts = {
        "citations.evidence_first": one[0],
        "citations.evidence_five": one[1],
        "reading.states_read": one[2],
        "citations.citation_precision": (3 * one[3][0], 3.0),
    }
    return score(f"c{number}", cluster=f"S{number % 60}", stage=None if all(right) else "not_cited", components=parts)


def _flipped(scores, generator):
    found = []
    for number, record in enumerate(scores):
        parts = [record.components[name][0] > 0 for name in (
            "citations.evidence_first", "citations.evidence_five", "reading.states_read", "citations.citation_precision"
        )]  # fmt: skip
        found.append(_drawn(number, [value != (generator.random() < 0.02) for value in parts]))
    return found


def test_packaged_gates_load():
    gates = load_gates()

    assert {gate.metric for gate in gates.hard} >= {"failed", "quote_verified", "misattributed"}
    assert gates.soft[0].metric == "right"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hard: [{metric: rigth, at_least: 1}]", "hard.0.metric: no metric 'rigth'; there are right, failed, quote_"),
        ("hard: [{metric: right}]", "needs one of `at_least` and `at_most`"),
        ("hard: [{metric: right, at_least: 1, at_most: 1}]", "needs one of"),
        ("soft: [{metric: citations_judged}]", "neither direction is better"),
        ("soft: [{metric: right, margin: -1}]", "soft.0.margin: Input should be greater than or equal to 0"),
        ("soft: [{metric: right, margin: 0.1}, {metric: right}]", "soft: 'right' has two gates: keep the one"),
        ("softer: []", "softer: Extra inputs"),
        ("[", "cannot read the gates"),
    ],
)
def test_gates_that_make_no_sense_are_refused(tmp_path, text, message):
    path = tmp_path / "gates.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(EvalError) as caught:
        load_gates(path)

    assert message in str(caught.value)
    assert "gates.yaml" in str(caught.value)
