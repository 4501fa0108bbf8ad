"""Capitals that stand for their States, and those that are a place or part of a title."""

import pytest

from ingest.parties.capitals import Capitals
from ingest.parties.party_table import PartyTable

TEXT = "Vienna said so in Lima, by the Doha Declaration, as Chile did."


@pytest.mark.parametrize(
    ("capitals", "codes"), [("all", ["AUT", "PER", "CHL"]), ("speaking", ["AUT", "CHL"]), ("none", ["CHL"])]
)
def test_a_lookup_says_which_capitals_stand_for_their_states(capitals: Capitals, codes: list[str]) -> None:
    assert [match.code or match.codes[0] for match in PartyTable.load().find(TEXT, capitals=capitals)] == codes


def test_a_form_of_a_name_and_of_a_capital_is_the_name() -> None:
    (match,) = PartyTable.load().find("То же самое по Бразилии", "ru")
    assert (match.codes, match.form) == (("BRA",), "name")
