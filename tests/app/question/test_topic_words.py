import pytest

from app.question.reading import read_question
from ingest.glossary.glossary import mistyped_terms


@pytest.mark.parametrize(
    ("language", "topic", "meant"),
    [
        ("en", "extraditon", {"extraditon": "extradition"}),
        ("en", "traficking in firearms", {"traficking": "trafficking"}),
        ("es", "extradidión", {"extradidión": "extradición"}),
        ("ru", "экстрадция", {"экстрадция": "экстрадиция"}),
        # Other forms, names and rare words stay.
        ("en", "extraditions and confiscations", {}),
        ("en", "extraditable offences", {}),
        ("en", "Extraditon", {}),
        ("en", "kleptocracy", {}),
        ("en", "deepfakes", {}),
        ("en", "", {}),
    ],
)
def test_word_one_error_away_from_a_term_is_read_as_it(language, topic, meant):
    assert mistyped_terms(topic, language) == meant


def test_topic_is_mended_and_a_note_says_so_unless_it_is_given(parties):
    question = "whats Arvandia's position on extraditon"
    read = read_question(question, parties)
    assert read.scope.topic == "extradition"
    assert read.wording is not None and "extraditon" not in read.wording.text
    assert [note.values for note in read.notes if note.kind == "mended"] == [
        {"word": "extraditon", "meant": "extradition"}
    ]
    given = read_question(question, parties, overrides={"topic": "extraditon"})
    assert given.scope.topic == "extraditon"
    assert not [note for note in given.notes if note.kind == "mended"]


def test_a_list_without_a_topic_takes_what_else_the_question_says(parties):
    read = read_question("Is any delegation against mining the ocean floor, or asking for a moratorium on it?", parties)
    assert read.scope.all_states and read.scope.topic.startswith("mining the ocean floor")
    for question in ("Which States spoke in 2016?", "Which African States took the floor?", "What is Cuba's view?"):
        assert read_question(question, parties).scope.topic == ""
