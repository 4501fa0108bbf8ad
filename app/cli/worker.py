"""Work for other machines: `worker`."""

import sys
from typing import Annotated

import typer

from app.cli.command import Invocation, command, require_server
from app.errors import SettingsError

commands = typer.Typer()
# Seconds for which a worker waits for another one that writes: with many, it takes a while.
_WAITS = 600.0


@command(commands, "untoc worker", "untoc worker --cancel")
def worker(
    invocation: Invocation,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="end what is under way, and forget what waits or was given up")
    ] = False,
) -> int:
    """Take in statements for other commands, with a record in PostgreSQL, on any number of machines."""
    require_server("psycopg", "procrastinate")
    from app.wiring import open_queue, open_workspace

    settings = invocation.settings()
    if settings.database.url is None:
        raise SettingsError(
            "workers need a record in PostgreSQL: set UNTOC_DATABASE__URL; without it `untoc ingest` does all itself"
        )
    settings = settings.model_copy(update={"wait_seconds": max(settings.wait_seconds, _WAITS)})
    with open_workspace(settings) as workspace:
        queue = open_queue(workspace.store)
        assert queue is not None
        if cancel:
            cancelled = queue.cancel()
            return invocation.show({"cancelled": cancelled}, f"cancelled: {cancelled} jobs")
        print("This worker waits for jobs (stop with Ctrl-C; what it does then goes back).", file=sys.stderr)
        queue.work(workspace.corpus.do_job)
    return 0
