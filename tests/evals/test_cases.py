"""Golden cases: both formats load, evidence is found exactly, and what is wrong is named."""

import json
from pathlib import Path

import pytest

from evals.cases import groups_of, load_cases, locate
from evals.errors import DatasetError
from tests.conftest import PROJECT


def test_load_cases_of_the_conference_hold_their_quotations() -> None:
    folder = PROJECT / "evals" / "conference"
    cases = load_cases(folder / "questions.yaml")
    assert len(cases) > 50 and len({case.id for case in cases}) == len(cases)
    for case in cases:
        for span in case.evidence:
            text = (folder / span.file).read_bytes().decode("utf-8")
            assert span.quote is None or text[span.start : span.end] == span.quote, case.id
        assert all(group for group in groups_of(case))


def _corpus(tmp_path: Path) -> Path:
    (tmp_path / "txt").mkdir()
    text = "Mr. Chair, we sup-\nport   article 4. “It matters.”"
    (tmp_path / "txt" / "XAA_10_2020.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_load_cases_from_json_lines_finds_the_evidence(tmp_path: Path) -> None:
    lines = [
        {
            "qid": "q_XAA_1",
            "question": "a?",
            "answerable": True,
            "evidence": ["support article 4."],
            "gold_doc": "XAA_10_2020",
        },
        {"qid": "q_XAB_2", "question": "b?", "answerable": False, "evidence": [], "gold_doc": ""},
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    first, second = load_cases(path, corpus=_corpus(tmp_path))
    [span] = first.evidence
    assert (span.start, span.end) == (14, 14 + len("sup-\nport   article 4."))
    assert (first.expect.status, first.expect.states, first.cluster) == ("answered", ("XAA",), "XAA")
    assert (second.expect.status, second.evidence, groups_of(second)) == ("abstained", (), [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("none.yaml", None),
        ("broken.yaml", "cases: [}"),
        ("empty.yaml", "other: 1"),
        ("wrong.yaml", "cases:\n- {id: a, question: b}"),
        (
            "extra.yaml",
            "cases:\n- {id: a, question: b, type: c, answerable: true, expect: {status: answered}, colour: red}",
        ),
        ("broken.jsonl", "{"),
        ("fields.jsonl", '{"qid": "a"}'),
        (
            "lost.jsonl",
            '{"qid": "q_XAA_1", "question": "a?", "answerable": true, "evidence": ["no"], "gold_doc": "XAA_10_2020"}',
        ),
        (
            "file.jsonl",
            '{"qid": "q_XAA_1", "question": "a?", "answerable": true, "evidence": ["no"], "gold_doc": "none"}',
        ),
    ],
)
def test_load_cases_names_what_cannot_be_read(name: str, text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError):
        load_cases(tmp_path / name, corpus=_corpus(tmp_path))


def test_load_cases_from_json_lines_needs_the_corpus(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"qid": "q_X_1", "question": "a?", "answerable": true, "evidence": ["b"], "gold_doc": "c"}', encoding="utf-8"
    )
    with pytest.raises(DatasetError, match="--corpus"):
        load_cases(path)


@pytest.mark.parametrize(
    ("quote", "span"),
    [("b c", (2, 6)), ("bc", (2, 6)), ("a b", (0, 3)), ("(d)", (7, 10))],
)
def test_locate_ignores_white_space(quote: str, span: tuple[int, int]) -> None:
    assert locate(quote, "a b \nc (d)") == span


@pytest.mark.parametrize("quote", ["c b", "B", "(e)", "d*"])
def test_locate_does_not_bend_words(quote: str) -> None:
    with pytest.raises(DatasetError):
        locate(quote, "a b \nc (d)")
