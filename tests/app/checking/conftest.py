"""A checker over the fictional conference, and a corpus made for one test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from app.checking.checker import Checker
from app.checking.corpus_texts import CorpusTextsCache
from app.wiring import Workspace
from ingest.loaders.loaded import LoadLimits
from ingest.parties.party_table import PartyTable
from tests.conftest import PROJECT
from tests.fakes import fake_workspace
from tests.fakes_store import annotated
from vectorstore.catalogue import Catalogue


@pytest.fixture(scope="session")
def conference_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    path = tmp_path_factory.mktemp("checked") / "store"
    with fake_workspace(path) as workspace:
        workspace.corpus.ingest([PROJECT / "evals" / "conference"])
        yield workspace


@pytest.fixture(scope="session")
def checker(conference_store: Workspace) -> Checker:
    return conference_store.checker()


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


@pytest.fixture(scope="module")
def corpus_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Checker]]:
    """Makes a checker over statements given as (id, sentences, metadata)."""
    with ExitStack() as stack:

        def make(*statements: tuple[str, list[str], dict[str, str]]) -> Checker:
            # No store around it: its vector index is not asked.
            path = tmp_path_factory.mktemp("made") / "catalogue.sqlite3"
            catalogue = stack.enter_context(closing(Catalogue(path)))
            for identifier, texts, metadata in statements:
                kind = metadata.pop("kind", "statement")
                item = annotated(identifier, texts, kind, **metadata)
                catalogue.store(item, folder="", digest="", input_key="", vectors={})
            return Checker(CorpusTextsCache(catalogue), PartyTable.load, LoadLimits())

        yield make
