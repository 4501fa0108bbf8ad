import pytest

from app.briefing.cells import Subject
from app.briefing.request import names_harm
from app.export.arrange import kind_in_words
from prompts.wording import load_document_words
from tests.cases import Cases

cases = Cases(__file__)


@pytest.mark.parametrize(
    "topic",
    ["corruption", "transnational organized crime", "Trafficking in persons", "terrorism", "smuggling of migrants",
     "money laundering", "cybercrime", "piracy", "illicit trafficking in firearms", "nuclear weapons", "illicit drugs",
     "small arms", "Israeli-Palestinian conflict"],
)  # fmt: skip
def test_harm_is_told(topic):
    assert names_harm(topic)


@cases("topic")
def test_what_is_done_about_a_harm_is_none(topic):
    assert not names_harm(topic)


@pytest.mark.parametrize(
    ("topic", "language"),
    [("corrupción", "es"), ("la traite des personnes", "fr"), ("коррупция", "ru"), ("腐败", "zh")],
)
def test_topics_in_other_languages_go_by_the_glossary(topic, language):
    assert names_harm(topic, language)


def test_support_on_a_harm_is_shown_as_action_against_it():
    harm = Subject(label="Corruption", topic="corruption", harm=True)
    other, words = Subject(label="Extradition", topic="extradition"), load_document_words("en")
    assert kind_in_words(words, "supports", harm) == "supports action against it"
    assert kind_in_words(words, "opposes", harm) == "opposes"
    assert kind_in_words(words, "supports", other) == "supports"
