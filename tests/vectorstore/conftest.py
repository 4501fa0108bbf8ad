"""Shared fixtures of the vectorstore tests."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from vectorstore.catalogue import Catalogue


@pytest.fixture
def catalogue(record: Path | str) -> Iterator[Catalogue]:
    """Yields an empty record on each engine in turn."""
    with closing(Catalogue(record)) as catalogue:
        yield catalogue
