"""Overrides: parts of a scope that are set in place of what was read, and stay in the turns that follow."""

from typing import Final

import pytest

from app.errors import ScopeError
from app.question.reading import read_question
from app.question.turns.state import EarlierTurn
from tests.app.question.reading_parts import check
from tests.cases import Cases

cases = Cases(__file__)
ARTICLE = "What did Arvandia say in 2031 about article 4?"
SCOPE: Final = "states groups members_of sessions years months interval bodies agenda_items treaties pick topic".split()


@pytest.mark.parametrize(("overrides", "words"), [
    ({}, ["General Assembly", "2019"]),
    ({"years": ["2015"]}, ["General Assembly"]),
    ({"bodies": ["UNTOC COP"]}, ["2019"]),
    ({"states": ["AUT"]}, ["General Assembly", "2019"]),
])  # fmt: skip
def test_a_filter_that_is_replaced_is_none_of_the_question(overrides, words, parties):
    read = read_question("What did Iran say at the General Assembly about gold in 2019?", parties, overrides=overrides)
    assert [each.words for each in read.filters] == words


def test_a_kind_that_is_set_leaves_nothing_of_the_kind_that_was_read(parties):
    denying = read_question("Which States do not extradite their nationals?", parties)
    assert denying.denies and not read_question(denying.question, parties, overrides={"kind": "content"}).denies
    sought = read_question('Who said "we shall leave no harbour unlit"?', parties)
    as_content = read_question(sought.question, parties, overrides={"kind": "content"})
    assert (as_content.quote, as_content.scope.topic) == ("", sought.quote) != ("", "")


@cases("question", "overrides", "expected")
def test_overrides_take_the_place_of_what_was_read(question, overrides, expected, parties):
    check(read_question(question, parties, overrides=overrides), [*SCOPE, "unclear", "notes"], expected)


@cases("question", "overrides", "kind", at_once=True)
def test_a_question_whose_parties_or_subject_are_set_is_no_aside(question, overrides, kind, parties):
    read = read_question(question, parties, overrides=overrides)
    assert (read.kind, read.is_statement_question) == (kind, True)


def test_a_topic_that_no_text_can_hold_is_made_one(parties):
    read = read_question("What did Iran say about gold?", parties, overrides={"topic": "\ud800 silver"})
    assert read.scope.topic == "\ufffd silver"


@cases("overrides", "says")
def test_overrides_that_name_nothing_known_are_errors(overrides, says, parties):
    with pytest.raises(ScopeError, match=says):
        read_question("What did Iran say about article 4?", parties, overrides=overrides)
    with pytest.raises(ScopeError, match=says):
        read_question("and Belmora?", parties, history=[EarlierTurn(question=ARTICLE, overrides=overrides)])


@cases("overrides", "question", "expected")
def test_what_was_set_by_hand_is_carried_on(overrides, question, expected, parties):
    edited = EarlierTurn(question=ARTICLE, overrides=overrides)
    check(read_question(question, parties, history=[edited]), [*SCOPE, "all_states"], expected)
    later = read_question("and Drelnia?", parties, history=[edited, question])
    check(later, [*SCOPE, "all_states"], {**expected, "states": ["XDR"], "all_states": False})


def test_kept_names_only_what_is_still_as_it_was(parties):
    history = ["What did Arvandia and Galdoria say in 2031 about article 4?"]
    for states, kept in ((None, True), (["XAA"], True), ([], False), (["XAB"], False)):
        overrides = {} if states is None else {"states": states}
        read = read_question("only 2030", parties, history=history, overrides=overrides)
        assert read.scope.kept == (("states", "treaties") if kept else ("treaties",))
