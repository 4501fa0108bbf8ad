"""Uploads in a real browser over a real store: one after the other, and States set by a form."""

import re
import threading
from pathlib import Path

import pytest

from app.ui import uploads
from ingest.report import IngestProgress
from tests.access import overflowing
from tests.app.ui.conftest import open_tab, settle
from tests.app.ui.test_uploads import LONG

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def desk(empty_workspace, visit):
    """A page on its Ingest tab over an empty store, with the corpus behind it."""
    page, served = visit(empty_workspace.assistant, empty_workspace.corpus)
    open_tab(page, "Ingest")
    return page, served.corpus


def upload(page, *files: Path) -> str:
    """Chooses files, presses the button and returns the report's words."""
    page.set_input_files("#upload input[type=file]", list(files))
    for file in files:
        page.wait_for_selector(f"#upload >> text={file.stem}")
    page.evaluate(
        "document.querySelector('#ingest-report').dataset.old = document.querySelector('#ingest-report').innerText"
    )
    page.click("#ingest")
    page.wait_for_function(
        "() => { const box = document.querySelector('#ingest-report');"
        " return box.querySelector('.u-report') && box.innerText !== box.dataset.old }"
    )
    # The drop area is empty again when all is done.
    page.wait_for_selector("#upload .file-preview, #upload table", state="detached")
    settle(page)
    return str(page.inner_text("#ingest-report"))


def choose(page, *names: str) -> None:
    """Chooses a State for each of the first statements that have none, and sets them."""
    for place, name in enumerate(names):
        box = page.locator(".u-nameless input").nth(place)
        box.fill(name)
        box.press("Enter")
    page.click("#nameless-set")


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_refused_upload_says_why_in_words(desk, tmp_path, monkeypatch):
    page, _ = desk
    monkeypatch.setattr(uploads, "_MOST_FILES", 0)
    page.set_input_files("#upload input[type=file]", [written(tmp_path, "a.txt", "Words.")])
    page.wait_for_selector("text=These files cannot be taken")
    assert "{" not in page.inner_text(".toast-body")


def test_uploads_one_after_the_other_and_a_correction_stands_once(desk, tmp_path):
    page, corpus = desk
    page.click("#ingest")
    page.wait_for_selector("#ingest-report >> text=No files chosen")
    first = written(tmp_path, "Arvandia.txt", LONG)
    assert "Added: 1" in upload(page, first)
    second = written(tmp_path, "belmora.txt", "Mr. Chair,\n\nIt opposes the fund of the harbour.")
    assert "Added: 1" in upload(page, second)
    page.click("#ingest")
    page.wait_for_selector("#ingest-report >> text=No files chosen")
    written(tmp_path, "Arvandia.txt", f"{LONG} We thank the keepers.")
    assert "Replaced: 1" in upload(page, first)
    assert sorted(s.file for s in corpus.documents()) == ["Arvandia.txt", "belmora.txt"]
    assert any("thank the keepers" in corpus.show(s.document_id).source_text for s in corpus.documents())


def test_statement_without_a_state_is_told_at_the_top_and_set_by_the_form(desk, tmp_path):
    page, corpus = desk
    files = [written(tmp_path, "one.txt", LONG), written(tmp_path, "two.txt", "Mr. Chair,\n\nIt opposes the fund.")]
    report = upload(page, *files)
    assert "Without a State: 2" in report.split("File")[0]
    assert not re.search(r"line 0|`|untoc |[0-9a-f]{16}", report)
    # The second name is no known party, so the form that adds one opens.
    choose(page, "Austria", "Atlantis")
    page.wait_for_selector("#nameless-said .u-error")
    assert not re.search(r"line 0|`|untoc |[0-9a-f]{16}", page.inner_text("#nameless-said"))
    page.click("#party-form >> text=not known")
    page.fill("#party-name textarea, #party-name input", "Arvandia")
    page.click("#party-add")
    page.wait_for_selector("#nameless-said >> text=Arvandia can be chosen now")
    choose(page, "Arvandia")
    page.wait_for_selector("#nameless-form", state="hidden")
    assert sorted(s.metadata.state for s in corpus.documents()) == ["AUT", "XZZ"]


def test_each_file_is_reported_and_a_hostile_name_stays_text(desk, tmp_path):
    page, _ = desk
    texts = {
        "empty.txt": " ",
        "Statement (2031) – Arvandia.txt": "Mr. Chair,\n\nArvandia supports article 18.",
        "<img src=x onerror=document.title='owned'>.txt": "Mr. Chair,\n\nIt opposes the fund.",
    }
    page.set_input_files("#upload input[type=file]", [written(tmp_path, *file) for file in texts.items()])
    page.wait_for_selector("#upload >> text=empty")
    page.click("#ingest")
    page.wait_for_selector(".u-report tbody tr >> nth=2")
    rows = [row.split("\t") for row in page.locator(".u-report tbody tr").all_inner_texts()]
    assert rows[0][:2] == ["empty.txt", "Skipped"] and "holds no text" in rows[0][3] and "/" not in rows[0][3]
    assert [row[1] for row in rows[1:]] == ["Added", "Added"] and rows[1][0] in texts
    assert rows[2][0] == "_img src=x onerror=document.title='owned'_.txt"
    assert page.locator("#ingest-report img").count() == 0
    assert page.title() == "Ingest · untoc"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 860})
        assert overflowing(page) == []


def test_file_of_a_wrong_kind_is_named_beside_the_one_that_is_kept(desk, tmp_path):
    page, corpus = desk
    report = upload(page, written(tmp_path, "Arvandia.txt", LONG), written(tmp_path, "program.exe", "no statement"))
    assert "Added: 1" in report and "program.exe" in report and "which no loader reads" in report
    assert page.locator(".toast-wrap > *").count() == 0
    assert [s.file for s in corpus.documents()] == ["Arvandia.txt"]


def test_ingest_goes_on_when_the_page_is_closed_and_the_next_page_shows_it(visit, empty_workspace, open_page, tmp_path):
    page, served = visit(empty_workspace.assistant, empty_workspace.corpus)
    take_in, goes_on = served.corpus.ingest_uploads, threading.Event()

    def slow(paths, *, progress, **how):
        progress(IngestProgress(done=0, total=1, file="Arvandia.txt", step="load"))
        goes_on.wait(60)
        return take_in(paths, progress=progress, **how)

    served.corpus.ingest_uploads = slow
    open_tab(page, "Ingest")
    page.set_input_files("#upload input[type=file]", written(tmp_path, "Arvandia.txt", LONG))
    page.wait_for_selector("#upload >> text=Arvandia")
    page.click("#ingest")
    page.wait_for_selector("#ingest-report >> text=Files: 0 of 1")
    page.close()
    page = open_page(served=served)
    open_tab(page, "Ingest")
    page.wait_for_selector("#ingest-report >> text=Files: 0 of 1")
    goes_on.set()
    page.wait_for_selector("#ingest-report .u-report >> text=Added: 1")
    assert [s.file for s in served.corpus.documents()] == ["Arvandia.txt"]


def test_ingest_that_is_stopped_can_be_begun_again_at_once(desk, monkeypatch):
    page, corpus = desk
    take_in, read = corpus.ingest, threading.Event()

    def slow(paths, *, progress, **how):
        progress(IngestProgress(done=0, total=1, file="long.pdf", step="load"))
        read.wait(60)
        return take_in(paths, progress=progress, **how)

    monkeypatch.setattr(corpus, "ingest", slow)
    page.click("#sample")
    page.wait_for_selector("#ingest-report >> text=Files: 0 of 1")
    page.click("#ingest-stop")
    # As long as a file of the stopped ingest is being read, the page would drop the next ingest.
    page.wait_for_selector("#ingest-report >> text=Stopping")
    read.set()
    page.wait_for_selector("#ingest-report >> text=Stopped. Files kept: 0 of 1")
    page.click("#sample")
    # The first ingest may have stored the statement just before it stopped.
    page.wait_for_selector("#ingest-report .u-report >> text=/(Added|Unchanged): 1/")
