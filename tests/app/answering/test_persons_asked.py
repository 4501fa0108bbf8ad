"""Questions on persons: those who delivered statements are asked of these, and others are asked back."""

import pytest

from app.answering.history import turn_of
from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

HEADING = "Tessaria\n\nStatement by {}\n\n"
OWN, OF_ANOTHER = "We train officers for the ferries of gold.", "We train officers for the ferries of silver."


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    files = {
        "a.txt": HEADING.format("Ms. Nerida Calloway, Attorney-General") + OWN,
        "b.txt": HEADING.format("Mr. Idhar Nawfaleh") + OF_ANOTHER,
    }
    manifest = "file,state,date\na.txt,XTS,2018\nb.txt,XTS,2022\n"
    with workspace_over(tmp_path_factory.mktemp("persons"), files, manifest) as workspace:
        yield workspace.assistant


@pytest.mark.parametrize(
    "question",
    [
        "What did Ms. Calloway say about ferries?",
        "Did Nerida Calloway mention ferries?",
        "Что сказала г-жа Calloway о паромах (ferries)?",
        "ماذا قالت السيدة Calloway عن ferries؟",
    ],
)
def test_a_person_is_asked_by_the_statements_that_name_her(question, assistant):
    answer = assistant.ask(question)
    assert answer.scope.states == ("XTS",)
    assert answer.coverage.statements_in_scope == 1
    assert {citation.speaker for citation in answer.citations} <= {"Ms. Nerida Calloway, Attorney-General"}
    assert any("Nerida Calloway" in note for note in answer.scope.notes)


def test_a_follow_up_on_another_topic_stays_with_the_person(assistant):
    question = "What did Ms. Calloway say about ferries?"
    first = assistant.ask(question)
    assert [citation.quote for citation in first.citations] == [OWN]
    for before in (turn_of(first), question):
        again = assistant.ask("And what about officers?", history=[before])
        assert {citation.quote for citation in again.citations} == {OWN}


@pytest.mark.parametrize("name", ["President Olm", "Ms. Olm", "Mr. Brann Olm"])
def test_an_unknown_person_is_asked_back(name, assistant):
    answer = assistant.ask(f"What did {name} say about ferries?")
    assert answer.abstention is not None and answer.abstention.reason == "ambiguous"
    assert "Olm as its speaker" in answer.abstention.message
