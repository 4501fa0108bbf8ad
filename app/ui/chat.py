"""The whole interface: its tabs over one assistant and one corpus, and the endpoints `ask`, `brief` and `verify`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.events import api
from gradio.state_holder import SessionState

from app.answering.history import read_turns
from app.briefing.as_json import contract_of
from app.briefing.cells import Composer
from app.briefing.kept_briefings import KeptBriefings
from app.briefing.request import read_request
from app.checking.checker import Checker
from app.checking.reading.documents import read_pasted
from app.desk.conversations import Conversations
from app.desk.works import Works
from app.errors import SHOWN_ERRORS, AppError
from app.export.briefing_lines import arrange
from app.ui.ask_tab import build_ask_tab
from app.ui.briefing_tab import build_briefing_tab
from app.ui.check_tab import build_check_tab
from app.ui.corpus_tab import build_corpus_tab
from app.ui.ingest_tab import build_ingest_tab
from app.ui.parts import QUIET, WAITING, WordedBlocks, html, label, page_head
from app.ui.served_files import forget_session
from app.ui.templates import error_line, render, store_words
from app.ui.words import say
from app.wiring import Workspace
from prompts.wording import Language

TITLE = "untoc"
_WITH_OPTIONS: Final = frozenset(("ask", "brief"))
_UPLOADS_KEPT_SECONDS = 3600
_WAITING_AT_MOST = 64


class _Interface(WordedBlocks):
    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        """Lets callers of the API leave optional arguments out; Gradio allows it to its own client only."""
        if block_fn.api_name in _WITH_OPTIONS:
            inputs.extend([None] * (len(block_fn.inputs) - len(inputs)))
        super().validate_inputs(block_fn, inputs)

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Replaces Gradio's message on unreadable input, which would name values, paths and choices."""
        try:
            read: list[Any] = await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error as error:
            raise gr.Error(say("unreadable-input"), print_exception=False) from error
        return read


def build_interface(workspace: Workspace, checker: Checker, works: Works, *, signs_out: bool = False) -> gr.Blocks:
    """Builds the interface; with `signs_out`, its head shows who is signed in, with a button to sign out."""

    def account() -> str:
        return render("account", person=works.person)

    corpus = workspace.corpus
    cache = (_UPLOADS_KEPT_SECONDS, _UPLOADS_KEPT_SECONDS)
    interface = _Interface(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=cache)
    with interface:
        with page_head(interface, TITLE, "about"):
            if signs_out:
                interface.load(account, None, [html(elem_classes="u-languages")], **QUIET)
        wanted = gr.State(None)
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab(label("tab-ask"), id="ask") as ask_tab:
                conversations = Conversations(works, corpus.recheck_answer)
                build_ask_tab(ask_tab, interface, workspace, conversations, wanted)
            with gr.Tab(label("tab-briefing"), id="briefing") as briefing_tab, gr.Column(elem_classes="u-page"):
                kept = KeptBriefings(works, corpus.recheck, workspace.reviews.of)
                build_briefing_tab(interface, tabs, briefing_tab, workspace, kept, wanted)
            with gr.Tab(label("tab-check"), id="check"), gr.Column(elem_classes="u-page"):
                build_check_tab(checker)
            with gr.Tab(label("tab-ingest"), id="ingest") as ingest_tab, gr.Column(elem_classes="u-page"):
                build_ingest_tab(corpus, ingest_tab, lambda: works.person)
            with gr.Tab(label("tab-corpus"), id="corpus") as corpus_tab, gr.Column(elem_classes="u-page"):
                build_corpus_tab(corpus, corpus_tab)
        interface.unload(forget_session)
        add_endpoints(workspace, checker)
    interface.queue(default_concurrency_limit=8, max_size=_WAITING_AT_MOST, api_open=False)
    return interface


def add_endpoints(workspace: Workspace, checker: Checker) -> None:
    """Adds the endpoints that programs call to the interface in the current context."""

    def endpoint(function: Callable[..., dict[str, Any]]) -> None:
        @wraps(function)
        def call(*values: Any) -> dict[str, Any]:  # noqa: ANN401 - as a program sends them
            try:
                return function(*values)
            except SHOWN_ERRORS as error:
                words = str(error) if store_words(error) is None else error_line(error)
                raise gr.Error(words, print_exception=not isinstance(error, AppError)) from error

        api(call, api_name=function.__name__, concurrency_limit=WAITING, concurrency_id=function.__name__)

    @endpoint
    def ask(question: str, overrides: dict[str, Any] | None = None, history: list[Any] | None = None) -> dict[str, Any]:
        """Answers a question with exact, cited quotations: the contract of `untoc ask --json`.

        Args:
            question: What a State said, about what.
            overrides: Parts of the scope to set, such as {"states": ["IRN"], "years": ["2020"]}.
            history: Earlier questions of the same conversation, oldest first, each as text, or as
                {"question": "...", "scope": {...}} where parts of its scope were set.

        Returns:
            The answer.
        """
        return workspace.assistant.ask(question, overrides=overrides or None, history=read_turns(history)).to_json()

    @endpoint
    def brief(
        topics: list[str] | None = None,
        articles: list[str] | None = None,
        states: list[str] | None = None,
        groups: list[str] | None = None,
        sessions: list[str] | None = None,
        years: list[str] | None = None,
        composer: Composer | None = None,
        bodies: list[str] | None = None,
        by_session: bool | None = None,
        title: str | None = None,
        language: Language | None = None,
    ) -> dict[str, Any]:
        """Makes a position table of exact, cited quotations: the contract of `untoc brief --json`.

        Args:
            topics: Topics in words, one column each.
            articles: Such as "18" or "TIP 9", one column each.
            states: Names or codes of States and groups; none takes everyone who has a statement.
            groups: Groups that bring themselves and their members as rows.
            sessions: Sessions, one cell for each.
            years: Years, or ranges such as "2000-2005".
            composer: "extractive" for quotations alone, "model" for a model's checked claims over them; none takes
                the model where the settings name one.
            bodies: Bodies whose statements are searched, such as "UNTOC COP".
            by_session: Whether every session there is takes one cell.
            title: The heading.
            language: That of names and references, "en" if none is given: "en", "fr", "es", "ar", "ru" or "zh".

        Returns:
            The briefing.
        """
        config = workspace.settings.briefing
        request = read_request(
            workspace.corpus.parties(),
            topics=topics or (),
            articles=articles or (),
            states=states or (),
            groups=groups or (),
            sessions=sessions or (),
            years=years or (),
            bodies=bodies or (),
            by_session=bool(by_session),
            title=title or "",
            language=language or "en",
            quotations=config.quotations,
        )
        briefing = workspace.briefings.build(request, max_points=config.talking_points, composer=composer)
        return contract_of(arrange(briefing))

    @endpoint
    def verify(text: str) -> dict[str, Any]:
        """Checks every quotation of a text: the contract of `untoc verify --json`.

        Args:
            text: A draft, as plain text or Markdown.

        Returns:
            The findings in the order of the text, and how many have each verdict.
        """
        return checker.check(read_pasted(text)).to_json()
