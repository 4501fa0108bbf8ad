from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from app.desk.tables import Tables, open_tables
from app.server.accounts import Accounts
from tests.fakes_server import Team, team


def pytest_configure(config: pytest.Config) -> None:
    # Gradio 6.31 calls pandas in ways that pandas 3 deprecates, in the thread that serves every request.
    for message in ("'future.no_silent_downcasting' is deprecated", "The copy keyword is deprecated"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@pytest.fixture(scope="session", autouse=True)
def _passwords_hashed_fast() -> Iterator[None]:
    """Weakens Argon2, which takes a fifth of a second for a password on purpose."""
    fast = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.server.accounts._hasher", lambda: fast)
        yield


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    with closing(open_tables(tmp_path)) as opened:
        yield opened


@pytest.fixture
def accounts(tables: Tables) -> Accounts:
    return Accounts(tables)


@pytest.fixture(scope="session")
def served(filled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A server with local accounts."""
    with team(filled_store, tmp_path_factory.mktemp("team")) as running:
        yield running
