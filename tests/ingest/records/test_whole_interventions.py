"""Interventions whole, in the name of who speaks: what stands between a speaker's words does not end them."""

import pytest

from ingest.records.interventions import find_interventions, is_record, may_be_record
from ingest.text.layout import find_blocks
from tests.cases import Cases

cases = Cases(__file__)


def found(text, parties, language="en"):
    return find_interventions(text, find_blocks(text), parties, language=language, date="2022")


def speech(text, parties, state):
    """The words of the one intervention of a State, without interruptions."""
    (item,) = [item for item in found(text, parties) if item.state == state]
    words, position = "", item.start
    for start, end in (*item.interruptions, (item.end, item.end)):
        words, position = words + text[position:start], end
    return " ".join(words.split())


OPENING = "Mr. Ilvane (Arvandia): We recovered assets in every one of our provinces.\n\n"
CLOSING = "\n\nMs. Ferro (Belmora): We closed ports.\n"


@cases("interruption")
def test_a_speech_goes_on_after_what_the_record_puts_between(interruption, parties):
    text = f"{OPENING}{interruption}\n\nWe returned them to the villages.{CLOSING}"
    said = speech(text, parties, "XAA")
    assert said == "We recovered assets in every one of our provinces. We returned them to the villages."


@cases("foot", "head")
def test_a_short_paragraph_at_the_foot_of_a_column_is_no_heading(foot, head, parties):
    text = f"{OPENING}{foot}\n\n{head} Courts are slow.{CLOSING}"
    assert speech(text, parties, "XAA").endswith(f"{foot} {head} Courts are slow.")


def test_a_chair_holds_all_up_to_the_next_speaker(parties):
    text = (
        f"{OPENING}The President: We shall now vote.\n\nA recorded vote was taken.\n\nIn favour:\n\nArvandia,\n"
        f"Drelnia.\n\nIt was so decided.\n\nAgenda item 7\n\nThe rivers{CLOSING}"
    )
    chair = next(item for item in found(text, parties) if item.role == "office")
    assert text[chair.start : chair.end].endswith("The rivers")


def test_a_president_speaks_for_a_state_until_presiding_again(parties):
    text = (
        f"{OPENING}The President: I shall now make a statement in my capacity as the representative of Drelnia.\n\n"
        "We support the roster of judges.\n\n"
        f"I now resume my functions as President. I give the floor to the representative of Belmora.{CLOSING}"
    )
    assert speech(text, parties, "XDR").endswith("We support the roster of judges.")
    resumed = [item for item in found(text, parties) if item.role == "office"]
    assert [text[item.start : item.end][:12] for item in resumed] == ["I now resume"]


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        pytest.param(
            f"President: Mr. Oram (Quenza)\n\n{OPENING}The President: In my national capacity, we oppose it.{CLOSING}",
            "XQN", "In my national capacity, we oppose it.", id="a President of the State on the cover",
        ),
        pytest.param(
            f"{OPENING}The President: I have the honour to welcome His Excellency Mr. Aldo Sorel, President of the "
            "Republic of Esquaria, and to invite him to speak.\n\n"
            f"President Sorel (spoke in Spanish): We opened our courts.{CLOSING}",
            "XES", "We opened our courts.", id="a head of State that the record introduces",
        ),
        pytest.param(
            f"Mr. Ilvane: (Arvandia) We recovered assets.{CLOSING}", "XAA", "We recovered assets.",
            id="a colon before the brackets",
        ),
        pytest.param(
            f"{OPENING}Mr. Ostrom (Zarechia) (spoke in\n\n\n24-55512 1/3\n\fRussian): We regret it. It leaves out "
            f"rivers.{CLOSING}", "XZR", "We regret it. It leaves out rivers.", id="a page's edge inside the brackets",
        ),
    ],
)  # fmt: skip
def test_whoever_the_record_names_says_all_that_follows(text, state, said, parties):
    assert speech(text, parties, state) == said


def test_minutes_are_read_sentence_by_sentence(parties):
    text = (
        "Note on the meeting\n\n"
        "&& 2. The Chairman said that rules were needed. The representative of Arvandia inquired whether it would be\n"
        "better to wait. His delegation had no draft. The Chairman said that it would not.\n\n"
        "3. && The representative of Belmora fully supported the draft. The Committee then adopted the rules.\n"
        "Lunch was served.\n\n"
        "&& 4. The representative of Drelnia, on behalf of the Group of Riparian States, agreed.\n"
    )
    items = found(text, parties)
    held = [(item.group or item.state or "-", " ".join(text[item.start : item.end].split())) for item in items]
    assert [who for who, _ in held] == ["-", "XAA", "-", "XAB", "XGR"]
    assert held[1][1].startswith("The representative of Arvandia") and held[1][1].endswith("had no draft.")
    assert held[3][1].endswith("supported the draft.")
    assert all(item.summarised for item in items)


BULLETIN = (
    "# PLENARY\n\nThe Chair opened the session. With regard to the work, Arvandia, on behalf of the Group of Riparian"
    " States, requested a day more. Belmora added that it had a draft. The Committee agreed to wait. Drelnia, supported"
    " by Esquaria, asked for ports to be closed. She stressed the cost. Oram responded that there was none."
    " Galdoria, Ilvenor and Lanhai announced that they had ratified Annex I."
)


def test_a_bulletin_is_read_by_the_states_that_it_reports(parties):
    assert may_be_record(BULLETIN)
    items = found(BULLETIN, parties)
    assert is_record(items, BULLETIN, named=False)
    assert [(item.state, item.group, item.states) for item in items] == [
        ("XAA", "XGR", ()), ("XAB", None, ()), ("XDR", None, ()), ("XGA", None, ("XGA", "XIV", "XLH")),
    ]  # fmt: skip
    assert BULLETIN[items[2].start : items[2].end].endswith("She stressed the cost.")
    assert all(item.summarised for item in items)


def test_a_statement_that_tells_of_others_in_the_first_person_is_no_report(parties):
    text = (
        "Arvandia proposed a roster, and we agree. Belmora said that courts are slow. Drelnia noted the cost. We thank"
        " Esquaria. Galdoria asked for ports to be closed, as we did. Our delegation supports all of it."
    )
    assert found(text, parties) == ()


def test_a_press_summary_is_read_by_paragraph(parties):
    text = (
        "Three speakers addressed the meeting this morning.\n\n"
        "Arvandia’s Minister of Justice said that poverty was a root of crime. Courts were slow.\n\n"
        "Belmora’s State Secretary noted the gap between regions. It grew.\n\n"
        "Never before, stated the representative of Drelnia, had so many signed. The ink was dry."
    )
    items = found(text, parties)
    assert may_be_record(text)
    told = [(item.state, text[item.start : item.end].split()[-1]) for item in items]
    assert told == [("XAA", "slow."), ("XAB", "grew."), ("XDR", "dry.")]


def test_minutes_of_a_chair_and_a_secretariat_are_a_record(parties):
    text = (
        "Joint meeting\n\nChair CND: Good morning, and welcome to all of you on this cold day.\n\n"
        "Secretariat: The papers are at the back of the room, beside the door.\n\n"
        "UNODC Director (video message): It is good to see the two of you meet again.\n\n"
        "Chair CND: We shall meet tomorrow, at the same time and in this room."
    )
    items = found(text, parties)
    assert [item.role for item in items] == ["office"] * 4
    assert is_record(items, text, named=False)


def test_a_bulletin_s_headings_in_capitals_stand_before_what_it_reports(parties):
    text = (
        "SCOPE OF MEASURES: On Article 23, ARVANDIA, supported by BELMORA, proposed limiting them.\n"
        "SAFEGUARDS: DRELNIA and ESQUARIA called for deleting it. Galdoria said that it could wait."
    )
    told = [(item.state, item.states) for item in found(text, parties)]
    assert told == [("XAA", ()), ("XDR", ("XDR", "XES")), ("XGA", ())]


def test_a_press_summary_names_first_for_which_group_a_delegate_speaks(parties):
    text = (
        "Speaking for the Riparian Group, the representative of Ondrava said that rivers carry arms. It was true.\n\n"
        "ANA ORREN (Belmora), said that courts were slow.\n\n"
        "The representative of Quenza said that ports were open.\n\nFor information media. Not an official record."
    )
    items = found(text, parties)
    assert [(item.state, item.group) for item in items] == [("XOD", "XGR"), ("XAB", None), ("XQN", None)]
    assert text[items[-1].start : items[-1].end].endswith("were open.")


@cases("text", "language", "told", tuples=True)
def test_every_layout_gives_words_to_whoever_says_them(text, language, told, parties):
    items = [item for item in found(text, parties, language) if item.role == "party"]
    held = tuple((item.group or item.state, text[item.start : item.end].split()[-1]) for item in items)
    assert held == told
