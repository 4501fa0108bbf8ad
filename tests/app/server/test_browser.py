"""The chat of the server in a real browser: signed in, asked, refused what a reader may not do, signed out."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.server.request_guard import COOKIE
from tests.access import overflowing, wrong
from tests.fakes_server import PASSWORD, Team

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    yield opened
    context.close()


def test_a_reader_signs_in_asks_and_signs_out(served: Team, page: Any) -> None:
    page.goto(f"{served.address}/")
    assert page.url == f"{served.address}/sign-in?to=/"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert (wrong(page), overflowing(page)) == ([], [])
    page.fill('input[name="name"]', "rita")
    page.fill('input[name="password"]', "not the password")
    page.click("button")
    page.get_by_role("alert").wait_for()
    page.fill('input[name="name"]', "rita")
    page.fill('input[name="password"]', PASSWORD)
    page.click("button")
    page.wait_for_selector("#question textarea")
    question = "What did Iran say about article 4 in the browser?"
    page.fill("#question textarea", question)
    page.click("#ask")
    page.wait_for_selector("#conversation >> text=Iran (Islamic Republic of)")
    # Once the conversation is kept, the page's address names it.
    page.wait_for_function("new URLSearchParams(location.search).has('c')")
    # The conversation is Rita's alone, in the API as on the page.
    titles = {
        name: {item["title"] for item in served.program(name).get("/api/v1/conversations").json()["items"]}
        for name in ("rita", "edda", "adam")
    }
    assert {name for name, found in titles.items() if question in found} == {"rita"}
    # The server refuses what a reader's role does not allow, whatever the page shows. The test waits for status 403
    # because other events, such as the list's, are answered meanwhile.
    page.click('#tabs [role="tab"] >> text=Ingest')
    with page.expect_response(lambda response: response.status == 403) as refused:
        page.click('[role="tabpanel"]:visible button >> text=Load the sample')
    assert "/gradio_api/run/" in refused.value.url
    assert page.inner_text(".u-account a") == "rita"
    page.click(".u-account button >> text=Sign out")
    page.wait_for_url("**/sign-in")
    page.goto(f"{served.address}/")
    assert "/sign-in" in page.url


def test_a_sign_in_that_ends_leads_to_another_and_loses_nothing(served: Team, page: Any) -> None:
    def sign_in(at: Any) -> None:
        at.fill('input[name="name"]', "edda")
        at.fill('input[name="password"]', PASSWORD)
        at.click("button")
        at.wait_for_selector("#question textarea")

    page.goto(f"{served.address}/")
    sign_in(page)
    question, told = "What did Iran say about article 4, later?", ".u-signed-out"
    page.fill("#question textarea", question)
    page.wait_for_selector(".u-language")
    assert page.locator(told).inner_text() == ""
    # A proxy's 401, in words of its own, leaves the bar empty and reaches whoever sent the request.
    page.route(
        "**/gradio_api/elsewhere", lambda route: route.fulfill(status=401, body="<html>", content_type="text/html")
    )
    assert page.evaluate("fetch('/gradio_api/elsewhere').then((answer) => answer.text())") == "<html>"
    assert page.locator(f"{told} a").count() == 0
    (cookie,) = (each["value"] for each in page.context.cookies() if each["name"] == COOKIE)
    served.accounts.end(cookie)
    page.click("#ask")
    link = page.locator(f"{told} a")
    link.wait_for()
    assert "another tab" in link.inner_text() and page.input_value("#question textarea") == question
    with page.context.expect_page() as opened:
        link.click()
    opened.value.set_default_timeout(60_000)
    sign_in(opened.value)
    page.click("#ask")
    page.wait_for_selector("#conversation >> text=Iran (Islamic Republic of)")
    assert page.locator(told).inner_text() == ""
