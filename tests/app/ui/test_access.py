"""Accessibility of the page: screen reader, keyboard, dark colours and the reader's language."""

from typing import Any

import pytest

from app.ui.words import words_of
from ingest.parties.party_table import PartyTable
from tests.access import overflowing, wrong
from tests.app.ui.conftest import ask
from tests.app.ui.test_briefing_tab import make
from tests.app.ui.test_browser import CELLS
from tests.fakes_ui import EXAMPLE, fake_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_tab_breaks_a_rule_of_access(open_page, width: int, scheme: str) -> None:
    page = open_page(width, color_scheme=scheme)

    def looked_at() -> None:
        page.locator('[role="tabpanel"]:visible').wait_for()
        assert (wrong(page), overflowing(page)) == ([], []), page.inner_text('#tabs [aria-selected="true"]')
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    ask(page, EXAMPLE)
    ask(page, "hostile", 2)
    page.click('#scope-editor >> text="Edit scope"')
    page.wait_for_timeout(400)
    looked_at()
    if width > 860:
        # Each pane scrolls by itself, and the page does not.
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    tabs = page.locator('#tabs [role="tab"]')
    for place in range(1, tabs.count()):
        tabs.nth(place).click()
        looked_at()
    page.click(f"{CELLS} >> nth=0")
    page.wait_for_selector("#corpus-form:visible")
    looked_at()
    # A checked draft, then a briefing with the menu of its entry in the list and the form for a quotation open.
    tabs.nth(2).click()
    page.fill('[role="tabpanel"]:visible textarea', "Arvandia said: “We support extradition.”")
    page.click('[role="tabpanel"]:visible button >> text=Check quotations')
    page.wait_for_selector(".u-check-card")
    looked_at()
    make(page)
    page.click("#kept-briefings button")
    page.click("#briefing-list .u-work-more summary >> nth=0")
    page.locator(".u-card summary >> text=Add a quotation").first.click()
    looked_at()


def test_tabs_go_by_arrow_keys_and_the_skip_link_leads_past_them(page) -> None:
    page.focus('#tabs [role="tab"] >> nth=0')
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.title === 'Briefing · untoc'")
    page.keyboard.press("End")
    page.wait_for_function("document.title === 'Corpus · untoc'")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#question:visible")
    page.focus(".u-skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "tabpanel"


@pytest.mark.parametrize(("locale", "code"), [("fr-CA", "fr"), ("ar-EG", "ar"), ("zh-CN", "zh")])
def test_page_is_in_the_language_of_its_reader(open_page, locale: str, code: Any) -> None:
    page = open_page(390, locale=locale)
    words = words_of(code)
    page.wait_for_function("code => document.documentElement.lang === code", arg=code)
    assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if code == "ar" else "ltr")
    assert page.inner_text(".u-welcome h2") == words["welcome-title"]
    assert page.inner_text("#ask") == words["ask"]
    assert page.locator('#tabs [role="tab"]').first.inner_text() == words["tab-ask"]
    ask(page, EXAMPLE)
    assert page.inner_text(".u-evidence h2 >> nth=0") == words["evidence"]
    # The question is in English, but names are shown in the reader's language.
    name = PartyTable.load().display("IRN", code)
    assert all(name in page.inner_text(f"{place} >> nth=0") for place in (".u-evidence h3", ".u-chips"))
    assert overflowing(page) == []
    # The language chosen on the page goes before the browser's, and stays.
    page.select_option(".u-language select", "es")
    page.wait_for_function("document.documentElement.lang === 'es'")
    page.wait_for_selector(".u-turn")
    assert page.inner_text("#ask") == words_of("es")["ask"]


def test_place_for_files_is_named_by_the_words_on_it(open_page) -> None:
    page = open_page(locale="fr-FR")
    for tab in (2, 3):
        page.locator('#tabs [role="tab"]').nth(tab).click()
        page.get_by_role("button", name="Déposez ici - ou - Cliquez pour choisir").wait_for()


def test_suggestions_of_an_earlier_answer_are_gone_while_the_next_one_is_made(visit) -> None:
    page, _ = visit(*fake_workspace(step_seconds=2))
    ask(page, EXAMPLE)
    page.wait_for_selector("#suggestions button:visible")
    page.fill("#question textarea", "and Arvandia?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".u-steps")
    page.wait_for_selector("#suggestions button", state="hidden")
    page.wait_for_selector('.u-turn[data-turn="2"] .u-answer')
    page.wait_for_selector("#suggestions button:visible")
