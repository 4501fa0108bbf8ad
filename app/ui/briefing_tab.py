"""The Briefing tab: who, on what and when; the position table, its quotations and reviews; documents to take away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import gradio as gr

from app.briefing.cells import Briefing, Cell, Composer
from app.briefing.request import BriefingRequest, read_request
from app.briefing.reviews import ReviewBook
from app.briefing.table_builder import BriefingProgress, TableBuilder
from app.corpus.corpus import Corpus
from app.errors import AppError, BriefingError
from app.export.arrange import FORMS, DocumentForm, arrange
from app.export.plots import describe_heat_map, describe_timeline, heat_map, timeline
from app.export.write import write_briefing
from app.settings import BriefingConfig
from app.ui.ask_tab import ON_ACTION, QUIET, SHOWN_ERRORS
from app.ui.background_job import run_in_background
from app.ui.briefing_requests import BriefingWish
from app.ui.briefing_view import briefing_html, progress_html
from app.ui.conversation import error_html
from app.ui.served import session_folder

_NOTHING: Final = '<p class="u-empty">Name a topic or an article; the position table appears here.</p>'
_SESSION_SECONDS: Final = 24 * 3600
_FORM_NAMES: Final[dict[DocumentForm, str]] = {
    "full": "Whole briefing",
    "one_pager": "One page",
    "talking_points": "Talking points",
}


@dataclass(frozen=True, kw_only=True)
class BriefingTools:
    """What the tab works with."""

    builder: TableBuilder
    reviews: ReviewBook
    config: BriefingConfig


class _BriefingTabController:
    """Makes briefings for the tab; holds no user's briefing itself."""

    def __init__(self, tools: BriefingTools, corpus: Corpus) -> None:
        self._tools = tools
        self._corpus = corpus

    def choices(self) -> Any:  # noqa: ANN401 - an update of a component
        """Offers everyone who has a statement, by name."""
        codes = {summary.metadata.state for summary in self._corpus.documents() if summary.metadata.state}
        return gr.Dropdown(choices=sorted((self._corpus.party_name(code), code) for code in codes))

    def make(
        self,
        parties: list[str],
        topics: str,
        articles: str,
        sessions: str,
        years: str,
        split: bool,
        form: str,
        composer: Composer | None,
    ) -> Iterator[tuple[Any, ...]]:
        """Reads the fields and makes the briefing; yields (result, briefing, documents)."""
        try:
            request = read_request(
                self._corpus.parties(),
                states=parties,
                topics=[topics],
                articles=[articles],
                sessions=[sessions],
                years=[years],
                by_session=split,
                quotations=self._tools.config.quotations,
            )
        except BriefingError as error:
            yield error_html(error), gr.skip(), gr.skip()
            return
        yield from self._made(request, form, composer)

    def _made(self, request: BriefingRequest, form: str, composer: Composer | None) -> Iterator[tuple[Any, ...]]:
        config = self._tools.config
        limit = config.one_page_tokens if form == "one_pager" else None

        def job(tell: Callable[[BriefingProgress], None]) -> Briefing:
            return self._tools.builder.build(
                request, tell, max_points=config.talking_points, max_tokens=limit, composer=composer
            )

        yield progress_html(None), None, gr.Files(value=None, visible=False)
        try:
            for event in run_in_background(job, finish=False):
                if isinstance(event, Briefing):
                    yield self.shown(event), event, gr.skip()
                else:
                    yield progress_html(event), gr.skip(), gr.skip()
        except SHOWN_ERRORS as error:
            yield error_html(error), None, gr.skip()

    def shown(self, briefing: Briefing | None) -> str:
        """Renders the briefing with its pictures."""
        if briefing is None:
            return _NOTHING
        # What a person rejected counts as no position.
        held = arrange(briefing)
        pictures = [
            (heat_map(held), describe_heat_map(held)),
            (timeline(held), describe_timeline(held)),
        ]
        return briefing_html(briefing, pictures)

    def review(self, briefing: Briefing | None, reviewer: str, event: gr.EventData) -> tuple[Any, Any]:
        """Keeps a decision on a cell; gives (result, briefing)."""
        data = event._data if isinstance(event._data, dict) else {}
        key = str(data.get("key", ""))
        if briefing is None or key not in {cell.key for cell in briefing.cells}:
            return gr.skip(), gr.skip()
        try:
            if data.get("state") == "open":
                self._tools.reviews.forget(key)
            else:
                kind = str(data.get("kind", "")) or None
                self._tools.reviews.record(key, str(data.get("state")), kind=kind, reviewer=reviewer)
            reviews = self._tools.reviews.of([key])
        except SHOWN_ERRORS as error:
            return error_html(error) + self.shown(briefing), gr.skip()

        def reviewed(cell: Cell) -> Cell:
            return replace(cell, review=reviews.get(key)) if cell.key == key else cell

        changed = replace(briefing, cells=tuple(reviewed(cell) for cell in briefing.cells))
        return self.shown(changed), changed

    def documents(self, briefing: Briefing | None, form: DocumentForm, request: gr.Request) -> tuple[Any, Any]:
        """Writes the documents; gives (files, what went wrong)."""
        if briefing is None:
            return gr.skip(), error_html("make a briefing first")
        folder = session_folder(request)
        written: list[str] = []
        problem = ""
        # A table of talking points is no table.
        for suffix in (".docx", ".pdf", ".md", *([".xlsx"] if form == "full" else [])):
            try:
                template = self._tools.config.template
                made = write_briefing(briefing, folder / f"briefing{suffix}", template=template, form=form)
                written += [str(path) for path in made if str(path) not in written]
            except AppError as error:
                problem = error_html(error)
        return gr.Files(value=written, visible=True), problem

    def opened(self, wanted: BriefingWish | None, composer: Composer | None) -> Iterator[tuple[Any, ...]]:
        """Fills the fields with what the conversation asked for and makes it; yields (*fields, *make)."""
        if wanted is None:
            return
        request = wanted.request
        fields = (
            list(request.parties),
            "\n".join(subject.topic for subject in request.subjects if subject.topic),
            ", ".join(f"{s.treaty} {s.article}" for s in request.subjects if s.article),
            ", ".join(request.sessions),
            ", ".join(request.years),
        )
        for made in self._made(request, "full", composer):
            yield (*fields, *made)


def build_briefing_tab(tools: BriefingTools, corpus: Corpus, tab: gr.Tab, wanted: gr.State) -> None:
    """Lays out the tab inside the current context and connects it.

    Args:
        tools: What makes briefings.
        corpus: Names the parties.
        tab: The tab, which offers the parties of the day when it is opened.
        wanted: Set by the conversation to what it asks for; the tab fills itself and starts.
    """
    controller = _BriefingTabController(tools, corpus)
    briefing = gr.State(None, time_to_live=_SESSION_SECONDS)
    gr.HTML(
        '<div class="u-intro"><h2>Prepare a briefing</h2><p>Who said what on which topic or article: every cell is '
        "searched for itself, every line is quoted from the stored statement. The kind of position is a suggestion "
        "by rules until somebody reviews it.</p></div>",
        apply_default_css=False,
        padding=False,
    )
    with gr.Row():
        parties = gr.Dropdown(
            label="States and groups",
            info="Names or codes; empty takes everyone who has a statement",
            multiselect=True,
            choices=[],
            allow_custom_value=True,
            min_width=260,
        )
        topics = gr.Textbox(label="Topics", info="One a line", lines=3, max_lines=8, min_width=260, elem_id="topics")
    with gr.Row():
        articles = gr.Textbox(label="Articles", info="Such as 18, TIP 9", min_width=140)
        sessions = gr.Textbox(label="Sessions", info="Such as 9, 10", min_width=140)
        years = gr.Textbox(label="Years", info="Such as 2018, 2000-2005", min_width=140)
        split = gr.Checkbox(label="One cell for every session", value=False, min_width=140)
    model = tools.builder.model
    composer = gr.Radio(
        label="What stands in a cell",
        choices=[("Quotations alone", "extractive"), (f"Claims by {model}, checked, over their quotations", "model")],
        # None takes what there is.
        value=None if model is None else "model",
        visible=model is not None,
        elem_id="composer",
    )
    with gr.Row(elem_classes="u-buttons"):
        start = gr.Button("Make the briefing", variant="primary", scale=0, min_width=190, elem_id="brief")
        stop = gr.Button("Stop", scale=0, min_width=88)
    with gr.Row(elem_classes="u-buttons"):
        forms = [(_FORM_NAMES[name], name) for name in FORMS]
        form = gr.Dropdown(label="DocumentForm of the documents", choices=forms, value="full", min_width=200)
        reviewer = gr.Textbox(label="Your name, kept with reviews", max_lines=1, min_width=200)
        documents = gr.Button("Write documents", scale=0, min_width=170, elem_id="documents")
    problem = gr.HTML("", apply_default_css=False, padding=False)
    files = gr.Files(label="Word, Excel, Markdown, PDF and the manifest", visible=False, elem_id="briefing-files")
    result = gr.HTML(_NOTHING, elem_id="briefing", js_on_load=ON_ACTION, apply_default_css=False, padding=False)
    running: Any = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": 2,
        "concurrency_id": "brief",
        "trigger_mode": "once",
    }
    fields = [parties, topics, articles, sessions, years]
    made = [result, briefing, files]
    started = start.click(controller.make, [*fields, split, form, composer], made, **running)
    opened = wanted.change(controller.opened, [wanted, composer], [*fields, *made], **running)
    stop.click(lambda: '<p class="u-empty">Stopped.</p>', None, [result], cancels=[started, opened], **QUIET)
    result.apply(controller.review, [briefing, reviewer], [result, briefing], **QUIET)
    documents.click(
        controller.documents, [briefing, form], [files, problem], **(running | {"concurrency_id": "documents"})
    )
    tab.select(controller.choices, None, [parties], **QUIET)
