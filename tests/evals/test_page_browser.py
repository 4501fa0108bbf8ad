"""The evals page in a real browser: a run is started, watched and cancelled, a report opens, a draft is accepted."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.corpus.draft_cases import Judgement, save_draft
from app.ui.words import words_of
from evals.files import EvalPaths
from evals.metrics.table import METRICS
from evals.review import read_rulings, saved_cases
from evals.serve.page import Jobs
from tests.access import overflowing, wrong
from tests.evals.test_review import CITED, SPAN, saved_answer
from tests.evals.test_serve import Slow, archive, client, jobs, scored_run, slow
from tests.words_left import english_left

pytestmark = pytest.mark.browser
__all__ = ["archive", "client", "jobs", "slow"]


@pytest.fixture
def page(browser: Any, client: httpx.Client, request: pytest.FixtureRequest) -> Any:
    locale = getattr(request, "param", "en-US")
    context = browser.new_context(viewport={"width": 1200, "height": 1000}, locale=locale)
    context.set_default_timeout(90_000)
    opened = context.new_page()
    opened.errors = []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.goto(str(client.base_url))
    opened.wait_for_selector("#start")
    yield opened
    assert opened.errors == []
    context.close()


def test_a_run_is_started_watched_and_cancelled(page: Any, slow: Slow, jobs: Jobs) -> None:
    page.locator("#name input, #name textarea").first.fill("from-the-page")
    page.locator("#start").click()
    page.wait_for_selector('#job [data-state="running"]')
    slow.let.release(2)
    page.wait_for_function("document.querySelector('#job')?.textContent.includes('2 of 3 answers')")
    page.locator("#cancel").click()
    # The last answer is released only after the click has reached the server.
    assert jobs._stopped.wait(60)
    slow.let.release()
    page.wait_for_selector('#job [data-state="cancelled"]')
    page.wait_for_function("document.querySelector('#runs-table')?.textContent.includes('not complete')")


def test_a_draft_is_accepted_and_a_citation_ruled_on(page: Any, paths: EvalPaths, tmp_path: Path) -> None:
    save_draft(paths.path.parent, saved_answer(), Judgement(verdict="right"))
    scored_run(paths)
    page.get_by_role("tab", name="Review").click()
    page.wait_for_selector("#item mark")
    page.locator("#accept").click()
    page.wait_for_function("document.querySelector('#item')?.textContent.includes('Who decides?')")
    page.locator("#reviewer input, #reviewer textarea").first.fill("ab")
    page.locator("#accept").click()
    page.wait_for_function("document.querySelector('#item')?.textContent.includes('needs evidence')")
    page.locator("#used label").nth(1).click()
    page.locator("#accept").click()
    page.wait_for_function("document.querySelector('#item')?.textContent.includes('Nothing is left to decide')")
    (kept,) = saved_cases(paths)
    assert (kept.review.status, kept.review.by, len(kept.evidence)) == ("reviewed", ("ab",), 1)
    page.get_by_label("Citations", exact=True).check()
    page.wait_for_function("(words) => document.querySelector('#item')?.textContent.includes(words)", arg=CITED)
    page.locator("#answers").click()
    page.wait_for_function("document.querySelector('#item')?.textContent.includes('Noted: It answers.')")
    assert read_rulings(paths.reviews) == {"a": {SPAN: True}}


@pytest.mark.parametrize("page", ["fr-FR", "ar-EG"], indirect=True)
def test_page_and_report_are_in_the_language_of_their_reader(page: Any, paths: EvalPaths) -> None:
    save_draft(paths.path.parent, saved_answer(), Judgement(verdict="right"))
    scored_run(paths)
    page.reload()
    page.wait_for_selector("#runs-table a")
    code = page.evaluate("document.documentElement.lang")
    direction = {"fr": "ltr", "ar": "rtl"}[code]
    assert page.evaluate("getComputedStyle(document.body).direction") == direction
    words = words_of(code)
    page.wait_for_function(
        "words => document.querySelector('#dataset input').value.includes(words)", arg=words["evals-set-smoke"]
    )
    assert english_left(page.inner_text("body"), code) == []
    assert page.title() == page.locator("h1").inner_text() == words["evals-title"]
    page.locator("#start").click()
    page.locator("#tabs [role=tab]").nth(1).click()
    page.wait_for_selector("#item mark")
    page.get_by_label(words["evals-right"], exact=True).wait_for()
    page.locator("#accept").click()
    page.wait_for_selector("#item .u-error")
    assert english_left(page.inner_text("body"), code) == []
    with page.context.expect_page() as opened:
        page.locator("#tabs [role=tab]").nth(0).click()
        page.locator("#runs-table a", has_text="made").first.click()
    report = opened.value
    report.wait_for_selector("#verdict")
    assert report.evaluate("getComputedStyle(document.body).direction") == direction
    # Names of metrics are identifiers, which are not translated.
    text = re.sub(rf"<th[^>]*>(?:{'|'.join(METRICS)})</th>", "", report.content())
    assert english_left(text, code) == []
    # The chosen language overrides the browser's, for reports as well.
    page.select_option(".u-language select", "es")
    page.wait_for_function("document.documentElement.lang === 'es'")
    page.wait_for_function("words => document.title === words", arg=words_of("es")["evals-title"], timeout=20_000)
    report.reload()
    assert words_of("es")["report-under-tiles"] in report.inner_text("#verdict")


@pytest.mark.parametrize(
    ("page", "scheme"), [("en-US", "light"), ("fr-FR", "dark"), ("ar-EG", "dark")], indirect=["page"]
)
def test_neither_the_page_nor_a_report_breaks_a_rule_of_access(page: Any, paths: EvalPaths, scheme: str) -> None:
    save_draft(paths.path.parent, saved_answer(), Judgement(verdict="right"))
    scored_run(paths)
    page.emulate_media(color_scheme=scheme)
    page.reload()
    with page.context.expect_page() as opened:
        page.locator("#runs-table a", has_text="made").first.click()
    report = opened.value
    report.emulate_media(color_scheme=scheme)
    report.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    for width in (1280, 390):
        for each in (report, page):
            each.set_viewport_size({"width": width, "height": 900})
        assert (wrong(report), overflowing(report)) == ([], []), width
        for tab, shown in ((1, "#item mark"), (0, "#runs-table a")):
            page.locator("#tabs [role=tab]").nth(tab).click()
            page.wait_for_selector(shown)
            assert (wrong(page), overflowing(page)) == ([], []), (width, tab)
