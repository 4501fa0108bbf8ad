"""Backups: taken while a store is written, brought back elsewhere, and refused where they are not whole."""

import errno
import gzip
import io
import json
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, make_url

from app.cli import main
from app.corpus.ingest_jobs import IngestRequest, check_jobs
from app.desk.conversations import Conversations, KeptTurn
from app.desk.tables import Tables, open_tables
from app.desk.works import Works
from app.errors import BackupError
from app.server import backup
from app.server.accounts import Accounts
from app.server.backup import _snapshot, back_up, restore
from tests.app.server.test_api import QUESTION, same
from tests.fakes import fake_workspace, second_model
from vectorstore.catalogue import Catalogue
from vectorstore.database import Database, DatabaseConfig
from vectorstore.jobs import JobQueue

TEXT = "Statement by Arvandia\n\nArvandia supports extradition, in case {0}. It thanks the Secretariat {0} times."


def conversations(tables: Tables) -> Conversations:
    return Conversations(Works(tables, "rita"), recheck=lambda answer: answer)


@pytest.mark.slow
def test_a_backup_during_ingest_is_whole_and_answers_as_before(filled_store, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "mounted").symlink_to(tmp_path / "disk")
    store = tmp_path / "mounted" / "store"
    shutil.copytree(filled_store, store)
    with fake_workspace(store, second=second_model()) as workspace:
        answer, own = workspace.assistant.ask(QUESTION), workspace.store.catalogue.store_id
        with closing(open_tables(store)) as tables:
            kept = conversations(tables).keep(None, KeptTurn(number=1, question=QUESTION, answer=answer))
        with workspace.corpus.uploads.folder() as folder:
            (folder / "first.txt").write_text(TEXT.format("zero"), encoding="utf-8")
            (made,) = workspace.corpus.ingest_uploads([folder]).files
        stop = threading.Event()

        def write() -> None:
            for number in range(200):
                if stop.is_set():
                    return
                with workspace.corpus.uploads.folder() as folder:
                    (folder / f"{number}.txt").write_text(TEXT.format(number), encoding="utf-8")
                    workspace.corpus.ingest_uploads([folder])

        writer = threading.Thread(target=write)
        writer.start()
        try:
            reports = [back_up(store, tmp_path / f"backup-{number}.tar") for number in range(3)]
        finally:
            stop.set()
            writer.join(60)
    assert all(report.files > 3 for report in reports)
    for number in range(3):
        elsewhere = tmp_path / "mounted" / f"store-{number}"
        restore(tmp_path / f"backup-{number}.tar", elsewhere)
        assert elsewhere.stat().st_mode & 0o077 == 0
        with fake_workspace(elsewhere, second=second_model()) as restored:
            # The ids differ so that on one Chroma server each store has an index of its own.
            assert restored.store.catalogue.store_id != own
            again = restored.assistant.ask(QUESTION)
            assert same(again.to_json()) == same(answer.to_json())
            # The files of every upload that the record names are there, in their new place.
            for summary in restored.corpus.documents():
                if "/uploads/" in summary.folder:
                    assert Path(summary.folder, summary.file).is_file()
                    assert Path(summary.folder).is_relative_to(elsewhere.resolve())
            assert restored.corpus.show(made.statement_id or "").source_text.startswith("Statement by Arvandia")
            # What a backup leaves out is not called damaged.
            (index,) = (check for check in restored.store.check() if check.name == "vector index")
            assert index.detail.startswith("behind the catalogue")
            assert restored.doctor(rebuild=True).ok
        with closing(open_tables(elsewhere)) as tables:
            assert [turn.question for turn in conversations(tables).turns(kept)] == [QUESTION]


def test_uploads_that_a_link_leads_to_are_not_left_out_in_silence(store, tmp_path):
    target = tmp_path / "backup.tar"
    (tmp_path / "disk").mkdir()
    (store / "uploads").symlink_to(tmp_path / "disk")
    with pytest.raises(BackupError, match="is a link"):
        back_up(store, target)
    assert not target.exists()


def test_a_backup_holds_what_is_the_stores_own_and_no_backup(store, tmp_path):
    (store / "notes.txt").write_text("own notes")
    (store / "relevance.json").write_text("{}")
    copies = store.resolve() / "files" / "statements-0123abcd"
    copies.mkdir(parents=True)
    with fake_workspace(store) as workspace:
        moved = Path(workspace.corpus.documents()[0].folder)
        workspace.store.move_folder(moved, copies)
    (store / "evals" / "stores" / "smoke").mkdir(parents=True)
    other = store / "evals" / "stores" / "smoke" / "catalogue.sqlite3"
    with closing(sqlite3.connect(other, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE birds AS SELECT 'heron' AS name")
        reports = [back_up(store, store / name) for name in ("first.tar", "second.tar")]
    assert reports[0].files == reports[1].files
    with tarfile.open(store / "second.tar") as archive:
        names = set(archive.getnames())
    assert {name for name in names if name.startswith("evals")} == {"evals/stores/smoke/catalogue.sqlite3"}
    assert not [name for name in names if "backup" in name or name.endswith(".tar") or name == "notes.txt"]
    restore(store / "second.tar", tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "new" / other.relative_to(store))) as restored:
        assert restored.execute("SELECT name FROM birds").fetchall() == [("heron",)]
    assert (tmp_path / "new" / "relevance.json").read_text() == "{}"
    with fake_workspace(tmp_path / "new", read_only=True) as workspace:
        folders = {document.folder for document in workspace.corpus.documents()}
    assert str(tmp_path.resolve() / "new" / "files" / copies.name) in folders and str(copies) not in folders
    with pytest.raises(BackupError, match="outside of the store"):
        back_up(store, store / "evals" / "third.tar")


def _with_catalogue(backup, content):
    """Returns a backup, as bytes, with another file as its catalogue, of which its manifest knows."""
    made = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(backup)) as old, tarfile.open(fileobj=made, mode="w") as new:
        files = {member.name: old.extractfile(member).read() for member in old if member.isfile()}
        files["catalogue.sqlite3"] = content
        manifest = json.loads(files["manifest.json"])
        manifest["files"]["catalogue.sqlite3"] = {"sha256": sha256(content).hexdigest(), "size": len(content)}
        files["manifest.json"] = json.dumps(manifest).encode()
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return made.getvalue()


def test_a_backup_that_is_not_whole_is_refused(filled_store, tmp_path):
    whole = tmp_path / "whole.tar"
    back_up(filled_store, whole)
    data = whole.read_bytes()
    packed = gzip.compress(data, mtime=0)
    place = data.index(b"SQLite format 3") + 5000
    for name, content in (
        ("cut.tar", data[: len(data) // 2]),
        ("changed.tar", data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]),
        ("nothing.tar", b"no archive"),
        ("block.tar.gz", packed[: len(packed) // 2] + bytes(99) + packed[len(packed) // 2 + 99 :]),
        ("cut.tar.gz", packed[: len(packed) // 2]),
        ("catalogue.tar", _with_catalogue(data, b"no database")),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BackupError, match="no whole backup"):
            restore(tmp_path / name, tmp_path / "new")
        assert not (tmp_path / "new").exists()
    with pytest.raises(BackupError, match="check the path"):
        restore(tmp_path / "missing.tar", tmp_path / "new")
    hostile = tmp_path / "hostile.tar"
    with tarfile.open(hostile, "w") as archive:
        archive.add(whole, arcname="../../escaped")
    with pytest.raises(BackupError):
        restore(hostile, tmp_path / "new")
    assert not (tmp_path.parent / "escaped").exists()


def test_a_machine_at_fault_is_not_called_a_damaged_backup(filled_store, tmp_path, monkeypatch):
    whole, file = tmp_path / "whole.tar", tmp_path / "file"
    back_up(filled_store, whole)
    file.write_text("no folder", encoding="utf-8")
    with pytest.raises(BackupError, match=r"cannot be written .Not a directory.: check the disk"):
        restore(whole, file)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "extractall", full)
    with pytest.raises(BackupError, match=r"cannot be written .No space left on device.: check the disk"):
        restore(whole, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_over(filled_store, tmp_path, capsys):
    file = tmp_path / "store.tar"
    assert main(["backup", str(file), "--store", str(filled_store)]) == 0
    assert main(["backup", str(file), "--store", str(filled_store)]) == 1
    assert main(["restore", str(file), "--store", str(tmp_path / "new")]) == 0
    assert main(["restore", str(file), "--store", str(tmp_path / "new")]) == 1
    assert main(["backup", str(tmp_path / "b.tar"), "--store", str(tmp_path / "none")]) == 1
    said = capsys.readouterr()
    assert "is there already" in said.err and "not empty" in said.err and "no store" in said.err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_file_that_is_written_meanwhile_is_whole(store, tmp_path, monkeypatch):
    upload = store / "uploads" / "x" / "long.txt"
    upload.parent.mkdir(parents=True)
    upload.write_text("The first half,")

    def snapshot(database: Path, target: Path) -> None:
        upload.write_text("The first half, and the second.")
        _snapshot(database, target)

    monkeypatch.setattr("app.server.backup._snapshot", snapshot)
    file = tmp_path / "store.tar"
    tmp_path.chmod(0o755)
    back_up(store, file)
    assert file.stat().st_mode & 0o777 == 0o600
    restore(file, tmp_path / "new")
    assert (tmp_path / "new" / "uploads" / "x" / "long.txt").read_text() == "The first half, and the second."


def test_nobody_is_signed_in_after_a_restore(tmp_path):
    with closing(open_tables(tmp_path / "store")) as tables:
        accounts = Accounts(tables)
        accounts.add("rita", "reader")
        cookie, (_, secret) = accounts.begin("rita"), accounts.add_key("rita", "x", ["read"])
    back_up(tmp_path / "store", tmp_path / "store.tar")
    restore(tmp_path / "store.tar", tmp_path / "new")
    with closing(open_tables(tmp_path / "new")) as tables:
        assert Accounts(tables).of_session(cookie) is None and Accounts(tables).of_key(secret) is not None


@pytest.fixture
def databases(postgres: str) -> Iterator[tuple[DatabaseConfig, DatabaseConfig]]:
    """Two empty databases of one server."""
    names = [f"untoc_{uuid4().hex[:12]}" for _ in range(2)]
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    urls = [make_url(postgres).set(database=name).render_as_string(hide_password=False) for name in names]
    yield DatabaseConfig(url=SecretStr(urls[0])), DatabaseConfig(url=SecretStr(urls[1]))
    with engine.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.skipif(
    shutil.which("pg_dump") is None, reason="needs PostgreSQL's client: apt-get install postgresql-client"
)
def test_a_record_in_postgresql_is_in_the_backup(store, tmp_path, databases, monkeypatch):
    first, second = databases
    # The files of the record that lie in the folder from before it moved to PostgreSQL are not in the backup.
    new, file = tmp_path / "new", tmp_path / "store.tar"
    (store / "uploads" / "x").mkdir(parents=True)
    (store / "uploads" / "x" / "own.txt").write_text("own words")
    with closing(Catalogue(str(first.url and first.url.get_secret_value()))) as catalogue:
        generation, own = catalogue.generation, catalogue.store_id
    with closing(open_tables(store, first)) as tables:
        kept = Works(tables, "rita").add("briefing", "Extradition")
    with closing(Database(str(first.url and first.url.get_secret_value()))) as database:
        (queue := JobQueue(database)).make()
        request = IngestRequest(paths=(store / "uploads" / "x",), only=("own.txt",)).model_dump(mode="json")
        queue.submit("upload", request, [request])
    back_up(store, file, first)
    with pytest.raises(BackupError, match="UNTOC_DATABASE__URL"):
        restore(file, new)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as after_the_database:
        after_the_database.setattr(backup, "_run", lambda *_: None)
        after_the_database.setattr(backup, "_update_catalogue", full)
        with pytest.raises(BackupError, match=r"check the disk.*: empty it before you try again"):
            restore(file, new, second)
    restore(file, new, second)
    assert sorted(path.name for path in new.iterdir() if path.is_file()) == []
    assert (new / "uploads" / "x" / "own.txt").read_text() == "own words"
    with closing(open_tables(new, second)) as tables:
        assert Works(tables, "rita").get(kept).title == "Extradition"
    with closing(Catalogue(str(second.url and second.url.get_secret_value()))) as catalogue:
        assert catalogue.generation == generation
        assert catalogue.store_id != own
        # A job that waited for a worker is reported by its file name, and is not run after the restore.
        check = check_jobs(JobQueue(catalogue.database))
        assert not check.ok and check.detail.startswith("own.txt: given up (it was under way when the backup was made)")
        assert JobQueue(catalogue.database).waiting() == 0
    # A database that is not empty is left as it is.
    with pytest.raises(BackupError, match="already exists"):
        restore(file, tmp_path / "newer", second)
    assert not (tmp_path / "newer").exists()
