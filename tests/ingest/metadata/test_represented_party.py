"""For whom a statement is made: groups by members, Chair and own voice, and States named one by one."""

from ingest.metadata.represented_party import joint_holders, spoken_for
from tests.cases import Cases

cases = Cases(__file__)


@cases("words", "expected")
def test_for_whom_words_are_spoken(words, expected, parties):
    whom = spoken_for("", words, parties, "en", date="2020", speaker="XAA")
    assert (whom.group or "+".join(sorted(whom.states))) == expected


def test_a_group_that_the_speaker_is_no_member_of_is_only_spoken_of(parties):
    words = "The Riparian Group wishes to thank you. The Riparian Group asks for boats. The Riparian Group agrees."
    assert spoken_for("", words, parties, "en", date="2020", speaker="XES").group is None


@cases("heading", "words", "expected", tuples=True)
def test_who_holds_a_joint_statement(heading, words, expected, parties):
    assert joint_holders(heading, words, parties, None) == expected
