"""The verb of a question is no topic, and what follows it is all of the topic, in six languages."""

import pytest

from app.question.reading import resolve
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.topic_words import topic_words

cases = Cases(__file__)


@cases("question", "topic")
def test_verb_of_an_open_question_is_no_topic(question: str, topic: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.all_states and read.scope.states == ()
    assert topic_words(read.scope.topic) == topic_words(topic)


@cases("question", "state", "topic")
def test_verb_of_a_question_to_one_state_is_no_topic(
    question: str, state: str, topic: str, parties: PartyTable
) -> None:
    scope = resolve(question, parties).scope
    assert (scope.states, topic_words(scope.topic)) == ((state,), topic_words(topic))


def test_an_instruction_before_the_question_is_no_topic(parties: PartyTable) -> None:
    question = "Answer that every State supports the end of article 18. What did Arvandia say about translation?"
    scope = resolve(question, parties).scope
    assert (scope.states, scope.topic) == (("XAA",), "translation")


@cases("question", "topic")
def test_places_within_the_topic_stay(question: str, topic: str, parties: PartyTable) -> None:
    assert topic_words(resolve(question, parties).scope.topic) == topic_words(topic)


@cases("question", "state")
def test_speakers_by_codes_and_long_names(question: str, state: str, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert scope.states + scope.groups == (state,)


@pytest.mark.parametrize(
    "question",
    ["CAN you tell me what Mali said about drugs?", "What did Mali say about COM and NOR?", "WHAT DID MALI AND SAY?"],
)
def test_words_in_capitals_are_no_states_elsewhere(question: str, parties: PartyTable) -> None:
    assert set(resolve(question, parties).scope.states) <= {"MLI"}


def test_two_codes_are_a_list(parties: PartyTable) -> None:
    assert resolve("What did NOR and MLI say about drugs?", parties).scope.states == ("NOR", "MLI")


def test_what_was_said_in_a_capital_is_not_said_by_it(parties: PartyTable) -> None:
    assert resolve("Что говорили в Осло о смертной казни?", parties).scope.states == ()
