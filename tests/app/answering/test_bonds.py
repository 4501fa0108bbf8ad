"""Bonds: items of lists hang on the words that open them, and sentences of a table row on each other."""

import pytest

from app.answering.bonds import bonds_of, split_bound
from tests.cases import Cases
from tests.fakes_corpora import split

cases = Cases(__file__)


@cases("text", "openings")
def test_openings_of_each_sentence(text: str, openings: list[list[int]]) -> None:
    assert [list(bond.openings) for bond in bonds_of(split(text, paragraph=None), text)] == openings


@cases("text", "items")
def test_items_hang_on_their_opening_at_any_distance_and_what_follows_them_nearby(text: str, items: list[int]) -> None:
    bonds = bonds_of(split(text, paragraph=None), text)
    assert [at for at, bond in enumerate(bonds) if bond.is_item] == items


def test_sentences_of_a_row_are_quoted_together() -> None:
    text = "Our views follow.\nA registry shall be kept.\tIt is dear.\tNot supported.\nThank you."
    assert [(bond.first, bond.last) for bond in bonds_of(split(text, paragraph=None), text)] == [
        (0, 0), (1, 3), (1, 3), (1, 3), (4, 4)
    ]  # fmt: skip
    page = "A line of words. " * 150 + "\tNot supported."
    assert all(bond.first == bond.last for bond in bonds_of(split(page, paragraph=None), page))


@pytest.mark.parametrize("mark", ["(b)", "2.", "-"])
def test_an_item_is_read_after_the_words_that_open_it(mark: str) -> None:
    one = {"(b)": "(a)", "2.": "1."}.get(mark, mark)
    read = split_bound(f"We reject the following:\n{one} a fund;\n{mark} a registry.\n\nWe agree to the rest.")
    assert [each.together for each in read] == [
        "We reject the following:",
        "We reject the following: a fund;",
        "We reject the following: a registry.",
        "We agree to the rest.",
    ]


def test_only_what_begins_an_item_is_its_mark() -> None:
    read = split_bound("We support non-proliferation and state the following:\nThis fund we reject.")
    assert [each.together for each in read] == [
        "We support non-proliferation and state the following:",
        "We support non-proliferation and state the following: This fund we reject.",
    ]
