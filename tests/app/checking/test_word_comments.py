from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn

from app.checking.checker import Checker
from app.checking.documents import read_document
from app.checking.word_comments import comment_word
from ingest.loaders.loaded import LoadLimits
from tests.fakes_word import new_document, saved, with_footnotes


@pytest.fixture
def draft(spoken):
    """A draft whose quotations stand in one run, over runs, over paragraphs, in a cell, a note and a header."""
    belmora, cassivar = spoken["XAB_08_2016"], spoken["XCS_09_2018"]
    document = new_document()
    document.add_heading("Belmora", 1)
    first = document.add_paragraph(f"It noted “{belmora[3]}” and “")
    first.add_run(belmora[4][:20]).bold = True
    first.add_run(belmora[4][20:] + "” as well as “" + belmora[5] + "”.")
    document.add_paragraph("It said: “" + belmora[6])
    document.add_paragraph("“" + belmora[7] + "”")
    table = document.add_table(2, 2)
    for row, texts in enumerate((("State", "Words"), ("Cassivar", f"“{cassivar[3]}”"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    noted = document.add_paragraph("See the note.")
    document.sections[0].header.paragraphs[0].text = f"Cassivar: “{cassivar[4]}”"
    with_footnotes(document, {noted: f"Cassivar said: “{belmora[3]}”"})
    return saved(document), (belmora, cassivar)


def commented(word) -> dict[str, str]:
    """The text that each comment spans, by comment id, paragraphs joined by a line break."""
    spans: dict[str, list[str]] = {}
    open_now: list[str] = []
    for element in word.element.body.iter():
        if element.tag == qn("w:commentRangeStart"):
            open_now.append(element.get(qn("w:id")))
            spans[open_now[-1]] = []
        elif element.tag == qn("w:commentRangeEnd"):
            open_now.remove(element.get(qn("w:id")))
        elif element.tag == qn("w:p"):
            for identifier in open_now:
                spans[identifier].append("\n")
        elif element.tag == qn("w:t"):
            for identifier in open_now:
                spans[identifier].append(element.text or "")
    return {identifier: "".join(pieces) for identifier, pieces in spans.items()}


def test_each_comment_spans_exactly_its_quotation(tmp_path, checker: Checker, draft):
    data, (belmora, cassivar) = draft
    path = tmp_path / "draft.docx"
    path.write_bytes(data)
    report = checker.check(read_document(path, LoadLimits()))
    word = Document(BytesIO(comment_word(data, report)))
    spans = commented(word)
    texts = [comment.text for comment in word.comments]
    assert [spans[str(comment.comment_id)] for comment in word.comments] == [
        belmora[3],
        belmora[4],
        belmora[5],
        f"{belmora[6]}\n“{belmora[7]}",
        cassivar[3],
        # No comment can stand in a header, so this one stands at the beginning.
        "Belmora",
        # A note's words are commented at its mark, which has no text.
        "",
    ]
    assert [text.split(".")[0] for text in texts] == ["VERIFIED"] * 6 + ["MISATTRIBUTED"]
    assert "words of Belmora, not of Cassivar" in texts[-1] and "XAB_08_2016" in texts[-1]
    assert path.read_bytes() == data


def test_the_copy_reads_and_looks_as_the_original(tmp_path, checker: Checker, draft):
    data, _ = draft
    path = tmp_path / "draft.docx"
    path.write_bytes(data)
    report = checker.check(read_document(path, LoadLimits()))
    before, after = Document(BytesIO(data)), Document(BytesIO(comment_word(data, report)))
    bold = [[(run.text, run.bold) for run in p.runs if run.bold] for d in (before, after) for p in d.paragraphs]
    assert bold[: len(before.paragraphs)] == bold[len(before.paragraphs) :]
    (tmp_path / "copy.docx").write_bytes(comment_word(data, report))
    copy = read_document(tmp_path / "copy.docx", LoadLimits())
    assert copy.text == read_document(path, LoadLimits()).text


def test_altered_words_are_commented_with_their_diff(tmp_path, checker, spoken):
    words = spoken["XAB_08_2016"][3].replace("opposed to", "in favour of")
    document = new_document()
    document.add_paragraph(f"Belmora said: “{words}”")
    path = tmp_path / "draft.docx"
    path.write_bytes(saved(document))
    report = checker.check(read_document(path, LoadLimits()))
    (comment,) = Document(BytesIO(comment_word(path.read_bytes(), report))).comments
    assert (
        comment.text.startswith("ALTERED")
        and "the source has “opposed to”, and the draft “in favour of”" in comment.text
    )
