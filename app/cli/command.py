"""The frame of commands: shared options, opening the store, exit codes, and JSON on standard output."""

import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, getdoc, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

from app.errors import AppError, BriefingError, QuestionError, ScopeError, SettingsError
from ingest.errors import IngestError
from vectorstore.errors import StoreError, StoreReadOnlyError

if TYPE_CHECKING:
    from app.settings import Settings
    from app.wiring import Workspace

Own = ParamSpec("Own")

Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="store folder (default: UNTOC_STORE, else your user data folder)"),
]
EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", metavar="FILE", help="file of settings, as .env.example; the environment goes first"),
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


class UsageError(Exception):
    """Options that do not go together, or a value that is not allowed; exit code 2."""


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """How a command was called: the options that every command takes, before or after its name."""

    store: Path | None = None
    env_file: Path | None = None
    as_json: bool = False

    def settings(self, *, host: str | None = None, port: int | None = None) -> "Settings":
        """Reads the settings, and sets up logging as they say."""
        from app.settings import load_settings

        settings = load_settings(store=self.store, env_file=self.env_file, host=host, port=port)
        logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
        return settings

    def workspace(self, *, read_only: bool = False, create: bool = False, check_model: bool = True) -> "Workspace":
        """Opens the store.

        Args:
            read_only: Write nothing.
            create: Make a store that is not there; else a mistyped path would be an empty store, silent on all.
            check_model: False opens a store that another embedding model built.

        Raises:
            StoreMissingError: There is no store at the path.
        """
        from app.wiring import open_workspace

        settings = self.settings()
        return open_workspace(settings, read_only=read_only, create=create, check_model=check_model)

    def workspace_to_ask(
        self, *, create: bool = False, host: str | None = None, port: int | None = None
    ) -> "Workspace":
        """Opens the store to ask it; one that cannot be written still answers, and keeps no records of answers."""
        from app.wiring import open_workspace

        settings = self.settings(host=host, port=port)
        try:
            return open_workspace(settings, create=create)
        except StoreReadOnlyError:
            return open_workspace(settings, read_only=True)


def command(
    group: typer.Typer, *examples: str, name: str | None = None
) -> Callable[[Callable[Concatenate[Invocation, Own], int]], Callable[Concatenate[Invocation, Own], int]]:
    """Adds a command to a group: its own options, and those of an `Invocation`.

    Args:
        group: Where it is added.
        examples: Command lines shown at the end of its help.
        name: Its name; None for the function's.

    Returns:
        A decorator of the function that runs the command and returns its exit code; its first line of docstring
        is the help.
    """

    def add(run: Callable[Concatenate[Invocation, Own], int]) -> Callable[Concatenate[Invocation, Own], int]:
        @wraps(run)
        def call(**options: Any) -> int:  # noqa: ANN401 - whatever the signature below names
            shared = {option: options.pop(option) for option in _SHARED}
            return _exit_code(lambda: run(_invocation(**shared), **options))  # type: ignore[call-arg]

        # typer reads the options from the signature.
        _, *own = signature(run).parameters.values()
        parameters = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in (*own, *_SHARED.values())]
        call.__signature__ = signature(run).replace(parameters=parameters)  # type: ignore[attr-defined]
        # The mark \b keeps lines as they are; four spaces make them code in docs/commands.md.
        epilog = "Examples:\n\n\b\n" + "\n".join(f"    {example}" for example in examples)
        group.command(name, short_help=getdoc(run), epilog=epilog)(call)
        return run

    return add


def _invocation(
    *, ctx: typer.Context, store: Store = None, env_file: EnvFile = None, as_json: Json = False
) -> Invocation:
    """Joins the options before the command's name with those after it, which win."""
    before: Invocation = ctx.obj
    return Invocation(store=store or before.store, env_file=env_file or before.env_file, as_json=as_json)


_SHARED = signature(_invocation).parameters


def _exit_code(run: Callable[[], int]) -> int:
    try:
        code = run()
        sys.stdout.flush()
    except UsageError as exc:
        return fail(f"{exc}; see --help", 2)
    except (QuestionError, ScopeError, SettingsError, BriefingError) as exc:
        return fail(exc, 2)
    except (AppError, IngestError, StoreError) as exc:
        return fail(exc, 1)
    except KeyboardInterrupt:
        print("interrupted: what was stored before is kept; run the command again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has enough; what is still buffered goes nowhere, or its flush would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def fail(error: Exception | str, code: int) -> int:
    """Says in one line what went wrong, and returns the exit code."""
    print(f"untoc: {error}", file=sys.stderr)
    return code


def print_json(value: object, *, indent: int | None = 2) -> None:
    """Prints a value as JSON, in characters that the output can hold."""
    # Where the output cannot hold every character, JSON's own escapes can.
    escaped = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=escaped, indent=indent), flush=True)
