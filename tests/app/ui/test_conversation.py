from dataclasses import replace
from html import unescape

import pytest

from app.desk.conversations import KeptTurn
from app.records import Abstention, Coverage, DroppedClaim, Scope
from app.ui.conversation import Pending, conversation_html, shown_turn
from app.ui.templates import render
from tests.fakes_ui import EXAMPLE, fake_workspace


def turn(question: str, number: int = 1, **changes):
    assistant, corpus = fake_workspace()
    answer = replace(assistant.ask(question), **changes)
    return shown_turn(KeptTurn(number=number, question=question, answer=answer), corpus), corpus


def test_welcome_offers_questions_and_says_what_there_is():
    html = render("welcome", statements=3, examples=("What did <b>Arvandia</b> say?",))
    assert "Statements to search: 3." in html
    assert 'data-action="ask" data-question="What did &lt;b&gt;Arvandia&lt;/b&gt; say?"' in html
    assert "on the Ingest tab" in render("welcome", statements=0, examples=())


def test_record_of_an_answer_names_statements_and_no_ids():
    assistant, corpus = fake_workspace()
    answer = assistant.ask(EXAMPLE)
    sentence = answer.citations[0].sentence_ids[0]
    confidences = ((0.9, "calibrated"), (0.42, "calibrated"), (1.0, "cited"))
    evidence = [
        {"party": "IRN", "sentence_id": sentence, "confidence": chance, "confidence_source": source}
        for chance, source in confidences
    ]
    corpus.trace = lambda trace_id: {"record": {"at": "2031-05-02T10:15:30+00:00", "evidence": evidence}}
    record = shown_turn(KeptTurn(number=1, question=EXAMPLE, answer=answer), corpus).record
    assert "Answered: 2 May 2031, 10:15 UTC" in record
    assert f"Iran (Islamic Republic of) · {answer.citations[0].file}</bdi>: 90 %, 42 %<" in record
    assert sentence.statement_id not in record


def test_only_the_newest_answer_can_be_narrowed():
    (one, corpus), (two, _) = turn(EXAMPLE), turn(EXAMPLE, 2)
    html = conversation_html([one, two], corpus=corpus)
    first, second = html.split('data-turn="2"', 1)
    assert 'data-action="drop"' not in first and 'data-action="drop"' in second
    unsure, _ = turn(EXAMPLE, **UNSURE)
    assert 'data-action="kind"' not in conversation_html([unsure, two], corpus=corpus)


def test_what_an_added_state_joins_is_from_before():
    one, corpus = turn(EXAMPLE)
    both = Scope(states=("IRN", "XAA"), kept=("states",))
    two, _ = turn(EXAMPLE, 2, scope=both)
    second = conversation_html([one, two], corpus=corpus).split('data-turn="2"', 1)[1]
    assert second.count("from before") == 1
    assert second.index("from before") < second.index("Arvandia (fictional)")


def test_nothing_can_be_changed_while_a_question_runs():
    one, corpus = turn(EXAMPLE)
    html = conversation_html([one], corpus=corpus, pending=Pending(question="next", done="resolve"))
    assert "data-action" not in html
    assert '<li class="u-past">Reading the question</li><li class="u-now">Searching the statements</li>' in html


def test_error_is_one_escaped_line_under_its_question():
    one, corpus = turn(EXAMPLE)
    html = conversation_html([one], corpus=corpus, pending=Pending(question="<q>", error="no <b>"))
    assert '<p class="u-error" role="alert">no &lt;b&gt;</p>' in html
    assert "&lt;q&gt;" in html and 'data-action="drop"' in html


COVERAGE = Coverage(
    statements_in_scope=3, statements_with_evidence=1, states_without_evidence=("XAA",),
    states_without_statement=("IRN",), unreadable_files=("<broken>.pdf",),
)  # fmt: skip
MANY = [f"X{letter}{letter}" for letter in "JKLMNOPQRS"]
UNSURE = {"kind": "content", "kind_chance": 0.4, "other_kinds": ("position", "which_states")}
DROPPED = DroppedClaim(text="<i>claim</i>", state="IRN", reason="number not in evidence")
KOREA = "What did Korea say?"
# What an answer says about itself: the question, changes to the answer, and words that its HTML holds and lacks.
SAID = {
    "who was asked where nobody is named": (EXAMPLE, {"scope": Scope(topic="extradition")}, ["all States"], []),
    "what an ambiguous question can mean": (KOREA, {}, [
        "No answer</span>", "The question can be read in several ways",
        'data-action="ask" data-question="Hostilia &lt;b&gt;(fictional)&lt;/b&gt;"',
    ], ["all States"]),
    "a message that its text lacks": (
        KOREA,
        {"abstention": Abstention(reason="not_mentioned", message="Try other words."), "answer": "Nothing found."},
        ["Nothing found.", "Try other words.", "Not mentioned"], [],
    ),
    "its coverage": (EXAMPLE, {"coverage": COVERAGE}, [
        "Statements in scope: <b>3</b>", "with evidence: <b>1</b>", "No evidence from <bdi>Arvandia (fictional)</bdi>",
        "No statement from <bdi>Iran (Islamic Republic of)</bdi>",
    ], ["Could not read"]),
    "which files were not read where nothing was found": (
        EXAMPLE, {"coverage": COVERAGE, "abstention": Abstention(reason="not_mentioned", message="Nothing on it.")},
        ["Could not read <bdi>&lt;broken&gt;.pdf</bdi>"], [],
    ),
    "a long list, folded but complete": (
        EXAMPLE, {"coverage": Coverage(states_without_statement=tuple(MANY))},
        ["<summary>No statement from 10</summary>", *(f"<bdi>{code}</bdi>" for code in MANY)], [],
    ),
    "that it is partial": (EXAMPLE, {"status": "partial", "missing": "number"}, ["Answered in part"], []),
    "which claims were dropped, and who wrote": (
        EXAMPLE, {"dropped_claims": (DROPPED,), "composer": "model", "model": "small"},
        ["for want of support in the evidence: 1", "&lt;i&gt;claim&lt;/i&gt;", DROPPED.reason, "Written by small"], [],
    ),
    "how it was read, and what else it may be": (EXAMPLE, UNSURE, [
        "Read as asking for <b>what was said</b>",
        'data-action="kind" data-kind="position"', 'data-kind="which_states"',
    ], []),
    "nothing of a kind that is sure": (EXAMPLE, {"kind": "content"}, [], ["Read as asking for"]),
}  # fmt: skip


@pytest.mark.parametrize(("question", "changes", "holds", "lacks"), SAID.values(), ids=SAID)
def test_answer_says_about_itself(question, changes, holds, lacks):
    one, corpus = turn(question, **changes)
    html = conversation_html([one], corpus=corpus)
    assert [part for part in holds if part not in html] == []
    assert [part for part in lacks if part in html] == []
    assert html.count("Which one do you mean?") == ("Korea" in question and not changes)


def test_copied_answer_holds_every_reference_and_what_was_taken_into_it():
    one, corpus = turn(EXAMPLE)
    one = replace(one, used=(3,))
    html = unescape(conversation_html([one], corpus=corpus))
    assert "[1] Iran (Islamic Republic of), “Cognizant" in html
    assert "[2] Iran (Islamic Republic of), “International cooperation must" in html
    assert "[3] Iran (Islamic Republic of), “We are well aware" in html
    assert "Related passages that you chose" in html
    assert (
        "<strong>Iran (Islamic Republic of)</strong> · Conference of the Parties to the UNTOC, session 10"
        in html.partition("that you chose")[2]
    )
    assert "<sup>1</sup>" in html and "<hr><p><sup>1</sup> Iran (Islamic Republic of)" in html
