from pathlib import Path

import pytest

from app.errors import AppError
from app.ui.ingest_tab import _Uploads, progress_html, report_html
from ingest.report import FileResult, IngestProgress, IngestReport
from tests.fakes_ui import FakeCorpus

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
    html = report_html(report, NAMES, folder)
    assert html.index("&lt;bad&gt;.pdf") < html.index("good.txt")
    assert str(folder) not in html and "unknown column &lt;x&gt;" in html
    assert "Added: 1, Failed: 1 · 1.2 s" in html.replace("1 failed, 1 added", "1 added, 1 failed")
    assert "Iran (Islamic Republic of)" in html


@pytest.mark.parametrize(
    "result", ["unchanged", "updated", "replaced", "duplicate", "skipped", "not_listed", "missing", "removed"]
)
def test_every_outcome_has_words(result):
    assert "u-badge" in report_html(IngestReport(files=(FileResult(file="a", result=result),)), NAMES)


def test_progress_is_counted_and_escaped():
    html = progress_html(IngestProgress(done=1, total=3, file="<a>.txt", step="embed"))
    assert 'max="3" value="1"' in html and "Files: 1 of 3" in html and "Indexing <bdi>&lt;a&gt;.txt" in html


def test_error_of_the_store_is_one_line():
    class Broken(FakeCorpus):
        def ingest(self, paths, **_):
            raise AppError("the store is <read-only>")

    *_, last = _Uploads(Broken()).sample()
    assert last == '<p class="u-error" role="alert">the store is &lt;read-only&gt;</p>'


def test_error_of_the_disk_names_no_path():
    class Full(FakeCorpus):
        def ingest(self, paths, **_):
            raise OSError(28, "No space left on device", "/home/someone/store")

    *_, last = _Uploads(Full()).sample()
    assert "No space left on device" in last and "/home" not in last


def test_bug_in_an_ingest_is_not_swallowed():
    class Broken(FakeCorpus):
        def ingest(self, paths, **_):
            raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        list(_Uploads(Broken()).sample())


def test_no_files_says_what_to_do():
    assert [html for html, *_ in _Uploads(FakeCorpus()).ingest(None, False)] == [
        '<p class="u-empty">No files chosen. Choose files first, then ingest them.</p>'
    ]


def test_uploaded_files_that_nothing_came_from_are_gone_afterwards(tmp_path):
    corpus = FakeCorpus()
    seen = []
    original = corpus.ingest

    def ingest(paths, **options):
        seen.extend(paths)
        assert all(path.exists() for path in paths)
        return original(paths, **options)

    corpus.ingest = ingest
    source = tmp_path / "x"
    source.write_text("words", encoding="utf-8")
    list(_Uploads(corpus).ingest([{"path": str(source), "orig_name": "a.txt"}], False))
    assert [path.name for path in seen] == ["a.txt"] and not seen[0].exists()
