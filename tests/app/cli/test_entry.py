"""How commands are called: help, version, completion, where options may stand, wrong usage, interruption."""

import os
import signal
import subprocess
import sys
import typing
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from app.cli import main
from prompts.wording import LANGUAGES, Language
from tests.app.cli.test___init__ import SCRIPTED
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

COMMANDS = (
    "ask trace brief verify ingest manifest list show edit remove parties doctor migrate copy chat serve worker user"
    " key backup restore config"
).split()
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


def _process(*arguments: str | Path, module: str = "app.cli", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_help_lists_every_command_without_boxes(call):
    code, out, err = call("--help")
    assert (code, err) == (0, "") and call("-h") == (code, out, err)
    listed = out.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "] == COMMANDS
    assert not any("\u2500" <= char <= "\u257f" for char in out)


def test_version_is_that_of_the_distribution(call):
    assert call("--version") == (0, f"untoc {version('untoc')}\n", "")


@pytest.mark.slow
def test_completion_proposes_commands_and_options_of_a_command():
    def proposed(words: str, position: int) -> list[str]:
        ran = _process(_UNTOC_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(position))
        return ran.stdout.split()

    assert proposed("untoc ma", 1) == ["manifest"]
    assert proposed("untoc brief --comp", 2) == ["--composer"]
    assert proposed("untoc brief --form ", 3) == ["full", "one_pager", "talking_points"]


def test_languages_of_brief_are_those_of_the_wording():
    assert typing.get_args(Language) == LANGUAGES


# --- options before or after the command


def test_store_stands_before_or_after_the_command_and_the_later_wins(call, tmp_path):
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    assert one in call("--store", one, "config")[1]
    assert one in call("config", "--store", one)[1]
    _, out, _ = call("--store", one, "config", "--store", other)
    assert other in out and one not in out


def test_env_file_stands_before_or_after_the_command(call, tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("UNTOC_SERVER__PORT=7861\n", encoding="utf-8")
    for arguments in (("--env-file", file, "config"), ("config", "--env-file", file)):
        # An empty variable counts as none, and is put back at the end.
        monkeypatch.setenv("UNTOC_SERVER__PORT", "")
        code, out, err = call(*arguments)
        assert (code, err) == (0, "") and "UNTOC_SERVER__PORT\t7861\n" in out


def test_env_file_that_is_not_there_is_wrong_usage(call, tmp_path):
    code, out, err = call("--env-file", tmp_path / "none", "list")
    assert (code, out) == (2, "") and err.startswith("untoc: cannot read") and err.count("\n") == 1


# --- wrong usage


@cases("arguments", "said")
def test_wrong_usage_is_one_line_that_names_what_is_meant(arguments, said, call):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("untoc: ") and err.endswith("; see --help\n") and err.count("\n") == 1, err
    assert said in err


def test_a_word_unlike_every_command_is_wrong_usage_without_a_guess(call):
    _, _, err = call("xyzzy")
    assert "xyzzy" in err and "mean" not in err


# --- interruption


def test_an_interrupted_command_says_so_and_ends_with_130(call, monkeypatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.wiring.open_workspace", interrupt)
    code, out, err = call("list")
    assert (code, out) == (130, "") and err.startswith("interrupted: ") and err.count("\n") == 1


@pytest.mark.slow
def test_sigterm_ends_a_command_in_order(filled_store):
    stuck = (
        "import app.corpus.corpus, os, signal\n"
        "app.corpus.corpus.Corpus.documents = lambda self: os.kill(os.getpid(), signal.SIGTERM) or signal.pause()\n"
        + SCRIPTED
    )
    ran = subprocess.run(
        [sys.executable, "-c", stuck, "list", "--store", filled_store],
        cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 130 != -signal.SIGTERM and ran.stderr.startswith("interrupted: ")


# --- reference


@pytest.mark.slow
def test_the_command_reference_is_that_of_the_commands():
    # After a change of the options: make commands
    ran = _process("app.cli.entry", "utils", "docs", "--name", "untoc", "--title", "Commands", module="typer")
    written = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert ran.stdout.replace("\b", "").strip() == written.strip(), ran.stderr
