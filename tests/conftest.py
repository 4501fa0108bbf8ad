"""What all tests share."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.fakes_engines import POSTGRESQL, SERVERS, Servers, own_schema, postgres_cluster, using
from tests.fakes_engines import chroma_server as run_chroma
from tests.fakes_files import find_chromium

# How long an example takes tells of the machine, not of the code.
settings.register_profile("untoc", deadline=None)
# Of `make test-fast`: some of the examples; `make test` tries them all.
settings.register_profile("quick", deadline=None, max_examples=15)
settings.load_profile("untoc")

PROJECT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Collecting tests makes no garbage worth looking for."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests against a server of PostgreSQL or Chroma."""
    for item in items:
        if {"postgres", "chroma_server"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.integration)


def pytest_collection_finish() -> None:
    """Sets modules and thousands of tests apart from garbage collection, of which each full one took a second."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever the environment of whoever runs them says."""
    for name in list(os.environ):
        if name.startswith("UNTOC_") and name not in ("UNTOC_TEST_DATA", "UNTOC_TEST_POSTGRES", "UNTOC_CHROMIUM"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of texts that may not be published."""
    folder = os.environ.get("UNTOC_TEST_DATA")
    if not folder:
        pytest.skip("UNTOC_TEST_DATA does not name the folder of test data that is not part of the project")
    return Path(folder)


@pytest.fixture(scope="session")
def conference() -> Path:
    """The fictional conference."""
    return PROJECT / "evals" / "conference"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    with postgres_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server."""
    with run_chroma(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(params=["sqlite", POSTGRESQL])
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where an empty record is, on each engine in turn: a path, or the URL of a schema."""
    if request.param == "sqlite":
        yield tmp_path / "catalogue.sqlite3"
        return
    with own_schema(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(scope="module", params=["local", SERVERS])
def engines(request: pytest.FixtureRequest) -> Iterator[str]:
    """Runs what uses it on SQLite with embedded Chroma, and on PostgreSQL with Chroma's server."""
    if request.param == "local":
        yield request.param
        return
    names = ("postgres", "chroma_server")
    with using(Servers(*map(request.getfixturevalue, names))):
        yield request.param


_BROWSER_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium: UNTOC_CHROMIUM, one on the PATH, or Playwright's own."""
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
