"""Test cases as data: `test_x.yaml` beside `test_x.py` holds tables of inputs and expected outputs."""

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml


def read_yaml(path: Path) -> Any:
    """Reads a YAML file with libyaml, since the parser in Python takes ten times as long."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


class Cases:
    """The tables of the YAML file beside a test module, keyed by the name of a test or of a constant."""

    def __init__(self, module: str) -> None:
        self.all: dict[str, Any] = read_yaml(Path(module).with_suffix(".yaml"))

    def __getitem__(self, name: str) -> Any:
        return self.all[name]

    def tuples(self, name: str) -> Any:
        """Returns a table with tuples in place of lists."""
        return _as_tuples(self.all[name])

    def __call__(
        self, *names: str, tuples: bool = False, at_once: bool = False
    ) -> Callable[[Callable[..., None]], Any]:
        """Parametrizes a test with the rows of its table, as arguments of these names; keys of a mapping become ids.

        `tuples` converts lists to tuples, since the product's records hold tuples. `at_once` runs all rows in one
        test.
        """

        def decorated(test: Callable[..., None]) -> Any:
            rows = self.all[test.__name__]
            if tuples:
                rows = _as_tuples(rows)
            ids = [*rows] if isinstance(rows, dict) else None
            rows = [*rows.values()] if isinstance(rows, dict) else rows
            given = names if len(names) > 1 else names[0]
            return (all_at_once(given, rows) if at_once else pytest.mark.parametrize(given, rows, ids=ids))(test)

        return decorated


def all_at_once(names: Sequence[str] | str, rows: Iterable[Any]) -> Callable[[Callable[..., None]], Any]:
    """Returns a decorator that runs one test over all rows and reports each row that fails.

    Its arguments are those of `pytest.mark.parametrize`. It is meant for thousands of look-ups, where a test for each
    row would take longer than the look-up. All rows share the fixtures.
    """
    rows = list(rows)
    assert rows

    def decorated(test: Callable[..., None]) -> Any:
        def over_all(**fixtures: Any) -> None:
            failed = []
            for row in rows:
                given = {names: row} if isinstance(names, str) else dict(zip(names, row, strict=True))
                try:
                    test(**given, **fixtures)
                except Exception as error:
                    error.add_note(f"in the row {row!r}")
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(rows)} rows fail", failed)

        functools.update_wrapper(over_all, test)
        of_rows = {names} if isinstance(names, str) else set(names)
        left = [value for name, value in inspect.signature(test).parameters.items() if name not in of_rows]
        over_all.__signature__ = inspect.Signature(left)  # type: ignore[attr-defined]
        return over_all

    return decorated


def _as_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_tuples(each) for key, each in value.items()}
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value
