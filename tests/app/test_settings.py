"""The settings: read from the environment, checked, masked, and written down in `.env.example`."""

import ast
import inspect
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from app.errors import SettingsError
from app.settings import PREFIX, Settings, load_settings, unknown_variables, variables
from tests.conftest import PROJECT

EXAMPLE = PROJECT / ".env.example"
HEADER = """\
# All settings of untoc, with their defaults; an empty value means the default. The program reads the environment, not
# this file: copy it to .env, change what you need, and name it with --env-file .env, or load it with
# `set -a; . ./.env; set +a`.
"""


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstring below each field, which Python does not keep."""
    [body] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for node, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(after, ast.Expr):
            assert isinstance(after.value, ast.Constant)
            found[node.target.id] = str(after.value.value)
    return found


def _lines(model: BaseModel, prefix: str = PREFIX) -> Iterator[str]:
    documented = _docstrings(type(model))
    for name in type(model).model_fields:
        value = getattr(model, name)
        text = " ".join(documented[name].split())
        if isinstance(value, BaseModel):
            yield f"\n# --- {text}"
            yield from _lines(value, f"{prefix}{name.upper()}__")
            continue
        # The default store differs from machine to machine.
        shown = "" if value is None or isinstance(value, SecretStr | Path) else str(value)
        yield f"# {text}"
        yield f"{prefix}{name.upper()}={shown.lower() if isinstance(value, bool) else shown}"


def example() -> str:
    """What `.env.example` must hold."""
    return HEADER + "\n" + "\n".join(_lines(Settings())) + "\n"


def test_env_example_equals_the_fields() -> None:
    # After a change of the fields: python -m tests.app.test_settings
    assert EXAMPLE.read_text(encoding="utf-8") == example()


def test_env_example_gives_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Settings()
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    assert load_settings() == expected
    assert unknown_variables(expected) == ()


def test_load_settings_reads_nested_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNTOC_EMBEDDING__MODEL", "some/model")
    monkeypatch.setenv("UNTOC_SERVER", '{"port": 1234}')
    monkeypatch.setenv("UNTOC_STORE", str(tmp_path))
    settings = load_settings()
    assert (settings.embedding.model, settings.server.port, settings.store) == ("some/model", 1234, tmp_path)
    assert unknown_variables(settings) == ()


def test_load_settings_takes_the_command_line_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNTOC_STORE", "elsewhere")
    monkeypatch.setenv("UNTOC_SERVER__PORT", "1")
    settings = load_settings(store=tmp_path, host="::1", port=0)
    assert (settings.store, settings.server.host, settings.server.port) == (tmp_path, "::1", 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNTOC_SERVER__PORT", "65536"),
        ("UNTOC_SERVER__PORT", "-1"),
        ("UNTOC_SERVER__PORT", "http"),
        ("UNTOC_ANSWER__MAX_CITATIONS", "0"),
        ("UNTOC_LOG_LEVEL", "LOUD"),
        ("UNTOC_RETRIEVAL__DENSE_WEIGHT", "-0.1"),
        ("UNTOC_EMBEDDING__ALLOW_DOWNLOAD", "perhaps"),
        ("UNTOC_EMBEDDING__MODLE", "x"),
        ("UNTOC_SERVER", "not json"),
        ("UNTOC_SERVER", "[]"),
    ],
)
def test_load_settings_names_the_variable_that_is_wrong(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    message = str(caught.value)
    assert name in message and "\n" not in message
    assert value in message or value == "not json"


def test_unknown_variables_are_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNTOC_STOER", "/tmp/x")
    monkeypatch.setenv("UNTOC_PORT", "1")
    monkeypatch.setenv("UNTOC_TEST_DATA", os.environ.get("UNTOC_TEST_DATA", "x"))
    assert unknown_variables(load_settings()) == ("UNTOC_PORT", "UNTOC_STOER")


class _Remote(BaseModel):
    key: SecretStr = SecretStr("hunter2")
    name: str = "remote"


class _Outer(BaseModel):
    remote: _Remote = _Remote()


def test_variables_mask_secrets() -> None:
    assert dict(variables(_Outer())) == {"UNTOC_REMOTE__KEY": "********", "UNTOC_REMOTE__NAME": "remote"}


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().log_level = "DEBUG"  # type: ignore[misc]


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
