"""The files of `deploy/`: what they start is there, and says what it is told."""

import configparser
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
import yaml

from app.settings import Settings, variables
from tests.conftest import PROJECT

DEPLOY = PROJECT / "deploy"


def unit(name: str) -> Any:
    # A unit may say a thing several times, and starts with comments.
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


def commands() -> list[list[str]]:
    """The command lines of `untoc` that the files start, from the command on."""
    units = ("untoc.service", "untoc-worker.service")
    found = [shlex.split(unit(name)["Service"]["ExecStart"])[1:] for name in units]
    inside = re.search(r"untoc backup [^']+", unit("untoc-backup.service")["Service"]["ExecStart"])
    assert inside is not None
    found.append(inside[0].split()[1:])
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["untoc"]' in container
    found.append(yaml.safe_load(container.rpartition("CMD ")[2]))
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_what_is_started_is_a_command_with_these_options(command: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", *command, "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert f"untoc {command[0]}" in ran.stdout


def test_settings_are_those_of_the_program() -> None:
    known = {name for name, _ in variables(Settings())}
    for file in DEPLOY.iterdir():
        named = set(re.findall(r"\bUNTOC_[A-Z_]+", file.read_text(encoding="utf-8")))
        assert named <= known, file.name


def test_the_composition_serves_behind_a_proxy_alone() -> None:
    app = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["app"]
    assert all(port.startswith("127.0.0.1:") for port in app["ports"]) and app["read_only"]
    assert (PROJECT / "deploy" / app["build"]["context"] / app["build"]["dockerfile"]).is_file()
    environment = (DEPLOY / app["env_file"]).read_text(encoding="utf-8")
    assert "UNTOC_SERVER__ACCOUNTS=none" not in environment and "UNTOC_SERVER__ACCOUNTS=" in environment
