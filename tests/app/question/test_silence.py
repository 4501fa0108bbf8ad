"""Negated questions: who was silent, and who is against something."""

import pytest

from app.question.reading import resolve
from app.question.silence import asks_who_was_silent
from ingest.parties.party_table import PartyTable


@pytest.mark.parametrize(
    "question",
    [
        "Which States did not mention corruption?",
        "Who was silent on the review mechanism?",
        "Which delegations said nothing on asset recovery?",
        "Which States failed to address the rights of victims?",
        "Quels États n'ont pas parlé de corruption ?",
        "¿Qué Estados no mencionaron la trata?",
        "Кто не упоминал коррупцию?",
        "أي الدول لم تذكر الفساد؟",
        "哪些国家没有提到腐败？",
    ],
)
def test_a_denied_verb_of_saying_asks_who_was_silent(question: str) -> None:
    assert asks_who_was_silent(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which States do not extradite their own nationals?",
        "Which States said that they do not extradite their own nationals?",
        "Who sees no need to reopen the discussion of article 4?",
        "Quels États ne veulent pas de nouveau protocole ?",
        "¿Qué Estados no extraditan a sus nacionales?",
        "Какие государства не выдают своих граждан?",
        "哪些国家不引渡本国公民？",
        "أي الدول لا تسلم مواطنيها؟",
    ],
)
def test_a_denied_deed_asks_who_says_so(question: str, parties: PartyTable) -> None:
    assert not asks_who_was_silent(question)
    read = resolve(question, parties)
    assert not read.negated


def test_who_does_not_do_something_is_asked_for_a_position(parties: PartyTable) -> None:
    read = resolve("Which States do not want civil society in the working groups?", parties)
    assert (read.kind, read.negated, read.all_states, read.stance) == ("which_states", False, True, True)
