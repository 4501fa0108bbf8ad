"""The Briefing tab: a form for a request, the position table with quotations and reviews, and its documents."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Final
from weakref import WeakValueDictionary

import gradio as gr

from app.briefing.cells import COMPOSERS, Briefing, Composer
from app.briefing.kept_briefings import KeptBriefings
from app.briefing.request import BriefingRequest, code_among, party_names, read_request, request_of_briefing
from app.briefing.table_builder import BriefingProgress
from app.corpus.upload_names import file_name
from app.desk.works import Work
from app.errors import SHOWN_ERRORS, AppError, BriefingError, NotFoundError, WorkError
from app.export.briefing_lines import FORMS, DocumentForm, arrange
from app.export.plots import describe_timeline, timeline
from app.export.write import write_briefing
from app.ui.background_job import left_at_once, run_in_background
from app.ui.briefing_requests import ChatBriefing
from app.ui.briefing_view import FoundCitations, briefing_html
from app.ui.cell_editing import edit_cell, search_quotations
from app.ui.parts import EACH, LANGUAGE_CHOICES, QUIET, box, html, label, named_by_address, queued, sent, several, skips
from app.ui.served_files import session_folder
from app.ui.templates import error_html, error_line, hint_html, render
from app.ui.words import language, say
from app.ui.work_list import change_list, list_html
from app.wiring import Workspace

# Clicks whose documents are written at a time: a PDF is another program's work for seconds to minutes.
_WRITTEN_AT_ONCE: Final = 2
_SESSION_SECONDS: Final = 24 * 3600
# The number of form fields that make up a briefing request.
_FIELDS: Final = 8
# The number of outputs that `make` yields.
_MADE: Final = 6


class _BriefingTabController:
    """Makes briefings for the tab; holds no user's briefing itself."""

    def __init__(self, workspace: Workspace, kept: KeptBriefings) -> None:
        self._workspace, self._kept = workspace, kept
        self._corpus = workspace.corpus
        self._locks, self._making_lock = WeakValueDictionary[str, Lock](), Lock()

    def _offered(self, chosen: Sequence[str]) -> list[tuple[str, str]]:
        """Returns (name, code) of every party that has a statement or is chosen."""
        codes = {code for summary in self._corpus.documents() for code in summary.metadata.holders}
        return sorted((self._corpus.party_name(code, language()), code) for code in codes | {*chosen})

    def _chosen(self, codes: Sequence[str]) -> gr.Dropdown:
        return gr.Dropdown(choices=self._offered(codes), value=[*codes], allow_custom_value=True)

    def named(self, chosen: Sequence[str], event: gr.SelectData) -> tuple[Any, str]:
        """Replaces typed names by codes; returns (the list, errors for names that are no party's)."""
        # The value that was just entered is not in the component's value yet.
        wanted = [*dict.fromkeys((*chosen, event.value) if event.selected else chosen)]
        offered, problems, codes = self._offered(()), list[str](), dict[str, None]()
        known = {code for _, code in offered}
        for typed in wanted:
            for name in [typed] if typed in known else party_names(typed, self._corpus.parties()):
                try:
                    codes[name if name in known else code_among(offered, name, self._corpus.parties())] = None
                except BriefingError as error:
                    problems.append(error_html(error))
        # Without a change there is no update, which would disturb a user who goes on choosing.
        return gr.skip() if [*codes] == wanted else self._chosen([*codes]), "".join(problems)

    def choices(self, chosen: Sequence[str]) -> tuple[Any, ...]:
        """Returns the choices of parties, forms of documents, composers (what stands in a cell) and languages."""
        model = self._workspace.briefings.model
        return (
            gr.Dropdown(choices=self._offered(chosen)),
            gr.Dropdown(choices=[(say(f"form-{form}"), form) for form in FORMS]),
            gr.Radio(choices=[(say(f"composer-{name}", model=model or ""), name) for name in COMPOSERS]),
            gr.Dropdown(choices=[(say("as-this-page"), ""), *LANGUAGE_CHOICES]),
        )

    def make(
        self,
        parties: list[str],
        topics: str,
        articles: str,
        sessions: str,
        years: str,
        bodies: str,
        split: bool,
        spoken: str,
        form: str,
        composer: Composer | None,
    ) -> Iterator[tuple[Any, ...]]:
        """Makes a briefing; yields (result, briefing, its id, documents, what was found, list of briefings)."""
        try:
            request = read_request(
                self._corpus.parties(),
                states=parties,
                topics=[topics],
                articles=[articles],
                sessions=[sessions],
                years=[years],
                bodies=[bodies],
                by_session=split,
                quotations=self._workspace.settings.briefing.quotations,
                language=spoken or language(),
            )
        except BriefingError as error:
            yield error_html(error), *skips(_MADE - 1)
            return
        yield from self._made(request, form, composer)

    def _made(self, request: BriefingRequest, form: str, composer: Composer | None) -> Iterator[tuple[Any, ...]]:
        config = self._workspace.settings.briefing
        limit = config.one_page_tokens if form == "one_pager" else None

        def job(tell: Callable[[BriefingProgress], None]) -> Briefing:
            return self._workspace.briefings.build(
                request, tell, max_points=config.talking_points, max_tokens=limit, composer=composer
            )

        yield render("progress", at=None), None, None, _no_files(), None, gr.skip()
        try:
            for event in run_in_background(job):
                if isinstance(event, Briefing):
                    open_id, problem = None, ""
                    try:
                        open_id = self._kept.keep(None, event)
                    except WorkError as error:
                        problem = error_html(error)
                    result = problem + self.shown(event, open_id)
                    yield result, event, open_id, *skips(2), self.listed(open_id)
                else:
                    yield render("progress", at=event), *skips(_MADE - 1)
        except Exception as error:
            yield error_html(error), *skips(_MADE - 1)

    def stopped(self, briefing: Briefing | None) -> Any:  # noqa: ANN401 - a hint, or an update
        """Shows that the briefing was stopped, unless another one was opened."""
        return hint_html("stopped-briefing") if briefing is None else gr.skip()

    def shown(
        self,
        briefing: Briefing | None,
        open_id: str | None,
        found: FoundCitations | None = None,
        *,
        gone: Exception | None = None,
    ) -> str:
        """Renders the briefing with its timeline; `gone` is why the stored one can no longer be changed."""
        if briefing is None:
            return hint_html("briefing-empty")
        # `arrange` leaves out what a person rejected.
        held = arrange(briefing)
        picture = (timeline(held), describe_timeline(held))
        problem = error_line(gone) if gone else ""
        return briefing_html(briefing, picture, identifier=open_id or "", found=found, gone=problem)

    def _now(self, made: Briefing, open_id: str | None = None) -> Briefing:
        """Returns a briefing with citations and reviews of today; if stored, as last changed under the id `open_id`."""
        return self._kept.recheck(made) if open_id is None else self._kept.open(open_id)

    def refreshed(self, briefing: Briefing | None, open_id: str | None) -> tuple[Any, ...]:
        """Shows changes that the store or somebody else made to the briefing; returns (result, briefing, documents)."""
        if briefing is None:
            return skips(3)
        try:
            now = self._now(briefing, open_id)
        except NotFoundError as error:
            return self.shown(briefing, open_id, gone=error), *skips(2)
        except SHOWN_ERRORS:
            return skips(3)
        return skips(3) if now == briefing else (self.shown(now, open_id), now, _no_files())

    def listed(self, open_id: str | None, deleted: Work | None = None) -> str:
        """Renders the briefings that are kept."""
        return list_html(self._kept.works, "briefing", open_id, deleted=deleted)

    def reopened(self, identifier: str | None) -> tuple[Any, ...]:
        """Opens a kept briefing; returns the form with its request, to make it anew, and what `make` yields."""
        form, gone = skips(_FIELDS), _no_files()
        if not identifier:
            return *form, self.shown(None, None), None, None, gone, None, self.listed(None)
        try:
            briefing = self._kept.open(identifier)
            form = self._form(request_of_briefing(briefing))
        except SHOWN_ERRORS as error:
            return *form, error_html(error), None, None, gone, None, self.listed(None)
        return *form, self.shown(briefing, identifier), briefing, identifier, gone, None, self.listed(identifier)

    def _form(self, request: BriefingRequest) -> tuple[Any, ...]:
        """Returns the form fields, filled with a request."""
        return (
            self._chosen(request.parties),
            "\n".join(subject.topic for subject in request.subjects if subject.topic),
            ", ".join(f"{s.treaty} {s.article}" for s in request.subjects if s.article),
            ", ".join(request.sessions),
            ", ".join(request.years),
            ", ".join(request.bodies),
            request.by_session,
            request.language,
        )

    def change_list(self, open_id: str | None, event: gr.EventData) -> tuple[Any, ...]:
        """Opens, renames, deletes or restores a briefing; returns what `reopened` does, the form only if it opens."""
        shown = change_list(self._kept.works, open_id, event, self.reopened, self.listed, _FIELDS + _MADE - 1)
        # The form is left as it is, since a person may be filling in another request by now.
        return shown if sent(event).get("action") == "open" else (*skips(_FIELDS), *shown[_FIELDS:])

    def change_cell(
        self,
        briefing: Briefing | None,
        open_id: str | None,
        found: FoundCitations | None,
        reviewer: str,
        event: gr.EventData,
    ) -> tuple[Any, ...]:
        """Reviews a cell, or changes its quotations; returns (result, briefing, what was found, documents)."""
        data = sent(event)
        with self._changing(open_id, data):
            result, changed, found = self._changed(briefing, open_id, found, reviewer, data)
        same = changed == briefing or not isinstance(changed, Briefing)
        return result, changed, found, gr.skip() if same else _no_files()

    def _changing(self, open_id: str | None, data: Mapping[str, Any]) -> AbstractContextManager[Any]:
        """Returns the lock by which, of two changes of a stored briefing, the second builds on the first."""
        # A search changes nothing, and takes as long as a model.
        if open_id is None or data.get("action") == "find":
            return nullcontext()
        with self._making_lock:
            return self._locks.setdefault(open_id, Lock())

    def _changed(
        self,
        briefing: Briefing | None,
        open_id: str | None,
        found: FoundCitations | None,
        reviewer: str,
        data: Mapping[str, Any],
    ) -> tuple[Any, ...]:
        key, action = str(data.get("key", "")), data.get("action")
        if briefing is None or not any(cell.key == key for cell in briefing.cells):
            return *skips(2), found
        try:
            briefing = self._now(briefing, open_id)
            cell = next((cell for cell in briefing.cells if cell.key == key), None)
            if cell is None:
                return error_html(say("changed-elsewhere")) + self.shown(briefing, open_id), briefing, None
            if action == "find":
                found = search_quotations(self._workspace, briefing, cell, str(data.get("typed", "")))
                return self.shown(briefing, open_id, found), briefing, found
            if open_id is not None and action != "review":
                self._kept.works.may_change(open_id)
            changed = edit_cell(self._workspace, self._kept, briefing, cell, found, reviewer, data)
            if changed is None:
                return *skips(2), found
            # Reviews are shared by all, so who may only read the briefing can still review it.
            with suppress(NotFoundError):
                if open_id is not None:
                    self._kept.keep(open_id, changed)
        except NotFoundError as error:
            return self.shown(briefing, open_id, found, gone=error), briefing, found
        except SHOWN_ERRORS as error:
            return error_html(error) + self.shown(briefing, open_id), briefing, found
        return self.shown(changed, open_id), changed, None

    def keep_as_own(self, briefing: Briefing | None) -> tuple[Any, ...]:
        """Stores the shown briefing as a new one of the person's own; returns what `make` yields."""
        if briefing is None:
            return skips(_MADE)
        try:
            return self.reopened(self._kept.keep(None, briefing))[_FIELDS:]
        except SHOWN_ERRORS as error:
            return error_html(error) + self.shown(briefing, None), *skips(_MADE - 1)

    def documents(
        self,
        briefing: Briefing | None,
        open_id: str | None,
        form: DocumentForm,
        own_template: str | None,
        with_record: bool,
        request: gr.Request,
    ) -> tuple[Any, Any]:
        """Writes the documents; returns (files, error message)."""
        if briefing is None:
            return gr.skip(), hint_html("briefing-first")
        try:
            try:
                problem, briefing = "", self._now(briefing, open_id)
            except NotFoundError as error:
                # A briefing that was deleted in another tab is written as this page has it.
                problem, briefing = error_html(error), self._now(briefing)
        except SHOWN_ERRORS as error:
            return gr.skip(), error_html(error)
        folder = session_folder(request)
        written: list[str] = []
        # The file name has the form, which tells documents of one briefing apart among downloads.
        name = briefing.title if form == "full" else f"{briefing.title} - {say(f'form-{form}')}"
        # Only the full form is written to Excel: talking points are not a table.
        for suffix in (".docx", ".pdf", ".md", *([".xlsx"] if form == "full" else [])):
            try:
                template = Path(own_template) if own_template else self._workspace.settings.briefing.template
                path = folder / file_name(name, suffix)
                paths = write_briefing(briefing, path, template=template, form=form, with_manifest=with_record)
                written += map(str, paths)
            except AppError as error:
                problem = error_html(error)
        return gr.Files(value=written, visible=True), problem

    def opened(
        self, wanted: ChatBriefing | None, spoken: str, form: str, composer: Composer | None
    ) -> Iterator[tuple[Any, ...]]:
        """Fills the form with the conversation's request and makes it; yields the form, then what `make` yields.

        The language and the form of documents are those that the conversation names, else those chosen on the tab.
        """
        if wanted is None:
            return
        spoken, form = wanted.language or spoken, wanted.form or form
        quotations = self._workspace.settings.briefing.quotations
        request = replace(wanted.request, language=spoken or wanted.request.language, quotations=quotations)
        fields = (*self._form(request)[:-1], spoken, form)
        for made in self._made(request, form, composer):
            if isinstance(made[1], Briefing):
                # Who was not left out is named from now on, also where the form is sent again.
                fields = (self._chosen(request_of_briefing(made[1]).parties), *fields[1:])
            yield (*fields, *made)


def _no_files() -> gr.Files:
    """Takes away documents that were written of the briefing before a change."""
    return gr.Files(value=None, visible=False)


def _buttons(*, busy: bool) -> tuple[gr.Button, gr.Button]:
    """Returns the buttons that stop and make a briefing; while one is made, another cannot be begun."""
    return gr.Button(visible=busy), gr.Button(interactive=not busy)


def _place_request() -> list[Any]:
    """Places the fields of a request, in the order in which `make` takes them."""
    with gr.Row():
        hint = label("parties-info")
        parties = several("states-and-groups", 260, info=hint, allow_custom_value=True, elem_id="parties")
        topics = box("topics", 260, info=label("one-a-line"), lines=3, max_lines=8, elem_id="topics")
    with gr.Row():
        examples = {"articles": "18, TIP 9", "sessions": "9, 10", "years": "2018, 2000-2005", "bodies": "UNTOC COP"}
        typed = [gr.Textbox(label=label(name), info=info, min_width=140) for name, info in examples.items()]
        names = [("–", ""), *LANGUAGE_CHOICES]
        spoken = gr.Dropdown(label=label("language-of-briefing"), choices=names, value="", min_width=140)
    split = gr.Checkbox(label=label("cell-a-session"), value=False)
    return [parties, topics, *typed, split, spoken]


def _place_composers(model: str | None) -> gr.Radio:
    """Places the choice of what stands in a cell, where there is a chat model."""
    # Without a model none is chosen: cells then have quotations only.
    value, is_shown = None if model is None else "model", model is not None
    choices, named = list(COMPOSERS), label("what-in-a-cell")
    return gr.Radio(label=named, choices=choices, value=value, visible=is_shown, elem_id="composer")


def build_briefing_tab(
    page: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab, workspace: Workspace, kept: KeptBriefings, wanted: gr.State
) -> None:
    """Lays out the tab inside the current context; where the conversation sets `wanted`, it fills itself and starts."""
    controller = _BriefingTabController(workspace, kept)
    briefing = gr.State(None, time_to_live=_SESSION_SECONDS)
    open_id, found, address = gr.State(None), gr.State(None), gr.Textbox(visible=False)
    html(label("intro-briefing"), elem_classes="u-intro")
    with gr.Accordion(label("kept-briefings"), open=False, elem_id="kept-briefings"):
        listing = html(elem_id="briefing-list", acts=True)
    # Errors stand above the dropdown, since its open list covers what is below it.
    unknown = html(elem_id="unknown-parties")
    parties, *_, spoken = fields = _place_request()
    composer = _place_composers(workspace.briefings.model)
    with gr.Row(elem_classes="u-buttons"):
        start = gr.Button(label("make-briefing"), variant="primary", scale=0, min_width=190, elem_id="brief")
        stop = gr.Button(label("stop"), scale=0, min_width=88, visible=False, elem_id="brief-stop")
    with gr.Accordion(label("documents"), open=False, elem_id="documents-form"), gr.Row(elem_classes="u-buttons"):
        form = gr.Dropdown(label=label("form-of-documents"), choices=list(FORMS), value="full", min_width=200)
        template = gr.File(label=label("template"), file_types=[".docx"], type="filepath", height=120)
        record = gr.Checkbox(label=label("with-record"), value=False)
    documents = gr.Button(label("write-documents"), scale=0, min_width=170, elem_id="documents")
    problem = html("")
    files = gr.Files(label=label("documents"), visible=False, elem_id="briefing-files")
    reviewer = box("your-name", 200, elem_id="reviewer")
    result = html(elem_id="briefing", acts=True)
    # Gradio reports a value that is typed and entered as `select`, not as `input`.
    parties.select(controller.named, [parties], [parties, unknown], **QUIET)
    running = queued("brief")
    made = [result, briefing, open_id, files, found, listing]
    begins = [start.click, wanted.change]
    gr.on(begins, lambda: (*_buttons(busy=True), ""), None, [stop, start, problem], **QUIET)
    started = start.click(left_at_once(controller.make), [*fields, form, composer], made, **running)
    opened = wanted.change(
        left_at_once(controller.opened), [wanted, spoken, form, composer], [*fields, form, *made], **running
    )
    begun: list[Any] = [started, opened]
    stop.click(None, cancels=begun)
    for event in begun:
        event.failure(controller.stopped, [briefing], [result], **QUIET)
        event.then(lambda: _buttons(busy=False), None, [stop, start], **QUIET)
    result.apply(controller.change_cell, [briefing, open_id, found, reviewer], [result, briefing, found, files], **EACH)
    result.select(controller.keep_as_own, [briefing], made, **QUIET)
    # A briefing that is opened stops what is being made, which would take its place.
    listing.select(controller.change_list, [open_id], [*fields, *made], cancels=begun, **QUIET)
    listing.apply(controller.change_list, [open_id], [*fields, *made], **EACH)
    writing = queued("documents", _WRITTEN_AT_ONCE)
    documents.click(lambda: hint_html("writing"), None, [problem], **QUIET)
    documents.click(controller.documents, [briefing, open_id, form, template, record], [files, problem], **writing)
    tab.select(controller.choices, [parties], [parties, form, composer, spoken], **QUIET)
    tab.select(controller.refreshed, [briefing, open_id], [result, briefing, files], **QUIET)
    wanted.change(lambda: gr.Tabs(selected="briefing"), None, [tabs], **QUIET)
    # The address of the page names the briefing to open.
    from_address: Any = {"inputs": [address], "js": named_by_address("b"), **QUIET}
    page.load(lambda named: gr.Tabs(selected="briefing") if named else gr.skip(), outputs=[tabs], **from_address)
    page.load(controller.reopened, outputs=[*fields, *made], **from_address)
