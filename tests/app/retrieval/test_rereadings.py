"""Times, bodies and groups that match no statement are searched for in the words of the statements instead."""

import pytest

from app.question.subjects import alternatives_in
from tests.cases import Cases
from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

cases = Cases(__file__)


@cases("question", "names")
def test_a_year_without_statements_is_looked_for_in_their_words(question, names, workspace):
    answer = workspace.assistant.ask(question)
    assert answer.status != "abstained"
    assert names in " ".join(citation.quote for citation in answer.citations)
    assert not answer.scope.years
    assert any(names in note and "spoken of" in note for note in answer.scope.notes)
    found = workspace.retriever().invoke(question)
    assert found and all(names in document.page_content for document in found)
    assert {citation.state for citation in answer.citations} <= {document.metadata["state"] for document in found}
    assert workspace.retrieve(question).statements_in_scope


def test_a_body_without_statements_is_spoken_of_where_everyone_is_asked(tmp_path):
    files = {"a.txt": "We support a seat for Belmora in the Security Council.\n", "b.txt": "Thank you.\n"}
    with workspace_over(tmp_path, files, "file,state\na.txt,XAA\nb.txt,XAB\n") as desk:
        answer = desk.assistant.ask("Who supports a seat for Belmora in the Security Council?")
    assert [claim.state for claim in answer.claims] == ["XAA"]
    assert any("spoken of" in note for note in answer.scope.notes)


def test_a_figure_is_quoted_with_the_heads_of_its_columns(tmp_path):
    table = "Year\tRequests received\n\n2018\t54\n\n2019\t61\n\n2020\t47\n\n2021\t49"
    text = f"The table shows what our central authority did.\n\n{table}\n\nWe thank the host."
    with workspace_over(tmp_path, {"a.txt": text}, "file,state,date\na.txt,XMR,2022\n") as workspace:
        answer = workspace.assistant.ask("How many requests did Maravel receive in 2021?")
    assert answer.status == "answered"
    quotes = [citation.source_quote for citation in answer.citations]
    assert quotes[0].startswith("Year\tRequests received") and "2021\t49" in "".join(quotes)


def test_a_group_that_holds_nothing_is_spoken_of_and_a_state_stays_asked_about(workspace):
    answer = workspace.assistant.ask("What did Arvandia say about the training that UNODC gave to magistrates?")
    assert answer.scope.states == ("XAA",) and answer.scope.groups == ()
    assert {citation.state for citation in answer.citations} == {"XAA"}
    answer = workspace.assistant.ask("What did Arvandia and Switzerland say about extradition?")
    assert answer.scope.states == ("XAA", "CHE")
    assert answer.coverage.states_without_statement == ("CHE",)


def test_words_of_a_group_that_do_not_name_the_year_are_not_quoted_for_it(tmp_path):
    own, of_group = "In 2015 we granted nine requests for extradition.", "We attach great importance to extradition."
    manifest = "file,state,on_behalf_of,date\na.txt,XMR,,2018\nb.txt,XGR,XGR,2018\n"
    with workspace_over(tmp_path, {"a.txt": own, "b.txt": of_group}, manifest) as workspace:
        ask = workspace.assistant.ask
        assert [c.quote for c in ask("What did Maravel say about extradition in 2015?").citations] == [own]
        assert [c.state for c in ask("What did Maravel say about extradition in 2018?").citations] == ["XMR", "XGR"]


@pytest.mark.parametrize(
    ("told", "question"),
    [
        (
            "Between 2010 and 2021 we surrendered 164 persons.",
            "How many persons did Maravel surrender between 2010 and 2021?",
        ),
        ("Entre 2010 y 2021 entregamos a 164 personas.", "¿Cuántas personas entregó Maravel entre 2010 y 2021?"),
    ],
)
def test_a_number_of_a_time_is_told_by_a_later_statement_that_names_it(told, question, tmp_path):
    manifest = "file,state,date\na.txt,XMR,2018\nb.txt,XMR,2022\n"
    with workspace_over(tmp_path, {"a.txt": "Ferries are of gold.", "b.txt": told}, manifest) as workspace:
        answer = workspace.assistant.ask(question)
        assert [citation.quote for citation in answer.citations] == [told] and not answer.scope.years
        assert any("2021" in note for note in answer.scope.notes)
        assert workspace.assistant.ask("How many persons did Maravel surrender between 2012 and 2020?").abstention
        # Such a time has no year that a statement could name.
        assert workspace.assistant.ask("How many judges did Maravel train in recent years?").abstention


def test_a_fact_of_a_state_and_a_group_may_be_told_by_the_group(tmp_path):
    question, told = "When did {} join the Riparian Group?", "Ilvenor joined the Group on 1 January 2023."
    files = {"a.txt": "Ferries are of gold.", "b.txt": told}
    manifest = "file,state,on_behalf_of,date\na.txt,XIV,,2024\nb.txt,XGR,XGR,2024\n"
    with workspace_over(tmp_path, files, manifest) as workspace:
        answer = workspace.assistant.ask(question.format("Ilvenor"))
        assert [
            (claim.state, citation.quote) for claim, citation in zip(answer.claims, answer.citations, strict=True)
        ] == [("XGR", told)]
        assert any("Ilvenor" in note for note in answer.scope.notes)
        for silent in (
            question.format("Maravel"),
            "What did Ilvenor say about the Riparian Group?",
            "When was the Riparian Group joined, as supplied by Ilvenor?",
        ):
            assert workspace.assistant.ask(silent).abstention


def test_a_set_of_states_without_words_of_its_own_is_each_of_its_members(tmp_path):
    text, manifest = "Fyrossa has gold on every island.", "file,state,date\na.txt,XFY,2018\n"
    with workspace_over(tmp_path, {"a.txt": text}, manifest) as workspace:
        answer = workspace.assistant.ask("What do the Island and Coastal States say about gold?")
        assert [c.quote for c in answer.citations] == [text] and answer.scope.members_of == ("XIC",)
        assert any("Island and Coastal States" in note for note in answer.scope.notes)
        alone = workspace.assistant.ask("What does the Island Forum say about gold?")
        assert alone.abstention is not None and alone.scope.groups == ("XIC",)


@cases("topic", "language", "parts", tuples=True, at_once=True)
def test_a_topic_has_its_alternatives_between_conjunctions(topic, language, parts):
    assert alternatives_in(topic, language) == parts


@pytest.mark.parametrize("joined", ["zeppelins or extradition", "extradition and zeppelins"])
def test_of_two_alternatives_the_one_that_is_spoken_of_is_quoted_and_the_other_named(joined, tmp_path):
    own = "Extradition is granted on the basis of reciprocity."
    with workspace_over(tmp_path, {"a.txt": own}, "file,state,date\na.txt,XMR,2018\n") as workspace:
        answer = workspace.assistant.ask(f"What did Maravel say about {joined}?")
        assert answer.status == "answered" and [citation.quote for citation in answer.citations] == [own]
        assert "Nothing was found on zeppelins." in answer.answer
        silent = workspace.assistant.ask("What did Maravel say about zeppelins or quibbling flamingos?")
        assert silent.status == "abstained" and silent.scope.topic == "zeppelins or quibbling flamingos"
