"""The settings in force: `config`."""

import typer

from app.cli.command import Invocation, command

commands = typer.Typer()


@command(commands, "untoc config", "untoc config --env-file .env --json")
def config(invocation: Invocation) -> int:
    """Show the settings in force."""
    from app.cli.printing import print_settings
    from app.settings import settings_json

    shown = settings_json(invocation.settings())
    return invocation.show(shown, lambda: print_settings(shown["settings"], shown["unknown"]))
