"""The chat as people use it, in a real browser."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app.errors import AppError
from app.question.turns.state import EarlierTurn
from tests.app.corpus.test_page_images import PARTIES, QUESTION, arvandia
from tests.app.ui.conftest import ask, open_tab, settle
from tests.fakes_files import pdf_of
from tests.fakes_ui import EXAMPLE, HOSTILE, HOSTILE_FILE, sample_statement

CELLS = "#corpus-table [role=gridcell]"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def answered(page: Any) -> Any:
    """A page on which a question was answered."""
    ask(page, EXAMPLE)
    return page


def fill(page: Any, box: Any, text: str) -> None:
    # Gradio fills a part of the page again just after it opens, which overwrites what is typed at that moment.
    for _ in range(20):
        box.fill(text)
        settle(page)
        if box.input_value() == text:
            return
    raise AssertionError(f"the box does not keep {text!r}")


def await_in_view(page: Any, selector: str) -> None:
    """Waits until the page has scrolled to something."""
    script = """selector => {
      const box = document.querySelector(selector).getBoundingClientRect();
      return box.width > 0 && box.top < innerHeight && box.bottom > 0 && box.left >= 0;
    }"""
    page.wait_for_function(script, arg=selector)


def await_whole(page: Any, selector: str, within: str = "html") -> None:
    """Waits until all of something is in view, in a pane that scrolls or on the page."""
    script = """([selector, within]) => {
      const box = document.querySelector(selector)?.getBoundingClientRect();
      const pane = document.querySelector(within).getBoundingClientRect();
      return box && box.top >= Math.max(0, pane.top) && box.bottom <= Math.min(innerHeight, pane.bottom) + 1;
    }"""
    page.wait_for_function(script, arg=[selector, within])


def take_away(page: Any, field: str, turn: int = 1) -> None:
    """Removes a chip by keyboard and waits for the answer without it."""
    chip = f'.u-turn[data-turn="{turn}"] .u-chip button[data-field="{field}"]'
    page.focus(chip)
    page.keyboard.press("Enter")
    page.wait_for_selector(chip, state="detached")
    page.wait_for_selector(f'.u-turn[data-turn="{turn}"] .u-answer')
    page.wait_for_selector("#ask:visible")
    settle(page)


def test_example_asked_answer_appears_with_evidence(page):
    page.click(".u-example >> nth=0")
    page.wait_for_selector(".u-turn .u-answer")
    page.click("#new-conversation")
    page.wait_for_selector(".u-welcome")
    ask(page, EXAMPLE)
    quote = "has consistently supported an international response to transnational organized crime"
    assert quote in page.inner_text(".u-turn .u-prose")
    assert page.inner_text(".u-card mark").startswith("Cognizant of the importance")
    assert "Iran (Islamic Republic of)" in page.inner_text(".u-card h3")
    assert page.locator("text=Related, not an answer").is_visible()


def test_answer_is_read_out_and_its_cards_are_reached_opened_and_copied(answered):
    page = answered
    page.wait_for_function("document.querySelector('#u-live').textContent.includes('Cognizant of the importance')")
    assert page.get_attribute("#u-live", "aria-live") == "polite"
    page.click('.u-marker >> text="[2]"')
    page.wait_for_selector("#card-1-2.u-flash")
    page.wait_for_function("document.activeElement.id === 'card-1-2'")
    await_in_view(page, "#card-1-2 h3")
    page.click("#card-1-1 summary >> text=Source text")
    shown = page.evaluate("document.querySelector('#card-1-1 .u-source:last-of-type pre').textContent")
    assert shown in sample_statement().source_text and "\n" in shown
    button = page.locator("#card-1-1 [data-copy]")
    expected = button.get_attribute("data-copy")
    button.click()
    page.wait_for_function("document.querySelector('#u-live').textContent === 'Copied'")
    assert "Copied" in button.inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == expected
    assert expected is not None and "Iran (Islamic Republic of)" in expected


def test_marker_of_an_earlier_answer_shows_its_evidence(answered):
    page = answered
    ask(page, "and Arvandia?", 2)
    assert page.locator("#card-2-1").is_visible() and not page.locator("#card-1-1").is_visible()
    # An Arabic quotation runs right to left.
    direction = "selector => getComputedStyle(document.querySelector(selector)).direction"
    assert page.evaluate(direction, "#card-2-1 .u-quote") == "rtl"
    assert page.evaluate(direction, '.u-turn[data-turn="2"] .u-prose blockquote') == "rtl"
    assert page.get_attribute("#card-2-1 .u-quote", "lang") == "ar"
    page.click('.u-turn[data-turn="1"] .u-marker >> nth=0')
    page.wait_for_selector("#card-1-1", state="visible")
    assert not page.locator("#card-2-1").is_visible()
    page.click("#card-1-1 [data-back]")
    page.wait_for_function("document.activeElement.dataset.card === 'card-1-1'")


def test_chips_removed_are_left_out_at_once_and_of_the_history_of_the_next_turn(answered, app_server):
    take_away(answered, "years")
    assert app_server.assistant.asked[-1] == (EXAMPLE, {"years": []}, ())
    take_away(answered, "treaties")
    assert app_server.assistant.asked[-1] == (EXAMPLE, {"years": [], "treaties": []}, ())
    assert answered.locator(".u-turn").count() == 1
    ask(answered, "and Arvandia?", 2)
    kept = EarlierTurn(question=EXAMPLE, overrides={"years": [], "treaties": []})
    assert app_server.assistant.asked[-1][2] == (kept,)


def test_scope_editor_applied_asks_again_with_its_values(answered, app_server):
    page = answered
    page.click('#scope-editor >> text="Edit scope"')
    box = page.get_by_label("Topic words")
    page.wait_for_function(
        "[...document.querySelectorAll('#scope-editor textarea, #scope-editor input')].some("
        "field => field.value.startsWith('What did'))"
    )
    fill(page, box, "sovereignty")
    page.click('text="Ask again with this scope"')
    page.wait_for_selector('.u-chip >> text="sovereignty"')
    question, overrides, _ = app_server.assistant.asked[-1]
    assert question == EXAMPLE
    assert overrides["topic"] == "sovereignty" and overrides["states"] == ["IRN"]
    assert overrides["treaties"] == [{"treaty": "UNTOC", "articles": ["4"]}]


def test_ambiguous_question_option_asks_again(page, app_server):
    ask(page, "What did Korea say?")
    assert "read in several ways" in page.inner_text(".u-status")
    page.click('.u-options >> text="Arvandia (fictional)"')
    page.wait_for_selector('.u-turn[data-turn="2"] .u-answer')
    assert app_server.assistant.asked[-1][0] == "Arvandia (fictional)"
    assert app_server.assistant.asked[-1][2] == (EarlierTurn(question="What did Korea say?"),)


def test_hostile_statement_question_and_row_stay_text(page):
    question = "hostile <img src=x onerror=\"document.title='owned'\"> ![x](http://198.51.100.7/q.png) {{x}} ${1}"
    ask(page, question)
    page.click(".u-marker >> nth=0")
    page.click("#card-1-1 summary >> text=Source text")
    page.wait_for_timeout(500)
    assert page.inner_text(".u-question").endswith(question)
    assert page.inner_text(".u-card mark").replace("\n", " ") in HOSTILE.replace("\n", " ")
    assert "![pixel](http://198.51.100.7/pixel.png)" in page.inner_text(".u-prose")
    assert page.locator("#conversation img, #conversation script, #evidence img, #evidence script").count() == 0
    links = page.evaluate("[...document.querySelectorAll('.u-turn a, .u-card a')].map(a => a.getAttribute('href'))")
    assert links and all(link.startswith("#card-") for link in links)
    assert page.title() == f"{question} · untoc"
    open_tab(page, "Corpus")
    page.click(f"{CELLS} >> text=Hostilia")
    page.wait_for_selector(".u-statement .u-whole")
    assert HOSTILE_FILE in page.inner_text("#corpus-table")
    assert HOSTILE_FILE in page.inner_text(".u-statement")
    assert page.locator("#corpus-table img, #corpus-detail img, #corpus-detail script").count() == 0
    assert page.title() == "Corpus · untoc"


def test_metadata_corrected_and_statement_removed(page, app_server):
    open_tab(page, "Corpus")
    page.fill("#corpus-filter input, #corpus-filter textarea", "group.txt")
    page.wait_for_selector("#corpus-count >> text=Statements listed: 1,")
    page.click(f"{CELLS} >> text=group.txt")
    page.wait_for_selector("#corpus-form:visible")
    page.wait_for_function("document.querySelector('#field-date textarea, #field-date input').value === '2031-05-03'")
    page.fill("#field-session input, #field-session textarea", "12")
    page.click("#corpus-save")
    page.wait_for_selector('.u-said >> text="Saved."')
    saved = [item for item in app_server.corpus.stored.values() if item.file == "group.txt"]
    assert [item.metadata.session for item in saved] == ["12"]
    page.fill("#field-state input, #field-state textarea", "Nowhere")
    page.click("#corpus-save")
    page.wait_for_selector(".u-error")
    assert "No party 'Nowhere'" in page.inner_text(".u-error")
    page.click("#corpus-remove")
    page.wait_for_selector("text=Removed: 1.")
    assert all(item.file != "group.txt" for item in app_server.corpus.stored.values())
    page.click("#corpus-undo")
    page.wait_for_selector("text=Taken back: 1.")
    assert saved[0] in app_server.corpus.stored.values()


def test_statement_opened_by_mouse_has_the_focus_and_what_is_wrong_with_it_comes_into_view(page):
    open_tab(page, "Corpus")
    page.click(f"{CELLS} >> text=group.txt")
    page.wait_for_function("document.activeElement.closest('#field-state')")
    settle(page)
    page.fill("#field-state input, #field-state textarea", "Nowhere")
    page.click("#corpus-save")
    await_whole(page, "#corpus-detail .u-error")


def test_refusal_of_a_question_that_fills_the_pane_comes_into_view(page, app_server, monkeypatch):
    def refuse(*_: Any, **__: Any) -> Any:
        raise AppError("the question is too long: ask a shorter one")

    monkeypatch.setattr(app_server.assistant, "stream", refuse)
    page.fill("#question textarea", "extradition and confiscation " * 75)
    page.press("#question textarea", "Enter")
    await_whole(page, ".u-pending .u-error", "#conversation")
    page.wait_for_function("document.querySelector('#u-live').textContent === ''")


def test_focus_is_in_the_question_box_after_ask_and_stop_were_pressed(page, app_server, monkeypatch):
    goes_on, stream = Event(), app_server.assistant.stream

    def slow(*asked: Any, **how: Any) -> Any:
        goes_on.wait(60)
        yield from stream(*asked, **how)

    monkeypatch.setattr(app_server.assistant, "stream", slow)
    page.fill("#question textarea", EXAMPLE)
    page.click("#ask")
    page.click("#stop")
    goes_on.set()
    page.wait_for_selector("#ask:visible")
    settle(page)
    assert page.evaluate("document.activeElement.matches('#question textarea')")
    page.click("#ask")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    page.wait_for_selector("#ask:visible")
    assert page.evaluate("document.activeElement.matches('#question textarea')")


def test_keyboard_stays_at_the_answer_that_it_judges(answered):
    page = answered
    page.focus('.u-turn [data-verdict="right"]')
    page.keyboard.press("Enter")
    page.wait_for_selector(".u-turn [role=status] >> text=Kept as right")
    page.wait_for_function("document.activeElement.matches('.u-turn')")


def test_drafts_stay_when_another_language_is_chosen(page):
    page.fill("#question textarea", "What did Arvandia say?")
    open_tab(page, "Check")
    page.fill("#check-text textarea", "Arvandia said “yes”.")
    page.select_option(".u-language select", "fr")
    page.wait_for_selector('html[lang="fr"]')
    page.wait_for_function("document.querySelector('#question textarea')?.value === 'What did Arvandia say?'")
    # What is shown is what is asked.
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".u-question >> text=What did Arvandia say?")
    page.get_by_role("tab").nth(2).click()
    page.wait_for_function("document.querySelector('#check-text textarea').value === 'Arvandia said “yes”.'")


def test_narrow_page_marker_brings_the_card_below_into_view(open_page):
    page = open_page(390, 844)
    ask(page, EXAMPLE)
    assert page.evaluate("document.querySelector('#evidence').getBoundingClientRect().top") > page.evaluate(
        "document.querySelector('#question').getBoundingClientRect().top"
    )
    page.click(".u-marker >> nth=1")
    await_in_view(page, "#card-1-2 h3")


def test_keyboard_alone_asks_reads_copies_and_narrows(page, app_server):
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    page.keyboard.type(EXAMPLE)
    page.keyboard.press("Enter")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')

    def tab_to(selector: str, key: str = "Shift+Tab") -> None:
        for _ in range(60):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press(key)
        raise AssertionError(f"{selector} is not reached with {key}")

    tab_to('.u-marker[data-card="card-1-1"]')
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'card-1-1'")
    tab_to("#card-1-1 [data-copy]", "Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#u-live').textContent === 'Copied'")
    tab_to("#card-1-1 [data-back]", "Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.dataset.card === 'card-1-1'")
    tab_to('.u-chip button[data-field="years"]')
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('.u-chip button[data-field=years]')")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    assert app_server.assistant.asked[-1] == (EXAMPLE, {"years": []}, ())
    page.wait_for_function("document.activeElement.matches('.u-turn')")


def test_page_opens_in_the_card_and_says_so_when_its_file_is_gone(empty_workspace, visit, tmp_path: Path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "parties.csv").write_text(PARTIES, encoding="utf-8")
    (folder / "a.pdf").write_bytes(pdf_of(arvandia(), columns=2))
    empty_workspace.corpus.ingest([folder])
    page, _ = visit(empty_workspace.assistant, empty_workspace.corpus)
    ask(page, QUESTION)
    assert page.locator(".u-card img").count() == 0
    page.locator("[data-what=page_image] summary").first.click()
    image = page.locator("[data-what=page_image] img").first
    image.wait_for()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    assert image.get_attribute("alt") == "Page 1 of the file, with the quotation marked"
    assert page.locator("[data-what=page_image] .u-note").first.is_hidden()
    (folder / "a.pdf").unlink()
    page.reload()
    # The conversation is shown again, and what is loaded on demand is requested again.
    page.wait_for_selector(".u-card")
    page.locator("[data-what=page_image] summary").first.click()
    page.wait_for_selector("text=the page cannot be shown")
