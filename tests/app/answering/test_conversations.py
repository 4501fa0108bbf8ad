"""Conversations of ten turns in three languages over the fictional conference: who is cited after each turn.

Under each language, a turn and the parties with the sessions that its answer cites.
"""

import pytest

from app.answering.history import turn_of
from app.question.turn import EarlierTurn
from app.wiring import Workspace
from tests.cases import Cases

cases = Cases(__file__)


@pytest.mark.slow
@pytest.mark.parametrize("conversation", cases.all.values(), ids=cases.all)
def test_each_turn_cites_whom_the_conversation_has_come_to(conversation: str, workspace: Workspace) -> None:
    history: list[EarlierTurn] = []
    told = []
    for line in conversation.strip().splitlines():
        said = line.partition(" -> ")[0]
        answer = workspace.assistant.ask(said, history=history)
        history = [turn_of(answer)]
        cited: dict[str, set[int]] = {}
        for citation in answer.citations:
            cited.setdefault(citation.state or "", set()).add(int(citation.session or 0))
        parties = "; ".join(" ".join(map(str, (code, *sorted(cited[code])))) for code in sorted(cited))
        told.append(f"{said} -> {parties or 'nobody'}")
    assert told == conversation.strip().splitlines()
