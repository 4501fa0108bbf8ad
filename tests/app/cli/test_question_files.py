"""Questions, scopes and earlier turns from files and arguments."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.ask import AskedQuestion, read_history, read_overrides, read_questions
from app.errors import QuestionError, ScopeError
from app.question.turns.state import EarlierTurn
from tests.cases import Cases

cases = Cases(__file__)

FIRST = EarlierTurn(question="First?")


def _file(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "questions.txt"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def test_read_questions_one_a_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "\ufeffWhat did Iran say?\r\n\n   \nAnd Arvandia?  ")
    assert list(read_questions(path)) == [
        AskedQuestion(question="What did Iran say?"),
        AskedQuestion(question="And Arvandia?"),
    ]
    assert list(read_questions(_file(tmp_path, ""))) == []


def test_read_questions_as_json_lines(tmp_path: Path) -> None:
    then = {"question": "Then?", "scope": {"years": []}, "answer": "ignored"}
    lines = [
        {"id": "q1", "question": "First?", "answer": "ignored", "scope": "ignored", "evidence": [{"file": "x"}]},
        {"qid": 7, "question": "Second?", "history": ["First?", then]},
        {"question": "Third?", "history": None},
        {"id": "q4", "question": "Line\u2028separator\x85and form\x0cfeed?"},
    ]
    path = _file(tmp_path, "\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    assert list(read_questions(path)) == [
        AskedQuestion(question="First?", identifier="q1"),
        AskedQuestion(
            question="Second?", identifier="7", history=(FIRST, EarlierTurn(question="Then?", overrides={"years": []}))
        ),
        AskedQuestion(question="Third?"),
        AskedQuestion(question="Line\u2028separator\x85and form\x0cfeed?", identifier="q4"),
    ]


@cases("line", "says")
def test_read_questions_goes_on_after_a_bad_line(line: str | list[Any], says: str, tmp_path: Path) -> None:
    line = line if isinstance(line, str) else line[0] * line[1]
    path = _file(tmp_path, f"First?\n\n{line}\nLast?\n")
    first, bad, last = read_questions(path)
    assert (first.question, first.problem, last.question, last.problem) == ("First?", None, "Last?", None)
    assert bad.problem is not None and says in bad.problem and "line 3" in bad.problem
    assert "\n" not in bad.problem and len(bad.problem) < 300


@cases("data", "says")
def test_read_questions_refuses_a_file_that_is_no_text(data: str | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "none.txt" if data is None else _file(tmp_path, data.encode("latin-1"))
    with pytest.raises(QuestionError, match=says) as caught:
        list(read_questions(path))
    assert path.name in str(caught.value)


def test_read_history_keeps_the_order_and_what_was_set(tmp_path: Path) -> None:
    lines = 'First?\n{"question": "Second?"}\n{"question": "Third?", "scope": {"states": []}}\n'
    assert read_history(_file(tmp_path, lines)) == (
        FIRST,
        EarlierTurn(question="Second?"),
        EarlierTurn(question="Third?", overrides={"states": []}),
    )
    assert read_history(None) == ()


@pytest.mark.parametrize("line", ["{broken", '{"scope": {}}', '{"question": "x", "scope": "IRN"}'])
def test_read_history_refuses_a_bad_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="line 2") as caught:
        read_history(_file(tmp_path, f"First?\n{line}\n"))
    assert "\n" not in str(caught.value)


def test_read_overrides_takes_an_object() -> None:
    assert read_overrides('{"states": ["IRN"], "years": [2020]}') == {"states": ["IRN"], "years": [2020]}
    assert read_overrides(None) == {}


@pytest.mark.parametrize("text", ["", "IRN", "[1]", '"x"', "{", "null", "[" * 100_000])
def test_read_overrides_refuses_anything_else(text: str) -> None:
    with pytest.raises(ScopeError, match="--scope") as caught:
        read_overrides(text)
    assert "\n" not in str(caught.value)
