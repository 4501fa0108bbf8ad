"""Figures of a run in several wordings: grouped, worst first, with what failed and where."""

from app.answer import Answer, Scope, Status
from evals.cases import Case, Expectation
from evals.runner import wording_figures


def _case(case_id: str, *, wording: str | None = None, words: str | None = None) -> Case:
    tags = {} if wording is None else {"wording": wording, "topic_words": words}
    return Case(
        id=case_id,
        question="?",
        type="unanswerable",
        answerable=False,
        tags=tags,
        expect=Expectation(status="abstained", states=("XAA",), years=("2020",)),
    )


def _answer(status: Status, *, state: str = "XAA", topic: str = "rivers") -> Answer:
    scope = Scope(states=(state,), years=("2020",), topic=topic)
    return Answer(question="?", answer="", status=status, scope=scope)


def test_wording_figures_put_the_worst_first() -> None:
    cases = [
        _case("a"),
        _case("b"),
        _case("a@lower", wording="lower", words="Rivers"),
        _case("b@lower", wording="lower", words="Rivers"),
        _case("c@lower", wording="lower", words="Rivers"),
        _case("d@lower", wording="lower", words="Rivers"),
        _case("never asked", wording="code", words="rivers"),
    ]
    answers = {
        "a": _answer("abstained"),
        "b": _answer("abstained"),
        "a@lower": _answer("abstained"),
        "b@lower": _answer("answered", topic="rivers and"),
        "c@lower": _answer("abstained", state="XAB"),
        "d@lower": _answer("partial"),
    }
    worst, best = wording_figures(cases, answers, {})
    assert (worst.wording, worst.cases, worst.right, worst.topic) == ("lower", 4, 1 / 4, 3 / 4)
    assert worst.failures == {"should_abstain": 2, "wrong_state": 1}
    assert worst.failed == {"should_abstain": ("b@lower", "d@lower"), "wrong_state": ("c@lower",)}
    assert (worst.abstention.recall, worst.five) == (2 / 4, None)
    assert (best.wording, best.right, best.topic, best.failures) == ("original", 1.0, None, {})
