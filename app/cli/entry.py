"""The entry point of `untoc`: groups of commands put together, signals, and messages on wrong usage."""

import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer

from app.cli import ask, brief, config, corpus, serve, verify
from app.cli.command import EnvFile, Invocation, Store, fail

app = typer.Typer(
    # Help without rich: no boxes where it is piped, and nothing to import for it.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _group in (ask.commands, brief.commands, verify.commands, corpus.commands, serve.commands, config.commands):
    app.add_typer(_group)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"untoc {version('untoc')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    store: Store = None,
    env_file: EnvFile = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="print the version and exit")
    ] = False,
) -> None:
    """Ask what a State said on the UN Convention against Transnational Organized Crime."""
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
        raise typer.Exit(2)
    ctx.obj = Invocation(store=store, env_file=env_file)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: What stands after the program's name; None takes them from the process.

    Returns:
        The exit code: 0 done (an abstention is an answer); 1 could not, or some file failed, or verify found a
        quotation that is not verified; 2 wrong usage; 130 interrupted.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    _show_what_the_terminal_cannot()
    try:
        code: int = typer.main.get_command(app).main(arguments, prog_name="untoc", standalone_mode=False)
    except typer.TyperException as exc:
        return fail(f"{_wrong_usage(exc)}; see --help", 2)
    return code


def _wrong_usage(error: typer.TyperException) -> str:
    """Returns an error of the parser as one line, with suggestions for a misspelt option."""
    possible = getattr(error, "possibilities", None)
    if possible:
        return f"{error.message}. Did you mean {', '.join(map(repr, sorted(possible)))}?"
    message = " ".join(error.format_message().split()).replace("Value error, ", "").removesuffix(".")
    # typer checks values with pydantic, whose messages leave out the value.
    if isinstance(error.__cause__, ValueError) and (found := getattr(error.__cause__, "errors", None)):
        value = repr(found()[0]["input"])
        return message if value in message else f"{message}, and {value} is none"
    return message


def _show_what_the_terminal_cannot() -> None:
    """Lets output go on with a mark where a terminal's encoding lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Turns SIGTERM into an orderly end, since a kill in the middle of a write can tear the vector index."""
    raise KeyboardInterrupt
