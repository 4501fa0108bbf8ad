"""Servers for tests: PostgreSQL on a free loopback port, or at the URL of UNTOC_TEST_POSTGRES, and Chroma."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from random import SystemRandom
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool, create_engine, make_url

from tests.conftest import SERVERS
from vectorstore import store as stores
from vectorstore.chroma import ChromaConfig, EmbeddedIndexes, VectorIndex
from vectorstore.database import DatabaseConfig
from vectorstore.embeddings import Embedder

_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


def free_port() -> int:
    """Returns an unused port of the loopback interface, below the range from which the system gives out ports."""
    while True:
        port = SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """Yields the URL of a PostgreSQL server; skips the test where none is available."""
    if named := os.environ.get("UNTOC_TEST_POSTGRES"):
        yield named
        return
    with own_cluster() as (url, _):
        yield url


@contextmanager
def own_cluster() -> Iterator[tuple[str, Callable[[], None]]]:
    """Yields the URL of a new server and a function that restarts it; skips the test where none is available."""
    found = shutil.which("pg_ctl")
    programs = Path(found).parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if programs is None:
        pytest.skip(
            "needs PostgreSQL: `apt-get install postgresql`, or UNTOC_TEST_POSTGRES=postgresql+psycopg://USER@HOST/DATABASE"
        )
    folder = Path(tempfile.mkdtemp(prefix="untoc-postgres-"))
    # PostgreSQL refuses to run as root.
    runas = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if runas:
        shutil.chown(folder, "postgres")
    port = free_port()

    def run(*command: str) -> None:
        subprocess.run([*runas, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    try:
        run(str(programs / "initdb"), "-D", str(folder / "data"), "-U", "untoc", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= {_FAST}"
        control = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "log")]
        run(*control, "-o", options, "start")
        try:
            yield (
                f"postgresql+psycopg://untoc@127.0.0.1:{port}/postgres",
                lambda: run(*control, "-m", "fast", "-o", options, "restart"),
            )
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_schema(server: str) -> Iterator[str]:
    """Yields the URL of an empty schema of a server, which is dropped at the end."""
    name = f"untoc_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    try:
        url = make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")


def open_index(path: Path) -> VectorIndex:
    """Opens the embedded index in a folder."""
    return EmbeddedIndexes(path.parent).open(path.name)


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """Yields the address of a Chroma server with its files in a folder; skips the test where none is available."""
    program = shutil.which("chroma") or Path(sys.executable).with_name("chroma")
    if not Path(program).exists():
        pytest.skip("needs the program `chroma`: `pip install chromadb`")
    port = free_port()
    command = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _await_port(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _await_port(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"`chroma run --port {port}` did not start")


# Maps a store's folder to the settings of its servers; the last entry counts, and an empty list means the folder.
_places: list[Callable[[Path], dict[str, Any]]] = []


@contextmanager
def using(postgres: str, chroma: str) -> Iterator[None]:
    """Makes `open_store` use a PostgreSQL and a Chroma server, with a schema of its own for each store folder."""
    with ExitStack() as schemas:

        @cache
        def in_servers(folder: Path) -> dict[str, Any]:
            url = SecretStr(schemas.enter_context(own_schema(postgres)))
            return {"database": DatabaseConfig(url=url), "chroma": ChromaConfig(url=chroma)}

        _places.append(in_servers)
        try:
            yield
        finally:
            _places.pop()


def places(path: Path) -> dict[str, Any]:
    """Returns the settings that locate a store: none for its folder, or the servers of the fixture `engines`."""
    return _places[-1](path) if _places else {}


def open_store(path: Path, embedder: Embedder, **options: Any) -> stores.Store:
    """Opens a store in the location that `places` returns."""
    return stores.Store(path, embedder, **options, **places(path))


# `only_local` is for tests of files, or of processes that know nothing of servers; `only_servers` for tests of servers.
only_local = pytest.mark.parametrize("engines", ["local"], indirect=True, scope="module")
only_servers = pytest.mark.parametrize("engines", [SERVERS], indirect=True, scope="module")
