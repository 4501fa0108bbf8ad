"""The Ask tab: the question box, the conversation, the scope editor and the evidence panel."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import gradio as gr
from fastapi import HTTPException

from app.answering.assistant import Assistant
from app.briefing.request import BriefingRequest
from app.corpus.corpus import Corpus
from app.corpus.drafts import save_draft
from app.errors import AppError, NotFoundError
from app.question.turn import turn_of
from app.records import Answer, Scope
from app.ui.briefing_requests import BriefingWish, briefing_asked, briefing_of_turns
from app.ui.conversation import Pending, Turn, Unsaved, conversation_html, error_html, make_turn
from app.ui.evidence_panel import evidence_panel, page_json
from app.ui.scope_chips import (
    PICKS,
    Overrides,
    article_value,
    single_years,
    treaties_json,
    without,
    year_runs,
    years_label,
)
from ingest.errors import IngestError
from ingest.parties.regions import regions
from vectorstore.errors import StoreError

# Buttons inside rendered HTML carry data-action; their data-* attributes reach the server with the event, which is
# `select` unless they name another.
ON_ACTION = (
    "element.addEventListener('click', (event) => {"
    "const button = event.target.closest('[data-action]');"
    "if (button) trigger(button.dataset.event || 'select', {...button.dataset}); });"
)
# The image of a page is asked for when its place in a card is opened. Text is only ever set with textContent.
ON_PAGE = (
    "element.addEventListener('toggle', async (event) => {"
    "const place = event.target.closest('.u-page');"
    "if (!place || !place.open || place.dataset.asked) return;"
    "place.dataset.asked = 'yes';"
    "const {statement, start, end} = place.dataset;"
    "const note = place.querySelector('.u-note');"
    "let page = {note: 'The page could not be fetched. Close and open it to try again.'};"
    "try { page = await server.page_image({statement, start, end}); } catch { delete place.dataset.asked; }"
    "if (page.image) { const image = document.createElement('img');"
    "image.src = page.image; image.alt = page.alt; place.append(image); }"
    "note.textContent = page.note; note.hidden = !page.note; }, true);"
)
SHOWN_ERRORS = (AppError, IngestError, StoreError)
# For whatever answers at once: no progress display, and no queue. Gradio's browser part closes the queue's stream
# after the last event, and loses an event that is sent in that moment.
QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
_TURNS_KEPT = 30
_SESSION_SECONDS = 24 * 3600
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class AskTab:
    """What the other tabs refresh when the corpus has changed.

    Attributes:
        welcome: Renders the conversation as it stands, with the number of statements now stored.
    """

    conversation: gr.HTML
    turns: gr.State
    welcome: Callable[[list[Turn]], str]


@dataclass(frozen=True, kw_only=True)
class _ScopeEditor:
    accordion: gr.Accordion
    states: gr.Dropdown
    members_of: gr.Dropdown
    excluded: gr.Dropdown
    articles: gr.Dropdown
    years: gr.Dropdown
    months: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    sessions: gr.Dropdown
    bodies: gr.Dropdown
    agenda_items: gr.Dropdown
    pick: gr.Dropdown
    topic: gr.Textbox
    apply: gr.Button
    reset: gr.Button

    @property
    def fields(self) -> list[gr.Dropdown | gr.Textbox]:
        who = (self.states, self.members_of, self.excluded)
        lists = (self.articles, self.years, self.months, self.sessions, self.bodies, self.agenda_items)
        return [*who, *lists, self.pick, self.since, self.until, self.topic]


class _AskTabController:
    """Answers for the Ask tab; holds no conversation itself, each user's turns come in and go out."""

    def __init__(self, assistant: Assistant, corpus: Corpus, store: Path) -> None:
        self._assistant = assistant
        self._corpus = corpus
        self._store = store

    def welcome(self, turns: list[Turn]) -> str:
        try:
            statements = 0 if turns else len(self._corpus.documents())
        except SHOWN_ERRORS as error:
            return error_html(error)
        return conversation_html(turns, self._corpus, statements=statements)

    # Gradio names endpoints after functions, and `ask` is the public one's name.
    def ask_new(self, question: str, turns: list[Turn]) -> Iterator[tuple[Any, ...]]:
        """Answers a new question, with the questions before it as history; a briefing is made on its own tab."""
        try:
            wanted = briefing_asked(question, turns, self._corpus.parties())
        except SHOWN_ERRORS as error:
            yield self._refused(question, turns, error)
            return
        if wanted is None:
            yield from self._answer(question, turns, {})
        else:
            yield self._handed_over(question, turns, wanted)

    def act(self, turns: list[Turn], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Asks an example or a reading to choose, asks again without one part of the scope, or wants a briefing."""
        data = event._data if isinstance(event._data, dict) else {}
        if data.get("action") == "brief" and turns:
            try:
                yield self._handed_over("", turns, briefing_of_turns(turns))
            except SHOWN_ERRORS as error:
                yield self._refused("A briefing of this conversation", turns, error)
            return
        if data.get("action") == "ask":
            yield from self._answer(str(data.get("question", "")), turns, {})
        elif data.get("action") == "kind" and turns:
            last = turns[-1]
            yield from self._answer(last.question, turns[:-1], {**last.overrides, "kind": str(data.get("kind"))})
        elif data.get("action") == "drop" and turns:
            last = turns[-1]
            change = without(last.answer.scope, str(data.get("field")), str(data.get("value")))
            yield from self._answer(last.question, turns[:-1], {**last.overrides, **change})

    def save(self, turns: list[Turn], event: gr.EventData) -> tuple[Any, Any]:
        """Saves the answer of a turn as a draft eval case; gives (conversation, turns)."""
        data = event._data if isinstance(event._data, dict) else {}
        place = next((i for i, turn in enumerate(turns) if str(turn.number) == data.get("turn")), None)
        if place is None:
            return gr.skip(), gr.skip()
        turn = turns[place]
        try:
            draft = save_draft(self._store, turn.answer, history=turn.history, overrides=turn.overrides)
        except SHOWN_ERRORS as error:
            unsaved = Unsaved(number=turn.number, error=str(error))
            return conversation_html(turns, self._corpus, unsaved=unsaved), gr.skip()
        saved = replace(turn, saved="Saved as draft case" if draft.new else "Already saved as draft case")
        kept = [*turns[:place], saved, *turns[place + 1 :]]
        return conversation_html(kept, self._corpus), kept

    def ask_with_scope(
        self,
        turns: list[Turn],
        parties: list[str],
        members_of: list[str],
        excluded: list[str],
        articles: list[str],
        years: list[str],
        months: list[str],
        sessions: list[str],
        bodies: list[str],
        agenda_items: list[str],
        pick: str,
        since: str,
        until: str,
        topic: str,
    ) -> Iterator[tuple[Any, ...]]:
        """Asks the newest question again with the scope of the editor."""
        if turns:
            stored = {summary.metadata.on_behalf_of for summary in self._corpus.documents()}
            groups = stored | set(turns[-1].answer.scope.groups)
            overrides: Overrides = {
                "states": [code for code in parties if code not in groups],
                "groups": [code for code in parties if code in groups],
                "members_of": [*members_of],
                "excluded": [*excluded],
                "treaties": treaties_json(articles),
                "years": [*single_years(years)],
                "months": [*months],
                "sessions": [*sessions],
                "bodies": [*bodies],
                "agenda_items": [*agenda_items],
                "pick": pick or None,
                "interval": [since.strip() or None, until.strip() or None] if since.strip() or until.strip() else None,
                "topic": topic,
            }
            yield from self._answer(turns[-1].question, turns[:-1], overrides)

    def ask_as_read(self, turns: list[Turn]) -> Iterator[tuple[Any, ...]]:
        """Asks the newest question again with the scope that it states itself."""
        if turns:
            yield from self._answer(turns[-1].question, turns[:-1], {})

    def stopped(self, turns: list[Turn]) -> tuple[Any, ...]:
        return self.welcome(turns), gr.Button(visible=True), gr.Button(visible=False)

    def _refused(self, question: str, turns: list[Turn], error: Exception) -> tuple[Any, ...]:
        pending = Pending(question=question, error=str(error))
        shown = conversation_html(turns, self._corpus, pending=pending)
        return shown, *[gr.skip()] * 2, question, *[gr.skip()] * 3

    def _handed_over(self, question: str, turns: list[Turn], request: BriefingRequest) -> tuple[Any, ...]:
        """Hands a wish to the Briefing tab."""
        pending = Pending(question=question, notice="The briefing is made on the Briefing tab.") if question else None
        shown = conversation_html(turns, self._corpus, pending=pending)
        return shown, *[gr.skip()] * 2, "", *[gr.skip()] * 2, BriefingWish(identifier=uuid4().hex, request=request)

    def _answer(self, question: str, turns: list[Turn], overrides: Overrides) -> Iterator[tuple[Any, ...]]:
        """Yields (conversation, evidence, turns, question box, ask button, stop button, wanted briefing)."""
        skip = gr.skip()
        history = [turn_of(turn.answer, turn.overrides) for turn in turns]
        pending = Pending(question=question)
        busy, idle = (
            (gr.Button(visible=False), gr.Button(visible=True)),
            (gr.Button(visible=True), gr.Button(visible=False)),
        )
        yield conversation_html(turns, self._corpus, pending=pending), skip, skip, "", *busy, skip
        try:
            for item in self._assistant.stream(question, overrides=overrides or None, history=history):
                if isinstance(item, Answer):
                    number = turns[-1].number + 1 if turns else 1
                    turn = make_turn(number, question, item, overrides, self._corpus, history=history)
                    kept = [*turns, turn][-_TURNS_KEPT:]
                    yield conversation_html(kept, self._corpus), _panel(kept), kept, skip, *idle, skip
                    return
                pending = Pending(question=question, done=item.step, shown=item.shown)
                yield conversation_html(turns, self._corpus, pending=pending), skip, skip, skip, *busy, skip
        except SHOWN_ERRORS as error:
            pending = Pending(question=question, error=str(error))
            yield conversation_html(turns, self._corpus, pending=pending), _panel(turns), turns, question, *idle, skip

    def editor_values(self, turns: list[Turn]) -> list[Any]:
        """Fills the scope editor with the newest answer's scope and what the corpus offers."""
        if not turns:
            return [gr.Accordion(visible=False), *[gr.skip()] * 13]
        scope = turns[-1].answer.scope
        offered = self._offered(scope)
        updates: list[Any] = [gr.Accordion(visible=True)]
        updates += [gr.Dropdown(choices=choices, value=value) for choices, value in offered]
        since, until = scope.interval or (None, None)
        return [*updates, scope.pick or "", since or "", until or "", scope.topic]

    def _offered(self, scope: Scope) -> list[tuple[list[Any], list[str]]]:
        stored = [summary.metadata for summary in self._corpus.documents()]
        codes = {metadata.state for metadata in stored if metadata.state} | set(scope.states) | set(scope.groups)
        parties = sorted((self._corpus.party_name(code), code) for code in codes)
        articles = [article_value(t.treaty, a) for t in scope.treaties for a in t.articles or ("",)]
        # The years of an interval are edited by its ends.
        runs = [] if scope.interval else year_runs(scope.years)
        years = sorted({year for metadata in stored for year in _years(metadata.date)} | set(runs))
        columns = (
            ({m.date[:7] for m in stored if m.date and _MONTH.match(m.date)} | set(scope.months), scope.months),
            ({m.session for m in stored if m.session} | set(scope.sessions), scope.sessions),
            ({m.body for m in stored if m.body} | set(scope.bodies), scope.bodies),
            ({m.agenda_item for m in stored if m.agenda_item} | set(scope.agenda_items), scope.agenda_items),
        )
        sets = sorted((self._set_name(code), code) for code in {*regions(), *scope.members_of})
        return [
            (parties, [*scope.states, *scope.groups]),
            (sets, [*scope.members_of]),
            (sorted({*parties, *sets, *((self._set_name(code), code) for code in scope.excluded)}), [*scope.excluded]),
            (articles, articles),
            ([(years_label(value), value) for value in years], runs),
            *((sorted(choices, key=_natural), list(value)) for choices, value in columns),
        ]

    def _set_name(self, code: str) -> str:
        return regions()[code].name("en") if code in regions() else self._corpus.party_name(code)


def _panel(turns: Sequence[Turn]) -> str:
    return evidence_panel([(turn.number, turn.evidence) for turn in turns])


def _years(date: str | None) -> list[str]:
    bounds = [int(part[:4]) for part in (date or "").split("/") if _YEAR.match(part)]
    return [str(year) for year in range(min(bounds), max(bounds) + 1)] if bounds else []


def _natural(value: str) -> tuple[int, str]:
    return (int(value), "") if value.isdigit() else (10**9, value)


def _build_editor() -> _ScopeEditor:
    with gr.Accordion("Edit scope", open=False, visible=False, elem_id="scope-editor") as accordion:
        with gr.Row():
            states = gr.Dropdown(label="States and groups", multiselect=True, choices=[], min_width=220)
            members_of = gr.Dropdown(label="All States of", multiselect=True, choices=[], min_width=160)
            excluded = gr.Dropdown(label="Without", multiselect=True, choices=[], min_width=160)
            articles = gr.Dropdown(
                label="Articles",
                info="Such as UNTOC 4",
                multiselect=True,
                choices=[],
                allow_custom_value=True,
                min_width=220,
            )
        with gr.Row():
            years = gr.Dropdown(label="Years", multiselect=True, choices=[], min_width=140)
            months = gr.Dropdown(label="Months", multiselect=True, choices=[], min_width=140)
            since = gr.Textbox(label="Since", placeholder="2018 or 2018-10", lines=1, max_lines=1, min_width=140)
            until = gr.Textbox(label="Until", placeholder="2020 or 2020-10", lines=1, max_lines=1, min_width=140)
            sessions = gr.Dropdown(label="Sessions", multiselect=True, choices=[], min_width=140)
            agenda_items = gr.Dropdown(label="Agenda items", multiselect=True, choices=[], min_width=140)
        with gr.Row():
            bodies = gr.Dropdown(label="Bodies", multiselect=True, choices=[], min_width=220)
            picks = [("all in scope", ""), *((label, pick) for pick, label in PICKS.items())]
            pick = gr.Dropdown(label="Statements", choices=picks, value="", min_width=140)
            topic = gr.Textbox(label="Topic words", lines=1, max_lines=2, min_width=220)
        with gr.Row():
            apply = gr.Button("Ask again with this scope", variant="primary", size="sm", min_width=200)
            reset = gr.Button("Back to the question's own scope", size="sm", min_width=200)
    return _ScopeEditor(
        accordion=accordion,
        states=states,
        members_of=members_of,
        excluded=excluded,
        articles=articles,
        years=years,
        months=months,
        since=since,
        until=until,
        sessions=sessions,
        bodies=bodies,
        agenda_items=agenda_items,
        pick=pick,
        topic=topic,
        apply=apply,
        reset=reset,
    )


def _page_server(corpus: Corpus) -> Callable[[Any], dict[str, str]]:
    # The component hangs the function under its name, and marks it, which a method cannot be.
    def page_image(asked: Any) -> dict[str, str]:  # noqa: ANN401 - whatever a browser sends
        try:
            corpus.show(str(asked.get("statement")) if isinstance(asked, dict) else "")
        except NotFoundError as error:
            raise HTTPException(404) from error
        return page_json(corpus, asked)

    return page_image


def build_ask_tab(assistant: Assistant, corpus: Corpus, store: Path, wanted: gr.State) -> AskTab:
    """Lays out the tab inside the current context and connects it.

    Args:
        assistant: Answers.
        corpus: Names the parties, and gives the text around citations.
        store: The store folder, which answers are saved in as draft eval cases.
        wanted: Set to a briefing that the conversation asks for.
    """
    controller = _AskTabController(assistant, corpus, store)
    turns = gr.State([], time_to_live=_SESSION_SECONDS)
    with gr.Row(elem_classes="u-split"):
        with gr.Column(scale=6, min_width=320, elem_classes="u-talk"):
            conversation = gr.HTML(elem_id="conversation", js_on_load=ON_ACTION, apply_default_css=False, padding=False)
            editor = _build_editor()
            with gr.Row(elem_classes="u-composer"):
                question = gr.Textbox(
                    label="Question",
                    placeholder="Ask what a State said …",
                    lines=1,
                    max_lines=6,
                    scale=8,
                    autofocus=True,
                    elem_id="question",
                )
                ask = gr.Button("Ask", variant="primary", scale=0, min_width=88, elem_id="ask")
                stop = gr.Button("Stop", scale=0, min_width=88, visible=False, elem_id="stop")
        with gr.Column(scale=5, min_width=320, elem_classes="u-side"):
            evidence = gr.HTML(
                evidence_panel([]),
                elem_id="evidence",
                js_on_load=ON_PAGE,
                server_functions=[_page_server(corpus)],
                apply_default_css=False,
                padding=False,
            )
    outputs = [conversation, evidence, turns, question, ask, stop, wanted]
    running: Any = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": 4,
        "concurrency_id": "ask",
    }
    asked = [
        gr.on(
            [question.submit, ask.click], controller.ask_new, [question, turns], outputs, trigger_mode="once", **running
        ),
        conversation.select(controller.act, [turns], outputs, trigger_mode="multiple", **running),
        editor.apply.click(controller.ask_with_scope, [turns, *editor.fields], outputs, trigger_mode="once", **running),
        editor.reset.click(controller.ask_as_read, [turns], outputs, trigger_mode="once", **running),
    ]
    for event in asked:
        event.then(
            controller.editor_values,
            [turns],
            [editor.accordion, *editor.fields],
            **QUIET,
        )
    conversation.apply(controller.save, [turns], [conversation, turns], **QUIET)
    stop.click(controller.stopped, [turns], [conversation, ask, stop], cancels=asked, **QUIET)
    return AskTab(conversation=conversation, turns=turns, welcome=controller.welcome)
