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
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

EXAMPLE = PROJECT / ".env.example"
HEADER = cases["HEADER"]


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Returns the docstring below each field, read from the source because Python does not keep it."""
    base = model.__base__
    found = _docstrings(base) if base is not None and base.__module__ == model.__module__ else {}
    [body] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(body, ast.ClassDef)
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


def test_env_example_equals_the_fields():
    # After a change of the fields, run `python -m tests.app.test_settings`.
    assert EXAMPLE.read_text(encoding="utf-8") == example()


def test_load_settings_reads_nested_variables(monkeypatch, tmp_path):
    monkeypatch.setenv("UNTOC_EMBEDDING__MODEL", "some/model")
    monkeypatch.setenv("UNTOC_SERVER", '{"port": 1234}')
    monkeypatch.setenv("UNTOC_STORE", str(tmp_path))
    monkeypatch.setenv("UNTOC_SERVER__OIDC", '{"issuer": "https://id.example.org"}')
    settings = load_settings()
    assert (settings.embedding.model, settings.server.port, settings.store) == ("some/model", 1234, tmp_path)
    assert settings.server.oidc.issuer == "https://id.example.org"
    assert unknown_variables(settings) == ()


def test_load_settings_takes_the_command_line_first(monkeypatch, tmp_path):
    monkeypatch.setenv("UNTOC_STORE", "elsewhere")
    monkeypatch.setenv("UNTOC_SERVER__PORT", "1")
    settings = load_settings(store=tmp_path, host="::1", port=0)
    assert (settings.store, settings.server.host, settings.server.port) == (tmp_path, "::1", 0)


@cases("name", "value")
def test_load_settings_names_the_variable_that_is_wrong(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    message = str(caught.value)
    assert name in message and "\n" not in message
    assert value in message or value == "not json"


@cases("name", "says")
def test_load_settings_says_what_was_meant(name, says, monkeypatch):
    monkeypatch.setenv(name, "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == says


def test_unknown_variables_are_flagged(monkeypatch):
    monkeypatch.setenv("UNTOC_STOER", "/tmp/x")
    monkeypatch.setenv("UNTOC_PORT", "1")
    monkeypatch.setenv("UNTOC_TEST_DATA", os.environ.get("UNTOC_TEST_DATA", "x"))
    assert unknown_variables(load_settings()) == ("UNTOC_PORT", "UNTOC_STOER")


def _env_file(tmp_path: Path, text: str | bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Writes a .env file; `monkeypatch` removes its variables from the environment at the end."""
    path = tmp_path / ".env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    for name in ("UNTOC_STORE", "UNTOC_STOER", "UNTOC_SERVER__PORT", "UNTOC_SERVER", "PROVIDER_KEY", "QQQ"):
        monkeypatch.setenv(name, "")
    return path


def test_env_file_sets_what_the_environment_does_not(tmp_path, monkeypatch):
    text = '\ufeff# mine\n\nexport UNTOC_STORE="some folder" # here\nUNTOC_SERVER__PORT=1\nPROVIDER_KEY=k\n'
    path = _env_file(tmp_path, text, monkeypatch)
    monkeypatch.setenv("UNTOC_SERVER__PORT", "2")
    settings = load_settings(env_file=path)
    assert (settings.store, settings.server.port) == (Path("some folder"), 2)
    # Other variables are set as well, because clients of chat models read their providers' own.
    assert os.environ["PROVIDER_KEY"] == "k"
    assert load_settings(env_file=path, store=tmp_path).store == tmp_path


def test_env_example_is_a_file_of_settings_that_gives_the_defaults(monkeypatch):
    expected = Settings()
    for name, _ in variables(expected):
        monkeypatch.setenv(name, "")
    assert load_settings(env_file=EXAMPLE) == expected and unknown_variables(expected) == ()


@cases("text", "said")
def test_env_file_that_is_wrong_is_named_with_its_line(text, said, tmp_path, monkeypatch):
    path = _env_file(tmp_path, text.encode("latin-1"), monkeypatch)
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file=path)
    message = str(caught.value)
    assert repr(str(path)) in message and said in message and "\n" not in message


@pytest.mark.parametrize("path", [Path("no/such/file"), Path()])
def test_env_file_that_cannot_be_read_is_named(path):
    with pytest.raises(SettingsError, match="--env-file"):
        load_settings(env_file=path)


def test_the_environment_is_not_blamed_on_the_file(tmp_path, monkeypatch):
    path = _env_file(tmp_path, "UNTOC_STORE=x\n", monkeypatch)
    monkeypatch.setenv("UNTOC_SERVER__PORT", "99999")
    with pytest.raises(SettingsError, match=r"^UNTOC_SERVER__PORT='99999'"):
        load_settings(env_file=path)


def test_variables_mask_secrets(monkeypatch):
    monkeypatch.setenv("UNTOC_LLM__API_KEY", "hunter2")
    assert dict(variables(Settings()))["UNTOC_LLM__API_KEY"] == "********"


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
