"""Numerals of several scripts, and number words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.language.numerals import ascii_digits, han_value, number_of, number_words, roman_value


def test_ascii_digits_keep_offsets() -> None:
    assert ascii_digits("a٣۴５b") == "a345b"


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (han_value, {
            "十": 10, "十二": 12, "二十": 20, "七十五": 75, "一百零三": 103, "二〇二〇": 2020, "3万": 30_000,
            "两亿": 200_000_000,
        }),
        (roman_value, {"I": 1, "iv": 4, "XIX": 19, "XLII": 42, "xcix": 99, "MMXIX": 2019}),
        (number_of, {
            "4": "4", "10  bis": "10 bis", "XI": "11", "十六": "16", "twenty-one": "21", "Fifty four": "54",
            "premier": "1", "primero": "1", "الحادية": "1", "الثالثة عشر": "13", "الخامسة والعشرين": "25",
            "الأربعون": "40", "٤": "4", "四〇": "40", "first": "first",
        }),
    ],
)  # fmt: skip
def test_numerals_and_numbers_of_articles_are_read(read, expected):
    assert {written: read(written) for written in expected} == expected


@given(st.integers(1, 89), st.sampled_from(["en", "fr", "es", "ar"]))
def test_every_ordinal_of_a_session_has_a_word(number: int, language: str) -> None:
    assert number in number_words("ordinal", language).values()
