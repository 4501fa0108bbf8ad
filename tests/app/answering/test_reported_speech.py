"""Reported speech: what a bulletin reports of a State is found under that State, and cited as reported."""

import pytest

from tests.cases import Cases
from tests.fakes_corpora import workspace_over

cases = Cases(__file__)

BULLETIN = cases["BULLETIN"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with workspace_over(tmp_path_factory.mktemp("reported"), {"bulletin.txt": BULLETIN}) as workspace:
        yield workspace


def test_a_bulletin_is_no_partys_statement(desk):
    (document,) = desk.corpus.documents()
    assert (document.kind, document.metadata.holders) == ("record", ())


@cases("question", "state", "words")
def test_each_state_is_answered_with_what_is_reported_of_it(question, state, words, desk):
    answer = desk.assistant.ask(question)
    assert answer.status == "answered"
    assert {claim.state for claim in answer.claims} == {state}
    assert {citation.kind for citation in answer.citations} == {"reported"}
    (reported,) = [citation for citation in answer.citations if words in citation.quote]
    assert (" jointly with " in answer.answer) is bool(reported.held_by)
    assert not reported.held_by or state in reported.held_by
    assert "as summarised in the record" in answer.answer


def test_a_supporter_is_not_quoted_for_what_another_asked(desk):
    answer = desk.assistant.ask("What did Esquaria say about closing harbours?")
    assert answer.status == "abstained" and answer.claims == ()


def test_in_a_list_what_others_want_is_quoted_with_what_the_party_says_to_it(tmp_path):
    texts = {
        "XDR.txt": "A number of delegations propose a levy on ships. Drelnia sees that otherwise than they do.",
        "XES.txt": "Esquaria favours a levy on ships. The harbour of Esquaria was dredged in May.",
    }
    with workspace_over(tmp_path, texts, "file,state,date\nXDR.txt,XDR,2020\nXES.txt,XES,2020\n") as workspace:
        answer = workspace.assistant.ask("Which States spoke of a levy on ships?")
    quoted = {citation.state: citation.quote for citation in answer.citations}
    assert quoted["XDR"].endswith("Drelnia sees that otherwise than they do.")
    assert quoted["XES"] == "Esquaria favours a levy on ships."
