"""Comparison of two runs: flipped cases, moved figures, whether they exceed chance, and how this is worded."""

import pytest

from evals.compare import Comparison, Flip, compare, difference_of_data
from evals.errors import RunError
from evals.gates import Gates, SoftGate, check_gates
from evals.report.report import rendered
from evals.summary import shares
from tests.cases import Cases
from tests.evals.made import score, scored_run, scores

cases = Cases(__file__)

QUOTES = "integrity.quotes"


def compared(before, after, margins=None) -> Comparison:
    return compare(scored_run(before, "old"), scored_run(after, "new"), margins or {})


def told(macro, *given):
    return rendered("report/verdict.txt.j2", macro, *given, escapes=False).replace("\N{NO-BREAK SPACE}", " ")


def test_flips_list_cases_that_changed_sides():
    found = compared(scores({1, 2, 3}), scores({3, 4}))
    assert found.regressions == (Flip(case="c004", old=None, new="misread"),)
    assert found.improvements == tuple(Flip(case=f"c00{n}", old="misread", new=None) for n in (1, 2))
    assert (found.right.a, found.right.b) == (37 / 40, 38 / 40)


def test_equal_runs_are_the_same():
    found = compared(scores({1}), scores({1}))
    assert (found.right.delta, found.right.p, found.right.verdict) == (0.0, 1.0, "same")
    assert found.regressions == found.improvements == found.changes == ()


def test_a_figure_that_rises_everywhere_is_better():
    half, whole = (scores(components={QUOTES: (part, 1.0)}) for part in (0.5, 1.0))
    quotes = compared(half, whole).differences["quote_verified"]
    assert (quotes.metric, quotes.a, quotes.b, quotes.n) == ("quote_verified", 0.5, 1.0, 40)
    assert (quotes.low, quotes.high, quotes.verdict) == (0.5, 0.5, "better")


@cases("clusters", "wrong", "gate", "verdict", "said")
def test_gate_comparison_and_report_judge_a_loss_alike(clusters, wrong, gate, verdict, said):
    before, after = (scored_run(scores(range(bad), clusters=clusters)) for bad in (0, wrong))
    gates = Gates(soft=(SoftGate(metric="right", margin=0.02),))
    (held,), found = check_gates(gates, after, before).results, compare(before, after, gates.margins)
    assert (held.verdict, found.right.verdict) == (gate, verdict)
    for name in ("delta", "low", "high", "p"):
        assert getattr(held, name) == getattr(found.right, name)
    assert said in held.reason and said in told("changed", found)


def test_a_change_within_the_margin_is_told_as_that_and_not_as_chance():
    """The p-value tests for a loss greater than the margin, so it is 1 for a smaller loss, however certain."""
    within = "which is no more than the margin of 2 %"
    found = compared(scores(n=1200), scores(range(20), n=1200), {"right": 0.02})
    assert (found.right.verdict, found.right.lost, found.right.p) == ("same", False, 1.0)
    assert told("changed", found) == f"about as good as “old”, 20 of 1200 cases lost and 0 won, {within}"
    even = compared(scores(range(9)), scores(range(1, 10)), {"right": 0.02})
    assert told("changed", even).endswith(f"1 of 40 cases lost and 1 won, {within}")


def test_metric_counts_cases_to_which_it_applies_in_either_run():
    before = [*scores(n=1, components={QUOTES: (1.0, 2.0)}), score("z")]
    after = [*scores(n=1), score("z", components={QUOTES: (3.0, 3.0)})]
    quotes = compared(before, after).differences["quote_verified"]
    assert (quotes.a, quotes.b, quotes.n) == (1 / 2, 3 / 3, 2)


@pytest.mark.parametrize("field", ["dataset_sha256", "corpus_sha256"])
def test_runs_over_other_data_are_compared_over_the_cases_of_both_and_told_apart(field):
    before, other = scored_run(scores(), "old"), scored_run(scores(n=5), "new", **{field: "other"})
    assert "“old” and “new”" in difference_of_data(before.manifest, other.manifest)
    found = compare(before, other, {})
    assert (len(found.pairs), len(found.unpaired)) == (5, 35)


def test_drafts_count_in_no_comparison_as_in_no_gate():
    right, wrong = ([score(f"d{n}", gates=False, stage=stage) for n in range(30)] for stage in (None, "misread"))
    found = compared([*scores(), *right], [*scores({1}), *wrong])
    assert [flip.case for flip in found.regressions] == ["c001"]
    assert (len(found.pairs), found.right.a, found.right.b) == (40, 1.0, 39 / 40)
    with pytest.raises(RunError, match="no case but drafts"):
        compared(right, wrong)


@cases("clusters", "n", "wrong", "verdict", "said", tuples=True)
def test_a_comparison_says_what_moved_and_what_is_needed_to_tell_it(clusters, n, wrong, verdict, said):
    before, after = (scores(bad, n=n, clusters=clusters) for bad in ((), wrong))
    found = compared(before, after)
    text = told("moved", found, check_gates(Gates(), scored_run(after), None), None)
    assert all(words in text for words in said)
    few = verdict == "few"
    assert (found.right.verdict, found.right.low is None, found.right.high is None) == (verdict, few, few)
    assert ("needed" in text) == few and text.startswith("No figure moved") == (not wrong)


def test_cases_are_paired_that_both_have_with_one_right_outcome():
    with pytest.raises(RunError, match="share no case"):
        compared([score("a")], [score("b")])
    both = [score("a"), score("b")], [score("a"), score("b", expected="abstained")]
    assert compared(*both).unpaired == ("b",)


def test_changes_name_only_what_was_run_differently():
    old = {"settings": {"UNTOC_K": 10, "UNTOC_KEPT": 1}, "git": "abc", "packages": {"chromadb": "1"}}
    new = {"settings": {"UNTOC_K": 20, "UNTOC_KEPT": 1}, "git": "def", "variant": "no-rerank"}
    found = compare(scored_run([score("a")], "old", **old), scored_run([score("a")], "new", **new), {})
    assert {name: (a, b) for name, a, b in found.changes} == {
        "settings.UNTOC_K": ("10", "20"), "git": ("abc", "def"), "packages.chromadb": ("1", None),
        "variant": (None, "no-rerank"),
    }  # fmt: skip


def test_slices_of_the_baseline_are_over_the_cases_of_both():
    def of_languages(*wrong):
        names = [f"{lang}{n}" for lang in ("en", "fr") for n in range(4)]
        return [score(n, slices={"lang": (n[:2],)}, stage="misread" if n in wrong else None) for n in names]

    found = shares(compared(of_languages("en0"), of_languages("fr0", "fr1")).before)["lang"]
    assert {value: (old.n, old.value) for value, old in found.items()} == {"en": (4, 3 / 4), "fr": (4, 1.0)}
