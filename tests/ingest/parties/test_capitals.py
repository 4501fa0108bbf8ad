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
