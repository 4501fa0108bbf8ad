"""Which language a text is in."""

import pytest

from ingest.language.detection import detect_language, is_in_other_language, language_of_sentence
from tests.cases import Cases

cases = Cases(__file__)


def test_too_few_letters_tell_no_language() -> None:
    assert detect_language("12 (b)") is None


@cases("sentence", "language")
def test_the_language_of_a_sentence_is_told_by_script_or_words(sentence: str, language: str) -> None:
    assert language_of_sentence(sentence, "en") == language


def test_a_sentence_that_tells_no_language_is_in_that_of_its_context() -> None:
    assert language_of_sentence("UNODC 2020", "fr") == "fr"
    assert language_of_sentence("UNODC 2020", "ru") == "en"


@pytest.mark.parametrize(("text", "other"), [
    ("Was hat Arvandia zur Auslieferung von Straftätern gesagt?", True),
    ("What did Arvandia say about extradition?", False),
    ("Arvandia", False),
])  # fmt: skip
def test_a_question_in_none_of_the_six_languages_is_noticed(text: str, other: bool) -> None:
    assert is_in_other_language(text) is other
