"""Documents on disk: what can be written and where, the manifest beside them, and PDF by LibreOffice."""

import hashlib
import json
import os
import select
import shutil
import stat
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from app.briefing.cells import Briefing
from app.errors import ExportError
from app.export import pdf
from app.export.briefing_lines import arrange
from app.export.plots import timeline
from app.export.write import SUFFIXES, write_briefing
from tests.fakes_briefing import STATEMENTS, crowded_briefing, fake_briefing

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("one_picture")]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".md", ".MD"])
def test_the_manifest_has_the_hashes_of_all_that_the_document_cites(suffix, tmp_path):
    document, beside = write_briefing(fake_briefing(), tmp_path / f"brief{suffix}", with_manifest=True)
    assert (document, beside) == (tmp_path / f"brief{suffix}", tmp_path / f"brief{suffix}.manifest.json")
    content = json.loads(beside.read_text(encoding="utf-8"))
    assert content["document"] == {"file": document.name, "form": "full", "sha256": digest(document.read_bytes())}
    texts = {said.statement_id: said.text for said in STATEMENTS}
    assert {s["statement_id"]: s["text_sha256"] for s in content["statements"]} == {
        identifier: digest(text.encode()) for identifier, text in texts.items()
    }
    assert [c["number"] for c in content["citations"]] == list(range(1, 10))
    for citation in content["citations"]:
        span = texts[citation["statement_id"]][citation["start"] : citation["end"]]
        assert citation["source_quote_sha256"] == digest(span.encode())
    quotes = [c.quote for c in arrange(fake_briefing()).citations]
    assert [c["quote_sha256"] for c in content["citations"]] == [digest(quote.encode()) for quote in quotes]


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".md"])
def test_the_same_briefing_gives_the_same_files_without_the_time_of_saving(suffix, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path, _ = write_briefing(fake_briefing(), tmp_path / folder / f"x{suffix}", with_manifest=True)
    for name in (f"x{suffix}", f"x{suffix}.manifest.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    if suffix != ".md":
        with ZipFile(path) as package:
            assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert package.read("docProps/core.xml").count(b"2026-11-25T12:30:00Z") == 2


def test_a_briefing_about_nothing_is_a_document_with_a_picture(tmp_path):
    nothing = Briefing(title="Nothing\x00 <b>")
    word, book, text = (write_briefing(nothing, tmp_path / f"x{suffix}")[0] for suffix in (".docx", ".xlsx", ".md"))
    assert docx.Document(str(word)).paragraphs[0].text == "Nothing␀ <b>"
    assert [sheet.max_row for sheet in load_workbook(book)][:3] == [1, 1, 1]
    assert text.read_text(encoding="utf-8").startswith("# Nothing␀ \\<b\\>")
    assert Image.open(BytesIO(timeline(nothing))).width > 100


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        *((name, "full", f"{name}.*{', '.join(SUFFIXES)}") for name in ("brief.odt", "brief", "brief.docx.txt")),
        ("absent/x.md", "full", "no folder .*absent.* create it"),
        ("folder.md", "full", "is a folder"),
        ("x.xlsx", "one_pager", r"one_pager.*\.docx"),
        ("x.md", "short", "no form 'short'"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_to_do(name, form, said, tmp_path):
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(ExportError, match=said):
        write_briefing(fake_briefing(), tmp_path / name, form=form)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.md"]


@pytest.mark.parametrize("link", [False, True])
def test_the_template_is_never_overwritten(link, tmp_path):
    template, output = tmp_path / "house.docx", tmp_path / ("other.docx" if link else "house.docx")
    docx.Document().save(str(template))
    if link:
        output.symlink_to(template)
    before = template.read_bytes()
    with pytest.raises(ExportError, match="is the template itself"):
        write_briefing(fake_briefing(), output, template=template)
    assert template.read_bytes() == before


@pytest.mark.parametrize(("other", "template"), [("b.odt", None), ("b.docx", "absent.docx"), ("no/b.md", None)])
def test_none_of_several_documents_is_written_if_one_cannot_be(other, template, tmp_path):
    paths = (tmp_path / "a.md", tmp_path / other)
    with pytest.raises(ExportError):
        write_briefing(fake_briefing(), *paths, template=template and tmp_path / template)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_files_as_they_were(tmp_path, monkeypatch):
    path = tmp_path / "x.md"
    path.write_text("before", encoding="utf-8")

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ExportError, match=r"x\.md.*No space left"):
        write_briefing(fake_briefing(), path)
    assert [p.name for p in tmp_path.iterdir()] == ["x.md"] and path.read_text(encoding="utf-8") == "before"


def test_an_earlier_document_is_replaced_and_has_usual_rights(tmp_path):
    path = tmp_path / "x.md"
    path.write_text("before", encoding="utf-8")
    write_briefing(fake_briefing(), path)
    other = tmp_path / "other"
    other.touch()
    assert path.read_text(encoding="utf-8").startswith("# Extradition")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other", "x.md"]


def test_a_pdf_without_libreoffice_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExportError, match=r"install it.*\.docx"):
        write_briefing(fake_briefing(), tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("script", "reason"), [("echo no room >&2; exit 3", "no room"), ("exit 0", "exit code 0")])
def test_a_libreoffice_that_fails_is_reported_with_its_reason(script, reason, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(ExportError, match=rf"{reason}.*\.docx"):
        write_briefing(fake_briefing(), tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.slow
def test_a_libreoffice_that_hangs_is_ended_with_all_that_it_started(tmp_path, monkeypatch):
    program = tmp_path / "soffice"
    # The process that the program starts holds a pipe open as long as it lives.
    os.mkfifo(tmp_path / "alive")
    program.write_text(f"#!/bin/sh\n(exec 3>'{tmp_path}/alive'; exec /bin/sleep 60) &\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "_SECONDS", 2)
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(ExportError, match="took more than"):
        write_briefing(fake_briefing(), tmp_path / "x.pdf")
    # The pipe signals its end once no process is left that could write into it.
    ended, _, _ = select.select([alive], [], [], 10)
    os.close(alive)
    assert ended


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice makes the PDF, and is not installed")
@pytest.mark.parametrize("form", ["one_pager", "talking_points"])
def test_a_short_form_is_one_page_whatever_there_is_to_say(form, tmp_path):
    (path,) = write_briefing(crowded_briefing(), tmp_path / "x.pdf", form=form)
    (page,) = PdfReader(BytesIO(path.read_bytes())).pages
    text = " ".join(page.extract_text().split())
    assert all(subject.label in text for subject in crowded_briefing().subjects)
    shown = text.count("XAA_2024.txt")
    # A note counts the points that were left out.
    assert 6 <= shown < 24 and f"that are not on this page: {24 - shown}." in text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice makes the PDF, and is not installed")
def test_a_pdf_shows_notes_at_the_foot_of_their_page_and_pages_in_its_contents(tmp_path):
    (path,) = write_briefing(fake_briefing(), tmp_path / "x.pdf")
    reader = PdfReader(BytesIO(path.read_bytes()))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    for citation in arrange(fake_briefing()).citations:
        if citation.language == "en" and "HYPERLINK" not in citation.quote:
            (page, *_) = [page for page in pages if citation.quote in page]
            assert page.index(citation.quote) < page.rindex(f"paragraph {citation.paragraph}, {citation.file}.")
    headings = {
        entry.title: reader.get_destination_page_number(entry)
        for entry in reader.outline
        if not isinstance(entry, list)
    }
    assert list(headings)[:3] == ["Overview", "Extradition", "UNTOC article 18"]
    contents = pages[0][pages[0].index("Contents") :]
    for title, number in headings.items():
        assert f"{title}" in contents and str((number or 0) + 1) in contents.split(title)[1].strip(" .").split()[0]
