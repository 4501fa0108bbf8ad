"""Questions that are known to be misread: `misread.txt` lists their tests, each a reading still to be taught."""

from pathlib import Path

import pytest

_LISTED = frozenset((Path(__file__).parent / "misread.txt").read_text(encoding="utf-8").splitlines())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the listed tests as expected failures, so that any other failure shows a reading that got worse."""
    for item in items:
        name = f"{item.path.name}::{item.name}".encode("unicode_escape").decode()
        if Path(__file__).parent in item.path.parents and name in _LISTED:
            item.add_marker(pytest.mark.xfail(reason="misread", strict=False))
