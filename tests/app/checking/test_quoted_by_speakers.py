"""Words that a speaker quotes from somebody else, near matches in others' texts, and a first letter in lower case."""

import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app.wiring import Workspace
from ingest.parties.party_table import PartyTable
from ingest.text.quotation_marks import is_quoted, quoted_spans
from tests.cases import Cases
from tests.fakes_checking import judged, only
from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

cases = Cases(__file__)

QUOTED = "The fund of the harbour must serve the victims first"


# Fictional States, beside the real ones that the files are named after.
PARTIES = "code,name,aliases,kind\nXTS,Tessaria,Tessarian|Тессария,state\nXAA,Arvandia,,state\n"


def spoken(folder: Path, **statements: str) -> AbstractContextManager[Workspace]:
    """Opens a workspace over one statement for each State, given as its name and the text."""
    manifest = "file,state\n" + "".join(f"{name}.txt,{name}\n" for name in statements)
    texts = {f"{name}.txt": f"Mr. Chair,\n\n{text}\n" for name, text in statements.items()}
    return workspace_over(folder, texts, manifest, PARTIES)


@pytest.mark.parametrize(
    ("lead", "told"),
    [
        ("The Pact holds that", False),
        ("Our group believes that", False),
        ("Le groupe estime que", False),
        ("Our neighbours in the Group hold that", True),
        ("The Group of 77 holds that", True),
        ("Some States hold that", True),
    ],
)
def test_a_group_that_names_itself_reports_nobody_elses_view(corpus_of, lead, told, tmp_path):
    (tmp_path / "parties.csv").write_text(PARTIES + "XPP,Pact of the Ports,Pact,group\n")
    parties = PartyTable.load(tmp_path / "parties.csv")
    metadata = {"state": "XPP", "language": "fr" if lead.startswith("Le ") else "en"}
    checker = corpus_of(("a", [f"{lead} {QUOTED[0].lower()}{QUOTED[1:]}."], metadata), parties=lambda: parties)
    finding = only(checker, f"The Pact of the Ports said that “{QUOTED[0].lower()}{QUOTED[1:]}”.")
    assert judged(finding, "reported_before") == ("verified", ["reported_before"] * told)


@cases("said", "told", tuples=True)
def test_words_of_somebody_else_are_verified_with_a_remark(said, told, tmp_path):
    with spoken(tmp_path, Austria=said) as workspace:
        finding = only(workspace.checker(), f"Austria said: “{QUOTED}.”")
    assert finding.verdict == "verified" and {each.kind for each in finding.remarks} == set(told)
    named = [str(each) for each in finding.remarks if each.kind == "someone_quoted_named"]
    assert all(words.endswith("the speaker quotes Tessaria") for words in named)


@cases("draft", "verdict")
def test_words_quoted_at_second_hand_are_verified_where_the_draft_names_both(draft, verdict, tmp_path):
    said = f"Let me recall the words of Tessaria: “{QUOTED}.” We agree."
    with spoken(tmp_path, Austria=said) as workspace:
        assert only(workspace.checker(), draft.format(f"“{QUOTED}”")).verdict == verdict


def test_answer_says_that_a_speaker_quotes_somebody_else(tmp_path):
    said = "I quote Tessaria: “We met in the port. The fund serves the victims of trafficking. It must grow.” We agree."
    with spoken(tmp_path, Austria=said, Germany="The fund serves the victims of trafficking.") as workspace:
        quoting = workspace.assistant.ask("What did Austria say about the victims of trafficking?")
        citation, _ = quoting.citations
        assert (citation.quoting, citation.quoted_party) == (True, "XTS")
        assert "the speaker quotes Tessaria" in quoting.answer
        assert "Austria, quoting Tessaria" in workspace.corpus.reference(citation)
        own = workspace.assistant.ask("What did Germany say about the victims of trafficking?")
        assert not own.citations[0].quoting and "quotes somebody" not in own.answer


def test_a_position_that_a_speaker_quotes_is_not_its_own(tmp_path):
    said = "The Prime Minister of Tessaria told us: “Last year was hard. We reject a harbour fund.” We go."
    own = "“The sea is wide. We reject a harbour fund.” said nobody. We reject a harbour fund."
    begun = "Tessaria told us: “We reject a harbour fund. Last year was hard.” We go."
    read_out = "Last year we said: “The sea is wide. We reject a harbour fund.” This remains our view."
    with spoken(tmp_path, Austria=said, Germany=own, Spain=begun, France=read_out) as workspace:
        against = workspace.assistant.ask("Which States reject a harbour fund?")
        assert {claim.state for claim in against.claims} == {"DEU", "FRA"}
        (claim,) = workspace.assistant.ask("What did Austria say about a harbour fund?").claims
        assert claim.direction is None and "quoting Tessaria" in claim.text


@pytest.mark.parametrize("named", ["Tessaria", "Germany"])
def test_words_that_somebody_quotes_are_not_called_the_words_of_whoever_quotes_them(named, tmp_path):
    said = "As Tessaria told us: “No island can guard a sea alone.” Austria agrees with that."
    with spoken(tmp_path, Austria=said, Germany="Our ports are open.") as workspace:
        finding = only(workspace.checker(), f"{named} said: “No island can guard a sea alone.”")
    remarks = {each.kind: str(each) for each in finding.remarks}
    assert finding.verdict == "misattributed" and "other_holder" not in remarks
    assert remarks["quoted_by_other"].startswith("a statement of Austria quotes these words")
    assert remarks["someone_quoted_named"].endswith("the speaker quotes Tessaria")


@cases("draft", "told")
def test_first_letter_in_lower_case_inside_a_sentence_is_no_alteration(draft, told, tmp_path):
    with spoken(tmp_path, Austria="The lamps of the harbour are lit by night.") as workspace:
        assert judged(only(workspace.checker(), draft), "first_letter") == ("verified", told)


def test_near_match_in_anothers_text_gives_the_words_to_nobody(tmp_path):
    near = "The harbour fund ought to serve all the victims first and the keepers of the lamps after them."
    said = "The harbour fund must serve all the victims first and the keepers of the lamps after them."
    with spoken(tmp_path, Austria=said, Germany="Our ports are open.") as workspace:
        source = tmp_path / "corpus" / "more"
        source.mkdir()
        (source / "statements.csv").write_text("file,state\nscan.pdf,Germany\n")
        (source / "scan.pdf").write_bytes(b"%PDF-1.7 damaged")
        workspace.corpus.ingest([source])
        finding = only(workspace.checker(), f"Germany said: “{near}”")
    remarks = {each.kind: str(each) for each in finding.remarks}
    assert finding.verdict == "altered" and "other_holder" not in remarks
    assert "words much like these stand in a statement of Austria" in remarks["near_other"]
    assert "scan.pdf" in remarks["speaker_incomplete"]


@cases("text", "quoted")
def test_quoted_spans_are_whole_sentences_in_marks(text, quoted):
    assert [text[start:end] for start, end in quoted_spans(text)] == quoted
    assert all(is_quoted(text, start, end) for start, end in quoted_spans(text))


def test_marks_that_hardly_pair_are_paired_fast():
    begun = time.process_time()
    for text in ("« a bc »x « d ", "“ a ", "« a\n\n"):
        quoted_spans(text * 2_000)
    assert time.process_time() - begun < 5


@cases("draft", "verdict", "told")
def test_the_words_of_a_records_president_are_its_own_and_no_partys(draft, verdict, told, tmp_path):
    with workspace_over(tmp_path, {"pv.txt": cases["RECORD"]}, parties=PARTIES, kind="record") as workspace:
        assert judged(only(workspace.checker(), draft)) == (verdict, told)
