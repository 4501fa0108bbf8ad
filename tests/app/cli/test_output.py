"""What commands print: whole lines in a pipe, boxes and colours on a terminal, progress on a terminal alone."""

import io
import json
import os
import pty
import re
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from app.cli import main
from prompts.wording import load_wording
from tests.app.cli.conftest import QUESTION, Run
from tests.app.conftest import SAMPLE

pytestmark = pytest.mark.integration

DRAWN = re.compile("[\u2500-\u259f]")
COLOURED = re.compile(r"\x1b\[[\d;]*?(?:3[0-7]|9[0-7])m")
BRIEF = ("brief", "--states", "Arvandia, Belmora", "--topic", "extradition", "--by-session")
Pipe = Callable[..., str]
Terminal = Callable[..., tuple[str, int, str]]


@pytest.fixture
def pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Runs a command in a pipe of a narrow terminal, and returns what it prints."""
    monkeypatch.setenv("COLUMNS", "20")

    def printed(*arguments: str | Path) -> str:
        ran = run(*arguments)
        assert ran.err == ""
        return ran.out

    return printed


def _one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_quotation_of_an_answer_and_related_passage_is_a_line_in_a_pipe(pipe: Pipe) -> None:
    for question in (QUESTION, "Compare Arvandia and Belmora on extradition"):
        quotes = [_one_line(citation["quote"]) for citation in json.loads(pipe("ask", question, "--json"))["citations"]]
        lines = pipe("ask", question).splitlines()
        assert quotes and all(sum(quote in line for line in lines) == 1 for quote in quotes)
    question = "What did Switzerland say about extradition?"
    related = json.loads(pipe("ask", question, "--json"))["related"]
    lines = pipe("ask", question).splitlines()
    assert all(any(_one_line(citation["quote"]) in line for line in lines) for citation in related)


def test_the_note_that_words_alone_decided_names_the_command_that_mends_it(pipe: Pipe) -> None:
    # The scripted models have no calibration.
    for question, language in (("What did Arvandia say on extradition?", "en"), ("阿尔万迪亚对引渡说了什么？", "zh")):
        note = load_wording(language).say("note_uncalibrated")
        assert note in json.loads(pipe("ask", question, "--json"))["scope"]["notes"]
        (said,) = (line for line in pipe("ask", question).splitlines() if line.startswith(note))
        assert re.fullmatch(r": `untoc-eval calibrate --store \S+` fits one", said.removeprefix(note))


def test_every_quotation_of_a_briefing_is_a_line_in_a_pipe(pipe: Pipe) -> None:
    rows = json.loads(pipe(*BRIEF, "--json"))["rows"]
    quotes = [_one_line(citation["quote"]) for row in rows for citation in row["citations"]]
    lines = pipe(*BRIEF).splitlines()
    assert quotes and all(any(quote in line for line in lines) for quote in quotes)
    assert any(re.match("State or group\t", line) for line in lines) and any("session 8" in line for line in lines)


def test_every_quotation_that_is_checked_is_a_line_in_a_pipe(pipe: Pipe, tmp_path: Path) -> None:
    said = _one_line(json.loads(pipe("ask", QUESTION, "--json"))["citations"][0]["quote"])
    bent = said.replace("serious", "welcome")
    assert len(said) > 400 and bent != said
    (tmp_path / "draft.txt").write_text(f"Iran said: “{said}”\n\nIran said: “{bent}”\n", encoding="utf-8")
    heading, *rows = [line.split("\t") for line in pipe("verify", tmp_path / "draft.txt").splitlines() if "\t" in line]
    assert heading == ["#", "Verdict", "In the document", "Quotation", "Where it stands"]
    assert [(row[0], row[1].lower(), row[3]) for row in rows] == [("1", "verified", said), ("2", "altered", bent)]
    change, *sources = rows[1][4].split(" | ")
    assert change.endswith("the source has “serious”, and the draft “welcome”.")
    assert sources and sources[-1].startswith("Iran (Islamic Republic of)")
    assert [row[2] for row in rows] == [
        "paragraph 1 | Iran (Islamic Republic of)",
        "paragraph 2 | Iran (Islamic Republic of)",
    ]


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
    answer, listed = json.loads(pipe("ask", QUESTION, "--json")), json.loads(pipe("list", "--json"))
    for command in (
        ("ask", QUESTION), ("trace", answer["trace_id"]), ("list",), ("show", listed[0]["statement_id"]),
        ("doctor",), ("config",), ("ingest", "--sample"), ("verify", SAMPLE), BRIEF,
    ):  # fmt: skip
        out = pipe(*command)
        assert out and not DRAWN.search(out) and "\x1b" not in out, command
        # `show` prints a statement with the white space of its source, also at the end of lines.
        assert command[0] == "show" or not any(re.search(r"[^\t\n] +$", line) for line in out.splitlines()), command


@pytest.fixture
def on_terminal(scripted_models: None, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Runs a command with one stream on a terminal; returns its output, the exit code and the other stream's output."""

    def run(stream: str, *arguments: str | Path, **environment: str) -> tuple[str, int, str]:
        master, slave = pty.openpty()
        shown: list[bytes] = []

        def read() -> None:
            # On Linux, reading a terminal whose other end is closed raises an OSError.
            with suppress(OSError):
                while chunk := os.read(master, 65536):
                    shown.append(chunk)

        reader = threading.Thread(target=read)
        reader.start()
        other = io.StringIO()
        with monkeypatch.context() as patch:
            for name in ("NO_COLOR", "FORCE_COLOR"):
                patch.delenv(name, raising=False)
            for name, value in {"TERM": "xterm-256color", "COLUMNS": "60", **environment}.items():
                patch.setenv(name, value)
            with os.fdopen(slave, "w", encoding="utf-8") as terminal:
                for name in ("stdout", "stderr"):
                    patch.setattr(sys, name, terminal if name == stream else other)
                code = main([*map(str, arguments)])
        reader.join()
        os.close(master)
        return b"".join(shown).decode(), code, other.getvalue()

    return run


def test_an_answer_is_wrapped_and_set_off_on_a_terminal(store: Path, on_terminal: Terminal) -> None:
    shown, code, _ = on_terminal("stdout", "ask", QUESTION, "--store", store)
    assert code == 0 and "▌" in shown
    assert max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in shown.splitlines()) <= 60


@pytest.mark.parametrize("columns", ["40", "80", "120", "200"])
def test_ids_dates_and_files_are_whole_on_a_terminal(columns: str, store: Path, on_terminal: Terminal) -> None:
    shown, code, _ = on_terminal("stdout", "list", "--store", store, COLUMNS=columns, NO_COLOR="1")
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert code == 0 and ("┃" in plain) == (int(columns) >= 120)
    assert "…" not in plain and "36 statements" in plain
    if int(columns) < 120:
        (line,) = (line for line in plain.splitlines() if "000_6237221ecf9e9373.txt" in line)
        assert line.startswith("  UNTOC COP 10, item 4 · 2020-10-12/2020-10-16 · en · ")
    assert " 2020-10-12/2020-10-16 " in plain


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}], ids=["colours", "NO_COLOR"])
def test_tables_have_boxes_on_a_terminal_and_colours_unless_refused(
    environment: dict[str, str], store: Path, on_terminal: Terminal
) -> None:
    shown, code, _ = on_terminal("stdout", "doctor", "--store", store, **environment)
    assert code == 0 and "┃" in shown and bool(COLOURED.search(shown)) != bool(environment)


def test_errors_have_no_boxes_on_a_terminal(on_terminal: Terminal) -> None:
    shown, code, _ = on_terminal("stderr", "aks")
    assert code == 2 and shown.splitlines() == ["untoc: No such command 'aks'. Did you mean 'ask'?; see --help"]


@pytest.mark.slow
@pytest.mark.parametrize("command", [("ingest", "--sample"), BRIEF, ("verify", str(SAMPLE))], ids=lambda c: c[0])
def test_progress_is_shown_on_a_terminal_unless_json_is_asked_for(
    command: tuple[str, ...], store: Path, on_terminal: Terminal
) -> None:
    shown, code, out = on_terminal("stderr", *command, "--store", store)
    assert code in (0, 1) and "━" in shown and "━" not in out
    shown, code, out = on_terminal("stderr", *command, "--store", store, "--json")
    assert shown == "" and json.loads(out)
