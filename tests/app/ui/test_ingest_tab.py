import threading
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import gradio as gr
import pytest

from app.corpus.upload_names import without_folder
from app.errors import AppError
from app.ui import words
from app.ui.ingest_tab import _IngestTabController, progress_html, report_html
from app.ui.parts import skips
from app.ui.words import worded
from ingest.report import NO_STATE, FileOutcome, FileResult, IngestProgress, IngestReport
from tests.fakes_ui import FakeCorpus, fake_workspace, ingested, statement
from vectorstore.records import Metadata

NAMES = FakeCorpus().party_name


def test_report_lists_problems_first_and_hides_the_upload_folder():
    folder = Path("/tmp/upload-1")
    report = IngestReport(
        files=(
            FileResult(file=f"{folder}/good.txt", result="added", state="IRN"),
            FileResult(file=f"{folder}/<bad>.pdf", result="failed", reason=f"{folder}/<bad>.pdf: not a PDF"),
        ),
        passages=5,
        embedded_passages=2,
        seconds=1.25,
        notes=("unknown column <x>",),
    )
    html = report_html(without_folder(report, folder), NAMES)
    assert html.index("&lt;bad&gt;.pdf") < html.index("good.txt")
    assert str(folder) not in html and "unknown column &lt;x&gt;" in html
    assert "Added: 1, Failed: 1 · 1.2 s" in html.replace("1 failed, 1 added", "1 added, 1 failed")
    assert "Iran (Islamic Republic of)" in html


@pytest.mark.parametrize("result", get_args(FileOutcome))
def test_every_outcome_has_words(result):
    assert "u-badge" in report_html(IngestReport(files=(FileResult(file="a", result=result),)), NAMES)


def test_progress_is_counted_and_escaped():
    html = progress_html(IngestProgress(done=1, total=3, file="<a>.txt", step="embed"))
    assert 'max="3" value="1"' in html and "Files: 1 of 3" in html and "Indexing <bdi>&lt;a&gt;.txt" in html


class Broken(FakeCorpus):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def ingest(self, paths, **_):
        raise self.error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(AppError("the store is <read-only>"), "The store is &lt;read-only&gt;", id="of the store"),
        pytest.param(
            OSError(28, "No space left on device", "/home/someone/store"), "No space left on device",
            id="of the disk, without a path",
        ),
        pytest.param(ZeroDivisionError("a bug"), words.words_of("en")["went-wrong"], id="that nobody foresaw"),
    ],
)  # fmt: skip
def test_error_is_one_line(error, told):
    controller = _IngestTabController(Broken(error))
    assert ingested(controller, controller.sample(None))[0] == f'<p class="u-error" role="alert">{told}</p>'


class Slow(FakeCorpus):
    """Takes in four of nine files, and the others once it is told to go on."""

    def __init__(self):
        super().__init__()
        self.began, self.goes_on = threading.Event(), threading.Event()

    def ingest(self, paths, *, progress, **_):
        progress(IngestProgress(done=4, total=9, file="a.txt", step="embed", finished=3.4))
        self.began.set()
        self.goes_on.wait(60)
        progress(IngestProgress(done=4, total=9, file="a.txt", step="store", finished=3.4))
        return IngestReport(files=(FileResult(file="a.txt", result="added"),) * 9)


@pytest.fixture
def slow():
    corpus = Slow()
    yield corpus
    corpus.goes_on.set()


def test_stopping_says_how_many_files_are_kept(slow, tmp_path):
    # Of the four files that were read, two are stored, beside one of another folder.
    stored = [
        SimpleNamespace(folder=str(tmp_path)),
        SimpleNamespace(folder=str(tmp_path / "zip")),
        SimpleNamespace(folder="/x"),
    ]
    slow.documents, slow.ingest_uploads = lambda: stored, slow.ingest
    slow.uploads = SimpleNamespace(folder=lambda person: nullcontext(tmp_path))
    sent = tmp_path.with_name("sent.txt")
    sent.write_text("Belmora supports tolls.", encoding="utf-8")
    controller = _IngestTabController(slow)
    begun = controller.ingest([(str(sent), "sent.txt")], False, None)
    assert slow.began.wait(60)
    assert controller.sample(begun[1]) == skips(3), "a second click begins no other"
    assert "Stopping" in controller.stopped(begun[1])[0]
    slow.goes_on.set()
    assert "Files kept: 2 of 9" in ingested(controller, begun)[0]


def test_ingest_goes_on_when_its_page_is_closed_and_the_next_page_of_its_person_says_what_it_did(slow):
    person = ["Ana"]
    controller = _IngestTabController(slow, lambda: person[0])
    controller.sample(None)
    assert slow.began.wait(60)
    person[0] = "Ben"
    assert controller.opened(None)[2] == gr.skip()
    person[0] = "Ana"
    begun = controller.opened(None)[1:]
    slow.goes_on.set()
    assert "Added: 9" in ingested(controller, begun)[0]
    assert controller.opened(None)[2] == gr.skip(), "it is told once"


def test_no_files_says_what_to_do():
    assert _IngestTabController(FakeCorpus()).ingest([], False, None)[0] == (
        '<p class="u-empty" role="status">No files chosen. Choose files first, then ingest them.</p>'
    )


def test_states_are_set_together_and_those_named_in_the_text_are_offered_first():
    _, corpus = fake_workspace()
    controller = _IngestTabController(corpus)
    new = statement("Note by Cuba.txt", "Berlin, 2016\n\nMr. Chair, Austria and Cuba agree.", Metadata(language="en"))
    other = statement("two.txt", "Mr. Chair.", Metadata(language="en"))
    corpus.stored |= {new.statement_id: new, other.statement_id: other}
    files = [
        FileResult(file=item.file, result="added", statement_id=item.statement_id, reason=NO_STATE)
        for item in (new, other)
    ]
    # A duplicate is the same statement: it is asked about once, and set with it.
    files.append(replace(files[0], file="copy.txt", result="duplicate", reason=f"same text; {NO_STATE}"))
    report = IngestReport(files=tuple(files), embedded_passages=0, passages=0, seconds=1.0)
    _, _, first, second, *hidden = controller.asked(report)
    assert [code for _, code in first.choices[:2]] == ["CUB", "AUT"] and "Cuba, Austria" in first.info
    assert second.visible and not any(choice.visible for choice in hidden)
    told, shown, rest, *_ = controller.set_states(report, "IRN", "Atlantis")
    assert "Iran (Islamic Republic of)" in told and "No party &#x27;Atlantis&#x27;" in told
    told = [(file.state, file.reason) for file in rest.files]
    assert told == [("IRN", None), (None, NO_STATE), ("IRN", "same text")]
    assert "Without a State: 1" in shown and "Iran (Islamic Republic of)" in shown


def test_messages_of_ingest_are_in_the_language_of_the_reader(monkeypatch):
    monkeypatch.setattr(words, "language", lambda: "fr")
    told = worded(
        "read by text recognition; 'a.pdf' has 9,000 pages, more than 5,000; split it, or raise UNTOC_LOAD__MAX_PAGES"
    )
    assert told == "lu par reconnaissance de texte ; 'a.pdf' a 9,000 pages, plus de 5,000 ; divisez-le"
    told = worded("statements.csv, line 5: on_behalf_of 'Xyz' is no group that is known; did you mean XGR?; as written")
    assert told == ("statements.csv, ligne 5 : 'Xyz' n’est pas un groupe connu ; vouliez-vous dire XGR ? ; as written")
    told = worded(
        "'parties.csv', line 2: code 'XAA' is already 'Quenza'; use another code, XAA to XZZ for fictional States"
    )
    assert told.startswith("'parties.csv', ligne 2 : le code 'XAA' est déjà celui de 'Quenza'")
    report = IngestReport(files=(FileResult(file="a.txt", result="added"),) * 2, seconds=1.5)
    assert "Ajouté : 2 · 1,5 s" in report_html(report, NAMES)
    monkeypatch.setattr(words, "language", lambda: "en")
    assert worded("no statement '0123456789abcdef' in the store: `untoc list` shows their ids") == (
        "no statement in the store"
    )
    slow = "text recognition took more than 60 s on a page"
    assert worded(f"{slow}; raise UNTOC_LOAD__OCR_SECONDS") == slow
    assert worded("'b' is of no kind we know, line 0") == "'b' is of no kind we know"
