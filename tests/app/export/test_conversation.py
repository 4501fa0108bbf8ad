"""Conversations as documents: every quotation has a footnote, numbered through the conversation."""

import io
import re

from docx import Document
from docx.oxml.ns import qn

from app.answering.markdown import escape
from app.export.conversation import ExportedTurn, conversation_docx, conversation_markdown
from tests.cases import Cases

cases = Cases(__file__)

TURNS = tuple(ExportedTurn(**turn) for turn in cases["TURNS"])


def test_markdown_has_footnotes_numbered_through() -> None:
    text = conversation_markdown("Article 16", TURNS).decode()
    assert text.startswith("# Article 16\n\n## What did \\*Arvandia\\* say?\n")
    assert "article 16.” [^1] [^2]" in text and "see [9]" in text and "المادة.” [^3]" in text
    assert "[^1]: Arvandia, a\\_b.txt" in text and "[^3]: إسكواريا" in text


def test_word_file_has_footnotes_and_runs_as_its_languages_do() -> None:
    document = Document(io.BytesIO(conversation_docx("Article 16", TURNS, "2031-05-02T08:00:00+00:00")))
    parts = {str(part.partname): part for part in document.part.package.iter_parts()}
    notes = parts["/word/footnotes.xml"].blob.decode()
    assert re.findall(r'<w:footnote w:id="([1-9]\d*)"', notes) == ["1", "2", "3"]
    lines = {paragraph.text: paragraph for paragraph in document.paragraphs}
    quoted = lines["“We support [sic] article 16.”"]
    assert quoted.style is not None and quoted.style.name == "Briefing Quotation"
    assert "• see [9]" in lines
    body = document.element.xml
    assert re.findall(r'<w:footnoteReference w:id="(\d+)"', body) == ["1", "2", "3"]
    arabic = lines["“نؤيد المادة.”"]
    assert 'w:bidi w:val="1"' in arabic._p.xml
    attribution = lines["Arvandia · session 8"]
    assert [run.bold for run in attribution.runs] == [True, None]
    # No line that leads to a quotation is left alone at the foot of a page.
    leads = (lines["Arvandia, as a member of the Group:"], attribution)
    assert all(lead.paragraph_format.keep_with_next for lead in leads) and not quoted.paragraph_format.keep_with_next


def test_arabic_words_in_another_language_are_bold_too() -> None:
    turn = ExportedTurn(question="Ports", answer="The draft has **نؤيد**.", language="en", references={})
    body = Document(io.BytesIO(conversation_docx("Ports", [turn], "2031-05-02T08:00:00+00:00"))).element.body
    (run,) = (run for run in body.iter(qn("w:r")) if "نؤيد" in run.text)
    assert run.rPr.find(qn("w:bCs")) is not None


def test_numbers_in_brackets_that_a_statement_has_are_no_footnotes() -> None:
    quote = "We recall the resolution [2] and the annex [1] on ports."
    turn = ExportedTurn(
        question="And the annex?", answer=f"> “{escape(quote)}” [1]\n\nSee [2].", language="en",
        references={1: "Arvandia", 2: "Belmora"},
    )  # fmt: skip
    text = conversation_markdown("Ports", [turn]).decode()
    assert "the resolution \\[2] and the annex \\[1] on ports.” [^1]" in text
    document = Document(io.BytesIO(conversation_docx("Ports", [turn], "2031-05-02T08:00:00+00:00")))
    assert f"“{quote}”" in [paragraph.text for paragraph in document.paragraphs]
    assert re.findall(r'<w:footnoteReference w:id="(\d+)"', document.element.xml) == ["1", "2"]
