"""The framework of the commands of `untoc` and `untoc-eval`: shared options, the store, exit codes and messages."""

import io
import json
import logging
import os
import re
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, wraps
from inspect import Parameter, getdoc, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.errors import SHOWN_ERRORS, BriefingError, QuestionError, ScopeError, SettingsError
from vectorstore.errors import StoreMissingError, StoreReadOnlyError

if TYPE_CHECKING:
    from app.settings import Settings
    from app.wiring import Workspace

# Seconds after which a signal is sent again that came at a bad moment.
_AGAIN_SECONDS = 0.05
# A command, called with its `Invocation` and its own options.
Run = TypeVar("Run", bound=Callable[..., int])


def option(metavar: str, text: str, *names: str, **bounds: Any) -> Any:  # noqa: ANN401 - as typer declares it
    """Returns a typer option with metavar, help and, unless they follow from the parameter's name, option names."""
    return typer.Option(*names, metavar=metavar, help=text, **bounds)


def flag(name: str, text: str) -> Any:  # noqa: ANN401 - as typer declares it
    """Returns a typer option without a value."""
    return typer.Option(name, help=text)


def argument(metavar: str, text: str) -> Any:  # noqa: ANN401 - as typer declares it
    """Returns a typer argument."""
    return typer.Argument(metavar=metavar, help=text)


Store = Annotated[
    Path | None, option("DIR", "store folder (default: UNTOC_STORE, else your user data folder)", "--store")
]
EnvFile = Annotated[
    Path | None, option("FILE", "file of settings, as .env.example; the environment goes first", "--env-file")
]
Json = Annotated[bool, flag("--json", "print JSON")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"untoc {version('untoc')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="print the version and exit")
]


class UsageError(Exception):
    """Options that do not go together, or a value that is not allowed; exit code 2."""


class _LogFormatter(logging.Formatter):
    """Formats a log record, with `say` applied to it (`Invocation.runnable`)."""

    def __init__(self, say: Callable[[str], str]) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._say = say

    def format(self, record: logging.LogRecord) -> str:
        return self._say(super().format(record))


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """How a command was called: --store and --env-file, before or after its name, and --json where it has that."""

    store: Path | None = None
    env_file: Path | None = None
    as_json: bool = False
    program: str = "untoc"

    def settings(self, *, host: str | None = None, port: int | None = None) -> "Settings":
        """Reads the settings, and configures logging by them."""
        from app.settings import load_settings

        settings = load_settings(store=self.store, env_file=self.env_file, host=host, port=port)
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_LogFormatter(self.runnable))
        logging.basicConfig(level=settings.log_level, handlers=[handler])
        return settings

    def workspace(self, *, read_only: bool = False, create: bool = False, check_model: bool = True) -> "Workspace":
        """Opens the store.

        A missing store raises a StoreMissingError unless `create` is set: a mistyped path would otherwise make an empty
        store that answers nothing. Without `check_model`, a store of another embedding model is opened as well.
        """
        from app.wiring import open_workspace

        return open_workspace(self.settings(), read_only=read_only, create=create, check_model=check_model)

    def runnable(self, text: str) -> str:
        """Returns a text with this call's --store and --env-file added to the commands in it, such as `untoc list`."""
        given = {"--store": self.store, "--env-file": self.env_file}
        options = "".join(f" {name} {shlex.quote(str(path))}" for name, path in given.items() if path is not None)
        return re.sub(r"`(untoc(?:-eval)? [a-z][^`]*)`", lambda found: f"`{found[1]}{options}`", text)

    def show(self, value: object, shown: str | Callable[[], None]) -> int:
        """Prints `value` as JSON, or else `shown`, a line of text or a function that prints; returns 0."""
        if self.as_json:
            print_json(value)
        elif isinstance(shown, str):
            print(self.runnable(shown))
        else:
            shown()
        return 0

    def fail(self, error: Exception | str, code: int) -> int:
        """Prints an error in one line, and returns the exit code."""
        print(f"{self.program}: {self.runnable(str(error))}", file=sys.stderr)
        return code

    @contextmanager
    def workspace_or_empty(self) -> Iterator["Workspace"]:
        """Opens the store read-only; if there is none, opens an empty one, which is deleted at the end."""
        from app.wiring import open_workspace

        with ExitStack() as stack:
            try:
                workspace = stack.enter_context(self.workspace(read_only=True))
            except StoreMissingError:
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="untoc-")))
                workspace = stack.enter_context(open_workspace(self.settings().in_folder(folder), create=True))
            yield workspace

    def workspace_to_ask(self, settings: "Settings | None" = None, *, create: bool = False) -> "Workspace":
        """Opens the store for questions; a read-only store answers as well, but keeps no traces of answers."""
        from app.wiring import open_workspace

        settings = settings or self.settings()
        try:
            return open_workspace(settings, create=create)
        except StoreReadOnlyError:
            return open_workspace(settings, read_only=True)


def command(group: typer.Typer, *examples: str, name: str | None = None, has_json: bool = True) -> Callable[[Run], Run]:
    """Returns a decorator that adds a command, with the options of an `Invocation`; its function returns the exit code.

    Examples are command lines shown at the end of its help, whose first line is that of the function's docstring. A
    parameter that is a dataclass stands for an option of each field. Without `has_json`, there is no --json.
    """
    shared = {name: parameter for name, parameter in _SHARED.items() if has_json or name != "as_json"}

    def add(run: Run) -> Run:
        _, *own = signature(run).parameters.values()
        records: dict[str, Any] = {p.name: p.annotation for p in own if is_dataclass(p.annotation)}

        @wraps(run)
        def call(**options: Any) -> int:  # noqa: ANN401 - whatever the signature below names
            invocation = _invocation(**{name: options.pop(name) for name in shared})
            for parameter, record in records.items():
                options[parameter] = record(**{field.name: options.pop(field.name) for field in fields(record)})
            return _exit_code(lambda: run(invocation, **options), invocation)

        # typer reads the options from the signature.
        of_records = [p for record in records.values() for p in signature(record).parameters.values()]
        all_options = (*(p for p in own if p.name not in records), *of_records, *shared.values())
        parameters = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in all_options]
        call.__signature__ = signature(run).replace(parameters=parameters)  # type: ignore[attr-defined]
        # The mark \b keeps lines as they are; four spaces make them code in docs/commands.md.
        epilog = "Examples:\n\n\b\n" + "\n".join(f"    {example}" for example in examples)
        group.command(name, short_help=getdoc(run), epilog=epilog)(call)
        return run

    return add


def refuse_unused(command: str, action: str, taken: Mapping[str, Container[str]], given: Mapping[str, object]) -> None:
    """Raises a UsageError for an argument that an action does not take, such as the name in `user list amina`.

    `taken` has, by action, the names of the arguments and options that it takes; `given` has their values by these
    names, of which None, an empty list and False count as not given.
    """
    for name, value in given.items():
        if value not in (None, [], False) and name not in taken[action]:
            takers = ", ".join(f"`{command} {each}`" for each, names in taken.items() if name in names)
            raise UsageError(f"`{command} {action}` takes no {name}, which is of {takers}")


def require_server(*modules: str) -> None:
    """Raises a SettingsError that says what to install if a module (by default, of the server) is missing."""
    from importlib.util import find_spec

    modules = modules or ("mcp", "argon2", "authlib", "limits", "prometheus_client", "structlog")
    absent = next((module for module in modules if find_spec(module) is None), None)
    if absent is not None:
        raise SettingsError(f"this command needs {absent!r}, which is not installed: pip install 'untoc[server]'")


def _invocation(
    *, ctx: typer.Context, store: Store = None, env_file: EnvFile = None, as_json: Json = False
) -> Invocation:
    """Merges the options before the command's name with those after it, which take precedence."""
    before: Invocation = ctx.obj
    return replace(before, store=store or before.store, env_file=env_file or before.env_file, as_json=as_json)


_SHARED = signature(_invocation).parameters


def command_group(name: str, text: str, *groups: typer.Typer, epilog: str | None = None) -> typer.Typer:
    """Returns a program, described by a text, with the commands of all groups, to which more commands can be added.

    The `epilog` ends its help.
    """
    program = typer.Typer(
        # Help is formatted without rich: a pipe gets no boxes, and rich need not be imported.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for group in groups:
        program.add_typer(group)

    @program.callback(invoke_without_command=True, help=text, epilog=epilog)
    def begin(ctx: typer.Context, store: Store = None, env_file: EnvFile = None, version: Version = False) -> None:
        """Keeps the options before a command's name; without a command, prints the help and exits with code 2."""
        if ctx.invoked_subcommand is None:
            print(ctx.get_help())
            raise typer.Exit(2)
        ctx.obj = Invocation(store=store, env_file=env_file, program=name)

    return program


def run_program(program: typer.Typer, name: str, arguments: Sequence[str] | None) -> int:
    """Runs a command, by default with the process's arguments; returns its exit code, 2 for wrong usage."""
    # Pydantic's plugins would see validated values, and the search for them reads the metadata of every package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # SIGTERM ends a command in order, as Ctrl-C does: a kill in the middle of a write can break the vector index.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _send_lost_interrupts_again()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Characters that the encoding of the output lacks are replaced by a mark.
            stream.reconfigure(errors="replace")
    try:
        code: int = _parser_of(program).main(arguments, prog_name=name, standalone_mode=False)
    except typer.TyperException as exc:
        return Invocation(program=name).fail(f"{_wrong_usage(exc)}; see --help", 2)
    return code


@cache
def _send_lost_interrupts_again() -> None:
    """Makes a signal count that arrives in a finalizer or a callback of the garbage collector.

    There Python drops what a handler raises, so that the process would go on, until it is killed in the middle of a
    write. The signal is sent again a moment later, as often as it is dropped.
    """
    before = sys.unraisablehook

    def hook(dropped: "sys.UnraisableHookArgs") -> None:
        in_main = threading.current_thread() is threading.main_thread()
        if sys.platform == "win32" or not in_main or dropped.exc_type is not KeyboardInterrupt:
            before(dropped)
            return
        # An alarm takes no lock, which the code that the finalizer interrupted may hold, and raises nothing in here.
        signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)

    sys.unraisablehook = hook


# Cached, since building a parser from the signatures of all commands takes longer than most commands.
_parser_of = cache(typer.main.get_command)


def _wrong_usage(error: typer.TyperException) -> str:
    """Returns an error of the parser as one line, with suggestions for a misspelt option."""
    if possible := getattr(error, "possibilities", None):
        return f"{error.message}. Did you mean {', '.join(map(repr, sorted(possible)))}?"
    message = " ".join(error.format_message().split()).replace("Value error, ", "").removesuffix(".")
    # typer checks values with pydantic, whose messages leave out the value.
    if isinstance(error.__cause__, ValueError) and (found := getattr(error.__cause__, "errors", None)):
        value = repr(found()[0]["input"])
        return message if value in message else f"{message}, and {value} is none"
    return message


def _exit_code(run: Callable[[], int], invocation: Invocation) -> int:
    try:
        code = run()
        sys.stdout.flush()
    except UsageError as exc:
        return invocation.fail(f"{exc}; see --help", 2)
    except (QuestionError, ScopeError, SettingsError, BriefingError) as exc:
        return invocation.fail(exc, 2)
    except SHOWN_ERRORS as exc:
        return invocation.fail(exc, 1)
    except KeyboardInterrupt:
        print("interrupted: what was stored before is kept; run the command again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has closed the pipe; what is still buffered goes to the null device, since its flush would fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # 128 and the number of SIGPIPE, which Windows lacks.
        return 141
    return code


def print_json(value: object, *, indent: int | None = 2) -> None:
    """Prints a value as JSON, in characters that the output can hold."""
    # An output that is not UTF-8 may lack characters, which JSON can escape.
    escaped = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=escaped, indent=indent), flush=True)
