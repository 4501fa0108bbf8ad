"""The chat as people use it, in a real browser."""

from typing import Any

import pytest

from app.question.turn import EarlierTurn
from tests.fakes_ui import EXAMPLE, HOSTILE, HOSTILE_FILE, sample_statement

CELLS = "#corpus-table [role=gridcell]"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def ask(page: Any, question: str, turn: int = 1) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f'.u-turn[data-turn="{turn}"] .u-answer')
    # The scope editor is filled after the answer; the next step must not run into that.
    page.wait_for_selector("#scope-editor")
    page.wait_for_selector("#ask:visible")
    settle(page)


def settle(page: Any) -> None:
    # Gradio's browser part loses an event that is sent while it closes the stream of the one before.
    page.wait_for_timeout(400)


def fill(page: Any, box: Any, text: str) -> None:
    # A part of the page that was just opened is filled once more by Gradio, over what was typed in that moment.
    for _ in range(20):
        box.fill(text)
        settle(page)
        if box.input_value() == text:
            return
    raise AssertionError(f"the box does not keep {text!r}")


def in_view(page: Any, selector: str) -> bool:
    script = """selector => {
      const box = document.querySelector(selector).getBoundingClientRect();
      return box.width > 0 && box.top < innerHeight && box.bottom > 0 && box.left >= 0;
    }"""
    return bool(page.evaluate(script, selector))


def overflowing(page: Any) -> list[str]:
    """Visible elements that stick out sideways, other than inside a region that scrolls by itself."""
    script = """() => [...document.querySelectorAll('body *')].filter(e => {
      if (!e.offsetParent) return false;
      if (e.closest('#corpus-table, .u-hidden, .u-scroll, .u-source pre, svg, [aria-hidden=true]')) return false;
      const box = e.getBoundingClientRect();
      return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
    }).map(e => e.tagName + '.' + e.className + '#' + e.id)"""
    return [*page.evaluate(script)]


def test_example_asked_answer_appears_with_evidence(open_page):
    watched = open_page()
    page = watched.page
    page.click(".u-example >> nth=0")
    page.wait_for_selector(".u-turn .u-answer")
    page.click("#new-conversation")
    page.wait_for_selector(".u-welcome")
    ask(page, EXAMPLE)
    quote = "has consistently supported an international response to transnational organized crime"
    assert quote in page.inner_text(".u-turn .u-prose")
    assert page.inner_text(".u-card mark").startswith("Cognizant of the importance")
    assert "Iran (Islamic Republic of)" in page.inner_text(".u-card h3")
    provenance = page.inner_text(".u-card .u-provenance")
    assert "Session 10" in provenance and "inferred" in provenance
    assert "12–16 October 2020" in provenance
    assert "Statements in scope" in page.inner_text(".u-coverage")
    assert page.locator("text=Related, not an answer").is_visible()
    assert not watched.errors


def test_marker_clicked_card_is_in_view_focused_and_flashes(open_page):
    page = open_page().page
    ask(page, EXAMPLE)
    page.click('.u-marker >> text="[2]"')
    page.wait_for_selector("#card-1-2.u-flash")
    page.wait_for_function("document.activeElement.id === 'card-1-2'")
    page.wait_for_timeout(700)
    assert in_view(page, "#card-1-2 h3")


def test_marker_of_an_earlier_answer_shows_its_evidence(open_page):
    page = open_page().page
    ask(page, EXAMPLE)
    ask(page, "and Arvandia?", 2)
    assert page.locator("#card-2-1").is_visible() and not page.locator("#card-1-1").is_visible()
    page.click('.u-turn[data-turn="1"] .u-marker >> nth=0')
    page.wait_for_selector("#card-1-1", state="visible")
    assert not page.locator("#card-2-1").is_visible()
    page.click("#card-1-1 [data-back]")
    page.wait_for_function("document.activeElement.dataset.card === 'card-1-1'")


def test_copy_as_reference_fills_the_clipboard_and_says_so(open_page):
    page = open_page().page
    ask(page, EXAMPLE)
    button = page.locator("#card-1-1 [data-copy]")
    expected = button.get_attribute("data-copy")
    button.click()
    page.wait_for_function("document.querySelector('#u-live').textContent === 'Copied'")
    assert "Copied" in button.inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == expected
    assert expected is not None and "Iran (Islamic Republic of)" in expected


def test_source_toggle_shows_the_stored_characters(open_page):
    page = open_page().page
    ask(page, EXAMPLE)
    page.click("#card-1-1 summary >> text=Source text")
    shown = page.evaluate("document.querySelector('#card-1-1 .u-source:last-of-type pre').textContent")
    assert shown in sample_statement().source_text and "\n" in shown


def test_chip_removed_question_is_asked_again_without_it(open_page, app_server):
    page = open_page().page
    ask(page, EXAMPLE)
    page.click('.u-chip button[data-field="years"]')
    page.wait_for_function("!document.querySelector('.u-chip button[data-field=years]')")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    assert app_server.assistant.asked[-1] == (EXAMPLE, {"years": []}, ())
    settle(page)
    page.click('.u-chip button[data-field="treaties"]')
    page.wait_for_function("!document.querySelector('.u-chip button[data-field=treaties]')")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    assert app_server.assistant.asked[-1] == (EXAMPLE, {"years": [], "treaties": []}, ())
    assert page.locator(".u-turn").count() == 1


def test_scope_editor_applied_asks_again_with_its_values(open_page, app_server):
    page = open_page().page
    ask(page, EXAMPLE)
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


def test_follow_up_history_stays_with_its_visitor(open_page, app_server):
    one, two = open_page().page, open_page().page
    ask(one, EXAMPLE)
    ask(two, "What did Arvandia say?")
    ask(one, "and the group?", 2)
    assert app_server.assistant.asked[-1] == ("and the group?", None, (EarlierTurn(question=EXAMPLE),))
    assert two.locator(".u-turn").count() == 1
    assert "delivered by Arvandia" in one.inner_text("#card-2-1 h3")


def test_chip_removed_is_part_of_the_history_of_the_next_turn(open_page, app_server):
    page = open_page().page
    ask(page, EXAMPLE)
    page.click('.u-chip button[data-field="years"]')
    page.wait_for_function("!document.querySelector('.u-chip button[data-field=years]')")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    settle(page)
    ask(page, "and Arvandia?", 2)
    assert app_server.assistant.asked[-1][2] == (EarlierTurn(question=EXAMPLE, overrides={"years": []}),)


def test_ambiguous_question_option_asks_again(open_page, app_server):
    page = open_page().page
    ask(page, "What did Korea say?")
    assert "read in several ways" in page.inner_text(".u-status")
    page.click('.u-options >> text="Arvandia (fictional)"')
    page.wait_for_selector('.u-turn[data-turn="2"] .u-answer')
    assert app_server.assistant.asked[-1][0] == "Arvandia (fictional)"
    assert app_server.assistant.asked[-1][2] == (EarlierTurn(question="What did Korea say?"),)


def test_empty_question_says_what_to_do_and_keeps_the_conversation(open_page):
    page = open_page().page
    ask(page, EXAMPLE)
    page.fill("#question textarea", "   ")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".u-error")
    assert "the question is empty" in page.inner_text(".u-error")
    assert page.locator('.u-turn[data-turn="1"]').is_visible()


def test_new_answer_is_read_out(open_page):
    page = open_page().page
    ask(page, EXAMPLE)
    page.wait_for_function("document.querySelector('#u-live').textContent.includes('Cognizant of the importance')")
    assert page.get_attribute("#u-live", "aria-live") == "polite"


def test_arabic_quotation_runs_right_to_left(open_page):
    page = open_page().page
    ask(page, "What did Arvandia say?")
    direction = "selector => getComputedStyle(document.querySelector(selector)).direction"
    assert page.evaluate(direction, ".u-card .u-quote") == "rtl"
    assert page.evaluate(direction, ".u-prose blockquote") == "rtl"
    assert page.get_attribute(".u-card .u-quote", "lang") == "ar"


def test_hostile_statement_and_question_stay_text(open_page):
    watched = open_page()
    page = watched.page
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
    assert watched.hosts() == {"127.0.0.1"}
    assert not watched.errors


def test_hostile_corpus_row_and_file_name_stay_text(open_page):
    watched = open_page()
    page = watched.page
    page.get_by_role("tab", name="Corpus").click()
    page.click(f"{CELLS} >> text=Hostilia")
    page.wait_for_selector(".u-statement .u-whole")
    assert HOSTILE_FILE in page.inner_text("#corpus-table")
    assert HOSTILE_FILE in page.inner_text(".u-statement")
    assert page.locator("#corpus-table img, #corpus-detail img, #corpus-detail script").count() == 0
    assert page.title() == "Corpus · untoc"
    assert watched.hosts() == {"127.0.0.1"}


def test_files_uploaded_each_is_reported(open_page, app_server, tmp_path):
    page = open_page().page
    good = tmp_path / "Statement (2031) – Arvandia.txt"
    good.write_text("Mr. Chair, Arvandia (fictional) supports article 18.", encoding="utf-8")
    empty = tmp_path / "empty.txt"
    empty.write_text(" ", encoding="utf-8")
    page.get_by_role("tab", name="Ingest").click()
    page.set_input_files("#upload input[type=file]", [good, empty])
    page.wait_for_selector("#upload >> text=empty")
    page.click("#ingest")
    page.wait_for_selector(".u-report tbody tr >> nth=1")
    rows = page.locator(".u-report tbody tr").all_inner_texts()
    assert rows[0].split("\t")[:2] == ["empty.txt", "Skipped"] and "no text in it" in rows[0]
    assert rows[1].split("\t")[:3] == [good.name, "Added", "Arvandia (fictional)"]
    assert "/" not in rows[0]
    assert set(app_server.corpus.ingested[-1]) == {good.name, empty.name}


def test_hostile_file_name_uploaded_stays_text(open_page):
    page = open_page().page
    name = "<img src=x onerror=document.title='owned'>.txt"
    page.get_by_role("tab", name="Ingest").click()
    page.set_input_files(
        "#upload input[type=file]", [{"name": name, "mimeType": "text/plain", "buffer": b"Fictional words."}]
    )
    page.wait_for_selector("#upload .file-preview, #upload table")
    page.click("#ingest")
    page.wait_for_selector(".u-report tbody tr")
    assert page.locator("#ingest-report img").count() == 0
    assert "onerror=document.title='owned'" in page.inner_text(".u-report tbody th")
    assert page.title() == "Ingest · untoc"


def test_sample_loaded_is_reported(open_page):
    page = open_page().page
    page.get_by_role("tab", name="Ingest").click()
    page.click("#sample")
    page.wait_for_selector(".u-report tbody tr")
    assert sample_statement().file in page.inner_text(".u-report")


def test_metadata_corrected_and_statement_removed(open_page, app_server):
    page = open_page().page
    page.get_by_role("tab", name="Corpus").click()
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
    assert "no party 'Nowhere'" in page.inner_text(".u-error")
    page.click("#corpus-remove")
    page.wait_for_selector("text=Removed: 1.")
    assert all(item.file != "group.txt" for item in app_server.corpus.stored.values())
    page.click("#corpus-undo")
    page.wait_for_selector("text=Taken back: 1.")
    assert saved[0] in app_server.corpus.stored.values()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_sticks_out_sideways(open_page, width):
    page = open_page(width).page
    assert overflowing(page) == []
    ask(page, "hostile")
    page.click('#scope-editor >> text="Edit scope"')
    page.wait_for_timeout(400)
    assert overflowing(page) == []
    page.get_by_role("tab", name="Ingest").click()
    page.click("#sample")
    page.wait_for_selector(".u-report tbody tr")
    assert overflowing(page) == []
    page.get_by_role("tab", name="Corpus").click()
    page.click(f"{CELLS} >> nth=0")
    page.wait_for_selector("#corpus-form:visible")
    assert overflowing(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_narrow_page_marker_brings_the_card_below_into_view(open_page):
    page = open_page(390, 844).page
    ask(page, EXAMPLE)
    assert page.evaluate("document.querySelector('#evidence').getBoundingClientRect().top") > page.evaluate(
        "document.querySelector('#question').getBoundingClientRect().top"
    )
    page.click(".u-marker >> nth=1")
    page.wait_for_timeout(900)
    assert in_view(page, "#card-1-2 h3")


def test_keyboard_alone_asks_reads_copies_and_narrows(open_page, app_server):
    page = open_page().page
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


def test_whole_visit_asks_no_other_machine(open_page):
    watched = open_page()
    page = watched.page
    ask(page, EXAMPLE)
    for tab in ("Ingest", "Corpus", "Ask"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(300)
    assert watched.hosts() == {"127.0.0.1"}
    assert not watched.errors
