"""Runs on disk, and running: resumed where it was stopped, bounded in time, never a torn or lost answer."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.answer import Answer, Scope
from evals.adapters.replay import Replay
from evals.errors import AnswerError, RunError
from evals.golden.cases import Case, Expectation
from evals.runner import chosen, run_cases
from evals.runs import ANSWERS, Run, RunManifest, create_run, list_runs, new_name, open_run, read_lines


def _case(name: str, **more: Any) -> Case:
    expect = Expectation(status="abstained", states=("XAA",))
    return Case(id=name, question=f"{name}?", type="unanswerable", answerable=False, expect=expect, **more)


CASES = (_case("a"), _case("b", lang="fr"), _case("c", tags={"topic": "rivers"}))


def _run(root: Path, name: str = "one", *, repeats: int = 1, time_limit: float = 5.0) -> Run:
    manifest = RunManifest(
        name=name,
        dataset="set",
        dataset_sha256="d",
        corpus_sha256="c",
        cases=len(CASES),
        repeats=repeats,
        time_limit=time_limit,
        started=datetime.now(UTC),
    )
    return create_run(root, manifest, CASES, {"s": "a.txt"})


class _Scripted:
    """Answers, and counts; what it is told to do wrong, it does."""

    name = "scripted"

    def __init__(self, wrong: dict[str, str] | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self.wrong = wrong or {}

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        self.asked.append((case.id, repeat))
        match self.wrong.get(case.id):
            case "error":
                raise AnswerError("no")
            case "slow":
                time.sleep(2)
            case "bug":
                raise ZeroDivisionError
            case "stop":
                raise KeyboardInterrupt
        return Answer(question=case.question, answer="", status="abstained", scope=Scope(states=("XAA",))).to_json()


def test_every_case_is_asked_as_often_as_wanted(tmp_path: Path) -> None:
    scripted, told = _Scripted(), []
    run = run_cases(
        _run(tmp_path, repeats=2), scripted, on_answer=lambda record, done, total: told.append((done, total))
    )
    assert scripted.asked == [(name, repeat) for repeat in (0, 1) for name in "abc"]
    assert told == [(number, 6) for number in range(1, 7)]
    assert run.complete
    assert open_run(tmp_path, "one").complete
    assert [(record.case, record.repeat) for record in run.answers()] == scripted.asked


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    run = _run(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_cases(run, _Scripted({"b": "stop"}))
    assert not open_run(tmp_path, "one").complete
    again = _Scripted()
    run_cases(open_run(tmp_path, "one"), again)
    assert again.asked == [("b", 0), ("c", 0)]


def test_a_line_that_was_cut_short_is_asked_again(tmp_path: Path) -> None:
    run = run_cases(_run(tmp_path), _Scripted())
    path = run.path / ANSWERS
    path.write_bytes(path.read_bytes()[:-20])
    again = _Scripted()
    run_cases(run, again)
    assert again.asked == [("c", 0)]
    assert [record.case for record in run.answers()] == ["a", "b", "c"]
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_errors_are_kept_and_asked_again(tmp_path: Path) -> None:
    run = run_cases(_run(tmp_path), _Scripted({"b": "error"}))
    errors = {record.case: record.error.kind for record in run.answers() if record.error}
    assert errors == {"b": "error"}
    again = _Scripted()
    run = run_cases(run, again)
    assert again.asked == [("b", 0)]
    assert all(record.error is None for record in run.answers())


def test_a_case_that_takes_too_long_does_not_stop_the_others(tmp_path: Path) -> None:
    run = run_cases(_run(tmp_path, time_limit=0.2), _Scripted({"a": "slow"}))
    found = {record.case: record for record in run.answers()}
    assert found["a"].error is not None
    assert found["a"].error.kind == "timeout"
    assert found["a"].seconds < 1.5
    assert [found[name].error for name in "bc"] == [None, None]


def test_a_bug_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_cases(_run(tmp_path), _Scripted({"a": "bug"}))


def test_stored_answers_are_given_again(tmp_path: Path) -> None:
    run = run_cases(_run(tmp_path), _Scripted())
    replay = Replay(run.path)
    assert replay.ask(CASES[0], 0)["question"] == "a?"
    with pytest.raises(AnswerError, match="'a'"):
        replay.ask(CASES[0], 1)
    lines = tmp_path / "answers.jsonl"
    lines.write_text(json.dumps({"id": "b", "question": "other"}) + "\n", encoding="utf-8")
    assert Replay(lines).ask(CASES[1], 0)["question"] == "other"
    with pytest.raises(RunError, match="no answers at"):
        Replay(tmp_path / "none.jsonl")


@pytest.mark.parametrize("name", ["", "..", "../up", "a/b", ".hidden", "a\x00b", "a" * 200, "/etc"])
def test_names_of_runs_lead_nowhere_else(name: str, tmp_path: Path) -> None:
    with pytest.raises(RunError):
        _run(tmp_path / "runs", name)
    with pytest.raises(RunError):
        open_run(tmp_path / "runs", name)
    assert not [*tmp_path.rglob("manifest.json")]


def test_runs_are_listed_newest_first_and_latest_is_the_first(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no runs"):
        open_run(tmp_path, "latest")
    _run(tmp_path, "old")
    _run(tmp_path, "new")
    (tmp_path / "junk").mkdir()
    assert [run.name for run in list_runs(tmp_path)] == ["new", "old"]
    assert open_run(tmp_path, "latest").name == "new"
    with pytest.raises(RunError, match="there is a run 'old'"):
        _run(tmp_path, "old")
    with pytest.raises(RunError, match="not scored"):
        open_run(tmp_path, "old").scores()


def test_lines_that_are_broken_are_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"a": 1}\n{"b"\n{"c": 3}\n', encoding="utf-8")
    with pytest.raises(RunError, match="line 2"):
        [*read_lines(path, torn_end=True)]


def test_new_names_sort_by_time_and_are_names() -> None:
    early, late = (new_name("/x/y z.yaml", now=datetime(2026, month, 1, tzinfo=UTC)) for month in (9, 10))
    assert early < late
    assert early == "20260901T000000Z-y-z"


def test_cases_are_chosen_by_slices() -> None:
    assert [case.id for case in chosen(CASES, only=["lang=fr,es"])] == ["b"]
    assert [case.id for case in chosen(CASES, only=["topic=rivers", "type=unanswerable"])] == ["c"]
    assert [case.id for case in chosen(CASES, only=["topic=rivers", "lang=fr"])] == []
    assert [case.id for case in chosen(CASES, every=2)] == ["a", "c"]
    assert [case.id for case in chosen(CASES, limit=2)] == ["a", "b"]
