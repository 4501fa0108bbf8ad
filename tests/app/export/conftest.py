"""The arranged fictional briefing that the tests of documents share."""

import pytest

from app.briefing.cells import Briefing
from app.export.briefing_lines import arrange
from tests.fakes_briefing import fake_briefing


@pytest.fixture(scope="session")
def briefing() -> Briefing:
    return arrange(fake_briefing())
