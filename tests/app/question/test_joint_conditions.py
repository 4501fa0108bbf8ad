"""Joint conditions of a list: two topics, each with what is asked of it, in six languages."""

import pytest

from app.question.reading import read_question
from app.question.scope_fields import by_subject
from app.retrieval.positions.asked_direction import asked_for
from tests.cases import Cases

cases = Cases(__file__)


@cases("question", "conditions")
def test_each_condition_has_its_topic_and_what_is_asked_of_it(parties, question, conditions):
    read = read_question(question, parties)
    asked = [asked_for(each, parties).direction for each in by_subject(read, parties)]
    denied = [condition.is_denied for condition in read.conditions]
    subjects = [condition.subject for condition in read.conditions]
    assert [list(each) for each in zip(subjects, asked, denied, strict=True)] == conditions


@cases("question")
def test_one_condition_is_not_parted(parties, question):
    assert not read_question(question, parties).conditions


def test_only_who_meets_all_conditions_is_listed(workspace):
    answer = workspace.assistant.ask("Which States mentioned corruption but not extradition?")
    assert {claim.state for claim in answer.claims} == {"XDR"}
    assert "meet only the condition on corruption: Quenza" in answer.scope.notes
    both = workspace.assistant.ask("Which States mentioned both corruption and extradition?")
    assert "XDR" not in {claim.state for claim in both.claims}


@pytest.mark.parametrize(("question", "reason"), [
    ("Which States support the review mechanism but oppose a new protocol?", "no_position"),
    ("Which States mentioned whales but not ivory?", "not_mentioned"),
])  # fmt: skip
def test_nobody_that_meets_all_conditions_is_no_answer(workspace, question, reason):
    answer = workspace.assistant.ask(question)
    assert answer.abstention is not None and answer.abstention.reason == reason


def test_a_follow_up_keeps_the_conditions(parties):
    first = "Which States mentioned corruption but not extradition?"
    then = read_question("and in 2020?", parties, history=[first])
    assert [condition.subject for condition in then.conditions] == ["corruption", "extradition"]
    assert not read_question("and on firearms?", parties, history=[first]).conditions
