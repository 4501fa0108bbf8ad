"""Parties with which a speaker aligns and for which one speaks: in six languages, and never confused."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata.alignment import aligned_with
from ingest.metadata.joint_statement import joint_holders
from ingest.metadata.metadata import read_metadata
from ingest.metadata.represented_party import represented_party
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks
from tests.cases import Cases

cases = Cases(__file__)

ARTICLE_WORDS = "We attach great importance to article 4 of the Convention. Thank you."


def read(text, parties):
    return read_metadata(text, find_blocks(text), parties, "a.txt").metadata


@cases("text", "groups", at_once=True)
def test_aligned_with_counts_the_speaker_s_own_alignment_only(text, groups, parties):
    assert aligned_with(text, "XAA", PartyLookup(parties=parties)) == tuple(groups.split())


def test_aligned_with_needs_no_state_for_the_first_person(parties):
    lookup = PartyLookup(parties=parties)
    text = "My delegation would like to associate itself with the statement of the Arab Group."
    assert aligned_with(text, None, lookup) == ("ARAB_GROUP",)
    assert aligned_with("Arvandia associates itself with the statement of the Arab Group.", None, lookup) == ()


@given(st.text(alphabet="we align. not statementbehalf ofEU代表发言欧盟نؤيد", max_size=80))
def test_aligned_with_stands_any_text(text):
    assert set(aligned_with(text, None, PartyLookup(parties=PartyTable.load()))) <= set(
        PartyTable.load().codes("group")
    )


@cases("text", "group", at_once=True)
def test_statement_is_a_group_s_only_where_its_speaker_speaks_for_it(text, group, parties):
    metadata = read(f"{text}\n\n{ARTICLE_WORDS}", parties)
    assert metadata.on_behalf_of == group
    assert group is None or metadata.state == group


@cases("heading", "opening", "state", "group", "speaker")
def test_several_states_by_name_are_a_group_only_where_they_make_it_up(
    heading, opening, state, group, speaker, parties
):
    metadata = read(f"{heading}\n\nMr. Chair,\n\n{opening} Thank you.", parties)
    assert (metadata.state, metadata.on_behalf_of, metadata.speaker) == (state, group, speaker)


# --- parties spoken for: by members, by the Chair, in the speaker's own voice, and States named one by one


@cases("words", "expected", at_once=True)
def test_for_whom_words_are_spoken(words, expected, parties):
    whom = represented_party("", words, PartyLookup(parties=parties, language="en", date="2020"), speaker="XAA")
    held = [whom.group, *whom.joined] if whom.group else sorted(whom.states)
    assert "+".join(held) == expected


def test_a_group_that_the_speaker_is_no_member_of_is_only_spoken_of(parties):
    words = "The Riparian Group wishes to thank you. The Riparian Group asks for boats. The Riparian Group agrees."
    lookup = PartyLookup(parties=parties, language="en", date="2020")
    assert represented_party("", words, lookup, speaker="XES").group is None


@cases("heading", "words", "expected", tuples=True, at_once=True)
def test_who_holds_a_joint_statement(heading, words, expected, parties):
    assert joint_holders(heading, words, PartyLookup(parties=parties)) == expected
