"""Kept conversations: reopened, found, renamed, deleted, copied, exported and judged, each test as one journey."""

import asyncio
import re

import pytest
from docx import Document
from gradio import routes
from gradio.utils import cancel_tasks

from app.corpus.draft_cases import drafts_path
from app.wiring import Workspace
from evals.cases.case import load_cases
from tests.access import overflowing
from tests.app.ui.conftest import ask
from tests.fakes_ui import EXAMPLE, fake_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
TITLES = ".u-work-open bdi"


def await_titles(page, *titles):
    """Waits until the list of conversations holds these, which comes after the answer."""
    script = "titles => [...document.querySelectorAll('%s')].map(e => e.innerText).join('|') === titles.join('|')"
    page.wait_for_function(script % TITLES, arg=[*titles])


def test_conversation_survives_reload_and_a_second_tab_and_is_named_found_and_deleted(visit):
    page, served = visit()
    ask(page, EXAMPLE)
    page.wait_for_function("new URLSearchParams(location.search).has('c')")
    page.wait_for_function("title => document.title === title", arg=f"{EXAMPLE} · untoc")
    address = page.url
    page.reload()
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    # Whoever opens it by its address can change the scope, as after an answer.
    page.wait_for_selector("#scope-editor:visible")
    # Another tab continues the conversation, and this tab then continues after that.
    other = page.context.new_page()
    other.goto(address)
    other.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    ask(other, "and the group?", 2)
    ask(page, "What did Arvandia say?", 3)
    assert [turn.question for turn in served.assistant.asked[-1][2]] == [EXAMPLE, "and the group?"]
    assert page.locator(".u-turn").count() == 3
    page.click("#new-conversation")
    page.wait_for_selector(".u-welcome")
    page.wait_for_function("!new URLSearchParams(location.search).has('c')")
    ask(page, "What did Korea say?")
    await_titles(page, "What did Korea say?", EXAMPLE)
    page.fill("#conversation-search textarea, #conversation-search input", "consistently supported")
    await_titles(page, EXAMPLE)
    page.click(".u-work-more summary")
    page.fill(".u-work-more[open] input", "Article 4 <b>for Vienna</b>")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'{TITLES} >> text="Article 4 <b>for Vienna</b>"')
    page.click(".u-work-open")
    page.wait_for_selector('.u-turn[data-turn="3"]')
    page.wait_for_function("address => location.href === address", arg=address)
    page.click(".u-work-more summary")
    page.click(".u-work-more[open] [data-action=delete]")
    page.wait_for_selector(".u-welcome")
    await_titles(page)
    page.click("[data-action=restore]")
    page.click(".u-work-open")
    page.wait_for_selector('.u-turn[data-turn="3"]')
    page.go_back()
    page.wait_for_selector(".u-turn, .u-welcome")


def test_answer_is_taken_away_with_its_sources(page):
    ask(page, EXAMPLE)
    page.click('[data-action="use"]')
    page.wait_for_selector(".u-prose >> text=Related passages that you chose")
    page.click("[data-copy][data-html]")
    page.wait_for_function("document.querySelector('#u-live').textContent === 'Copied'")
    read = "kind => navigator.clipboard.read().then(items => items[0].getType(kind)).then(blob => blob.text())"
    rich, plain = page.evaluate(read, "text/html"), page.evaluate(read, "text/plain")
    assert "<blockquote" in rich and "<sup>3</sup>" in rich and "[3] Iran" in plain
    with page.expect_download() as download:
        page.click('[data-export="docx"]')
    document = Document(str(download.value.path()))
    notes = next(part for part in document.part.package.iter_parts() if part.partname.endswith("footnotes.xml"))
    assert len(re.findall(rb'<w:footnote w:id="[1-9]', notes.blob)) == 3
    assert document.paragraphs[0].text == EXAMPLE
    with page.expect_download() as download:
        page.click('[data-export="md"]')
    text = download.value.path().read_text(encoding="utf-8")
    assert "[^1]" in text and re.search(r"^\[\^3\]: Iran", text, re.MULTILINE)
    page.click("#card-1-2 summary >> text=The whole statement")
    mark = page.wait_for_selector("#card-1-2 .u-whole mark")
    assert mark.inner_text().startswith("International cooperation must")
    page.wait_for_function("document.querySelector('#card-1-2 .u-whole').scrollTop > 0")


def test_stopped_question_is_in_its_box_again_and_can_be_asked_at_once(visit, monkeypatch):
    async def cancelled_late(ids: set[str]) -> None:
        await asyncio.sleep(1)
        await cancel_tasks(ids)

    # Until its task is cancelled, the page treats a question as running and drops the next one.
    monkeypatch.setattr(routes, "cancel_tasks", cancelled_late)
    page, served = visit(*fake_workspace(step_seconds=3))
    page.fill("#question textarea", "What did Arvandia say?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".u-steps")
    page.click("#stop")
    page.wait_for_selector(".u-turn >> text=Stopped.")
    assert page.input_value("#question textarea") == "What did Arvandia say?"
    page.press("#question textarea", "Enter")
    page.wait_for_selector('.u-turn[data-turn="1"] .u-answer')
    assert [asked for asked, *_ in served.assistant.asked] == ["What did Arvandia say?"] * 2


def test_another_conversation_stays_in_view_while_the_first_is_being_answered(visit):
    page, served = visit(*fake_workspace(step_seconds=1))
    ask(page, EXAMPLE)
    for leave in ("#new-conversation", ".u-work-open"):
        question = f"What did Arvandia say, {leave}?"
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        page.wait_for_selector(".u-steps")
        page.fill("#question textarea", "What did Korea say?")
        # What another work is called is no reason to stop.
        page.click(".u-work-more summary")
        page.fill(".u-work-more[open] input", f"Sovereignty {leave}")
        page.keyboard.press("Enter")
        page.wait_for_selector(f'{TITLES} >> text="Sovereignty {leave}"')
        page.click(leave)
        page.wait_for_selector(".u-steps", state="detached")
        page.wait_for_selector("#ask:visible")
        assert page.input_value("#question textarea") == "What did Korea say?"
        page.wait_for_timeout(4500)
        assert page.locator(f".u-turn >> text={question}").count() == 0
        assert page.locator(".u-turn").count() == (1 if leave == ".u-work-open" else 0)
    page.press("#question textarea", "Enter")
    page.wait_for_selector('.u-turn[data-turn="2"] .u-answer')
    assert [turn.question for turn in served.assistant.asked[-1][2]] == [EXAMPLE]


def test_judged_answers_are_draft_cases(visit, workspace: Workspace):
    first, second = "What did Arvandia say about extradition at the tenth session?", "and Belmora?"
    page, served = visit(workspace.assistant, workspace.corpus)
    ask(page, first)
    ask(page, second, 2)
    page.click('.u-turn[data-turn="2"] .u-wrong summary')
    page.fill('.u-turn[data-turn="2"] .u-wrong input', "The 2022 statement")
    page.keyboard.press("Enter")
    page.wait_for_selector('.u-turn[data-turn="2"] [role=status] >> text=Kept as wrong')
    page.click('.u-turn[data-turn="1"] [data-verdict=right]')
    page.wait_for_selector('.u-turn[data-turn="1"] [role=status] >> text=Kept as right')
    wrong, right = load_cases(drafts_path(served.store))
    assert (wrong.question, wrong.history, wrong.tags["should_be"]) == (second, (first,), "The 2022 statement")
    assert right.type == "single_state" and right.expect.states == ("XAA",) and right.evidence
    files = {document.file: document.document_id for document in workspace.corpus.documents()}
    for span in right.evidence:
        assert workspace.corpus.show(files[span.file]).source_text[span.start : span.end] == span.quote
    # The question that is suggested next can be answered from the corpus.
    page.wait_for_selector("#suggestions [data-action=ask]")
    suggested = page.locator("#suggestions [data-action=ask]").first.get_attribute("data-question")
    assert suggested is not None and workspace.assistant.ask(suggested).status == "answered"
    page.reload()
    page.wait_for_selector('.u-turn[data-turn="2"] [role=status] >> text=Kept as wrong')


def test_judgement_that_cannot_be_written_says_so_and_can_be_tried_again(visit):
    page, served = visit()
    ask(page, EXAMPLE)
    in_the_way = drafts_path(served.store).parent
    in_the_way.write_text("", encoding="utf-8")
    page.click("[data-verdict=right]")
    page.wait_for_selector('.u-turn [role="alert"] >> text=not saved')
    in_the_way.unlink()
    page.click("[data-verdict=right]")
    page.wait_for_selector("[role=status] >> text=Kept as right")


def test_list_opens_over_the_question_on_a_narrow_page(open_page):
    page = open_page(390)
    ask(page, "What did Iran say when narrow?")
    assert not page.locator("#conversation-list").is_visible()
    page.click("[data-unfold]")
    page.locator(TITLES).first.wait_for()
    assert overflowing(page) == []
