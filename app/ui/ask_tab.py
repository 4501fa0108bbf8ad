"""The Ask tab: the conversations, the question box, the scope editor and the evidence panel."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final, get_args

import gradio as gr
from gradio.events import Dependency

from app.answering.abstention import greet
from app.answering.history import turn_of
from app.answering.localization import localize
from app.corpus.drafts import Cases, Judgement
from app.desk.conversations import Conversations, KeptTurn
from app.desk.works import Work
from app.errors import SHOWN_ERRORS, NotFoundError, WorkError
from app.export.conversation import ExportedTurn, conversation_docx, conversation_markdown
from app.records import Answer, Pick, Scope
from app.ui.background_job import left_at_once
from app.ui.briefing_requests import BriefingWish, briefing_asked, briefing_of_turns
from app.ui.conversation import Pending, ShownTurn, answer_text, conversation_html, shown_turn
from app.ui.conversation_list import change_list, list_html
from app.ui.evidence_panel import evidence_section, fetched, page_image, whole_statement
from app.ui.parts import EACH, QUIET, box, html, label, named_by_address, queued, sent, several, skips
from app.ui.scope_chips import Overrides, single_years, treaties_json, treaty_values, value_label, without, year_runs
from app.ui.templates import error_html, render, told
from app.ui.uploads import file_name
from app.ui.words import language, say
from app.wiring import Workspace
from ingest.parties.regions import regions

# The last turns of a long conversation, which the page shows; all are stored and exported.
_TURNS_SHOWN = 30
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SESSION_SECONDS = 24 * 3600
# The fields of the scope editor, in the order in which they are laid out.
_SCOPE_FIELDS: Final = tuple(
    "states members_of excluded treaties years months sessions bodies agenda_items pick since until topic".split()
)
_MONTH = re.compile(r"\d{4}-\d{2}")


class _AskTabController:
    """Answers for the Ask tab; keeps no conversation, as each user's turns are passed in and returned."""

    def __init__(self, workspace: Workspace, conversations: Conversations) -> None:
        self._assistant, self._corpus, self._kept = workspace.assistant, workspace.corpus, conversations
        self._cases = Cases(conversations.works, workspace.settings.store)
        self._shown = partial(conversation_html, corpus=workspace.corpus)

    def renewed(self, turns: list[ShownTurn], asking: str) -> Any:  # noqa: ANN401 - the welcome, or an update
        """Renders the welcome anew, as the corpus has changed; a conversation, or its first question, stays."""
        return gr.skip() if turns or asking else self.welcome(turns)

    def welcome(self, turns: list[ShownTurn], here: str | None = None) -> str:
        if turns:
            return self._shown(turns, here)
        try:
            statements = self._corpus.documents()
            examples = greet(statements, localize(self._corpus.parties(), language())).options
        except SHOWN_ERRORS as error:
            return error_html(error)
        return render("welcome", statements=len(statements), examples=examples)

    def opened(self, identifier: str | None, words: str = "") -> tuple[Any, ...]:
        """Opens a conversation, or a new one.

        Returns (conversation, evidence, turns, its id, suggestions, what is being asked, list).
        """
        problem, turns = "", list[ShownTurn]()
        try:
            turns = self._turns(identifier, _TURNS_SHOWN) if identifier else []
        except SHOWN_ERRORS as error:
            problem, identifier = error_html(error), None
        shown = problem + self.welcome(turns, identifier)
        return shown, _panel(turns), turns, identifier or None, "", "", self.listed(words, identifier)

    def refreshed(self, turns: list[ShownTurn], here: str | None) -> tuple[Any, ...]:
        """Shows changes of the store or another browser tab; returns (conversation, evidence, turns)."""
        current = self._current(here, turns)
        return skips(3) if current is turns else (self._shown(current, here), _panel(current), current)

    def _turns(self, identifier: str, last: int = 0) -> list[ShownTurn]:
        """Returns the turns of a kept conversation, rendered; with `last`, only so many at the end."""
        turns: list[ShownTurn] = []
        for kept in self._kept.turns(identifier)[-last:]:
            history = [turn_of(turn.answer, turn.overrides) for turn in turns]
            turns.append(shown_turn(kept, self._corpus, history))
        return turns

    def _current(self, here: str | None, turns: list[ShownTurn]) -> list[ShownTurn]:
        """Returns the turns as stored, if another browser tab or the store has changed them, else `turns`."""
        if here is None:
            return turns
        try:
            kept = self._kept.turns(here)[-_TURNS_SHOWN:]
            return turns if [*map(_content, kept)] == [*map(_content, turns)] else self._turns(here, _TURNS_SHOWN)
        except SHOWN_ERRORS:
            return turns

    def _keep(
        self, here: str | None, turns: Sequence[KeptTurn], turn: KeptTurn, *, new: bool = False
    ) -> tuple[str, int]:
        """Stores a turn in place of the one with its number or, if `new`, after all that were stored meanwhile.

        Returns the conversation's id and the turn's number in it; raises WorkError if it cannot be stored.
        """
        with suppress(NotFoundError):
            if here is not None:
                return self._kept.append(here, turn) if new else (self._kept.keep(here, turn), turn.number)
        return self._copied(here, turns, turn), turn.number

    def _copied(self, here: str | None, turns: Sequence[KeptTurn], changed: KeptTurn) -> str:
        """Stores all turns, one of them changed or new, as a conversation of the person's own; returns its id.

        Used if the open conversation was deleted in another tab, or may only be read.
        """
        with suppress(NotFoundError):
            turns = turns if here is None else self._kept.turns(here)
        numbered = {turn.number: turn for turn in (*turns, changed)}
        return self._kept.keep_all([turn for _, turn in sorted(numbered.items())])

    def listed(self, words: str, here: str | None, deleted: Work | None = None) -> str:
        """Renders the conversations that match all search words."""
        return list_html(self._kept.works, "conversation", here, words=words, deleted=deleted)

    def change_list(self, words: str, here: str | None, event: gr.EventData) -> tuple[Any, ...]:
        """Opens, renames, deletes or restores a conversation; returns what `opened` returns."""
        listed = partial(self.listed, words)
        return change_list(self._kept.works, here, event, lambda identifier: self.opened(identifier, words), listed, 6)

    def arrange_list(self, words: str, here: str | None, event: gr.EventData) -> str:
        """Applies an action that leaves the open conversation as it is; returns the list."""
        return str(self.change_list(words, here, event)[-1])

    def suggest(self, turns: list[ShownTurn]) -> str:
        """Renders suggestions of what to ask next."""
        if not turns:
            return ""
        try:
            return render("suggestions", questions=self._assistant.suggest(turns[-1].answer))
        except SHOWN_ERRORS:
            return ""

    # Not `ask`: Gradio names endpoints after functions, and the public endpoint has that name.
    def ask_new(self, question: str, turns: list[ShownTurn], here: str | None) -> Iterator[tuple[Any, ...]]:
        """Answers a new question after those before it; a request for a briefing goes to the Briefing tab."""
        turns = self._current(here, turns)
        try:
            wanted = briefing_asked(question, turns, self._corpus.parties())
        except Exception as error:
            yield self._refused(question, turns, here, error, typed=True)
            return
        if wanted is None:
            yield from self._answer(question, turns, here, {}, typed=True)
        else:
            yield self._handed_over(question, turns, here, wanted)

    def act(self, turns: list[ShownTurn], here: str | None, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Asks an example or one of several readings, asks again with another scope, or requests a briefing."""
        data = sent(event)
        action, last = data.get("action"), turns[-1] if turns else None
        if action == "ask":
            yield from self._answer(str(data.get("question", "")), self._current(here, turns), here, {})
        elif last is None:
            return
        elif action == "brief":
            try:
                request = briefing_of_turns(turns, self._corpus.parties())
                yield self._handed_over("", turns, here, BriefingWish(request=request))
            except Exception as error:
                yield self._refused(say("briefing-of-this"), turns, here, error)
        elif action in ("kind", "drop"):
            if action == "kind":
                change: Overrides = {"kind": str(data.get("kind"))}
            else:
                change = without(last.answer.scope, str(data.get("field")), str(data.get("value")))
            yield from self._answer(last.question, turns, here, {**last.overrides, **change}, again=True)

    def judge(self, turns: list[ShownTurn], here: str | None, event: gr.EventData) -> tuple[Any, ...]:
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
            here, kept = self._changed(here, turns, marked)
        except SHOWN_ERRORS as error:
            return self._shown(turns, here, unsaved={turn.number: told(error)}), *skips(2)
        return self._shown(kept, here), kept, here

    def use(self, turns: list[ShownTurn], here: str | None, event: gr.EventData) -> tuple[Any, ...]:
        """Adds a related passage to its answer; returns (conversation, evidence, turns, id)."""
        data = sent(event)
        turn = _turn_of(turns, data)
        added = [c.number for c in turn.answer.related if str(c.number) == data.get("number")] if turn else []
        if turn is None or not added:
            return skips(4)
        used = (*turn.used, *added)
        evidence = evidence_section(turn.number, turn.answer, self._corpus, used)
        try:
            here, kept = self._changed(here, turns, replace(turn, used=used, evidence=evidence))
        except SHOWN_ERRORS as error:
            return self._shown(turns, here, unsaved={turn.number: told(error)}), *skips(3)
        return self._shown(kept, here), _panel(kept, turn.number), kept, here

    def _changed(
        self, here: str | None, turns: list[ShownTurn], changed: ShownTurn
    ) -> tuple[str | None, list[ShownTurn]]:
        """Stores a turn that the reader judged or added to; returns the id of its conversation and the turns."""
        try:
            self._kept.mark(here or "", changed)
        except NotFoundError:
            here = self._copied(here, turns, changed)
        # Another button may have been pressed since these turns were shown.
        return here, self._current(here, [changed if each.number == changed.number else each for each in turns])

    def export(self, asked: object) -> dict[str, str]:
        """Exports a conversation for the browser to save.

        Returns the file's `name` and its `data`, a data URI; on an error a `note` with the reason.
        """
        values = asked if isinstance(asked, dict) else {}
        identifier, form = str(values.get("conversation", "")), str(values.get("form", ""))
        try:
            work, turns = self._kept.works.get(identifier), self._turns(identifier)
        except SHOWN_ERRORS as error:
            return {"note": told(error)}
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
        here: str | None,
        *values: Any,  # noqa: ANN401 - of the editor's fields
    ) -> Iterator[tuple[Any, ...]]:
        """Asks the newest question again with the scope of the editor; `values` are those of `_SCOPE_FIELDS`."""
        if turns:
            edited = dict(zip(_SCOPE_FIELDS, values, strict=True))
            ends = [edited.pop(end).strip() or None for end in ("since", "until")]
            stored = {summary.metadata.on_behalf_of for summary in self._corpus.documents()}
            groups = stored | set(turns[-1].answer.scope.groups)
            overrides: Overrides = edited | {
                "states": [code for code in edited["states"] if code not in groups],
                "groups": [code for code in edited["states"] if code in groups],
                "treaties": treaties_json(edited["treaties"]),
                "years": [*single_years(edited["years"])],
                "pick": edited["pick"] or None,
                "interval": ends if any(ends) else None,
            }
            yield from self._answer(turns[-1].question, turns, here, overrides, again=True)

    def ask_as_read(self, turns: list[ShownTurn], here: str | None) -> Iterator[tuple[Any, ...]]:
        """Asks the newest question again with the scope as read from it, without overrides."""
        if turns:
            yield from self._answer(turns[-1].question, turns, here, {}, again=True)

    def stopped(self, turns: list[ShownTurn], here: str | None, asking: str, typed: str) -> tuple[Any, ...]:
        """Shows that a question was stopped; returns (conversation, question for its box, ask, stop).

        Nothing is being asked any more (`asking`) where another conversation was opened.
        """
        pending = Pending(question=asking, notice=say("stopped")) if asking else None
        shown = self._shown(turns, here, pending) or self.welcome(turns)
        again = asking if asking and not typed.strip() else gr.skip()
        return shown, again, gr.Button(visible=True), gr.Button(visible=False)

    def _refused(
        self, question: str, turns: list[ShownTurn], here: str | None, error: Exception, *, typed: bool = False
    ) -> tuple[Any, ...]:
        """Shows an error below the earlier answers; a question that was typed goes back into its box."""
        pending = Pending(question=question, error=told(error))
        return self._shown(turns, here, pending), *skips(3), question if typed else gr.skip(), *_idle()

    def _handed_over(
        self, question: str, turns: list[ShownTurn], here: str | None, wish: BriefingWish
    ) -> tuple[Any, ...]:
        """Hands a wish to the Briefing tab; `question` is what was typed, empty if a button was pressed."""
        pending = Pending(question=question, notice=say("briefing-elsewhere")) if question else None
        return self._shown(turns, here, pending), *skips(3), "" if question else gr.skip(), *skips(3), wish

    def _answer(
        self,
        question: str,
        turns: list[ShownTurn],
        here: str | None,
        overrides: Overrides,
        *,
        again: bool = False,
        typed: bool = False,
    ) -> Iterator[tuple[Any, ...]]:
        """Yields (conversation, evidence, turns, its id, question box, ask, stop, what is being asked, briefing).

        With `again`, the answer takes the place of the last one. The box changes only if the question was `typed`
        there, since it may hold another one by now.
        """
        before = turns[:-1] if again else turns
        history = [turn_of(turn.answer, turn.overrides) for turn in before]
        busy = (gr.Button(visible=False), gr.Button(visible=True))
        emptied = "" if typed else gr.skip()
        yield self._shown(before, here, Pending(question=question)), *skips(3), emptied, *busy, question, gr.skip()
        try:
            for item in self._assistant.stream(question, overrides=overrides or None, history=history):
                if isinstance(item, Answer):
                    number = before[-1].number + 1 if before else 1
                    turn = KeptTurn(number=number, question=question, answer=item, overrides=dict(overrides))
                    unsaved = dict[int, str]()
                    try:
                        here, number = self._keep(here, before, turn, new=not again)
                    except WorkError as error:
                        unsaved = {number: told(error)}
                    shown = shown_turn(replace(turn, number=number), self._corpus, history)
                    kept = [*before, shown][-_TURNS_SHOWN:]
                    yield self._shown(kept, here, unsaved=unsaved), _panel(kept), kept, here, gr.skip(), *_idle()
                    return
                pending = Pending(question=question, done=item.step, shown=item.shown)
                yield self._shown(before, here, pending), *skips(4), *busy, *skips(2)
        except Exception as error:
            yield self._refused(question, turns, here, error, typed=typed)

    def editor_values(self, turns: list[ShownTurn]) -> list[Any]:
        """Fills the scope editor with the newest answer's scope and what the corpus offers."""
        if not turns:
            return [gr.Accordion(visible=False), *skips(len(_SCOPE_FIELDS))]
        scope = turns[-1].answer.scope
        offered = self._offered(scope)
        updates: list[Any] = [gr.Accordion(visible=True)]
        updates += [gr.Dropdown(choices=choices, value=value) for choices, value in offered]
        since, until = scope.interval or (None, None)
        picks = [(say("pick-all"), ""), *((say(f"pick-{pick}"), pick) for pick in get_args(Pick))]
        return [*updates, gr.Dropdown(choices=picks, value=scope.pick or ""), since or "", until or "", scope.topic]

    def _offered(self, scope: Scope) -> list[tuple[list[Any], list[str]]]:
        stored = [summary.metadata for summary in self._corpus.documents()]
        codes = {*scope.states, *scope.groups, *(code for metadata in stored for code in metadata.holders)}
        names = partial(self._corpus.party_name, language=language())
        parties = sorted((names(code), code) for code in codes)
        articles = treaty_values(scope)
        # An interval is edited by its two ends, so its years are not listed.
        runs = [] if scope.interval else year_runs(scope.years)
        years = sorted({year for metadata in stored for year in map(str, metadata.years)} | set(runs))
        columns = (
            ({m.date[:7] for m in stored if m.date and _MONTH.match(m.date)} | set(scope.months), scope.months),
            ({m.session for m in stored if m.session} | set(scope.sessions), scope.sessions),
            ({m.body for m in stored if m.body} | set(scope.bodies), scope.bodies),
            ({m.agenda_item for m in stored if m.agenda_item} | set(scope.agenda_items), scope.agenda_items),
        )
        sets = sorted((value_label("members_of", code, names), code) for code in {*regions(), *scope.members_of})
        excluded = {*parties, *sets, *((value_label("excluded", code, names), code) for code in scope.excluded)}
        return [
            (parties, [*scope.states, *scope.groups]),
            (sets, [*scope.members_of]),
            (sorted(excluded), [*scope.excluded]),
            (articles, articles),
            ([(value_label("years", value, names), value) for value in years], runs),
            *((sorted(choices, key=_natural), list(value)) for choices, value in columns),
        ]


def _idle() -> tuple[Any, ...]:
    """Returns the idle values of the last outputs of `_answer`: ask, stop, what is being asked, briefing."""
    return gr.Button(visible=True), gr.Button(visible=False), "", gr.skip()


def _content(turn: KeptTurn) -> tuple[object, ...]:
    """Returns the parts of a turn that can change."""
    return turn.answer, turn.judged, turn.should_be, turn.used


def _turn_of(turns: Sequence[ShownTurn], data: Mapping[str, Any]) -> ShownTurn | None:
    return next((turn for turn in turns if str(turn.number) == data.get("turn")), None)


def _panel(turns: Sequence[ShownTurn], shown: int | None = None) -> str:
    """Renders the evidence of all turns; visible is that of the turn numbered `shown`, by default the newest."""
    newest = turns[-1].number if turns else 0
    return render("panel", turns=turns, shown=newest if shown is None else shown)


def _natural(value: str) -> tuple[int, str]:
    return (int(value), "") if value.isdigit() else (10**9, value)


def _build_editor() -> tuple[gr.Accordion, list[gr.Dropdown | gr.Textbox], gr.Button, gr.Button]:
    """Lays out the scope editor; returns it, its fields in the order of `_SCOPE_FIELDS`, and its two buttons."""
    with gr.Accordion(label("edit-scope"), open=False, visible=False, elem_id="scope-editor") as accordion:
        with gr.Row():
            who = [several("states-and-groups", 220), several("chip-members_of", 160), several("chip-excluded", 160)]
            articles = several("articles", 220, info=label("articles-such-as"), allow_custom_value=True)
        with gr.Row():
            dates = [several("years", 140), several("months", 140)]
            ends = [box("since-label", 140, placeholder="2018, 2018-10"), box("until-label", 140, placeholder="2020")]
            sessions, agenda_items = several("sessions", 140), several("choose-agenda-items", 140)
        with gr.Row():
            bodies = several("bodies", 220)
            pick = gr.Dropdown(label=label("statements"), choices=[""], value="", min_width=140)
            topic = box("topic-words", 220)
        with gr.Row():
            apply = gr.Button(label("ask-with-scope"), variant="primary", size="sm", min_width=200)
            reset = gr.Button(label("ask-as-read"), size="sm", min_width=200)
    return accordion, [*who, articles, *dates, sessions, bodies, agenda_items, pick, *ends, topic], apply, reset


def build_ask_tab(
    tab: gr.Tab, page: gr.Blocks, workspace: Workspace, conversations: Conversations, wanted: gr.State
) -> Callable[[Dependency], None]:
    """Lays out the tab inside the current context; `wanted` is set to a briefing that the conversation asks for.

    Returns a function that makes an event of another tab renew the welcome, which shows what the corpus holds.
    """
    controller, corpus = _AskTabController(workspace, conversations), workspace.corpus
    turns = gr.State([], time_to_live=_SESSION_SECONDS)
    here, asking, address = gr.State(None), gr.State(""), gr.Textbox(visible=False)

    def export_conversation(asked: Any) -> dict[str, str]:  # noqa: ANN401 - whatever a browser sends
        return controller.export(asked)

    with gr.Row(elem_classes="u-split"):
        with gr.Column(scale=3, min_width=200, elem_classes="u-list", elem_id="conversations"):
            with gr.Row(elem_classes="u-list-head"):
                html(
                    '<button type="button" class="u-button u-only-narrow" data-unfold aria-expanded="false">'
                    + label("conversations")
                    + "</button>"
                )
                new = gr.Button(label("new-conversation"), size="sm", min_width=120, elem_id="new-conversation")
            search = label("search-conversations")
            words = box("search-conversations", 160, placeholder=search, elem_id="conversation-search")
            listing = html(elem_id="conversation-list", acts=True)
        with gr.Column(scale=8, min_width=320, elem_classes="u-talk"):
            conversation = html(elem_id="conversation", acts=True, server_functions=[export_conversation])
            suggestions = html(elem_id="suggestions", acts=True)
            accordion, scope_fields, apply, reset = _build_editor()
            with gr.Row(elem_classes="u-composer"):
                hint = label("ask-placeholder")
                question = box(
                    "question", 160, placeholder=hint, max_lines=6, scale=8, autofocus=True, elem_id="question"
                )
                ask = gr.Button(label("ask"), variant="primary", scale=0, min_width=88, elem_id="ask")
                stop = gr.Button(label("stop"), scale=0, min_width=88, visible=False, elem_id="stop")
        with gr.Column(scale=7, min_width=320, elem_classes="u-side"):
            fetches = [fetched(corpus, page_image), fetched(corpus, whole_statement)]
            evidence = html(elem_id="evidence", acts=True, server_functions=fetches)
    outputs = [conversation, evidence, turns, here, question, ask, stop, asking, wanted]
    running = queued("ask")
    act, asking_with = left_at_once(controller.act), [question, turns, here]
    asked = [
        gr.on([question.submit, ask.click], left_at_once(controller.ask_new), asking_with, outputs, **running),
        conversation.select(act, [turns, here], outputs, **(running | {"trigger_mode": "multiple"})),
        suggestions.select(act, [turns, here], outputs, **running),
        apply.click(left_at_once(controller.ask_with_scope), [turns, here, *scope_fields], outputs, **running),
        reset.click(left_at_once(controller.ask_as_read), [turns, here], outputs, **running),
    ]
    editing = [accordion, *scope_fields]
    shown = [conversation, evidence, turns, here, suggestions, asking, listing]
    for event in asked:
        # Gradio reports a cancelled event as failed, and only once the page would take the next question.
        stopping = [turns, here, asking, question]
        event.failure(controller.stopped, stopping, [conversation, question, ask, stop], **QUIET)
        event.then(controller.editor_values, [turns], editing, **QUIET)
        event.then(controller.listed, [words, here], [listing], **QUIET)
        event.then(controller.suggest, [turns], [suggestions], **QUIET)
    for marked in (
        conversation.apply(controller.judge, [turns, here], [conversation, turns, here], **EACH),
        evidence.select(controller.use, [turns, here], [conversation, evidence, turns, here], **QUIET),
    ):
        marked.then(controller.listed, [words, here], [listing], **QUIET)
    tab.select(controller.refreshed, [turns, here], [conversation, evidence, turns], **QUIET)
    stop.click(None, cancels=asked)
    words.change(controller.listed, [words, here], [listing], trigger_mode="always_last", **QUIET)
    listing.apply(controller.arrange_list, [words, here], [listing], **EACH)
    # A conversation that is opened stops what is being asked in another one, whose answer would take its place.
    for opened in (
        new.click(lambda words: controller.opened(None, words), [words], shown, cancels=asked, **QUIET),
        listing.select(controller.change_list, [words, here], shown, cancels=asked, **QUIET),
        # The address of the page names the conversation to open.
        page.load(controller.opened, [address], shown, js=named_by_address("c"), **QUIET),
    ):
        opened.then(controller.editor_values, [turns], editing, **QUIET)
    return lambda changed: changed.then(controller.renewed, [turns, asking], [conversation], **QUIET)
