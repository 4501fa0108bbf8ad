"""The command line: one module per group of commands, on typer; `command.py` holds what all of them share."""

from app.cli.entry import main as main
