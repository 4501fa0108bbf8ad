"""`untoc doctor`: checks of texts, indexes and the files they came from, and the command that mends each problem."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.corpus.doctor import check_sources
from tests.fakes import fake_workspace
from tests.fakes_corpora import write_corpus
from tests.fakes_files import zip_of
from vectorstore.private_files import CATALOGUE
from vectorstore.shared_files import SharedFiles

pytestmark = pytest.mark.integration

TEXT = "Arvandia\n\nMadam President,\n\nWe support {matter}. Our courts apply the law on {matter}.\n\nI thank you.\n"


class Ward:
    """A folder of statements and a store over it."""

    def __init__(self, path: Path) -> None:
        self.folder, self.store = path / "corpus", path / "store"
        matters = ("extradition", "confiscation", "training")
        texts = {f"{matter}.txt": TEXT.format(matter=matter) for matter in matters}
        write_corpus(self.folder, texts, parties="code,name,aliases,kind\nXAA,Arvandia,,state\n")
        self.ingest()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def ingest(self, *, sync: bool = False) -> None:
        with fake_workspace(self.store) as workspace:
            workspace.corpus.ingest([self.folder], sync=sync)

    def findings(self, *, rebuild: bool = False) -> dict[str, tuple[bool, str]]:
        with fake_workspace(self.store, read_only=not rebuild) as workspace:
            report = workspace.corpus.doctor(rebuild=rebuild)
        assert report.ok == all(check.ok for check in report.checks)
        return {check.name: (check.ok, check.detail) for check in report.checks}

    def bad(self) -> dict[str, str]:
        return {name: detail for name, (ok, detail) in self.findings().items() if not ok}

    def damage(self, command: str) -> None:
        with closing(sqlite3.connect(self.store / CATALOGUE)) as file, file:
            file.execute(command)


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


def test_sound_store_is_sound_in_every_part(ward: Ward) -> None:
    names = ["catalogue", "offsets", "vectors", "lexical index", "vector index", "words", "files"]
    assert list(ward.findings()) == names and ward.bad() == {}


def test_changed_and_missing_files_are_named_with_the_command_that_mends_it(ward: Ward) -> None:
    ward.write("training.txt", TEXT.format(matter="asset recovery"))
    assert list(ward.bad()) == ["files"]
    assert ward.bad()["files"] == f"'training.txt' changed since: run `untoc ingest {ward.folder}`"
    ward.ingest()
    assert ward.bad() == {}
    (ward.folder / "training.txt").unlink()
    assert ward.bad()["files"] == f"'training.txt' gone: run `untoc ingest --sync {ward.folder}`"
    ward.ingest(sync=True)
    assert ward.bad() == {}


def test_folder_that_is_gone_as_a_whole_is_no_damage(ward: Ward) -> None:
    shutil.rmtree(ward.folder)
    ok, detail = ward.findings()["files"]
    assert ok and "3 that are not on this machine were not compared" in detail


@pytest.mark.parametrize("own", [True, False])
def test_files_that_other_machines_have_are_no_damage(ward: Ward, tmp_path: Path, own: bool) -> None:
    with fake_workspace(ward.store) as workspace:
        store, shared = workspace.store, SharedFiles(f"file://{tmp_path / 'shared'}", ward.store)
        copies = shared.place(ward.folder) if own else tmp_path / "files"
        shutil.copytree(ward.folder, copies)
        store.move_folder(ward.folder, copies)
        (copies / "training.txt").unlink()
        (copies / "extradition.txt").write_text("An older copy.", encoding="utf-8")
        check = check_sources(store.catalogue.documents(), shared)
    assert check.ok == own
    if own:
        assert check.detail == "1 are as they were read; 2 that are not on this machine were not compared"


def test_sentence_that_is_not_in_its_text_is_found(ward: Ward) -> None:
    ward.damage("UPDATE sentences SET text = 'We never said this.' WHERE ordinal = 2")
    assert list(ward.bad()) == ["words"]
    assert "'confiscation.txt', 'extradition.txt', 'training.txt'" in ward.bad()["words"]


@pytest.mark.parametrize("index", ["lexical", "vectors", "both"])
def test_rebuild_mends_both_indexes_and_answers_are_as_before(ward: Ward, index: str) -> None:
    question = "What did Arvandia say about confiscation?"
    with fake_workspace(ward.store) as workspace:
        before = workspace.assistant.ask(question).citations
    if index != "vectors":
        ward.damage("DELETE FROM passages_fts")
    if index != "lexical":
        for folder in ward.store.glob("index-*"):
            shutil.rmtree(folder)
    broken = {"lexical": ["lexical index"], "vectors": ["vector index"]}
    assert list(ward.bad()) == broken.get(index, ["lexical index", "vector index"])
    assert all("untoc doctor --rebuild" in detail for detail in ward.bad().values())
    assert all(ok for ok, _ in ward.findings(rebuild=True).values())
    with fake_workspace(ward.store) as workspace:
        assert workspace.assistant.ask(question).citations == before


def test_what_an_archive_holds_by_now_is_not_said_to_be_as_it_was_read(ward: Ward) -> None:
    for text in (TEXT.format(matter="firearms"), "Nothing of it here."):
        (ward.folder / "b.zip").write_bytes(zip_of({"a.txt": text.encode()}))
        if "firearms" in text:
            ward.ingest()
    files = ward.findings()["files"]
    assert files == (True, "3 are as they were read; 1 inside archives and messages were not compared")
