"""Overrides of a question's time: one that is given takes the place of the whole time that the question states."""

from typing import Any

import pytest

from app.errors import ScopeError
from app.question.reading import resolve
from ingest.parties.party_table import PartyTable


@pytest.mark.parametrize(("time", "overrides", "left"), [
    ("in 2015-2017", {"years": [2020]}, (("2020",), (), None, None)),
    ("since 2022", {"years": ["2016"]}, (("2016",), (), None, None)),
    ("in October 2020", {"years": ["2024"]}, (("2024",), (), None, None)),
    ("in 2020", {"interval": ["2022", None]}, ((), (), ("2022", None), None)),
    ("in 2020", {"interval": ["2018", "2018-10"]}, ((), (), ("2018", "2018-10"), None)),
    ("in 2020", {"months": ["2024-10"]}, ((), ("2024-10",), None, None)),
    # What is given together holds together, and what is emptied is alone taken away.
    ("in 2015", {"years": ["2020"], "months": ["2020-10"]}, (("2020",), ("2020-10",), None, None)),
    ("in October 2020", {"months": []}, (("2020",), (), None, None)),
    # A pick chooses among the statements of the time.
    ("in 2020", {"pick": "latest"}, (("2020",), (), None, "latest")),
    ("in its latest statement", {"years": ["2020"]}, (("2020",), (), None, "latest")),
    ("in 2015-2017", {"sessions": ["10"]}, (("2015", "2016", "2017"), (), ("2015", "2017"), None)),
])  # fmt: skip
def test_a_time_that_is_given_is_the_whole_time(
    time: str, overrides: dict[str, Any], left: tuple[Any, ...], parties: PartyTable
) -> None:
    scope = resolve(f"What did Arvandia say about extradition {time}?", parties, overrides=overrides).scope
    assert (scope.years, scope.months, scope.interval, scope.pick) == left


@pytest.mark.parametrize("interval", [["2020", "2016"], ["2020-10", "2020-03"], ["2020-10", "2019"]])
def test_an_interval_that_ends_before_it_begins_is_refused(interval: list[str], parties: PartyTable) -> None:
    with pytest.raises(ScopeError, match="ends before it begins"):
        resolve("What did Arvandia say about extradition?", parties, overrides={"interval": interval})
