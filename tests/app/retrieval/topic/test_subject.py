"""Harms: a topic that nobody supports ("illegal fishing") is distinguished from measures against it."""

from app.retrieval.topic.subject import names_harm
from tests.cases import Cases

cases = Cases(__file__)


@cases("topic", "language", "harm", at_once=True)
def test_a_harm_is_told_from_what_is_done_about_it(topic, language, harm):
    assert names_harm(topic, language) == harm


def test_no_direction_is_shown_on_a_harm(workspace):
    answer = workspace.assistant.ask("What is the position of Tessaria on illegal fishing?")
    assert answer.scope.topic == "illegal fishing" and answer.citations
    assert "(against)" not in answer.answer and "(for)" not in answer.answer
