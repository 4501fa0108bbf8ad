"""The commands for the operator of the server, and the server's logs and figures."""

import io
import json
import subprocess
import sys

import httpx
import pytest
import structlog
from fastapi import FastAPI
from prometheus_client import generate_latest

from app.cli import main
from app.server.accounts import Accounts
from app.server.request_log import Observed, ServerMetrics
from tests.conftest import PROJECT
from tests.fakes_server import PASSWORD, awaited


def test_accounts_and_keys_are_managed_by_commands(tmp_path, tables, accounts, monkeypatch, capsys):
    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return main([*arguments, "--store", str(tmp_path)]), *capsys.readouterr()

    # A mistyped --store makes no store.
    code, _, said = call("user", "list")
    assert code == 2 and "no accounts" in said and not [*tmp_path.iterdir()]
    assert call("user", "add", "amina", "--role", "admin", typed=f"{PASSWORD}\n")[0] == 0
    assert json.loads(call("user", "add", "boris", "--no-password", "--json")[1])["role"] == "reader"
    for wrong in (
        ("user", "add", "a/b", "--no-password"),
        ("user", "add", "amina"),
        ("user", "remove", "nobody"),
        ("user", "remove", "amina"),
    ):
        code, _, said = call(*wrong, typed=f"{PASSWORD}\n")
        assert code == 1 and said.count("\n") == 1, wrong
    for wrong in (
        ("user", "add"), ("user", "role", "boris"), ("key", "add"), ("user", "list", "--role", "king"),
        ("key", "add", "boris", "--scope", "read", "--days", "99999999"),
    ):  # fmt: skip
        assert call(*wrong)[0] == 2
    for *wrong, name in (
        ("user", "list", "amina", "NAME"), ("user", "list", "--role", "editor", "--role"),
        ("user", "remove", "boris", "--no-password", "--no-password"), ("user", "add", "carla", "editor", "ROLE|SUB"),
        ("user", "role", "boris", "editor", "--role", "editor", "--role"),
        ("key", "list", "--scope", "read", "--scope"), ("key", "revoke", "x", "--days", "9", "--days"),
        ("key", "revoke", "x", "--label", "old", "--label"),
    ):  # fmt: skip
        code, _, said = call(*wrong)
        assert code == 2 and f"`{wrong[0]} {wrong[1]}` takes no {name}, which is of `{wrong[0]} " in said, wrong
    assert call("user", "role", "boris", "editor")[0] == 0
    assert (call("user", "bind", "boris")[0], call("user", "bind", "boris", "17")[0]) == (2, 1)
    monkeypatch.setenv("UNTOC_SERVER__OIDC__ISSUER", "https://id.example.org")
    assert call("user", "bind", "boris", "17")[0] == 0 and call("user", "bind", "amina", "17")[0] == 1
    assert call("user", "bind", "nobody", "18")[0] == 1
    assert [each["bound"] for each in json.loads(call("user", "list", "--json")[1])] == [False, True]
    listed = "account\trole\tpassword\tbound\namina\tadmin\tyes\tno\nboris\teditor\tno\tyes\n"
    assert call("user", "list")[1] == listed
    code, secret, said = call("key", "add", "boris", "--scope", "read", "--scope", "edit", "--label", "loader")
    assert code == 0 and "keep this" in said
    made = json.loads(call("key", "add", "boris", "--scope", "read", "--json")[1])
    assert made["secret"].startswith("untoc_") and call("key", "revoke", made["identifier"])[0] == 0
    person = accounts.of_key(secret.strip())
    assert person is not None and (person.name, person.may) == ("boris", {"read", "edit"})
    assert accounts.check_password("amina", PASSWORD) and not accounts.check_password("boris", "")
    key = next(key for key in json.loads(call("key", "list", "--json")[1]) if not key["revoked"])
    assert (key["scopes"], key["label"], key["revoked"]) == (["read", "edit"], "loader", False)
    heading, *rows = (line.split("\t") for line in call("key", "list")[1].splitlines())
    assert heading == ["id", "account", "may", "valid", "label"]
    assert {(row[1], row[2], row[3][:5], row[4]) for row in rows} >= {("boris", "read edit", "until", "loader")}
    assert "no scope of the role 'editor'" in call("key", "add", "boris", "--scope", "admin")[2]
    assert call("key", "revoke", key["identifier"])[0] == 0 and accounts.of_key(secret.strip()) is None
    assert call("user", "password", "amina", typed="another password, longer\n")[0] == 0
    assert not accounts.check_password("amina", PASSWORD)
    # An audit log that is kept for ever, or as long as the setting allows.
    Accounts(tables, audit_days=700_000).log("sign-in", "amina", person)
    code, _, said = call("serve", "--host", "0.0.0.0")
    assert code == 2 and "docs/operations.md" in said and said.count("\n") == 1


def test_a_request_is_told_by_its_route():
    app, figures, before = FastAPI(), ServerMetrics(), structlog.get_config()
    app.get("/api/v1/search")(lambda: None)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(Observed(app, figures=figures)), base_url="http://untoc")
    structlog.reset_defaults()
    with structlog.testing.capture_logs() as logged:
        awaited(client.get("/api/v1/search?q=a+secret"))
    structlog.configure(**before)
    assert [(each["route"], each["status"]) for each in logged] == [("/api/v1/search", 200)]
    assert "secret" not in str(logged) + generate_latest(figures.registry).decode()


@pytest.mark.slow
def test_everything_is_logged_as_json():
    code = (
        "import logging, structlog; from app.server.request_log import log_as_json; log_as_json('INFO');"
        "structlog.contextvars.bind_contextvars(request='abc'); logging.getLogger('app.x').info('done %s', 1);"
        "logging.getLogger('httpx').info('an address')"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=True
    )
    (line,) = said.stderr.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["request"], entry["logger"], entry["level"]) == ("done 1", "abc", "app.x", "info")
