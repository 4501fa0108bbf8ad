"""Commands for operators of a server: `user`, `key`, `backup`, `restore`, `config`."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.command import Invocation, UsageError, argument, command, flag, refuse_unused, require_server
from app.errors import SettingsError
from app.server.user_roles import Role

if TYPE_CHECKING:
    from app.server.accounts import Accounts

commands = typer.Typer()

# By each action of `user` and of `key`, the arguments and options that it takes.
_TAKEN_BY_USER = {
    "add": ("NAME", "--role", "--no-password"),
    "list": (),
    "remove": ("NAME",),
    "role": ("NAME", "ROLE|SUB"),
    "bind": ("NAME", "ROLE|SUB"),
    "password": ("NAME",),
}
_TAKEN_BY_KEY = {"add": ("NAME", "--scope", "--label", "--days"), "list": ("NAME",), "revoke": ("NAME",)}


@command(
    commands,
    "untoc user add amina --role editor",
    "untoc user add boris --no-password",
    "untoc user role amina admin",
    "untoc user bind boris 00u1a2b3c4",
    "untoc user list",
)
def user(
    invocation: Invocation,
    action: Annotated[Literal["add", "list", "remove", "role", "bind", "password"], typer.Argument(metavar="ACTION")],
    name: Annotated[str | None, typer.Argument(help="what the person signs in with")] = None,
    value: Annotated[
        str | None,
        argument("ROLE|SUB", "of `role`: reader, editor or admin; of `bind`: the person's `sub` at the provider"),
    ] = None,
    role: Annotated[Role | None, typer.Option(help="of `add` (default: reader)")] = None,
    no_password: Annotated[
        bool, flag("--no-password", "of `add`, if the person is signed in by a proxy or a provider")
    ] = False,
) -> int:
    """Add, list, change or remove accounts of the server; a password is asked for, or read from a pipe."""
    from app.cli.printing import print_accounts

    given = {"NAME": name, "ROLE|SUB": value, "--role": role, "--no-password": no_password}
    refuse_unused("user", action, _TAKEN_BY_USER, given)
    with _accounts(invocation, create=action == "add") as accounts:
        if action == "list":
            found = accounts.list()
            return invocation.show([vars(account) for account in found], lambda: print_accounts(found))
        if name is None or (action in ("role", "bind") and value is None):
            raise UsageError("name the account" if name is None else "give `user role NAME ROLE`, `user bind NAME SUB`")
        if action == "add":
            accounts.add(name, role or "reader", None if no_password else _password())
            done = "added"
        elif action == "remove":
            accounts.remove(name)
            done = "removed; what the person made stays"
        elif action == "role":
            accounts.set_role(name, value or "")
            done = f"is now {value}"
        elif action == "bind":
            from app.server.accounts import subject_of

            accounts.bind(name, subject_of(invocation.settings().server.oidc.issuer, value or ""))
            done = f"is now the person {value} of the provider"
        else:
            accounts.set_password(name, _password())
            done = "has another password, and is signed out everywhere"
        stored = accounts.stored_name(name)
        (account,) = (each for each in accounts.list() if each.name == stored)
        return invocation.show(vars(account), f"{name}: {done}")


@command(
    commands,
    'untoc key add amina --scope read --scope ask --label "nightly briefing"',
    "untoc key list",
    "untoc key revoke 4c1d9a0b7e22",
)
def key(
    invocation: Invocation,
    action: Annotated[Literal["add", "list", "revoke"], typer.Argument(metavar="ACTION")],
    name: Annotated[str | None, argument("NAME|ID", "of `add` and `list` the account, of `revoke` the key")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="of `add`, what it may do: read, ask, work, edit, operate, admin; once for each"),
    ] = None,
    label: Annotated[str | None, typer.Option(help="of `add`, what it is for")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="of `add`, days after which it expires (default: 365)")
    ] = None,
) -> int:
    """Make, list or revoke keys by which programs use the server; a secret is shown once."""
    from app.cli.printing import print_keys

    given = {"NAME": name, "--scope": scope, "--label": label, "--days": days}
    refuse_unused("key", action, _TAKEN_BY_KEY, given)
    with _accounts(invocation) as accounts:
        if action == "list":
            found = accounts.keys(name)
            return invocation.show([vars(key) for key in found], lambda: print_keys(found))
        if name is None:
            raise UsageError("name the account" if action == "add" else "give the id of the key")
        if action == "revoke":
            accounts.revoke(name)
            return invocation.show({"identifier": name, "revoked": True}, f"{name}: revoked")
        made, secret = accounts.add_key(name, label or "", scope or (), 365 if days is None else days)
        print(f"{made.identifier}: keep this, nobody can show it again", file=sys.stderr)
        return invocation.show({**vars(made), "secret": secret}, secret)


@contextmanager
def _accounts(invocation: Invocation, *, create: bool = False) -> Iterator["Accounts"]:
    """Opens the accounts of the store; if there are none, raises a SettingsError unless `create` is set."""
    require_server()
    from app.desk.tables import FILE, open_tables
    from app.server.accounts import Accounts

    settings = invocation.settings()
    if not create and settings.database.url is None and not (settings.store / FILE).exists():
        raise SettingsError(f"no accounts at {str(settings.store)!r}: run `untoc user add` first, or set --store")
    with closing(open_tables(settings.store, settings.database)) as tables:
        yield Accounts(tables)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise UsageError("the two are not the same")
    return password


@command(commands, "untoc backup /backups/untoc-$(date +%F).tar")
def backup(invocation: Invocation, file: Annotated[Path, argument("FILE", "a new .tar file")]) -> int:
    """Write the store into one file, while others read and write it."""
    from app.server.backup import back_up

    settings = invocation.settings()
    report = back_up(settings.store, file, settings.database)
    return invocation.show(asdict(report), f"{file}: {report.files} files, {report.size / 1_000_000:.1f} MB")


@command(commands, "untoc restore /backups/untoc-2031-05-02.tar --store /srv/untoc-restored")
def restore(invocation: Invocation, file: Annotated[Path, argument("FILE", "what `backup` wrote")]) -> int:
    """Bring a backup back into a new store folder."""
    from app.server.backup import restore as bring_back

    settings = invocation.settings()
    report = bring_back(file, settings.store, settings.database)
    summary = f"the store of {report.made}, {report.files} files; `untoc doctor --rebuild` makes its index anew"
    return invocation.show(asdict(report), f"{settings.store}: {summary}")


@command(commands, "untoc config", "untoc config --env-file .env --json")
def config(invocation: Invocation) -> int:
    """Show the settings in force."""
    from app.cli.printing import print_settings
    from app.settings import settings_json

    shown = settings_json(invocation.settings())
    return invocation.show(shown, lambda: print_settings(shown["settings"], shown["unknown"]))
