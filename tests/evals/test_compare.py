import pytest

from evals.compare import Flip, compare, difference_of_data
from evals.errors import RunError
from evals.gates import Gates, SoftGate, check_gates
from evals.report.report import rendered
from evals.summary import shares
from tests.evals.scored import run, score

QUOTES = "integrity.quotes"


def _scores(wrong=(), *, n=40, **fields):
    return [score(f"c{number:02}", cluster=f"S{number % 10}", stage="not_cited" if number in wrong else None, **fields)
            for number in range(n)]  # fmt: skip


def changed(found):
    return rendered("report/verdict.txt.j2", "changed", found, escapes=False)


def _compared(a, b):
    return compare(run(a, name="old"), run(b, name="new"), {})


def test_flips_list_cases_that_changed_sides():
    found = _compared(_scores(wrong={1, 2, 3}), _scores(wrong={3, 4}))

    assert found.regressions == (Flip(case="c04", old=None, new="not_cited"),)
    assert found.improvements == (
        Flip(case="c01", old="not_cited", new=None),
        Flip(case="c02", old="not_cited", new=None),
    )
    assert (found.right.a, found.right.b) == (37 / 40, 38 / 40)


def test_equal_runs_are_the_same():
    found = _compared(_scores(wrong={1}), _scores(wrong={1}))

    assert (found.right.delta, found.right.p, found.right.verdict) == (0.0, 1.0, "same")
    assert found.regressions == found.improvements == found.changes == ()


def test_metric_that_rises_everywhere_is_better():
    half, whole = ({QUOTES: (part, 1.0)} for part in (0.5, 1.0))

    found = _compared(_scores(components=half), _scores(components=whole))

    quotes = found.differences["quote_verified"]
    assert (quotes.metric, quotes.a, quotes.b, quotes.n) == ("quote_verified", 0.5, 1.0, 40)
    assert (quotes.low, quotes.high) == (0.5, 0.5)
    assert quotes.verdict == "better"


@pytest.mark.parametrize(
    ("clusters", "wrong", "gate", "verdict", "told"),
    [
        (10, range(12), "fail", "worse", "which is more than chance (p < 0.001)"),
        (20, range(2), "warn", "same", "which may be chance (p = "),
        (
            4,
            range(12),
            "warn",
            "few",
            "over too few cases to tell it from chance, whatever came out (about 4 States or other",
        ),
        (4, (), "pass", "same", ""),
    ],
)
def test_gate_comparison_and_report_judge_a_loss_alike(clusters, wrong, gate, verdict, told):
    def scores(wrong):
        return [score(f"c{number:02}", cluster=f"S{number % clusters}", stage="misread" if number in wrong else None)
                for number in range(40)]  # fmt: skip

    before, after = run(scores(()), name="old"), run(scores(wrong), name="new")
    gates = Gates(soft=(SoftGate(metric="right", margin=0.02),))

    (held,), found = check_gates(gates, after, before).results, compare(before, after, gates.margins)

    assert (held.verdict, found.right.verdict) == (gate, verdict)
    assert (held.delta, held.low, held.high, held.p) == tuple(
        getattr(found.right, name) for name in ("delta", "low", "high", "p")
    )
    assert told in held.reason and told in changed(found)


def test_a_change_within_the_margin_is_told_as_that_and_not_as_chance():
    """Its p is of a change greater than the margin, which such a change is not, however sure it is."""
    before, after = (_scores(wrong, n=1200) for wrong in ((), range(20)))
    found = compare(run(before, name="old"), run(after, name="new"), {"right": 0.02})

    assert (found.right.verdict, found.right.lost, found.right.p) == ("same", False, 1.0)
    even = compare(
        run(_scores(range(9), n=40), name="old"), run(_scores(range(1, 10), n=40), name="new"), {"right": 0.02}
    )
    assert changed(even).endswith("1 of 40 cases lost and 1 won, which is no more than the margin of 2 %")
    told = "about as good as “old”, 20 of 1200 cases lost and 0 won, which is no more than the margin of 2 %"
    assert changed(found) == told


def test_metric_for_which_lower_is_better_gets_worse_by_rising():
    kept, lost = ({"abstention.decision": parts} for parts in ((0.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 0.0)))

    found = _compared(_scores(components=kept), _scores(components=lost)).differences

    assert (found["over_abstention"].delta, found["over_abstention"].verdict) == (1.0, "worse")


def test_metric_counts_cases_to_which_it_applies_in_either_run():
    before = [*_scores(n=1, components={QUOTES: (1.0, 2.0)}), score("z")]
    after = [*_scores(n=1), score("z", components={QUOTES: (3.0, 3.0)})]

    quotes = _compared(before, after).differences["quote_verified"]

    assert (quotes.a, quotes.b, quotes.n) == (1 / 2, 3 / 3, 2)


@pytest.mark.parametrize("field", ["dataset_sha256", "corpus_sha256"])
def test_runs_over_other_data_are_compared_over_the_cases_of_both_and_told_apart(field):
    before, other = run(_scores(), name="old"), run(_scores(n=5), name="new", **{field: "other"})

    assert "'old' and 'new'" in difference_of_data(before.manifest, other.manifest)
    found = compare(before, other, {})
    assert len(found.pairs) == 5
    assert len(found.unpaired) == 35


def test_drafts_count_in_no_comparison_as_in_no_gate():
    def scores(wrong):
        return [*_scores(wrong), *(score(f"d{n}", gates=False, stage="misread" if wrong else None) for n in range(30))]

    found = _compared(scores(()), scores({1}))

    assert [flip.case for flip in found.regressions] == ["c01"]
    assert (len(found.pairs), found.right.a, found.right.b) == (40, 1.0, 39 / 40)
    drafts = [score("d", gates=False)]
    with pytest.raises(RunError, match="no case but drafts"):
        _compared(drafts, drafts)


def told_of(clusters, n, wrong):
    """What is told below a comparison of a run that is all right with one in which some cases went wrong."""
    before, after = (
        [score(f"c{number:02}", cluster=f"S{number % clusters}", stage="misread" if number in bad else None)
         for number in range(n)]
        for bad in ((), wrong)
    )  # fmt: skip
    found = compare(run(before, name="old"), run(after, name="new"), {})
    gates = check_gates(Gates(), run(after), None)
    told = rendered("report/verdict.txt.j2", "moved", found, gates, None, escapes=False)
    return found, told.replace("\N{NO-BREAK SPACE}", " ")


def test_a_comparison_says_what_moved_and_what_is_needed_to_tell_it():
    few, told = told_of(4, 10, {1, 2})
    assert "Moved: Outcomes right 100.0 % → 80.0 %." in told
    assert "about 4 States or other subjects, and 10 are needed" in told
    assert "Gates decide from 30 cases on, and both runs have 10: 20 more are needed." in told
    # No interval stands beside what cannot be told: a bootstrap of four clusters is far too sure.
    assert (few.right.verdict, few.right.low, few.right.high) == ("few", None, None)
    many, told = told_of(20, 40, {1, 2})
    assert "Outcomes right 100.0 % → 95.0 %" in told and "needed" not in told
    assert many.right.low is not None
    _, told = told_of(20, 40, ())
    assert told.startswith("No figure moved over these cases")


def test_runs_without_a_common_case_are_refused():
    with pytest.raises(RunError, match="share no case"):
        _compared([score("a")], [score("b")])


def test_case_whose_right_outcome_changed_is_not_paired():
    found = _compared([score("a"), score("b")], [score("a"), score("b", expected="abstained")])

    assert found.unpaired == ("b",)


def test_changes_name_only_what_was_run_differently():
    old = run(
        [score("a")], name="old", settings={"UNTOC_K": 10, "UNTOC_KEPT": 1}, git="abc", packages={"chromadb": "1"}
    )
    new = run([score("a")], name="new", settings={"UNTOC_K": 20, "UNTOC_KEPT": 1}, git="def", variant="no-rerank")

    changes = {name: (a, b) for name, a, b in compare(old, new, {}).changes}

    assert changes == {
        "settings.UNTOC_K": ("10", "20"),
        "git": ("abc", "def"),
        "packages.chromadb": ("1", None),
        "variant": (None, "no-rerank"),
    }


def test_slices_of_the_baseline_are_over_the_cases_of_both():
    def scores(wrong):
        return [score(f"{lang}{n}", slices={"lang": (lang,)}, stage="misread" if (lang, n) in wrong else None)
                for lang in ("en", "fr") for n in range(4)]  # fmt: skip

    found = shares(_compared(scores({("en", 0)}), scores({("fr", 0), ("fr", 1)})).before)["lang"]

    assert {value: (old.n, old.value) for value, old in found.items()} == {"en": (4, 3 / 4), "fr": (4, 1.0)}
