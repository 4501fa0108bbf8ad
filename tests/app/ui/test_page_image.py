"""The image of a page in the evidence panel, in a real browser."""

from pathlib import Path

import pytest

from tests.app.corpus.test_page_images import PARTIES, QUESTION, arvandia
from tests.app.ui.conftest import ask
from tests.fakes_files import pdf_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


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
    # The conversation is there again, and what is fetched is fetched anew.
    page.wait_for_selector(".u-card")
    page.locator("[data-what=page_image] summary").first.click()
    page.wait_for_selector("text=the page cannot be shown")
