import csv
import dataclasses
import os
from importlib.resources import files
from pathlib import Path

import pytest

from ingest.metadata.heading import find_heading
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.metadata import ReadMetadata, agenda_item_in, deliverer, merge, read_metadata
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks
from tests.cases import Cases
from vectorstore.records import Metadata

cases = Cases(__file__)

BODY = "We attach great importance to article 4 of the Convention. We commend Borduria for its efforts. Thank you."


@pytest.fixture(scope="module")
def examplia(tmp_path_factory):
    path = tmp_path_factory.mktemp("parties") / "parties.csv"
    path.write_text(
        "code,name,aliases,kind\n"
        "XAA,Examplia,Republic of Examplia|Республика Экземплия"
        "|جمهورية إكسمبليا|República de Examplia|埃克森普利亚,state\n"
        "XAB,Borduria,Kingdom of Borduria,state\n"
        "XGR,Coastal Group,Group of Coastal States,group\n",
        encoding="utf-8",
    )
    return PartyTable.load(path)


def read(text, parties, file="a.txt"):
    return read_metadata(text, find_blocks(text), parties, file)


def test_read_metadata_of_the_sample(examplia):
    text = (files("ingest") / "sample" / "000_6237221ecf9e9373.txt").read_bytes().decode("utf-8")
    found = read(text, examplia)
    assert found.inferred == ("session", "state")
    assert found.metadata == dataclasses.replace(READ.metadata, title="Agenda item 4: International cooperation")


def test_read_metadata_without_parties_leaves_the_state_open():
    found = read_metadata("Statement by Examplia\n\nMr. Chair,\n\n" + BODY, (), None, "a.txt")
    assert found.metadata.state is None


@pytest.mark.parametrize("text", ["", " \n\n ", "4", "。"])
def test_read_metadata_of_next_to_nothing_is_empty(text, examplia):
    assert read(text, examplia) == ReadMetadata(metadata=Metadata())


@cases("heading", "expected", at_once=True)
def test_read_metadata_from_a_heading(heading, expected, examplia):
    found = read(f"{heading}\n\nMr. Chair,\n\n{BODY}\n", examplia)
    assert {name: getattr(found.metadata, name) for name in expected} == expected
    assert "state" not in found.inferred
    assert ("session" in found.inferred) == (
        found.metadata.session is not None and "ession" not in heading and "COP 11" not in heading
    )


@cases("cover", "lines")
def test_words_of_a_cover_that_fonts_space_cut_or_glue_are_whole(cover, lines):
    text = f"{cover}\n\nMr. Chair,\n\n{BODY}\n"
    assert find_heading(text, find_blocks(text)).lines == tuple(lines)


@cases("cover", "expected")
@pytest.mark.parametrize("greeting", ["Mr. President,", "Excellencies,\nLadies and Gentlemen,"])
def test_cover_of_a_mission_tells_who_where_and_when(cover, greeting, expected, examplia):
    found = read(f"{cover}\n\n{greeting}\n\n{BODY}\n", examplia)
    assert {name: getattr(found.metadata, name) for name in expected} == expected


@cases("text", "expected")
def test_heading_of_a_short_statement_is_read_to_its_last_line(text, expected, parties):
    found = read(text, parties).metadata
    assert {name: getattr(found, name) for name in expected} == expected


@cases("line")
def test_whoever_is_addressed_before_the_first_sentence_does_not_speak(line, examplia):
    text = f"79th United Nations General Assembly\n24 September 2024\n\n{line}\n\nMy country, Examplia, agrees.\n"
    found = read(text, examplia).metadata
    assert (found.state, found.speaker, found.date) == ("XAA", None, "2024-09-24")


@cases("file", "expected")
def test_name_of_a_file_gives_hints_that_are_inferred(file, expected, examplia):
    text = "Mr. Chair,\n\nThe lamps of Examplia burn. Transnational organized crime in Examplia grows, as in Borduria."
    found = read(text, examplia, file)
    assert {name: getattr(found.metadata, name) for name in expected} == expected
    assert {name for name, value in expected.items() if value} <= set(found.inferred)


@cases("cover", "body", "session", "date", at_once=True)
def test_cover_names_the_session_in_many_notations(cover, body, session, date, examplia):
    found = read(f"Statement by Examplia\n{cover}\n\nMr. President,\n\nLamps burn.", examplia).metadata
    assert (found.body, found.session, found.date) == (body, session, date)


@cases("lines", "title")
def test_title_goes_on_where_its_line_does_not_end_it(lines, title, examplia):
    assert read(f"{lines}\n\nMr. President,\n\nLamps burn. We thank you all.", examplia).metadata.title == title


@cases("opening", "date", tuples=True)
def test_report_of_a_press_office_begins_with_its_date(opening, date, examplia):
    text = f"Speakers in Debate Call for Lamps\n\n{opening} The Commission heard of lamps today. It will go on.\n"
    assert read(text, examplia).metadata.date == date


@cases("words", "state", tuples=True)
def test_who_is_thanked_does_not_stand_against_the_hint_of_a_file_name(words, state, examplia):
    assert read(f"Mr. Chair,\n\n{words}\n", examplia, "examplia_2003.txt").metadata.state == state


@cases("opening", "file", "body", "session", "date", tuples=True)
def test_opening_names_one_session_and_a_cited_document_none(opening, file, body, session, date, examplia):
    found = read(f"Statement by Examplia\n\nMr. President,\n\n{opening} Lamps burn.\n", examplia, file).metadata
    assert (found.body, found.session, found.date) == (body, session, date)


@cases("text", "state", at_once=True)
def test_read_metadata_concludes_the_state_only_from_self_reference(text, state, examplia):
    found = read(text, examplia)
    assert found.metadata.state == state
    assert found.inferred == (("state",) if state else ())


@cases("title", "state")
def test_a_title_that_names_a_body_that_is_not_known_is_told_and_gives_the_words_to_nobody(title, state, examplia):
    text = f"{title}\n12 October 2020\n\nMr. Chair,\n\nExamplia supports our work. Examplia welcomes the fund.\n"
    found = read(text, examplia)
    assert found.metadata.state == state
    assert [problem.count("whom no lookup knows") for problem in found.problems] == ([] if state else [1])
    own = read(text.replace("Examplia supports", "My country, Examplia, supports"), examplia)
    assert (own.metadata.state, own.problems) == ("XAA", ())


@cases("text", "group", at_once=True)
def test_read_metadata_takes_the_group_only_from_who_speaks_for_it(text, group, examplia):
    assert read(f"Mr. Chair,\n\n{text}", examplia).metadata.on_behalf_of == group


@cases("title", "text", "held", "speaker", tuples=True, at_once=True)
def test_a_statement_is_held_by_whomever_it_is_made_for_and_not_by_who_reads_it(title, text, held, speaker, parties):
    found = read(f"{title}\n12 October 2020\n\nMr. Chair,\n\n{text} Lamps burn.\n", parties)
    assert (found.metadata.holders, found.metadata.speaker) == (held, speaker)


@cases("below", "holders")
def test_a_joint_statement_is_held_by_its_list_alone(below, holders, parties):
    words = f"Mr. Chair,\n\nWe deliver this joint statement. Arvandia wishes it.\n\n{below}\n"
    metadata = read(f"Joint statement on lamps\n12 October 2020\n\n{words}", parties).metadata
    assert (metadata.state, list(metadata.held_by or ())) == (None, holders)


def test_an_office_of_a_meeting_is_nobody_s_position_and_is_told(examplia):
    for title in cases["OFFICES"]:
        found = read(f"{title}\n12 October 2020\n\nMr. Chair,\n\nLamps burn. We reject the fund.\n", examplia)
        assert (found.metadata.holders, len(found.problems)) == ((), 1)
    for title in cases["NO_OFFICES"]:
        assert read(f"{title}\n12 October 2020\n\nMr. Chair,\n\nLamps burn.\n", examplia).metadata.state == "XAA"


@cases("title", "words", "state")
def test_a_document_on_a_meeting_or_a_statement_is_nobody_s_and_is_told(title, words, state, examplia):
    found = read(f"{title}\nUNTOC COP 12, 16 October 2024\n\n{words}\n", examplia)
    assert (found.metadata.state, found.metadata.on_behalf_of) == (state, None)
    assert any("is no statement" in problem for problem in found.problems) is (state is None)


READ = ReadMetadata(
    metadata=Metadata(
        state="IRN", body="UNTOC COP", session="10", date="2020-10-12/2020-10-16", agenda_item="4", language="en"
    ),
    inferred=("session", "state"),
)
NOTHING = ReadMetadata(metadata=Metadata(language="en"))
OF_A_GROUP = ReadMetadata(metadata=Metadata(state="XGR", on_behalf_of="XGR", speaker="Borduria"), inferred=("speaker",))
OF_CND = ReadMetadata(metadata=Metadata(body="CND", session="61"), inferred=("body", "session"))
OF_GA = ReadMetadata(metadata=Metadata(body="UN General Assembly", session="73"), inferred=("body", "session"))
FOUND = {"READ": READ, "NOTHING": NOTHING, "OF_A_GROUP": OF_A_GROUP, "OF_CND": OF_CND, "OF_GA": OF_GA}
FOR_EXAMPLIA = "on behalf of Examplia and Iran (Islamic Republic of)"


@cases("found", "row", "changed", "inferred", tuples=True)
def test_merge_takes_the_cells_of_a_row_and_keeps_the_rest(found, row, changed, inferred, examplia):
    found = FOUND[found]
    merged = merge(found, row and ManifestRow(line=2, file="a.txt", **row), examplia)
    expected = dataclasses.asdict(found.metadata) | changed
    if inferred is None:
        # Where the row takes a statement from its group, the speaker is not compared.
        expected.pop("speaker")
    assert {name: getattr(merged.metadata, name) for name in expected} == expected
    assert merged.problems == () and inferred in (merged.inferred, None)


@cases("state", "speaker", "row", "changed")
def test_merge_makes_a_joint_statement_one_states_alone_only_where_the_row_names_no_holder(
    state, speaker, row, changed, examplia
):
    joint = Metadata(state=state, speaker=f"{speaker}{FOR_EXAMPLIA}", held_by=("IRN", "XAA", "XAB"))
    merged = merge(ReadMetadata(metadata=joint), ManifestRow(line=2, file="a.txt", **row), examplia)
    assert merged.metadata == dataclasses.replace(joint, **changed)


@cases("cells", "problem")
def test_merge_attributes_to_nobody_when_a_party_is_not_known_and_reports_its_line(cells, problem, examplia):
    merged = merge(READ, ManifestRow(line=7, file="a.txt", **cells), examplia)
    assert (merged.metadata.state, merged.metadata.on_behalf_of) == (None, None)
    assert "state" not in merged.inferred and f"line 7: {problem}" in merged.problems[0]


@pytest.mark.slow
@pytest.mark.skipif("UNTOC_TEST_DATA" not in os.environ, reason="UNTOC_TEST_DATA names no folder of real data")
def test_read_metadata_takes_no_wrong_state_for_the_general_debate():
    folder = Path(os.environ["UNTOC_TEST_DATA"]) / "general_debate"
    table = PartyTable.load()
    with (folder / "statements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right, wrong = 0, []
    for row in rows:
        found = read((folder / row["file"]).read_bytes().decode("utf-8"), table).metadata
        right += found.state == row["state"]
        if found.state not in (None, row["state"]) and found.on_behalf_of is None:
            wrong.append((row["file"], found.state))
        assert found.language == "en"
    assert wrong == []
    assert right >= 0.8 * len(rows)


@cases("speaker", "named", tuples=True)
def test_who_delivers_a_statement_is_read_from_its_speaker(speaker, named, examplia):
    assert deliverer(speaker, examplia) == named


@cases("heading", "items", at_once=True)
def test_an_item_of_the_agenda_is_read_in_chinese_and_no_project(heading, items):
    assert agenda_item_in(heading) == items


@pytest.mark.parametrize(
    ("cells", "date"),
    [({}, "2024-10-14/2024-10-18"), ({"session": "11"}, "2022-10-17/2022-10-21"), ({"date": "2024"}, "2024")],
)
def test_the_days_of_its_session_date_a_statement_without_a_date(cells, date, examplia):
    found = read("Statement by Examplia\nUNTOC COP 12\n\nMr. President,\n\nLamps burn.\n", examplia)
    merged = merge(found, ManifestRow(file="a.txt", **cells), examplia)
    assert (merged.metadata.date, "date" in merged.inferred) == (date, "date" not in cells)
