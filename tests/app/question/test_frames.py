"""What a question wants besides its scope: a treaty's own words, a position, a change, or nothing that is held here."""

import re

from app.question.reading import resolve
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")


@cases("question", "treaty", "articles", "topic", tuples=True)
def test_a_question_for_a_treatys_own_words_is_known(
    question: str, treaty: str, articles: tuple[str, ...], topic: str, parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert read.provision and not read.all_states and read.scope.topic == topic
    assert [(each.treaty, each.articles) for each in read.scope.treaties] == [(treaty, articles)]


@cases("question")
def test_a_question_about_statements_asks_for_no_provision(question: str, parties: PartyTable) -> None:
    assert not resolve(question, parties).provision


def test_the_protocols_are_all_three(parties: PartyTable) -> None:
    for question in ("What did Arvandia say about the Protocols?", "Que dit l’Esquarie des trois Protocoles ?"):
        found = {each.treaty for each in resolve(question, parties).scope.treaties}
        assert found == {"TIP", "SOM", "FIREARMS"}
    both = resolve("What did Arvandia say about this Convention and its Protocols?", parties).scope.treaties
    assert {each.treaty for each in both} == {"UNTOC", "TIP", "SOM", "FIREARMS"}


@cases("question", "bare")
def test_articles_without_their_treaty_are_known(question: str, bare: bool, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.assumed_treaty == bare and read.scope.treaties[0].articles == ("4",)


@cases("question", "stance")
def test_a_question_for_a_position_is_known(question: str, stance: bool, parties: PartyTable) -> None:
    assert resolve(question, parties).stance == stance


@cases("question", "over_time")
def test_a_question_about_change_is_known(question: str, over_time: bool, parties: PartyTable) -> None:
    assert resolve(question, parties).over_time == over_time


@cases("question")
def test_a_pronoun_alone_names_nobody(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.unnamed and not read.all_states and read.scope.states == ()


@cases("question")
def test_what_statements_cannot_answer_is_out_of_scope(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert not read.is_statement_question


@cases("question")
def test_work_on_statements_is_in_scope(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.is_statement_question


@cases("question", "states", tuples=True)
def test_an_unclear_name_in_the_topic_is_not_asked_back(
    question: str, states: tuple[str, ...], parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert (read.unclear, read.scope.states) == (None, states)


@cases("question")
def test_an_unknown_speaker_is_asked_back(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.unclear and re.search(r"(?i)w?olmand|волманд|ولمنديا|沃尔曼迪", read.unclear) and not read.known_name


@cases("question")
def test_who_spoke_is_told_by_the_statement(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert (read.kind, read.all_states, len(read.scope.states)) == ("metadata", False, 1)
