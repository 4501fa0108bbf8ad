"""Persons who delivered statements, by the names of their speakers."""

import pytest

from ingest.parties.party_table import PartyTable
from ingest.parties.persons import Persons, is_titled

SPOKEN = [
    ("Ms. Nerida Calloway, Attorney-General", ["XTS"]),
    ("Ambassador Corentin Ashgrove", ["XFY"]),
    ("Austria", ["EU"]),
    (None, ["XAA"]),
]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Ms. Calloway said so.", ("XTS",)),
        ("Nerida Calloway", ("XTS",)),
        ("Что сказала г-жа Calloway?", ("XTS",)),
        ("Ambassador Corentin Ashgrove", ("XFY",)),
        ("Corvin Calloway said so.", None),
        ("Austria said so.", None),
    ],
)
def test_a_person_stands_for_the_party_of_the_statements(text, codes):
    found = Persons(SPOKEN, PartyTable.load()).find(text)
    assert (found[0].codes if found else None) == codes


def test_a_person_is_found_as_statements_name_their_speaker():
    assert Persons(SPOKEN, PartyTable.load()).find("Ms. Calloway")[0].speakers == (SPOKEN[0][0],)


@pytest.mark.parametrize(
    ("name", "text", "titled"),
    [
        ("Calloway", "What did Ms. Calloway say?", True),
        ("President Olm", "What did President Olm say?", True),
        ("Calloway", "Что сказал г-н Calloway?", True),
        ("President", "What did the President say?", False),
        ("Freedonia", "What did Freedonia say?", False),
    ],
)
def test_a_title_tells_a_person(name, text, titled):
    assert is_titled(name, text) is titled
