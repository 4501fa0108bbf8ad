"""Own questions as a table: what is read, and that all that is wrong is told at once, with line, column and advice."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from evals.cases.case_table import read_case_table
from evals.cases.documents import Document, Documents
from evals.errors import DatasetError
from ingest.parties.party_table import PartyTable

FRANCE = "We thank the Chair. We call on all parties\nto extradite or prosecute. We support Article 18."
MEXICO = "Mexico will not fund the review mechanism."
HEAD = "question,state,answered,quote"


@pytest.fixture(scope="module")
def documents() -> Documents:
    by_file = {
        "a.txt": Document(file="a.txt", text=FRANCE, state="FRA", facts={"date": "2018-10-15"}, language="en"),
        "b.txt": Document(file="b.txt", text=MEXICO, state="MEX", facts={"date": "2020-10-12"}, language="en"),
    }
    return Documents(by_file=by_file, sha256="c", parties=PartyTable.load())


def read(tmp_path: Path, documents: Documents, *lines: str):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return read_case_table(path, documents)


def test_a_question_with_its_quotation_becomes_a_case_with_offsets(tmp_path, documents):
    found = read(
        tmp_path,
        documents,
        f"{HEAD},year,article,language",
        "What did France say about extradition?,France,yes,call on all parties to extradite,2018,18,en",
        "What did Mexico say about rivers?,MEX,no,,,,",
    )
    assert found.remarks == ()
    answered, silent = found.cases
    (span,) = answered.evidence
    assert FRANCE[span.start : span.end] == "call on all parties\nto extradite"
    assert (span.file, span.state, answered.evidence_groups) == ("a.txt", "FRA", (("e1",),))
    assert (answered.expect.status, answered.expect.states, answered.expect.years) == ("answered", ("FRA",), ("2018",))
    assert (answered.tags, answered.lang, answered.type) == ({"article": "UNTOC 18"}, "en", "single_state")
    assert (silent.expect.status, silent.type, silent.evidence) == ("abstained", "unanswerable", ())
    assert answered.gates and silent.gates


def test_the_same_row_keeps_its_id(tmp_path, documents):
    row = "What did Mexico say about rivers?,MEX,no,"
    (one,), (again,) = (read(tmp_path, documents, HEAD, *rows).cases for rows in ([row], ["", row]))
    assert one.id == again.id


def test_excel_and_semicolons_are_read_alike(tmp_path, documents):
    rows = [HEAD.split(","), ["What did Mexico say of the review?", "Mexico", "yes", "will not fund the review"]]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "mine.xlsx")
    excel = read_case_table(tmp_path / "mine.xlsx", documents)
    assert excel.remarks == ()
    assert excel.cases == read(tmp_path, documents, *(";".join(row) for row in rows)).cases


def test_all_errors_are_told_at_once_with_line_column_and_advice(tmp_path, documents):
    found = read(
        tmp_path,
        documents,
        "question,state,answered,quote,yaer,reason",
        "What did France say?,Frence,perhaps,,,not mentionned",
        ",France,yes,,,",
        '"What of the review?\nIn two lines",France,yes,call upon all parties for extradition,,',
        "What did France say of the review?,France,yes,will not fund the review,,",
        "Anything?,France,no,We thank the Chair,,",
        "What of trade?,France,yes,We thank the Chair, and all,,of it",
    )
    told = {remark.case: f"{remark.what}: {remark.todo}" for remark in found.remarks}
    assert set(told) == {
        "line 1, yaer", "line 2, answered", "line 2, state", "line 2, reason", "line 3, question", "line 3, quote",
        "line 4, quote", "line 6, quote", "line 7, quote", "line 8, reason",
    }  # fmt: skip
    assert "did you mean 'year'" in told["line 1, yaer"]
    assert "France" in told["line 2, state"]
    assert "did you mean 'not_mentioned'" in told["line 2, reason"]
    assert "did you mean “" in told["line 4, quote"] and "a.txt" in told["line 4, quote"]
    assert "was said by Mexico (b.txt)" in told["line 6, quote"]
    assert "quotation marks" in told["line 8, reason"]
    assert found.cases == ()


@pytest.mark.parametrize("content", ["", "frage,staat\n", "\x00\x01"])
def test_what_is_no_table_is_refused_in_one_line(tmp_path, documents, content):
    with pytest.raises(DatasetError, match=r"mine\.csv.*begin it with question,state,answered,quote"):
        read(tmp_path, documents, content)


def test_a_broken_workbook_is_refused_in_one_line(tmp_path, documents):
    (tmp_path / "mine.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(DatasetError, match=r"mine\.xlsx.*save it as UTF-8 CSV"):
        read_case_table(tmp_path / "mine.xlsx", documents)
