"""Claims of a model in documents: marked, before their quotations, never active, never in quotation marks."""

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from app.export.briefing_docx import docx_bytes
from app.export.briefing_excel import excel_bytes
from app.export.briefing_lines import Sayings, arrange
from app.export.briefing_markdown import inert, markdown_bytes
from app.export.write import manifest
from tests.fakes_briefing import CLAIM, DROPPED, fake_briefing, worded_briefing

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("one_picture")]
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")


def _texts(data: bytes, tag: str = "w:p") -> list[str]:
    """Returns the texts of the paragraphs, or other elements, of a Word file."""
    within = "w:t" if tag == "w:p" else tag
    body = docx.Document(BytesIO(data)).element.body
    return ["".join(text.text or "" for text in each.iter(qn(within))) for each in body.iter(qn(tag))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_file_marks_claims_and_shows_them_before_their_quotations(language: str) -> None:
    briefing = arrange(worded_briefing(language))
    say = Sayings(briefing)
    word = docx_bytes(briefing)
    lines = _texts(word)
    place = next(at for at, line in enumerate(lines) if line.startswith(CLAIM))
    assert lines[place] == f"{CLAIM}1" and lines[place + 1] == say.say("worded")
    assert say.name("XAA") in lines[place + 2] and "Arvandia now supports" in lines[place + 3]
    assert "Model asked: <i>." in lines and lines.count(say.say("worded")) == 2
    # The number after a claim refers to the note of its quotation.
    assert " NOTEREF _Note1 \\f \\h " in _texts(word, "w:instrText")


def test_markdown_shows_claims_as_text_without_a_second_mark_of_a_note() -> None:
    text = markdown_bytes(arrange(worded_briefing())).decode()
    assert f"- {inert(CLAIM)} \\[1\\]" in text and "<b>" not in text.replace("\\<b\\>", "")
    before, after = text.split(inert(CLAIM))
    assert "[^1]" not in before and "*Worded by a model, checked against the quotations*" in after
    assert DROPPED not in text


@pytest.mark.parametrize("form", ["one_pager", "talking_points"])
def test_points_that_are_claims_stand_over_their_quotations_and_are_told_from_the_others(form: str) -> None:
    briefing = arrange(worded_briefing(), form)  # type: ignore[arg-type]
    lines = _texts(docx_bytes(briefing, form=form))  # type: ignore[arg-type]
    place = lines.index(CLAIM)
    assert any(line.startswith("Points without quotation marks") for line in lines[:place])
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
    told = [
        [
            (claim.text, [made.citation(n).quote for n in claim.citations])
            for cell in made.cells
            for claim in cell.claims
        ]
        for made in (briefing, arranged)
    ]
    assert told[0] == told[1] and arrange(arranged) == arranged
    for point in arrange(briefing, "talking_points").points:
        assert point.claim is None or point.citation == point.claim.citations[0]


def test_the_manifest_names_the_model_where_one_took_part() -> None:
    assert b'"model": "openai:test"' in manifest(arrange(worded_briefing()), b"", "a.docx", "full")
    assert b'"model"' not in manifest(arrange(fake_briefing()), b"", "a.docx", "full")
