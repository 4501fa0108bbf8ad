"""Silence with a reason: which abstention fits, what it says to do next, and what may help."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.answer import Answer, DroppedClaim
from app.scope import resolve
from app.silence import abstain
from app.wiring import Workspace
from ingest.parties import PartyTable
from prompts.wording import load_wording
from tests.fakes import fake_workspace


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What did Switzerland say about extradition?", "no_statement"),
        ("What did Switzerland say about extradition at the Vienna session of October 2020?", "no_statement"),
        ("What did Arvandia say about extradition in 1999?", "no_statement"),
        ("What was said about extradition in 1999?", "no_statement"),
        ("What did Maravel say about extradition?", "group_only"),
        ("What did Belmora say about kangaroos and zeppelins?", "not_mentioned"),
        ("Which States mentioned kangaroos and zeppelins?", "not_mentioned"),
        ("What did Congo say about minerals?", "ambiguous"),
        ("What did Wakanda say about vibranium?", "ambiguous"),
        ("What is the capital of kangaroos?", "out_of_scope"),
        ("Write me a poem on zeppelins", "out_of_scope"),
        ("Что сказала Арвандия о кенгуру?", "index_incomplete"),
    ],
)
def test_abstention_has_the_reason_that_fits(question: str, reason: str, workspace: Workspace) -> None:
    answer = workspace.assistant.ask(question)
    assert (answer.status, answer.abstention and answer.abstention.reason) == ("abstained", reason)
    assert answer.claims == () and answer.citations == ()


def test_article_not_cited_names_article_and_count_and_shows_its_subject(workspace: Workspace) -> None:
    answer = workspace.assistant.ask(
        "What did Belmora say about article 13 on international cooperation for confiscation?"
    )
    assert answer.abstention is not None
    assert answer.abstention.reason in ("article_not_cited", "not_mentioned")
    assert answer.related and {citation.state for citation in answer.related} == {"XAB"}
    if answer.abstention.reason == "article_not_cited":
        assert "13" in answer.abstention.message and "Belmora" in answer.abstention.message


def test_no_statement_in_scope_says_what_is_held(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Arvandia say about extradition in 1999?")
    assert answer.abstention is not None and "2016" in answer.abstention.message and "2024" in answer.abstention.message
    assert answer.coverage.states_without_statement == ("XAA",)


def test_group_only_names_the_group_and_lends_nobody_its_words(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Maravel say about extradition?")
    assert answer.abstention is not None and "Group of Riparian States" in answer.abstention.message
    assert "Maravel" in answer.abstention.message
    assert all(citation.on_behalf_of == "XGR" for citation in answer.related)


def test_ambiguous_gives_names_to_choose_from(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Korea say about cybercrime?")
    assert answer.abstention is not None
    assert len(answer.abstention.options) == 2 and all(option in answer.answer for option in answer.abstention.options)
    assert answer.scope.states == ()


def test_unknown_name_gives_suggestions_as_names(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Arvandya say about extradition?")
    assert answer.abstention is not None and answer.abstention.reason == "ambiguous"
    assert "Arvandya" in answer.abstention.message and "Arvandia" in answer.abstention.options


def test_related_passages_are_never_claims(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Belmora say about kangaroos and zeppelins?")
    assert answer.status == "abstained" and answer.claims == ()
    assert all(citation.quote not in answer.answer for citation in answer.related)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    with fake_workspace(tmp_path / "store") as opened:
        yield opened


def test_empty_corpus_says_how_to_fill_it(empty: Workspace) -> None:
    answer = empty.assistant.ask("What did Iran say about article 4?")
    assert answer.abstention is not None and answer.abstention.reason == "index_incomplete"
    assert "ingest" in answer.abstention.message


def test_unattributed_statement_is_never_quoted(tmp_path: Path) -> None:
    text = tmp_path / "nobody.txt"
    text.write_text("Mr. Chair,\n\nThe delegation considers zeppelins essential to extradition.\n", encoding="utf-8")
    with fake_workspace(tmp_path / "store") as opened:
        [added] = opened.corpus.ingest([text]).files
        assert (added.result, added.state) == ("added", None)
        answers = [
            opened.assistant.ask(question)
            for question in ("Which States mentioned zeppelins?", "What was said about zeppelins?")
        ]
    for answer in answers:
        assert answer.status == "abstained" and answer.citations == () and answer.related == ()
        assert any("1" in note for note in answer.scope.notes)


def test_every_abstention_is_in_the_language_of_the_question(workspace: Workspace) -> None:
    questions = {
        "fr": "Qu’a dit la Suisse sur l’extradition ?",
        "es": "¿Qué dijo Suiza sobre la extradición?",
        "ru": "Что сказала Швейцария о выдаче?",
        "ar": "ماذا قالت سويسرا عن تسليم المجرمين؟",
        "zh": "瑞士对引渡有什么立场？",
    }
    answers: dict[str, Answer] = {code: workspace.assistant.ask(question) for code, question in questions.items()}
    assert {code: answer.scope.language for code, answer in answers.items()} == {code: code for code in questions}
    assert {answer.abstention and answer.abstention.reason for answer in answers.values()} == {"no_statement"}
    assert len({answer.answer for answer in answers.values()}) == len(questions)


def test_dropped_claims_are_no_silence(workspace: Workspace, parties: PartyTable) -> None:
    question = "What did Belmora say about kangaroos?"
    answer = workspace.assistant.ask(question)
    found = replace(answer, dropped_claims=(DroppedClaim(text="Belmora: …", state="XAB", reason="altered"),))
    silent = abstain(found, resolve(question, parties), workspace.retrieve(question), parties, load_wording("en"))
    assert silent.abstention is not None and silent.abstention.reason == "index_incomplete"
    assert "doctor" in silent.abstention.message


@pytest.mark.parametrize(
    "question",
    [
        "Which States did not mention article 4?",
        "Which delegations said nothing about extradition?",
        "Quels États n’ont pas mentionné l’article 4 ?",
        "¿Qué Estados no han mencionado el artículo 4?",
        "Какие государства не упомянули статью 4?",
        "哪些国家没有提到第四条？",
    ],
)
def test_those_who_did_not_speak_are_not_answered_with_those_who_did(question: str, workspace: Workspace) -> None:
    answer = workspace.assistant.ask(question)
    assert (answer.status, answer.claims) == ("abstained", ())
    assert answer.abstention is not None and answer.abstention.reason == "out_of_scope"


def test_a_negation_in_what_a_named_state_said_is_no_such_question(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Arvandia say about extradition, and did it not make it conditional?")
    assert answer.status != "abstained"
