"""Overrides: parts of a scope that are set in place of what was read, and stay in the turns that follow."""

from typing import Any, Final

import pytest

from app.errors import ScopeError
from app.question.reading import resolve
from app.question.turns.state import EarlierTurn
from ingest.parties.party_table import PartyTable
from tests.app.question.reading_parts import check
from tests.cases import Cases

cases = Cases(__file__)
ARTICLE = "What did Arvandia say in 2031 about article 4?"
SCOPE: Final = "states groups sessions years months bodies agenda_items treaties pick topic".split()


@pytest.mark.parametrize(("time", "overrides", "left"), [
    ("in 2015-2017", {"years": [2020]}, (("2020",), (), None, None)),
    ("since 2022", {"years": ["2016"]}, (("2016",), (), None, None)),
    ("in October 2020", {"years": ["2024"]}, (("2024",), (), None, None)),
    ("in 2020", {"interval": ["2022", None]}, ((), (), ("2022", None), None)),
    ("in 2020", {"interval": ["2018", "2018-10"]}, ((), (), ("2018", "2018-10"), None)),
    ("in 2020", {"months": ["2024-10"]}, ((), ("2024-10",), None, None)),
    # Parts of a time that are given together hold together; emptying one removes that part only.
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


@pytest.mark.parametrize(("overrides", "words"), [
    ({}, ["General Assembly", "2019"]),
    ({"years": ["2015"]}, ["General Assembly"]),
    ({"bodies": ["UNTOC COP"]}, ["2019"]),
    ({"states": ["AUT"]}, ["General Assembly", "2019"]),
])  # fmt: skip
def test_a_filter_that_is_replaced_is_none_of_the_question(
    overrides: dict[str, Any], words: list[str], parties: PartyTable
) -> None:
    read = resolve("What did Iran say at the General Assembly about gold in 2019?", parties, overrides=overrides)
    assert [each.words for each in read.filters] == words


@pytest.mark.parametrize("interval", [["2020", "2016"], ["2020-10", "2020-03"], ["2020-10", "2019"]])
def test_an_interval_that_ends_before_it_begins_is_refused(interval: list[str], parties: PartyTable) -> None:
    with pytest.raises(ScopeError, match="ends before it begins"):
        resolve("What did Arvandia say about extradition?", parties, overrides={"interval": interval})


def test_a_choice_settles_an_ambiguous_name(parties: PartyTable) -> None:
    read = resolve("What did Congo say about extradition?", parties, overrides={"states": ["COG"]})
    assert read.unclear is None and read.scope.states == ("COG",)


def test_a_kind_that_is_set_leaves_nothing_of_the_kind_that_was_read(parties: PartyTable) -> None:
    denying = resolve("Which States do not extradite their nationals?", parties)
    assert denying.denies and not resolve(denying.question, parties, overrides={"kind": "content"}).denies
    sought = resolve('Who said "we shall leave no harbour unlit"?', parties)
    as_content = resolve(sought.question, parties, overrides={"kind": "content"})
    assert (as_content.quote, as_content.scope.topic) == ("", sought.quote) != ("", "")


@cases("question", "overrides", "expected")
def test_overrides_take_the_place_of_what_was_read(
    question: str, overrides: dict[str, Any], expected: dict[str, Any], parties: PartyTable
) -> None:
    check(resolve(question, parties, overrides=overrides), [*SCOPE, "members_of", "notes"], expected)


@cases("overrides", "says")
def test_overrides_that_name_nothing_known_are_errors(
    overrides: dict[str, Any], says: str, parties: PartyTable
) -> None:
    with pytest.raises(ScopeError, match=says):
        resolve("What did Iran say about article 4?", parties, overrides=overrides)
    with pytest.raises(ScopeError, match=says):
        resolve("and Belmora?", parties, history=[EarlierTurn(question=ARTICLE, overrides=overrides)])


@cases("overrides", "question", "expected")
def test_what_was_set_by_hand_is_carried_on(
    overrides: dict[str, Any], question: str, expected: dict[str, Any], parties: PartyTable
) -> None:
    edited = EarlierTurn(question=ARTICLE, overrides=overrides)
    check(resolve(question, parties, history=[edited]), [*SCOPE, "all_states"], expected)
    later = resolve("and Drelnia?", parties, history=[edited, question])
    check(later, [*SCOPE, "all_states"], {**expected, "states": ["XDR"], "all_states": False})


def test_kept_names_only_what_is_still_as_it_was(parties: PartyTable) -> None:
    history = ["What did Arvandia and Galdoria say in 2031 about article 4?"]
    for states, kept in ((None, True), (["XAA"], True), ([], False), (["XAB"], False)):
        overrides = {} if states is None else {"states": states}
        read = resolve("only 2030", parties, history=history, overrides=overrides)
        assert read.scope.kept == (("states", "treaties") if kept else ("treaties",))


def test_an_answers_own_scope_can_be_given_back_with_its_question(parties: PartyTable) -> None:
    scope = {
        "states": ["XAA"],
        "treaties": [],
        "years": ["2031"],
        "topic": "extradition",
        "kept": ["years"],
        "notes": [],
    }
    turn = EarlierTurn(question="and on extradition?", overrides={**scope, "notes": []})
    check(
        resolve("and Belmora?", parties, history=[turn]),
        SCOPE,
        {"states": ["XAB"], "years": ["2031"], "topic": "extradition"},
    )
