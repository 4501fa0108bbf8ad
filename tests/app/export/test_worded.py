"""Claims of a model in documents: marked, before their quotations, never active, never in quotation marks."""

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from app.export.briefing_lines import Sayings, arrange
from app.export.docx import docx_bytes
from app.export.excel import excel_bytes
from app.export.markdown import inert, markdown_bytes
from app.export.write import manifest
from app.ui.briefing_view import briefing_html
from tests.fakes_briefing import ASSISTANCE, CLAIM, DROPPED, EXTRADITION, GROUP_CLAIM, fake_briefing, worded_briefing

pytestmark = pytest.mark.usefixtures("one_picture")
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")


def _paragraphs(data: bytes) -> list[str]:
    document = docx.Document(BytesIO(data))
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_file_marks_claims_and_shows_them_before_their_quotations(language: str) -> None:
    briefing = arrange(worded_briefing(language))
    say = Sayings(briefing)
    lines = _paragraphs(docx_bytes(briefing))
    place = next(at for at, line in enumerate(lines) if line.startswith(CLAIM))
    assert lines[place] == f"{CLAIM}1" and lines[place + 1] == say.say("worded")
    assert say.name("XAA") in lines[place + 2] and "Arvandia now supports" in lines[place + 3]
    assert "Model asked: <i>." in lines and lines.count(say.say("worded")) == 2


def test_the_number_after_a_claim_is_a_reference_to_its_note() -> None:
    document = docx.Document(BytesIO(docx_bytes(arrange(worded_briefing()))))
    instructions = [node.text for node in document.element.body.iter(qn("w:instrText"))]
    assert " NOTEREF _Note1 \\f \\h " in instructions
    references = [node.get(qn("w:id")) for node in document.element.body.iter(qn("w:footnoteReference"))]
    assert references == [str(number) for number in range(1, len(references) + 1)]


def test_a_claim_on_a_groups_words_says_whose_they_are() -> None:
    briefing = arrange(worded_briefing())
    cell = next(c for c in briefing.cells if (c.party, c.subject) == ("XAB", ASSISTANCE))
    shown = Sayings(briefing).claim("XAB", cell.claims[0])
    assert shown == f"Group of Riparian States (fictional), delivered by Belmora: {GROUP_CLAIM}"


def test_markdown_shows_claims_as_text_without_a_second_mark_of_a_note() -> None:
    text = markdown_bytes(arrange(worded_briefing())).decode()
    assert f"- {inert(CLAIM)} \\[1\\]" in text and "<b>" not in text.replace("\\<b\\>", "")
    before, after = text.split(inert(CLAIM))
    assert "[^1]" not in before and "*Worded by a model, checked against the quotations*" in after
    assert DROPPED not in text


@pytest.mark.parametrize("form", ["one_pager", "talking_points"])
def test_points_that_are_claims_stand_over_their_quotations_and_are_told_from_the_others(form: str) -> None:
    briefing = arrange(worded_briefing(), form)  # type: ignore[arg-type]
    text = markdown_bytes(briefing, form=form).decode()  # type: ignore[arg-type]
    assert (
        text.index("Points without quotation marks") < text.index(inert(CLAIM)) < text.index("**Arvandia (fictional)")
    )
    lines = _paragraphs(docx_bytes(briefing, form=form))  # type: ignore[arg-type]
    place = lines.index(CLAIM)
    assert lines[place + 1].startswith("Arvandia (fictional), 14–18 October 2024: “Arvandia now supports")


def test_a_point_that_does_not_name_its_party_gets_the_name() -> None:
    briefing = arrange(worded_briefing(), "talking_points")
    point = briefing.points[0]
    assert point.claim is not None and Sayings(briefing).claim_of(point) == CLAIM
    nameless = replace(point, claim=replace(point.claim, text="Extradition is supported."))
    assert Sayings(briefing).claim_of(nameless) == "Arvandia (fictional): Extradition is supported."


def test_an_excel_file_has_a_column_of_claims_only_where_there_are_some() -> None:
    sheet = load_workbook(BytesIO(excel_bytes(arrange(worded_briefing())))).worksheets[0]
    heads = [square.value for square in sheet[1]]
    place = heads.index("Worded by a model, checked against the quotations")
    assert heads[place + 1] == "What was said"
    column = [row[place] for row in sheet.iter_rows(min_row=2)]
    filled = [square for square in column if square.value]
    assert filled[0].value == f"{CLAIM} [1]" and all(s.data_type == "s" for s in filled)
    linked = sheet.cell(2, heads.index("Sources") + 1)
    assert linked.hyperlink is not None
    plain = load_workbook(BytesIO(excel_bytes(arrange(fake_briefing())))).worksheets[0]
    assert [square.value for square in plain[1]] == [head for at, head in enumerate(heads) if at != place]


def test_claims_follow_their_citations_when_these_are_renumbered() -> None:
    briefing, arranged = worded_briefing(), arrange(worded_briefing())
    for old, new in zip(briefing.cells, arranged.cells, strict=True):
        assert [c.text for c in old.claims] == [c.text for c in new.claims]
        for before, after in zip(old.claims, new.claims, strict=True):
            assert [briefing.citation(n).quote for n in before.citations] == [
                arranged.citation(n).quote for n in after.citations
            ]
    assert arrange(arranged) == arranged
    for point in arrange(briefing, "talking_points").points:
        assert point.claim is None or point.citation == point.claim.citations[0]


def test_the_page_escapes_claims_and_marks_them() -> None:
    page = briefing_html(worded_briefing())
    assert "&lt;b&gt;as a legal basis&lt;/b&gt;" in page and "<b>as a legal basis" not in page
    assert page.count('<div class="u-worded">') == 2 and "Model asked: &lt;i&gt;." in page
    assert DROPPED not in page and EXTRADITION in page
    assert "u-worded" not in briefing_html(fake_briefing())


def test_the_manifest_names_the_model_where_one_took_part() -> None:
    assert b'"model": "openai:test"' in manifest(arrange(worded_briefing()), b"", "a.docx", "full")
    assert b'"model"' not in manifest(arrange(fake_briefing()), b"", "a.docx", "full")
