"""Names of parties: found, distinguished, resolved, asked back where ambiguous, never guessed."""

import os
import time
import timeit
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ManifestError, PartyTableError
from ingest.metadata.manifest import read_manifest
from ingest.metadata.party_checks import check_added_names
from ingest.parties.party_names import ambiguous_names, without_party
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

TABLE = PartyTable.load()


def test_official_names_and_aliases_resolve_to_their_own_party():
    wrong, asked_back = [], {each.name for each in ambiguous_names()}
    for code in TABLE.codes():
        party = TABLE.get(code)
        for name in (party.name, party.official or party.name, *party.aliases):
            resolution = TABLE.resolve(name, kind=party.kind)
            if resolution.codes != (code,) and name not in asked_back:
                wrong.append((code, name, resolution))
    assert wrong == []


@cases("text", "form")
def test_find_says_what_form_a_name_has(text, form):
    assert [match.form for match in TABLE.find(text)] == [form]


@cases("capitals", "codes")
def test_find_says_which_capitals_stand_for_their_states(capitals, codes):
    text = "Vienna said so in Lima, by the Doha Declaration, as Chile did."
    assert [match.codes[0] for match in TABLE.find(text, capitals=capitals)] == codes


def test_a_form_of_a_name_and_of_a_capital_is_the_name():
    (match,) = TABLE.find("То же самое по Бразилии", "ru")
    assert (match.codes, match.form) == (("BRA",), "name")


@cases("text")
def test_find_spans_hold_exactly_the_name(text):
    (match,) = TABLE.find(text)
    assert text[match.start : match.end] == match.text
    assert match.text in {"Iran", "Islamic Republic of Iran", "Iran (Islamic Republic of)"}


def test_resolve_reads_nam_as_the_movement_where_a_group_is_asked_for():
    assert TABLE.resolve("NAM", kind="group").codes == ("NON_ALIGNED",)


def test_former_names_carry_their_dates():
    assert [(f.since, f.until) for f in TABLE.get("COD").former if f.name == "Zaire"] == [("1971", "1997")]


@cases("group", "count", at_once=True)
def test_groups_have_their_number_of_members_today(group, count):
    assert len(TABLE.members(group)) == count


def test_regional_groups_cover_the_united_nations():
    regional = ["AFRICAN_GROUP", "ASIA_PACIFIC", "EEG", "GRULAC", "WEOG"]
    united = frozenset().union(*(TABLE.members(group) for group in regional))
    assert united == frozenset(TABLE.codes("state")) - {"VAT", "PSE", "COK", "NIU"}


def write(folder: Path, text: str, name: str = "parties.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_load_adds_fictional_parties_with_their_aliases(tmp_path):
    path = write(
        tmp_path,
        "code,name,aliases,kind,members\nXAA,Arland,Republic of Arland|Arlandic|Арланд|جمهورية أرلاند,state,\n"
        "XGA,Northern Shore Group,NSG,group,XAA|AUT\n",
    )
    table = PartyTable.load(path)
    text = "what did arland and the Northern Shore Group say, and the Arlandic delegation, and Austria?"
    assert [m.codes for m in table.find(text, relaxed=True)] == [("XAA",), ("XGA",), ("XAA",), ("AUT",)]
    assert table.resolve("Republic of Arland").codes == ("XAA",)
    assert table.resolve("Arlnd").suggestions[0] == "XAA"
    shown = [table.display("XAA", language) for language in ("fr", "ru", "ar", "zh")]
    assert shown == ["Arland", "Арланд", "جمهورية أرلاند", "Arland"]
    assert (table.display("XZZ"), table.display("Cercle", "fr")) == ("XZZ", "Cercle (groupe inconnu)")
    assert table.members("XGA") == {"XAA", "AUT"}
    assert TABLE.resolve("Arland").codes == ()


@pytest.mark.parametrize(
    "first", ["code;name;aliases;kind\n", "code\tname\taliases\tkind\n", "sep=;\ncode;name;aliases;kind\n"]
)
def test_a_table_is_read_with_whatever_delimiter_it_was_saved(tmp_path, first):
    row = "XAA;Arland, Republic of;Arland|Arlandic;state\n"
    path = write(tmp_path, first + (row.replace(";", "\t") if "\t" in first else row))
    assert PartyTable.load(path).resolve("Arland").codes == ("XAA",)
    assert b"Arland" not in without_party(path, "XAA")


def test_a_party_from_a_file_is_shown_by_its_name_in_the_language_of_the_answer(tmp_path):
    columns = "code,name,aliases,kind,name_fr,name_ru"
    first = write(tmp_path, f"{columns}\nXGA,Northern Shore Group,NSG|Группа Норд,group,Groupe de la Rive Nord,\n")
    more = f"{columns}\nXGA,Northern Shore Group,,group,,Группа Северного берега\nFRA,France,,state,La France,\n"
    table = PartyTable.load(first).with_extra(write(tmp_path, more, "more.csv"))
    shown = [table.display("XGA", language) for language in ("fr", "ru", "es")]
    assert shown == ["Groupe de la Rive Nord", "Группа Северного берега", "Northern Shore Group"]
    assert [match.code for match in table.find("au nom du Groupe de la Rive Nord", "fr")] == ["XGA"]
    assert (table.display("FRA", "fr"), PartyTable.load(first).display("XGA", "ru")) == ("France", "Группа Норд")


def test_a_group_from_a_file_is_found_with_the_word_group_before_or_after_its_members(tmp_path):
    table = PartyTable.load(write(tmp_path, "code,name,aliases,kind\nXGC,Group of the Coastal States,,group\n"))
    for text in ("the Coastal States group's position", "The Group of the Coastal States spoke.", "the coastal group"):
        assert [match.code for match in table.find(text, relaxed=True)] == ["XGC"]


def test_with_extra_merges_several_files_that_share_a_party(tmp_path):
    first = write(tmp_path, "code,name,aliases,kind\nXAA,Arland,,state\n")
    rows = "XAA,Arland,Arlandic,state\nXAB,Borduna,,state\n"
    second = write(tmp_path, f"code,name,aliases,kind\n{rows}", "more.csv")
    table = PartyTable.load().with_extra(first, second)
    assert {"XAA", "XAB"} <= set(table.codes("state"))
    again = write(tmp_path, "code,name,aliases,kind\nXAA,Arland,Old Arland,state\n", "again.csv")
    table = table.with_extra(again)
    assert [table.resolve(name).codes for name in ("Arlandic", "Old Arland")] == [("XAA",), ("XAA",)]


def test_with_extra_adds_names_to_a_known_party_and_keeps_what_is_known_of_it(tmp_path):
    rows = "EU,European Union,Quay Club,group,\nLSO,Lesotho,,state,\nLMG,Like-Minded Group,,group,XAA|AUT\n"
    table = PartyTable.load(write(tmp_path, f"code,name,aliases,kind,members\n{rows}"))
    assert table.get("LSO") == TABLE.get("LSO")
    assert table.added == ("EU",) and table.fingerprint
    assert (table.members("EU"), table.members("LMG")) == (TABLE.members("EU"), {"XAA", "AUT"})
    assert [match.codes for match in table.find("The Quay Club and Lesotho spoke.")] == [("EU",), ("LSO",)]
    assert table.resolve("Quay Club").codes == table.resolve("EU").codes == ("EU",)
    assert table.groups_called("union") == TABLE.groups_called("union")


@cases("rows", "line")
def test_load_names_the_line_of_a_wrong_row(tmp_path, rows, line):
    with pytest.raises(PartyTableError, match=f"line {line}"):
        PartyTable.load(write(tmp_path, "code,name,aliases,kind\n" + rows))


def test_load_says_what_is_wrong_with_a_file_that_is_no_table(tmp_path):
    for path, problem in ((write(tmp_path, "a,b\n1,2\n"), "no column"), (tmp_path / "absent.csv", "could not be read")):
        with pytest.raises(PartyTableError, match=problem):
            PartyTable.load(path)


@given(st.text(max_size=200))
def test_find_gives_ordered_spans_that_do_not_overlap(text):
    end = 0
    for match in TABLE.find(text, relaxed=True):
        assert end <= match.start < match.end <= len(text)
        assert text[match.start : match.end] == match.text
        assert match.codes
        end = match.end


def test_find_is_fast_enough_for_whole_statements():
    text = ("The Islamic Republic of Iran and other States parties spoke of the Convention. " * 200)[:15_000]
    seconds = timeit.repeat(lambda: TABLE.find(text), timer=time.process_time, number=1, repeat=6)
    assert min(seconds) < 0.05  # 5 ms on an idle core


@cases("name")
def test_name_that_means_something_else_is_refused_with_its_line(tmp_path, name):
    path = write(tmp_path, f"code,name,aliases,kind\nXAA,Arvandia,,state\nXAB,Belmora,Belmoran|{name},state\n")
    with pytest.raises(PartyTableError, match=r"line 3: .*; use another name"):
        check_added_names(path)


def test_all_faults_of_a_table_are_told(tmp_path):
    twice = write(tmp_path, "code,name,aliases,kind\nXAA,Nous,,state\nXAB,Belmora,Belmoran|We,state\n")
    with pytest.raises(
        PartyTableError, match=r"line 2: the name 'Nous' .*; line 3: the name 'We' .*; use another name"
    ):
        check_added_names(twice)
    with pytest.raises(PartyTableError, match=r"line 2: .*; line 3: "):
        PartyTable.load(write(tmp_path, "code,name,aliases,kind\nxa,Arvandia,,state\nXAB,Belmora,,realm\n"))


def test_names_of_fictional_states_and_groups_are_taken(tmp_path):
    check_added_names(PROJECT / "evals" / "conference" / "parties.csv")
    rows = "XAA,Arvandia,Port Selwe|Keel Harbour,state\nFICS,Forum of Island and Coastal States,,group\n"
    check_added_names(write(tmp_path, f"code,name,aliases,kind\n{rows}"))


def test_table_that_is_a_pipe_or_leads_out_of_its_folder_is_not_read(tmp_path):
    folder, secret = tmp_path / "corpus", tmp_path / "secret.csv"
    folder.mkdir()
    secret.write_text("code,name\nXAA,Arvandia\n")
    for name, read, error in (
        ("parties.csv", check_added_names, PartyTableError),
        ("statements.csv", lambda path: read_manifest(path.parent), ManifestError),
    ):
        (folder / name).symlink_to(secret)
        with pytest.raises(error, match="leads out of the folder"):
            read(folder / name)
        (folder / name).unlink()
        os.mkfifo(folder / name)
        with pytest.raises(error, match="is not a file"):
            read(folder / name)
