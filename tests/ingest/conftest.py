"""Shared fixtures of the ingest tests: parties of the fictional conference, an annotator that knows them, a store."""

import pytest

from ingest.annotate import Annotator
from ingest.indexer import Indexer, IngestOptions
from ingest.loaders.loaded import LoadedText, LoadLimits
from ingest.parties.party_table import PartyTable
from ingest.text.splitter import SplitConfig
from tests.conftest import PROJECT
from tests.fakes import HashingEmbedder
from vectorstore.store import Store


@pytest.fixture(scope="session")
def parties():
    return PartyTable.load(PROJECT / "evals" / "conference" / "parties.csv")


@pytest.fixture(scope="session")
def annotator(parties):
    return Annotator(parties, SplitConfig(), HashingEmbedder())


@pytest.fixture(scope="session")
def read(annotator):
    """Returns a function that reads a text as a statement, with a row of a manifest if given."""

    def read_text(text, row=None):
        loaded = LoadedText(text=text, sha256="0" * 64)
        return annotator.read(loaded, row, file="a.txt", kind="statement", input_key="")

    return read_text


@pytest.fixture(scope="session")
def annotate(annotator, read):
    """Returns a function that reads and annotates a text in the same way."""
    return lambda text, row=None: annotator.annotate(read(text, row).document)


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store", HashingEmbedder())
    yield opened
    opened.close()


@pytest.fixture
def ingest(store):
    """Returns a function that ingests paths into the store."""

    def ingest_paths(*paths, limits=None, **options):
        indexer = Indexer(store, HashingEmbedder(), SplitConfig(), limits or LoadLimits())
        return indexer.ingest(list(paths), IngestOptions(**options))

    return ingest_paths
