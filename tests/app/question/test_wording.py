"""Wordings: how a question asks about its topic, which is what sentences are compared with."""

import pytest

from app.question.reading import read_question
from app.question.resolution import TopicWording, in_language_of_topic
from app.retrieval.search_strategy import SearchStrategy, choose_strategy
from tests.cases import Cases

cases = Cases(__file__)


@cases("question", "text")
def test_a_wording_leaves_out_who_and_when(parties, question, text):
    read = read_question(question, parties)
    assert read.wording is not None
    assert text in read.wording.text
    assert not {"Canada", "Norway", "2020", "'s"} & set(read.wording.text.split())
    assert choose_strategy(read) == SearchStrategy(by="topic", topic=read.scope.topic, wording=read.wording)


@cases("question", "more", tuples=True, at_once=True)
def test_who_speaks_of_a_topic_says_no_more_than_the_topic(parties, question, more):
    read = read_question(question, parties)
    assert read.wording is not None
    assert read.wording.adds == more


FIRST = "What remedy did Canada propose against kidnapping for ransom?"


def test_a_wording_goes_on_with_its_topic_and_not_with_another(parties):
    same = read_question("and Norway?", parties, history=[FIRST])
    assert same.wording is not None and same.wording == read_question(FIRST, parties).wording
    other = read_question("and on piracy?", parties, history=[FIRST])
    assert other.wording is None or "kidnapping" not in other.wording.text


def test_a_topic_is_searched_in_its_language_after_a_turn_in_another(parties):
    asked = "Qu'a dit le Canada sur l'entraide judiciaire ?"
    for turns in ([asked], [asked, "thanks"], [asked, "and Mali?"]):
        read = read_question("and Norway?", parties, history=turns)
        assert (read.scope.language, in_language_of_topic(read).scope.language) == ("en", "fr")
    other = read_question("and on piracy?", parties, history=[asked])
    assert in_language_of_topic(other).scope.language == "en"


@cases("question", "nearest", "state", "topic", tuples=True)
def test_a_question_in_a_seventh_language_is_read_in_the_nearest_and_answered_in_english(
    parties, question, nearest, state, topic
):
    read = read_question(question, parties)
    assert (read.scope.language, in_language_of_topic(read).scope.language) == ("en", nearest)
    assert (read.scope.states, read.scope.topic) == ((state,), topic)
    # A follow-up of names alone goes on in English.
    assert read_question("Cuba?", parties, history=[question]).scope.language == "en"


@cases("question", "language", tuples=True)
def test_a_question_in_one_of_the_six_languages_keeps_its_language(parties, question, language):
    assert read_question(question, parties).scope.language == language


def test_a_wording_says_whether_it_adds_to_its_topic(parties):
    bare = read_question("What did Canada say about kidnapping for ransom?", parties)
    more = read_question(FIRST, parties)
    assert bare.scope.topic == more.scope.topic == "kidnapping for ransom"
    assert bare.wording is not None and not bare.wording.adds
    assert more.wording is not None and more.wording.adds


def test_a_topic_set_by_hand_is_searched_by_itself(parties):
    read = read_question(FIRST, parties, overrides={"topic": "piracy"})
    assert read.wording == TopicWording(
        topic="kidnapping for ransom",
        text="What remedy did propose against kidnapping for ransom?",
        adds=True,
        language="en",
    )
    assert choose_strategy(read) == SearchStrategy(by="topic", topic="piracy")


@pytest.mark.parametrize(
    ("question", "worded"),
    [
        ("How has Arvandia's position on tolls changed?", False),
        ("Has Arvandia changed its mind on tolls?", False),
        ("What is Arvandia's position on tolls?", True),
        ("Why did Arvandia leave the fund?", True),
    ],
)
def test_a_question_on_change_is_searched_by_its_topic_alone(question, worded, parties):
    read = read_question(question, parties)
    found = choose_strategy(read)
    assert found is not None and (found.wording is not None) is worded
