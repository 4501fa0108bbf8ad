"""The metrics, against figures computed by hand."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.records import Abstention, Answer, Citation, Claim, RetrievedPassage, Scope, Status
from evals.cases.case import Case, Evidence, Expectation, Nugget
from evals.cases.documents import Document
from evals.metrics import abstention, citations, content, integrity, reading, robustness
from evals.metrics.abstention import brier, is_wrong
from evals.metrics.citations import overlaps
from evals.metrics.eval_sample import EvalSample
from evals.metrics.table import MEASURES, METRICS, components
from evals.score import first_broken
from tests.evals.made_run import citation

TEXT = "We do not support it. We shall support that."
DOCUMENTS = {
    "a.txt": Document(file="a.txt", text=TEXT, state="XAA", facts={"session": "10", "date": "2020"}),
    "b.txt": Document(file="b.txt", text=TEXT, state="XAB"),
}


def _citation(start: int, end: int, *, state: str = "XAA", file: str = "a.txt", quote: str | None = None) -> Citation:
    source = TEXT[start:end]
    words = source if quote is None else quote
    return citation(1, words, start=start, state=state, file=file, statement_id="s", source_quote=source)


def _case(
    case_id: str = "c",
    *,
    spans: tuple[tuple[int, int], ...] = (),
    groups: tuple[tuple[str, ...], ...] = (),
    status: str = "answered",
    states: tuple[str, ...] = (),
    kind: str = "single_state",
    **more: Any,
) -> Case:
    return Case(
        id=case_id,
        question="?",
        type=kind,
        answerable=status != "abstained",
        expect=Expectation.model_validate({"status": status, "states": states}),
        evidence=tuple(Evidence(id=f"e{n}", file="a.txt", start=a, end=b) for n, (a, b) in enumerate(spans)),
        evidence_groups=groups,
        **more,
    )


def _answer(*citations: Citation, status: Status = "answered", states: tuple[str, ...] = ()) -> Answer:
    return Answer(question="?", answer="", status=status, citations=citations, scope=Scope(states=states))


@pytest.mark.parametrize(
    ("cited", "span", "expected"),
    [
        ((0, 20), (0, 20), True),
        ((0, 20), (10, 30), True),  # 10 of 20 in common
        ((0, 20), (11, 31), False),  # 9 of 20
        ((0, 40), (30, 40), True),  # the shorter lies inside
        ((0, 20), (16, 24), True),  # 4 of 8
        ((0, 20), (17, 25), False),  # 3 of 8
        ((0, 20), (30, 40), False),
    ],
)
def test_overlaps_takes_half_of_the_shorter(cited, span, expected):
    evidence = Evidence(id="e", file="a.txt", start=span[0], end=span[1])
    assert overlaps(_citation(*cited), evidence) is expected
    assert not overlaps(_citation(*cited, file="b.txt"), evidence)


def _sample(case: Case, answer: Answer, **more: Any) -> EvalSample:
    return EvalSample(case=case, answer=answer, **{"documents": DOCUMENTS, "groups": frozenset({"XGR"}), **more})


def _value(name: str, *sample: EvalSample) -> float:
    """The figure over some answers, by the table's own sums."""
    metric = METRICS[name]
    rows = [found for each in sample if (found := MEASURES[metric.key](each)) is not None]
    return float(metric.combine(np.array(rows, dtype=float).sum(axis=0))) if rows else math.nan


def test_evidence_recall_counts_groups_met_by_any_of_their_spans():
    case = _case(spans=((0, 10), (20, 30), (32, 42)), groups=(("e0", "e1"), ("e2",)))
    sample = _sample(case, _answer(_citation(20, 30), _citation(11, 15), _citation(32, 42)))
    shares = [citations.evidence_all(sample, k) for k in (0, 1, 2, 3, 5)]
    assert shares == [(0 / 2, 1.0), (1 / 2, 1.0), (1 / 2, 1.0), (2 / 2, 1.0), (2 / 2, 1.0)]


def test_evidence_recall_does_not_apply_without_evidence():
    assert citations.evidence_all(_sample(_case(), _answer())) is None
    silent = _case(status="abstained", spans=((0, 1),), groups=(("e0",),))
    assert citations.evidence_all(_sample(silent, _answer())) is None


def test_citation_precision_counts_gold_and_rulings_and_says_how_many_were_judged():
    case = _case(spans=((0, 10),))
    answer = _answer(_citation(0, 10), _citation(20, 30), _citation(32, 42), _citation(11, 15))
    sample = _sample(case, answer, rulings={("a.txt", 20, 30): True, ("a.txt", 32, 42): False})
    assert _value("citation_precision", sample) == 2 / 3
    assert _value("citations_judged", sample) == 3 / 4


@pytest.mark.parametrize(
    ("cited", "expected"), [((0, 3), (0, 20)), ((5, 5), (0, 20)), ((0, 1201), (10, 30)), ((0, 5000), (10, 1200))]
)
def test_scraps_and_whole_files_quote_nothing(cited, expected):
    long = replace(_citation(0, 5), start=cited[0], end=cited[1])
    assert not overlaps(long, Evidence(id="e", file="a.txt", start=expected[0], end=expected[1]))
    whole = Evidence(id="e", file="a.txt", start=0, end=3)
    assert overlaps(replace(long, start=0, end=3), whole), "what is short in gold may be short"


def test_claims_have_to_speak_of_what_they_cite():
    cited = _citation(22, 44)
    texts = {
        "Arvandia: “We shall support that.”": 1,
        "Arvandia will support that": 1,
        "Arvandia: “We shall not support that.”": 0,
        "The moon is cheese.": 0,
    }
    for text, worded in texts.items():
        answer = replace(_answer(cited), claims=(Claim(text=text, state="XAA", citations=(1,)),))
        assert integrity.claims_worded(_sample(_case(), answer)) == (float(worded), 1.0), text


def test_claims_are_covered_by_citations_that_hold_whatever_they_say_of_themselves():
    altered = replace(_citation(22, 44), number=2, quote="We support that.", verdict="verified")
    claims = (Claim(text="", state="XAA", citations=(1, 2)), Claim(text="", state="XAA", citations=(2,)))
    sample = _sample(_case(), replace(_answer(_citation(0, 10), altered), claims=claims))
    assert _value("claims_covered", sample) == 1 / 2


def test_quotes_are_checked_against_the_file_and_not_against_the_answer():
    sound = _citation(0, 21)
    attacks = [
        _citation(0, 21, quote="We do support it."),
        _citation(0, 21, quote="We do […] support it."),
        _citation(0, 21, quote="support it."),
        replace(sound, start=1),
        replace(sound, file="gone.txt"),
        replace(sound, quote="", source_quote=""),
        replace(sound, quote="We do support it.", source_quote="We do support it."),
    ]
    answer = replace(_answer(sound, *attacks), related=(_citation(22, 44),))
    sample = _sample(_case(), answer)
    # The last but one quotes nothing, the third and fourth quote other words than stand at their offsets.
    assert integrity.quotes(sample) == (2.0, 9.0)
    moved, gone, forged = attacks[3], attacks[4], attacks[6]
    assert integrity.pointers(_sample(_case(), _answer(sound, moved, gone, forged))) == (1.0, 4.0)


def test_misattributed_counts_citations_of_others():
    answer = _answer(_citation(0, 5), _citation(0, 5, state="XAB", file="b.txt"), states=("XAA", "XAB"))
    assert integrity.misattributed(_sample(_case(states=("XAA",)), answer)) == (1.0,)
    assert integrity.misattributed(_sample(_case(states=()), answer)) == (0.0,)
    listed = _case(kind="list_states", states=("XAA",))
    assert integrity.misattributed(_sample(listed, replace(answer, scope=Scope()))) == (0.0,)


def test_misattributed_counts_words_that_another_spoke_whoever_was_asked_about():
    false = _citation(0, 5, state="XAB")
    assert integrity.misattributed(_sample(_case(states=("XAB",)), _answer(false))) == (1.0,)
    assert integrity.misattributed(_sample(_case(), replace(_answer(), related=(false,)))) == (1.0,)
    assert _value("attribution", _sample(_case(), _answer(false, _citation(0, 5)))) == 1 / 2
    unknown = {"a.txt": replace(DOCUMENTS["a.txt"], state=None)}
    assert integrity.misattributed(_sample(_case(states=("XAB",)), _answer(false), documents=unknown)) == (0.0,)


def test_for_whom_a_statement_was_read_is_not_known_where_the_manifest_says_nothing():
    for_group = replace(_citation(0, 5, state="XGR"), on_behalf_of="XGR", speaker="Arvandia")
    sample = _sample(_case(states=("XAA",)), replace(_answer(status="abstained"), related=(for_group,)))
    assert integrity.misattributed(sample) == (0.0,)
    assert integrity.attribution(sample) is None
    posing = replace(for_group, state="XAB", on_behalf_of="XAB")
    posed = replace(sample, answer=replace(sample.answer, related=(posing,)))
    assert integrity.misattributed(posed) == (1.0,), "a State is no group"
    own = {"a.txt": replace(DOCUMENTS["a.txt"], facts={"on_behalf_of": "XIC"})}
    assert integrity.misattributed(replace(sample, documents=own)) == (1.0,)


def test_misattributed_counts_a_claim_under_another_name():
    answer = replace(_answer(_citation(0, 5)), claims=(Claim(text="", state="XAB", citations=(1,)),))
    assert integrity.misattributed(_sample(_case(states=("XAA",)), answer)) == (1.0,)


def test_misattributed_lets_a_labelled_group_speak_for_its_member_only():
    of_group = replace(_citation(0, 5, state="XGR"), number=1, on_behalf_of="XGR")
    documents = {"a.txt": replace(DOCUMENTS["a.txt"], state="XGR")}
    answer = replace(_answer(of_group, states=("XAA",)), spoken_for={"XGR": ("XAA",)})
    labelled = replace(answer, claims=(Claim(text="XGR: …", state="XGR", citations=(1,)),))

    def wrong(given: Answer, state: str = "XAA") -> float:
        return integrity.misattributed(_sample(_case(states=(state,)), given, documents=documents))[0]

    assert wrong(labelled) == 0
    assert wrong(replace(answer, claims=(Claim(text="XAA: …", state="XAA", citations=(1,)),))) == 1
    assert wrong(labelled, "XAB") == 1, "nobody asked about is a member"
    assert wrong(replace(labelled, spoken_for={})) == 1
    assert wrong(replace(labelled, spoken_for={"XGR": ()})) == 1, "a group that speaks for nobody"
    posing = replace(
        labelled, citations=(replace(of_group, state="XAB", on_behalf_of="XAB"),), spoken_for={"XAB": ("XAA",)}
    )
    assert wrong(posing) == 1, "a State is no group"


def test_forbidden_states_are_counted_apart_from_wrong_mouths():
    case = _case(kind="list_states", states=("XAA",))
    case = case.model_copy(update={"expect": case.expect.model_copy(update={"states_forbidden": ("XAB",)})})
    sample = _sample(case, replace(_answer(_citation(0, 5), _citation(0, 5, state="XAB", file="b.txt")), scope=Scope()))
    assert _value("forbidden_states", sample) == 1 / 2
    assert integrity.misattributed(sample) == (0.0,)
    assert first_broken(sample) == "wrong_state"


def test_metadata_is_compared_with_the_manifest_where_it_says_something():
    right = replace(_citation(0, 5), session="10", date="2021", body="UNTOC COP")
    assert integrity.metadata(_sample(_case(), _answer(right))) == (1.0, 2.0)
    assert integrity.metadata(_sample(_case(), _answer(_citation(0, 5, state="XAB", file="b.txt")))) is None


DECISIONS = [
    (_case("right1", status="abstained"), _answer(status="abstained")),
    (_case("right2", status="abstained"), _answer(status="abstained")),
    (_case("missed", status="abstained"), _answer(status="partial")),
    (_case("wrong"), _answer(status="abstained")),
    (_case("answered"), _answer()),
    (_case("half", status="partial"), _answer(status="abstained")),
]


def test_abstention_takes_unanswerable_as_positive_and_leaves_partial_out():
    sample = [_sample(case, answer) for case, answer in DECISIONS]
    # Two right, one needless, one missed, one answered.
    assert _value("abstention_precision", *sample) == 2 / 3
    assert _value("abstention_recall", *sample) == 2 / 3
    assert _value("abstention_f1", *sample) == 2 * 2 / (2 * 2 + 1 + 1)
    assert _value("answer_f1", *sample) == 2 * 1 / (2 * 1 + 1 + 1)
    assert _value("macro_f1", *sample) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert _value("false_answer_rate", *sample) == 1 / 3
    assert _value("over_abstention", *sample) == 1 / 2


def test_reason_and_partial_are_scored_apart():
    silent = _case(status="abstained")
    silent = silent.model_copy(update={"expect": Expectation(status="abstained", reason="not_mentioned")})
    given = replace(_answer(status="abstained"), abstention=Abstention(reason="no_statement", message=""))
    right = replace(given, abstention=Abstention(reason="not_mentioned", message=""))
    assert _value("reason_right", _sample(silent, given), _sample(silent, right)) == 1 / 2
    assert first_broken(_sample(silent, given)) == "wrong_reason"
    half = _case(status="partial").model_copy(update={"expect": Expectation(status="partial", missing="date")})
    told = replace(_answer(status="partial"), missing="date")
    assert _value("partial_right", _sample(half, told), _sample(half, replace(told, missing="number"))) == 1 / 2


def _listing(*states: str | None) -> Answer:
    claims = tuple(Claim(text="", state=state, citations=()) for state in states)
    return replace(_answer(status="answered" if states else "abstained"), claims=claims)


@pytest.mark.parametrize(
    ("meant", "claimed", "expected"),
    [
        (("XAA", "XAB", "XAC"), ("XAA", "XAB", "XAA", "XAD", None), (2 / 3, 2 / 3, 4 / 6, 1.0)),
        (("XAA",), ("XAA", "XAB"), (1 / 2, 1.0, 2 / 3, 1.0)),
        (("XAA", "XAB"), (), (0.0, 0.0, 0.0, 1.0)),
        ((), ("XAA",), (0.0, 0.0, 0.0, 1.0)),
        ((), (), None),
    ],
)
def test_state_set_compares_codes_of_claims_with_those_expected(meant, claimed, expected):
    case = _case(kind="list_states", states=meant, status="answered" if meant else "abstained")
    assert content.state_set(_sample(case, _listing(*claimed))) == expected


def test_nuggets_count_cited_facts_whole_and_said_ones_half():
    case = _case(
        spans=((0, 10), (22, 30)),
        nuggets=(
            Nugget(id="n1", text="cited", evidence=("e0",)),
            Nugget(id="n2", text="said", evidence=("e1",), any_of=("shall (not )?support",)),
            Nugget(id="n3", text="neither", any_of=("never said",)),
            Nugget(id="n4", text="beside", importance="okay", evidence=("e0",)),
        ),
    )
    answer = replace(
        _answer(_citation(0, 10)), claims=(Claim(text="They shall support it", state="XAA", citations=(1,)),)
    )
    sample = _sample(case, answer)
    assert _value("nuggets_strict_vital", sample) == 1 / 3
    assert _value("nuggets_vital", sample) == (1 + 0.5) / 3
    assert _value("nuggets_strict", sample) == 2 / 4
    assert _value("nuggets_all", sample) == (2 + 0.5) / 4
    assert [nugget.id for nugget in content.missing_nuggets(sample)] == ["n3"]
    unverified = replace(answer, citations=(replace(_citation(0, 10), quote="We do"),))
    assert _value("nuggets_strict_vital", _sample(case, unverified)) == 0
    assert content.nuggets(_sample(case, _answer(status="abstained"))) is None


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(states=("XAA",)), 1.0),
        (Scope(states=("XAB",)), 0.0),
        (Scope(states=("XAA", "XAB")), 0.0),
        (Scope(groups=("XAA",)), 1.0),
        (Scope(), 0.0),
    ],
)
def test_states_are_read_as_meant(scope, expected):
    assert reading.states_read(_sample(_case(states=("XAA",)), replace(_answer(), scope=scope))) == (expected, 1.0)


@pytest.mark.parametrize(
    ("scope", "kind", "expected"),
    [
        (Scope(years=("2020",)), "single_state", (1.0, 1.0)),
        (Scope(sessions=("10",)), "single_state", (1.0, 1.0)),
        (Scope(months=("2020-10",)), "single_state", (1.0, 1.0)),
        (Scope(years=("2021",)), "single_state", (0.0, 1.0)),
        (Scope(years=("2019", "2020")), "single_state", (0.0, 1.0)),
        (Scope(years=("2019", "2020")), "temporal", (1.0, 1.0)),
        (Scope(sessions=("11",)), "single_state", (0.0, 1.0)),
        (Scope(), "single_state", None),
    ],
)
def test_time_is_read_as_meant(scope, kind, expected):
    case = _case(kind=kind).model_copy(update={"expect": Expectation(status="answered", years=(2020,))})
    assert reading.time_read(_sample(case, replace(_answer(), scope=scope), sessions={"2020": "10"})) == expected


def test_answers_agree_in_status_and_states():
    one = replace(_answer(), scope=Scope(states=("XAA",)))
    other = replace(_answer(), scope=Scope(states=("XAB",)))
    case = _case(variant_of="original")
    assert robustness.paraphrase_agreement(_sample(case, one, original=one)) == (1.0, 1.0)
    assert robustness.paraphrase_agreement(_sample(case, one, original=other)) == (0.0, 1.0)
    assert robustness.language_agreement(_sample(case, one, original=one)) is None
    french = _case(variant_of="original", lang="fr")
    assert robustness.language_agreement(_sample(french, one, original=one)) == (1.0, 1.0)
    assert robustness.paraphrase_agreement(_sample(french, one, original=one)) is None
    assert robustness.repeat_agreement(_sample(case, one, repeated=replace(one, status="abstained"))) == (0.0, 1.0)
    assert robustness.repeat_agreement(_sample(case, one)) is None


def test_is_wrong_where_it_should_abstain_or_no_citation_meets_the_evidence():
    case = _case(spans=((0, 10),), groups=(("e0",),))
    assert is_wrong(case, _answer(_citation(20, 30), _citation(0, 10))) is False
    assert is_wrong(case, _answer(*[_citation(20, 30)] * 5, _citation(0, 10))) is True
    assert is_wrong(case, _answer(status="abstained")) is None
    assert is_wrong(_case(status="abstained"), _answer(status="partial")) is True
    assert is_wrong(_case(), _answer(_citation(0, 10))) is None


def test_brier_takes_confidence_off_the_outcome():
    case = _case(spans=((0, 10),), groups=(("e0",),), states=("FRA",))
    assert brier(EvalSample(case=case, answer=replace(_answer(_citation(0, 10)), confidence=0.9))) == pytest.approx(
        (0.01, 1.0)
    )
    assert brier(EvalSample(case=case, answer=replace(_answer(_citation(20, 30)), confidence=0.9))) == pytest.approx(
        (0.81, 1.0)
    )
    assert brier(EvalSample(case=case, answer=_answer(status="abstained"))) is None


PASSAGE = RetrievedPassage(passage_id="p", statement_id="s", start=0, end=21, rank=1, score=1.0)


@pytest.mark.parametrize(
    ("states", "cited", "retrieved", "expected"),
    [
        (("XAA",), ((0, 10),), (PASSAGE,), None),
        (("XAB",), ((0, 10),), (PASSAGE,), "misread"),
        (("XAA",), None, (PASSAGE,), "over_abstained"),
        (("XAA",), None, (), "not_retrieved"),
        (("XAA",), ((25, 35),), (PASSAGE,), "wrong_span"),
        (("XAA",), ((25, 35),), (replace(PASSAGE, start=30, end=44),), "not_retrieved"),
    ],
)
def test_first_broken_stage(states, cited, retrieved, expected):
    case = _case(spans=((0, 10),), states=("XAA",))
    answer = _answer(*(_citation(*place) for place in cited or ()), status="answered" if cited else "abstained")
    answer = replace(answer, scope=Scope(states=states), retrieved=retrieved)
    assert first_broken(_sample(case, answer, files={"s": "a.txt"})) == expected


def test_first_broken_stage_beyond_the_evidence():
    case = _case(spans=((0, 10),), states=("XAA",), nuggets=(Nugget(id="n", text="more", any_of=("more",)),))
    read = replace(_answer(_citation(0, 10)), scope=Scope(states=("XAA",)))
    assert first_broken(_sample(case, read)) == "missing_nugget"
    assert first_broken(_sample(case, replace(read, status="partial", missing="date"))) == "wrong_status"
    altered = replace(read, citations=(_citation(0, 21, quote="We do support it."),))
    assert first_broken(_sample(case, altered)) == "quote_altered"
    elsewhere = replace(read, citations=(_citation(0, 10), _citation(0, 10, state="XAB")))
    assert first_broken(_sample(case, elsewhere)) == "wrong_state"
    assert first_broken(_sample(case, read, documents={"b.txt": DOCUMENTS["b.txt"]})) == "not_in_corpus"
    other = replace(read, citations=(_citation(0, 10, file="b.txt", state="XAA"),))
    assert first_broken(_sample(case, other)) == "not_cited"
    listed = _case(kind="list_states", states=("XAA", "XAB"))
    assert first_broken(_sample(listed, _listing("XAA"))) == "incomplete_list"
    silent = _case(status="abstained")
    assert first_broken(_sample(silent, _answer(_citation(0, 10)))) == "should_abstain"
    assert first_broken(_sample(silent, _answer(status="abstained"))) is None


def test_every_metric_has_a_name_a_formula_and_components_of_its_own_measure():
    case = _case(spans=((0, 10),), states=("XAA",))
    found = components(_sample(case, replace(_answer(_citation(0, 10)), scope=Scope(states=("XAA",)))))
    assert all(metric.formula and metric.label for metric in METRICS.values())
    assert set(found) <= {metric.key for metric in METRICS.values()}
    assert found["citations.evidence_first"] == (1.0, 1.0)
    assert "content.state_set" not in found
    assert abstention.decision(_sample(case, _answer())) == (0.0, 0.0, 0.0, 1.0)
