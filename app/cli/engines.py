"""Where the store is: `migrate`, `copy`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.command import Invocation, command

commands = typer.Typer()


@command(commands, "untoc migrate")
def migrate(invocation: Invocation) -> int:
    """Bring the tables of a store up to date with this version."""
    from vectorstore.database import HEAD
    from vectorstore.store import open_record

    settings = invocation.settings()
    record = open_record(settings.store, settings.database, migrate=True)
    name = record.name
    record.close()
    return invocation.show({"revision": HEAD}, f"{name} is up to date: revision {HEAD}")


@command(commands, "untoc copy --to postgresql+psycopg://untoc@127.0.0.1/untoc", "untoc copy --to other-folder")
def copy(
    invocation: Invocation,
    to: Annotated[str, typer.Option("--to", metavar="URL", help="an empty PostgreSQL database, or a folder")],
) -> int:
    """Copy the store into another database or folder, checked by counts and hashes; a second run resumes."""
    from contextlib import ExitStack, closing

    from pydantic import SecretStr

    from app.desk.tables import open_tables
    from app.wiring import open_workspace
    from vectorstore.database import IN_FOLDER, DatabaseConfig

    settings = invocation.settings()
    is_url = "://" in to
    target = settings.model_copy(
        update={
            "store": settings.store if is_url else Path(to),
            "database": DatabaseConfig(url=SecretStr(to)) if is_url else IN_FOLDER,
        }
    )

    def progress(table: str, rows: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{table}: {rows} rows ", end="", file=sys.stderr, flush=True)

    with ExitStack() as stack:
        source = stack.enter_context(open_workspace(settings, create=False))
        other = stack.enter_context(open_workspace(target, check_model=False))
        counts = source.store.copy_to(other.store, progress)
        here, there = (
            stack.enter_context(closing(open_tables(each.store, each.database))) for each in (settings, target)
        )
        counts |= here.copy_to(there)
    made = f"{counts['work']} conversations, briefings and cases, {counts['account']} accounts"
    told = f"copied and compared: {counts['documents']} documents, {counts['passages']} passages, {made}"
    return invocation.show({"copied": counts}, told)
