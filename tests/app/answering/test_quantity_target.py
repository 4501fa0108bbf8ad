"""Whether a number in evidence counts what the question counts."""

from app.answering.answer_type_check import contains_answer_type
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)


@cases("question", "text")
def test_a_number_of_what_is_asked_answers(question: str, text: str, parties: PartyTable) -> None:
    assert contains_answer_type("number", [text], parties, (), question)


@cases("question", "text")
def test_a_number_of_something_else_does_not(question: str, text: str, parties: PartyTable) -> None:
    assert not contains_answer_type("number", [text], parties, (), question)
    assert contains_answer_type("number", [text], parties, ())
