"""Commands that update or move the store, or keep running: `migrate`, `copy`, `chat`, `serve`, `worker`."""

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from app.cli.command import Invocation, UsageError, command, flag, option, require_server
from app.errors import SettingsError

commands = typer.Typer()
Port = Annotated[int | None, typer.Option(help="port (default: 7860; 0 takes a free one)")]
# Seconds for which a worker waits to write to the store, since many workers take turns.
_WRITE_WAIT_SECONDS = 600.0


@command(commands, "untoc migrate")
def migrate(invocation: Invocation) -> int:
    """Bring the tables of a store up to date with this version."""
    from vectorstore.database import HEAD
    from vectorstore.store import open_record

    settings = invocation.settings()
    with closing(open_record(settings.store, settings.database)) as record:
        name = record.name
    return invocation.show({"revision": HEAD}, f"{name} is up to date: revision {HEAD}")


@command(commands, "untoc copy --to postgresql+psycopg://untoc@127.0.0.1/untoc", "untoc copy --to other-folder")
def copy(
    invocation: Invocation,
    to: Annotated[str, option("URL", "an empty PostgreSQL database, or a folder", "--to")],
) -> int:
    """Copy the store into another database or folder; run again, it goes on after a stop, or compares the two."""
    from pydantic import SecretStr

    from app.desk.tables import open_tables
    from app.wiring import open_workspace
    from vectorstore.database import IN_FOLDER, DatabaseConfig

    settings = invocation.settings()
    in_database = {"database": DatabaseConfig(url=SecretStr(to))}
    target = settings.model_copy(update=in_database if "://" in to else {"database": IN_FOLDER, "store": Path(to)})
    if (target.store.resolve(), target.database) == (settings.store.resolve(), settings.database):
        raise UsageError(f"{to!r} is the store itself: name another folder or database")

    def progress(table: str, rows: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{table}: {rows} rows ", end="", file=sys.stderr, flush=True)

    with ExitStack() as stack:
        source = stack.enter_context(open_workspace(settings, create=False))
        other = stack.enter_context(open_workspace(target, check_model=False))
        works, copies = (
            stack.enter_context(closing(open_tables(each.store, each.database))) for each in (settings, target)
        )
        kept = dict[str, int]()
        counts = source.store.copy_to(other.store, progress, lambda: kept.update(works.copy_to(copies))) | kept
    made = f"{counts['work']} conversations, briefings and cases, {counts['account']} accounts"
    message = (
        f"copied and compared: {counts['documents']} documents, {counts['passages']} passages and their index, {made}"
    )
    return invocation.show({"copied": counts}, message)


@command(commands, "untoc chat", "untoc chat --port 0", has_json=False)
def chat(
    invocation: Invocation,
    host: Annotated[str | None, typer.Option(help="one of this machine's own addresses (default: 127.0.0.1)")] = None,
    port: Port = None,
) -> int:
    """Open the chat in a browser."""
    from app.loopback import require_loopback

    settings = invocation.settings(host=host, port=port)
    require_loopback(settings.server.host)
    from app.ui.server import serve

    with invocation.workspace_to_ask(settings, create=True) as workspace:
        serve(
            workspace, on_ready=lambda address: print(f"The chat is open at {address} (stop with Ctrl-C)", flush=True)
        )
    print("The chat is closed.", file=sys.stderr)
    return 0


@command(commands, "untoc serve", "untoc serve --host 0.0.0.0 --env-file /etc/untoc/env", has_json=False)
def serve(
    invocation: Invocation,
    host: Annotated[str | None, typer.Option(help="address to bind to (default: 127.0.0.1)")] = None,
    port: Port = None,
) -> int:
    """Serve the chat, the API and the tools to a team."""
    require_server()
    from app.server.serve import check_settings, leave
    from app.server.serve import serve as serve_team

    settings = invocation.settings(host=host, port=port)
    check_settings(settings.server)
    with invocation.workspace_to_ask(settings, create=True) as workspace:
        by = serve_team(
            workspace, on_ready=lambda address: print(f"untoc is served at {address} (stop with Ctrl-C)", flush=True)
        )
        # Called before the store is closed, since closing it waits for threads that read it.
        leave(by)
    return 0


@command(commands, "untoc worker", "untoc worker --cancel")
def worker(
    invocation: Invocation,
    cancel: Annotated[bool, flag("--cancel", "end what is under way, and forget what waits or was given up")] = False,
) -> int:
    """Take in statements for other commands, with a catalogue in PostgreSQL, on any number of machines."""
    require_server("psycopg", "procrastinate")
    from app.wiring import open_queue, open_workspace

    settings = invocation.settings()
    if settings.database.url is None:
        raise SettingsError(
            "workers need a catalogue in PostgreSQL: set UNTOC_DATABASE__URL; without it `untoc ingest` does all itself"
        )
    settings = settings.model_copy(update={"wait_seconds": max(settings.wait_seconds, _WRITE_WAIT_SECONDS)})
    with open_workspace(settings) as workspace:
        queue = open_queue(workspace.store)
        assert queue is not None
        if cancel:
            cancelled = queue.cancel()
            return invocation.show({"cancelled": cancelled}, f"cancelled: {cancelled} jobs")
        print("This worker waits for jobs (stop with Ctrl-C; what it does then goes back).", file=sys.stderr)
        queue.work(workspace.corpus.do_job)
    return 0
