from app.answering.provenance import reference_by_name
from app.ui.provenance_html import provenance, speaker_line
from ingest.parties.party_table import PartyTable
from prompts.wording import load_wording
from tests.fakes_ui import FakeCorpus, cite, group_statement, sample_statement

NAMES = FakeCorpus().party_name


def test_provenance_lists_what_is_known_and_marks_what_was_inferred():
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", page=3, symbol="CTOC/X/1")
    assert provenance(citation) == (
        ("Conference of the Parties to the UNTOC", False),
        ("Session 10", True),
        ("12–16 October 2020", False),
        ("Agenda item 4", False),
        ("International cooperation", False),
        ("CTOC/X/1", False),
        ("Page 3", False),
        ("Paragraph 1", False),
        ("000_6237221ecf9e9373.txt", False),
    )


def test_several_agenda_items_are_told_by_their_numbers():
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", agenda_item="2, 5")
    assert ("Agenda items 2, 5", False) in provenance(citation)


def test_whose_a_statement_is_is_said_of_groups_treaties_and_nobody():
    citation = cite(group_statement(), 1, "The Group", "authorities.")
    known = PartyTable.load().display
    assert speaker_line(citation, lambda code: NAMES(code) if code == "XGG" else known(code or ""), str) == (
        "Group of Fictional States (group), delivered by Arvandia"
    )
    # Whoever delivered a group's words is named in the language of the other names.
    in_russian = {"Arvandia": "Арвандия"}.__getitem__
    assert speaker_line(citation, lambda code: "Группа", in_russian) == "Группа (group), delivered by Арвандия"
    assert reference_by_name(citation, lambda code: "Группа", in_russian, load_wording("ru")).startswith(
        "Группа (Арвандия), "
    )
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", kind="treaty", state=None, title="UNTOC")
    assert speaker_line(citation, NAMES, str) == "UNTOC"
    assert provenance(citation)[0] == ("Treaty text, not a State's words", False)
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", state=None)
    assert speaker_line(citation, NAMES, str) == "Not attributed to a State"
