"""The chat over a real store with the real models, from an empty store to a checked quotation."""

from pathlib import Path

import pytest

from app.settings import Settings
from app.wiring import open_workspace
from tests.app.ui.conftest import ask, open_tab, serving, settle

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]


def test_statement_uploaded_and_asked_about_is_quoted_and_highlighted(open_page, tmp_path: Path, conference: Path):
    with (
        open_workspace(Settings(store=tmp_path / "store")) as workspace,
        serving(workspace.assistant, workspace.corpus, tmp_path / "uploads") as served,
    ):
        page = open_page(served=served)
        open_tab(page, "Ingest")
        page.get_by_role("button", name="Load the sample statement").click()
        page.wait_for_selector("text=added")
        settle(page)
        open_tab(page, "Ask")
        ask(page, "What did Iran say about article 4?")
        page.click(".u-prose a")
        marked = page.inner_text(".u-card mark")
        assert marked.startswith("Despite the substantial efforts, the imposition of unilateral coercive measures")
        assert "under article 4 of the Convention and consequently" in marked
        assert page.locator(".u-card").first.evaluate("card => card.contains(document.activeElement)")
        assert "UNTOC article 4, Protection of sovereignty" in page.inner_text(".u-turn")
        ask(page, "What did Switzerland say about extradition?", turn=2)
        assert "no statement by Switzerland" in page.inner_text('.u-turn[data-turn="2"]')
