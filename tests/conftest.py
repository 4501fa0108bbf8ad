"""Fixtures and pytest hooks that all tests share."""

import gc
import importlib.abc
import importlib.util
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# No deadline, since the duration of an example depends on the machine and not on the code.
settings.register_profile("untoc", deadline=None)
# `make test-fast` tries only 15 examples of each property; `make test` tries all.
settings.register_profile("quick", deadline=None, max_examples=15)
settings.load_profile("untoc")

PROJECT = Path(__file__).parent.parent
# Parameters of fixtures that run a test on each database engine in turn.
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.integration)
SERVERS = pytest.param("servers", marks=pytest.mark.integration)


class _GradioWithoutStubs(importlib.abc.MetaPathFinder):
    """Imports gradio without generating component stubs, which parses all their sources: 1.3 s of 3.5 s."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != "gradio.component_meta":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None and spec.loader is not None
        load = spec.loader.exec_module

        def without_stubs(module: Any) -> None:
            load(module)
            module.create_or_modify_pyi = lambda *of: None

        spec.loader.exec_module = without_stubs
        return spec


def pytest_configure() -> None:
    """Removes settings from the environment, and pauses garbage collection: collecting tests makes little garbage."""
    for name in [name for name in os.environ if name.startswith("UNTOC_")]:
        if name not in ("UNTOC_TEST_DATA", "UNTOC_TEST_POSTGRES", "UNTOC_TEST_LOAD", "UNTOC_CHROMIUM"):
            del os.environ[name]
    # Temporary files go to memory, since databases wait for the disk at each of thousands of small writes. In a
    # container `/dev/shm` may be small, or mounted `noexec`, while some tests write programs there and run them.
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30
    if "TMPDIR" not in os.environ and has_room and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)
    gc.disable()
    sys.meta_path.insert(0, _GradioWithoutStubs())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests that need a server or the filled store as `integration`, and orders files."""
    for item in items:
        if {"postgres", "chroma_server", "filled_store"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.integration)
    # One file that fills the store shared by most of `tests/app` comes first, then files that do not need this store,
    # for the other processes. Among these, files of many tests come first, so that all processes end together.
    sharing = {item.path: None for item in items if "filled_store" in getattr(item, "fixturenames", ())}
    first, tests = next(iter(sharing), None), Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path != first, item.path in sharing, -tests[item.path], item.path))


def pytest_collection_finish() -> None:
    """Excludes modules and thousands of tests from garbage collection, since each full collection took a second."""
    gc.freeze()
    gc.enable()
    _compile_statements_once()


def _compile_statements_once() -> None:
    """Makes all engines share one cache of compiled SQL, since most tests open engines, each with its own cache."""
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
    from sqlalchemy.engine import Engine

    compiled: dict[Any, Any] = {}
    Engine._compiled_cache = property(lambda engine: compiled, lambda engine, its_own: None)
    # Keys of the cache contain the dialect, so two dialects of one class must be equal.
    for kind in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        kind.__eq__ = lambda self, other: type(self) is type(other)
        kind.__hash__ = lambda self: hash(type(self))


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Returns the folder of texts that may not be published."""
    folder = os.environ.get("UNTOC_TEST_DATA")
    if not folder:
        pytest.skip("UNTOC_TEST_DATA does not name the folder of test data that is not part of the project")
    return Path(folder)


@pytest.fixture(scope="session")
def conference() -> Path:
    """Returns the folder of the fictional conference."""
    return PROJECT / "evals" / "conference"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Yields the URL of a PostgreSQL server."""
    # Imported here and below, since the process that distributes tests to the others does not need it.
    from tests.fakes_engines import postgres_cluster

    with postgres_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yields the address of a Chroma server."""
    from tests.fakes_engines import chroma_server

    with chroma_server(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(params=["sqlite", POSTGRESQL])
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Yields the location of an empty record on each engine in turn: a path, or the URL of a schema."""
    if request.param == "sqlite":
        yield tmp_path / "catalogue.sqlite3"
        return
    from tests.fakes_engines import own_schema

    with own_schema(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(scope="module", params=["local", SERVERS])
def engines(request: pytest.FixtureRequest) -> Iterator[str]:
    """Runs tests that use it on SQLite with embedded Chroma, and on PostgreSQL with a Chroma server."""
    if request.param == "local":
        yield request.param
        return
    from tests.fakes_engines import using

    with using(*map(request.getfixturevalue, ("postgres", "chroma_server"))):
        yield request.param


_BROWSER_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Yields a headless Chromium: UNTOC_CHROMIUM, one on the PATH, or Playwright's own."""
    from tests.fakes_files import find_chromium

    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    with sync_api.sync_playwright() as playwright:
        path = find_chromium()
        try:
            launched = playwright.chromium.launch(executable_path=path, args=_BROWSER_FLAGS)
        except sync_api.Error as error:
            first = str(error).strip().splitlines()[0]
            pytest.skip(
                "needs a Chromium: `apt-get install chromium`, `playwright install chromium`, or set "
                f"UNTOC_CHROMIUM to one ({first})"
            )
        yield launched
        launched.close()
