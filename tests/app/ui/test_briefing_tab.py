"""Briefings in the chat, in a real browser."""

import io
import os
import time
import zipfile

import pytest

from tests.app.ui.conftest import ask, open_tab
from tests.fakes_briefing import DROPPED, fake_briefing
from tests.fakes_ui import EXAMPLE, fake_tools

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def make(page):
    open_tab(page, "Briefing")
    page.fill("#topics textarea", "extradition")
    page.click("#brief")
    page.wait_for_selector(".u-briefing")


@pytest.fixture
def made(page):
    """A page on which a briefing was made."""
    make(page)
    return page


def test_briefing_made_shows_matrix_quotations_and_coverage(made):
    page = made
    head = page.inner_text(".u-matrix thead")
    assert "Extradition" in head
    assert page.locator(".u-matrix tbody tr").count() == 6
    assert "no statement" in page.inner_text(".u-matrix tbody tr >> nth=5")
    assert page.locator('.u-quote[dir="rtl"]').count() >= 2
    assert "supports" in page.locator(".u-card mark").all_inner_texts()
    assert page.locator(".u-picture").count() == 1
    assert page.locator(".u-picture").first.get_attribute("alt")
    assert "broken|<b>.pdf" in page.inner_text(".u-briefing .u-coverage")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.locator(".u-changes li").first.is_visible()
        assert page.locator(".u-changes").first.bounding_box()["height"] < 300
    # A cell of the matrix leads to its quotations.
    page.click(".u-matrix a.u-cell >> nth=0")
    page.wait_for_function(
        "document.getElementById(decodeURIComponent(location.hash.slice(1))).getBoundingClientRect().top < innerHeight"
    )


def test_review_is_kept_shown_and_taken_back_and_a_made_up_one_changes_nothing(made):
    page = made
    card = page.locator(".u-card").first
    key = card.locator('button[data-state="accepted"]').get_attribute("data-key")
    named = "(button, key) => { button.dataset.key = key }"
    card.locator('button[data-state="accepted"]').evaluate(named, "elsewhere")
    card.locator('button[data-state="accepted"]').click()
    page.wait_for_timeout(800)
    assert page.locator('.u-card >> nth=0 >> button[aria-pressed="true"]').count() == 0
    card.locator('button[data-state="accepted"]').evaluate(named, key)
    card.locator('button[data-state="accepted"]').click()
    page.wait_for_selector('.u-card >> nth=0 >> button[aria-pressed="true"]')
    page.wait_for_selector(".u-matrix tbody tr >> nth=0 >> text=reviewed")
    assert "Reviewed by" in card.inner_text()
    card.locator('button[data-state="open"]').click()
    page.wait_for_function(
        "!document.querySelector('.u-card button[aria-pressed=true]') || "
        "!document.querySelector('.u-card').textContent.includes('Reviewed by')"
    )
    card.locator("summary >> text=Another kind").click()
    card.locator('button[data-kind="conditional"]').click()
    page.wait_for_selector(".u-card >> nth=0 >> .u-badge.u-kind-conditional")
    card.locator('button[data-state="open"]').click()
    page.wait_for_selector(".u-card >> nth=0 >> .u-badge.u-kind-supports")


def wait_until(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    assert holds()


def test_documents_are_offered_for_download_and_go_with_their_session(made, app_server):
    page = made
    page.click("#documents")
    page.wait_for_selector("#briefing-files a[download]", timeout=120_000)
    with page.expect_download() as downloaded:
        page.locator("#briefing-files a[download]").first.click()
    data = downloaded.value.path().read_bytes()
    assert "word/footnotes.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()

    def served() -> list[str]:
        # os.walk skips folders that are removed meanwhile with their session, on which Path.rglob fails.
        return [name for _, _, files in os.walk(app_server.store.parent) for name in files]

    # The file is named after the briefing, so that it is found again among other downloads.
    name = downloaded.value.suggested_filename
    assert name == f"{fake_briefing().title}.docx" and served().count(name) == 1
    page.close()
    wait_until(lambda: name not in served())


def test_brief_me_on_in_the_conversation_makes_the_briefing(page):
    page.fill("#question textarea", "Brief me on extradition for Austria and Poland")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".u-briefing")
    assert page.input_value("#topics textarea") == "extradition"
    open_tab(page, "Ask")
    assert "Briefing tab" in page.inner_text("#conversation")


def test_button_turns_the_conversation_into_a_briefing(page):
    ask(page, EXAMPLE)
    page.click('button[data-action="brief"]')
    page.wait_for_selector(".u-briefing")
    # The address is that of the work in view: the briefing's, then the conversation's again.
    named = "name => [...new URLSearchParams(location.search).keys()].join() === name"
    page.wait_for_function(named, arg="b")
    open_tab(page, "Ask")
    page.wait_for_function(named, arg="c")
    page.reload()
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    assert page.get_by_role("tab", name="Ask", exact=True).get_attribute("aria-selected") == "true"


def test_what_cannot_be_read_is_said_in_one_line(page):
    open_tab(page, "Briefing")
    page.click("#documents")
    page.wait_for_selector("text=Make a briefing first.")
    page.click("#brief")
    page.wait_for_selector("#briefing .u-error")
    assert "Nothing to brief on" in page.inner_text("#briefing .u-error")
    page.wait_for_selector("text=Make a briefing first.", state="detached")


def test_claims_of_a_model_are_shown_unless_quotations_alone_are_asked_for(visit, tmp_path):
    tools = fake_tools(tmp_path, model="openai:test")
    page, _ = visit(tools=tools)
    make(page)
    assert "now supports the Convention | <b>as a legal basis</b>" in page.inner_text(".u-worded >> nth=0")
    assert "Worded by a model" in page.inner_text(".u-worded >> nth=0")
    assert DROPPED not in page.inner_text("#briefing")
    page.locator("#composer").get_by_label("Quotations alone").check()
    page.click("#brief")
    page.wait_for_function("!document.querySelector('.u-worded') && document.querySelector('.u-briefing')")
    assert tools.briefings.composers == ["model", "extractive"]


def test_cells_are_edited_and_the_briefing_is_kept_and_reopened_by_its_address(visit):
    page, _ = visit()
    make(page)
    page.wait_for_function("new URLSearchParams(location.search).has('b')")
    card = page.locator(".u-card").first
    quoted = card.locator("blockquote").count()
    card.locator('[data-action="drop"]').first.press("Enter")
    page.wait_for_function(f"document.querySelector('.u-card').querySelectorAll('blockquote').length < {quoted}")
    # The keyboard focus stays in the cell, although the edit changed its key.
    page.wait_for_function("document.querySelector('.u-card').contains(document.activeElement)")
    card.locator("summary >> text=Add a quotation").click()
    card.locator("input[type=search]").fill("extradition")
    page.keyboard.press("Enter")
    card.locator('[data-action="add"]').first.click()
    page.wait_for_function(
        "count => !document.querySelector('.u-card [data-action=add]') &&"
        " document.querySelector('.u-card').querySelectorAll('blockquote').length === count",
        arg=quoted,
    )
    edited = card.locator("blockquote").all_inner_texts()
    page.reload()
    page.wait_for_selector(".u-briefing")
    assert page.locator(".u-card").first.locator("blockquote").all_inner_texts() == edited
    page.wait_for_function("document.title === 'Briefing · untoc'")
    # The reopened briefing scrolls into view, and the forms of documents are listed by readable names.
    page.wait_for_function("document.querySelector('#briefing-title').getBoundingClientRect().top < innerHeight / 2")
    page.click("#documents-form button >> nth=0")
    assert page.locator("#documents-form input").first.input_value() == "Whole briefing"
    page.click("#kept-briefings button >> nth=0")
    page.click("#briefing-list .u-work-more summary")
    page.fill("#briefing-list .u-form input", "For the ambassador")
    page.keyboard.press("Enter")
    page.wait_for_selector('#briefing-list >> text="For the ambassador"')
    # The manifest for programs is not among the documents unless it is asked for.
    page.click("#documents")
    page.wait_for_selector("#briefing-files a[download]", timeout=120_000)
    assert "manifest" not in page.inner_text("#briefing-files")
