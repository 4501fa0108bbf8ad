"""A topic knows what is part of it and what is easily confused with it, by how concepts are related."""

import numpy as np

from app.retrieval.model_languages import ModelLanguages
from app.retrieval.topic.topic import Topic, topic_in
from tests.cases import Cases

cases = Cases(__file__)


def _topic(words: str) -> Topic:
    return Topic.of(words, "en", lambda text: np.zeros(1, dtype=np.float32), lambda stem: 1.0, ModelLanguages())


@cases("topic", "text", "confused")
def test_what_names_only_something_else_is_confused_with_the_topic(topic, text, confused):
    assert _topic(topic).confuses(text) == confused


@cases("topic", "text", "read", at_once=True)
def test_a_sentence_is_read_in_the_words_of_the_topic_where_it_has_others_for_the_same(topic, text, read):
    assert _topic(topic).in_words_asked(text) == read


def test_synonyms_and_what_is_part_of_a_topic_widen_the_search():
    widened = _topic("training on sanctions").lexical_expansions
    assert "unilateral coercive measures" in widened
    assert _topic("the harvest of plums").lexical_expansions == ()


def test_either_of_two_topics_is_searched_for_by_itself_too():
    asked = _topic("compulsory insurance or financial security").wordings
    assert [each.english for each in asked[:3]] == [
        "compulsory insurance or financial security",
        "compulsory insurance",
        "financial security",
    ]
    # "Chemical" shares the noun of "biological weapons".
    assert "chemical" not in {each.english for each in _topic("chemical or biological weapons").wordings}


@cases("other", "words")
def test_a_topic_stays_as_it_is_in_a_language_that_the_glossary_lacks(other, words):
    assert topic_in("sanctions", "en", other) == words
