"""The Ask tab: the conversations, the question box, the scope editor and the evidence panel."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import gradio as gr

from app.answering.abstention import greet
from app.answering.history import turn_of
from app.answering.localization import localize
from app.corpus.draft_cases import DraftCases, Judgement
from app.corpus.upload_names import file_name
from app.desk.conversations import Conversations, KeptTurn
from app.desk.works import Work
from app.errors import SHOWN_ERRORS, WorkError
from app.export.conversation import ExportedTurn, conversation_docx, conversation_markdown
from app.records import Answer
from app.ui.background_job import left_at_once
from app.ui.briefing_requests import ChatBriefing, briefing_asked, briefing_of_turns
from app.ui.conversation import (
    TURNS_SHOWN,
    OpenConversation,
    Pending,
    ShownTurn,
    answer_text,
    conversation_html,
    shown_turn,
)
from app.ui.evidence_panel import evidence_section, fetched, page_image, whole_statement
from app.ui.parts import EACH, QUIET, box, html, label, named_by_address, queued, sent, skips
from app.ui.scope_chips import Overrides, without
from app.ui.scope_editor import FIELDS, build_editor, field_values, overrides_of
from app.ui.templates import error_html, error_line, render
from app.ui.words import language, say
from app.ui.work_list import change_list, list_html
from app.wiring import Workspace

_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SESSION_SECONDS: Final = 24 * 3600
# What changes while a question is answered; `asking` is a question that is shown without an answer, `wanted` a briefing
# that is asked for.
_OUTPUTS: Final = "conversation evidence turns open_id question ask stop asking wanted".split()


class _AskTabController:
    """Answers for the Ask tab; keeps no conversation, as each user's turns are passed in and returned."""

    def __init__(self, workspace: Workspace, conversations: Conversations) -> None:
        self._assistant, self._corpus, self._kept = workspace.assistant, workspace.corpus, conversations
        self._cases = DraftCases(conversations.works, workspace.settings.store)
        self._open = OpenConversation(conversations, workspace.corpus)
        self._shown = partial(conversation_html, corpus=workspace.corpus)

    def welcome(self, turns: list[ShownTurn], open_id: str | None = None) -> str:
        if turns:
            return self._shown(turns, open_id)
        try:
            statements = self._corpus.documents()
            examples = greet(statements, localize(self._corpus.parties(), language())).options
        except SHOWN_ERRORS as error:
            return error_html(error)
        return render("welcome", statements=len(statements), examples=examples)

    def opened(self, identifier: str | None, words: str = "") -> tuple[Any, ...]:
        """Opens a conversation; returns (it, evidence, turns, its id, suggestions, what is being asked, list)."""
        problem, turns = "", list[ShownTurn]()
        try:
            turns = self._open.turns(identifier, TURNS_SHOWN) if identifier else []
        except SHOWN_ERRORS as error:
            problem, identifier = error_html(error), None
        shown = problem + self.welcome(turns, identifier)
        return shown, _panel(turns), turns, identifier or None, "", "", self.listed(words, identifier)

    def begun(self, words: str) -> tuple[Any, ...]:
        """Begins a new conversation; returns what `opened` returns."""
        return self.opened(None, words)

    def refreshed(self, turns: list[ShownTurn], open_id: str | None, asking: str) -> tuple[Any, ...]:
        """Shows changes of the store or another browser tab; returns (conversation, evidence, turns)."""
        if not turns and not asking:
            return self.welcome([]), *skips(2)
        current = self._open.current(open_id, turns)
        return skips(3) if current is turns else (self._shown(current, open_id), _panel(current), current)

    def listed(self, words: str, open_id: str | None, deleted: Work | None = None) -> str:
        """Renders the conversations that match all search words."""
        return list_html(self._kept.works, "conversation", open_id, words=words, deleted=deleted)

    def change_list(self, words: str, open_id: str | None, event: gr.EventData) -> tuple[Any, ...]:
        """Opens, renames, deletes or restores a conversation; returns what `opened` returns."""
        listed = partial(self.listed, words)
        return change_list(self._kept.works, open_id, event, partial(self.opened, words=words), listed, 6)

    def arrange_list(self, words: str, open_id: str | None, event: gr.EventData) -> str:
        """Applies an action that leaves the open conversation as it is; returns the list."""
        return str(self.change_list(words, open_id, event)[-1])

    def suggest(self, turns: list[ShownTurn]) -> str:
        """Renders suggestions of what to ask next."""
        if not turns:
            return ""
        try:
            return render("suggestions", questions=self._assistant.suggest(turns[-1].answer))
        except SHOWN_ERRORS:
            return ""

    # Not `ask`: Gradio names endpoints after functions, and the public endpoint has that name.
    def ask_new(self, question: str, turns: list[ShownTurn], open_id: str | None) -> Iterator[tuple[Any, ...]]:
        """Answers a new question after those before it; a request for a briefing goes to the Briefing tab."""
        turns = self._open.current(open_id, turns)
        try:
            wanted = briefing_asked(question, turns, self._corpus.parties())
        except Exception as error:
            yield self._refused(question, turns, open_id, error, typed=True)
            return
        if wanted is None:
            yield from self._answer(question, turns, open_id, {}, typed=True)
        else:
            yield self._handed_over(question, turns, open_id, wanted)

    def act(self, turns: list[ShownTurn], open_id: str | None, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Asks an example or one of several readings, asks again with another scope, or requests a briefing."""
        data = sent(event)
        action, last = data.get("action"), turns[-1] if turns else None
        if action == "ask":
            yield from self._answer(str(data.get("question", "")), self._open.current(open_id, turns), open_id, {})
        elif last is None:
            return
        elif action == "brief":
            try:
                request = briefing_of_turns(turns, self._corpus.parties())
                yield self._handed_over("", turns, open_id, ChatBriefing(request=request))
            except Exception as error:
                yield self._refused(say("briefing-of-this"), turns, open_id, error)
        elif action in ("kind", "drop"):
            if action == "kind":
                change: Overrides = {"kind": str(data.get("kind"))}
            else:
                change = without(last.answer.scope, str(data.get("field")), str(data.get("value")))
            yield from self._answer(last.question, turns, open_id, {**last.overrides, **change}, again=True)

    def judge(self, turns: list[ShownTurn], open_id: str | None, event: gr.EventData) -> tuple[Any, ...]:
        """Stores the reader's verdict on an answer and writes a draft eval case; returns (conversation, turns, id)."""
        data = sent(event)
        turn = _turn_of(turns, data)
        if turn is None:
            return skips(3)
        wrong = data.get("verdict") == "wrong"
        judged = Judgement(verdict="wrong" if wrong else "right", should_be=str(data.get("typed", "")).strip())
        try:
            self._cases.keep(turn.answer, judged, history=turn.history, overrides=turn.overrides)
            marked = replace(turn, judged=judged.verdict, should_be=judged.should_be)
            open_id, kept = self._open.mark(open_id, turns, marked)
        except SHOWN_ERRORS as error:
            return self._shown(turns, open_id, unsaved={turn.number: error_line(error)}), *skips(2)
        return self._shown(kept, open_id), kept, open_id

    def use(self, turns: list[ShownTurn], open_id: str | None, event: gr.EventData) -> tuple[Any, ...]:
        """Adds a related passage to its answer; returns (conversation, evidence, turns, id)."""
        data = sent(event)
        turn = _turn_of(turns, data)
        added = [c.number for c in turn.answer.related if str(c.number) == data.get("number")] if turn else []
        if turn is None or not added:
            return skips(4)
        used = (*turn.used, *added)
        evidence = evidence_section(turn.number, turn.answer, self._corpus, used)
        try:
            open_id, kept = self._open.mark(open_id, turns, replace(turn, used=used, evidence=evidence))
        except SHOWN_ERRORS as error:
            return self._shown(turns, open_id, unsaved={turn.number: error_line(error)}), *skips(3)
        return self._shown(kept, open_id), _panel(kept, turn.number), kept, open_id

    def export(self, asked: object) -> dict[str, str]:
        """Returns a file to save, as `name` and `data`, a data URI; on an error a `note` with the reason."""
        values = asked if isinstance(asked, dict) else {}
        identifier, form = str(values.get("conversation", "")), str(values.get("form", ""))
        try:
            work, turns = self._kept.works.get(identifier), self._open.turns(identifier)
        except SHOWN_ERRORS as error:
            return {"note": error_line(error)}
        exported = [
            ExportedTurn(
                question=turn.question,
                answer=answer_text(turn, self._corpus),
                language=turn.answer.scope.language,
                references={c.number: turn.references[c.number] for c in turn.shown},
                languages={c.number: c.language for c in turn.shown},
            )
            for turn in turns
        ]
        if not exported:
            return {}
        if form == "docx":
            made, media = conversation_docx(work.title, exported, work.changed), _DOCX
        else:
            form, made, media = "md", conversation_markdown(work.title, exported), "text/markdown"
        data = f"data:{media};base64,{b64encode(made).decode('ascii')}"
        return {"name": file_name(work.title[:80], f".{form}"), "data": data}

    def ask_with_scope(
        self,
        turns: list[ShownTurn],
        open_id: str | None,
        *values: Any,  # noqa: ANN401 - of the editor's fields
    ) -> Iterator[tuple[Any, ...]]:
        """Asks the newest question again with the scope of the editor, of whose fields `values` are."""
        if turns:
            overrides = overrides_of(values, turns[-1].answer.scope, self._corpus)
            yield from self._answer(turns[-1].question, turns, open_id, overrides, again=True)

    def ask_as_read(self, turns: list[ShownTurn], open_id: str | None) -> Iterator[tuple[Any, ...]]:
        """Asks the newest question again with the scope as read from it, without overrides."""
        if turns:
            yield from self._answer(turns[-1].question, turns, open_id, {}, again=True)

    def stopped(self, turns: list[ShownTurn], open_id: str | None, asking: str, typed: str) -> tuple[Any, ...]:
        """Shows that a question was stopped; returns (conversation, question for its box, ask, stop)."""
        pending = Pending(question=asking, notice=say("stopped")) if asking else None
        shown = self._shown(turns, open_id, pending) or self.welcome(turns)
        again = asking if asking and not typed.strip() else gr.skip()
        return shown, again, gr.Button(visible=True), gr.Button(visible=False)

    def _refused(
        self, question: str, turns: list[ShownTurn], open_id: str | None, error: Exception, *, typed: bool = False
    ) -> tuple[Any, ...]:
        """Shows an error below the earlier answers; a question that was typed goes back into its box."""
        pending = Pending(question=question, error=error_line(error))
        shown = self._shown(turns, open_id, pending)
        if not turns and not question.strip():
            shown += self.welcome(turns)
        return _ended(conversation=shown, question=question if typed else gr.skip(), asking=question)

    def _handed_over(
        self, question: str, turns: list[ShownTurn], open_id: str | None, wish: ChatBriefing
    ) -> tuple[Any, ...]:
        """Hands a wish to the Briefing tab; `question` is what was typed, empty if a button was pressed."""
        pending = Pending(question=question, notice=say("briefing-elsewhere")) if question else None
        shown = self._shown(turns, open_id, pending)
        return _updates(conversation=shown, question="" if question else gr.skip(), asking=question, wanted=wish)

    def _answer(
        self,
        question: str,
        turns: list[ShownTurn],
        open_id: str | None,
        overrides: Overrides,
        *,
        again: bool = False,
        typed: bool = False,
    ) -> Iterator[tuple[Any, ...]]:
        """Yields the updates of `_OUTPUTS`.

        With `again`, the answer takes the place of the last one. The box changes only if the question was `typed`
        there, since it may hold another one by now.
        """
        before = turns[:-1] if again else turns
        history = [turn_of(turn.answer, turn.overrides) for turn in before]
        busy = {"ask": gr.Button(visible=False), "stop": gr.Button(visible=True)}
        shown = self._shown(before, open_id, Pending(question=question))
        yield _updates(conversation=shown, question="" if typed else gr.skip(), asking=question, **busy)
        try:
            for item in self._assistant.stream(question, overrides=overrides or None, history=history):
                if isinstance(item, Answer):
                    number = before[-1].number + 1 if before else 1
                    turn = KeptTurn(number=number, question=question, answer=item, overrides=dict(overrides))
                    unsaved = dict[int, str]()
                    try:
                        open_id, number = self._open.keep(open_id, before, turn, new=not again)
                    except WorkError as error:
                        unsaved = {number: error_line(error)}
                    answered = shown_turn(replace(turn, number=number), self._corpus, history)
                    kept = [*before, answered][-TURNS_SHOWN:]
                    shown = self._shown(kept, open_id, unsaved=unsaved)
                    yield _ended(conversation=shown, evidence=_panel(kept), turns=kept, open_id=open_id)
                    return
                pending = Pending(question=question, done=item.step, shown=item.shown)
                yield _updates(conversation=self._shown(before, open_id, pending), **busy)
        except Exception as error:
            yield self._refused(question, turns, open_id, error, typed=typed)

    def editor_values(self, turns: list[ShownTurn]) -> list[Any]:
        """Fills the scope editor with the newest answer's scope and what the corpus offers."""
        if not turns:
            return [gr.Accordion(visible=False), *skips(len(FIELDS))]
        return [gr.Accordion(visible=True), *field_values(turns[-1].answer.scope, self._corpus)]


def _updates(**changed: Any) -> tuple[Any, ...]:  # noqa: ANN401 - of any components
    """Returns the updates of `_OUTPUTS`; those that are not named stay as they are."""
    return tuple(changed.get(name, gr.skip()) for name in _OUTPUTS)


def _ended(**changed: Any) -> tuple[Any, ...]:  # noqa: ANN401 - as above
    """Returns the updates of `_OUTPUTS` at the end of an answer."""
    return _updates(**{"ask": gr.Button(visible=True), "stop": gr.Button(visible=False), "asking": ""} | changed)


def _turn_of(turns: Sequence[ShownTurn], data: Mapping[str, Any]) -> ShownTurn | None:
    return next((turn for turn in turns if str(turn.number) == data.get("turn")), None)


def _panel(turns: Sequence[ShownTurn], shown: int | None = None) -> str:
    """Renders the evidence of all turns; visible is that of the turn numbered `shown`, by default the newest."""
    newest = turns[-1].number if turns else 0
    return render("panel", turns=turns, shown=newest if shown is None else shown)


def _place_list() -> tuple[gr.Button, gr.Textbox, gr.HTML]:
    """Places the list of conversations; returns the button for a new one, the box for search words, and the list."""
    with gr.Column(scale=3, min_width=200, elem_classes="u-list", elem_id="conversations"):
        with gr.Row(elem_classes="u-list-head"):
            unfold = '<button type="button" class="u-button u-only-narrow" data-unfold aria-expanded="false">'
            html(unfold + label("conversations") + "</button>")
            new = gr.Button(label("new-conversation"), size="sm", min_width=120, elem_id="new-conversation")
        search = label("search-conversations")
        words = box("search-conversations", 160, placeholder=search, elem_id="conversation-search")
        return new, words, html(elem_id="conversation-list", acts=True)


def _place_composer() -> tuple[gr.Textbox, gr.Button, gr.Button]:
    """Places the box for a question, and the buttons to ask it and to stop."""
    with gr.Row(elem_classes="u-composer"):
        hint = label("ask-placeholder")
        question = box("question", 160, placeholder=hint, max_lines=6, scale=8, autofocus=True, elem_id="question")
        ask = gr.Button(label("ask"), variant="primary", scale=0, min_width=88, elem_id="ask")
        return question, ask, gr.Button(label("stop"), scale=0, min_width=88, visible=False, elem_id="stop")


def build_ask_tab(
    tab: gr.Tab, page: gr.Blocks, workspace: Workspace, conversations: Conversations, wanted: gr.State
) -> None:
    """Lays out the tab inside the current context; `wanted` is set to a briefing that the conversation asks for."""
    controller, corpus = _AskTabController(workspace, conversations), workspace.corpus
    turns = gr.State([], time_to_live=_SESSION_SECONDS)
    open_id, asking, address = gr.State(None), gr.State(""), gr.Textbox(visible=False)

    def export_conversation(asked: Any) -> dict[str, str]:  # noqa: ANN401 - whatever a browser sends
        return controller.export(asked)

    with gr.Row(elem_classes="u-split"):
        new, words, listing = _place_list()
        with gr.Column(scale=8, min_width=320, elem_classes="u-talk"):
            conversation = html(elem_id="conversation", acts=True, server_functions=[export_conversation])
            suggestions = html(elem_id="suggestions", acts=True)
            accordion, scope_fields, apply, reset = build_editor()
            question, ask, stop = _place_composer()
        with gr.Column(scale=7, min_width=320, elem_classes="u-side"):
            fetches = [fetched(corpus, page_image), fetched(corpus, whole_statement)]
            evidence = html(elem_id="evidence", acts=True, server_functions=fetches)
    outputs = [conversation, evidence, turns, open_id, question, ask, stop, asking, wanted]
    running = queued("ask")
    act, asking_with = left_at_once(controller.act), [question, turns, open_id]
    asked = [
        gr.on([question.submit, ask.click], left_at_once(controller.ask_new), asking_with, outputs, **running),
        conversation.select(act, [turns, open_id], outputs, **(running | {"trigger_mode": "multiple"})),
        suggestions.select(act, [turns, open_id], outputs, **running),
        apply.click(left_at_once(controller.ask_with_scope), [turns, open_id, *scope_fields], outputs, **running),
        reset.click(left_at_once(controller.ask_as_read), [turns, open_id], outputs, **running),
    ]
    editing = [accordion, *scope_fields]
    shown = [conversation, evidence, turns, open_id, suggestions, asking, listing]
    for event in asked:
        # Gradio reports a cancelled event as failed, and only once the page would take the next question.
        stopping = [turns, open_id, asking, question]
        event.failure(controller.stopped, stopping, [conversation, question, ask, stop], **QUIET)
        event.then(controller.editor_values, [turns], editing, **QUIET)
        event.then(controller.listed, [words, open_id], [listing], **QUIET)
        event.then(controller.suggest, [turns], [suggestions], **QUIET)
    for marked in (
        conversation.apply(controller.judge, [turns, open_id], [conversation, turns, open_id], **EACH),
        evidence.select(controller.use, [turns, open_id], [conversation, evidence, turns, open_id], **QUIET),
    ):
        marked.then(controller.listed, [words, open_id], [listing], **QUIET)
    tab.select(controller.refreshed, [turns, open_id, asking], [conversation, evidence, turns], **QUIET)
    stop.click(None, cancels=asked)
    words.change(controller.listed, [words, open_id], [listing], trigger_mode="always_last", **QUIET)
    listing.apply(controller.arrange_list, [words, open_id], [listing], **EACH)
    # A conversation that is opened stops what is being asked in another one, whose answer would take its place.
    for opened in (
        new.click(controller.begun, [words], shown, cancels=asked, **QUIET),
        listing.select(controller.change_list, [words, open_id], shown, cancels=asked, **QUIET),
        # The address of the page names the conversation to open.
        page.load(controller.opened, [address], shown, js=named_by_address("c"), **QUIET),
    ):
        opened.then(controller.editor_values, [turns], editing, **QUIET)
