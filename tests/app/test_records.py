"""The JSON contract of an answer: its keys, their order, and plain values only."""

import json

import pytest

from app.records import Answer
from app.wiring import Workspace
from tests.cases import Cases

cases = Cases(__file__)

ANSWER = (
    "question answer status missing abstention scope claims citations more related coverage retrieved confidence"
    " confidence_source composer model prompt_version dropped_claims usage timings_ms trace_id spoken_for translations"
    " kind kind_chance other_kinds conversation"
).split()


@pytest.fixture(scope="module")
def answered(workspace: Workspace) -> dict[str, object]:
    return workspace.assistant.ask("What did Iran say about article 4?").to_json()


def test_answer_has_the_keys_of_the_contract_in_order(answered):
    assert list(answered) == ANSWER
    assert answered["status"] == "answered"


@cases("path", "keys", tuples=True)
def test_parts_have_the_keys_of_the_contract_in_order(path, keys, workspace, answered):
    part: object = answered
    if path[0] == "retrieved":
        part = workspace.assistant.ask("What did Arvandia say about extradition?").to_json()
    for step in path:
        part = part[step]  # type: ignore[index]
    assert isinstance(part, dict) and tuple(part) == keys


def test_abstention_has_the_keys_of_the_contract(workspace):
    answer = workspace.assistant.ask("What did Congo say about mines?").to_json()
    assert list(answer) == ANSWER
    assert list(answer["abstention"]) == ["reason", "message", "options"]
    assert (answer["status"], answer["claims"], answer["citations"]) == ("abstained", [], [])
    assert answer["abstention"]["reason"] == "ambiguous" and len(answer["abstention"]["options"]) == 2


def test_to_json_equals_its_own_round_trip(answered):
    assert json.loads(json.dumps(answered, ensure_ascii=False)) == answered
    assert json.loads(json.dumps(Answer(question="q", answer="a", status="abstained").to_json()))["usage"] is None


def test_citations_are_numbered_and_every_claim_points_at_one(workspace):
    asked = "Which States mentioned article 4?", "Compare Arvandia and Galdoria on article 4."
    for question in (*asked, "What did Arvandia say about extradition?"):
        answer = workspace.assistant.ask(question)
        numbers = [citation.number for citation in answer.citations]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers == sorted({number for claim in answer.claims for number in claim.citations})
        assert all(f"[{number}]" in answer.answer for number in numbers)
        assert {citation.verdict for citation in answer.citations} == {"verified"}


def test_confidence_lies_between_0_and_1(answered):
    assert isinstance(answered["confidence"], float) and 0.0 <= answered["confidence"] <= 1.0
    assert answered["prompt_version"] and answered["trace_id"]
