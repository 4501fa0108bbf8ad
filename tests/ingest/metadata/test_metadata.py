import csv
import os
from importlib.resources import files
from pathlib import Path

import pytest

from ingest.language.dates import iso_date
from ingest.language.detection import detect_language
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.metadata import ReadMetadata, merge, read_metadata
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks
from vectorstore.records import Metadata

COP = "Conference of the Parties to the United Nations Convention\nagainst Transnational Organized Crime"
COP_FR = "Conférence des Parties à la Convention des Nations Unies contre la criminalité transnationale organisée"
COP_ES = (
    "Conferencia de las Partes en la Convención de las Naciones Unidas contra la Delincuencia Organizada Transnacional"
)
BODY = "We attach great importance to article 4 of the Convention. We commend Borduria for its efforts. Thank you."


@pytest.fixture(scope="module")
def parties(tmp_path_factory):
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


def test_read_metadata_of_the_sample(parties):
    text = (files("ingest") / "sample" / "000_6237221ecf9e9373.txt").read_bytes().decode("utf-8")
    found = read(text, parties)
    assert found.inferred == ("session", "state")
    assert found.metadata == Metadata(
        state="IRN",
        body="UNTOC COP",
        session="10",
        date="2020-10-12/2020-10-16",
        agenda_item="4",
        title="Agenda item 4: International cooperation",
        language="en",
    )


def test_read_metadata_without_parties_leaves_the_state_open():
    found = read_metadata("Statement by Examplia\n\nMr. Chair,\n\n" + BODY, (), None, "a.txt")
    assert found.metadata.state is None


@pytest.mark.parametrize("text", ["", " \n\n ", "4", "。"])
def test_read_metadata_of_next_to_nothing_is_empty(text, parties):
    assert read(text, parties) == ReadMetadata(metadata=Metadata())


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (
            "STATEMENT BY THE REPUBLIC OF EXAMPLIA\n\nTenth session of the "
            f"{COP}\nVienna, 12 to 16 October 2020\n\nAgenda item 2 (b): Review",
            {
                "state": "XAA",
                "body": "UNTOC COP",
                "session": "10",
                "date": "2020-10-12/2020-10-16",
                "agenda_item": "2 (b)",
            },
        ),
        (
            "Statement by H.E. Mr. John Doe, Permanent Representative of Examplia to the United Nations\n\n"
            "16 October 2018\n\nCTOC/COP/2018/CRP.4",
            {
                "state": "XAA",
                "speaker": "H.E. Mr. John Doe, Permanent Representative of Examplia to the United Nations",
                "symbol": "CTOC/COP/2018/CRP.4",
                "body": "UNTOC COP",
                "session": "9",
                "date": "2018-10-16",
            },
        ),
        (
            "Examplia\n\nConference of the Parties to UNTOC\nVienna, Austria, 15 October 2018",
            {"state": "XAA", "session": "9"},
        ),
        (
            "Delegation of Examplia\nWorking Group on International Cooperation, COP to UNTOC",
            {"state": "XAA", "body": "UNTOC Working Group on International Cooperation"},
        ),
        (
            "United Nations General Assembly\nSeventy-third session\nGeneral Debate\n\nStatement by Ms. Jane Roe\n"
            "Minister for Foreign Affairs of Examplia\nNew York, 25 September 2018",
            {"state": "XAA", "speaker": "Ms. Jane Roe", "session": "73", "agenda_item": "General Debate"},
        ),
        (
            f"Déclaration de la délégation d'Examplia\n\nDixième session de la {COP_FR}\n"
            "Vienne, du 12 au 16 octobre 2020\nPoint 4 de l'ordre du jour",
            {
                "state": "XAA",
                "body": "UNTOC COP",
                "session": "10",
                "date": "2020-10-12/2020-10-16",
                "agenda_item": "4",
            },
        ),
        (
            f"Declaración de la delegación de Examplia\n{COP_ES}\n"
            "Viena, 12 a 16 de octubre de 2020\nTema 4 del programa",
            {"state": "XAA", "body": "UNTOC COP", "session": "10", "agenda_item": "4"},
        ),
        ("Permanent Mission of Borduria\n\nStatement by\n\nExamplia", {"state": "XAA"}),
        ("Joint statement by Examplia and Borduria", {"state": None}),
        (
            "Tenth session of the COP to UNTOC\nVienna, Austria, 12-16 October 2020",
            {"state": None, "session": "10"},
        ),
        (
            "Statement delivered by Examplia on behalf of the Coastal Group\n\nUNTOC COP 11",
            {"state": "XGR", "on_behalf_of": "XGR", "speaker": "Examplia", "session": "11"},
        ),
        ("Statement by the Coastal Group", {"state": "XGR", "on_behalf_of": "XGR", "speaker": None}),
    ],
)
def test_read_metadata_from_a_heading(heading, expected, parties):
    found = read(f"{heading}\n\nMr. Chair,\n\n{BODY}\n", parties)
    assert {name: getattr(found.metadata, name) for name in expected} == expected
    assert "state" not in found.inferred
    assert ("session" in found.inferred) == (
        found.metadata.session is not None and "ession" not in heading and "COP 11" not in heading
    )


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        (
            "PERMANENT MISSION OF THE REPUBLIC OF EXAMPLIA TO THE UNITED NATIONS\n1 Long Road • Tel.: 555 0100\n\n"
            "STATEMENT BY\nSENATOR THE HONOURABLE DR. JANE ROE,\nMINISTER OF FOREIGN AFFAIRS\n\n"
            "GENERAL DEBATE FOR THE 79TH SESSION OF THE UNITED NATIONS GENERAL ASSEMBLY\n\n"
            "“Leaving no one behind: acting together for the advancement of peace and\nfor our dignity.”\n\n"
            "28 SEPTEMBER 2024",
            {"state": "XAA", "session": "79", "date": "2024-09-28"},
        ),
        (
            "Examplia Statement\n\nby Mr. John Doe, Bureau of Int. Affairs. Check against delivery\n\n3 October 2022",
            {"state": "XAA", "date": "2022-10-03"},
        ),
        ("STATEMENT OF THE COASTAL GROUP\nVienna, October 16, 2018", {"state": "XGR", "date": "2018-10-16"}),
        (
            "Intervención de la señora Jane Roe\nPresidenta de la República de Examplia\n79º Período"
            " de la Asamblea General",
            {"state": "XAA", "body": "UN General Assembly"},
        ),
        (
            "Постоянное представительство Республики Экземплия при ООН\n\nВЫСТУПЛЕНИЕ\n"
            "на 79-й сессии Генеральной Ассамблеи ООН",
            {"state": "XAA", "session": "79"},
        ),
        ("ВЫСТУПЛЕНИЕ\nМинистра иностранных дел\nРеспублики Экземплия\nИ.И.Доу", {"state": "XAA"}),
        (
            "كلمة معالي وزير خارجية جمهورية إكسمبليا\nأمام الجمعية العامة للأمم المتحدة",
            {"state": "XAA", "body": "UN General Assembly"},
        ),
        ("البعثة الدائمة لجمهورية إكسمبليا لدى الأمم المتحدة\nبيان", {"state": "XAA"}),
        ("埃克森普利亚常驻联合国代表团\n约翰·多伊大使在安理会的发言", {"state": "XAA", "body": "UN Security Council"}),
        (
            "United Nations S/PV.3756\nFriday, 21 March 1997, 6 p.m.",
            {"body": "UN Security Council", "symbol": "S/PV.3756", "date": "1997-03-21"},
        ),
        ("A/C.3/48/SR.7\n12 November 1993", {"body": "UN General Assembly", "session": "48", "state": None}),
        ("A/PV.1023\nOfficial Records", {"body": "UN General Assembly", "symbol": "A/PV.1023", "session": None}),
        # The day of the meeting, not that on which its record was issued.
        ("Committee on Lamps\n15 May 1995\nNOTE ON THE MEETING OF 5 APRIL 1995", {"date": "1995-04-05"}),
        # Draft decisions are cited in brackets.
        ("Statement by Examplia on the draft (A/76/L.31)\nNew York, 20 January 2022", {"symbol": None, "state": "XAA"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("greeting", ["Mr. President,", "Excellencies,\nLadies and Gentlemen,"])
def test_cover_of_a_mission_tells_who_where_and_when(cover, greeting, expected, parties):
    found = read(f"{cover}\n\n{greeting}\n\n{BODY}\n", parties)
    assert {name: getattr(found.metadata, name) for name in expected} == expected


def test_prose_before_a_salutation_is_no_cover(parties):
    text = "The delegation of Borduria has tabled a draft on lamps. It is long.\n\nMr. Chair,\n\n" + BODY
    assert read(text, parties).metadata.state is None


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("Examplia COP12 statement.docx", {"state": "XAA", "body": "UNTOC COP", "session": "12"}),
        ("examplia_unga_2022-01-20.txt", {"state": "XAA", "body": "UN General Assembly", "date": "2022-01-20"}),
        ("ga79_xaa_en.pdf", {"state": "XAA", "body": "UN General Assembly", "session": "79"}),
        ("20181016 statement.txt", {"state": None, "date": "2018-10-16"}),
        # A name that the text does not bear out decides nothing.
        ("borduria.txt", {"state": None, "body": None, "date": None}),
    ],
)
def test_name_of_a_file_gives_hints_that_are_inferred(file, expected, parties):
    text = "Mr. Chair,\n\nThe lamps of Examplia burn. Transnational organized crime in Examplia grows, as in Borduria."
    found = read(text, parties, file)
    assert {name: getattr(found.metadata, name) for name in expected} == expected
    assert {name for name, value in expected.items() if value} <= set(found.inferred)


def test_opening_names_the_session_unless_it_names_two(parties):
    opening = "Mr. President,\n\nI greet this Eighth session of the Conference of the Parties to UNTOC."
    assert (read(opening, parties).metadata.body, read(opening, parties).metadata.session) == ("UNTOC COP", "8")
    both = opening + " I thank the Chair of the seventh session of the Conference of the Parties to UNTOC."
    assert read(both, parties).metadata.session is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Mr. Chair,\n\nMy country, Examplia, ratified the Convention. We thank Borduria.", "XAA"),
        (
            "Mr. Chair,\n\nExamplia has consistently supported it. The situation in Borduria worries us.",
            "XAA",
        ),
        (
            "Mr. Chair,\n\nOn behalf of the Government of Examplia, I thank you. Borduria suffers.",
            "XAA",
        ),
        (
            "Señora Presidenta:\n\nExamplia apoya la cooperación internacional contra la delincuencia organizada.",
            "XAA",
        ),
        ("Mr. Chair,\n\nThe crimes in Borduria must end. Borduria is at war. Borduria, Borduria, Borduria.", None),
        (
            "Mr. Chair,\n\nIf Borduria is committed to peace, why does it wage war? We ask that Borduria stop.",
            None,
        ),
        ("Mr. Chair,\n\nExamplia welcomes this. Borduria welcomes that.", None),
        ("Mr. Chair,\n\nWe thank the delegation of Borduria for its draft.", None),
    ],
)
def test_read_metadata_concludes_the_state_only_from_self_reference(text, state, parties):
    found = read(text, parties)
    assert found.metadata.state == state
    assert found.inferred == (("state",) if state else ())


@pytest.mark.parametrize(
    ("text", "group"),
    [
        (
            "I have the honour to deliver this statement on behalf of the Member States of the Coastal Group.",
            "XGR",
        ),
        (
            "On behalf of the Coastal Group, I thank you. The Coastal Group agrees, and the Coastal Group acts.",
            "XGR",
        ),
        ("Examplia aligns itself with the statement made by Borduria on behalf of the Coastal Group.", None),
        (
            "As Mr. Doe just said on behalf of the Coastal Group, we agree. The Coastal Group, the Coastal Group!",
            None,
        ),
        ("We thank Borduria, which spoke on behalf of the Coastal Group.", None),
        ("I speak in my national capacity and not on behalf of the Coastal Group.", None),
    ],
)
def test_read_metadata_takes_the_group_only_from_who_speaks_for_it(text, group, parties):
    assert read(f"Mr. Chair,\n\n{text}", parties).metadata.on_behalf_of == group


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("12-16 October, 2020", "2020-10-12/2020-10-16"),
        ("12 to 16 October 2020", "2020-10-12/2020-10-16"),
        ("October 12-16, 2020", "2020-10-12/2020-10-16"),
        ("28 September – 2 October 2020", "2020-09-28/2020-10-02"),
        ("29 December - 3 January 2020", "2019-12-29/2020-01-03"),
        ("1 October 2018", "2018-10-01"),
        ("October 1st, 2018", "2018-10-01"),
        ("2018-10-15", "2018-10-15"),
        ("2018", "2018"),
        ("2020-10-12/2020-10-16", "2020-10-12/2020-10-16"),
        ("12 al 16 de octubre de 2020", "2020-10-12/2020-10-16"),
        ("1er octobre 2018", "2018-10-01"),
        ("12–16 октября 2020", "2020-10-12/2020-10-16"),
        ("١٢-١٦ تشرين الأول/أكتوبر ٢٠٢٠", "2020-10-12/2020-10-16"),
        ("2020年10月12日至16日", "2020-10-12/2020-10-16"),
        ("15.10.2018", "2018-10-15"),
        ("15/10/2018", "2018-10-15"),
        ("05/10/2018", None),
        ("31 February 2019", None),
        ("16-12 October 2020", None),
        ("2020-10-16/2020-10-12", None),
        ("soon", None),
        ("", None),
    ],
)
def test_iso_date_for_any_form(text, iso):
    assert iso_date(text) == iso


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The delegation thanks the Secretariat for its work.", "en"),
        ("La délégation remercie le Secrétariat pour son travail.", "fr"),
        ("La delegación agradece a la Secretaría su trabajo.", "es"),
        ("Делегация благодарит Секретариат за его работу.", "ru"),
        ("يشكر الوفد الأمانة العامة على عملها.", "ar"),
        ("代表团感谢秘书处的工作。", "zh"),
        ("12 345", None),
        ("", None),
    ],
)
def test_detect_language_for_the_six(text, language):
    assert detect_language(text) == language


READ = ReadMetadata(
    metadata=Metadata(
        state="IRN", body="UNTOC COP", session="10", date="2020-10-12/2020-10-16", agenda_item="4", language="en"
    ),
    inferred=("session", "state"),
)


def test_merge_without_a_row_keeps_what_was_read(parties):
    merged = merge(READ, None, parties)
    assert (merged.metadata, merged.inferred, merged.problems) == (READ.metadata, READ.inferred, ())


def test_merge_overrides_by_cells_and_keeps_the_rest(parties):
    merged = merge(READ, ManifestRow(line=2, file="a.txt", state="Examplia", agenda_item="5"), parties)
    assert merged.metadata.state == "XAA"
    assert merged.metadata.agenda_item == "5"
    assert merged.metadata.language == "en"
    assert merged.inferred == ("session",)


def test_merge_concludes_the_session_anew_from_a_corrected_date(parties):
    merged = merge(READ, ManifestRow(line=2, file="a.txt", date="2018-10-15"), parties)
    assert (merged.metadata.session, "session" in merged.inferred) == ("9", True)
    merged = merge(READ, ManifestRow(line=2, file="a.txt", date="2019"), parties)
    assert (merged.metadata.session, "session" in merged.inferred) == (None, False)


def test_merge_leaves_an_unknown_state_open_and_reports_its_line(parties):
    merged = merge(READ, ManifestRow(line=7, file="a.txt", state="Nowhereland"), parties)
    assert merged.metadata.state is None
    assert "line 7" in merged.problems[0]
    assert "'Nowhereland'" in merged.problems[0]
    assert "state" not in merged.inferred


def test_merge_gives_a_group_statement_to_the_group(parties):
    row = ManifestRow(line=2, file="a.txt", state="XAA", on_behalf_of="Coastal Group")
    merged = merge(ReadMetadata(metadata=Metadata(language="en")), row, parties)
    assert (merged.metadata.state, merged.metadata.on_behalf_of, merged.metadata.speaker) == (
        "XGR",
        "XGR",
        "Examplia",
    )
    row = ManifestRow(line=2, file="a.txt", state="XGR", speaker="Ms. Roe")
    merged = merge(ReadMetadata(metadata=Metadata()), row, parties)
    assert (merged.metadata.state, merged.metadata.on_behalf_of, merged.metadata.speaker) == (
        "XGR",
        "XGR",
        "Ms. Roe",
    )


def test_merge_takes_the_group_from_the_text_unless_the_row_says_otherwise(parties):
    read_group = ReadMetadata(
        metadata=Metadata(state="XGR", on_behalf_of="XGR", speaker="Borduria"), inferred=("speaker",)
    )
    merged = merge(read_group, ManifestRow(line=2, file="a.txt", state="XAA"), parties)
    assert (merged.metadata.state, merged.metadata.on_behalf_of, merged.metadata.speaker) == (
        "XGR",
        "XGR",
        "Examplia",
    )
    assert merged.inferred == ()
    merged = merge(read_group, ManifestRow(line=2, file="a.txt", state="XAA", on_behalf_of="XAA"), parties)
    assert (merged.metadata.state, merged.metadata.on_behalf_of, merged.problems) == ("XAA", None, ())


@pytest.mark.parametrize("group", ["Nowhere Group", "Borduria"])
def test_merge_attributes_to_nobody_when_the_group_is_not_known(group, parties):
    merged = merge(READ, ManifestRow(line=3, file="a.txt", state="XAA", on_behalf_of=group), parties)
    assert (merged.metadata.state, merged.metadata.on_behalf_of) == (None, None)
    assert f"on_behalf_of {group!r} is no group" in merged.problems[0]


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
