"""Negated questions: who was silent, and who is against something."""

from app.question.kinds import asks_who_was_silent
from app.question.reading import resolve
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)


@cases("question")
def test_a_denied_verb_of_saying_asks_who_was_silent(question: str) -> None:
    assert asks_who_was_silent(question)


@cases("question")
def test_a_denied_deed_asks_who_says_so(question: str, parties: PartyTable) -> None:
    assert not asks_who_was_silent(question)
    read = resolve(question, parties)
    assert not read.negated


def test_who_does_not_do_something_is_asked_for_a_position(parties: PartyTable) -> None:
    read = resolve("Which States do not want civil society in the working groups?", parties)
    assert (read.kind, read.negated, read.all_states, read.stance) == ("which_states", False, True, True)
