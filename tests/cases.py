"""Cases of tests as data: `test_x.yaml` beside `test_x.py` holds tables of what goes in and what comes out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml


class Cases:
    """The tables beside a test module, by the name of the test, or of a constant."""

    def __init__(self, module: str) -> None:
        self._tables: dict[str, Any] = yaml.safe_load(Path(module).with_suffix(".yaml").read_text(encoding="utf-8"))

    def __getitem__(self, name: str) -> Any:
        return self._tables[name]

    def __call__(self, *names: str, tuples: bool = False) -> Callable[[Callable[..., None]], Any]:
        """Runs a test once for each row of its table, with the row's values by these names.

        Values that are lists are given as tuples on demand: the records of the product hold tuples.
        """

        def decorated(test: Callable[..., None]) -> Any:
            rows = self._tables[test.__name__]
            if tuples:
                rows = _as_tuples(rows)
            return pytest.mark.parametrize(names if len(names) > 1 else names[0], rows)(test)

        return decorated


def _as_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_tuples(each) for key, each in value.items()}
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value
