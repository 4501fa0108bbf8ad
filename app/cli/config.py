"""The settings in force: `config`."""

import typer

from app.cli.command import Invocation, command

commands = typer.Typer()


@command(commands, "untoc config", "untoc config --env-file .env --json")
def config(invocation: Invocation) -> int:
    """Show the settings in force."""
    from app.cli.printing import print_settings
    from app.settings import unknown_variables, variables

    settings = invocation.settings()
    effective = {
        name: value if isinstance(value, int | float | bool) else str(value) for name, value in variables(settings)
    }
    unknown = unknown_variables(settings)
    shown = {"settings": effective, "unknown": list(unknown)}
    return invocation.show(shown, lambda: print_settings(effective, unknown))
