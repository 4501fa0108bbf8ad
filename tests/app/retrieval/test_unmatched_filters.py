"""Times, bodies and groups that match no statement are searched for in the words of the statements instead."""

from tests.cases import Cases

cases = Cases(__file__)


@cases("question", "names")
def test_a_year_without_statements_is_looked_for_in_their_words(question, names, workspace):
    answer = workspace.assistant.ask(question)
    assert answer.status != "abstained"
    assert names in " ".join(citation.quote for citation in answer.citations)
    assert not answer.scope.years
    assert any(names in note and "spoken of" in note for note in answer.scope.notes)
    found = workspace.retriever().invoke(question)
    assert {citation.state for citation in answer.citations} <= {document.metadata["state"] for document in found}
    assert workspace.retrieve(question).statements_in_scope


def test_a_year_that_no_statement_names_stays_a_time_without_statements(workspace):
    answer = workspace.assistant.ask("What did Arvandia say about extradition in 1999?")
    assert answer.abstention is not None and answer.abstention.reason == "no_statement"
    assert answer.scope.years == ("1999",)


def test_a_group_that_holds_nothing_is_spoken_of_and_a_state_stays_asked_about(workspace):
    answer = workspace.assistant.ask("What did Arvandia say about the training that UNODC gave to magistrates?")
    assert answer.scope.states == ("XAA",) and answer.scope.groups == ()
    assert {citation.state for citation in answer.citations} == {"XAA"}
    answer = workspace.assistant.ask("What did Arvandia and Switzerland say about extradition?")
    assert answer.scope.states == ("XAA", "CHE")
    assert answer.coverage.states_without_statement == ("CHE",)
