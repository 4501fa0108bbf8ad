"""Pages whose words cannot be read from the text layer: fonts without Unicode maps, outlines of letters, scans."""

import io
import re

import pytest
from fontTools.pens.reportLabPen import ReportLabPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont as FontFile
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app.records import Scope
from app.retrieval.scoped_statements import unreadable_in_scope
from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_files import NEEDS_TESSERACT, find_font, image_bytes, scan_of
from tests.ingest.loaders.drawn import changed, drawn, lines, put_together
from vectorstore.records import Metadata, UnreadableFile

cases = Cases(__file__)

LIMITS = LoadLimits()
WITHOUT_OCR = LoadLimits(max_scanned_pages=0)
WORDS = cases.tuples("WORDS")
FONT = str(find_font("en"))


def without_maps() -> bytes:
    """Prints lines in a font without a Unicode map, which would say which characters its glyphs are."""
    pdfmetrics.registerFont(TTFont("Unmapped", FONT, asciiReadable=0))

    def draw(canvas):
        canvas.setFont("Unmapped", 14)
        lines(WORDS)(canvas)

    def unmap(writer):
        for page in writer.pages:
            for font in page["/Resources"]["/Font"].values():
                font.get_object().pop("/ToUnicode", None)

    return changed(drawn(draw), unmap)


def outlined(stamp: str = "Page 1 of 1") -> bytes:
    """Draws lines as outlines of letters, and a stamp as text."""
    font = FontFile(FONT, fontNumber=0)
    glyphs, names, scale = font.getGlyphSet(), font.getBestCmap(), 14 / font["head"].unitsPerEm

    def draw(canvas):
        canvas.drawString(72, 40, stamp)
        for number, line in enumerate(WORDS):
            left = 72.0
            for char in line:
                glyph = glyphs[names[ord(char)]]
                path = canvas.beginPath()
                path.closePath = path.close
                placed = (scale, 0, 0, scale, left, 740 - 24 * number)
                glyph.draw(TransformPen(ReportLabPen(glyphs, path), placed))
                canvas.drawPath(path, stroke=0, fill=1)
                left += glyph.width * scale

    return drawn(draw)


def letterhead_over_scan() -> bytes:
    """Prints a letterhead over a scan in two strips, which is black on white to take less space and time."""
    page = scan_of("\n\n".join(WORDS * 4)).point(lambda level: 255 * (level > 128))
    width, height = A4

    def draw(canvas):
        for part in range(2):
            strip = page.crop((0, part * page.height // 2, page.width, (part + 1) * page.height // 2))
            shown = Image.open(io.BytesIO(image_bytes(strip)))
            canvas.drawInlineImage(shown, 0, height / 2 * (1 - part), width, height / 2)
        lines(["Permanent Mission of Arvandia, 1 Long Road, Port Selwe"] * 3, 812, 12)(canvas)

    return drawn(draw)


def readable(line: str = "Belmora opposes it.") -> bytes:
    """Prints a page that needs no text recognition."""
    return drawn(lines([line]))


@pytest.mark.parametrize(("lost", "notes"), [("ae", None), ("v", ["inside words"]), ("q", [])])
def test_letters_that_a_font_does_not_name_are_said_and_too_many_are_no_text(lost, notes, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(drawn(lines([re.sub(f"(?<=[a-z])[{lost}](?=[a-z])", "\u25a0", line) for line in WORDS[2:] * 6])))
    if notes is None:
        with pytest.raises(LoadError, match="whose fonts do not say"):
            load(path, WITHOUT_OCR)
    else:
        loaded = load(path, WITHOUT_OCR)
        assert [" ".join(note.split(":")[0].split()[-2:]) for note in loaded.notes] == notes
        assert loaded.unread == ()


UNREADABLE = {
    without_maps: "whose fonts do not say which characters they show",
    outlined: "without a text layer",
    letterhead_over_scan: "without a text layer",
}


@NEEDS_TESSERACT
@pytest.mark.slow
@pytest.mark.parametrize("made", UNREADABLE)
def test_page_without_readable_words_is_read_by_text_recognition(made, tmp_path):
    (tmp_path / "a.pdf").write_bytes(made())
    loaded = load(tmp_path / "a.pdf", LIMITS)
    assert "supports the mechanism for the review of the Convention" in " ".join(loaded.text.split())
    assert loaded.notes == ("read by text recognition: page 1",) and loaded.unread == ()


@pytest.mark.parametrize("made", [without_maps, outlined, pytest.param(letterhead_over_scan, marks=pytest.mark.slow)])
def test_file_without_readable_words_is_refused_where_there_is_no_text_recognition(made, tmp_path):
    (tmp_path / "a.pdf").write_bytes(made())
    with pytest.raises(LoadError, match=UNREADABLE[made]):
        load(tmp_path / "a.pdf", WITHOUT_OCR)


def test_pages_that_could_not_be_read_are_named(tmp_path):
    (tmp_path / "a.pdf").write_bytes(put_together(readable(), without_maps(), readable(), outlined("Page 4 of 4")))
    loaded = load(tmp_path / "a.pdf", WITHOUT_OCR)
    assert loaded.unread == (2, 4) and loaded.incomplete
    assert loaded.notes[:2] == (
        "unreadable, since its fonts do not say which characters they show: page 2",
        "a picture beside few words that was not read: page 4",
    )
    assert "Belmora opposes it." in loaded.text and "Page 4 of 4" in loaded.text


def test_page_of_tables_is_not_read_anew(tmp_path):
    def draw(canvas):
        for number in range(150):
            canvas.line(72, 72 + 4 * number, 500, 72 + 4 * number)
        lines(WORDS)(canvas)

    (tmp_path / "a.pdf").write_bytes(drawn(draw))
    assert load(tmp_path / "a.pdf", WITHOUT_OCR).notes == ()


@cases("file", "scope", "shown", tuples=True, at_once=True)
def test_unreadable_file_is_named_under_answers_in_whose_scope_it_lies(file, scope, shown):
    unread = UnreadableFile(file="a.pdf", reason="a scan", metadata=Metadata(**file), pages=(2, 4))
    named = unreadable_in_scope([unread], Scope(**scope), PartyTable.load())
    assert named == (("a.pdf (pages 2, 4)",) if shown else ())


@pytest.mark.integration
def test_coverage_names_unread_pages_of_a_statement_in_scope_and_of_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("UNTOC_LOAD__MAX_SCANNED_PAGES", "0")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "statements.csv").write_text(
        "file,state,date\na.pdf,Austria,2020\nb.pdf,Germany,2020\nc.txt,Austria,2020\n"
    )
    (folder / "a.pdf").write_bytes(put_together(readable("We support the review of the lamps."), without_maps()))
    (folder / "b.pdf").write_bytes(without_maps())
    (folder / "c.txt").write_text("Mr. Chair,\n\nWe support the lamps of the harbour.\n")
    with fake_workspace(tmp_path / "store") as workspace:
        files = {file.file: file for file in workspace.corpus.ingest([folder]).files}
        assert [files[name].result for name in ("a.pdf", "b.pdf", "c.txt")] == ["added", "failed", "added"]
        assert "page 2" in (files["a.pdf"].reason or "")
        for question, named in (
            ("What did Austria say about lamps?", ("a.pdf (page 2)",)),
            ("What did Germany say about lamps?", ("b.pdf",)),
            ("Which States spoke about lamps?", ("a.pdf (page 2)", "b.pdf")),
            ("What did France say about lamps?", ()),
        ):
            assert workspace.assistant.ask(question).coverage.unreadable_files == named
