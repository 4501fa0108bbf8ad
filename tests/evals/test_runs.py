"""Runs on disk and their execution: resumed where they stopped, bounded in time, with no answer lost or truncated."""

import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.question.turns.state import EarlierTurn
from app.records import Answer
from evals.cases.case import Case
from evals.errors import RunError
from evals.files import write_records, write_whole
from evals.report.report import previous_run
from evals.report.tables import runs_table
from evals.runner import asking, chosen, replaying, run_cases
from evals.runs import ANSWERS, MANIFEST, SCORES, Run, create_run, keep_baseline, list_runs, open_run
from evals.runs import CASES as CASES_FILE
from tests.cases import Cases
from tests.evals.made import answer, case, manifest, score

cases = Cases(__file__)

_case = partial(case, type="unanswerable", status="abstained")
CASES = (_case("a"), _case("b", lang="fr"), _case("c", tags={"topic": "rivers"}))


def _run(root: Path, name: str = "one", **fields: Any) -> Run:
    given = {"cases": len(CASES), "time_limit": 5.0, "started": datetime.now(UTC), "ended": None} | fields
    return create_run(root, manifest(name, **given), CASES, {"s": "a.txt"})


class _Scripted:
    """Answers cases and records them; a case in `wrong` fails in the way given there."""

    def __init__(self, wrong: dict[str, str] | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self.wrong = wrong or {}

    def __call__(self, case: Case, repeat: int) -> dict[str, Any]:
        self.asked.append((case.id, repeat))
        match self.wrong.get(case.id):
            case "error":
                raise RunError("no")
            case "slow":
                time.sleep(2)
            case "bug":
                raise ZeroDivisionError
            case "stop":
                raise KeyboardInterrupt
        return answer(question=f"{case.id}?", status="abstained").to_json()


def _asked(run: Run, **wrong: str) -> list[str]:
    """Asks a run's remaining cases, of which those in `wrong` fail as given there; returns the ids of all asked."""
    scripted = _Scripted(wrong)
    run_cases(run, scripted)
    return [name for name, _ in scripted.asked]


def test_every_case_is_asked_as_often_as_wanted(tmp_path):
    scripted, told = _Scripted(), []
    run = run_cases(_run(tmp_path, repeats=2), scripted, tell=lambda text, done, total: told.append((done, total)))
    assert scripted.asked == [(name, repeat) for repeat in (0, 1) for name in "abc"]
    assert told == [(number, 6) for number in range(1, 7)]
    assert run.complete
    assert open_run(tmp_path, "one").complete
    assert [(record.case, record.repeat) for record in run.answers()] == scripted.asked


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    run = _run(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        _asked(run, b="stop")
    assert not open_run(tmp_path, "one").complete
    assert _asked(open_run(tmp_path, "one")) == ["b", "c"]


def test_a_line_that_was_cut_short_is_asked_again(tmp_path):
    run = run_cases(_run(tmp_path), _Scripted())
    path = run.path / ANSWERS
    path.write_bytes(path.read_bytes()[:-20])
    assert _asked(run) == ["c"]
    assert [record.case for record in run.answers()] == ["a", "b", "c"]
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


@cases("wrong", "kind", "message")
def test_a_case_that_fails_stops_no_other_and_is_asked_again(wrong, kind, message, tmp_path):
    run = _run(tmp_path, time_limit=0.2)
    assert _asked(run, b=wrong) == [*"abc"]
    a, failed, c = run.answers()
    assert (a.error, failed.answer, failed.error.kind, c.error) == (None, None, kind, None)
    assert failed.error.message.startswith(message) and failed.seconds < 1.5
    assert _asked(run) == ["b"]
    assert all(record.error is None for record in run.answers())


def test_stored_answers_are_given_again(tmp_path):
    run = run_cases(_run(tmp_path), _Scripted())
    replay, digest = replaying(run.path)
    assert len(digest) == 64
    assert replay(CASES[0], 0)["question"] == "a?"
    with pytest.raises(RunError, match="'a'"):
        replay(CASES[0], 1)
    lines = tmp_path / "answers.jsonl"
    lines.write_text(json.dumps({"id": "b", "question": "other"}) + "\n", encoding="utf-8")
    assert replaying(lines)[0](CASES[1], 0)["question"] == "other"
    with pytest.raises(RunError, match="no answers at"):
        replaying(tmp_path / "none.jsonl")


@pytest.mark.parametrize("name", ["", "..", "../up", "a/b", ".hidden", "a\x00b", "a" * 200, "/etc", "../latest"])
def test_names_of_runs_lead_nowhere_else(name, tmp_path):
    with pytest.raises(RunError):
        _run(tmp_path / "runs", name)
    with pytest.raises(RunError):
        open_run(tmp_path / "runs", name)
    assert not [*tmp_path.rglob("manifest.json")]
    with pytest.raises(RunError, match="'latest' is no name for a run"):
        _run(tmp_path / "runs", "latest")
    assert [*tmp_path.iterdir()] == []


def test_runs_are_listed_newest_first_and_latest_is_the_first(tmp_path):
    with pytest.raises(RunError, match="no runs"):
        open_run(tmp_path, "latest")
    _run(tmp_path, "old")
    _run(tmp_path, "new")
    (tmp_path / "junk").mkdir()
    assert [run.name for run in list_runs(tmp_path)] == ["new", "old"]
    assert open_run(tmp_path, "latest").name == "new"
    with pytest.raises(RunError, match="there is a run 'old'"):
        _run(tmp_path, "old")
    with pytest.raises(RunError, match=r"not complete, 0 of 3 answers: `untoc-eval run --name old --resume` goes on"):
        open_run(tmp_path, "old").scores()
    run_cases(open_run(tmp_path, "old"), _Scripted())
    with pytest.raises(RunError, match="not scored"):
        open_run(tmp_path, "old").scores()


@pytest.mark.slow
def test_a_run_of_another_process_is_told_as_running_until_that_ends(tmp_path):
    run = _scored(tmp_path)
    held = "import sys, pathlib, evals.runs as r; held = r.open_run(pathlib.Path(sys.argv[1]), 'one').hold()"
    message = r"still running since 20\d\d-\d\d-\d\d \d\d:\d\d UTC, 3 of 3 answers: wait until it ends"
    with subprocess.Popen(
        [sys.executable, "-c", f"{held}; print(1, flush=True); sys.stdin.read()", tmp_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout.readline()
        assert (run.running, run.scored) == (True, False)
        assert re.match(message, runs_table([run]).rows[0][-1])
        for act in (run.scores, run.hold, partial(keep_baseline, run, tmp_path / "base")):
            with pytest.raises(RunError, match=f"'one' is {message}"):
                act()
        # Killed, as when its terminal is closed.
        other.kill()
    assert (run.running, run.unfinished, len(run.scores())) == (False, None, 3)


def test_those_who_look_at_a_run_at_once_are_no_process_that_runs_it(tmp_path):
    run = _scored(tmp_path)
    with run.hold():
        pass
    with ThreadPoolExecutor(4) as pool:
        looks = [pool.submit(run.scores) for _ in range(100)]
        assert {len(look.result()) for look in looks} == {3}


def test_a_run_whose_answers_cannot_be_read_is_listed_with_those_that_can(tmp_path):
    run = _run(tmp_path)
    assert [_asked(run, b="error") for _ in range(2)] == [[*"abc"], ["b"]]
    run.ended(None)
    assert "not complete, 3 of 3 answers" in runs_table([run, run]).rows[0][-1]
    (run.path / ANSWERS).write_text('{"case": "a"}\n{\n{"case": "b"}\n', encoding="utf-8")
    assert "not complete, 1 of 3 answers" in runs_table([open_run(tmp_path, "one")]).rows[0][-1]


def test_a_run_whose_scores_cannot_be_read_is_named_among_the_others_and_compared_with_none(tmp_path):
    _scored(tmp_path, name="good")
    broken = _scored(tmp_path, name="broken")
    (broken.path / SCORES).write_text("{\n", encoding="utf-8")
    rows = {row[0]: row for row in runs_table(list_runs(tmp_path)).rows}
    assert rows["good"][1] and "cannot be read" not in rows["good"][-1]
    assert rows["broken"][1] == ""
    assert "its scores cannot be read: broken/scores.jsonl, line 1: not JSON" in rows["broken"][-1]
    assert getattr(previous_run(_scored(tmp_path, name="later")), "name", None) == "good"


def test_a_manifest_that_cannot_be_read_is_named_and_not_listed(tmp_path):
    _run(tmp_path, "good")
    path = _run(tmp_path, "bad").path / MANIFEST
    for content in (b"\xff\xfe", b"{", b"5"):
        path.write_bytes(content)
        assert [run.name for run in list_runs(tmp_path)] == ["good"]
        with pytest.raises(RunError, match=r"bad/manifest\.json"):
            open_run(tmp_path, "bad")


@cases("content", "message")
def test_records_that_cannot_be_read_are_named(content, message, tmp_path):
    run = _run(tmp_path)
    path = run.path / CASES_FILE
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content.encode("latin-1"))
    with pytest.raises(RunError, match=CASES_FILE) as caught:
        run.cases()
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("place", ["missing/file", "folder", "file/below", "a" * 300])
def test_a_place_that_cannot_be_written_is_named_and_left_clean(place, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old", encoding="utf-8")
    with pytest.raises(RunError, match=re.escape(f"cannot write {str(tmp_path / place)!r} (")):
        write_whole(tmp_path / place, "new")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


def _scored(root: Path, name: str = "one", *, repeats: int = 1) -> Run:
    run = run_cases(_run(root, name, repeats=repeats), _Scripted())
    write_records(run.path / SCORES, (score(each.id, repeat=n) for n in range(repeats) for each in CASES))
    return run


def test_a_baseline_takes_the_place_of_one_over_the_same_cases(tmp_path):
    folder = tmp_path / "base"
    for name in ("one", "two"):
        kept = keep_baseline(_scored(tmp_path / "runs", name, repeats=2), folder)
        assert kept == (folder / MANIFEST, folder / SCORES)
    baseline = open_run(tmp_path, "base")
    assert (baseline.manifest.name, len(baseline.scores())) == ("base", 2 * len(CASES))


@cases("stages", "message", tuples=True)
def test_a_run_that_was_not_answered_and_scored_whole_is_no_baseline(stages, message, tmp_path):
    run = _scored(tmp_path)
    write_records(run.path / SCORES, (score("abc"[number % 3], stage=stage) for number, stage in enumerate(stages)))
    with pytest.raises(RunError, match=message):
        keep_baseline(run, tmp_path / "base")
    assert not (tmp_path / "base").exists()


def test_a_baseline_over_other_cases_is_not_replaced(tmp_path):
    run, folder = _scored(tmp_path / "runs"), tmp_path / "base"
    keep_baseline(run, folder)
    manifest = run.manifest.model_copy(update={"dataset": "other"})
    with pytest.raises(RunError, match=r"over 'other', the baseline in .* over another set"):
        keep_baseline(Run(path=run.path, manifest=manifest), folder)
    (folder / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match=r"base/manifest\.json"):
        keep_baseline(run, folder)


def test_cases_are_chosen_by_slices():
    slices = (["lang=fr,es"], ["topic=rivers", "type=unanswerable"], ["topic=rivers", "lang=fr"])
    assert [[case.id for case in chosen(CASES, only=only)] for only in slices] == [["b"], ["c"], []]
    assert [case.id for case in chosen(CASES, limit=2)] == ["a", "b"]


def test_what_was_set_in_the_chat_is_set_again():
    class Assistant:
        def ask(self, question: str, **given: Any) -> Answer:
            asked.append((question, given["history"], given["overrides"]))
            return answer(question=question, status="abstained")

    asked: list[Any] = []
    tags = {"overrides": json.dumps({"years": ["2020"]}), "history_overrides": [{"states": ["XAA"]}]}
    case = CASES[0].model_copy(update={"history": ("Before?", "Then?"), "tags": tags})
    for each in (case, CASES[0]):
        asking(Assistant())(each, 0)  # type: ignore[arg-type]
    earlier = (EarlierTurn(question="Before?", overrides={"states": ["XAA"]}), EarlierTurn(question="Then?"))
    assert asked == [("What did France say?", earlier, {"years": ["2020"]}), ("What did France say?", (), None)]
