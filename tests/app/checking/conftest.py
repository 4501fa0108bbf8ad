"""A checker over the fictional conference, and a corpus made for one test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from app.checking.checker import Checker
from app.checking.comparing.corpus_texts import CorpusTextsCache
from app.wiring import Workspace
from ingest.loaders.loaded import LoadLimits
from ingest.parties.party_table import PartyTable
from tests.fakes_attacks import ATTACKS, attacked_parties, attacked_statements
from tests.fakes_corpora import Stored
from tests.fakes_store import annotated, put
from vectorstore.catalogue import Catalogue


@pytest.fixture(scope="session")
def checker(workspace: Workspace) -> Checker:
    return workspace.checker()


@pytest.fixture(scope="session")
def spoken(stored: Stored) -> dict[str, tuple[str, ...]]:
    """The readable sentences of every statement, by file name."""
    return {
        name: tuple(" ".join(s.text.split()) for s in sentences if s.paragraph)
        for name, (_, sentences) in stored.items()
    }


@pytest.fixture(scope="module")
def attacked(
    request: pytest.FixtureRequest, corpus_of: Callable[..., Checker], tmp_path_factory: pytest.TempPathFactory
) -> Checker:
    """A checker over the statements of one set of attacks, by default the first."""
    data = ATTACKS[getattr(request, "param", "")]
    parties = attacked_parties(data, tmp_path_factory.mktemp("attacked") / "parties.csv")
    return corpus_of(*attacked_statements(data), parties=lambda: parties)


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a catalogue without texts, which is copied faster than its tables are made."""
    path = tmp_path_factory.mktemp("empty") / "catalogue.sqlite3"
    Catalogue(path).close()
    return path


@pytest.fixture(scope="module")
def corpus_of(tmp_path_factory: pytest.TempPathFactory, empty_catalogue: Path) -> Iterator[Callable[..., Checker]]:
    """Makes a checker over statements given as (id, sentences, metadata)."""
    with ExitStack() as stack:

        def make(
            *statements: tuple[str, list[str], dict[str, Any]], parties: Callable[[], PartyTable] = PartyTable.load
        ) -> Checker:
            # A catalogue without a store is enough: the checks use no vector index.
            path = Path(shutil.copy(empty_catalogue, tmp_path_factory.mktemp("made")))
            catalogue = stack.enter_context(closing(Catalogue(path)))
            put(catalogue, *(annotated(identifier, texts, **metadata) for identifier, texts, metadata in statements))
            return Checker(CorpusTextsCache(catalogue), parties, LoadLimits())

        yield make
