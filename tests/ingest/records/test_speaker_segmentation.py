"""Records of fictional meetings: every speaker is recognised, and no words are attributed to another one."""

from itertools import pairwise

import pytest

from ingest.records.record_text import items_and_days
from ingest.records.speaker_segmentation import cut_at_interventions
from ingest.text.layout import find_blocks
from tests.cases import Cases

cases = Cases(__file__)


def said_by_two(split, text):
    """Returns the words of Arvandia in a record in which Belmora alone speaks besides."""
    held = [item for item in split(text) if item.group or item.state]
    assert [item.group or item.state for item in held] == ["XAA", "XAB"]
    return text[held[0].start : held[0].end]


@pytest.mark.parametrize("text", ["Arvandia: yes.\nBelmora: no.\nGaldoria:", "The President: We begin.\nArvandia:\n"])
def test_a_record_that_is_cut_off_at_a_speaker_is_read(text, split):
    for end in range(len(text) + 1):
        assert all(item.end <= end for item in split(text[:end]))


# By file: each intervention's holder (`-` for none, `*` if the record summarises it), and its first and last words.
EXPECTED = cases["EXPECTED"]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_speaker_is_right_in_a_record_and_blocks_respect_who_speaks(name, split, record):
    text = record(name)
    found = split(text)
    marks = ["*" if item.summarised else "" for item in found]
    holders = [f"{item.group or item.state or '-'}{mark}" for item, mark in zip(found, marks, strict=True)]
    assert holders == [who for who, _, _ in EXPECTED[name]]
    for item, (_, first, last) in zip(found, EXPECTED[name], strict=True):
        words = " ".join(text[item.start : item.end].split())
        assert words.startswith(first)
        assert words.endswith(last)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for block in cut_at_interventions(text, find_blocks(text), found):
        inside = [item for item in found if item.start < block.end and item.end > block.start]
        assert len(inside) <= 1
        assert all(item.start <= block.start and block.end <= item.end for item in inside)


def test_offices_unknown_speakers_and_those_of_groups_are_told_apart(split, record):
    text = record("verbatim_en")
    nobody = [(item.role, item.named, item.reason) for item in split(text) if item.state is None]
    assert nobody.count(("office", "The President", None)) == 3
    assert ("unknown", "Mr. Dask (Utopia)", "'Mr. Dask (Utopia)' names no State that is known") in nobody
    (group,) = [item for item in split(text) if item.group]
    assert (group.state, group.group, group.speaker) == ("XMR", "XGR", "Mr. Tadesse-Oln")


TOLD = "1. Mr. Ilvane (Arvandia) said that assets mattered.\n\n"
OPENING = "Mr. Ilvane (Arvandia): We recovered assets.\n\n"
CLOSING = "\n\nMs. Ferro (Belmora): We closed ports."


@cases("paragraph", "last")
def test_words_of_a_speech_are_no_speaker_line(paragraph, last, split):
    text = OPENING + paragraph + CLOSING
    first, *others = split(text)
    assert (first.state, [item.group or item.state for item in others]) == ("XAA", ["XAB"])
    assert text[first.start : first.end].endswith(last)


@cases("paragraph")
def test_what_follows_on_a_speech_is_not_put_into_its_mouth(paragraph, split):
    text = OPENING + paragraph + "\n\nThe lights went out." + CLOSING
    assert said_by_two(split, text) == "We recovered assets."


@cases("label", "holder")
def test_a_speaker_line_of_another_form_ends_the_words_before(label, holder, split):
    first, item, _ = split(f"{OPENING}{label} We want no list.{CLOSING}")
    assert (first.state, first.end) == ("XAA", len(OPENING.strip()))
    assert (item.role if item.state is None else item.group or item.state) == holder


@cases("paragraph")
def test_a_summary_record_goes_on_with_nobody_rather_than_the_one_before(paragraph, split):
    before = f"{TOLD}2. He added that courts were slow."
    text = f"{before}\n\n{paragraph}\n\n4. Ms. Ferro (Belmora) said that ports had been closed."
    assert said_by_two(split, text).endswith("courts were slow.")


@cases("language", "paragraph", "holder")
def test_a_paragraph_of_a_summary_record_is_whose_it_names_after_what_it_begins_with(
    language, paragraph, holder, split
):
    *before, after = cases["SUMMARIES"][language]
    text = "\n\n".join([*before, f"3. {paragraph}", after])
    items = split(text, language)
    last = text.index(paragraph) + len(paragraph) - 2
    at_end = [item for item in items if item.start <= last < item.end]
    assert [item.group or item.state for item in at_end] == [holder]
    # Where no holder is known, the report says why.
    assert holder is not None or at_end[0].reason
    assert {"XAA", "XDR", "XWY"} <= {item.state for item in items}


@cases("text", "held")
def test_who_holds_each_intervention_from_which_word_to_which(text, held, split):
    found = [(item.group or item.state or "-", text[item.start : item.end].split()) for item in split(text)]
    assert "|".join(f"{holder} {words[0]}…{words[-1]}" for holder, words in found) == held


SAID = {"Arvandia": "We support the fund. It is needed.", "Drelnia": "We have no view. We reserve our right."}
WANTED = "We want a bigger fund. It is a must."


@cases("language", "form", "name", "holders", tuples=True)
def test_whoever_is_not_known_speaks_with_nobody_s_mouth(language, form, name, holders, split):
    known = [form.format(state, words) for state, words in SAID.items()]
    other = f"{name[1:]}{WANTED}" if name.startswith("(") else form.format(name, WANTED)
    text = "\n\n".join([known[0], other, known[1], form.format("Galdoria", "We agree. It is late.")])
    first, item, *others = split(text, language)
    assert (first.state, [item.state for item in others]) == ("XAA", ["XDR", "XGA"])
    assert text[first.start : first.end].endswith("needed.") and text[item.start : item.end] == WANTED
    assert (item.states, item.role) == ((holders, "party") if holders else ((), "unknown"))
    assert holders or "that is known" in item.reason


@cases("heading", "holder")
def test_a_heading_by_state_opens_a_section_in_any_form(heading, holder, split):
    heads = {"Arvandia": "XAA", heading: holder, "Drelnia": "XDR"}
    items = split("\n\n".join(f"{head}\n\nWe light lamps. We trim their wicks." for head in heads), "en")
    assert [item.group or item.state for item in items] == [*heads.values()]


@cases("form", "paragraph")
def test_what_a_party_says_under_a_heading_of_its_own_stays_its_own(form, paragraph, split):
    known = [form.format(state, words) for state, words in SAID.items()]
    text = "\n\n".join([known[0], paragraph, WANTED, known[1], form.format("Galdoria", "We agree. It is late.")])
    items = split(text, "en")
    assert [item.state for item in items] == ["XAA", "XDR", "XGA"]
    assert text[items[0].start : items[0].end].endswith(WANTED)


@cases("head", "state", "group", "states", tuples=True)
def test_for_whom_a_delegate_speaks(head, state, group, states, split):
    text = f"{TOLD}2. {head}, said that ports were closed."
    item = split(text)[1]
    assert (item.state, item.group, item.states) == (state, group, states)


def test_what_a_delegate_says_for_another_state_is_that_states_until_a_national_capacity(split):
    text = (
        f"{PROVINCES}Mr. Olm (Belmora): I have the honour to speak on behalf of Galdoria. Galdoria thanks the judges. "
        "It asks for more. I now speak in my national capacity. Belmora has no judges. We regret it."
    )
    holders = [(item.state, item.speaker) for item in split(text + CLOSING)]
    assert holders[1:3] == [("XGA", "Mr. Olm (Belmora)"), ("XAB", "Mr. Olm")]


def test_for_whom_nobody_can_tell_is_reported(split):
    text = f"{TOLD}2. Ms. Ferro (Belmora), speaking on behalf of whoever drowns, said that ports were closed."
    assert "speaks for somebody whom no lookup knows" in (split(text)[1].reason or "")


@cases("headings", "states")
def test_a_title_with_an_unknown_author_ends_the_section_before(headings, states, split):
    text = "\n\n".join(f"{heading}\n\nWe light lamps. We trim their wicks." for heading in headings)
    assert [item.state for item in split(text)] == states


def test_a_section_has_the_day_that_its_heading_gives(split):
    notes = {
        "Arvandia": "[Original: English]\n\n[28 July 2023]\n\n",
        "Belmora (3 July 2023)": "",
        "Drelnia": "[see 28 July 2023]\n\n",
        "Galdoria": "[2023]\n\n",
    }
    text = "\n\n".join(f"{name}\n\n{note}We light lamps. We trim their wicks." for name, note in notes.items())
    found = split(text, "en")
    assert [(item.state, item.date) for item in found] == [
        ("XAA", "2023-07-28"), ("XAB", "2023-07-03"), ("XDR", None), ("XGA", None)
    ]  # fmt: skip
    assert text[found[0].start :].startswith("We light")


def speech(split, text, state):
    """Returns the words of a State's only intervention, without interruptions."""
    (item,) = [item for item in split(text, "en") if item.state == state]
    words, position = "", item.start
    for start, end in (*item.interruptions, (item.end, item.end)):
        words, position = words + text[position:start], end
    return " ".join(words.split())


PROVINCES = "Mr. Ilvane (Arvandia): We recovered assets in every one of our provinces.\n\n"


@cases("interruption")
def test_a_speech_goes_on_after_what_the_record_puts_between(interruption, split):
    text = f"{PROVINCES}{interruption}\n\nWe returned them to the villages.{CLOSING}"
    said = speech(split, text, "XAA")
    assert said == "We recovered assets in every one of our provinces. We returned them to the villages."


@cases("foot", "head")
def test_a_short_paragraph_at_the_foot_of_a_column_is_no_heading(foot, head, split):
    text = f"{PROVINCES}{foot}\n\n{head} Courts are slow.{CLOSING}"
    assert speech(split, text, "XAA").endswith(f"{foot} {head} Courts are slow.")


def test_minutes_in_capitals_tell_views_in_their_own_words(split):
    said = {"ARVANDIA": "CANNOT ACCEPT LAMPS.", "BELMORA": "WE WANT LAMPS.", "DRELNIA": "LAMPS ARE DEAR."}
    items = split("\n\n".join(f"{state}: {words}" for state, words in said.items()), "en")
    assert [(item.state, item.summarised) for item in items] == [("XAA", True), ("XAB", False), ("XDR", False)]


@cases("heading", "item")
def test_a_speech_stands_under_the_agenda_item_that_is_discussed(heading, item, split):
    before = "Agenda item 5\n\nMr. Ilvane (Arvandia): We recovered assets.\n\n"
    items = [each.agenda_item for each in split(f"{before}{heading}{CLOSING}", "en") if each.state]
    assert items == ["Agenda item 5", item]


@cases("headings", "said", "items", tuples=True)
def test_a_statement_on_several_items_has_them_all(headings, said, items):
    text = "\n\n".join(["Statements by Arvandia", *(f"{heading}\n\n{said}" for heading in headings)])
    assert items_and_days(text) == items


@cases("heading", "day")
def test_a_speech_has_the_day_on_which_the_record_goes_on(heading, day, split):
    before = f"Verbatim record\nMonday, 2 May 2022\n\n{OPENING}"
    assert [each.date for each in split(f"{before}{heading}{CLOSING}", "en")] == ["2022-05-02" if day else None, day]


@cases("text", "state", "said")
def test_whoever_the_record_names_says_all_that_follows(text, state, said, split):
    assert speech(split, text, state) == said


def test_a_press_summary_names_first_for_which_group_a_delegate_speaks(split):
    text = (
        "Speaking for the Riparian Group, the representative of Ondrava said that rivers carry arms. It was true.\n\n"
        "ANA ORREN (Belmora), said that courts were slow.\n\n"
        "The representative of Quenza said that ports were open.\n\nFor information media. Not an official record."
    )
    items = split(text, "en")
    assert [(item.state, item.group) for item in items] == [("XOD", "XGR"), ("XAB", None), ("XQN", None)]
    assert text[items[-1].start : items[-1].end].endswith("were open.")


@cases("text", "language", "told", tuples=True)
def test_every_layout_gives_words_to_whoever_says_them(text, language, told, split):
    items = [item for item in split(text, language) if item.role == "party"]
    holders = tuple((item.group or item.state, text[item.start : item.end].split()[-1]) for item in items)
    assert holders == told
