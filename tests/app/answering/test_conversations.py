"""Conversations of ten turns in three languages over the fictional conference: who is cited after each turn.

Under each language, a turn and the parties with the sessions that its answer cites.
"""

import pytest

from app.question.turn import EarlierTurn, turn_of
from app.wiring import Workspace

ENGLISH = """
What did Arvandia say about extradition? -> XAA 8 10 12
and Belmora? -> XAB 9
only 2018 -> XAB 9
who else? -> nobody
without Quenza -> XAB 9
and on article 4? -> nobody
Which States spoke of electronic evidence? -> XDR 12; XLH 12; XTS 8; XZR 11
not Drelnia -> XLH 12; XTS 8; XZR 11
Give me a summary of Drelnia's statement -> XDR 12
who delivered it? -> XDR 12
"""
FRENCH = """
Qu’a dit l’Arvandie de l’extradition ? -> XAA 8 10 12
et l’Esquarie ? -> XES 10
ajoutez Galdoria -> XES 10; XGA 12
sans Galdoria -> XES 10
et en 2020 ? -> XES 10
pourquoi ? -> XES 10
quels autres États ? -> IRN 10; XAA 10; XLH 10; XTS 10
et sur l’entraide judiciaire ? -> IRN 10; XAA 10; XES 10; XGR 10; XLH 10; XRM 10; XTS 10
plus court -> IRN 10; XAA 10; XES 10; XGR 10; XLH 10; XRM 10; XTS 10
Résumez la déclaration de l’Esquarie -> XES 10
"""
RUSSIAN = """
Что Заречия говорила о выдаче? -> XZR 11
а Арвандия? -> XAA 8 10 12
только 2024 год -> XAA 12
кто ещё? -> XGA 12; XRM 12
а о статье 4? -> XAA 12; XLH 12; XRM 12
на английском языке -> XAA 12; XLH 12; XRM 12
Что Заречия говорила о статье 4? -> XZR 8
почему? -> XZR 8
какие заявления Заречии у вас есть? -> XZR 8 11
кто их произнёс? -> XZR 8 11
"""


MISREAD = pytest.mark.xfail(reason="«а о статье 4?» is taken for a question of the treaty's own text", strict=False)


@pytest.mark.parametrize(
    "conversation",
    [ENGLISH, FRENCH, pytest.param(RUSSIAN, marks=MISREAD)],
    ids=["en", "fr", "ru"],
)
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
