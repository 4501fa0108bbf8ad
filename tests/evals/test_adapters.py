"""Adapters: what a case asks of the program in this process."""

import json

from app.question.turn import EarlierTurn
from evals.adapters import history_of, overrides_of
from evals.cases.case import Case, Expectation

CASE = Case(
    id="c",
    question="And Belmora?",
    history=("What did Arvandia say?",),
    type="follow_up",
    answerable=True,
    tags={"overrides": json.dumps({"years": ["2020"]})},
    expect=Expectation(status="answered"),
)


def test_what_was_set_in_the_chat_is_set_again() -> None:
    assert overrides_of(CASE) == {"years": ["2020"]}
    assert overrides_of(CASE.model_copy(update={"tags": {}})) is None
    earlier = CASE.model_copy(update={"tags": {"history_overrides": [{"states": ["XAA"]}]}})
    assert history_of(earlier) == (EarlierTurn(question="What did Arvandia say?", overrides={"states": ["XAA"]}),)
    assert history_of(CASE) == (EarlierTurn(question="What did Arvandia say?"),)
