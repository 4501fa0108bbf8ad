"""Word files: notes, tables, contents, directions, languages, pictures, templates; every quotation is whole."""

from dataclasses import replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import nsmap, qn
from lxml import etree

from app.briefing.cells import Briefing, Subject
from app.errors import ExportError
from app.export.briefing_docx import docx_bytes
from app.export.briefing_lines import Sayings, arrange
from app.export.characters import in_marks, visible
from app.export.docx_styles import QUOTATION
from tests.fakes_briefing import ASSISTANCE, EXTRADITION, REJECTED, fake_briefing, with_cells

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("one_picture")]
Xml = etree._Element
SESSIONS = ("8", "9", "10", "11", "12")


class Word:
    """A Word file, opened."""

    def __init__(self, content: bytes) -> None:
        self.document: Document = docx.Document(BytesIO(content))
        with ZipFile(BytesIO(content)) as package:
            self.parts = {name: package.read(name) for name in package.namelist()}

    def xml(self, name: str) -> Xml:
        return etree.fromstring(self.parts[name])

    @cached_property
    def body(self) -> Xml:
        return self.xml("word/document.xml")

    def paragraphs(self, style: str) -> list[Xml]:
        identifier = self.document.styles[style].style_id
        return [*at(self.body, f".//w:p[w:pPr/w:pStyle/@w:val='{identifier}']")]


def at(node: Xml, path: str) -> Any:
    """Returns what an XPath finds from a node of a Word file."""
    return node.xpath(path, namespaces=nsmap)


def text_of(node: Xml) -> str:
    return "".join(
        "\n" if part.tag == qn("w:br") else part.text or ""
        for part in node.iter(qn("w:t"), qn("w:br"))
    )  # fmt: skip


def without_mark(paragraph: Xml) -> str:
    """Returns a quotation without the number that refers back to the note of an earlier one."""
    return text_of(paragraph).rstrip("0123456789" if at(paragraph, ".//w:instrText") else "")


@pytest.fixture(scope="module")
def word(briefing: Briefing) -> Word:
    return Word(docx_bytes(briefing))


def marked(briefing: Briefing, number: int) -> str:
    citation = briefing.citation(number)
    opening, closing = in_marks(citation.quote, citation.language)
    return f"{opening}{visible(citation.quote)}{closing}"


def test_every_quotation_stands_whole_and_nothing_else_stands_as_one(briefing, word):
    shown = [without_mark(paragraph) for paragraph in word.paragraphs(QUOTATION)]
    every = [marked(briefing, citation.number) for citation in briefing.citations]
    assert shown[: len(every)] == every
    # Quotations of a change over time and of a repetition are shown a second time.
    assert shown[len(every) :] == [every[1], every[0], every[1]]


def test_each_citation_has_a_footnote_with_its_number_and_reference(briefing, word):
    say = Sayings(briefing)
    referred = at(word.body, ".//w:footnoteReference/@w:id")
    assert referred == [str(number) for number in range(1, len(briefing.citations) + 1)]
    notes = {note.get(qn("w:id")): note for note in word.xml("word/footnotes.xml")}
    assert set(notes) == {"-1", "0", *referred}
    for citation in briefing.citations:
        note = notes[str(citation.number)]
        assert text_of(note).strip() == visible(say.reference(citation))
        assert citation.file in text_of(note) and citation.statement_id not in text_of(note)
        assert at(note, ".//w:footnoteRef") and at(note, ".//w:pStyle/@w:val") == ["FootnoteText"]


def test_the_footnotes_part_is_declared_related_and_has_separators(word):
    assert b'PartName="/word/footnotes.xml"' in word.parts["[Content_Types].xml"]
    assert b"footnotes.xml" in word.parts["word/_rels/document.xml.rels"]
    separators = at(word.xml("word/settings.xml"), "w:footnotePr/w:footnote/@w:id")
    kinds = {note.get(qn("w:id")): note.get(qn("w:type")) for note in word.xml("word/footnotes.xml")}
    assert [kinds[identifier] for identifier in separators] == ["separator", "continuationSeparator"]
    for mark in at(word.body, ".//w:footnoteReference"):
        assert at(mark, "../w:rPr/w:rStyle/@w:val") == ["FootnoteReference"]


def test_a_second_use_refers_to_the_first_note(word):
    fields = [text.split()[1] for text in at(word.body, ".//w:instrText/text()") if "NOTEREF" in text]
    assert fields == ["_Note2", "_Note1", "_Note2", "_Note3"]
    assert set(fields) <= {*at(word.body, ".//w:bookmarkStart/@w:name")}


def test_bookmarks_have_numbers_and_names_of_their_own(word):
    starts, names = (at(word.body, f".//w:bookmarkStart/@w:{name}") for name in ("id", "name"))
    assert len({*starts}) == len({*names})
    assert sorted(starts) == sorted(at(word.body, ".//w:bookmarkEnd/@w:id"))


def test_header_rows_repeat_and_short_rows_stay_whole(word):
    tables = at(word.body, ".//w:tbl")
    # The tables: the matrix, two subjects, changes over time, repetitions and the statements searched.
    assert len(tables) == 6
    for table in tables:
        header, *rows = at(table, "w:tr")
        assert at(header, "w:trPr/w:tblHeader")
        # LibreOffice would lose rows of a table at the end of a page whose first row may not break.
        assert [bool(at(row, "w:trPr/w:cantSplit")) for row in rows] == [False, *[True] * (len(rows) - 1)]
        assert not any(at(row, "w:trPr/w:tblHeader") for row in rows)


@pytest.mark.parametrize("spoken", [200, 40])
def test_a_row_that_would_leave_a_quarter_of_a_page_empty_may_go_over_pages(briefing, spoken):
    citations = (replace(briefing.citation(1), quote="Arvandia speaks on. " * spoken), *briefing.citations[1:])
    word = Word(docx_bytes(replace(briefing, citations=citations)))
    long = [row for row in at(word.body, ".//w:tr") if "speaks on. Arvandia" in text_of(row)]
    assert long and not any(at(row, "w:trPr/w:cantSplit") for row in long)


def test_contents_list_every_heading_and_lead_to_it(word):
    (control,) = at(word.body, ".//w:sdt")
    assert at(control, ".//w:docPartGallery/@w:val") == ["Table of Contents"]
    assert at(control, ".//w:instrText/text()") == [' TOC \\o "1-2" \\h \\z \\u ']
    assert at(control, ".//w:fldChar/@w:fldCharType") == ["begin", "separate", "end"]
    headings = [*word.paragraphs("Heading 1"), *word.paragraphs("Heading 2")]
    by_anchor = {at(heading, "string(w:bookmarkStart/@w:name)"): text_of(heading) for heading in headings}
    assert {link.get(qn("w:anchor")): text_of(link) for link in at(control, ".//w:hyperlink")} == by_anchor
    assert list(by_anchor.values())[:3] == ["Overview", "Extradition", "UNTOC article 18"]


def test_contents_give_pages_where_they_are_known(briefing):
    word = Word(docx_bytes(briefing, page_numbers={"_Toc000002": 17}))
    entries = [text_of(link) for link in at(word.body, ".//w:sdt//w:hyperlink")]
    assert entries[0] == "Overview" and entries[1] == f"{EXTRADITION}17"


def paragraph_of(word: Word, words: str) -> Xml:
    return next(p for p in word.paragraphs(QUOTATION) if words in text_of(p))


def bidi(paragraph: Xml) -> str:
    return str(at(paragraph, "string(w:pPr/w:bidi/@w:val)"))


def test_arabic_runs_from_right_to_left_and_english_does_not(word):
    arabic, english = paragraph_of(word, "ريماليا"), paragraph_of(word, "Arvandia")
    assert (bidi(arabic), bidi(english)) == ("1", "0")
    for run in at(arabic, "w:r"):
        assert not text_of(run) or (at(run, "w:rPr/w:rtl") and at(run, "w:rPr/w:lang/@w:bidi") == ["ar-SA"])
    assert not at(english, ".//w:rtl")
    assert {*at(english, ".//w:lang/@w:val")} == {"en-GB"}


def test_chinese_takes_its_own_font_and_language(word):
    chinese = paragraph_of(word, "岚海")
    run = next(run for run in at(chinese, ".//w:r") if "司法" in text_of(run))
    assert at(run, "w:rPr/w:rFonts/@w:hint | w:rPr/w:lang/@w:eastAsia") == ["eastAsia", "zh-CN"]


def test_an_arabic_document_begins_at_the_right():
    word = Word(docx_bytes(arrange(fake_briefing("ar"))))
    assert all(at(table, "w:tblPr/w:bidiVisual") for table in at(word.body, ".//w:tbl"))
    assert all(at(section, "w:bidi") for section in at(word.body, ".//w:sectPr"))
    assert {bidi(heading) for heading in word.paragraphs("Heading 1")} == {"1"}
    assert "نظرة عامة" in [text_of(h) for h in word.paragraphs("Heading 1")]
    assert bidi(paragraph_of(word, "Arvandia")) == "0"


def test_pictures_have_a_text_for_those_who_cannot_see_them(word):
    (timeline,) = at(word.body, ".//wp:docPr/@descr")
    assert "Rimalia (fictional): 1" in timeline


def test_matrix_stays_on_one_page_and_headings_with_their_table(word):
    matrix, *tables = at(word.body, ".//w:tbl")[:3]
    *rows, last = at(matrix, "w:tr")
    assert rows and not any(at(row, ".//w:p[not(w:pPr/w:keepNext)]") for row in rows)
    assert not at(last, ".//w:keepNext")
    for table in tables:
        assert at(table.getprevious(), "w:pPr/w:keepNext")
        # The line below a table that names the parties without a position stays on the page of the table.
        below = text_of(table.getnext()).startswith("no ")
        assert all(bool(at(p, ".//w:keepNext")) == below for p in at(table, "w:tr[last()]//w:p"))
    assert below


def test_words_that_show_the_kind_are_bold_and_no_others(word):
    first, arabic = word.paragraphs(QUOTATION)[0], paragraph_of(word, "ريماليا")
    assert [*map(text_of, at(first, ".//w:r[w:rPr/w:b]"))] == ["supports"]
    assert [*map(text_of, at(arabic, ".//w:r[w:rPr/w:bCs]"))] == ["تؤيد"]


def rows_of(word: Word, table: int) -> list[list[str]]:
    found = at(word.body, ".//w:tbl")[table]
    return [["\n".join(map(text_of, at(cell, "w:p"))) for cell in at(row, "w:tc")] for row in at(found, "w:tr")]


def test_kinds_are_suggestions_until_somebody_reviews_them(word):
    matrix = {row[0]: row[1:] for row in rows_of(word, 0)}
    assert matrix["Arvandia (fictional)"] == ["supports\nsuggested", "reports practice\nsuggested"]
    assert matrix["Rimalia (fictional)"][0] == "supports\nreviewed by A. Reader, 24 November 2026"
    assert matrix["Nowhereland (fictional)"] == ["no statement", "no statement"]


def test_no_party_is_left_out_of_a_subject_and_silent_ones_share_a_line(briefing, word):
    lines = [p.text for p in word.document.paragraphs if p.text.startswith("no position found: ")]
    for table, subject, line in zip((1, 2), briefing.subjects, lines, strict=True):
        cells = [cell for cell in briefing.cells if cell.subject == subject.label]
        names = [row[0] for row in rows_of(word, table)][1:]
        assert names == [briefing.names[cell.party] for cell in cells if cell.citations]
        silent = [briefing.names[c.party] for c in cells if c.kind == "no_position"]
        assert line == f"no position found: {', '.join(map(visible, silent))}"


def test_a_quotation_in_another_language_is_explained(briefing):
    number = next(c.number for c in briefing.citations if c.language == "ar" and "تسليم المجرمين" in c.quote)
    translated = replace(briefing, translations={number: "Rimalia supports extradition."})
    text = {row[0]: row[-1] for row in rows_of(Word(docx_bytes(translated)), 1)}["Rimalia (fictional)"]
    assert "تسليم المجرمين means extradition" in text
    assert text.endswith("\nUnofficial translation by a model: Rimalia supports extradition.")


def test_a_term_that_is_the_same_word_in_both_languages_is_not_explained(briefing):
    arabic = next(c for c in briefing.citations if c.language == "ar")
    french = replace(arabic, quote="Je parlerai d’abord de l’extradition.", language="fr")
    assert Sayings(briefing).helps(french, Subject(label="Extradition", topic="extradition")) == ()


def test_words_of_a_subject_that_is_not_named_whole_are_explained(briefing):
    arabic = next(c for c in briefing.citations if c.language == "ar")
    quoted = replace(arabic, quote="ولا تسلم بلادي مواطنيها، وقد حاكمت منهم تسعة أشخاص.")
    nationals = Subject(label="Extradition of nationals", topic="extradition of nationals")
    assert Sayings(briefing).helps(quoted, nationals) == ("مواطنيها means nationals",)


def test_a_groups_words_are_labelled_as_the_groups(word):
    said = {row[0]: row[-1] for row in rows_of(word, 2)}
    assert said["Belmora (fictional)"].startswith(
        "Group of Riparian States (fictional), delivered by Belmora · UNTOC COP"
    )
    assert said["Belmora (fictional)"].endswith("As a member of the group.")


def test_rejected_evidence_is_not_quoted():
    word = Word(docx_bytes(arrange(with_cells(fake_briefing(), "XHO", EXTRADITION, ASSISTANCE, review=REJECTED))))
    said = {row[0]: row[1:] for row in rows_of(word, 1)}
    aside = "no position found\nevidence set aside by B. Reader, 24 November 2026"
    assert said["=Hostilia|<b>fictional</b>"] == [aside, ""]
    assert "HYPERLINK" not in word.parts["word/document.xml"].decode()


def test_the_annex_says_what_was_searched_and_what_is_missing(briefing, word):
    text = "\n".join(p.text for p in word.document.paragraphs)
    assert "No statement in scope from: Nowhereland (fictional)" in text
    assert "Files that could not be read: broken|<b>.pdf" in text
    assert "Date of the corpus: 20 November 2026, 08:00 UTC" in text
    assert "checked against it" in text and "untoc verify" not in text
    rows = rows_of(word, 5)[1:]
    assert [row[3] for row in rows] == [visible(source.file) for source in briefing.sources]
    assert [row[4] for row in rows] == ["yes" if source.cited else "no" for source in briefing.sources]


def test_wide_tables_turn_the_page_and_keep_their_columns_few():
    word = Word(docx_bytes(arrange(fake_briefing(sessions=SESSIONS))))
    orientations = [s.page_width > s.page_height for s in word.document.sections]  # type: ignore[operator]
    # The title is on the landscape page of the matrix: on a portrait page before it, it would stand nearly alone.
    assert orientations == [True, False]
    for matrix in (0, 1):
        assert rows_of(word, matrix)[0] == ["State or group", *(f"session {session}" for session in SESSIONS)]
    assert [row[:2] for row in rows_of(word, 2)[1:3]] == [
        ["Arvandia (fictional)", "session 8"],
        ["Arvandia (fictional)", "session 9"],
    ]


@pytest.mark.parametrize("form", ["one_pager", "talking_points"])
def test_points_stand_with_their_whole_quotation_and_note(form):
    briefing = arrange(fake_briefing(), form)  # type: ignore[arg-type]
    word = Word(docx_bytes(briefing, form=form))  # type: ignore[arg-type]
    shown = [text_of(paragraph) for paragraph in word.paragraphs(QUOTATION)]
    assert shown == [f"Arvandia (fictional), 14–18 October 2024: {marked(briefing, 1)}", marked(briefing, 2)]
    assert at(word.body, ".//w:footnoteReference/@w:id") == ["1", "2"]


def test_every_part_is_well_formed(word):
    for name, content in word.parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content)


@pytest.fixture
def house(tmp_path: Path, briefing: Briefing) -> Path:
    """An organisation's own Word template, with a text, a header, footnotes and a style."""
    document = docx.Document(BytesIO(docx_bytes(briefing)))
    document.sections[0].header.paragraphs[0].text = "House of Fiction"
    document.add_paragraph("Old text")
    document.styles["Heading 1"].font.name = "House Serif"
    path = tmp_path / "house.docx"
    document.save(str(path))
    return path


def test_a_house_template_gives_styles_header_and_page_but_no_text(house, briefing):
    word = Word(docx_bytes(briefing, template=house))
    assert word.document.styles["Heading 1"].font.name == "House Serif"
    assert word.document.sections[-1].header.paragraphs[0].text == "House of Fiction"
    assert "Old text" not in word.parts["word/document.xml"].decode()
    assert "old.docx" not in word.parts["word/document.xml"].decode()
    notes = word.xml("word/footnotes.xml")
    assert len(notes) == 2 + len(briefing.citations)
    assert len(word.xml("word/settings.xml").findall(qn("w:footnotePr"))) == 1
    names = [style.name for style in word.document.styles]
    assert len(names) == len(set(names))


def test_a_template_without_our_styles_gets_them(tmp_path, briefing):
    plain = tmp_path / "plain.docx"
    docx.Document().save(str(plain))
    word = Word(docx_bytes(briefing, template=plain))
    assert {"toc 1", "footnote text", "footnote reference", QUOTATION} <= {s.name for s in word.document.styles}
    assert without_mark(word.paragraphs(QUOTATION)[0]) == marked(briefing, 1)


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.write_bytes(b"no zip"), lambda p: p.mkdir()])
def test_a_template_that_is_none_is_refused_by_name(make, tmp_path, briefing):
    template = tmp_path / "house.docx"
    make(template)
    with pytest.raises(ExportError, match=r"house\.docx.*saved as \.docx"):
        docx_bytes(briefing, template=template)
