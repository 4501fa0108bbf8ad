import pytest

from app.briefing.cells import Subject
from app.briefing.harm_topics import names_harm
from tests.cases import Cases

cases = Cases(__file__)


@pytest.mark.parametrize(
    "topic",
    ["corruption", "transnational organized crime", "Trafficking in persons", "terrorism", "smuggling of migrants",
     "money laundering", "cybercrime", "piracy", "illicit trafficking in firearms"],
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
    assert harm.kind_label("supports") == "supports action against it"
    assert harm.kind_label("opposes") == "opposes"
    assert Subject(label="Extradition", topic="extradition").kind_label("supports") == "supports"
