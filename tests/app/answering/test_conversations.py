"""Conversations over the fictional conference, in three languages and on positions: who is cited after each turn.

A case of the YAML file lists turns, each with the parties and sessions that its answer cites.
"""

from pathlib import Path

import pytest

from app.answering.history import turn_of
from app.question.turns.state import EarlierTurn
from app.settings import Settings
from app.wiring import Workspace, open_workspace
from tests.cases import Cases

cases = Cases(__file__)


def _transcript(conversation: str, workspace: Workspace) -> list[str]:
    history: list[EarlierTurn] = []
    turns = []
    for line in conversation.strip().splitlines():
        question = line.partition(" -> ")[0]
        answer = workspace.assistant.ask(question, history=history)
        history = [turn_of(answer)]
        cited: dict[str, set[int]] = {}
        for citation in answer.citations:
            cited.setdefault(citation.state or "", set()).add(int(citation.session or 0))
        parties = "; ".join(" ".join(map(str, (code, *sorted(cited[code])))) for code in sorted(cited))
        turns.append(f"{question} -> {parties or 'nobody'}")
    return turns


@pytest.mark.slow
@pytest.mark.parametrize("conversation", cases.all.values(), ids=cases.all)
def test_each_turn_cites_whom_the_conversation_has_come_to(conversation: str, workspace: Workspace) -> None:
    assert _transcript(conversation, workspace) == conversation.strip().splitlines()


@pytest.mark.model
def test_positions_are_the_latest_with_the_real_models(conference: Path, tmp_path: Path) -> None:
    conversation = cases.all["POSITIONS"]
    with open_workspace(Settings(store=tmp_path / "real")) as workspace:
        workspace.corpus.ingest([conference])
        assert _transcript(conversation, workspace) == conversation.strip().splitlines()
        answer = workspace.assistant.ask("What is Arvandia's position on extradition?")
        assert answer.citations[0].session == "12"
