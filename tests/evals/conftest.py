"""What several tests of the evals share: where a store keeps what is theirs, and statements to judge by."""

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
    """Real speeches of the general debate, read once for all that ask for them."""
    return read_documents([test_data / "general_debate"])
