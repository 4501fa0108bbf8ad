"""How commands are called: help, version, completion, where options may stand, wrong usage, interruption."""

import os
import typing
from importlib.metadata import version

import pytest

from prompts.wording import LANGUAGES, Language
from tests.app.cli.conftest import SCRIPTED, Ran, process
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

COMMANDS = (
    "ask trace brief verify ingest manifest list show edit remove parties doctor migrate copy chat serve worker user"
    " key backup restore config"
).split()


def test_help_lists_every_command_without_boxes(call):
    ran = call("--help")
    assert (ran.code, ran.err) == (0, "") and call("-h") == ran and call() == Ran(2, ran.out, "")
    listed = ran.out.partition("Commands:")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "] == COMMANDS
    assert not any("\u2500" <= char <= "\u257f" for char in ran.out)
    codes = ran.out.partition("Exit codes:")[2].split("\n    ")[1:]
    assert [line.split()[0] for line in codes] == ["0", "1", "2", "130", "141"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_the_shared_options_and_an_example(command, call):
    shown = call(command, "--help").done("--store", "--env-file")
    assert ("--json" in shown.out) == (command not in ("chat", "serve"))
    assert call(command, "-h") == shown and f"  untoc {command}" in shown.out.partition("Examples:")[2]


def test_version_is_that_of_the_distribution(call):
    assert call("--version") == Ran(0, f"untoc {version('untoc')}\n", "")


@pytest.mark.slow
def test_completion_proposes_commands_and_options_of_a_command():
    def proposed(words: str, position: int) -> list[str]:
        asked = {"_UNTOC_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(position)}
        return process(env={**os.environ, **asked}).stdout.decode().split()

    assert proposed("untoc ma", 1) == ["manifest"]
    assert proposed("untoc brief --comp", 2) == ["--composer"]
    assert proposed("untoc brief --form ", 3) == ["full", "one_pager", "talking_points"]


def test_languages_of_brief_are_those_of_the_wording():
    assert typing.get_args(Language) == LANGUAGES


def test_options_of_every_command_stand_before_or_after_it_and_the_later_wins(call, tmp_path, monkeypatch):
    one, other, file = tmp_path / "one", tmp_path / "other", tmp_path / ".env"
    for arguments in (("--store", one, "config"), ("config", "--store", one)):
        assert str(one) in call(*arguments).out
    out = call("--store", one, "config", "--store", other).out
    assert str(other) in out and str(one) not in out
    file.write_text("UNTOC_SERVER__PORT=7861\n", encoding="utf-8")
    for arguments in (("--env-file", file, "config"), ("config", "--env-file", file)):
        # An empty variable counts as unset, and `monkeypatch` restores it at the end.
        monkeypatch.setenv("UNTOC_SERVER__PORT", "")
        ran = call(*arguments)
        assert (ran.code, ran.err) == (0, "") and "UNTOC_SERVER__PORT\t7861\n" in ran.out
    call("--env-file", tmp_path / "none", "list").refused(2, "cannot read")


@cases("arguments", "said")
def test_wrong_usage_is_one_line_that_names_what_is_meant(arguments, said, call):
    assert call(*arguments).refused(2, said).endswith("; see --help\n")


def test_a_word_unlike_every_command_is_wrong_usage_without_a_guess(call):
    assert "mean" not in call("xyzzy").refused(2, "xyzzy")


def test_an_interrupted_command_says_so_and_ends_with_130(call, monkeypatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.wiring.open_workspace", interrupt)
    ran = call("list")
    assert (ran.code, ran.out) == (130, "") and ran.err.startswith("interrupted: ") and ran.err.count("\n") == 1


@pytest.mark.slow
def test_sigterm_ends_a_command_in_order(filled_store):
    stuck = (
        "import app.corpus.corpus, os, signal\n"
        "app.corpus.corpus.Corpus.documents = lambda self: os.kill(os.getpid(), signal.SIGTERM) or signal.pause()\n"
        + SCRIPTED
    )
    ran = process("list", "--store", filled_store, code=stuck)
    assert ran.returncode == 130 and ran.stderr.startswith(b"interrupted: ")


@pytest.mark.slow
def test_sigterm_ends_a_command_also_where_python_drops_what_it_raises(filled_store):
    stuck = (
        "import app.corpus.corpus, os, signal, time\n"
        "class Finalized:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGTERM); list(map(str, range(9)))\n"
        "app.corpus.corpus.Corpus.documents = lambda self: Finalized() and None or time.sleep(60)\n" + SCRIPTED
    )
    ran = process("list", "--store", filled_store, code=stuck)
    assert ran.returncode == 130 and ran.stderr.startswith(b"interrupted: ")


@pytest.mark.slow
def test_the_command_reference_is_that_of_the_commands():
    # After a change of the options, run `make commands`.
    ran = process("app.cli", "utils", "docs", "--name", "untoc", "--title", "Commands", module="typer")
    written = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert ran.stdout.decode().replace("\b", "").strip() == written.strip(), ran.stderr


def test_a_process_ends_without_looking_for_garbage():
    # `atexit` calls what is registered last first, so this check runs after the `gc.freeze` that `main` registers.
    code = "import atexit, gc; from app.cli import main; atexit.register(lambda: print(gc.get_freeze_count() > 10_000))"
    assert process(code=f"{code}; main(['--version'])").stdout.split()[-1] == b"True"
