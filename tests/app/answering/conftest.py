"""The statements of the stored fixtures as sources."""

import pytest

from app.records import Sources
from tests.fakes_corpora import Stored


@pytest.fixture
def sources(stored: Stored) -> Sources:
    return Sources(
        statements={statement.statement_id: statement for statement, _ in stored.values()},
        sentences={statement.statement_id: sentences for statement, sentences in stored.values()},
    )
