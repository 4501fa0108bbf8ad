"""Shared fixtures of the evals' tests: the paths of evals files in a store, and statements as ground truth."""

from pathlib import Path

import pytest

from evals.case_sets import CONFERENCE, SAMPLE
from evals.cases.documents import Documents, read_documents
from evals.files import EvalPaths


@pytest.fixture
def paths(tmp_path: Path) -> EvalPaths:
    return EvalPaths(tmp_path / "store")


@pytest.fixture(scope="session")
def smoke_documents() -> Documents:
    return read_documents([CONFERENCE, SAMPLE])


@pytest.fixture(scope="session")
def speeches(test_data: Path) -> Documents:
    """Returns real speeches of the general debate, read once for all tests."""
    return read_documents([test_data / "general_debate"])
