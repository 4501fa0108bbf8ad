"""Several subjects of one question: each is searched and quoted by itself, and which one is silent is said."""

from typing import Any

import pytest

from app.answering.history import turn_of
from tests.app.answering.conftest import Said
from tests.cases import Cases

cases = Cases(__file__)

pytestmark = pytest.mark.integration

_SAID = {
    "a": "We support tolls on every canal.\n\nThank you.\n\nWe oppose sanctions against fishermen.\n",
    "b": "We welcome tolls on foreign ships.\n\nThank you.\n",
}
_TOLLS, _SANCTIONS = "We support tolls on every canal.", "We oppose sanctions against fishermen."


def _quotes(answer: Any) -> list[str]:
    return [citation.quote for citation in answer.citations]


def test_each_subject_is_quoted_under_its_name_in_the_order_asked(said: Said) -> None:
    with said(**_SAID) as desk:
        answer = desk.assistant.ask("What did Arvandia say about sanctions, and what about tolls?")
    assert _quotes(answer) == [_SANCTIONS, _TOLLS]
    places = [answer.answer.index(words) for words in ("On sanctions:", _SANCTIONS, "On tolls:", _TOLLS)]
    assert places == sorted(places)
    assert "Nothing was found" not in answer.answer


@cases("question", "silent")
def test_a_subject_on_which_nothing_was_said_is_named_with_who_is_silent(
    question: str, silent: str, said: Said
) -> None:
    with said(**_SAID) as desk:
        answer = desk.assistant.ask(question)
    assert (answer.status, _TOLLS in _quotes(answer)) == ("answered", True)
    assert silent in answer.answer
    assert answer.answer.count("Nothing was found") == 1


def test_a_topic_that_a_follow_up_adds_is_searched_by_itself(said: Said) -> None:
    with said(**_SAID) as desk:
        first = desk.assistant.ask("What did Arvandia say about tolls?")
        answer = desk.assistant.ask("also on sanctions", history=[turn_of(first)])
    assert answer.scope.topic == "tolls; sanctions"
    assert _quotes(answer) == [_TOLLS, _SANCTIONS]


def test_a_topic_with_and_is_one_subject_unless_only_its_parts_are_spoken_of(said: Said) -> None:
    with said(a="We support tolls and sanctions alike.") as desk:
        answer = desk.assistant.ask("What did Arvandia say about tolls and sanctions?")
    assert answer.scope.topic == "tolls and sanctions"
    assert "*On " not in answer.answer and "Nothing was found" not in answer.answer
    with said(**_SAID) as desk:
        answer = desk.assistant.ask("What did Arvandia say about tolls and sanctions?")
    assert answer.scope.topic == "tolls; sanctions"
    assert {_TOLLS, _SANCTIONS} <= {*_quotes(answer)}


def test_of_relations_each_side_is_quoted_where_it_names_the_other(said: Said) -> None:
    words = "Belmora closed its ports to us.\n\nThank you.\n\nArvandia builds ports."
    with said(a=words, b="Belmora thanks its neighbours.") as desk:
        answer = desk.assistant.ask("How are relations between Arvandia and Belmora?")
    assert _quotes(answer) == ["Belmora closed its ports to us."]
    assert "Nothing was found on Arvandia." in answer.answer


def test_a_quotation_on_two_subjects_stands_once_under_both(said: Said) -> None:
    with said(a="Tolls and sanctions harm fishermen.\n\nThank you.\n\nSanctions closed our ports.") as desk:
        answer = desk.assistant.ask("What did Arvandia say about tolls, and what about sanctions?")
    both, one = "Tolls and sanctions harm fishermen.", "Sanctions closed our ports."
    assert _quotes(answer) == [both, one]
    places = [answer.answer.index(words) for words in ("*On tolls, sanctions:*", both, "*On sanctions:*", one)]
    assert places == sorted(places) and answer.answer.count(both) == 1
    assert "Nothing was found" not in answer.answer


def test_of_several_parties_each_keeps_its_own_quotations(said: Said) -> None:
    with said(a="Tolls and sanctions harm us.", b="Tolls and sanctions harm us.") as desk:
        answer = desk.assistant.ask("What did Arvandia and Belmora say about tolls and about sanctions?")
    assert [citation.state for citation in answer.citations] == ["XAA", "XAB"]
    assert "Nothing was found" not in answer.answer


def test_a_topic_that_is_left_out_is_not_quoted(said: Said) -> None:
    with said(**_SAID) as desk:
        answer = desk.assistant.ask("What did Arvandia say other than on tolls?")
    assert _SANCTIONS in _quotes(answer)
    assert _TOLLS not in answer.answer
    assert answer.scope.notes == ("left out: tolls",)


def test_a_list_on_an_article_and_a_topic_names_who_spoke_of_both(said: Said) -> None:
    electronic = "Requests under article 18 of UNTOC should be sent by electronic means, without paper."
    spoken = {"a": "In 2015 we received 61 requests under article 18 of UNTOC.\n", "b": f"{electronic}\n"}
    with said(**spoken) as desk:
        both = desk.assistant.ask("Which States spoke about article 18 of UNTOC?")
        answer = desk.assistant.ask("Which States cited article 18 of UNTOC on electronic means?")
        silent = desk.assistant.ask("Which States cited article 18 of UNTOC on fishing nets?")
    assert {claim.state for claim in both.claims} == {"XAA", "XAB"}
    assert [(claim.state, claim.text) for claim in answer.claims] == [("XAB", f"Belmora: “{electronic}”")]
    assert (silent.status, silent.abstention and silent.abstention.reason) == ("abstained", "not_mentioned")
