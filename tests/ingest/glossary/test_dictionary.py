"""The dictionary of ordinary words: that its table can be trusted, and that questions and sentences go into English."""

import csv
import unicodedata
from pathlib import Path

import pytest
import regex

from ingest.glossary.glossary import terms_within, translate_topic
from prompts.wording import LANGUAGES
from tests.cases import Cases

cases = Cases(__file__)

SCRIPTS = {"ar": r"\p{Arabic}", "ru": r"\p{Cyrillic}", "zh": r"\p{Han}"}


def _rows() -> list[dict[str, str]]:
    path = Path(__file__).parents[3] / "ingest" / "data" / "dictionary.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


ROWS = _rows()


def test_every_word_has_terms_in_all_six_languages() -> None:
    assert len(ROWS) > 2000
    for row in ROWS:
        for language in LANGUAGES:
            terms = row[language].split("|")
            assert all(term and term == unicodedata.normalize("NFC", term.strip()) for term in terms), row
            assert len(terms) == len(set(terms)), row


@pytest.mark.parametrize("language", SCRIPTS)
def test_words_stand_in_the_script_of_their_language(language: str) -> None:
    wrong = [row["en"] for row in ROWS if not regex.match(rf"[\s\d\p{{P}}a-zA-Z]*{SCRIPTS[language]}", row[language])]
    assert wrong == []


def test_a_meaning_stands_once() -> None:
    meanings = [row["en"] for row in ROWS]
    assert len(meanings) == len(set(meanings))


@cases("language", "question", "english")
def test_a_question_goes_into_english_word_by_word(language: str, question: str, english: list[str]) -> None:
    translated = translate_topic(question, language).text
    assert [word for word in english if word not in translated] == []


def test_a_term_of_the_field_comes_before_ordinary_words() -> None:
    assert translate_topic("le blanchiment d'argent", "fr").text == "money-laundering"


def test_ordinary_words_are_no_terms_of_the_field() -> None:
    assert terms_within("a chair in winter", "en") == ()


def test_what_tells_meanings_apart_is_not_searched_for() -> None:
    assert "(" not in translate_topic("le puits", "fr").text
