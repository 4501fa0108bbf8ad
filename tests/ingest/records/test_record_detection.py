"""Which texts are records although nothing says so, by the parties that speak in them."""

import pytest

from ingest.records.record_detection import is_record, may_be_record
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)


@pytest.mark.parametrize("name", ["verbatim_en", "summary_en", "report_en", "verbatim_zh", "verbatim_ar"])
def test_a_record_is_told_without_being_called_one(name, split, record):
    text = record(name)
    assert may_be_record(text)
    assert is_record(split(text), text)


def test_a_text_whose_heading_names_nobody_is_a_record_where_several_speak(split, record):
    text = record("compilation_en")
    found = split(text)
    assert not is_record(found, text)
    assert is_record(found, text, named=False)
    assert not is_record(found[:2], text, named=False)


@cases("headings", "record")
def test_sections_of_several_parties_are_a_record_however_they_are_headed(headings, record, split):
    text = "\n\n".join(f"{heading}\n\nWe light lamps in every house. We trim their wicks." for heading in headings)
    assert (may_be_record(text) and is_record(split(text), text)) is record


@pytest.mark.parametrize("cells", [("61", "9"), ("yes", "since 2012"), ("–", "12 %")])
def test_names_in_cells_of_a_table_open_no_sections(cells, split):
    rows = [cell for name in ("Arvandia", "Belmora", "Galdoria") for cell in (name, *cells)]
    lines = ["Statement by Quenza on behalf of the Group of Riparian States", "Madam President,"]
    lines += ["The results of the first year are set out below.", "Member", "Boarded", "Detained", *rows]
    text = "\n\n".join([*lines, "The Group has a common list of vessels. It asks for an answer within a day."])
    assert not is_record(split(text), text)


@cases("bodies", "states")
def test_short_replies_and_numbers_before_replies_are_no_rows_of_a_table(bodies, states, split):
    names = ("Arvandia", "Belmora", "Cassivar", "Drelnia", "Esquaria", "Galdoria")
    text = "\n\n".join(("Replies received", *(f"{name}\n\n{body}" for name, body in zip(names, bodies, strict=False))))
    found = split(text)
    assert [item.state for item in found] == states
    assert is_record(found, text, named=False) is (len(found) > 1)


@cases("rows", "states")
def test_parties_that_open_rows_of_a_table_or_list_each_say_what_follows(rows, states, split):
    """Words after the last row are nobody's, and so are those of a row whose party no lookup knows."""
    text = f"Comments received from Member States\n\n{rows}\n\nThe meeting was short. It had one item.\n"
    found = split(text, "en")
    assert [item.group or item.state for item in found] == states
    assert not any("The meeting" in text[item.start : item.end] for item in found)
    assert may_be_record(text)
    assert is_record(found, text, named=False)


@cases("rows")
def test_names_that_open_lines_without_positions_are_no_rows(rows, read):
    text = f"Statement by Quenza\n\nMadam President,\n\nWe thank the Chair for this list.\n\n{rows}\n\nWe ask for more."
    document = read(text).document
    assert (document.kind, document.metadata.state) == ("statement", "XQN")


@cases("text")
def test_a_text_that_tells_what_others_said_or_is_a_programme_is_no_record(text, read):
    assert read(text).document.kind == "statement"


@cases("text")
def test_a_record_stays_one_where_somebody_else_is_named_or_addressed_before_it(text, read):
    assert read(text).document.kind == "record"


@cases("words", "others", tuples=True)
def test_a_chair_between_sections_and_the_end_of_the_meeting_are_nobodys(words, others, split):
    text = f"Minutes\n\nArvandia\n\nWe light lamps. We trim them.\n\n{words}\n\nBelmora\n\nWe sweep.\n\n{words}"
    said = " ".join(text[item.start : item.end] for item in split(text, "en") if item.state)
    assert (others or words) not in said if others else said.count(words.split("\n")[-1]) == 2


@pytest.mark.timeout(30)
def test_a_wall_of_empty_lines_takes_no_time():
    assert not may_be_record("\n" * 100_000)


def test_a_table_after_a_section_is_not_its_own(split):
    text = cases["test_a_table_after_a_section_is_not_its_own"]
    assert [item.state for item in split(text, "en")] == ["XAA", "XAB", "XCS", None, None]


@cases("lines", "states")
def test_in_minutes_a_party_before_a_colon_opens_a_turn_after_a_full_line(lines, states, split):
    text = "Informal consultations on the draft\n\n" + "\n".join(lines)
    assert [item.state for item in split(text, "en")] == states


@pytest.mark.heavy
def test_no_statement_of_the_conference_is_taken_for_a_record(split):
    folder = PROJECT / "evals" / "conference" / "txt"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    assert len(texts) == 35
    assert not any(is_record(split(text), text) for text in texts)


def test_a_bulletin_is_read_by_the_states_that_it_reports(split):
    text = cases["test_a_bulletin_is_read_by_the_states_that_it_reports"]
    assert may_be_record(text)
    items = split(text, "en")
    assert is_record(items, text, named=False)
    assert [(item.state, item.group, item.states) for item in items] == [
        ("XAA", "XGR", ()), ("XAB", None, ()), ("XDR", None, ()), ("XGA", None, ("XGA", "XIV", "XLH")),
    ]  # fmt: skip
    assert text[items[2].start : items[2].end].endswith("She stressed the cost.")
    assert all(item.summarised for item in items)


def test_minutes_of_a_chair_and_a_secretariat_are_a_record(split):
    text = cases["test_minutes_of_a_chair_and_a_secretariat_are_a_record"]
    items = split(text, "en")
    assert [item.role for item in items] == ["office"] * 4
    assert is_record(items, text, named=False)
