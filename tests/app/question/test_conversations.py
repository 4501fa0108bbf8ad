"""Conversations of three or four turns in six languages: what each turn asks, with what it keeps of those before it."""

from typing import Any

import pytest

from app.question.reading import resolve
from app.question.resolution import Resolution
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.topic_words import topic_words

cases = Cases(__file__)
_FIELDS = {"states": "states", "groups": "groups", "members": "members_of", "excluded": "excluded", "years": "years"}


def _held(read: Resolution) -> dict[str, str]:
    scope = read.scope
    held = {name: " ".join(getattr(scope, field)) for name, field in (*_FIELDS.items(), ("sessions", "sessions"))}
    named = [f"{each.treaty} {number}".strip() for each in scope.treaties for number in each.articles or ("",)]
    held |= {"treaties": " + ".join(named), "pick": scope.pick or "", "all": "States" if read.all_states else ""}
    held |= {"interval": "-".join(end or "" for end in scope.interval or ()), "unclear": read.unclear or ""}
    return {name: value for name, value in held.items() if value}


def _turns(lines: list[str]) -> list[tuple[str, list[str], dict[str, str]]]:
    questions = [line.split(" -> ")[0] for line in lines]
    told = [line.split(" -> ")[1].split("; ") for line in lines]
    parts: list[dict[str, str]] = [{each.split(" ")[0]: each.partition(" ")[2] for each in one} for one in told]
    return [(question, questions[:at], parts[at]) for at, question in enumerate(questions)]


@pytest.mark.parametrize(
    ("question", "before", "expected"), [turn for lines in cases["CONVERSATIONS"] for turn in _turns(lines)]
)
def test_each_turn_of_a_conversation_is_read_with_what_it_keeps(
    question: str, before: list[str], expected: dict[str, Any], parties: PartyTable
) -> None:
    read, told = resolve(question, parties, history=before), dict(expected)
    topics, kinds = told.pop("topic", "").split("|"), told.pop("kind", "").split("|")
    assert _held(read) == told
    assert topic_words(read.scope.topic) in [topic_words(topic) for topic in topics]
    assert kinds == [""] or read.kind in kinds
