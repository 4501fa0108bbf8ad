"""The metrics, against figures computed by hand."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from app.records import Abstention, Answer, Citation, Claim, Scope, Status
from evals.cases.case import Case, Evidence, Nugget
from evals.cases.documents import Document
from evals.metrics import abstention, citations, content, integrity, reading, robustness
from evals.metrics.abstention import brier
from evals.metrics.citations import overlaps
from evals.metrics.eval_sample import EvalSample
from evals.metrics.retrieval import ranking, retrieval, wrong_state
from evals.metrics.table import MEASURES, METRICS, components
from evals.score import first_broken
from tests.cases import Cases
from tests.evals.made import case, passage
from tests.made import citation

cases = Cases(__file__)

TEXT = "We do not support it. We shall support that."
DOCUMENTS = {
    "a.txt": Document(file="a.txt", text=TEXT, state="XAA", facts={"session": "10", "date": "2020"}),
    "b.txt": Document(file="b.txt", text=TEXT, state="XAB"),
}
# A case about no State, unless a test names one.
_case = partial(case, "c", file="a.txt", states=())
_french = partial(_case, states=("FRA",))


def _citation(start: int, end: int, quote: str | None = None, **fields: Any) -> Citation:
    source = TEXT[start:end]
    return citation(source if quote is None else quote, start=start, source_quote=source, **fields)


def _answer(*cited: Citation, status: Status = "answered", states: tuple[str, ...] = (), **fields: Any) -> Answer:
    given = {"citations": cited, "scope": Scope(states=states)} | fields
    return Answer(question="?", answer="", status=status, **given)


def _claiming(*states: str | None, text: str = "", cited: tuple[int, ...] = (1,)) -> tuple[Claim, ...]:
    return tuple(Claim(text=text, state=state, citations=cited) for state in states)


@cases("cited", "span", "expected", tuples=True, at_once=True)
def test_overlaps_takes_half_of_the_shorter(cited, span, expected):
    evidence = Evidence(id="e", file="a.txt", start=span[0], end=span[1])
    given = replace(_citation(0, 5), start=cited[0], end=cited[1])
    assert overlaps(given, evidence) is expected
    assert not overlaps(replace(given, file="b.txt"), evidence)


def _sample(case: Case, answer: Answer, **more: Any) -> EvalSample:
    return EvalSample(case=case, answer=answer, **{"documents": DOCUMENTS, "groups": frozenset({"XGR"}), **more})


def _value(name: str, *sample: EvalSample) -> float:
    """Returns a metric's figure over some answers, combined as the table of metrics combines them."""
    metric = METRICS[name]
    rows = [found for each in sample if (found := MEASURES[metric.key](each)) is not None]
    return float(metric.combine(np.array(rows, dtype=float).sum(axis=0))) if rows else math.nan


def _misattributed(*sample: Any, **more: Any) -> float:
    return integrity.misattributed(_sample(*sample, **more))[0]


def test_evidence_recall_counts_groups_met_by_any_of_their_spans_where_there_is_evidence():
    case = _case((0, 10), (20, 30), (32, 42), evidence_groups=(("e0", "e1"), ("e2",)))
    sample = _sample(case, _answer(_citation(20, 30), _citation(11, 15), _citation(32, 42)))
    shares = [citations.evidence_all(sample, k) for k in (0, 1, 2, 3, 5)]
    assert shares == [(0 / 2, 1.0), (1 / 2, 1.0), (1 / 2, 1.0), (2 / 2, 1.0), (2 / 2, 1.0)]
    for without in (_case(), _case((0, 1), status="abstained")):
        assert citations.evidence_all(_sample(without, _answer())) is None


def test_citation_precision_counts_gold_and_rulings_and_says_how_many_were_judged():
    answer = _answer(_citation(0, 10), _citation(20, 30), _citation(32, 42), _citation(11, 15))
    sample = _sample(_case((0, 10)), answer, rulings={("a.txt", 20, 30): True, ("a.txt", 32, 42): False})
    assert (_value("citation_precision", sample), _value("citations_judged", sample)) == (2 / 3, 3 / 4)


@cases("text", "worded")
def test_claims_have_to_speak_of_what_they_cite(text, worded):
    answer = _answer(_citation(22, 44), claims=_claiming("XAA", text=text))
    assert integrity.claims_worded(_sample(_case(), answer)) == (worded, 1.0)


def test_claims_are_covered_by_citations_that_hold_whatever_they_say_of_themselves():
    altered = _citation(22, 44, "We support that.", number=2, verdict="verified")
    claims = (*_claiming("XAA", cited=(1, 2)), *_claiming("XAA", cited=(2,)))
    assert _value("claims_covered", _sample(_case(), _answer(_citation(0, 10), altered, claims=claims))) == 1 / 2


def test_quotes_are_checked_against_the_file_and_not_against_the_answer():
    sound = _citation(0, 21)
    moved, gone = replace(sound, start=1), replace(sound, file="gone.txt")
    forged = replace(sound, quote="We do support it.", source_quote="We do support it.")
    attacks = [
        *(_citation(0, 21, quote) for quote in ("We do support it.", "We do […] support it.", "support it.")),
        moved, gone, replace(sound, quote="", source_quote=""), forged,
    ]  # fmt: skip
    sample = _sample(_case(), _answer(sound, *attacks, related=(_citation(22, 44),)))
    # Of `attacks` the last but one quotes nothing; the third and fourth quote other words than are at their offsets.
    assert integrity.quotes(sample) == (2.0, 9.0)
    assert integrity.pointers(_sample(_case(), _answer(sound, moved, gone, forged))) == (1.0, 4.0)


def test_misattributed_counts_citations_of_others():
    answer = _answer(_citation(0, 5), _citation(0, 5, state="XAB", file="b.txt"), states=("XAA", "XAB"))
    assert _misattributed(_case(states=("XAA",)), answer) == 1
    assert _misattributed(_case(), answer) == 0
    assert _misattributed(_case(type="list_states", states=("XAA",)), replace(answer, scope=Scope())) == 0


def test_misattributed_counts_words_that_another_spoke_whoever_was_asked_about():
    false, about = _citation(0, 5, state="XAB"), _case(states=("XAB",))
    assert _misattributed(about, _answer(false)) == 1
    assert _misattributed(_case(), _answer(related=(false,))) == 1
    assert _value("attribution", _sample(_case(), _answer(false, _citation(0, 5)))) == 1 / 2
    unknown = {"a.txt": replace(DOCUMENTS["a.txt"], state=None)}
    assert _misattributed(about, _answer(false), documents=unknown) == 0
    assert _misattributed(_case(states=("XAA",)), _answer(_citation(0, 5), claims=_claiming("XAB"))) == 1


def test_a_joint_statement_is_of_each_state_that_holds_it():
    joint = _citation(0, 5, state=None, held_by=("XAA", "XAB"))
    evidence = [{"id": "e", "file": "a.txt", "state": "XAB", "start": 0, "end": 5}]
    for asked, claimed, wrong in (("XAA", "XAA", 0), ("XAB", "XAB", 0), ("XIC", "XAA", 1), ("XAA", "XIC", 1)):
        about = _case(states=(asked,), evidence=evidence)
        assert _misattributed(about, _answer(joint, claims=_claiming(claimed))) == wrong
    assert integrity.attribution(_sample(_case(evidence=evidence), _answer(joint))) == (1.0, 1.0)
    # What the answer alone says of who holds it with the speaker excuses nothing.
    for asked, claimed, wrong in (("XAA", "XAA", 0), ("XAB", "XAA", 1), ("XAA", "XAB", 1)):
        assert _misattributed(_case(states=(asked,)), _answer(joint, claims=_claiming(claimed))) == wrong
    assert integrity.attribution(_sample(_case(), _answer(joint))) is None
    others = replace(joint, held_by=("XAB", "XIC"))
    assert integrity.attribution(_sample(_case(), _answer(others))) == (0.0, 1.0)


def test_for_whom_a_statement_was_read_is_not_known_where_the_manifest_says_nothing():
    for_group = _citation(0, 5, state="XGR", on_behalf_of="XGR", speaker="Arvandia")
    case, answer = _case(states=("XAA",)), _answer(status="abstained", related=(for_group,))
    assert _misattributed(case, answer) == 0
    assert integrity.attribution(_sample(case, answer)) is None
    posing = replace(for_group, state="XAB", on_behalf_of="XAB")
    assert _misattributed(case, replace(answer, related=(posing,))) == 1, "a State is no group"
    own = {"a.txt": replace(DOCUMENTS["a.txt"], facts={"on_behalf_of": "XIC"})}
    assert _misattributed(case, answer, documents=own) == 1


def test_misattributed_lets_a_labelled_group_speak_for_its_member_only():
    of_group = _citation(0, 5, state="XGR", on_behalf_of="XGR")
    documents = {"a.txt": replace(DOCUMENTS["a.txt"], state="XGR")}
    labelled = _answer(of_group, states=("XAA",), spoken_for={"XGR": ("XAA",)}, claims=_claiming("XGR", text="XGR: …"))
    posing = replace(of_group, state="XAB", on_behalf_of="XAB")
    for told, wrong, state, changes in (
        ("as it is", 0, "XAA", {}),
        ("under the member's name", 1, "XAA", {"claims": _claiming("XAA", text="XAA: …")}),
        ("nobody asked about is a member", 1, "XAB", {}),
        ("it spoke for nobody", 1, "XAA", {"spoken_for": {}}),
        ("a group that speaks for nobody", 1, "XAA", {"spoken_for": {"XGR": ()}}),
        ("a State is no group", 1, "XAA", {"citations": (posing,), "spoken_for": {"XAB": ("XAA",)}}),
    ):
        given = _case(states=(state,)), replace(labelled, **changes)
        assert _misattributed(*given, documents=documents) == wrong, told


def test_forbidden_states_are_counted_apart_from_wrong_mouths():
    case = _case(type="list_states", states=("XAA",), states_forbidden=("XAB",))
    sample = _sample(case, _answer(_citation(0, 5), _citation(0, 5, state="XAB", file="b.txt")))
    assert _value("forbidden_states", sample) == 1 / 2
    assert integrity.misattributed(sample) == (0.0,)
    assert first_broken(sample) == "wrong_state"


def test_metadata_is_compared_with_the_manifest_where_it_says_something():
    right = _citation(0, 5, session="10", date="2021", body="UNTOC COP")
    assert integrity.metadata(_sample(_case(), _answer(right))) == (1.0, 2.0)
    assert integrity.metadata(_sample(_case(), _answer(_citation(0, 5, state="XAB", file="b.txt")))) is None


def test_abstention_takes_unanswerable_as_positive_and_leaves_partial_out():
    # (expected, given): two right abstentions, one missed, one needless, a right answer, and an expected partial one.
    outcomes = [("abstained", "abstained")] * 2 + [("abstained", "partial"), ("answered", "abstained")]
    outcomes += [("answered", "answered"), ("partial", "abstained")]
    samples = [_sample(_case(status=expected), _answer(status=given)) for expected, given in outcomes]
    figures = {
        "abstention_precision": 2 / 3, "abstention_recall": 2 / 3, "abstention_f1": 2 * 2 / (2 * 2 + 1 + 1),
        "answer_f1": 2 * 1 / (2 * 1 + 1 + 1), "macro_f1": (2 / 3 + 1 / 2) / 2, "false_answer_rate": 1 / 3,
        "over_abstention": 1 / 2,
    }  # fmt: skip
    assert {name: _value(name, *samples) for name in figures} == pytest.approx(figures)


def test_reason_and_partial_are_scored_apart():
    silent = _case(status="abstained", reason="not_mentioned")
    wrong, right = (
        _sample(silent, _answer(status="abstained", abstention=Abstention(reason=reason, message="")))
        for reason in ("no_statement", "not_mentioned")
    )
    assert _value("reason_right", wrong, right) == 1 / 2
    assert first_broken(wrong) == "wrong_reason"
    half = _case(status="partial", missing="date")
    told = [_sample(half, _answer(status="partial", missing=missing)) for missing in ("date", "number")]
    assert _value("partial_right", *told) == 1 / 2


def _listing(*states: str | None) -> Answer:
    return _answer(status="answered" if states else "abstained", claims=_claiming(*states, cited=()))


@cases("meant", "claimed", "expected", tuples=True)
def test_state_set_compares_codes_of_claims_with_those_expected(meant, claimed, expected):
    case = _case(type="list_states", states=meant, status="answered" if meant else "abstained")
    assert content.state_set(_sample(case, _listing(*claimed))) == expected


def test_nuggets_count_cited_facts_whole_and_said_ones_half():
    nuggets = (
        Nugget(id="n1", text="cited", evidence=("e0",)),
        Nugget(id="n2", text="said", evidence=("e1",), any_of=("shall (not )?support",)),
        Nugget(id="n3", text="neither", any_of=("never said",)),
        Nugget(id="n4", text="beside", importance="okay", evidence=("e0",)),
    )
    case = _case((0, 10), (22, 30), nuggets=nuggets)
    answer = _answer(_citation(0, 10), claims=_claiming("XAA", text="They shall support it"))
    sample = _sample(case, answer)
    figures = {
        "nuggets_strict_vital": 1 / 3, "nuggets_vital": (1 + 0.5) / 3, "nuggets_strict": 2 / 4,
        "nuggets_all": (2 + 0.5) / 4,
    }  # fmt: skip
    assert {name: _value(name, sample) for name in figures} == figures
    assert [nugget.id for nugget in content.missing_nuggets(sample)] == ["n3"]
    unverified = replace(answer, citations=(_citation(0, 10, "We do"),))
    assert _value("nuggets_strict_vital", _sample(case, unverified)) == 0
    assert content.nuggets(_sample(case, _answer(status="abstained"))) is None


@cases("scope", "expected", tuples=True)
def test_states_are_read_as_meant(scope, expected):
    assert reading.states_read(_sample(_case(states=("XAA",)), _answer(scope=Scope(**scope)))) == (expected, 1.0)


@cases("scope", "kind", "expected", tuples=True, at_once=True)
def test_time_is_read_as_meant(scope, kind, expected):
    case = _case(type=kind, years=(2020,), question="?")
    assert reading.time_read(_sample(case, _answer(scope=Scope(**scope)), sessions={"2020": "10"})) == expected


def test_answers_agree_in_status_and_states():
    one, other = _answer(states=("XAA",)), _answer(states=("XAB",))
    case, french = (_case(variant_of="original", lang=lang) for lang in ("en", "fr"))
    assert robustness.paraphrase_agreement(_sample(case, one, original=one)) == (1.0, 1.0)
    assert robustness.paraphrase_agreement(_sample(case, one, original=other)) == (0.0, 1.0)
    assert robustness.language_agreement(_sample(case, one, original=one)) is None
    assert robustness.language_agreement(_sample(french, one, original=one)) == (1.0, 1.0)
    assert robustness.paraphrase_agreement(_sample(french, one, original=one)) is None
    assert robustness.repeat_agreement(_sample(case, one, repeated=replace(one, status="abstained"))) == (0.0, 1.0)
    assert robustness.repeat_agreement(_sample(case, one)) is None


@pytest.mark.parametrize(
    ("case", "answer", "outcome"),
    [
        pytest.param(_french((0, 10)), _answer(_citation(20, 30), _citation(0, 10)), 1, id="a citation meets"),
        pytest.param(_french((0, 10)), _answer(*[_citation(20, 30)] * 5, _citation(0, 10)), 0, id="the sixth meets"),
        pytest.param(_french((0, 10)), _answer(status="abstained"), None, id="silent"),
        pytest.param(_french(status="abstained"), _answer(status="partial"), 0, id="it should abstain"),
        pytest.param(_french(), _answer(_citation(0, 10)), None, id="no evidence"),
    ],
)
def test_brier_takes_confidence_off_the_outcome_where_that_is_known(case, answer, outcome):
    wanted = None if outcome is None else pytest.approx(((0.9 - outcome) ** 2, 1.0))
    assert brier(_sample(case, replace(answer, confidence=0.9))) == wanted


@cases("states", "cited", "retrieved", "expected", tuples=True, at_once=True)
def test_first_broken_stage(states, cited, retrieved, expected):
    found = tuple(passage(*place) for place in retrieved)
    given = {"status": "answered" if cited else "abstained", "states": states, "retrieved": found}
    answer = _answer(*(_citation(*place) for place in cited), **given)
    assert first_broken(_sample(_case((0, 10), states=("XAA",)), answer, files={"s1": "a.txt"})) == expected


def test_first_broken_stage_beyond_the_evidence():
    case = _case((0, 10), states=("XAA",), nuggets=(Nugget(id="n", text="more", any_of=("more",)),))
    for stage, changes in {
        "missing_nugget": {},
        "wrong_status": {"status": "partial", "missing": "date"},
        "quote_altered": {"citations": (_citation(0, 21, "We do support it."),)},
        "wrong_state": {"citations": (_citation(0, 10), _citation(0, 10, state="XAB"))},
        "not_cited": {"citations": (_citation(0, 10, file="b.txt"),)},
    }.items():
        assert first_broken(_sample(case, replace(_answer(_citation(0, 10), states=("XAA",)), **changes))) == stage
    read = _answer(_citation(0, 10), states=("XAA",))
    assert first_broken(_sample(case, read, documents={"b.txt": DOCUMENTS["b.txt"]})) == "not_in_corpus"
    listed, silent = _case(type="list_states", states=("XAA", "XAB")), _case(status="abstained")
    assert first_broken(_sample(listed, _listing("XAA"))) == "incomplete_list"
    assert first_broken(_sample(silent, _answer(_citation(0, 10)))) == "should_abstain"
    assert first_broken(_sample(silent, _answer(status="abstained"))) is None


def test_every_metric_has_a_name_a_formula_and_components_of_its_own_measure():
    case = _case((0, 10), states=("XAA",))
    found = components(_sample(case, _answer(_citation(0, 10), states=("XAA",))))
    assert all(metric.formula and metric.label for metric in METRICS.values())
    assert set(found) <= {metric.key for metric in METRICS.values()}
    assert found["citations.evidence_first"] == (1.0, 1.0)
    assert "content.state_set" not in found
    assert abstention.decision(_sample(case, _answer())) == (0.0, 0.0, 0.0, 1.0)


# Two spans of a.txt are one evidence group, one of b.txt is another.
ASKED = case(
    states=("XAA",), type="compare", evidence_groups=(("e1", "e2"), ("e3",)),
    evidence=[
        {"id": f"e{n}", "file": file, "start": start, "end": start + 50}
        for n, (file, start) in enumerate((("a.txt", 100), ("a.txt", 400), ("b.txt", 0)), start=1)
    ],
)  # fmt: skip


def _searched(*places: tuple[int, int] | tuple[int, int, str], **fields: Any) -> EvalSample:
    """Returns a sample with passages retrieved at these places, best first; the statement is a.txt's by default."""
    found = (passage(*place[:2], rank=rank, statement=[*place, "s1"][2]) for rank, place in enumerate(places, 1))
    return _sample(ASKED, _answer(retrieved=tuple(found)), **{"files": {"s1": "a.txt", "s2": "b.txt"}} | fields)


@cases("places", "documents", tuples=True)
def test_ranking_counts_groups_whichever_way_texts_are_split(places, documents):
    assert ranking(_searched(*places)) == ([*documents], frozenset({"group-0", "group-1"}))


def test_retrieval_figures_by_hand():
    found = retrieval(_searched((0, 60), (90, 200), (500, 600), (0, 80, "s2")))
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    # Recall at 5, 10 and 20, nDCG and the reciprocal rank of one case.
    expected = (2 / 2, 2 / 2, 2 / 2, (1 / math.log2(3) + 1 / math.log2(5)) / ideal, 1 / 2)
    assert found == pytest.approx((*expected, 1.0))
    assert retrieval(_searched()) == (*[0.0] * 5, 1.0)
    assert retrieval(_searched((90, 200), files={})) is None, "it does not apply where files are unknown"


def test_passages_of_others_are_counted_among_the_first_ten():
    assert wrong_state(_searched(*[(0, 10), (0, 10, "s2")] * 6)) == (5.0, 10.0)
