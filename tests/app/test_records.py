"""The JSON contract of an answer: its keys, their order, and plain values only."""

import re
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from app.briefing.as_json import contract_of
from app.briefing.cells import Briefing, Cell, Standing
from app.records import (
    Abstention,
    AbstentionReason,
    Answer,
    Citation,
    Claim,
    Coverage,
    DroppedClaim,
    RetrievedPassage,
    Scope,
    Timings,
    TreatyScope,
)
from app.wiring import Workspace
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

ANSWER = (
    "question answer status missing abstention scope claims citations more related coverage retrieved confidence"
    " confidence_source composer model prompt_version dropped_claims usage timings_ms trace_id spoken_for translations"
    " kind kind_chance other_kinds conversation"
).split()


# The sections of `docs/json.md`, and the record that each describes.
DESCRIBED = {
    "Answer": Answer, "Abstention": Abstention, "Scope": Scope, "Treaty in a scope": TreatyScope, "Claim": Claim,
    "Citation": Citation, "Coverage": Coverage, "Retrieved passage": RetrievedPassage, "Dropped claim": DroppedClaim,
    "Timings": Timings,
}  # fmt: skip


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


def test_citations_are_numbered_and_every_claim_points_at_one(workspace):
    asked = "Which States mentioned article 4?", "Compare Arvandia and Galdoria on article 4."
    for question in (*asked, "What did Arvandia say about extradition?"):
        answer = workspace.assistant.ask(question)
        numbers = [citation.number for citation in answer.citations]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers == sorted({number for claim in answer.claims for number in claim.citations})
        assert all(f"[{number}]" in answer.answer for number in numbers)
        assert {citation.verdict for citation in answer.citations} == {"verified"}


@pytest.mark.parametrize("title", DESCRIBED)
def test_the_page_of_the_contract_describes_every_key_and_no_other(title):
    rows = _rows(title, "key")
    assert [name for names in rows for name in names] == [field.name for field in fields(DESCRIBED[title])]
    for name, kind in get_type_hints(DESCRIBED[title]).items():
        (text,) = (text for names, text in rows.items() if name in names)
        # The reasons of an abstention have a table of their own, and other kinds are those of `kind`.
        if name not in ("reason", "other_kinds"):
            assert [value for value in _closed_values(kind) if f"`{value}`" not in text] == [], name


def test_the_page_of_the_contract_lists_the_reasons_of_an_abstention():
    assert [name for names in _rows("Abstention", "reason") for name in names] == list(get_args(AbstentionReason))


def test_the_page_of_the_contract_describes_every_key_of_a_row_of_a_briefing_and_each_standing():
    cell = Cell(party="XAA", subject="visits", session=None, kind="no_position")
    (row,) = contract_of(Briefing(title="", cells=(cell,)))["rows"]
    described = _rows("Row of a briefing", "key")
    assert [name for names in described for name in names] == [*row]
    assert [value for value in _closed_values(Standing) if f"`{value}`" not in described["standing",]] == []


def _rows(title: str, column: str) -> dict[tuple[str, ...], str]:
    """Returns the rows of a section's table by the names in their first cell, which the heading calls `column`."""
    page = (PROJECT / "docs" / "json.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^##+ {title}\n(.*?)(?=^##|\Z)", page, re.DOTALL | re.MULTILINE)
    table = section.partition(f"\n| {column} |")[2].partition("\n\n")[0].splitlines()[2:]
    return {tuple(re.findall(r"`(\w+)`", row.split("|")[1])): row for row in table}


def _closed_values(kind: Any) -> tuple[str, ...]:
    """Returns the values that a type allows, if it is, or holds, a closed set of texts."""
    parts = get_args(kind)
    return parts if get_origin(kind) is Literal else tuple(value for part in parts for value in _closed_values(part))
