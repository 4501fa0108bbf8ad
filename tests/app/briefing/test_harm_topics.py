from app.briefing.cells import Subject
from app.briefing.request import names_harm
from app.export.arrange import kind_in_words
from prompts.wording import load_document_words
from tests.cases import Cases

cases = Cases(__file__)


@cases("topic")
def test_harm_is_told(topic):
    assert names_harm(topic)


@cases("topic")
def test_what_is_done_about_a_harm_is_none(topic):
    assert not names_harm(topic)


@cases("topic", "language")
def test_topics_in_other_languages_go_by_the_glossary(topic, language):
    assert names_harm(topic, language)


def test_support_on_a_harm_is_shown_as_action_against_it():
    harm = Subject(label="Corruption", topic="corruption", harm=True)
    other, words = Subject(label="Extradition", topic="extradition"), load_document_words("en")
    assert kind_in_words(words, "supports", harm) == "supports action against it"
    assert kind_in_words(words, "opposes", harm) == "opposes"
    assert kind_in_words(words, "supports", other) == "supports"
