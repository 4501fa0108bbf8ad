"""For whom a statement is made: groups by members, Chair and own voice, and States named one by one."""

import pytest

from ingest.metadata.represented_party import joint_holders, spoken_for
from ingest.parties.party_table import PartyTable
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def parties():
    return PartyTable.load(PROJECT / "evals" / "conference" / "parties.csv")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("I have the honour of speaking on behalf of the Riparian Group.", "XGR"),
        ("I take the floor on behalf of the group of Member States belonging to the Group of Riparian States.", "XGR"),
        ("I speak on behalf of the fourteen member States of the Group of Riparian States.", "XGR"),
        ("I wish, in my capacity as current Chair of the Riparian Group, to express our thanks.", "XGR"),
        ("The Riparian Group wishes to thank you. The Riparian Group asks. The Riparian Group agrees.", "XGR"),
        ("Permit me to express on behalf of the Riparian Group my thanks. The Group asks. The Group agrees.", "XGR"),
        ("I speak on behalf of the three river States. The delegations of Arvandia, Belmora and Drelnia agree.",
         "XAA+XAB+XDR"),
        ("I speak on behalf of Belmora, Drelnia and my own country, Arvandia.", "XAA+XAB+XDR"),
        ("I thank Belmora for its statement on behalf of the Riparian Group. Our country agrees.", ""),
        ("The Riparian Group wishes to thank you, said its Chair. We agree.", ""),
        ("I speak on behalf of the three river States. Others may speak of Arvandia and Belmora.", ""),
    ],
)  # fmt: skip
def test_for_whom_words_are_spoken(words, expected, parties):
    whom = spoken_for("", words, parties, "en", date="2020", speaker="XAA")
    assert (whom.group or "+".join(sorted(whom.states))) == expected


def test_a_group_that_the_speaker_is_no_member_of_is_only_spoken_of(parties):
    words = "The Riparian Group wishes to thank you. The Riparian Group asks for boats. The Riparian Group agrees."
    assert spoken_for("", words, parties, "en", date="2020", speaker="XES").group is None


@pytest.mark.parametrize(
    ("heading", "words", "expected"),
    [
        ("Joint statement by Arvandia and Belmora", "We agree.", ("XAA", "XAB")),
        ("Déclaration conjointe de l’Arvandie et de la Belmore", "Nous sommes d’accord.", ("XAA", "XAB")),
        ("Joint statement on rivers", "We agree.\n\nCo-sponsors:\n- Drelnia\n- Lanhai\n", ("XDR", "XLH")),
        ("Statement by Arvandia", "Co-sponsors of the draft: Drelnia, Lanhai.", ()),
        ("Joint statement on Arvandia", "We speak of Belmora. Drelnia is far.", ()),
    ],
)  # fmt: skip
def test_who_holds_a_joint_statement(heading, words, expected, parties):
    assert joint_holders(heading, words, parties, None) == expected
