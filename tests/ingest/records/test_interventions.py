"""Records of fictional meetings: every speaker right, nobody's words in another's mouth."""

from itertools import pairwise

import pytest

from ingest.metadata.metadata import read_metadata
from ingest.records.interventions import cut_at_interventions, find_interventions, is_record, may_be_record
from ingest.text.layout import find_blocks
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

RECORDS = PROJECT / "tests" / "data" / "records"


def split(text, parties, date=None):
    blocks = find_blocks(text)
    language = read_metadata(text, blocks, None, "a.txt").metadata.language
    return find_interventions(text, blocks, parties, language=language, date=date)


def speakers(text, parties):
    """Who speaks, but for nobody."""
    return [holder for item in split(text, parties) if (holder := item.group or item.state)]


# File: per intervention the holder, where its words begin and where they end; `-` is nobody, `*` told by the record.
EXPECTED = cases["EXPECTED"]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_speaker_is_right_in_a_record_and_blocks_respect_who_speaks(name, parties):
    text = (RECORDS / f"{name}.txt").read_text(encoding="utf-8")
    found = split(text, parties)
    told = ["*" if item.summarised else "" for item in found]
    held = [f"{item.group or item.state or '-'}{mark}" for item, mark in zip(found, told, strict=True)]
    assert held == [who for who, _, _ in EXPECTED[name]]
    for item, (_, first, last) in zip(found, EXPECTED[name], strict=True):
        words = " ".join(text[item.start : item.end].split())
        assert words.startswith(first)
        assert words.endswith(last)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for block in cut_at_interventions(text, find_blocks(text), found):
        inside = [item for item in found if item.start < block.end and item.end > block.start]
        assert len(inside) <= 1
        assert all(item.start <= block.start and block.end <= item.end for item in inside)


def test_offices_unknown_speakers_and_those_of_groups_are_told_apart(parties):
    text = (RECORDS / "verbatim_en.txt").read_text(encoding="utf-8")
    nobody = [(item.role, item.named, item.reason) for item in split(text, parties) if item.state is None]
    assert nobody.count(("office", "The President", None)) == 3
    assert ("unknown", "Mr. Dask (Utopia)", "'Mr. Dask (Utopia)' names no State that is known") in nobody
    (group,) = [item for item in split(text, parties) if item.group]
    assert (group.state, group.group, group.speaker) == ("XMR", "XGR", "Mr. Tadesse-Oln")


TOLD = "1. Mr. Ilvane (Arvandia) said that assets mattered.\n\n"
OPENING = "Mr. Ilvane (Arvandia): We recovered assets.\n\n"
CLOSING = "\n\nMs. Ferro (Belmora): We closed ports."


@cases("paragraph", "last")
def test_words_of_a_speech_are_no_speaker_line(paragraph, last, parties):
    text = OPENING + paragraph + CLOSING
    assert [item.group or item.state for item in split(text, parties)] == ["XAA", "XAB"]
    first = split(text, parties)[0]
    assert text[first.start : first.end].endswith(last)


@cases("paragraph")
def test_what_follows_on_a_speech_is_not_put_into_its_mouth(paragraph, parties):
    text = OPENING + paragraph + "\n\nThe lights went out." + CLOSING
    assert speakers(text, parties) == ["XAA", "XAB"]
    first = next(item for item in split(text, parties) if item.state == "XAA")
    assert text[first.start : first.end] == "We recovered assets."


@cases("paragraph")
def test_a_summary_record_goes_on_with_nobody_rather_than_the_one_before(paragraph, parties):
    text = (
        "1. Mr. Ilvane (Arvandia) said that assets had been recovered.\n\n2. He added that courts were slow.\n\n"
        + paragraph
        + "\n\n4. Ms. Ferro (Belmora) said that ports had been closed."
    )
    assert speakers(text, parties) == ["XAA", "XAB"]
    first = split(text, parties)[0]
    assert text[first.start : first.end].endswith("courts were slow.")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        pytest.param(
            f"{TOLD}2. Ms. Ferro (Belmora), speaking on behalf of the Group of Riparian States, said that ports were "
            "closed.\n\n3. Speaking in her national capacity, she said that Belmora had opened one.",
            "XAA Mr.…mattered.|XGR Ms.…closed.|XAB 3.…one.", id="a delegate of a group goes on in a national capacity",
        ),
        pytest.param(
            "On lamps, ILVENOR, for the FORUM OF ISLAND AND COASTAL STATES, opposed a fund. DRELNIA, for a start, "
            "asked for a study. GALDORIA said reports were a burden.\n",
            "XIC On…fund.|XDR DRELNIA,…study.|XGA GALDORIA…burden.", id="a bulletin says shortly for which group",
        ),
        pytest.param(
            "The representative of Arvandia said that assets had been recovered. She added that courts were slow.\n\n"
            "DANA FERRO (Belmora) said that ports had been closed.\n\n"
            "Drelnia’s delegate said that firearms should be marked. He regretted the haste.\n\n"
            "The Conference then adjourned. It met again on Friday.\n\n"
            "Esquaria supported the draft. The lights went out.",
            "XAA The…slow.|XAB DANA…closed.|XDR Drelnia’s…haste.|XES Esquaria…draft.",
            id="a summary names speakers as press summaries do",
        ),
        pytest.param(
            f"{OPENING}Galdoria: our neighbour agrees.{CLOSING}", "XAA We…agrees.|XAB We…ports.",
            id="a name before a colon is somebody's words in a verbatim record",
        ),
        pytest.param(
            "Belmora (on behalf of the Group of Riparian States)\n\nRivers matter to us all.\n\nArvandia\n\nWe agree.",
            "XGR Rivers…all.|XAA We…agree.", id="a section for a group is the group's",
        ),
        pytest.param(
            "Arvandia: We recovered assets. Courts are slow.\n\nBelmora: We closed ports.\n\nGaldoria: We agree.",
            "XAA We…slow.|XAB We…ports.|XGA We…agree.", id="names before colons make a record",
        ),
        pytest.param(
            "The President: I give the floor to the representative of Arvandia, whose delegation asked\n"
            "to speak first.\nMr. Ilvane (Arvandia): We recovered assets in every one of our provinces, and we\n"
            "returned them to those from whom they had been taken, which took\n\n2/4\nV.22-12345\n\f"
            "A/AC.254/SR.7\n\nmany years and the patience of many judges. We thank\n"
            "Mr. Sorel (Esquaria), whose idea it was.\nMs. Ferro (Belmora): We closed ports.\n",
            "- I…first.|XAA We…was.|XAB We…ports.", id="page furniture and wrapped lines end no speech",
        ),
    ],
)  # fmt: skip
def test_who_holds_each_intervention_from_which_word_to_which(text, held, parties):
    found = [(item.group or item.state or "-", text[item.start : item.end].split()) for item in split(text, parties)]
    assert "|".join(f"{holder} {words[0]}…{words[-1]}" for holder, words in found) == held


@cases("head", "state", "group", "states", tuples=True)
def test_for_whom_a_delegate_speaks(head, state, group, states, parties):
    text = f"{TOLD}2. {head}, said that ports were closed."
    item = split(text, parties)[1]
    assert (item.state, item.group, item.states) == (state, group, states)


def test_for_whom_nobody_can_tell_is_reported(parties):
    text = f"{TOLD}2. Ms. Ferro (Belmora), speaking on behalf of whoever drowns, said that ports were closed."
    assert "speaks for somebody whom no lookup knows" in (split(text, parties)[1].reason or "")


@pytest.mark.parametrize("name", ["verbatim_en", "summary_en", "report_en", "verbatim_zh", "verbatim_ar"])
def test_a_record_is_told_without_being_called_one(name, parties):
    text = (RECORDS / f"{name}.txt").read_text(encoding="utf-8")
    assert may_be_record(text)
    assert is_record(split(text, parties), text)


def test_a_text_whose_heading_names_nobody_is_a_record_where_several_speak(parties):
    text = (RECORDS / "compilation_en.txt").read_text(encoding="utf-8")
    found = split(text, parties)
    assert not is_record(found, text)
    assert is_record(found, text, named=False)
    assert not is_record(found[:2], text, named=False)


@pytest.mark.heavy
def test_no_statement_of_the_conference_is_taken_for_a_record(parties):
    folder = PROJECT / "evals" / "conference" / "txt"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    assert len(texts) == 35
    assert not any(is_record(split(text, parties), text) for text in texts)
