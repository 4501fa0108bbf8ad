"""The command line from end to end, over stored answers: no model is loaded."""

import json
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.records import Abstention, Answer, Citation, Claim, Scope
from evals.cli import main
from evals.report.tables import Table
from evals.runs import open_run
from tests.cases import Cases
from tests.made import citation

pytestmark = pytest.mark.integration

cases = Cases(__file__)

TEXTS = cases["TEXTS"]
CASES = cases["CASES"]
GATES = cases["GATES"]


def _cited(file: str, state: str, words: str) -> Citation:
    start = TEXTS[file].index(words)
    return citation(words, start=start, statement_id=file, state=state, date="2020", file=file, paragraph=1)


def _answered(cited: Citation) -> Answer:
    state = str(cited.state)
    claims = (Claim(text=cited.quote, state=state, citations=(1,)),)
    given = {"scope": Scope(states=(state,)), "claims": claims, "citations": (cited,), "confidence": 0.9}
    return Answer(question="?", answer=f"{state}: “{cited.quote}” [1]", status="answered", **given)


SILENCE = Abstention(reason="article_not_cited", message="Not cited.")
SILENT = Answer(question="?", answer="Not cited.", status="abstained", scope=Scope(states=("XAB",)), abstention=SILENCE)
GOOD = {
    "arv": _answered(_cited("one.txt", "XAA", "Arvandia supports article 4.")),
    "bel": _answered(_cited("two.txt", "XAB", "Belmora proposes a common register of vessels.")),
    "none": SILENT,
}
WRONG = _cited("one.txt", "XAA", "We shall not accept less.")
ALTERED = GOOD | {"arv": _answered(replace(WRONG, quote="We shall accept less."))}
MANIFEST = "file,state,body,session,date,agenda_item,language\none.txt,XAA,,,2020,,en\ntwo.txt,XAB,,,2020,,en\n"


class _Desk:
    """A folder with statements, cases and answers, and methods that run commands over them."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.corpus, self._capsys = root, root / "corpus", capsys
        self.cases, self.gates = root / "cases.yaml", root / "gates.yaml"
        self.corpus.mkdir(parents=True)
        parties = "code,name,aliases,kind\nXAA,Arvandia,,state\nXAB,Belmora,,state\n"
        for name, text in {**TEXTS, "parties.csv": parties, "statements.csv": MANIFEST}.items():
            (self.corpus / name).write_text(text, encoding="utf-8")
        self.cases.write_text(CASES, encoding="utf-8")
        self.gates.write_text(GATES, encoding="utf-8")

    def said(self, code: int, *arguments: str | Path) -> str:
        """Runs a command that must end with this exit status, and returns its output."""
        self._capsys.readouterr()
        assert self(*arguments) == code
        return "".join(self._capsys.readouterr())

    def told(self, code: int, *arguments: str | Path) -> Any:
        """Runs a command with `--json` that must end with this exit status, and returns the parsed output."""
        return json.loads(self.said(code, *arguments, "--json"))

    def __call__(self, *arguments: str | Path) -> int:
        return main([str(argument) for argument in (*arguments, "--store", self.root / "store")])

    def run(self, name: str, answers: dict[str, Answer], *more: str) -> int:
        path = self.root / f"{name}.answers.jsonl"
        lines = [json.dumps({"id": case} | answer.to_json()) for case, answer in answers.items()]
        path.write_text("\n".join(lines), encoding="utf-8")
        replay = ("--answers", path)
        return self("run", self.cases, "--corpus", self.corpus, "--name", name, *replay, *more)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> _Desk:
    made = _Desk(tmp_path, capsys)
    assert [made.run("good", GOOD), made.run("altered", ALTERED)] == [0, 0]
    return made


def test_run_prints_figures(desk):
    found = {figure["metric"]: figure["value"] for figure in desk.told(0, "score", "good")["figures"]}
    figures = {"evidence_first": 1.0, "quote_verified": 1.0, "misattributed": 0.0, "reason_right": 1.0, "right": 1.0}
    assert {name: found[name] for name in figures} == figures
    assert desk.told(0, "score", "altered")["stages"] == {"wrong_span": 1}


def test_gate_passes_fails_and_says_when_it_cannot_decide(desk):
    gates, good = ("--gates", desk.gates), ("--baseline", "good")
    assert desk.run("again", GOOD) == 0
    assert desk("gate", "again", *good, *gates) == 0
    report = desk.told(1, "gate", "altered", *good, *gates)
    assert "quote_verified" in {result["metric"] for result in report["results"] if result["verdict"] == "fail"}
    assert desk("gate", "good", *good, *gates) == 2, "its own baseline"
    assert desk("gate", "good", *gates) == 2, "soft gates without a baseline"
    assert desk("gate", "again", *good) == 2, "three cases are too few for the packaged gates"
    assert "no run 'nothing'" in desk.said(2, "gate", "nothing", *gates)


def test_gate_says_in_words_what_it_ends_with_and_how_a_change_that_is_meant_is_kept(desk):
    kept = desk.root / "my baselines" / "own"
    assert desk("baseline", "good", kept) == 0
    for baseline, told in (
        ("good", "give `--baseline altered` from now on"),
        (kept, f"`untoc-eval baseline altered '{kept}' --store"),
    ):
        printed = desk.said(1, "gate", "altered", "--baseline", baseline, "--gates", desk.gates)
        assert printed.splitlines()[-1] == "✗ not good enough (exit status 1)"
        assert f"where the change is meant, {told}" in printed
    assert "tells nothing yet" in desk.said(1, "gate", "altered", "--baseline", "good")
    # A baseline contains neither questions nor answers.
    assert {path.name for path in kept.iterdir()} == {"manifest.json", "scores.jsonl"}
    assert not any("article 4" in path.read_text(encoding="utf-8") for path in kept.iterdir())


def test_gate_refuses_other_cases_and_other_statements(desk):
    assert desk.run("fewer", GOOD, "--limit", "2") == 0
    assert "asked different cases" in desk.said(0, "compare", "good", "fewer")
    desk.gates.write_text(GATES.replace("3", "2"), encoding="utf-8")
    assert desk("gate", "fewer", "--baseline", "good", "--gates", desk.gates) == 2
    (desk.corpus / "one.txt").write_text(TEXTS["one.txt"] + " More.", encoding="utf-8")
    assert "statements have changed" in desk.said(1, "score", "good")


def test_commands_that_are_suggested_run_as_they_are_printed(desk, capsys):
    """A suggestion in backticks runs unchanged, and includes the store that was given."""
    gate = ("gate", "altered", "--baseline", "good")
    printed = desk.said(0, "score", "altered") + desk.said(1, *gate) + desk.said(1, "report", "nobody")
    kept = re.findall(r"`untoc-eval (.+?)`", printed)
    assert len(kept) >= 3 and all(f"--store {desk.root / 'store'}" in line for line in kept)
    for line in kept:
        assert main(shlex.split(line)) in (0, 1)
    assert not [line for line in capsys.readouterr().err.splitlines() if "baseline" not in line]


def test_a_table_with_mistakes_is_told_with_a_command_that_shows_them_all(tmp_path, capsys):
    desk = _Desk(tmp_path / "my desk", capsys)
    table = desk.root / "my own.csv"
    table.write_text("question,state,answered,quote\nOne?,Arvandia,perhaps,\nTwo?,Belmora,perhaps,\n", encoding="utf-8")
    printed = desk.said(1, "run", table, "--corpus", desk.corpus)
    (suggested,) = re.findall(r"and 1 more: `untoc-eval (.+?)` shows all", printed)
    assert main(shlex.split(suggested)) == 1
    shown = capsys.readouterr()
    assert "2 errors" in shown.out and "line 3, answered" in shown.out.replace("\n", " ")


def test_compare_lists_flips(desk):
    found = desk.told(0, "compare", "good", "altered")
    assert found["regressions"] == [{"case": "arv", "old": None, "new": "wrong_span"}]
    assert found["improvements"] == []
    first, *rest = desk.said(0, "compare", "good", "altered").splitlines()
    assert first.startswith("“altered”: ") and "gates" in first and "1 of 3 cases lost" in first
    assert any(line.startswith("Moved: Outcomes right 100.0") for line in rest)
    for words in ("States or other subjects that they are about: 2; 10 are needed", "The interval tells", "✔ → ✗"):
        assert any(words in line for line in rest), words


def test_report_writes_every_format(desk):
    html, markdown = (desk.root / f"report.{kind}" for kind in ("html", "md"))
    options = "--baseline", "good", "--gates", desk.gates, "-o", html, "-o", markdown
    assert desk("report", "altered", *options) == 0
    text = html.read_text(encoding="utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert "We shall not accept less." in text or "<del>" in text
    assert markdown.read_text(encoding="utf-8").startswith("#")
    assert [desk("report", "latest"), desk("report", "good", "-o", "report.pdf")] == [0, 1]
    (english,) = (desk.root / "store").rglob("report.html")
    before = english.read_text(encoding="utf-8")
    # A report in another language leaves the English one as it is.
    assert desk("report", "latest", "--language", "fr") == 0
    assert 'lang="fr"' in english.with_name("report.fr.html").read_text(encoding="utf-8")
    assert english.read_text(encoding="utf-8") == before


def test_show_lint_and_lists(desk):
    shown = desk.said(0, "show", "altered", "arv")
    for told in (
        "Expected: An answer; States: Arvandia.",
        "✗ wrong span, the right statement was cited, at another place",
        "Evidence (Arvandia, one.txt): “Arvandia supports article 4.”",
        "[1] Arvandia, one.txt: ✗ not what the file says there: “We shall [left out: not] accept less.”",
    ):
        assert told in shown
    shown = desk.said(0, "show", "good", "arv")
    assert "✔ right" in shown and "✔ word for word, and expected evidence" in shown and "left out" not in shown
    assert desk("show", "good", "nobody") == 1
    assert desk("lint", desk.cases, "--corpus", desk.corpus) == 0
    desk.cases.write_text(CASES.replace("supports article", "opposes article"), encoding="utf-8")
    assert desk("lint", desk.cases, "--corpus", desk.corpus) == 1
    assert [entry["name"] for entry in desk.told(0, "ls")] == ["altered", "good"]


def test_a_run_is_resumed_only_as_it_was_begun(desk, capsys, monkeypatch):
    assert desk.run("good", GOOD) == 1
    assert "--resume" in capsys.readouterr().err
    assert desk.run("good", GOOD, "--resume") == 0
    # The name of a run is enough to resume it.
    assert desk("run", "--name", "good", "--resume") == 0
    assert desk.run("good", GOOD, "--resume", "--limit", "1") == 1
    assert "dataset" in capsys.readouterr().err

    def stopped(*given, **more):
        raise KeyboardInterrupt

    # A complete run that is resumed and then interrupted is no longer complete.
    monkeypatch.setattr("evals.runner.run_cases", stopped)
    with suppress(KeyboardInterrupt):
        desk.run("good", GOOD, "--resume")
    assert not open_run(desk.root / "store" / "evals" / "runs", "good").complete


def test_a_run_without_a_single_answer_is_no_success(tmp_path, capsys):
    assert _Desk(tmp_path, capsys).run("mute", {"other": GOOD["arv"]}) == 1
    assert "no stored answer for the case 'arv'" in capsys.readouterr().err


@cases("arguments", "message", tuples=True)
def test_errors_are_one_line_that_says_what_to_do(arguments, message, tmp_path, capsys):
    assert main([*arguments, "--store", str(tmp_path)]) == 1
    *_, error = capsys.readouterr().err.splitlines()
    assert error.startswith("untoc-eval: ")
    assert message in error


@cases("arguments", "message", tuples=True)
def test_wrong_usage_is_two_and_says_what_was_meant(arguments, message, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("untoc-eval: ") and said.count("\n") == 1 and message in said


def test_tables_are_printed_or_given_as_json(capsys, monkeypatch):
    table = Table(title="dev", columns=("kind", "n"), rows=[("supports", "3")])
    monkeypatch.setattr("evals.position_agreement.position_tables", lambda *_: iter([table]))
    assert main(["positions", "--corpus", "."]) == 0
    assert "supports\t3" in capsys.readouterr().out
    assert main(["positions", "--corpus", ".", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"title": "dev", "rows": [{"kind": "supports", "n": "3"}]}]


def test_help_shows_examples_and_no_command_is_wrong_usage(capsys):
    assert main([]) == 2
    assert main(["run", "-h"]) == 0
    shown = capsys.readouterr().out
    assert "Examples:" in shown and "untoc-eval run mine.csv --corpus DIR --name first" in shown


@pytest.mark.slow
def test_help_imports_neither_numpy_nor_gradio():
    heavy = "[name for name in ('numpy', 'gradio', 'rich', 'pandas') if name in sys.modules]"
    code = f"import sys, evals.cli; evals.cli.main(['--help']); print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
