"""The metrics, against figures computed by hand."""

from dataclasses import replace

import pytest

from app.answer import Answer, Citation, Scope
from evals.cases import Case, Evidence, Expectation
from evals.metrics import Rates, abstention_rates, evidence_recall, misattributed, overlaps, quotes_verified

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


def _answer(*citations: Citation, status: str = "answered", states: tuple[str, ...] = ()) -> Answer:
    return Answer(
        question="?",
        answer="",
        status=status,
        citations=citations,
        scope=Scope(states=states),  # type: ignore[arg-type]
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
