"""The entry point of `untoc`: its groups of commands put together."""

import atexit
import gc
from collections.abc import Sequence

from app.cli import administration, ask, corpus, documents, services
from app.cli.command import command_group, run_program

_GROUPS = [group.commands for group in (ask, documents, corpus, services, administration)]
app = command_group(
    "untoc", "Ask what a State said on the UN Convention against Transnational Organized Crime.", *_GROUPS
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, by default with the process's arguments, and returns the exit code.

    Exit codes: 0 done (an abstention is an answer); 1 an error, a file that failed, or a quotation that `verify` did
    not verify; 2 wrong usage; 130 interrupted.
    """
    # Imported objects are never garbage, and searching them for it takes a seventh of the time of a question.
    gc.set_threshold(100_000)
    # Spares the collection at exit as well, since the memory is freed with the process.
    atexit.register(gc.freeze)
    return run_program(app, "untoc", arguments)
