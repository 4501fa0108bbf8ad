"""What commands print: whole lines in a pipe, boxes and colours on a terminal, progress on a terminal alone."""

import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from tests.app.cli.test___init__ import QUESTION, SCRIPTED
from tests.app.conftest import SAMPLE
from tests.conftest import PROJECT

DRAWN = re.compile("[\u2500-\u259f]")
COLOURED = re.compile(r"\x1b\[[\d;]*?(?:3[0-7]|9[0-7])m")
BRIEF = ("brief", "--states", "Arvandia, Belmora", "--topic", "extradition", "--by-session")
Pipe = Callable[..., str]


@pytest.fixture
def store(filled_store: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled_store, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def pipe(
    store: Path, scripted_models: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Pipe:
    """Runs a command in a pipe of a narrow terminal, and returns what it prints."""
    monkeypatch.setenv("COLUMNS", "20")

    def run(*arguments: str | Path) -> str:
        capsys.readouterr()
        main(["--store", str(store), *map(str, arguments)])
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


def _json(out: str) -> Any:
    import json

    return json.loads(out)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_quotation_of_an_answer_is_a_line_in_a_pipe(pipe: Pipe) -> None:
    for question in (QUESTION, "Compare Arvandia and Belmora on extradition"):
        quotes = [_one_line(citation["quote"]) for citation in _json(pipe("ask", question, "--json"))["citations"]]
        lines = pipe("ask", question).splitlines()
        assert quotes and all(sum(quote in line for line in lines) == 1 for quote in quotes)


def test_related_passages_are_lines_in_a_pipe(pipe: Pipe) -> None:
    question = "What did Switzerland say about extradition?"
    related = _json(pipe("ask", question, "--json"))["related"]
    lines = pipe("ask", question).splitlines()
    assert all(any(_one_line(citation["quote"]) in line for line in lines) for citation in related)


def test_every_quotation_of_a_briefing_is_a_line_in_a_pipe(pipe: Pipe) -> None:
    rows = _json(pipe(*BRIEF, "--json"))["rows"]
    quotes = [_one_line(citation["quote"]) for row in rows for citation in row["citations"]]
    lines = pipe(*BRIEF).splitlines()
    assert quotes and all(any(quote in line for line in lines) for quote in quotes)
    assert any(re.match("State or group\t", line) for line in lines) and any("session 8" in line for line in lines)


def test_every_quotation_that_is_checked_is_a_line_in_a_pipe(pipe: Pipe, tmp_path: Path) -> None:
    said = _one_line(_json(pipe("ask", QUESTION, "--json"))["citations"][0]["quote"])
    bent = said.replace("serious", "welcome")
    assert len(said) > 400 and bent != said
    (tmp_path / "draft.txt").write_text(f"Iran said: “{said}”\n\nIran said: “{bent}”\n", encoding="utf-8")
    heading, *rows = [line.split("\t") for line in pipe("verify", tmp_path / "draft.txt").splitlines() if "\t" in line]
    assert heading == ["#", "Verdict", "In the document", "Quotation", "Where it stands"]
    assert [(row[0], row[1].lower(), row[3]) for row in rows] == [("1", "verified", said), ("2", "altered", bent)]
    assert "the source has “serious”, and the draft “welcome”" in rows[1][4]


def test_tables_are_lines_of_as_many_cells_in_a_pipe(pipe: Pipe, tmp_path: Path) -> None:
    (tmp_path / "a\tb.txt").write_text("Mr. Chair,\n\nArvandia supports article 4.\n", encoding="utf-8")
    pipe("ingest", tmp_path / "a\tb.txt")
    listed = pipe("list").splitlines()
    assert {line.count("\t") for line in listed[:-1]} == {6} and len(listed) == 1 + 37 + 1
    assert any("\ta b.txt" in line for line in listed)
    assert {line.count("\t") for line in pipe("doctor").splitlines()} == {2}
    assert {line.count("\t") for line in pipe("config").splitlines()} == {1}


@pytest.mark.slow
def test_nothing_is_drawn_in_a_pipe(pipe: Pipe) -> None:
    answer, listed = _json(pipe("ask", QUESTION, "--json")), _json(pipe("list", "--json"))
    for command in (
        ("ask", QUESTION), ("trace", answer["trace_id"]), ("list",), ("show", listed[0]["statement_id"]),
        ("doctor",), ("config",), ("ingest", "--sample"), ("verify", SAMPLE), BRIEF,
    ):  # fmt: skip
        out = pipe(*command)
        assert out and not DRAWN.search(out) and "\x1b" not in out, command
        # A statement has the spaces of its source.
        assert command[0] == "show" or not any(re.search(r"[^\t\n] +$", line) for line in out.splitlines()), command


# --- terminals


def _on_terminal(
    stream: str, *arguments: str | Path, **environment: str
) -> tuple[str, subprocess.CompletedProcess[str]]:
    """Runs a process with one of its streams on a terminal, and returns what that shows."""
    master, slave = pty.openpty()
    shown: list[bytes] = []
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPTED, *map(str, arguments)],
        cwd=PROJECT, env={**clean, "TERM": "xterm-256color", "COLUMNS": "60", **environment}, text=True,
        stdin=subprocess.DEVNULL, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: slave},
    )  # fmt: skip
    os.close(slave)
    while True:
        try:
            read = os.read(master, 65536)
        except OSError:  # Linux ends a terminal that nobody holds so.
            break
        if not read:
            break
        shown.append(read)
    os.close(master)
    out, err = process.communicate(timeout=120)
    return b"".join(shown).decode(), subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.mark.slow
def test_an_answer_is_wrapped_and_set_off_on_a_terminal(store: Path) -> None:
    shown, ran = _on_terminal("stdout", "ask", QUESTION, "--store", store)
    assert ran.returncode == 0 and "▌" in shown
    assert max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in shown.splitlines()) <= 60


@pytest.mark.slow
def test_tables_have_boxes_and_colours_on_a_terminal(store: Path) -> None:
    shown, ran = _on_terminal("stdout", "doctor", "--store", store)
    assert ran.returncode == 0 and "┃" in shown and COLOURED.search(shown)


@pytest.mark.slow
def test_no_color_takes_the_colours_on_a_terminal(store: Path) -> None:
    shown, ran = _on_terminal("stdout", "doctor", "--store", store, NO_COLOR="1")
    assert ran.returncode == 0 and "┃" in shown and not COLOURED.search(shown)


@pytest.mark.slow
def test_errors_have_no_boxes_on_a_terminal() -> None:
    shown, ran = _on_terminal("stderr", "aks")
    assert ran.returncode == 2 and shown.splitlines() == [
        "untoc: No such command 'aks'. Did you mean 'ask'?; see --help"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("command", [("ingest", "--sample"), BRIEF, ("verify", str(SAMPLE))], ids=lambda c: c[0])
def test_progress_is_shown_on_a_terminal_unless_json_is_asked_for(command: tuple[str, ...], store: Path) -> None:
    shown, ran = _on_terminal("stderr", *command, "--store", store)
    assert ran.returncode in (0, 1) and "━" in shown and "━" not in ran.stdout
    shown, ran = _on_terminal("stderr", *command, "--store", store, "--json")
    assert shown == "" and _json(ran.stdout)
