import csv
import unicodedata
from pathlib import Path

import pytest
import regex

from ingest.glossary.glossary import gloss_with_operators, other_terms, terms_within, translate_topic
from ingest.language.lexicons import load_table
from prompts.wording import LANGUAGES
from tests.cases import Cases, all_at_once
from vectorstore.stems import words_without_topic

cases = Cases(__file__)

CONCEPTS = load_table("glossary_synonyms")
# Topics as people write them, in every grammatical case and number, with particles and articles.
with Path(__file__).with_name("glossary_topics.csv").open(encoding="utf-8", newline="") as file:
    TOPICS = [(row["language"], row["topic"], row["concept"]) for row in csv.DictReader(file)]
SCRIPTS = {"ar": r"\p{Arabic}", "ru": r"\p{Cyrillic}", "zh": r"\p{Han}"}


@pytest.mark.parametrize(("table", "fewest"), [("glossary_synonyms", 1300), ("dictionary", 7000)])
def test_every_concept_and_word_stands_once_with_terms_in_all_six_languages(table, fewest):
    rows = load_table(table)
    assert len(rows) >= fewest
    for row in rows:
        for language in LANGUAGES:
            terms = row[language].split("|")
            assert all(term and term == unicodedata.normalize("NFC", term.strip()) for term in terms), row
            assert len(terms) == len(set(terms)), row
    # In the dictionary, an addition that distinguishes two meanings of a word is part of its name.
    names = [row["en"] if table == "dictionary" else row["en"].split("|")[0] for row in rows]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", SCRIPTS)
def test_words_of_the_dictionary_stand_in_the_script_of_their_language(language):
    in_script = regex.compile(rf"[\s\d\p{{P}}a-zA-Z]*{SCRIPTS[language]}")
    assert [row["en"] for row in load_table("dictionary") if not in_script.match(row[language])] == []


@pytest.mark.heavy
def test_every_term_of_the_glossary_is_recognised_as_a_whole():
    for row in CONCEPTS:
        for language in LANGUAGES:
            for term in row[language].split("|"):
                assert translate_topic(term, language, to="fr" if language == "en" else "en").coverage == 1.0, term


@all_at_once(("language", "topic", "concept"), TOPICS)
def test_topic_is_translated_into_english(language, topic, concept):
    translated = translate_topic(topic, language)
    assert concept.casefold() in translated.text.casefold()
    assert translated.coverage >= 0.99


@cases("language", "topic")
def test_unknown_topic_is_hardly_covered(language, topic):
    assert translate_topic(topic, language, to="ru" if language == "en" else "en").coverage < 0.3


def test_topic_half_known_is_half_covered_and_keeps_what_is_known():
    translated = translate_topic("экстрадиции утконосов", "ru")
    assert (translated.text, translated.coverage) == ("extradition", 1 / 2)
    # The glossary has "Kyoto" only within names of instruments; with a capital it would count as a name.
    assert translate_topic("kioto", "es").coverage == 0.0


@pytest.mark.parametrize(("language", "topic"), [("fr", "la"), ("ru", "о"), ("zh", "的"), ("ar", "في"), ("es", "")])
def test_topic_without_content_covers_nothing(language, topic):
    assert translate_topic(topic, language) == translate_topic("", language)
    assert translate_topic(topic, language).coverage == 0.0


@pytest.mark.parametrize("language", ["fr", "es", "ru", "ar", "zh"])
def test_numbers_and_names_in_latin_script_stand_for_themselves(language):
    translated = translate_topic("UNTOC SHERLOC 2030", language)
    assert translated.text.split()[-2:] == ["SHERLOC", "2030"] or "2030" in translated.text
    assert translated.coverage == 1.0


@cases("language", "topic", "translated", at_once=True)
def test_names_denials_and_words_behind_particles_are_translated(language, topic, translated):
    assert translate_topic(topic, language).text == translated


@cases("language", "text", "to", "terms", at_once=True)
def test_the_longest_terms_are_read_and_not_the_broader_ones_in_them(language, text, to, terms):
    assert [term.terms[0] for term in terms_within(text, language, to=to)] == terms


@pytest.mark.parametrize("language", ["fr", "es", "ar", "ru"])
def test_what_denies_is_translated(language):
    assert all(translate_topic(word, language).coverage == 1.0 for word in words_without_topic("denials", language))


@cases("written", "as_well", tuples=True, at_once=True)
def test_spelling_variants_are_one(written, as_well):
    to = "ru" if written[0] == "en" else "en"
    assert translate_topic(written[1], written[0], to).text == translate_topic(as_well[1], as_well[0], to).text != ""


@cases("to", "first")
def test_english_topic_is_translated_with_synonyms_for_a_search_by_words(to, first):
    translated = translate_topic("the extradition of nationals", "en", to=to)
    assert (translated.text, translated.terms[0], translated.coverage) == (first, first, 1.0)
    assert len(translated.terms) > 1


@cases("topic", "other")
def test_other_terms_share_no_word_with_the_topic(topic: str, other: str | None) -> None:
    assert other_terms(topic) == ((other,) if other else ())
    assert other_terms(f"{topic} in the north") == ()


# --- ordinary words


@cases("language", "question", "english")
def test_a_question_goes_into_english_word_by_word(language: str, question: str, english: list[str]) -> None:
    translated = translate_topic(question, language).text
    assert [word for word in english if word not in translated] == []


def test_a_term_of_the_field_comes_before_ordinary_words_which_are_none() -> None:
    assert translate_topic("le blanchiment d'argent", "fr").text == "money-laundering"
    assert terms_within("a chair in winter", "en") == ()
    assert "(" not in translate_topic("le puits", "fr").text, "what tells meanings apart is not searched for"


@cases("language", "text", "english")
def test_words_that_say_how_others_are_meant_are_translated_as_such(language: str, text: str, english: str) -> None:
    assert gloss_with_operators(text, language) == english
