"""Uploaded files: kept while a statement comes from them, and never anybody else's file."""

import os
import time
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from app.errors import MetadataError
from app.ui.ingest_tab import _IngestTabController
from app.ui.words import worded
from app.wiring import Workspace
from ingest.errors import PartyTableError
from ingest.metadata.corrections import corrected_fields
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_corpora import write_corpus
from tests.fakes_files import mail_of, pdf_of
from tests.fakes_ui import ingested
from vectorstore.private_files import UPLOADS

pytestmark = pytest.mark.integration

cases = Cases(__file__)

TEXT = "Arvandia\n\nMadam President,\n\nWe support extradition. Our courts apply the law.\n\nI thank you.\n"
PARTIES = "code,name,aliases,kind\nXAA,Arvandia,,state\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    with fake_workspace(tmp_path / "store") as opened:
        yield opened


def upload(workspace: Workspace, folder: Path, files: dict[str, str | bytes]) -> str:
    write_corpus(folder, files, parties="")
    sent, controller = [(str(folder / name), name) for name in files], _IngestTabController(workspace.corpus)
    return str(ingested(controller, controller.ingest(sent, True, None))[0])


def kept(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in (workspace.store.path / UPLOADS).glob("*/*"))


def test_files_that_statements_came_from_are_kept_and_the_others_deleted(workspace, tmp_path):
    sent = {"a.txt": TEXT, "b.txt": "", "m.eml": mail_of(TEXT + "More.", {"c.txt": b"x"}), "parties.csv": PARTIES}
    report = upload(workspace, tmp_path / "sent", sent)
    assert "Failed" in report or "Skipped" in report
    assert kept(workspace) == ["a.txt", "m.eml", "parties.csv"]
    assert (tmp_path / "sent" / "a.txt").exists()
    (files,) = (check for check in workspace.doctor().checks if check.name == "files")
    assert files.ok and files.detail.startswith("2 are as they were read; 1 inside")


@pytest.mark.parametrize("store", ["linked/store", "../linked/store", "uploads apart"])
def test_files_are_kept_however_the_store_is_named_and_wherever_its_uploads_are(store, tmp_path, monkeypatch):
    for folder in ("disk", "here", "uploads apart"):
        (tmp_path / folder).mkdir()
    for link in ("linked", f"uploads apart/{UPLOADS}"):
        (tmp_path / link).symlink_to(tmp_path / "disk")
    monkeypatch.chdir(tmp_path / "here")
    path = Path(store) if store.startswith("..") else tmp_path / store
    with fake_workspace(path) as workspace:
        upload(workspace, tmp_path / "sent", {"a.txt": TEXT, "b.txt": "", "parties.csv": PARTIES})
        for folder in (path / UPLOADS).iterdir():
            os.utime(folder, (1, 1))
        workspace.corpus.uploads.tidy()
        assert kept(workspace) == ["a.txt", "parties.csv"]


def test_a_folder_of_that_name_that_the_store_has_not_made_is_no_upload(workspace, tmp_path):
    folder = tmp_path / "store" / UPLOADS / "2020"
    write_corpus(folder, {"a.txt": TEXT, "notes.txt": ""}, parties=PARTIES)
    workspace.corpus.ingest([folder])
    os.utime(folder, (1, 1))
    workspace.corpus.remove(workspace.corpus.documents()[0].document_id)
    workspace.corpus.uploads.tidy()
    assert kept(workspace) == ["a.txt", "notes.txt", "parties.csv"]


def test_files_of_an_ingest_that_waits_are_copied_before(workspace, tmp_path):
    write_corpus(tmp_path / "sent", {"a.txt": TEXT}, parties="")
    controller = _IngestTabController(workspace.corpus)
    with controller._turn:
        begun = controller.ingest([(str(tmp_path / "sent" / "a.txt"), "a.txt")], True, None)
        until = time.monotonic() + 60
        while not kept(workspace) and time.monotonic() < until:
            time.sleep(0.01)
        # Gradio deletes what was sent an hour ago.
        (tmp_path / "sent" / "a.txt").unlink()
    assert "Added: 1" in ingested(controller, begun)[0]


def test_person_whose_upload_a_stopped_server_broke_off_is_told_once(workspace):
    uploads = workspace.corpus.uploads
    with uploads.folder("Ana") as folder:
        assert uploads.broken_off("Ana") == 0, "it still runs"
        (mark,) = [path for path in folder.parent.iterdir() if path != folder]
        # A killed server leaves the file without its lock.
        mark.with_stem("killed").write_text("begun")
        assert [uploads.broken_off(person) for person in ("Ben", "Ana", "Ana")] == [0, 1, 0]
        mark.with_stem("killed").write_text("begun")
        controller = _IngestTabController(workspace.corpus, lambda: "Ana")
        assert ["The server stopped" in controller.opened(None)[1] for _ in range(2)] == [True, False]
    assert not list(folder.parent.iterdir())


def test_same_file_uploaded_again_is_kept_once(workspace, tmp_path):
    for folder in ("one", "two"):
        upload(workspace, tmp_path / folder, {"a.txt": TEXT})
    assert kept(workspace) == ["a.txt"]


def test_page_of_an_uploaded_file_is_shown(workspace, tmp_path):
    upload(workspace, tmp_path / "sent", {"a.pdf": pdf_of(TEXT, furniture=False)})
    (summary,) = workspace.corpus.documents()
    start = workspace.corpus.show(summary.document_id).source_text.index("We support")
    page = workspace.corpus.page_image(summary.document_id, start, start + len("We support extradition."))
    assert page.marked and page.png.startswith(b"\x89PNG")


def test_file_goes_with_its_last_statement(workspace, tmp_path):
    upload(workspace, tmp_path / "sent", {"a.txt": TEXT, "b.txt": TEXT.replace("law", "rule")})
    for summary, left in zip(workspace.corpus.documents(), (1, 0), strict=True):
        workspace.corpus.remove(summary.document_id)
        assert len(kept(workspace)) == left
    assert not list((workspace.store.path / UPLOADS).iterdir())


def test_a_file_that_cannot_be_deleted_keeps_no_other(workspace, tmp_path, monkeypatch):
    real = Path.unlink

    def unlink(path, *, missing_ok=False):
        if path.name == "b.txt":
            raise PermissionError
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    upload(workspace, tmp_path / "sent", {"a.txt": TEXT, "b.txt": "", "c.txt": "", "d.txt": ""})
    assert kept(workspace) == ["a.txt", "b.txt"]


def test_removing_a_statement_leaves_files_outside_the_store_alone(workspace, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.txt").write_text(TEXT, encoding="utf-8")
    workspace.corpus.ingest([tmp_path / "own"])
    workspace.corpus.remove(workspace.corpus.documents()[0].document_id)
    assert (tmp_path / "own" / "a.txt").read_text(encoding="utf-8") == TEXT


def test_upload_under_way_elsewhere_is_left_alone_and_a_killed_one_is_not(workspace, tmp_path):
    for name, age in (("fresh", 0.0), ("old", 3 * 24 * 3600.0)):
        folder = workspace.store.path / UPLOADS / f"tmp{name:_<8}"
        folder.mkdir(parents=True)
        (folder / f"{name}.txt").write_text("words", encoding="utf-8")
        os.utime(folder, (time.time() - age,) * 2)
    upload(workspace, tmp_path / "sent", {"a.txt": TEXT})
    assert kept(workspace) == ["a.txt", "fresh.txt"]


def test_what_an_earlier_upload_could_not_read_is_forgotten_by_the_next(workspace, tmp_path):
    upload(workspace, tmp_path / "one", {"broken.pdf": b"%PDF-1.4 cut"})
    assert [each.file for each in workspace.store.catalogue.unreadable()] == ["broken.pdf"]
    upload(workspace, tmp_path / "two", {"a.txt": TEXT})
    assert workspace.store.catalogue.unreadable() == ()


def test_removal_and_correction_are_taken_back_and_a_cleared_state_takes_its_speaker(workspace, tmp_path):
    corpus = workspace.corpus
    party = corpus.add_party("Arvandia", aliases=("Arvandian Republic",))
    assert corpus.parties().resolve("Arvandian Republic").codes == (party.code,)
    upload(workspace, tmp_path / "sent", {"a.txt": TEXT})
    edited = corpus.edit(corpus.documents()[0].document_id, {"state": party.code, "speaker": "Ms. A"})
    step = corpus.undo_step(edited)
    cleared = corpus.edit(edited, {"state": ""})
    assert (corpus.show(cleared).metadata.state, corpus.show(cleared).metadata.speaker) == (None, None)
    corpus.restore(replace(step, now=cleared))
    corpus.remove(edited, undoable=True)
    assert corpus.documents() == () and kept(workspace) == ["a.txt"]
    corpus.restore(replace(step, now=None))
    assert [d.metadata for d in corpus.documents()] == [step.summary.metadata]
    assert corpus.holding("extradition courts") == {edited}


@cases("name", "told")
def test_a_party_that_cannot_be_added_is_refused_in_the_words_of_the_form(workspace, name, told):
    with pytest.raises(PartyTableError) as refused:
        workspace.corpus.add_party(name)
    assert str(refused.value) == told
    assert worded(told) == told


def test_a_session_is_corrected_to_a_number_alone(workspace, tmp_path):
    upload(workspace, tmp_path / "sent", {"a.txt": TEXT})
    (document,) = workspace.corpus.documents()
    with pytest.raises(MetadataError, match="session='abc': write its number"):
        workspace.corpus.edit(document.document_id, {"session": "abc"})
    corrected = workspace.corpus.edit(document.document_id, {"session": "twelfth"})
    assert workspace.corpus.show(corrected).metadata.session == "12"


def test_removing_one_statement_of_an_upload_leaves_the_files_that_are_still_under_way(workspace, tmp_path):
    corpus, removed = workspace.corpus, []

    def remove_the_first(_: object) -> None:
        if not removed and (stored := corpus.documents()):
            removed.append(stored[0].file)
            corpus.remove(stored[0].document_id)

    with corpus.uploads.folder() as folder:
        for number in range(1, 40):
            (folder / f"s{number}.txt").write_text(TEXT.replace("the law", f"law {number}"), encoding="utf-8")
        report = corpus.ingest_uploads([folder], progress=remove_the_first)
    assert removed and {file.result for file in report.files} == {"added"}
    assert {summary.file for summary in corpus.documents()} | set(removed) == {file.file for file in report.files}


@pytest.mark.parametrize(
    ("headings", "rows", "states"),
    [
        (("Statement by Arvandia", "Statement by Belmora"), None, ["XAA", "XAB"]),
        (("Statement by Arvandia", "Statement by Arvandia"), None, ["XAA"]),
        (("Statement at the opening", "Statement at the opening"), ("XAA", "XAB"), ["XAA", "XAB"]),
    ],
    ids=["another State", "same State", "State in its row"],
)
def test_a_file_of_one_name_corrects_that_of_no_other_state(headings, rows, states, workspace, tmp_path):
    body = TEXT.partition("\n")[2] + "We call on all States to cooperate without delay, as we have done before.\n"
    for number, heading in enumerate(headings):
        files = {"s.txt": f"{heading}\n\n{body}{'More. ' * number}", "parties.csv": f"{PARTIES}XAB,Belmora,,state\n"}
        row = {"statements.csv": f"file,state\ns.txt,{rows[number]}\n"} if rows else {}
        upload(workspace, tmp_path / str(number), files | row)
    assert sorted(summary.metadata.state or "" for summary in workspace.corpus.documents()) == states


@cases("speaker", "changes", "table", "found", tuples=True)
def test_a_session_set_by_hand_is_known_as_such_after_the_file_is_sent_again(
    speaker, changes, table, found, workspace, tmp_path
):
    text, corpus = TEXT.replace("Arvandia", speaker), workspace.corpus
    upload(workspace, tmp_path / "one", {"s.txt": text, "parties.csv": PARTIES})
    corpus.edit(corpus.documents()[0].document_id, changes)
    again = {"s.txt": f"{text}More.\n"} | ({"statements.csv": table} if table else {})
    assert "in place of the file" in upload(workspace, tmp_path / "two", again)
    (summary,) = corpus.documents()
    assert (summary.kind, summary.metadata.state, summary.metadata.session) == (*found, "10")
    assert corrected_fields(summary.input_key) == ("session",)


BODY = "We call on all States to cooperate without delay, as we have before. Our courts apply the law.\n\nThank you.\n"


@cases("first", "changes", "second", "documents", "told")
def test_what_was_set_by_hand_stays_or_is_reported_when_the_file_is_sent_again(
    first, changes, second, documents, told, workspace, tmp_path
):
    corpus = workspace.corpus
    parties = {"parties.csv": f"{PARTIES}XAB,Belmora,,state\n"}
    for number, (text, table) in enumerate((first, second)):
        files = {"s.txt": text.format(BODY=BODY), **parties, **({"statements.csv": table} if table else {})}
        report = unescape(upload(workspace, tmp_path / str(number), files))
        if number == 0 and changes:
            corpus.edit(corpus.documents()[0].document_id, changes)
    found = [(d.metadata.state, d.metadata.session, d.metadata.title) for d in corpus.documents()]
    assert sorted(found, key=str) == [tuple(document) for document in documents]
    assert ("was set to" in report) is bool(told) and (told or "") in report
    assert ("in place of the file" in report) is (len(documents) == 1)


def test_a_corrected_upload_that_equals_another_file_is_kept_as_read(workspace, tmp_path):
    table = "file,session\ns.txt,5\nother.txt,5\n"
    body = TEXT + "We call on all States to cooperate without delay, as we have done before.\n"
    again = body.replace("extradition", "extradition,")
    files = {"s.txt": body, "parties.csv": PARTIES, "statements.csv": table}
    upload(workspace, tmp_path / "one", files)
    upload(workspace, tmp_path / "two", {"other.txt": again, "statements.csv": table})
    report = upload(workspace, tmp_path / "three", {"s.txt": again})
    assert "(session) is not kept" in report and "other.txt" in report
    sessions = sorted((d.file, d.metadata.session or "") for d in workspace.corpus.documents())
    assert sessions == [("other.txt", "5"), ("s.txt", "")]


def test_code_of_a_refused_table_is_not_taken_for_the_party_that_has_it(workspace, tmp_path):
    workspace.corpus.add_party("Belmora")
    (taken,) = workspace.corpus.added_parties()
    listed = {"a.txt": TEXT.replace("Arvandia", "Quenza"), "parties.csv": PARTIES}
    upload(workspace, tmp_path / "sent", listed | {"statements.csv": "file,state\na.txt,XAA\n"})
    assert [document.metadata.state for document in workspace.corpus.documents()] == ["XAA"]
    clash = {
        "parties.csv": PARTIES.replace("XAA,Arvandia", f"{taken.code},Cassivar"),
        "b.txt": "Madam President,\n\nWe oppose this.\n",
        "c.txt": "Madam President,\n\nWe support this.\n",
        "statements.csv": f"file,state\nb.txt,{taken.code}\nc.txt,XAA\n",
    }
    report = upload(workspace, tmp_path / "later", clash)
    assert "already" in report and "Cassivar" in report
    states = {document.file: document.metadata.state for document in workspace.corpus.documents()}
    assert states == {"a.txt": "XAA", "b.txt": None, "c.txt": "XAA"}


@cases("table")
def test_no_code_of_a_table_that_is_refused_is_another_party_s(workspace, tmp_path, table):
    upload(workspace, tmp_path / "one", {"parties.csv": PARTIES})
    bad = {"parties.csv": table, "b.txt": "We oppose this.\n", "statements.csv": "file,state\nb.txt,xaa\n"}
    good = {"d.txt": "We support this.\n", "statements.csv": "file,state\nd.txt,XAA\n"}
    folders = [write_corpus(tmp_path / name, files, parties="") for name, files in (("bad", bad), ("good", good))]
    workspace.corpus.ingest(folders)
    states = {document.file: document.metadata.state for document in workspace.corpus.documents()}
    assert (states["b.txt"], states["d.txt"]) == (None, "XAA")
