"""Readings and answers that must not go wrong in silence."""

from pathlib import Path

from app.question.reading import resolve
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_corpora import workspace_over, write_corpus

cases = Cases(__file__)


@cases("question", "name")
def test_unknown_state_is_asked_back_whatever_the_verb(question: str, name: str) -> None:
    resolution = resolve(question, PartyTable.load())
    assert (resolution.unclear, resolution.known_name, resolution.scope.states) == (name, False, ())


@cases("question", "years", tuples=True)
def test_from_a_year_is_not_since_it(question: str, years: tuple[str, ...]) -> None:
    assert resolve(question, PartyTable.load()).scope.years == years


def test_since_a_year_goes_on() -> None:
    scope = resolve("What did Austria say about drugs since 2020?", PartyTable.load()).scope
    assert (scope.interval, scope.years) == (("2020", None), ())


@cases("question")
def test_question_on_all_states_is_open_and_misses_no_state(question: str) -> None:
    resolution = resolve(question, PartyTable.load())
    assert resolution.scope.all_states
    assert resolution.answer_type is None
    assert resolution.scope.topic == "extradition"


def test_record_of_several_speakers_is_attributed_to_nobody(tmp_path: Path) -> None:
    texts = {"record.txt": "The floor was open.\n\nMs. B. (Nowhere): We oppose it.\n"}
    folder = write_corpus(tmp_path / "in", texts, "file,state,kind\nrecord.txt,XAA,record\n")
    with fake_workspace(tmp_path / "store") as workspace:
        report = workspace.corpus.ingest([folder])
        assert [(file.state, file.result) for file in report.files] == [(None, "added")]
        assert "attributed to nobody" in (report.files[0].reason or "")


def test_single_file_keeps_its_row_of_the_manifest(tmp_path: Path) -> None:
    texts = {"txt/a.txt": "Cooperation is a bridge that all may cross.\n"}
    with workspace_over(tmp_path, texts, "file,state\ntxt/a.txt,AUT\n") as workspace:
        report = workspace.corpus.ingest([tmp_path / "corpus" / "txt" / "a.txt"])
        assert [(file.result, file.state) for file in report.files] == [("unchanged", "AUT")]
        assert len(workspace.corpus.documents()) == 1


def test_state_without_statement_has_no_note_on_languages(tmp_path: Path) -> None:
    with fake_workspace(tmp_path / "store") as workspace:
        workspace.corpus.ingest([], sample=True)
        answer = workspace.assistant.ask("What did Switzerland say about extradition?")
        assert (answer.status, answer.scope.notes) == ("abstained", ())
