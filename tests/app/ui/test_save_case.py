"""Saving answers as draft eval cases, from the button to the line in the store."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.corpus.drafts import drafts_path
from app.wiring import Workspace
from evals.cases.case import Case, load_cases
from tests.app.ui.conftest import serving
from tests.app.ui.test_browser import ask, in_view, overflowing, settle
from tests.fakes_ui import EXAMPLE, fake_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FOCUSED = "selector => document.activeElement.matches(selector)"


def button_of(turn: int) -> str:
    return f'.u-turn[data-turn="{turn}"] .u-actions button[aria-label^="Save as eval case"]'


def save(page: Any, turn: int, says: str = "Saved as draft case") -> None:
    page.click(button_of(turn))
    page.wait_for_selector(f'.u-turn[data-turn="{turn}"] [role="status"] >> text="{says}"')


def saved_cases(store: Path) -> dict[str, Case]:
    return {case.question: case for case in load_cases(drafts_path(store))}


def test_any_answer_of_a_conversation_is_saved_without_asking_again(
    open_page, workspace: Workspace, tmp_path: Path
) -> None:
    first, second = "What did Arvandia say about extradition at the tenth session?", "and Belmora?"
    with serving(workspace.assistant, workspace.corpus, tmp_path) as served:
        watched = open_page(served=served)
        page = watched.page
        ask(page, first)
        ask(page, second, 2)
        ask(page, "What did Switzerland say about extradition?", 3)
        traces = page.locator(".u-turn").evaluate_all("turns => turns.map(turn => turn.dataset.trace)")
        for turn in (1, 3, 2):
            save(page, turn)
        assert page.locator(".u-turn").evaluate_all("turns => turns.map(turn => turn.dataset.trace)") == traces
        cases = saved_cases(served.store)
        assert [case.type for case in cases.values()] == ["single_state", "unanswerable", "follow_up"]
        assert [case.expect.states for case in cases.values()] == [("XAA",), ("CHE",), ("XAB",)]
        assert cases[second].history == (first,) and cases[first].history == ()
        assert cases[first].tags["answer_trace"] == traces[0] and cases[first].tags["session"] == "10"
        files = {summary.file: summary.document_id for summary in workspace.corpus.documents()}
        assert cases[first].evidence
        for span in cases[first].evidence:
            text = workspace.corpus.show(files[span.file]).source_text
            assert text[span.start : span.end] == span.quote
        assert cases["What did Switzerland say about extradition?"].expect.reason == "no_statement"
        ask(page, "Which States spoke of firearms?", 4)
        assert page.locator(".u-saved >> text=Saved as draft case").count() == 3
        assert not watched.errors


def test_what_was_set_by_hand_is_kept(open_page, app_server) -> None:
    page = open_page().page
    question = "What did Iran say about setting by hand?"
    ask(page, question)
    page.click('.u-chip button[data-field="years"]')
    page.wait_for_function("!document.querySelector('.u-chip button[data-field=years]')")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    settle(page)
    save(page, 1)
    assert saved_cases(app_server.store)[question].tags["overrides"] == {"years": []}


def test_same_question_in_another_visit_is_saved_already(open_page, app_server) -> None:
    question = "What did Arvandia say twice?"
    for says in ("Saved as draft case", "Already saved as draft case"):
        page = open_page().page
        ask(page, question)
        save(page, 1, says)
    lines = drafts_path(app_server.store).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["question"] for line in lines].count(question) == 1


def test_keyboard_saves_once_and_keeps_its_place(open_page, app_server) -> None:
    page = open_page().page
    question = "What did Iran say by keyboard?"
    ask(page, question)
    asked = len(app_server.assistant.asked)
    assert page.get_attribute(button_of(1), "aria-disabled") is None
    page.focus(button_of(1))
    page.keyboard.press("Enter")
    page.wait_for_selector('[role="status"] >> text="Saved as draft case"')
    assert page.get_attribute(button_of(1), "aria-disabled") == "true"
    assert page.evaluate(FOCUSED, button_of(1))
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.inner_text(".u-saved") == "Saved as draft case"
    assert page.evaluate(FOCUSED, button_of(1))
    assert len(app_server.assistant.asked) == asked


def test_saving_leaves_an_edited_scope_as_it_is(open_page) -> None:
    page = open_page().page
    ask(page, "What did Iran say while editing?")
    page.click('#scope-editor >> text="Edit scope"')
    page.wait_for_function(
        "[...document.querySelectorAll('#scope-editor textarea, #scope-editor input')].some("
        "field => field.value.startsWith('What did'))"
    )
    page.get_by_label("Topic words").fill("half a thought")
    save(page, 1)
    page.wait_for_timeout(300)
    assert page.get_by_label("Topic words").input_value() == "half a thought"


def test_store_that_cannot_be_written_says_so_and_can_be_tried_again(open_page, tmp_path: Path) -> None:
    assistant, corpus = fake_workspace()
    with serving(assistant, corpus, tmp_path) as served:
        watched = open_page(served=served)
        page = watched.page
        ask(page, EXAMPLE)
        ask(page, "What did Korea say?", 2)
        in_the_way = drafts_path(served.store).parent
        in_the_way.parent.mkdir()
        in_the_way.write_text("", encoding="utf-8")
        page.click(button_of(1))
        page.wait_for_selector('.u-turn[data-turn="1"] [role="alert"]')
        error = page.inner_text('[role="alert"].u-error')
        assert error.startswith("not saved:") and "\n" not in error
        page.wait_for_timeout(700)
        assert in_view(page, '[role="alert"].u-error')
        assert page.get_attribute(button_of(1), "aria-disabled") is None
        in_the_way.unlink()
        save(page, 1)
        assert page.locator('.u-turn [role="alert"]').count() == 0
        assert list(saved_cases(served.store)) == [EXAMPLE]
        assert not watched.errors


@pytest.mark.parametrize("width", [1280, 390])
def test_button_and_message_fit_the_page(open_page, width: int) -> None:
    page = open_page(width).page
    ask(page, f"What did Iran say at {width}?")
    save(page, 1)
    assert overflowing(page) == []
