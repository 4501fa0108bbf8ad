"""Attribution and notes in cases where a mistake would pass unnoticed."""

from pathlib import Path

from tests.fakes import fake_workspace
from tests.fakes_corpora import workspace_over, write_corpus


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
