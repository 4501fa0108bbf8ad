"""Follow-ups that ask for the same in another form, over the same evidence."""

from dataclasses import replace
from typing import Any

import pytest

from app.answering.assistant import Assistant
from app.question.reading import read_question
from app.question.resolution import Resolution, Restyle
from app.question.turns.follow_ups import citation_asked, restyle, without_form
from app.records import Answer, Scope
from app.wiring import Workspace
from tests.app.answering.compose.test_llm_composer import SOUND, number_of
from tests.cases import Cases
from tests.fakes_chat import Script, writer

cases = Cases(__file__)

QUESTION = "What did Arvandia say about article 4?"
FRENCH = "La protection que l’article 4 donne à la compétence nationale des États n’est pas un privilège des forts."


@cases("question", "style", "language", at_once=True)
def test_a_form_is_read_in_six_languages_and_none_in_any_other_question(question, style, language):
    assert restyle(question) == (style and Restyle(style=style, language=language))


@cases("question", "follows", "rest", "style", "language", at_once=True)
def test_a_clause_beside_a_question_asks_for_a_form(question, follows, rest, style, language):
    form = style and Restyle(style=style, language=language)
    assert without_form(question, follows=follows) == (rest or question, form)


def test_a_form_asked_for_beside_a_question_is_that_of_its_answer(parties):
    first = "What did Arvandia say about extradition? Answer in Spanish, please."
    read = read_question(first, parties)
    assert (read.scope.states, read.scope.topic, read.reply_language) == (("XAA",), "extradition", "es")
    after = read_question("and Belmora? In short.", parties, history=[first])
    assert (after.scope.states, after.style, after.reply_language) == (("XAB",), "shorter", None)


@pytest.mark.parametrize("question", ["Thanks. In French please.", "In French. Thank you.", "Merci. En français."])
def test_a_form_beside_thanks_is_that_of_the_answer_before(question, parties):
    read = read_question(question, parties, history=[QUESTION])
    assert (read.again, read.reply_language, read.scope.states) == ("content", "fr", ("XAA",))
    assert read.is_statement_question


def test_a_form_beside_words_that_name_none_is_taken(parties):
    history = [QUESTION, "a table please"]
    read = read_question("could you put it in Arabic?", parties, history=history)
    assert (read.reply_language, read.party_notes) == ("ar", ())
    read = read_question("two sentences please, in French", parties, history=history)
    assert (read.reply_language, read.party_notes) == ("fr", ())


@pytest.mark.parametrize(
    "question",
    [
        "summarize it in a table in two columns, one with the Arabic original",
        "can you make an English audio file of it?",
    ],
)
def test_a_form_that_is_only_met_in_part_has_a_note(question, parties):
    read = read_question(question, parties, history=[QUESTION])
    assert (read.again, [note.kind for note in read.party_notes]) == ("content", ["form_unknown"])


def test_forms_add_up_and_ask_the_question_before_again(parties):
    history = ["What did Iran say?", QUESTION, "shorter"]
    read = read_question("in French", parties, history=history)
    assert (read.style, read.reply_language, read.again) == ("shorter", "fr", "content")
    assert (read.question, read.scope.states) == (QUESTION, ("XAA",))
    after = read_question("and on extradition?", parties, history=history)
    assert (after.style, after.reply_language, after.again) == ("answer", None, None)
    assert (after.scope.states, after.scope.topic) == (("XAA",), "extradition")


@cases("language", "question", "number")
def test_a_citation_of_the_answer_before_is_asked_for_by_its_place(language, question, number):
    before = Resolution(scope=Scope(language=language, topic="gold"), question=QUESTION)
    assert citation_asked(question, before, None) == number


def test_a_place_may_mean_a_session_or_what_a_counter_question_offers():
    of_session = Resolution(scope=Scope(sessions=("8",), topic="gold"), question=QUESTION)
    assert citation_asked("and the third?", of_session, None) is None
    assert citation_asked("quote the third one in full", of_session, None) == 3
    asked_back = Resolution(scope=Scope(topic="gold"), question=QUESTION, unclear="Quenza")
    assert citation_asked("the second", asked_back, None) is None


def test_one_citation_is_shown_alone_under_its_number(workspace):
    full = workspace.assistant.ask(QUESTION)
    alone = workspace.assistant.ask("quote the second one in full", history=[QUESTION])
    (claim,) = (claim for claim in full.claims if 2 in claim.citations)
    assert [c.source_quote for c in alone.citations] == [full.citations[n - 1].source_quote for n in claim.citations]
    assert alone.claims[0].citations == claim.citations and "[1]" not in alone.answer and "[2]" in alone.answer


def _ask(workspace: Workspace, script: Script, question: str, history: list[str]) -> Answer:
    steps = replace(workspace.steps, writer=writer(script))
    return Assistant(steps, workspace.store.catalogue, keep_traces=0).ask(question, history=history)


def _script(*, translation: str) -> Script:
    def script(system: str, user: str) -> Any:
        if system.startswith("You translate"):
            return f"{translation} [{number_of(user, 'privilege of the strong')}]"
        return [(SOUND, [number_of(user, "privilege of the strong")])]

    return script


def test_shorter_keeps_scope_and_evidence_without_a_model(workspace):
    full = workspace.assistant.ask(QUESTION)
    short = workspace.assistant.ask("shorter", history=[QUESTION])
    own = [citation.source_quote for citation in full.citations if citation.state == "XAA"]
    assert short.question == "shorter" and short.scope.states == full.scope.states
    shorter = [c.source_quote for c in short.citations if c.state == "XAA"]
    assert len(shorter) == 2 and all(any(quote in whole for whole in own) for quote in shorter)


def test_talking_points_are_a_list(workspace):
    answer = _ask(workspace, _script(translation=""), "as talking points", [QUESTION])
    assert f"- {SOUND} [1]" in answer.answer.split("\n\n")


def test_a_translation_is_marked_and_stands_under_the_original(workspace):
    answer = _ask(workspace, _script(translation=FRENCH), "in French", [QUESTION])
    blocks = answer.answer.split("\n\n")
    place = next(at for at, block in enumerate(blocks) if "privilege of the strong.”" in block)
    assert blocks[place].startswith("> “") and blocks[place + 1] == f"*Traduction non officielle :* {FRENCH}"
    number = next(c.number for c in answer.citations if "privilege of the strong" in c.quote)
    assert answer.translations == {number: FRENCH} and answer.scope.language == "fr"
    assert all(FRENCH not in citation.quote for citation in answer.citations)


@cases("wrong")
def test_a_translation_that_does_not_hold_is_not_shown(wrong, workspace):
    answer = _ask(workspace, _script(translation=wrong), "in French", [QUESTION])
    assert answer.translations == {} and "non officielle" not in answer.answer
