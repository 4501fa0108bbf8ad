"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes tells of the machine, not of the code.
settings.register_profile("untoc", deadline=None)
settings.load_profile("untoc")

PROJECT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever the environment of whoever runs them says."""
    for name in list(os.environ):
        if name.startswith("UNTOC_") and name not in ("UNTOC_TEST_DATA", "UNTOC_CHROMIUM"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of texts that may not be published."""
    folder = os.environ.get("UNTOC_TEST_DATA")
    if not folder:
        pytest.skip("UNTOC_TEST_DATA does not name the folder of test data that is not part of the project")
    return Path(folder)


@pytest.fixture(scope="session")
def conference() -> Path:
    """The fictional conference."""
    return PROJECT / "evals" / "conference"
