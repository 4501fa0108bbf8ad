"""Backups: taken while a store is written, brought back elsewhere, and refused where they are not whole."""

import shutil
import tarfile
import threading
from pathlib import Path

import pytest

from app.cli import main
from app.desk.conversations import Conversations, KeptTurn
from app.desk.tables import open_tables
from app.desk.works import Works
from app.errors import BackupError
from app.server.backup import back_up, restore
from tests.app.server.test_api import QUESTION, same
from tests.fakes import fake_workspace, second_model

TEXT = "Statement by Arvandia\n\nArvandia supports extradition, in case {0}. It thanks the Secretariat {0} times."


def test_a_backup_during_ingest_is_whole_and_answers_as_before(filled_store: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(filled_store, store)
    with fake_workspace(store, second=second_model()) as workspace:
        answer = workspace.assistant.ask(QUESTION)
        tables = open_tables(store)
        kept = Conversations(Works(tables, "rita")).keep(None, KeptTurn(number=1, question=QUESTION, answer=answer))
        with workspace.corpus.uploads.folder() as folder:
            (folder / "first.txt").write_text(TEXT.format("zero"), encoding="utf-8")
            (made,) = workspace.corpus.ingest_uploads([folder], folder).files
        stop = threading.Event()

        def write() -> None:
            for number in range(200):
                if stop.is_set():
                    return
                with workspace.corpus.uploads.folder() as folder:
                    (folder / f"{number}.txt").write_text(TEXT.format(number), encoding="utf-8")
                    workspace.corpus.ingest_uploads([folder], folder)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            reports = [back_up(store, tmp_path / f"backup-{number}.tar") for number in range(3)]
        finally:
            stop.set()
            writer.join(60)
        tables.close()
    assert all(report.files > 3 for report in reports)
    for number in range(3):
        elsewhere = tmp_path / "elsewhere" / f"store-{number}"
        restore(tmp_path / f"backup-{number}.tar", elsewhere)
        assert elsewhere.stat().st_mode & 0o077 == 0
        with fake_workspace(elsewhere, second=second_model()) as restored:
            again = restored.assistant.ask(QUESTION)
            assert same(again.to_json()) == same(answer.to_json())
            # The files of every upload that the record names are there, in their new place.
            for summary in restored.corpus.documents():
                if "/uploads/" in summary.folder:
                    assert Path(summary.folder, summary.file).is_file()
                    assert Path(summary.folder).is_relative_to(elsewhere)
            assert restored.corpus.show(made.statement_id or "").source_text.startswith("Statement by Arvandia")
            assert restored.doctor(rebuild=True).ok
        tables = open_tables(elsewhere)
        assert [turn.question for turn in Conversations(Works(tables, "rita")).turns(kept)] == [QUESTION]
        tables.close()


def test_a_backup_that_is_not_whole_is_refused(filled_store: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.tar"
    back_up(filled_store, whole)
    data = whole.read_bytes()
    place = data.index(b"SQLite format 3") + 5000
    for name, content in (
        ("cut.tar", data[: len(data) // 2]),
        ("changed.tar", data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]),
        ("nothing.tar", b"no archive"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BackupError, match="no whole backup"):
            restore(tmp_path / name, tmp_path / "new")
        assert not (tmp_path / "new").exists()
    hostile = tmp_path / "hostile.tar"
    with tarfile.open(hostile, "w") as archive:
        archive.add(whole, arcname="../../escaped")
    with pytest.raises(BackupError):
        restore(hostile, tmp_path / "new")
    assert not (tmp_path.parent / "escaped").exists()


def test_nothing_is_written_over(filled_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "store.tar"
    assert main(["backup", str(file), "--store", str(filled_store)]) == 0
    assert main(["backup", str(file), "--store", str(filled_store)]) == 1
    assert main(["restore", str(file), "--store", str(tmp_path / "new")]) == 0
    assert main(["restore", str(file), "--store", str(tmp_path / "new")]) == 1
    assert main(["backup", str(tmp_path / "b.tar"), "--store", str(tmp_path / "none")]) == 1
    said = capsys.readouterr()
    assert "is there already" in said.err and "not empty" in said.err and "no store" in said.err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
