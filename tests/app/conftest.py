"""A store over the fictional conference and the sample statement, with models that need no weights."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from app.export.plots import timeline
from app.wiring import Workspace
from evals.files import CONFERENCE_PARTIES
from ingest.parties.party_table import PartyTable
from tests.conftest import PROJECT
from tests.fakes import HashingEmbedder, OverlapReranker, fake_workspace, second_model
from tests.fakes_briefing import fake_briefing
from tests.fakes_corpora import Stored, stored_in

SAMPLE = PROJECT / "ingest" / "sample" / "000_6237221ecf9e9373.txt"


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder that tests may copy and must not change; it is filled once for all processes of a run."""
    base, path = tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("filled") / "store"
    # The base folders of pytest-xdist's processes have one parent.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "filled-store"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            with fake_workspace(path, second=second_model()) as workspace:
                workspace.corpus.ingest([PROJECT / "evals" / "conference"])
                workspace.corpus.ingest([], sample=True)
            path.rename(shared)
        shutil.copytree(shared, path)
    return path


@pytest.fixture
def store(filled_store: Path, tmp_path: Path) -> Path:
    """A filled store that a test may change."""
    return Path(shutil.copytree(filled_store, tmp_path / "store"))


@contextmanager
def nobody_writes(folder: Path) -> Iterator[None]:
    """Makes a folder and everything in it read-only for the duration of the context."""
    everything = (folder, *folder.rglob("*"))
    for each in everything:
        each.chmod(0o555 if each.is_dir() else 0o444)
    try:
        yield
    finally:
        for each in everything:
            each.chmod(0o755 if each.is_dir() else 0o644)


def obey_permissions() -> None:
    # Root writes everywhere as long as it has the capability CAP_DAC_OVERRIDE; PR_CAPBSET_DROP takes that from a child.
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@pytest.fixture(scope="session")
def workspace(filled_store: Path) -> Iterator[Workspace]:
    """The product over `filled_store`, which it only reads."""
    with fake_workspace(filled_store, read_only=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def parties() -> PartyTable:
    """The parties that `filled_store` knows, for tests that need no store."""
    return PartyTable.load().with_extra(CONFERENCE_PARTIES)


@pytest.fixture(scope="session")
def stored(workspace: Workspace) -> Stored:
    return stored_in(workspace)


@pytest.fixture
def scripted_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the real wiring, and so every command, use models that need no weights."""
    monkeypatch.setattr("app.wiring.SentenceTransformerEmbedder", lambda config: HashingEmbedder())
    monkeypatch.setattr("app.wiring.question_embedder", lambda config: HashingEmbedder())
    monkeypatch.setattr("app.wiring.build_reranker", lambda config: OverlapReranker())


@pytest.fixture(scope="session")
def _picture() -> bytes:
    return timeline(fake_briefing())


@pytest.fixture
def one_picture(_picture: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives all documents one timeline drawn once, since drawing it takes longer than all the rest of a document."""
    monkeypatch.setattr("app.export.briefing_layout.timeline", lambda briefing: _picture)
