"""Readings that a chat model proposes: what it names has to stand in the question."""

import json

import pytest

from app.chat_model import LlmConfig
from app.question.reading import read_question
from app.question.resolution import Resolution
from ingest.parties.party_table import PartyTable
from tests.fakes_chat import writer


def _read(question: str, proposed: dict[str, object] | str | Exception, parties: PartyTable) -> Resolution:
    said = json.dumps(proposed) if isinstance(proposed, dict) else proposed
    return read_question(
        question, parties, propose=writer(lambda *_: said, config=LlmConfig(model="scripted:test")).propose
    )


def test_names_and_words_that_are_not_in_the_question_are_dropped(parties):
    question = "What did Chile say about gold at the tenth session in 2020?"
    invented = {
        "speakers": ["Chile", "Peru", "Freedonia"],
        "left_out": ["Brazil"],
        "topic": "diamonds",
        "filters": ["2031", "eleventh session", "article 4"],
        "kind": "content",
    }
    read = _read(question, invented, parties)
    assert read.scope == read_question(question, parties).scope
    assert (read.scope.states, read.scope.sessions, read.scope.years) == (("CHL",), ("10",), ("2020",))


def test_who_speaks_and_what_of_is_taken_as_proposed(parties):
    question = "Peru, Chile: gold mines in 2020"
    read = _read(question, {"speakers": ["the Republic of Chile"], "topic": "GOLD MINES", "kind": "position"}, parties)
    assert (read.scope.states, read.scope.topic, read.scope.years) == (("CHL",), "gold mines", ("2020",))
    assert (read.kind, read.stance) == ("position", True)


def test_a_filter_inside_the_topic_filters_where_it_is_proposed(parties):
    read = _read(
        "Chile on gold in 2020", {"speakers": ["Chile"], "topic": "gold in 2020", "filters": ["2020"]}, parties
    )
    assert read.scope.years == ("2020",)


@pytest.mark.parametrize("said", ["no JSON", {"kind": "rumour"}, {"speakers": 7}, RuntimeError("down")])
def test_without_a_proposal_that_can_be_read_the_question_is_read_as_ever(said, parties):
    question = "What did Chile say about gold?"
    assert _read(question, said, parties) == read_question(question, parties)
