"""A checker over the fictional conference, and a corpus made for one test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.checking.checker import Checker
from app.wiring import Workspace
from ingest.loaders.loaded import LoadLimits
from ingest.parties.party_table import PartyTable
from tests.conftest import PROJECT
from tests.fakes import HashingEmbedder, fake_workspace
from tests.fakes_store import annotated, keep
from vectorstore.store import open_store


@pytest.fixture(scope="session")
def conference_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    path = tmp_path_factory.mktemp("checked") / "store"
    with fake_workspace(path) as workspace:
        workspace.corpus.ingest([PROJECT / "evals" / "conference"])
        yield workspace


@pytest.fixture(scope="session")
def checker(conference_store: Workspace) -> Checker:
    return Checker(conference_store.store.catalogue, conference_store.corpus.parties, LoadLimits())


@pytest.fixture(scope="session")
def spoken(conference_store: Workspace) -> dict[str, tuple[str, ...]]:
    """The readable sentences of every statement, by file name."""
    catalogue = conference_store.store.catalogue
    return {
        Path(summary.file).stem: tuple(
            " ".join(s.text.split()) for s in catalogue.sentences(summary.document_id) if s.paragraph
        )
        for summary in conference_store.corpus.documents()
    }


@pytest.fixture(scope="session")
def corpus_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Checker]]:
    """Makes a checker over statements given as (id, sentences, metadata)."""
    stores: list[Any] = []

    def make(*statements: tuple[str, list[str], dict[str, str]]) -> Checker:
        embedder = HashingEmbedder()
        store = open_store(tmp_path_factory.mktemp("made") / "store", embedder)
        stores.append(store)
        made = []
        for identifier, texts, metadata in statements:
            kind = metadata.pop("kind", "statement")
            made.append(annotated(identifier, texts, kind, **metadata))
        keep(store, embedder, *made)
        return Checker(store.catalogue, PartyTable.load, LoadLimits())

    yield make
    for store in stores:
        store.close()
