"""A draft is judged alike however it comes: as a file of Word, Markdown or text, and pasted from Word."""

from collections.abc import Sequence

import pytest
import regex

from app.checking.reading.documents import read_pasted
from tests.cases import Cases
from tests.fakes_checking import read_file
from tests.fakes_word import new_document, saved, with_table

cases = Cases(__file__)

# Lines of a draft as (level, text): a heading (1 or more), a paragraph (0) or a row of a table (-1).
# `{XDR_10_2020:6}` is sentence 6, counted from 0, of that statement.
TITLED = cases.tuples("TITLED")
SECTIONS = cases.tuples("SECTIONS")
ALONE = [(1, "Session 10"), (0, "Drelnia said: “{XDR_10_2020:6}” and Belmora said: “{XAB_09_2018:6}”")]
TABLE = cases.tuples("TABLE")
DRAFTS = {
    "the session and place of a title": (TITLED, ["verified"] * 3),
    "sections": (SECTIONS, ["verified", "misattributed", "verified", "misattributed"]),
    "a title that is a label": (ALONE, ["verified", "misattributed"]),
    "a table": (TABLE, ["verified", "misattributed"]),
}
Draft = Sequence[tuple[int, str]]


def _markdown(draft: Draft) -> str:
    parts = [f"{'#' * level} {text}" if level > 0 else text for level, text in draft if level >= 0]
    rows = ["| " + text.replace("\t", " | ") + " |" for level, text in draft if level < 0]
    return "\n\n".join([*parts, "\n".join([*rows[:1], "|---|---|---|", *rows[1:]]) if rows else ""])


def _word(draft: Draft) -> bytes:
    word = new_document()
    rows = [text.split("\t") for level, text in draft if level < 0]
    for level, text in draft:
        if level >= 0:
            word.add_heading(text, level) if level else word.add_paragraph(text)
    return saved(with_table(word, rows) if rows else word)


@pytest.mark.parametrize("name", DRAFTS)
def test_verdicts_are_the_same_in_every_form(name, checker, spoken, tmp_path):
    draft, expected = DRAFTS[name]
    sentence = regex.compile(r"\{(\w+):(\d+)\}")
    written = [(level, sentence.sub(lambda at: spoken[at[1]][int(at[2])], text)) for level, text in draft]
    plain = [text for _, text in written]
    apart = "".join(text + ("\n" if level < 0 else "\n\n") for level, text in written)
    files = {"a.docx": _word(written), "a.md": _markdown(written).encode(), "a.txt": apart.encode()}
    documents = {"pasted": read_pasted("\n".join(plain)), "pasted apart": read_pasted(apart)}
    documents |= {file: read_file(tmp_path / file, data) for file, data in files.items()}
    judged = {form: [f.verdict for f in checker.check(document).findings] for form, document in documents.items()}
    assert judged == dict.fromkeys(documents, expected)
