"""Joint statements: each State that holds one is answered from it, and the answer names the others."""

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.answering.assistant import Assistant
from app.answering.localization import localize
from app.answering.provenance import reference
from app.answering.verify_citations import verify_citation
from app.briefing.request import read_request
from app.export.briefing_excel import excel_bytes
from app.export.briefing_lines import arrange
from app.export.briefing_markdown import markdown_bytes
from ingest.report import NO_STATE
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_chat import writer
from tests.fakes_corpora import workspace_over, write_corpus
from vectorstore.records import ScopeFilter

pytestmark = pytest.mark.integration

cases = Cases(__file__)

DELIVERED = cases["DELIVERED"]
SIGNED = cases["SIGNED"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    texts = {"delivered.txt": DELIVERED, "signed.txt": SIGNED}
    with workspace_over(tmp_path_factory.mktemp("joint"), texts) as workspace:
        yield workspace


@cases("question", "state", "others", tuples=True)
def test_a_question_on_any_holder_is_answered_and_names_the_others(question, state, others, desk):
    answer = desk.assistant.ask(question)
    assert answer.status == "answered"
    assert {claim.state for claim in answer.claims} == {state}
    for citation in answer.citations:
        assert state in citation.held_by and len(citation.held_by) == 3
        assert verify_citation(citation, desk.corpus.show(citation.statement_id)) == "verified"
    assert all(f"jointly with {', '.join(others)}" in claim.text for claim in answer.claims)


@cases("question", "state")
def test_a_question_of_any_kind_is_answered_from_a_joint_statement(question, state, desk):
    answer = desk.assistant.ask(question)
    assert answer.status == "answered" and {claim.state for claim in answer.claims} == {state}
    assert not answer.dropped_claims and "unknown group" not in answer.answer


@cases("question", "said", "unsaid")
def test_lists_know_all_holders_of_a_joint_statement_and_the_members_of_a_group_that_spoke(
    question, said, unsaid, tmp_path
):
    texts = {
        "joint.txt": cases["TIMBER"],
        "own.txt": "Arvandia strongly supports a common roster of judges for the seized timber.\n",
        "group.txt": "We support a common roster of judges for the seized timber.\n",
        "silent.txt": "Maravel thanks the Chair for the coffee.\n",
        "other.txt": "Lanhai thanks the Chair for the tea.\n",
    }
    manifest = "\n".join(["file,state,date", *cases["ROWS"]])
    with workspace_over(tmp_path, texts, manifest) as workspace:
        answer = workspace.assistant.ask(question)
    assert len({citation.statement_id for citation in answer.citations}) == len(answer.citations)
    assert all(words in answer.answer for words in said) and not any(words in answer.answer for words in unsaid)


def test_a_model_words_for_the_holder_asked_about_what_that_one_did(desk):
    def each_of_both(_system: str, user: str) -> list[tuple[str, list[str]]]:
        line = next(line for line in user.splitlines() if "watches the ports" in line)
        assert '<statement party="Belmora"' in user and '<statement party="Arvandia"' not in user
        return [
            (f"{name} watches the ports of the north.", [line[1 : line.index("]")]]) for name in ("Arvandia", "Belmora")
        ]

    steps = replace(desk.steps, writer=writer(each_of_both))
    answer = Assistant(steps, desk.store.catalogue, keep_traces=0).ask(
        "What did Belmora say about the ports of the north?"
    )
    assert [(claim.state, claim.text) for claim in answer.claims] == [
        ("XAB", "Belmora watches the ports of the north.")
    ]
    assert [claim.text for claim in answer.dropped_claims] == ["Arvandia watches the ports of the north."]


def test_a_list_on_a_topic_tells_what_was_found_from_what_is_in_scope(desk):
    answer = desk.assistant.ask(
        "Which statements of Galdoria, Arvandia and Belmora mention stolen ships?", overrides={"kind": "list"}
    )
    assert f"Statements found: 1, of {answer.coverage.statements_in_scope} in scope." in answer.answer


def test_words_of_nobody_known_are_not_said_to_be_broken(tmp_path):
    words = "Our lighthouse keepers shall count every boat that leaves the harbour at night"
    with workspace_over(tmp_path, {"x.txt": f"Remarks on ships\n\n{words}.\n"}) as workspace:
        answer = workspace.assistant.ask(f"Who said “{words}”?")
    assert answer.status == "abstained" and "nobody known (x.txt)" in answer.answer


def test_a_briefing_has_a_row_for_each_who_holds_a_statement_and_names_them(desk):
    request = read_request(desk.corpus.parties(), topics=["stolen ships"])
    briefing = desk.briefings.build(request)
    assert set(briefing.parties) == {"XAA", "XAB", "XDR", "XGA", "XIV", "XLH"}
    assert [c.party for c in briefing.cells if c.citations] == ["XGA", "XIV", "XLH"]
    arranged = arrange(briefing, "full")
    assert "| Galdoria, Ilvenor, Lanhai | 13 October 2020 |" in markdown_bytes(arranged).decode()
    book = load_workbook(BytesIO(excel_bytes(arranged)))
    assert book["Quotations"].cell(2, 2).value == "Galdoria, Ilvenor, Lanhai"


def test_a_state_that_did_not_join_is_not_answered_from_it(desk):
    answer = desk.assistant.ask("What did Esquaria say about stolen ships?")
    assert answer.status == "abstained" and answer.claims == ()


def test_scope_and_reference_know_all_holders(desk):
    for state in ("XGA", "XIV", "XLH"):
        (summary,) = desk.store.catalogue.summaries(ScopeFilter(parties=(state,)))
        assert summary.metadata.holders == ("XGA", "XIV", "XLH")
    (citation, *_) = desk.assistant.ask("What did Lanhai say about stolen ships?").citations
    said = reference(citation, localize(desk.corpus.parties(), "en"))
    assert said.startswith("Galdoria, jointly with Ilvenor, Lanhai")


def test_a_joint_statement_is_not_said_to_be_nobodys(tmp_path):
    texts = {"signed.txt": SIGNED, "unsigned.txt": "Ships must return to their ports.\n"}
    corpus = write_corpus(tmp_path / "corpus", texts)
    with fake_workspace(tmp_path / "store") as workspace:
        files = workspace.corpus.ingest([corpus]).files
    assert {file.file: NO_STATE in (file.reason or "") for file in files} == {"signed.txt": False, "unsigned.txt": True}
