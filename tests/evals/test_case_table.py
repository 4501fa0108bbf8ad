"""Own questions as a table: what is read, and that all mistakes are reported at once, with line, column and advice."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from app.settings import Settings
from app.ui.words import worded_in
from evals.case_sets import remarks_of
from evals.cases.case_table import read_case_table
from evals.cases.documents import Document, Documents
from evals.cases.lint import lint
from evals.errors import DatasetError
from tests.cases import Cases
from tests.evals import made

cases = Cases(__file__)

FRANCE = "We thank the Chair. We call on all parties\nto extradite or prosecute. We support Article 18, as before."
MEXICO = "Mexico will not fund the review mechanism."
HEAD = "question,state,answered,quote"


@pytest.fixture(scope="module")
def documents() -> Documents:
    return made.documents(
        Document(file="a.txt", text=FRANCE, state="FRA", facts={"date": "2018-10-15"}, language="en"),
        Document(file="b.txt", text=MEXICO, state="MEX", facts={"date": "2020-10-12"}, language="en"),
    )


def read(tmp_path: Path, documents: Documents, *lines: str):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return read_case_table(path, documents)


def test_a_question_with_its_quotation_becomes_a_case_with_offsets(tmp_path, documents):
    rows = (
        "What did France say about extradition?,France,yes,call on all parties to extradite,2018,18,en",
        "What did Mexico say about rivers?,MEX,no,,,,",
    )
    found = read(tmp_path, documents, f"{HEAD},year,article,language", *rows)
    assert found.remarks == ()
    answered, silent = found.cases
    (span,) = answered.evidence
    assert FRANCE[span.start : span.end] == "call on all parties\nto extradite"
    assert (span.file, span.state, answered.evidence_groups) == ("a.txt", "FRA", (("e1",),))
    assert (answered.expect.status, answered.expect.states, answered.expect.years) == ("answered", ("FRA",), ("2018",))
    assert (answered.tags, answered.lang, answered.type) == ({"article": "UNTOC 18"}, "en", "single_state")
    assert (silent.expect.status, silent.type, silent.evidence) == ("abstained", "unanswerable", ())
    assert answered.may_gate and silent.may_gate


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
    remarks = {remark.case: f"{remark.what}: {remark.todo}" for remark in found.remarks}
    wanted = {
        "line 1, yaer": "did you mean “year”", "line 2, answered": "", "line 2, state": "France",
        "line 2, reason": "did you mean “not_mentioned”", "line 3, question": "", "line 3, quote": "",
        "line 4, quote": "did you mean “", "line 6, quote": "was said by Mexico (b.txt)", "line 7, quote": "",
        "line 8, quote": "quotation marks",
    }  # fmt: skip
    assert remarks.keys() == wanted.keys() and found.cases == ()
    assert {place: advice for place, advice in wanted.items() if advice not in remarks[place]} == {}
    assert "a.txt" in remarks["line 4, quote"]


@pytest.mark.parametrize(("language", "todo"), [("en", "say France (FRA)"), ("fr", "dites"), ("zh", "请写")])
def test_what_is_wrong_with_a_name_is_told_apart_from_what_to_do_in_every_language(tmp_path, documents, language, todo):
    with worded_in(language):
        (remark,) = read(tmp_path, documents, HEAD, "What did it say?,Frence,no,").remarks
    assert todo in remark.todo and todo not in remark.what
    assert remark.what == remark.what.strip(" \N{NO-BREAK SPACE}:：")


@cases("head", "row", "where", "told")
def test_a_mistake_is_told_once_where_it_is(tmp_path, documents, head, row, where, told):
    (remark,) = read(tmp_path, documents, head, row).remarks
    assert remark.case == where
    assert told in f"{remark.what}; {remark.todo}"


@pytest.mark.parametrize("heading", ["notes", "Remarks", "comment"])
def test_a_column_of_notes_is_for_its_writer_alone(tmp_path, documents, heading):
    rows = ("Q?,France,yes,We thank the Chair,{}", "Of Mexico?,Mexico,no,,{}", ",,,,{}")
    found = read(tmp_path, documents, f"{HEAD},{heading}", *(row.format("ask Ann again") for row in rows))
    plain = read(tmp_path, documents, HEAD, *(row.removesuffix(",{}") for row in rows))
    assert (found.remarks, found.cases) == ((), plain.cases)
    # A comma without quotation marks is reported for its own column, be it the notes or the quotation.
    for row, where in (("We thank the Chair,see Ann, Bob", "notes"), ("We support Article 18, as before,x", "quote")):
        (remark,) = read(tmp_path, documents, f"{HEAD},{heading}", f"Q?,France,yes,{row}").remarks
        assert (remark.case, "quotation marks" in remark.todo) == (f"line 2, {where}", True), row


def test_rows_without_an_error_are_looked_at_beside_those_with_one(tmp_path, documents):
    path = tmp_path / "mine.csv"
    rows = ("Q?,France,yes,", "Does Mexico fund the review mechanism in 2020?,Mexico,no,")
    path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    found = remarks_of(str(path), (), Settings(store=tmp_path), stored=lambda: documents)
    assert [(remark.severity, remark.case) for remark in found] == [
        ("error", "line 2, quote"), ("warning", "line 3, answered"),
    ]  # fmt: skip
    assert "could not be judged" in found[0].what and "word for word" in found[0].todo


def test_a_year_in_its_column_alone_is_told_to_be_asked_of_nobody(tmp_path, documents):
    rows = [f"What did Mexico say about rivers{when}?,Mexico,no,,2020" for when in ("", " in 2020")]
    for row, warned in zip(rows, (True, False), strict=True):
        table = read(tmp_path, documents, f"{HEAD},year", row)
        found = [table.placed(one) for one in lint(table.cases, documents) if one.severity == "warning"]
        assert [remark.case for remark in found] == (["line 2, year"] if warned else [])
        assert not warned or "name the year in the question" in found[0].todo


def test_remarks_on_cases_are_told_by_line_and_column(tmp_path, documents):
    rows = ["What did France say of article 18?,France,yes,We support Article 18"] * 2
    found = read(tmp_path, documents, f"{HEAD},id", *(f"{row},{name}" for row, name in zip(rows, "ab", strict=True)))
    (alike,) = [r for r in map(found.placed, lint(found.cases, documents)) if r.severity == "warning"]
    assert (alike.case, alike.what) == ("line 3, question", "asks nearly the same as line 2 (100 of 100 alike)")
    silent = read(tmp_path, documents, HEAD, "", "Does Mexico fund the review mechanism?,Mexico,no,")
    (warned,) = [r for r in map(silent.placed, lint(silent.cases, documents)) if r.severity == "warning"]
    assert warned.case == "line 3, answered" and f"“{MEXICO}”" in warned.what


@cases("texts", "year", "file", tuples=True)
def test_words_of_several_texts_are_found_where_the_row_says(tmp_path, texts, year, file):
    spoken = (
        Document(file=name, text=FRANCE, state=state, facts={"date": date}) for name, (state, date) in texts.items()
    )
    row = f"What of the Chair?,France,yes,We thank the Chair,{year}"
    found = read(tmp_path, made.documents(*spoken), f"{HEAD},year", row)
    if len(file) == 1:
        assert (found.remarks, found.cases[0].evidence[0].file) == ((), file)
    else:
        assert file in found.remarks[0].what


@pytest.mark.parametrize(
    ("name", "content", "todo"),
    [
        *(("mine.csv", content, f"begin it with {HEAD}") for content in (b"", b"frage,staat\n", b"\x00\x01")),
        ("mine.xlsx", b"PK no workbook", "save it as UTF-8 CSV"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, documents, name, content, todo):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=rf"{name}.*{todo}"):
        read_case_table(tmp_path / name, documents)


def test_chinese_words_are_told_though_they_have_no_spaces_and_their_marks_are_no_part_of_them(tmp_path):
    said = "我们支持将所有犯罪嫌疑人引渡给请求国并在国内起诉拒绝引渡的本国国民"
    corpus = made.documents(Document(file="c.txt", text=f"主席先生，{said}。", state="CHN", language="zh"))
    read_ = read(tmp_path, corpus, HEAD, f"中国怎么说？,China,yes,「{said}」", f"中国说了吗？,China,yes,{'无' * 80}")
    assert read_.cases[0].evidence[0].quote == said
    assert "无" * 59 in read_.remarks[0].what
