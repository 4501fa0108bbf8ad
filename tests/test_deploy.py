"""The files of `deploy/`: the commands, options and settings in them exist, and what they start works."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from app.settings import ServerConfig, Settings, variables
from tests.conftest import PROJECT
from tests.fakes_engines import free_port, own_schema

DEPLOY = PROJECT / "deploy"


@pytest.fixture
def schema_for_commands(postgres: str) -> Iterator[str]:
    with own_schema(postgres) as url:
        yield url


def unit(name: str) -> Any:
    # A unit file may repeat a key, and starts with comments.
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


def commands() -> list[list[str]]:
    """Returns the command lines of `untoc` that the files start, from the subcommand on."""
    units = ("untoc.service", "untoc-worker.service", "untoc-ingest.service")
    found = [shlex.split(unit(name)["Service"]["ExecStart"])[1:] for name in units]
    inside = re.search(r"untoc backup [^']+", unit("untoc-backup.service")["Service"]["ExecStart"])
    assert inside is not None
    found.append(inside[0].split()[1:])
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["untoc"]' in container
    found.append(yaml.safe_load(container.rpartition("CMD ")[2]))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_what_is_started_is_a_command_with_these_options(command):
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", *command, "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert f"untoc {command[0]}" in ran.stdout


@pytest.mark.slow
def test_units_and_composition_are_what_their_programs_read(tmp_path):
    analyze = shutil.which("systemd-analyze")
    found = [shutil.which("docker-compose"), Path("/usr/libexec/docker/cli-plugins/docker-compose")]
    compose = next((str(path) for path in found if path and Path(path).exists()), None)
    if analyze is None and compose is None:
        pytest.skip(
            "needs systemd-analyze (`apt-get install systemd`) or docker-compose (`apt-get install docker-compose`)"
        )
    units = [file for file in DEPLOY.iterdir() if file.suffix in (".service", ".timer")]
    for file in units if analyze else ():
        # The program is not installed at this path; all other paths must exist as written.
        written = file.read_text(encoding="utf-8").replace("/opt/untoc/bin/untoc", sys.executable)
        (tmp_path / file.name).write_text(written, encoding="utf-8")
    for file in units if analyze else ():
        ran = subprocess.run(
            [str(analyze), "verify", "--man=no", str(tmp_path / file.name)], capture_output=True, text=True
        )
        assert (ran.returncode, ran.stdout + ran.stderr) == (0, ""), file.name
    if compose is not None:
        profiles = ("--profile", "engines", "--profile", "workers")
        command = [compose, "-f", str(DEPLOY / "compose.yaml"), *profiles, "config"]
        ran = subprocess.run(command, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert yaml.safe_load(ran.stdout)["services"].keys() == {"app", "worker", "postgres", "chroma"}


def test_a_server_that_is_told_to_end_is_not_killed_before():
    grace = ServerConfig().stop_seconds + 15
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert services["app"]["stop_grace_period"] == f"{grace:g}s"
    assert unit("untoc.service")["Service"]["TimeoutStopSec"] == f"{grace:g}"


def test_settings_are_those_of_the_program():
    known = {name for name, _ in variables(Settings())}
    for file in DEPLOY.iterdir():
        named = set(re.findall(r"\bUNTOC_[A-Z_]+", file.read_text(encoding="utf-8")))
        assert named <= known, file.name


def test_the_composition_serves_behind_a_proxy_alone():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    app = services["app"]
    # The services reach each other by name, and nobody else reaches them.
    assert services.keys() == {"app", "worker", "postgres", "chroma"}
    assert all(service["networks"] == ["inside"] for service in services.values()) and app["read_only"]
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service.get("ports", ()))
    assert (PROJECT / "deploy" / app["build"]["context"] / app["build"]["dockerfile"]).is_file()
    environment = (DEPLOY / app["env_file"]).read_text(encoding="utf-8")
    engines = [urlsplit(url).hostname for url in re.findall(r"^# UNTOC_\w+__URL=(\S+)", environment, re.MULTILINE)]
    assert engines == ["postgres", "chroma"]
    assert "UNTOC_SERVER__ACCOUNTS=none" not in environment and "UNTOC_SERVER__ACCOUNTS=" in environment


def containers() -> tuple[list[str], dict[str, str], list[str]]:
    """Returns the command of the container, its environment, and the command of its health check."""
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8").rpartition("\nFROM ")[2].replace("\\\n", " ")
    app = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["app"]
    said = {word: re.findall(rf"^{word} (.*)$", container, re.MULTILINE) for word in ("ENV", "HEALTHCHECK", "CMD")}
    environment = dict(pair.split("=", 1) for pair in shlex.split(said["ENV"][0]))
    lines = (DEPLOY / app["env_file"]).read_text(encoding="utf-8").splitlines()
    environment |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    entry = yaml.safe_load(re.search(r"^ENTRYPOINT (.*)$", container, re.MULTILINE)[1])  # type: ignore[index]
    health = yaml.safe_load(said["HEALTHCHECK"][0].partition("CMD ")[2])
    return [*entry, *yaml.safe_load(said["CMD"][-1])], environment | app["environment"], health


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("record", ["files", "servers"])
def test_what_is_written_starts_answers_is_backed_up_and_ends(record, request, tmp_path):
    """Runs the commands of the container and of the units as written, on this machine instead of in a container."""
    command, environment, health = containers()
    bin_, store, backups, port = tmp_path / "bin", tmp_path / "store", tmp_path / "backups", free_port()
    for folder in (bin_, backups):
        folder.mkdir()
    (bin_ / "untoc").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m app.cli "$@"\n')
    (bin_ / "untoc").chmod(0o755)
    # Only paths, the port and the servers' addresses differ from those in the container.
    environment |= {"PATH": f"{bin_}:{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(PROJECT)}
    environment |= {"UNTOC_STORE": str(store), "UNTOC_SERVER__PORT": str(port), "HOME": str(tmp_path)}
    if record == "servers":
        url = request.getfixturevalue("schema_for_commands")
        environment |= {"UNTOC_DATABASE__URL": url, "UNTOC_CHROMA__URL": request.getfixturevalue("chroma_server")}

    def run(*arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(arguments, env=environment, cwd=tmp_path, capture_output=True, text=True, **how)
        assert ran.returncode == 0, ran.stderr
        return ran

    def healthy() -> bool:
        asked = [part.replace(":7860/", f":{port}/") for part in health]
        return subprocess.run(asked, env=environment, cwd=tmp_path, capture_output=True).returncode == 0

    run("untoc", "user", "add", "amina", "--role", "admin", input="a password of twelve\n")
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as server:
        try:
            until = time.monotonic() + 240
            while not healthy():
                assert server.poll() is None and time.monotonic() < until, "it did not become ready"
                time.sleep(1)
            address = urlsplit(environment["UNTOC_SERVER__ADDRESS"])
            proxied = {"host": address.netloc, "origin": environment["UNTOC_SERVER__ADDRESS"]}
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=proxied, trust_env=False) as proxy:
                assert proxy.get("/api/v1/me").status_code == 401
                signed = proxy.post("/sign-in", data={"name": "amina", "password": "a password of twelve"})
                assert signed.status_code == 303 and "Secure" in signed.headers["set-cookie"]
            unit_command = unit("untoc-backup.service")["Service"]["ExecStart"].replace("%%", "%")
            written = unit_command.replace("/opt/untoc/bin", str(bin_)).replace("/var/backups/untoc", str(backups))
            run(*shlex.split(written))
            (backup,) = backups.iterdir()
            assert backup.stat().st_mode & 0o077 == 0 and backup.stat().st_size > 0
        finally:
            server.terminate()
            _, said = server.communicate(timeout=120)
    assert server.returncode == 0, said
    assert all(line.startswith("{") for line in said.splitlines()), said
