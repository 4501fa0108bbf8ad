"""Every kind of question is answered: facts of statements, lists, summaries, sources of words, reasons, help."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.answering.history import turn_of
from app.answering.verify_citations import verify_citation
from app.question.turns.state import EarlierTurn
from app.records import Answer
from app.wiring import Workspace
from tests.cases import Cases

pytestmark = pytest.mark.integration

cases = Cases(__file__)

ARTICLE = "What did Arvandia say about article 4?"


def ask(workspace: Workspace, question: str, history: Sequence[str | EarlierTurn] = (), **overrides: Any) -> Answer:
    return workspace.assistant.ask(question, overrides=overrides, history=history)


def after(answer: Answer) -> list[EarlierTurn]:
    return [turn_of(answer)]


def sound(workspace: Workspace, answer: Answer) -> bool:
    statements = workspace.store.catalogue.statement
    return all(verify_citation(c, statements(c.statement_id)) == "verified" for c in answer.citations)


def test_facts_of_the_statements_shown_are_told_with_their_headings(workspace):
    first = ask(workspace, "What did Arvandia say about extradition?")
    answer = ask(workspace, "who delivered it?", after(first), kind="metadata")
    assert (answer.status, answer.kind) == ("answered", "metadata")
    assert {c.statement_id for c in answer.citations} == {c.statement_id for c in first.citations}
    by_session = {c.session: claim.text for claim, c in zip(answer.claims, answer.citations, strict=True)}
    assert by_session["12"].startswith("Delivered by H.E. Ms. Ilune Tarrasque")
    heading = next(c.quote for c in answer.citations if c.session == "12")
    assert "Ilune Tarrasque" in heading and "Twelfth session" in heading
    assert by_session["8"].startswith("The statement names no speaker; UNTOC COP, session 8, 17–21 October 2016")
    assert "agenda item 4; language: English; length: " in by_session["8"]
    assert sound(workspace, answer)


def test_facts_without_answers_before_are_of_what_the_question_before_shows(workspace):
    answer = ask(workspace, "who delivered it?", [ARTICLE], kind="metadata")
    shown = ask(workspace, ARTICLE)
    assert {c.statement_id for c in answer.citations} == {c.statement_id for c in shown.citations}


@pytest.mark.parametrize("kind", ["metadata", "summary"])
def test_whose_statement_is_meant_is_asked_back(kind, workspace):
    answer = ask(workspace, "who delivered it?", kind=kind, topic="", states=[])
    assert answer.abstention is not None and answer.abstention.reason == "ambiguous"


def test_statements_are_listed_one_a_line_each_with_its_source(workspace):
    answer = ask(workspace, "which documents of Arvandia do we have?", kind="list", topic="")
    lines = [line for line in answer.answer.splitlines() if line.startswith("- ")]
    assert [c.session for c in answer.citations] == ["8", "10", "12"]
    assert [line.endswith(f"[{n}]") for n, line in enumerate(lines, start=1)] == [True] * 3
    assert "Statements in scope: 3." in answer.answer and "> “" not in answer.answer
    assert sound(workspace, answer)


@cases("question", "sessions", "of_any_year")
def test_statements_of_a_day_without_a_year_are_of_any_year(question, sessions, of_any_year, workspace):
    answer = ask(workspace, question, kind="list", topic="")
    assert {citation.session for citation in answer.citations} == set(sessions)
    assert any("in any year" in note for note in answer.scope.notes) is of_any_year
    assert not any("do not narrow" in note for note in answer.scope.notes)


def test_a_list_on_a_topic_cites_what_is_on_it_and_goes_on_after_what_it_named(workspace):
    answer = ask(workspace, "which documents of Arvandia speak of extradition?", kind="list", topic="extradition")
    assert answer.citations and all("extradition" in c.quote for c in answer.citations)
    first = ask(workspace, "all documents of the tenth session", kind="list", topic="", sessions=["10"])
    rest = ask(workspace, "who else?", after(first), kind="list", topic="")
    assert rest.status == "abstained" and not {c.statement_id for c in rest.citations}


def test_a_summary_is_the_newest_statement_s_own_sentences_in_order_or_that_of_the_year_asked_for(workspace):
    answer = ask(workspace, "Summarise Arvandia's statement", kind="summary", topic="")
    places = [citation.start for citation in answer.citations]
    assert {c.session for c in answer.citations} == {"12"}
    assert places == sorted(places) and 2 <= len(places) <= 5
    assert any("2024" in note for note in answer.scope.notes)
    assert not any("thank" in c.quote.lower() for c in answer.citations)
    assert sound(workspace, answer)
    answer = ask(workspace, "Summarise Arvandia's statement of 2016", kind="summary", topic="")
    assert {c.session for c in answer.citations} == {"8"}


def test_a_summary_quotes_every_party_that_is_named(workspace):
    asked = (
        "Give me a summary of the statements of Arvandia, Belmora, Cassivar, Drelnia, Esquaria, Fyrossa and Galdoria"
    )
    answer = workspace.assistant.ask(asked, overrides={"kind": "summary"})
    named = set(answer.scope.states) - set(answer.coverage.states_without_statement)
    assert len(named) > 5 and {citation.state for citation in answer.citations} == named


def test_an_answer_is_summed_up_by_what_was_said_on_its_topic(workspace):
    first = ask(workspace, "What did Arvandia say about extradition?", topic="extradition")
    answer = ask(workspace, "sum it up", after(first), kind="summary", topic="extradition")
    assert answer.citations and all("extradition" in citation.quote for citation in answer.citations)


def test_a_summary_on_what_a_statement_does_not_speak_of_is_silence(workspace):
    answer = ask(workspace, "Summarise what Arvandia said about whaling", kind="summary", topic="whaling")
    assert (answer.status, answer.citations) == ("abstained", ())


def test_the_source_of_words_is_the_sentence_that_holds_them(workspace):
    answer = ask(workspace, "Who said “not a privilege of the strong”?")
    assert (answer.kind, answer.status) == ("source", "answered")
    assert [c.state for c in answer.citations] == ["XAA"]
    assert "not a privilege of the strong" in answer.citations[0].quote
    near = ask(workspace, "Who said “is never a privilege of the strong States”?")
    assert near.answer.startswith("The words are not exactly these") and near.citations[0].state == "XAA"
    absent = ask(workspace, "Who said “whales compose their own constitutions at midnight”?")
    assert absent.abstention is not None and absent.abstention.message.startswith("These words stand nowhere")


def test_reasons_are_looked_for_around_what_was_quoted(workspace):
    first = ask(workspace, "What did Drelnia say about a new protocol in 2020?")
    answer = ask(workspace, "why?", after(first))
    assert {c.statement_id for c in answer.citations} <= {c.statement_id for c in first.citations}
    assert any("For that reason" in c.quote for c in answer.citations)


def test_what_a_conclusion_that_was_quoted_follows_from_is_a_reason(said):
    with said(a="Requests come back unanswered. The chain lacks a link. We therefore support a new protocol.") as desk:
        first = ask(desk, "What did Arvandia say about a new protocol?")
        assert [c.quote for c in first.citations] == ["We therefore support a new protocol."]
        quotes = " ".join(c.quote for c in ask(desk, "why?", after(first)).citations)
    assert "The chain lacks a link." in quotes


@cases("after_it", "reason")
def test_a_reason_is_on_what_was_quoted_or_stands_next_to_it(after_it, reason, said):
    with said(a=f"We oppose a levy on shipping.{after_it}\n") as desk:
        first = ask(desk, "What is Arvandia's position on a levy on shipping?")
        answer = ask(desk, "why?", after(first))
    quotes, shown = (" ".join(citation.quote for citation in each.citations) for each in (answer, first))
    assert quotes == shown if reason is None else reason in quotes
    assert any("no reason stands near" in note for note in answer.scope.notes) == (reason is None)


def test_without_a_reason_nearby_those_shown_are_quoted_in_the_direction_asked_for(said):
    opposes, supports = "Arvandia opposes a levy on shipping.", "Belmora supports a levy on shipping."
    with said(a=opposes, b=supports, a9="Arvandia supports a levy on shipping.") as desk:
        history = after(ask(desk, "Which States support a levy on shipping?"))
        history += after(ask(desk, "who opposes it?", history))
        answer = ask(desk, "why?", history)
        assert [(c.state, c.direction) for c in answer.claims][:1] == [("XAA", "against")]
        assert {c.state for c in answer.citations} == {"XAA"}
        assert any("no reason stands near" in note for note in answer.scope.notes)
        other = ask(desk, "who else?", [*history, *after(answer)])
        assert other.status == "abstained"


@cases("first", "question", "directions")
def test_a_direction_that_a_follow_up_asks_for_is_of_what_was_asked_before(first, question, directions, said):
    with said(a="Arvandia supports a levy on shipping.", b="Belmora opposes a levy on shipping.") as desk:
        answer = ask(desk, question, after(ask(desk, first)))
        assert {c.state: c.direction for c in answer.claims} == directions


def test_who_else_leaves_out_whoever_was_shown_on_the_topic_in_any_turn(said):
    with said(**dict.fromkeys("abc", "We oppose a levy on shipping.")) as desk:
        history = after(ask(desk, "What did Arvandia say about a levy on shipping?"))
        history = after(ask(desk, "and Belmora?", history))
        answer = ask(desk, "who else?", history)
        assert {c.state for c in answer.citations} == {"XCS"}
        assert not any("no position stands before" in note for note in answer.scope.notes)


def test_a_list_is_counted_by_the_parties_that_it_named(workspace):
    listed = ask(workspace, "Which States mentioned article 18?")
    parties = list(dict.fromkeys(claim.state for claim in listed.claims))
    counted = ask(workspace, "How many is that?", after(listed))
    assert counted.answer.startswith(f"States and groups in this list: {len(parties)}\n")
    assert {claim.state for claim in counted.claims} == {*parties} and "“" not in counted.answer
    some = ask(workspace, "Which of those mentioned extradition?", after(listed))
    assert {claim.state for claim in some.claims} < {*parties}


def test_who_else_leaves_out_whoever_was_shown(workspace):
    first = ask(workspace, ARTICLE)
    more = ask(workspace, "who else?", after(first))
    assert more.citations and "XAA" not in {c.state for c in more.citations}
    nobody = ask(workspace, "who else?", after(more))
    assert nobody.status == "abstained"
    assert nobody.abstention is not None and nobody.abstention.message.startswith("Nothing further")
    again = ask(workspace, "in French", after(more))
    assert {c.state for c in again.citations} == {c.state for c in more.citations}


def test_what_else_does_not_repeat_words_of_another_statement(said):
    text = "Mr. Chair,\n\nWe oppose extradition without a treaty.{}\n\nThank you.\n"
    with said(b8=text.format(""), b9=text.format(" We meet again.")) as desk:
        first = ask(desk, "What did Belmora say about extradition?")
        assert [len(citation.also_in) for citation in first.citations] == [1]
        assert ask(desk, "what else?", after(first)).status == "abstained"


def test_fragments_are_searched_for_what_the_conversation_is_about(workspace):
    history: list[EarlierTurn] = []
    for question in ("Which States spoke of extradition?", "without Galdoria", "and firearms?", "only 2022"):
        answer = ask(workspace, question, history)
        history = after(answer)
        assert answer.coverage.statements_in_scope, question


def test_a_greeting_gets_examples_from_the_corpus(workspace):
    answer = ask(workspace, "hello", kind="greeting")
    assert answer.abstention is not None and answer.abstention.reason == "help"
    assert len(answer.abstention.options) == 3 and answer.coverage.statements_in_scope == 0
    assert all(option in answer.answer for option in answer.abstention.options)


def test_whoever_is_left_out_is_not_searched_and_is_named(workspace):
    answer = ask(workspace, "Which States spoke of extradition?", excluded=["XAA", "XGA"])
    assert answer.citations and not {"XAA", "XGA"} & {c.state for c in answer.citations}
    assert not {"XAA", "XGA"} & set(answer.coverage.states_without_evidence)
    assert "left out: Arvandia, Galdoria" in answer.scope.notes


def test_a_named_state_is_not_left_out_with_its_group(workspace):
    both = ask(workspace, ARTICLE)
    groups = {c.on_behalf_of for c in both.citations} - {None}
    assert groups
    alone = ask(workspace, ARTICLE, excluded=sorted(groups))
    assert {c.state for c in alone.citations} == {"XAA"}


def test_a_year_that_is_left_out_is_not_searched_and_is_named(workspace):
    answer = ask(workspace, "What did Arvandia say about extradition, except in 2020?")
    assert {citation.session for citation in answer.citations} == {"8", "12"}
    assert "left out: 2020" in answer.scope.notes and {"2019", "2021"} < {*answer.scope.years}


@cases("interval", "sessions")
def test_an_interval_is_open_where_it_has_no_end(interval, sessions, workspace):
    answer = ask(workspace, "which documents of Arvandia do we have?", kind="list", topic="", interval=interval)
    assert {c.session for c in answer.citations} == set(sessions)


def test_a_list_on_an_article_and_what_is_said_of_it_names_who_says_that(workspace):
    answer = workspace.assistant.ask("Which States said that article 18 allows paragraph 14?")
    assert {claim.state for claim in answer.claims} == {"XAA"}
