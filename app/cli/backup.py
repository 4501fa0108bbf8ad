"""Backups: `backup`, `restore`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.command import Invocation, command

commands = typer.Typer()


@command(commands, "untoc backup /backups/untoc-$(date +%F).tar")
def backup(
    invocation: Invocation, file: Annotated[Path, typer.Argument(metavar="FILE", help="a new .tar file")]
) -> int:
    """Write the store into one file, while others read and write it."""
    from app.server.backup import back_up

    settings = invocation.settings()
    report = back_up(settings.store, file, settings.database)
    return invocation.show(asdict(report), f"{file}: {report.files} files, {report.size / 1_000_000:.1f} MB")


@command(commands, "untoc restore /backups/untoc-2031-05-02.tar --store /srv/untoc-restored")
def restore(
    invocation: Invocation, file: Annotated[Path, typer.Argument(metavar="FILE", help="what `backup` wrote")]
) -> int:
    """Bring a backup back into a new store folder."""
    from app.server.backup import restore as bring_back

    settings = invocation.settings()
    report = bring_back(file, settings.store, settings.database)
    told = f"the store of {report.made}, {report.files} files; `untoc doctor --rebuild` makes its index anew"
    return invocation.show(asdict(report), f"{settings.store}: {told}")
