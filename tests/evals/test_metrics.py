"""The metrics, against figures computed by hand."""

from dataclasses import replace

import pytest

from app.answer import Answer, Citation, Claim, Scope, Status
from evals.cases import Case, Evidence, Expectation
from evals.metrics import (
    CurvePoint,
    Rates,
    RiskCoverage,
    SetScore,
    abstention_rates,
    evidence_recall,
    failure,
    is_wrong,
    macro,
    misattributed,
    overlaps,
    quotes_verified,
    risk_coverage,
    state_set,
)

TEXT = "We do not support it. We shall support that."


def _citation(start: int, end: int, *, state: str = "XAA", file: str = "a.txt", quote: str | None = None) -> Citation:
    source = TEXT[start:end]
    return Citation(
        number=1, statement_id="s", state=state, on_behalf_of=None, speaker=None, body=None, session=None, date=None,
        agenda_item=None, title=None, file=file, symbol=None, page=None, paragraph=None, start=start, end=end,
        quote=source if quote is None else quote, source_quote=source, sentence_ids=(), language="en",
        kind="statement", ocr_confidence=None, inferred=(), verdict="verified",
    )  # fmt: skip


def _case(
    case_id: str = "c",
    *,
    spans: tuple[tuple[int, int], ...] = (),
    groups: tuple[tuple[str, ...], ...] = (),
    status: str = "answered",
    states: tuple[str, ...] = (),
    kind: str = "single_state",
) -> Case:
    return Case(
        id=case_id,
        question="?",
        type=kind,
        answerable=status != "abstained",
        expect=Expectation.model_validate({"status": status, "states": states}),
        evidence=tuple(Evidence(id=f"e{n}", file="a.txt", start=a, end=b) for n, (a, b) in enumerate(spans)),
        evidence_groups=groups,
    )


def _answer(*citations: Citation, status: Status = "answered", states: tuple[str, ...] = ()) -> Answer:
    return Answer(
        question="?",
        answer="",
        status=status,
        citations=citations,
        scope=Scope(states=states),
    )


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
def test_overlaps_takes_half_of_the_shorter(cited: tuple[int, int], span: tuple[int, int], expected: bool) -> None:
    evidence = Evidence(id="e", file="a.txt", start=span[0], end=span[1])
    assert overlaps(_citation(*cited), evidence) is expected
    assert not overlaps(_citation(*cited, file="b.txt"), evidence)


def test_evidence_recall_counts_groups_met_by_any_of_their_spans() -> None:
    case = _case(spans=((0, 10), (20, 30), (32, 42)), groups=(("e0", "e1"), ("e2",)))
    answer = _answer(_citation(20, 30), _citation(11, 15), _citation(32, 42))
    assert [evidence_recall(case, answer, k) for k in (0, 1, 2, 3, 5)] == [0 / 2, 1 / 2, 1 / 2, 2 / 2, 2 / 2]


def test_evidence_recall_does_not_apply_without_evidence() -> None:
    assert evidence_recall(_case(), _answer(), 5) is None
    assert evidence_recall(_case(status="abstained", spans=((0, 1),), groups=(("e0",),)), _answer(), 5) is None


def test_quotes_verified_counts_sound_ones_among_all() -> None:
    sound = _citation(0, 21)
    attacks = [
        _citation(0, 21, quote="We do support it."),
        _citation(0, 21, quote="We do […] support it."),
        _citation(0, 21, quote="support it."),
        replace(sound, start=1),
        replace(sound, statement_id="gone"),
        replace(sound, quote="", source_quote=""),
    ]
    answer = replace(_answer(sound, *attacks), related=(_citation(22, 44),))
    assert quotes_verified(answer, {"s": TEXT}) == (2, 1 + len(attacks) + 1)


def test_misattributed_counts_citations_of_others() -> None:
    answer = _answer(_citation(0, 5), _citation(0, 5, state="XAB"), _citation(0, 5, state="XAC"), states=("XAA", "XAB"))
    assert misattributed(_case(states=("XAA",)), answer) == 2
    assert misattributed(_case(states=()), answer) == 1
    assert misattributed(_case(kind="list_states", states=("XAA",)), replace(answer, scope=Scope())) == 0


def test_misattributed_lets_a_labelled_group_speak_for_its_member_only() -> None:
    of_group = replace(_citation(0, 5, state="XGR"), number=1, on_behalf_of="XGR")
    answer = replace(_answer(of_group, states=("XAA",)), spoken_for={"XGR": ("XAA",)})
    labelled = replace(answer, claims=(Claim(text="XGR: …", state="XGR", citations=(1,)),))
    assert misattributed(_case(states=("XAA",)), labelled) == 0
    as_own = replace(answer, claims=(Claim(text="XAA: …", state="XAA", citations=(1,)),))
    assert misattributed(_case(states=("XAA",)), as_own) == 1
    assert misattributed(_case(states=("XAB",)), labelled) == 1, "nobody asked about is a member"
    assert misattributed(_case(states=("XAA",)), replace(labelled, spoken_for={})) == 1


def test_abstention_rates_take_unanswerable_as_positive() -> None:
    cases = [
        _case("right1", status="abstained"),
        _case("right2", status="abstained"),
        _case("missed", status="abstained"),
        _case("wrong"),
        _case("answered"),
        _case("half", status="partial"),
        _case("not run", status="abstained"),
    ]
    answers = {
        "right1": _answer(status="abstained"),
        "right2": _answer(status="abstained"),
        "missed": _answer(status="partial"),
        "wrong": _answer(status="abstained"),
        "answered": _answer(),
        "half": _answer(status="abstained"),
    }
    assert abstention_rates(cases, answers) == Rates(precision=2 / 3, recall=2 / 3, right=2, wrong=1, missed=1)


def test_abstention_rates_of_nothing_are_no_scores() -> None:
    assert abstention_rates([], {}) == Rates(precision=None, recall=None, right=0, wrong=0, missed=0)
    only_answers = abstention_rates([_case("a")], {"a": _answer()})
    assert (only_answers.precision, only_answers.recall) == (None, None)


def _listing(*states: str | None) -> Answer:
    claims = tuple(Claim(text="", state=state, citations=()) for state in states)
    return replace(_answer(status="answered" if states else "abstained"), claims=claims)


@pytest.mark.parametrize(
    ("gold", "claimed", "expected"),
    [
        (("XAA", "XAB", "XAC"), ("XAA", "XAB", "XAA", "XAD", None), SetScore(precision=2 / 3, recall=2 / 3, f1=4 / 6)),
        (("XAA",), ("XAA", "XAB"), SetScore(precision=1 / 2, recall=1.0, f1=2 / 3)),
        (("XAA", "XAB"), (), SetScore(precision=0.0, recall=0.0, f1=0.0)),
        ((), ("XAA",), SetScore(precision=0.0, recall=0.0, f1=0.0)),
        ((), (), None),
    ],
)
def test_state_set_compares_codes_of_claims_with_gold(
    gold: tuple[str, ...], claimed: tuple[str | None, ...], expected: SetScore | None
) -> None:
    case = _case(kind="list_states", states=gold, status="answered" if gold else "abstained")
    assert state_set(case, _listing(*claimed)) == expected


def test_state_set_is_for_lists_only() -> None:
    assert state_set(_case(states=("XAA",)), _listing("XAA")) is None


def test_macro_takes_the_mean_over_cases_that_have_a_score() -> None:
    scores = [SetScore(precision=1.0, recall=0.5, f1=2 / 3), None, SetScore(precision=0.0, recall=0.0, f1=0.0)]
    assert macro(scores) == SetScore(precision=1 / 2, recall=1 / 4, f1=1 / 3)
    assert macro([None]) is None


def test_is_wrong_where_it_should_abstain_or_no_citation_meets_the_evidence() -> None:
    case = _case(spans=((0, 10),), groups=(("e0",),))
    assert is_wrong(case, _answer(_citation(20, 30), _citation(0, 10))) is False
    assert is_wrong(case, _answer(*[_citation(20, 30)] * 5, _citation(0, 10))) is True
    assert is_wrong(case, _answer(status="abstained")) is None
    assert is_wrong(_case(status="abstained"), _answer(status="partial")) is True
    assert is_wrong(_case(), _answer(_citation(0, 10))) is None


def _answered(confidence: float, *, right: bool) -> Answer:
    return replace(_answer(_citation(0, 10) if right else _citation(20, 30)), confidence=confidence)


def test_risk_coverage_falls_with_confidence() -> None:
    def about(case_id: str, *states: str, kind: str = "single_state") -> Case:
        return _case(case_id, spans=((0, 10),), groups=(("e0",),), states=states, kind=kind)

    cases = [
        about("sure", "XAA"),
        about("unsure", "XAA"),
        about("tied", "XAA"),
        about("last", "XAA"),
        about("silent", "XAA"),
        about("list", "XAA", kind="list_states"),
        about("pair", "XAA", "XAB", kind="compare"),
    ]
    answers = {
        "sure": _answered(0.9, right=True),
        "unsure": _answered(0.6, right=False),
        "tied": _answered(0.6, right=True),
        "last": _answered(0.3, right=False),
        "silent": _answer(status="abstained"),
        "list": _answered(0.1, right=False),
        "pair": _answered(0.1, right=False),
    }
    assert risk_coverage(cases, answers) == RiskCoverage(
        points=(
            CurvePoint(confidence=0.9, coverage=1 / 5, risk=0.0),
            CurvePoint(confidence=0.6, coverage=3 / 5, risk=1 / 3),
            CurvePoint(confidence=0.3, coverage=4 / 5, risk=2 / 4),
        ),
        aurc=(0.0 * 1 + 1 / 3 * 2 + 2 / 4 * 1) / 4,
        cases=5,
    )


def test_risk_coverage_without_answers_has_no_area() -> None:
    silent = risk_coverage([_case("a", states=("XAA",))], {"a": _answer(status="abstained")})
    assert silent == RiskCoverage(points=(), aurc=None, cases=1)


@pytest.mark.parametrize(
    ("scope", "citations", "status", "expected"),
    [
        (Scope(states=("XAA",), years=("2020",)), ((0, 10),), "answered", None),
        (Scope(states=("XAA",), sessions=("10",)), ((0, 10),), "answered", None),
        (Scope(states=("XAB",), years=("2020",)), ((0, 10),), "answered", "wrong_state"),
        (Scope(states=("XAA", "XAB"), years=("2020",)), ((0, 10),), "answered", "wrong_state"),
        (Scope(states=("XAA",), years=("2021",)), ((0, 10),), "answered", "wrong_year"),
        (Scope(states=("XAA",)), ((0, 10),), "answered", "wrong_year"),
        (Scope(states=("XAA",), sessions=("11",)), ((0, 10),), "answered", "wrong_year"),
        (Scope(states=("XAA",), years=("2020",)), (), "abstained", "over_abstained"),
        (Scope(states=("XAA",), years=("2020",)), ((20, 30),), "answered", "not_cited"),
    ],
)
def test_failure_names_the_first_step_that_went_wrong(
    scope: Scope, citations: tuple[tuple[int, int], ...], status: Status, expected: str | None
) -> None:
    case = _case(spans=((0, 10),), groups=(("e0",),), states=("XAA",))
    case = case.model_copy(update={"expect": case.expect.model_copy(update={"years": ("2020",)})})
    answer = replace(_answer(*(_citation(*place) for place in citations), status=status), scope=scope)
    assert failure(case, answer, {"2020": "10"}) == expected


def test_failure_of_an_unanswerable_case_is_an_answer() -> None:
    case = _case(status="abstained", states=("XAA",))
    assert failure(case, _answer(status="abstained", states=("XAA",)), {}) is None
    assert failure(case, _answer(_citation(0, 10), states=("XAA",)), {}) == "should_abstain"


def test_failure_counts_citations_of_others() -> None:
    case = _case(spans=((0, 10),), groups=(("e0",),), states=("XAA",))
    answer = _answer(_citation(0, 10), _citation(0, 10, state="XAB"), states=("XAA",))
    assert failure(case, answer, {}) == "misattributed"
