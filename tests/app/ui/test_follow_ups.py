"""A conversation over the fictional conference: what follow-ups keep, and chips that are taken away."""

import pytest

from app.wiring import Workspace
from tests.app.ui.conftest import ask, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def chips_of(page, turn: int) -> list[str]:
    texts = page.locator(f'.u-turn[data-turn="{turn}"] .u-chip').all_inner_texts()
    return [" ".join(text.replace("×", " ").split()) for text in texts]


def take_away(page, turn: int, field: str) -> None:
    """Removes a chip by keyboard and waits for the answer without it."""
    chip = f'.u-turn[data-turn="{turn}"] .u-chip button[data-field="{field}"]'
    page.focus(chip)
    page.keyboard.press("Enter")
    page.wait_for_selector(chip, state="detached")
    page.wait_for_selector(f'.u-turn[data-turn="{turn}"] .u-answer')
    page.wait_for_selector("#ask:visible")
    settle(page)


def test_follow_ups_keep_the_scope_and_removed_chips_stay_removed(visit, workspace: Workspace):
    page, _ = visit(workspace.assistant, workspace.corpus)
    ask(page, "What did Arvandia say about extradition at the tenth session?")
    assert chips_of(page, 1) == ["State Arvandia", "Session 10", "Topic extradition"]
    ask(page, "and Belmora?", 2)
    assert chips_of(page, 2) == ["State Belmora", "Session 10 from before", "Topic extradition from before"]
    take_away(page, 2, "sessions")
    assert chips_of(page, 2) == ["State Belmora", "Topic extradition from before"]
    ask(page, "compare with Galdoria", 3)
    assert chips_of(page, 3) == ["State Belmora from before", "State Galdoria", "Topic extradition from before"]
    take_away(page, 3, "topic")
    ask(page, "and article 16?", 4)
    assert chips_of(page, 4) == [
        "State Belmora from before",
        "State Galdoria from before",
        "Treaty UNTOC article 16",
    ]
    ask(page, "Which States spoke of firearms?", 5)
    assert chips_of(page, 5) == ["all States", "Topic firearms"]
