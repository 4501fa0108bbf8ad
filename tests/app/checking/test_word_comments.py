from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from app.checking.checker import Checker
from app.checking.word_comments import comment_word
from tests.fakes_checking import read_file
from tests.fakes_word import new_document, saved, with_footnotes, with_table


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
    with_table(document, [("State", "Words"), ("Cassivar", f"“{cassivar[3]}”")])
    noted = document.add_paragraph("See the note.")
    document.sections[0].header.paragraphs[0].text = f"Cassivar: “{cassivar[4]}”"
    with_footnotes(document, {noted: f"Cassivar said: “{belmora[3]}”"})
    return saved(document), (belmora, cassivar)


def commented(word) -> dict[str, str]:
    """The text that each comment spans, by comment id, paragraphs joined by a line break."""
    spans: dict[str, str] = {}
    begun: list[str] = []
    for element in word.element.body.iter():
        if element.tag == qn("w:commentRangeStart"):
            begun.append(element.get(qn("w:id")))
        elif element.tag == qn("w:commentRangeEnd"):
            begun.remove(element.get(qn("w:id")))
        text = "\n" if element.tag == qn("w:p") else (element.text or "") if element.tag == qn("w:t") else ""
        spans |= {identifier: spans.get(identifier, "") + text for identifier in begun}
    return spans


@pytest.fixture
def comment(tmp_path: Path, checker: Checker) -> Callable[[bytes], bytes]:
    """Checks a Word file, and gives its commented copy."""

    def commented_copy(data: bytes) -> bytes:
        path = tmp_path / "draft.docx"
        copy = comment_word(data, checker.check(read_file(path, data)))
        assert path.read_bytes() == data
        return copy

    return commented_copy


def test_each_comment_spans_exactly_its_quotation(comment, draft):
    data, (belmora, cassivar) = draft
    word = Document(BytesIO(comment(data)))
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
        # A quotation in a footnote is commented at the note's mark, which has no text.
        "",
    ]
    # These two begin with what they are about.
    begun = (f"Header or footer: “{cassivar[4]}”\n", f"Footnote 1: “{belmora[3]}”\n")
    assert texts[-2].startswith(begun[0]) and texts[-1].startswith(begun[1])
    texts[-2:] = [text.removeprefix(words) for text, words in zip(texts[-2:], begun, strict=True)]
    assert [text.split(".")[0] for text in texts] == ["VERIFIED"] * 6 + ["MISATTRIBUTED"]
    assert "words of Belmora, not of Cassivar" in texts[-1] and "XAB_08_2016" in texts[-1]


def test_the_copy_reads_and_looks_as_the_original(tmp_path, comment, draft):
    data, _ = draft
    copy = comment(data)
    before, after = Document(BytesIO(data)), Document(BytesIO(copy))
    bold = [[(run.text, run.bold) for run in p.runs if run.bold] for d in (before, after) for p in d.paragraphs]
    assert bold[: len(before.paragraphs)] == bold[len(before.paragraphs) :]
    assert read_file(tmp_path / "copy.docx", copy).text == read_file(tmp_path / "draft.docx", data).text


def test_altered_words_are_commented_with_their_diff(comment, spoken):
    words = spoken["XAB_08_2016"][3].replace("opposed to", "in favour of")
    document = new_document()
    document.add_paragraph(f"Belmora said: “{words}”")
    (note,) = Document(BytesIO(comment(saved(document)))).comments
    assert note.text.startswith("ALTERED")
    assert "the source has “opposed to”, and the draft “in favour of”" in note.text
