"""The command line: one module per group of commands, on typer; `command.py` holds what all of them share."""

import atexit
import gc
from collections.abc import Sequence

from app.cli import administration, ask, corpus, documents, services
from app.cli.command import command_group, run_program

_GROUPS = [group.commands for group in (ask, documents, corpus, services, administration)]
# The mark \b keeps lines as they are; four spaces make them code in docs/commands.md.
_EPILOG = """-h is short for --help. In a pipe, tables are lines of cells with tabs between them.

Exit codes:

\b
    0    done; that nothing was found is an answer
    1    could not, a file failed, or verify or doctor found something wrong
    2    wrong usage, or a question, scope or setting that is not valid
    130  interrupted (Ctrl-C, SIGTERM)
    141  whoever read the output closed the pipe, such as `head`"""
app = command_group(
    "untoc",
    "Ask what a State said on the UN Convention against Transnational Organized Crime.",
    *_GROUPS,
    epilog=_EPILOG,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, by default with the process's arguments, and returns the exit code (`_EPILOG`)."""
    # Imported objects are never garbage, and searching them for it takes a seventh of the time of a question.
    gc.set_threshold(100_000)
    # Spares the collection at exit as well, since the memory is freed with the process.
    atexit.register(gc.freeze)
    return run_program(app, "untoc", arguments)
