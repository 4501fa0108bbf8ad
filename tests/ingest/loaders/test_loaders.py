import hashlib
import zipfile
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf.generic import NameObject, TextStringObject
from reportlab.lib.pagesizes import A4

from ingest.errors import EmptyFileError, LoadError, UnsupportedFormatError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import LOADERS, exists, find_files, list_members, load, survey
from ingest.loaders.scanned import ScannedPage
from ingest.loaders.text import load_text
from tests.cases import Cases
from tests.fakes_files import image_bytes, odt_of, scanned_pdf, zip_of
from tests.ingest.loaders.drawn import changed, drawn, lines, pdf_lines, put_together
from vectorstore.records import ScannedWord

cases = Cases(__file__)

LIMITS = LoadLimits()
WITHOUT_OCR = LoadLimits(max_scanned_pages=0)


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_text_equals_the_decoded_bytes_of_the_sample():
    path = Path(str(files("ingest") / "sample" / "000_6237221ecf9e9373.txt"))
    loaded = load(path, LIMITS)
    assert loaded.text == path.read_bytes().decode("utf-8")
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (loaded.page_starts, loaded.notes) == ((), ())
    # The note on its provenance, in the same folder, does not count as a statement.
    assert find_files(path.parent) == (path,)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda text: f"a{text}\r\nb\rc\n"))
def test_text_keeps_every_character_and_newline_for_any_utf8(text):
    assert load_text(text.encode("utf-8"), "a.txt", LIMITS).text == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        *((encoding, "Señor Presidente,\r\nمؤتمر") for encoding in ("utf-8-sig", "utf-16", "utf-32")),
        *((encoding, text) for encoding in ("utf-16-le", "utf-16-be") for text in cases["UNMARKED"]),
        *cases["LEGACY"],
    ],
)
def test_text_is_decoded_by_its_mark_its_zero_bytes_or_its_characters(tmp_path, encoding, text):
    assert load(written(tmp_path, "a.txt", text.encode(encoding)), LIMITS).text == text


def test_load_reads_a_few_control_characters_as_spaces_and_says_so(tmp_path):
    data = b"2008\x07 Total \x07 of the plan for the year that was adopted by all, and no more." * 4
    loaded = load(written(tmp_path, "minutes.txt", data), LIMITS)
    assert loaded.text == data.decode().replace("\x07", " ")
    assert loaded.notes == ("8 control characters read as spaces",)


WEB_PAGE = b"<!DOCTYPE html><html><body>404 not found</body></html>"


@pytest.mark.parametrize(
    ("name", "match", "data"),
    [
        *(("a.txt", "looks binary|does not decode", data) for data in (
            bytes(range(256)) * 20, b"\x7fELF" + bytes(200), b"Mr. Chairman,\0thank you.",
            b"\x01\x02\x03\x04 words \x05\x06\x07" * 9, b"\xff\xfea\x00b", b"Arvandia speaks\0" * 20,
        )),
        *(("a.txt", "holds no text", data) for data in (
            b"", b" \r\n\t\n", b"\xef\xbb\xbf \n", "\u200b\u00a0".encode(),
        )),
        ("a.txt", "is a damaged picture", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("a.txt", "is a damaged or truncated PDF", b"%PDF-1.7\n%words and more words\n"),
        ("a.pdf", "is a web page by its first bytes", WEB_PAGE),
        *(("a.docx", "not a readable Word file", data) for data in (
            b"PK\x03\x04 broken", b"words", b"\xd0\xcf\x11\xe0 old", zip_of({"a.txt": b"words"}),
        )),
    ],
)  # fmt: skip
def test_load_refuses_what_it_cannot_read_and_skips_what_shows_nothing(tmp_path, name, match, data):
    with pytest.raises(LoadError, match=match) as caught:
        load(written(tmp_path, name, data), LIMITS)
    empty = match == "holds no text"
    assert (caught.value.result, isinstance(caught.value, EmptyFileError)) == ("skipped" if empty else "failed", empty)
    assert repr(name) in str(caught.value)


def test_load_reads_by_the_first_bytes_when_the_suffix_lies(tmp_path):
    loaded = load(written(tmp_path, "a.docx", pdf_lines("some words")), LIMITS)
    assert loaded.text == "some words"
    assert loaded.notes == ("named .docx, but read as pdf by its first bytes",)
    assert load(written(tmp_path, "c.txt", WEB_PAGE), LIMITS).text == WEB_PAGE.decode()


def test_load_names_the_formats_for_an_unknown_suffix(tmp_path):
    with pytest.raises(UnsupportedFormatError) as caught:
        load(written(tmp_path, "a.doc", b"x"), LIMITS)
    assert all(suffix in str(caught.value) for suffix in LOADERS)
    with pytest.raises(UnsupportedFormatError, match=r"'minutes' has no file extension; save it as one of \.txt"):
        load(written(tmp_path, "minutes", b"x"), LIMITS)


def test_load_reports_a_missing_path_and_a_folder(tmp_path):
    with pytest.raises(LoadError, match="does not exist"):
        load(tmp_path / "none.txt", LIMITS)
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(LoadError, match="is not a file"):
        load(tmp_path / "folder.txt", LIMITS)


def test_load_refuses_what_exceeds_a_limit(tmp_path):
    path = written(tmp_path, "a.txt", b"words and words")
    with pytest.raises(LoadError, match="UNTOC_LOAD__MAX_BYTES"):
        load(path, LoadLimits(max_bytes=14))
    assert load(path, LoadLimits(max_bytes=15, max_characters=15)).text == "words and words"
    with pytest.raises(LoadError, match="UNTOC_LOAD__MAX_CHARACTERS"):
        load(path, LoadLimits(max_characters=14))
    with pytest.raises(LoadError, match="UNTOC_LOAD__MAX_PAGES"):
        load(written(tmp_path, "a.pdf", pdf_lines("one", "two")), LoadLimits(max_pages=1))


def test_load_and_find_refuse_a_link_that_leads_out_of_the_folder(tmp_path):
    outside = written(tmp_path, "secret.txt", b"secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    inside = written(folder, "b.txt", b"words")
    (folder / "a.txt").symlink_to(outside)
    (folder / "c.txt").symlink_to(inside)
    written(folder, ".hidden.txt", b"words")
    for name in ("~$b.docx", "._b.docx", ".DS_Store"):
        written(folder, name, b"words")
    with pytest.raises(LoadError, match="leads out of the folder"):
        load(folder / "a.txt", LIMITS, folder)
    assert load(folder / "c.txt", LIMITS, folder).text == "words"
    found, passed_over = survey(folder)
    assert [path.name for path in found] == ["b.txt", "c.txt"]
    assert {path.name: exc.result for path, exc in passed_over.items()} == {
        ".hidden.txt": "skipped",
        "a.txt": "skipped",
    }


def test_pdf_keeps_page_offsets_and_notes_pages_without_text(tmp_path):
    pages = ["Statement by Examplia", "Mr. Chair,\nwe support article 4.", "Thank you."]
    loaded = load(written(tmp_path, "a.PDF", pdf_lines(*pages)), LIMITS)
    assert [loaded.text[start:].split("\n\f")[0] for start in loaded.page_starts] == pages
    assert loaded.text == "\n\f".join(pages)
    with pytest.raises(EmptyFileError):
        load(written(tmp_path, "blank.pdf", pdf_lines(" ", " ")), LIMITS)
    loaded = load(written(tmp_path, "a.pdf", pdf_lines("words", " ", "more")), LIMITS)
    assert loaded.notes == ("no text (blank): page 2",)
    assert len(loaded.page_starts) == 3


def test_pdf_notes_a_page_that_cannot_be_read(tmp_path):
    def break_first(pdf):
        pdf.pages[0][NameObject("/Contents")] = TextStringObject("not a stream")

    loaded = load(written(tmp_path, "a.pdf", changed(pdf_lines("first", "second"), break_first)), LIMITS)
    assert loaded.text[loaded.page_starts[1] :].strip() == "second"
    assert "page 1" in loaded.notes[0]


@pytest.mark.parametrize(("suffix", "head"), [(".pdf", b"%PDF-1.4\n"), (".docx", b"PK\x03\x04")])
@given(data=st.binary(max_size=400))
def test_pdf_and_docx_of_any_bytes_raise_load_errors(suffix, head, data):
    with pytest.raises(LoadError):
        LOADERS[suffix].load(head + data, "a", WITHOUT_OCR)


@given(st.integers(0, 4000), st.binary(max_size=30), st.booleans())
def test_pdf_that_is_damaged_or_cut_raises_nothing_but_load_errors(position, junk, cut):
    data = pdf_lines("some words", "more words")
    position %= len(data)
    rest = b"" if cut else data[position + len(junk) :]
    try:
        extract = LOADERS[".pdf"].load(data[:position] + junk + rest, "a", WITHOUT_OCR)
    except LoadError as error:
        assert "'a'" in str(error)
    else:
        assert extract.text.encode("utf-8")


@pytest.mark.parametrize("algorithm", ["RC4-128", "RC4-40"])
def test_pdf_opens_with_restrictions_but_not_with_a_password(tmp_path, algorithm):
    def secured(user):
        pdf = changed(pdf_lines("some words"), lambda pdf: pdf.encrypt(user, "owner", algorithm=algorithm))
        return written(tmp_path, "a.pdf", pdf)

    assert load(secured(""), LIMITS).text == "some words"
    with pytest.raises(LoadError, match="protected by a password"):
        load(secured("secret"), LIMITS)


def docx_text(folder: Path, document) -> str:
    document.save(str(folder / "a.docx"))
    loaded = load(folder / "a.docx", LIMITS)
    assert loaded.page_starts == ()
    return loaded.text


def test_docx_keeps_the_order_of_paragraphs_and_cells(tmp_path):
    document = Document()
    document.sections[0].header.paragraphs[0].text = "running head"
    document.add_heading("Statement by Examplia")
    document.add_paragraph("Mr. Chair,\twe agree.")
    table = document.add_table(rows=2, cols=2)
    for number, cell in enumerate(table._cells):
        cell.text = f"cell {number}"
    document.add_paragraph("")
    document.add_paragraph("Thank you.")
    cells = "\n\n".join(f"cell {number}" for number in range(4))
    expected = f"Statement by Examplia\n\nMr. Chair,\twe agree.\n\n{cells}\n\nThank you."
    assert docx_text(tmp_path, document) == expected


def test_docx_marks_the_items_of_automatic_lists_that_words_open(tmp_path):
    document = Document()
    document.add_paragraph("We thank you.", style="List Number")
    document.add_paragraph("We cannot accept the following:")
    for item in ("A fund.", "A court.", "(c) A registry."):
        document.add_paragraph(item, style="List Bullet 2")
    document.add_paragraph("We do not want")
    numbered = f"<w:numPr {nsdecls('w')}><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>"
    for item in ("a tax;", "a fee."):
        document.add_paragraph(item)._p.get_or_add_pPr().append(parse_xml(numbered))
    unlisted = document.add_paragraph("We go on.", style="List Bullet")
    unlisted._p.get_or_add_pPr().append(parse_xml(numbered.replace("val='1'", "val='0'")))
    assert docx_text(tmp_path, document).split("\n\n") == [
        "We thank you.", "We cannot accept the following:", "• A fund.", "• A court.", "(c) A registry.",
        "We do not want", "• a tax;", "• a fee.", "We go on.",
    ]  # fmt: skip


COVERED = "<table:covered-table-cell/>"
ROWS = cases.tuples("ROWS")
CELLS = [
    "Proposal", "Text", "Position", "L.2\tA registry shall be kept.\tNot supported.", "A fund shall be set up.\tNo",
    "Arvandia", "We support the fund. It is needed.", "A lamp shall burn.",
    *(cell for row in ROWS[5:] for cell in row), "First.", "Second.", "Third",
]  # fmt: skip


def test_docx_keeps_the_cells_of_a_row_together_where_one_goes_on_from_a_sentence(tmp_path):
    document = Document()
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = text
    several = table.add_row().cells
    several[0].text = "First."
    several[0].add_paragraph("Second.")
    several[1].text = "Third"
    assert docx_text(tmp_path, document).split("\n\n") == CELLS


FIGURES = cases.tuples("FIGURES")
ROWS_OF_FIGURES = cases["ROWS_OF_FIGURES"]


def test_docx_keeps_each_row_of_a_table_of_figures_as_one_paragraph(tmp_path):
    document = Document()
    table = document.add_table(rows=0, cols=3)
    for row in FIGURES:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    cover = document.add_table(rows=1, cols=2)
    cover.cell(0, 0).text, cover.cell(0, 1).text = "Session", "10"
    assert docx_text(tmp_path, document).split("\n\n") == [*ROWS_OF_FIGURES, "Session", "10"]


def test_odt_keeps_each_row_of_a_table_of_figures_as_one_paragraph(tmp_path):
    rows = [
        "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" if text else COVERED for text in row)
        for row in FIGURES
    ]
    heads, *others = (f"<table:table-row>{row}</table:table-row>" for row in rows)
    table = f"<table:table><table:table-header-rows>{heads}</table:table-header-rows>{''.join(others)}</table:table>"
    loaded = load(written(tmp_path, "a.odt", odt_of("We agree.", more=table)), LIMITS)
    assert loaded.text.split("\n\n") == ["We agree.", *ROWS_OF_FIGURES]


def test_odt_keeps_rows_together_and_marks_the_items_of_lists(tmp_path):
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in (*ROWS, ("First.</text:p><text:p>Second.", "Third"))
    )
    items = "".join(f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in ("A tax.", "A fee."))
    more = f"<table:table>{cells}</table:table><text:p>We reject:</text:p><text:list>{items}</text:list>"
    loaded = load(written(tmp_path, "a.odt", odt_of("We agree.", more=f"{more}<text:p>Thanks.</text:p>")), LIMITS)
    assert loaded.text.split("\n\n") == ["We agree.", *CELLS, "We reject:", "• A tax.", "• A fee.", "Thanks."]


def test_docx_keeps_links_insertions_and_controls_but_no_deletions(tmp_path):
    document = Document()
    paragraph = document.add_paragraph("We ")
    for xml in (
        "<w:ins {n}><w:r><w:t xml:space='preserve'>fully </w:t></w:r></w:ins>",
        "<w:del {n}><w:r><w:delText>hardly </w:delText></w:r></w:del>",
        "<w:moveFrom {n}><w:r><w:t>moved </w:t></w:r></w:moveFrom>",
        "<w:hyperlink {n}><w:r><w:t>support</w:t></w:r></w:hyperlink>",
    ):
        paragraph._p.append(parse_xml(xml.format(n=nsdecls("w"))))
    control = "<w:sdt {n}><w:sdtContent><w:p><w:r><w:t>article 4.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    paragraph._p.addnext(parse_xml(control.format(n=nsdecls("w"))))
    assert docx_text(tmp_path, document) == "We fully support\n\narticle 4."


def test_docx_without_text_is_skipped_and_one_that_unpacks_to_too_much_is_refused(tmp_path):
    with pytest.raises(EmptyFileError):
        docx_text(tmp_path, Document())
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/bomb.bin", bytes(5_000_000))
    assert path.stat().st_size < 100_000
    with pytest.raises(LoadError, match="UNTOC_LOAD__MAX_UNPACKED_BYTES"):
        load(path, LoadLimits(max_unpacked_bytes=4_000_000))


def test_docx_joins_what_a_deleted_paragraph_mark_joins_and_leaves_out_what_is_hidden(tmp_path):
    document = Document()
    paragraph = document.add_paragraph("We support ")
    mark = f"<w:pPr {nsdecls('w')}><w:rPr><w:del w:id='1' w:author='a'/></w:rPr></w:pPr>"
    paragraph._p.insert(0, parse_xml(mark))
    document.add_paragraph("article 4.").add_run(" hidden").font.hidden = True
    document.paragraphs[-1].add_run(" struck out").font.strike = True
    document.add_paragraph("moved").paragraph_format.left_indent = 1
    table = document.add_table(rows=2, cols=1)
    table.cell(0, 0).text, table.cell(1, 0).text = "kept row", "deleted row"
    row = f"<w:trPr {nsdecls('w')}><w:del w:id='2' w:author='a'/></w:trPr>"
    table.rows[1]._tr.insert(0, parse_xml(row))
    assert docx_text(tmp_path, document) == "We support article 4.\n\nmoved\n\nkept row"


@cases("page", "text")
def test_html_has_the_title_that_stands_outside_its_main_text(tmp_path, page, text):
    assert load(written(tmp_path, "a.html", page.encode()), LIMITS).text == f"{text}We oppose quotas. We regret it."


def test_documents_of_kinds_that_are_not_read_are_named_with_what_to_save_them_as(tmp_path, monkeypatch):
    for name in ("a.txt", "b.doc", "c.msg", "d.PPTX", "e.tmp", "f.yaml"):
        written(tmp_path, name, b"words")
    found, passed_over = survey(tmp_path)
    assert [path.name for path in found] == ["a.txt"]
    told = {path.name: (exc.result, str(exc).rpartition(" ")[2]) for path, exc in passed_over.items()}
    assert told == {"b.doc": ("skipped", ".docx"), "c.msg": ("skipped", ".eml"), "d.PPTX": ("skipped", ".pdf")}
    # Once a loader reads one of these kinds, it is no longer among them.
    monkeypatch.setattr("ingest.loaders.registry.SUFFIXES", (*LOADERS, ".pptx"))
    assert [path.name for path in find_files(tmp_path)] == ["a.txt", "d.PPTX"]


@cases("body", "text")
def test_html_keeps_the_words_of_its_main_text_alone_and_reads_the_declared_encoding(tmp_path, body, text):
    page = f"<html><head><meta charset=iso-8859-1></head><body>{body}</body></html>"
    assert load(written(tmp_path, "a.htm", page.encode("cp1252")), LIMITS).text == text
    # The declaration is read as ASCII, so that the page cannot be in UTF-16.
    page = page.replace("iso-8859-1", "utf-16")
    assert load(written(tmp_path, "a.htm", page.encode()), LIMITS).text == text


def test_rtf_keeps_its_encoding_and_leaves_out_what_is_hidden_or_deleted(tmp_path):
    data = (
        rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 Times;}}\f0 \'cc\'fb {\v secret }\b\'e7\'e0\b0 "
        rb"\v more secret\v0 {\strike old} \strike older\strike0 4.\par {\field{\*\fldinst{HYPERLINK "
        rb'"https://example.org/a b"}}{\fldrslt here}}\par}'
    )
    text = load(written(tmp_path, "a.rtf", data), LIMITS).text
    assert text.replace(" ", "") == "Мыза4.\n\nhere"


def test_rtf_keeps_the_bars_that_were_said_beside_the_edges_of_cells(tmp_path):
    data = rb"{\rtf1 We vote |yes|\par\trowd\intbl a|b\cell c\cell\row}"
    assert load(written(tmp_path, "a.rtf", data), LIMITS).text == "We vote |yes|\n\na|b\tc"


def test_mail_without_plain_text_gives_its_page_and_forwarded_mails_are_taken_apart(tmp_path):
    inner = EmailMessage()
    inner["Subject"] = "Statement"
    inner.set_content("The inner words.")
    inner.add_attachment(b"attached words", maintype="text", subtype="plain", filename="../../a.txt")
    outer = EmailMessage()
    outer["Subject"] = "Fwd"
    outer.set_content("<html><body><nav>menu</nav><p>The outer words.</p></body></html>", subtype="html")
    outer.add_attachment(inner)
    path = written(tmp_path, "a.eml", bytes(outer))
    assert load(path, LIMITS).text == "The outer words."
    members = list_members(path, LIMITS)
    assert [str(member.relative_to(path)) for member in members] == ["message.eml", "message.eml/__/__/a.txt"]
    assert [load(member, LIMITS, tmp_path).text.strip() for member in members] == ["The inner words.", "attached words"]
    assert list_members(path, LoadLimits(max_archive_depth=1)) == members[:1]
    assert exists(members[1], LIMITS) and not exists(path / "other.txt", LIMITS)


@cases("subject", "content", "text", tuples=True)
def test_mail_has_its_subject_as_heading_and_none_of_what_it_quotes(subject, content, text, tmp_path):
    mail = EmailMessage()
    mail["Subject"] = subject
    mail.set_content(content)
    loaded = load(written(tmp_path, "a.eml", bytes(mail)), LIMITS)
    assert loaded.text.strip() == text
    assert bool(loaded.notes) != all(line.lstrip("> ") in loaded.text for line in content.splitlines())


@cases("content", "attached", "covers", at_once=True)
def test_mail_covers_documents_if_it_has_some_or_says_so_in_a_letter(content, attached, covers, tmp_path_factory):
    mail = EmailMessage()
    mail["Subject"] = "Statement of Examplia"
    mail.set_content(content)
    for name, kind in attached.items():
        mail.add_attachment(b"x", maintype=kind, subtype="octet-stream", filename=name)
    loaded = load(written(tmp_path_factory.mktemp("mail"), "a.eml", bytes(mail)), LIMITS)
    assert (loaded.covers, loaded.text.startswith("Statement")) == (covers, not (covers or attached))


def test_mail_in_a_character_set_that_nobody_knows_is_read(tmp_path):
    mail = "From: a\nSubject: Lamps\nContent-Type: text/plain; charset=foo\n\nThe lamps of Kérala are lit."
    assert "The lamps of Kérala are lit." in load(written(tmp_path, "a.eml", mail.encode()), LIMITS).text


def test_mail_as_a_page_has_none_of_what_it_quotes_unless_it_passes_that_on(tmp_path):
    theirs = "<p>We put them out.</p>"
    for quoted in (
        f"<blockquote type='cite'>{theirs}</blockquote>",
        f"<div class='moz-cite-prefix'>On 3 May Ms. Oram wrote:</div><blockquote type='cite'>{theirs}</blockquote>",
        f"<div id='divRplyFwdMsg'></div><div>{theirs}</div>",
        f"<div class='yahoo_quoted'><div>On Monday, Ms. Oram wrote:</div>{theirs}</div>",
        f"<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'></div><blockquote type='cite'>{theirs}</blockquote>",
    ):
        for own, text in (("<p>We light lamps.</p>", "We light lamps."), ("", "We put them out.")):
            mail = EmailMessage()
            mail.set_content(f"<html><body>{own}{quoted}</body></html>", subtype="html")
            read = load(written(tmp_path, "a.eml", bytes(mail)), LIMITS).text
            assert read == text or (not own and read.endswith(text)), quoted


def test_picture_that_is_guessed_at_is_said_to_be_unread(tmp_path, monkeypatch):
    word = ScannedWord(start=0, end=1, confidence=0.3, left=0, top=0, right=1, bottom=1)
    guessed = ScannedPage(text="x", words=(word,))
    monkeypatch.setattr("ingest.loaders.ocr.Recognizer.read", lambda self, render: guessed)
    loaded = load(written(tmp_path, "a.png", image_bytes(Image.new("L", (100, 100), 255))), LIMITS)
    assert loaded.unread == (1,) and "so little confidence" in loaded.notes[-1]


def test_scan_says_what_to_install_when_the_program_for_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    scan = scanned_pdf(Image.new("L", (800, 1000), 128))
    with pytest.raises(LoadError, match=r"a scan: .*apt-get install tesseract-ocr"):
        load(written(tmp_path, "scan.pdf", scan), LIMITS)
    with pytest.raises(LoadError, match=r"is a picture: .*apt-get install tesseract-ocr"):
        load(written(tmp_path, "scan.png", image_bytes(Image.new("L", (80, 60)))), LIMITS)
    written(tmp_path, "mixed.pdf", put_together(pdf_lines("some words"), scan))
    loaded = load(tmp_path / "mixed.pdf", LIMITS)
    assert loaded.text.strip() == "some words" and loaded.incomplete
    assert loaded.notes[0] == "a scan that was not read: page 2" and "tesseract" in loaded.notes[1]


def test_pdf_on_its_side_and_watermarks_are_read_in_order(tmp_path):
    def draw(canvas):
        canvas.drawString(5000, 5000, "outside the page")
        canvas.saveState()
        canvas.translate(200, 200)
        canvas.rotate(35)
        canvas.drawString(0, 0, "DRAFT")
        canvas.restoreState()
        canvas.rotate(90)
        lines(["We support", "article 4."], -100, 14)(canvas)

    landscape = drawn(draw, size=(A4[1], A4[0]))
    written(tmp_path, "a.pdf", changed(landscape, lambda pdf: pdf.pages[0].rotate(90)))
    assert load(tmp_path / "a.pdf", LIMITS).text == "We support\narticle 4.\n\n\nDRAFT"
