"""Numerals of several scripts, and number words."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.language import numerals
from ingest.language.numerals import ascii_digits, find_numbers, number_words
from tests.cases import Cases

cases = Cases(__file__)


def test_ascii_digits_keep_offsets() -> None:
    assert ascii_digits("a٣۴５b") == "a345b"


@cases("read", "expected")
def test_numerals_and_numbers_of_articles_are_read(read, expected):
    assert {written: getattr(numerals, read)(written) for written in expected} == expected


@cases("language", "text", "value", at_once=True)
def test_numbers_are_read_with_their_scales(language: str, text: str, value: str) -> None:
    assert [number.value for number in find_numbers(text, language)] == [value]


@given(st.integers(1, 89), st.sampled_from(["en", "fr", "es", "ar"]))
def test_every_ordinal_of_a_session_has_a_word(number: int, language: str) -> None:
    assert number in number_words("ordinal", language).values()
