"""The command line from end to end, over stored answers: no model is loaded."""

import json
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.records import Abstention, Answer, Citation, Claim, Scope
from evals.cli import main
from evals.runs import open_run
from tests.evals.made_run import citation

TEXTS = {
    "one.txt": "Mr. Chair, Arvandia supports article 4. We shall not accept less.",
    "two.txt": "Belmora proposes a common register of vessels. It shall be open to all.",
}
CASES = """
schema: 1
cases:
- id: arv
  question: What did Arvandia say about article 4?
  type: single_state
  expect: {status: answered, states: [XAA]}
  evidence: [{id: e1, file: one.txt, state: XAA, quote: "Arvandia supports article 4."}]
  review: {status: reviewed, by: [ab]}
- id: bel
  question: What did Belmora say about vessels?
  type: single_state
  tags: {topic: vessels}
  expect: {status: answered, states: [XAB]}
  evidence: [{id: e1, file: two.txt, state: XAB, quote: "Belmora proposes a common register of vessels."}]
  review: {status: reviewed, by: [ab]}
- id: none
  question: What did Belmora say about article 4?
  type: unanswerable
  unanswerable_kind: near_miss_article
  expect: {status: abstained, states: [XAB], reason: article_not_cited}
  review: {status: reviewed, by: [ab]}
"""
GATES = """
minimum_cases: 3
hard: [{metric: quote_verified, at_least: 1}, {metric: misattributed, at_most: 0}]
soft: [{metric: evidence_first, margin: 0.01}]
"""


def _citation(file: str, state: str, words: str) -> Citation:
    start = TEXTS[file].index(words)
    return citation(1, words, start=start, statement_id=file, state=state, date="2020", file=file, paragraph=1)


def _answered(state: str, cited: Citation) -> Answer:
    return Answer(
        question="?",
        answer=f"{state}: “{cited.quote}” [1]",
        status="answered",
        scope=Scope(states=(state,)),
        claims=(Claim(text=cited.quote, state=state, citations=(1,)),),
        citations=(cited,),
        confidence=0.9,
    )


GOOD = {
    "arv": _answered("XAA", _citation("one.txt", "XAA", "Arvandia supports article 4.")),
    "bel": _answered("XAB", _citation("two.txt", "XAB", "Belmora proposes a common register of vessels.")),
    "none": Answer(
        question="?",
        answer="Not cited.",
        status="abstained",
        scope=Scope(states=("XAB",)),
        abstention=Abstention(reason="article_not_cited", message="Not cited."),
    ),
}
ALTERED = GOOD | {
    "arv": _answered(
        "XAA", replace(_citation("one.txt", "XAA", "We shall not accept less."), quote="We shall accept less.")
    )
}


class _Desk:
    """A folder with statements, cases and answers, and the commands over them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.corpus = root / "corpus"
        self.corpus.mkdir(parents=True)
        for name, text in TEXTS.items():
            (self.corpus / name).write_text(text, encoding="utf-8")
        parties = "code,name,aliases,kind\nXAA,Arvandia,,state\nXAB,Belmora,,state\n"
        (self.corpus / "parties.csv").write_text(parties, encoding="utf-8")
        rows = "file,state,body,session,date,agenda_item,language\none.txt,XAA,,,2020,,en\ntwo.txt,XAB,,,2020,,en\n"
        (self.corpus / "statements.csv").write_text(rows, encoding="utf-8")
        self.cases = root / "cases.yaml"
        self.cases.write_text(CASES, encoding="utf-8")
        self.gates = root / "gates.yaml"
        self.gates.write_text(GATES, encoding="utf-8")

    def __call__(self, *arguments: str | Path) -> int:
        return main([str(argument) for argument in (*arguments, "--store", self.root / "store")])

    def run(self, name: str, answers: dict[str, Answer], *more: str) -> int:
        path = self.root / f"{name}.answers.jsonl"
        lines = [json.dumps({"id": case} | answer.to_json()) for case, answer in answers.items()]
        path.write_text("\n".join(lines), encoding="utf-8")
        replay = ("--answers", path)
        return self("run", self.cases, "--corpus", self.corpus, "--name", name, *replay, *more)


@pytest.fixture
def desk(tmp_path: Path) -> _Desk:
    made = _Desk(tmp_path)
    assert made.run("good", GOOD) == 0
    assert made.run("altered", ALTERED) == 0
    return made


def _json(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)


def test_run_prints_figures(desk, capsys):
    capsys.readouterr()
    assert desk("score", "good", "--json") == 0
    found = _json(capsys)
    assert isinstance(found, dict)
    figures = {figure["metric"]: figure["value"] for figure in found["figures"]}
    assert figures["evidence_first"] == 1.0
    assert (figures["quote_verified"], figures["misattributed"], figures["reason_right"]) == (1.0, 0.0, 1.0)
    assert figures["right"] == 1.0
    assert desk("score", "altered", "--json") == 0
    altered = _json(capsys)
    assert isinstance(altered, dict)
    assert altered["stages"] == {"wrong_span": 1}


def test_gate_passes_fails_and_says_when_it_cannot_decide(desk, capsys):
    gates = ("--gates", desk.gates)
    assert desk.run("again", GOOD) == 0
    assert desk("gate", "again", "--baseline", "good", *gates) == 0
    assert desk("gate", "good", "--baseline", "good", *gates) == 2, "its own baseline"
    capsys.readouterr()
    assert desk("gate", "altered", "--baseline", "good", *gates, "--json") == 1
    report = _json(capsys)
    assert isinstance(report, dict)
    assert "quote_verified" in {result["metric"] for result in report["results"] if result["verdict"] == "fail"}
    assert desk("gate", "good", *gates) == 2, "soft gates without a baseline"
    assert desk("gate", "again", "--baseline", "good") == 2, "three cases are too few for the packaged gates"
    assert desk("gate", "nothing", *gates) == 2
    assert "no run 'nothing'" in capsys.readouterr().err


def test_gate_says_in_words_what_it_ends_with_and_how_a_change_that_is_meant_is_kept(desk, capsys):
    gates, kept = ("--gates", desk.gates), desk.root / "my baselines" / "own"
    assert desk("baseline", "good", kept) == 0
    for baseline, told in (
        ("good", "where the change is meant, give `--baseline altered` from now on"),
        (kept, f"where the change is meant, `untoc-eval baseline altered '{kept}' --store"),
    ):
        capsys.readouterr()
        assert desk("gate", "altered", "--baseline", baseline, *gates) == 1
        *_, last = (printed := capsys.readouterr().out).splitlines()
        assert last == "✗ not good enough (exit status 1)"
        assert told in printed
    assert desk("gate", "altered", "--baseline", "good") == 1
    assert "tells nothing yet" in capsys.readouterr().out


def test_gate_refuses_other_cases_and_other_statements(desk, capsys):
    assert desk.run("fewer", GOOD, "--limit", "2") == 0
    capsys.readouterr()
    assert desk("compare", "good", "fewer") == 0
    assert "asked different cases" in capsys.readouterr().out
    (desk.root / "few.yaml").write_text(GATES.replace("3", "2"), encoding="utf-8")
    assert desk("gate", "fewer", "--baseline", "good", "--gates", desk.root / "few.yaml") == 2
    (desk.corpus / "one.txt").write_text(TEXTS["one.txt"] + " More.", encoding="utf-8")
    assert desk("score", "good") == 1
    assert "statements have changed" in capsys.readouterr().err


def test_commands_that_are_suggested_run_as_they_are_printed(desk, capsys):
    """What stands in backticks is typed as it is, with the store that was given."""
    capsys.readouterr()
    assert desk("score", "altered") == 0
    assert desk("gate", "altered", "--baseline", "good") == 1
    assert desk("report", "nobody") == 1
    printed = "".join(capsys.readouterr())
    kept = re.findall(r"`untoc-eval (.+?)`", printed)
    assert len(kept) >= 3 and all(f"--store {desk.root / 'store'}" in line for line in kept)
    for line in kept:
        assert main(shlex.split(line)) in (0, 1)
    assert not [line for line in capsys.readouterr().err.splitlines() if "baseline" not in line]


def test_a_table_with_mistakes_is_told_with_a_command_that_shows_them_all(tmp_path, capsys):
    desk = _Desk(tmp_path / "my desk")
    table = desk.root / "my own.csv"
    table.write_text("question,state,answered,quote\nOne?,Arvandia,perhaps,\nTwo?,Belmora,perhaps,\n", encoding="utf-8")
    assert desk("run", table, "--corpus", desk.corpus) == 1
    (suggested,) = re.findall(r"and 1 more: `untoc-eval (.+?)` shows all", capsys.readouterr().err)
    assert main(shlex.split(suggested)) == 1
    shown = capsys.readouterr()
    assert "2 errors" in shown.out and "line 3, answered" in shown.out.replace("\n", " ")


def test_a_run_that_is_gone_on_with_and_stopped_is_not_complete(desk, monkeypatch):
    def stopped(*given, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("evals.runner.run_cases", stopped)
    with suppress(KeyboardInterrupt):
        desk.run("good", GOOD, "--resume")
    assert not open_run(desk.root / "store" / "evals" / "runs", "good").complete


def test_compare_lists_flips(desk, capsys):
    capsys.readouterr()
    assert desk("compare", "good", "altered", "--json") == 0
    found = _json(capsys)
    assert isinstance(found, dict)
    assert found["regressions"] == [{"case": "arv", "old": None, "new": "wrong_span"}]
    assert found["improvements"] == []
    assert desk("compare", "good", "altered") == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("“altered”: ") and "gates" in first and "1 of 3 cases lost" in first
    assert any(line.startswith("Moved: Outcomes right 100.0") for line in rest)
    assert any("they are about 2 States or other subjects, and 10 are needed" in line for line in rest)
    assert any(line.startswith("The interval tells") or " The interval tells" in line for line in rest)
    assert any("✔ → ✗" in line for line in rest)


def test_report_writes_every_format(desk):
    out = {kind: desk.root / f"report.{kind}" for kind in ("html", "md")}
    options = [part for path in out.values() for part in ("-o", path)]
    assert desk("report", "altered", "--baseline", "good", "--gates", desk.gates, *options) == 0
    html = out["html"].read_text(encoding="utf-8")
    assert html.lower().startswith("<!doctype html>")
    assert "We shall not accept less." in html or "<del>" in html
    assert out["md"].read_text(encoding="utf-8").startswith("#")
    assert desk("report", "latest") == 0
    assert desk("report", "good", "-o", "report.pdf") == 1
    assert [*(desk.root / "store").rglob("report.html")]


def test_show_lint_and_lists(desk, capsys):
    assert desk("show", "altered", "arv") == 0
    shown = capsys.readouterr().out
    assert "Expected: An answer; States: Arvandia." in shown
    assert "✗ wrong span, the right statement was cited, at another place" in shown
    assert "Evidence (Arvandia, one.txt): “Arvandia supports article 4.”" in shown
    assert "[1] Arvandia, one.txt: ✗ not what the file says there: “We shall [left out: not] accept less.”" in shown
    assert desk("show", "good", "arv") == 0
    shown = capsys.readouterr().out
    assert "✔ right" in shown and "✔ word for word, and expected evidence" in shown and "left out" not in shown
    assert desk("show", "good", "nobody") == 1
    assert desk("lint", desk.cases, "--corpus", desk.corpus) == 0
    desk.cases.write_text(CASES.replace("supports article", "opposes article"), encoding="utf-8")
    assert desk("lint", desk.cases, "--corpus", desk.corpus) == 1
    capsys.readouterr()
    assert desk("ls", "--json") == 0
    names = [entry["name"] for entry in json.loads(capsys.readouterr().out)]
    assert names == ["altered", "good"]


def test_a_run_is_resumed_only_as_it_was_begun(desk, capsys):
    assert desk.run("good", GOOD) == 1
    assert "--resume" in capsys.readouterr().err
    assert desk.run("good", GOOD, "--resume") == 0
    # Its name alone is enough.
    assert desk("run", "--name", "good", "--resume") == 0
    assert desk.run("good", GOOD, "--resume", "--limit", "1") == 1
    assert "dataset" in capsys.readouterr().err


def test_a_baseline_keeps_no_questions_and_no_answers(desk):
    folder = desk.root / "kept"
    assert desk("baseline", "good", folder) == 0
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "scores.jsonl"}
    kept = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert "article 4" not in kept
    assert desk("gate", "altered", "--baseline", folder, "--gates", desk.gates) == 1


def test_a_run_without_a_single_answer_is_no_success(desk, capsys):
    assert desk.run("mute", {"other": GOOD["arv"]}) == 1
    assert "no stored answer for the case 'arv'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "nothing.yaml"), "no set of cases"),
        (("run", "saved"), "nothing was saved"),
        (("run", "smoke", "--only", "lang=xx"), "no case is left"),
        (("report", "latest"), "no runs"),
        (("synth", "--from-corpus", "nowhere", "-o", "x.yaml"), "nowhere"),
    ],
)
def test_errors_are_one_line_that_says_what_to_do(arguments, message, tmp_path, capsys):
    assert main([*arguments, "--store", str(tmp_path)]) == 1
    *_, error = capsys.readouterr().err.splitlines()
    assert error.startswith("untoc-eval: ")
    assert message in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--limit", "0"), "--limit"),
        (("run", "--limt", "1"), "Did you mean '--limit'"),
        (("rnu",), "'run'"),
        (("run", "smoke", "--set", "retrieval.colour=red"), "retrieval.colour"),
        (("run", "smoke", "--set", "retrieval.fetch_k=-1"), "fetch_k"),
        (("serve", "--host", "0.0.0.0", "--port", "0"), "a server with accounts is needed"),
        (("serve", "--host", ""), "a server with accounts is needed"),
    ],
)
def test_wrong_usage_is_two_and_says_what_was_meant(arguments, message, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("untoc-eval: ") and said.count("\n") == 1 and message in said


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
