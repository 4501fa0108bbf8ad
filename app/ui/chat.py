"""The whole interface: its tabs over one assistant and one corpus, and the endpoints `ask`, `brief` and `verify`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.events import api
from gradio.state_holder import SessionState

from app.answering.assistant import Assistant
from app.briefing.as_json import contract_of
from app.briefing.cells import Composer
from app.briefing.request import read_request
from app.checking.checker import Checker
from app.corpus.corpus import Corpus
from app.desk.conversations import Conversations
from app.desk.works import Works
from app.errors import AppError
from app.question.turn import read_turns
from app.ui.ask_tab import build_ask_tab
from app.ui.briefing_tab import BriefingTools, build_briefing_tab
from app.ui.check_tab import build_check_tab, verify_endpoint
from app.ui.corpus_tab import build_corpus_tab
from app.ui.ingest_tab import build_ingest_tab
from app.ui.parts import QUIET, SHOWN_ERRORS, WAITING, html
from app.ui.served import forget_session
from app.ui.words import choice_html, label

TITLE = "untoc"
_ENDPOINT = "ask"
_ADDRESS: Final = "() => new URLSearchParams(location.search).get('{}') || ''"
_ENDPOINTS = frozenset((_ENDPOINT, "brief"))
_UPLOADS_KEPT_SECONDS = 3600
_WAITING_AT_MOST = 64


class _Interface(gr.Blocks):
    @property
    def config(self) -> Any:  # noqa: ANN401 - Gradio's own record of the page
        """What a page is made of, with its words in the language of whom it is made for."""
        instance = self.i18n_instance
        return self._made | {"i18n_translations": instance.translations_dict} if instance else self._made

    @config.setter
    def config(self, made: Any) -> None:  # noqa: ANN401 - as above
        self._made = made

    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        """Lets callers of the API leave optional arguments out; Gradio allows it to its own client only."""
        if block_fn.api_name in _ENDPOINTS:
            inputs.extend([None] * (len(block_fn.inputs) - len(inputs)))
        super().validate_inputs(block_fn, inputs)

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Says that a request cannot be read without what Gradio would add: the values, paths and choices."""
        try:
            read: list[Any] = await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error as error:
            message = "This cannot be read: check the kind of the file, and what was chosen."
            raise gr.Error(message, print_exception=False) from error
        return read


def build_interface(
    assistant: Assistant, corpus: Corpus, store: Path, briefings: BriefingTools, checker: Checker, works: Works
) -> gr.Blocks:
    """Builds the interface; nothing is served yet (see `app.ui.server.serve`)."""
    cache = (_UPLOADS_KEPT_SECONDS, _UPLOADS_KEPT_SECONDS)
    interface = _Interface(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=cache)
    with interface:
        with gr.Row(elem_classes="u-header"):
            html('<a class="u-skip" href="#tabs">' + label("skip") + "</a>")
            html("<h1>untoc</h1><p>" + label("about") + "</p>")
            language = html(elem_classes="u-languages")
        wanted = gr.State(None)
        address, kept_briefing = gr.Textbox(visible=False), gr.Textbox(visible=False)
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab(label("tab-ask"), id="ask"):
                ask_tab = build_ask_tab(assistant, corpus, store, Conversations(works), wanted)
            with gr.Tab(label("tab-briefing"), id="briefing") as briefing_tab, gr.Column(elem_classes="u-page"):
                briefing = build_briefing_tab(briefings, corpus, briefing_tab, wanted)
            with gr.Tab(label("tab-check"), id="check"), gr.Column(elem_classes="u-page"):
                build_check_tab(checker)
            with gr.Tab(label("tab-ingest"), id="ingest") as ingest_tab, gr.Column(elem_classes="u-page"):
                ingested = build_ingest_tab(corpus, ingest_tab)
            with gr.Tab(label("tab-corpus"), id="corpus") as corpus_tab, gr.Column(elem_classes="u-page"):
                build_corpus_tab(corpus, corpus_tab)

        wanted.change(lambda: gr.Tabs(selected="briefing"), None, [tabs], **QUIET)
        interface.unload(forget_session)
        interface.load(choice_html, None, [language], **QUIET)
        # The address of the page names the conversation that it opens.
        interface.load(ask_tab.opened, [address], ask_tab.shown, js=_ADDRESS.format("c"), **QUIET).then(
            ask_tab.editor_values, [ask_tab.turns], ask_tab.editing, **QUIET
        )
        interface.load(
            lambda identifier: gr.Tabs(selected="briefing") if identifier else gr.skip(),
            [kept_briefing],
            [tabs],
            js=_ADDRESS.format("b"),
            **QUIET,
        )
        interface.load(briefing.opened, [kept_briefing], briefing.shown, js=_ADDRESS.format("b"), **QUIET)
        for changed in ingested:
            changed.then(ask_tab.welcome, [ask_tab.turns], [ask_tab.conversation], **QUIET)
        api(ask_endpoint(assistant), api_name=_ENDPOINT, concurrency_limit=WAITING, concurrency_id="ask")
        api(brief_endpoint(briefings, corpus), api_name="brief", concurrency_limit=WAITING, concurrency_id="brief")
        api(verify_endpoint(checker), api_name="verify", concurrency_limit=WAITING, concurrency_id="verify")
    interface.queue(default_concurrency_limit=8, max_size=_WAITING_AT_MOST, api_open=False)
    return interface


def ask_endpoint(assistant: Assistant) -> Callable[..., dict[str, Any]]:
    """Makes the function behind the API endpoint `ask`."""

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
        try:
            turns = read_turns(history)
            return assistant.ask(question, overrides=overrides or None, history=turns).to_json()
        except SHOWN_ERRORS as error:
            raise gr.Error(str(error), print_exception=not isinstance(error, AppError)) from error

    return ask


def brief_endpoint(briefings: BriefingTools, corpus: Corpus) -> Callable[..., dict[str, Any]]:
    """Makes the function behind the API endpoint `brief`."""

    def brief(
        topics: list[str] | None = None,
        articles: list[str] | None = None,
        states: list[str] | None = None,
        groups: list[str] | None = None,
        sessions: list[str] | None = None,
        years: list[str] | None = None,
        composer: Composer | None = None,
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

        Returns:
            The briefing.
        """
        try:
            request = read_request(
                corpus.parties(),
                topics=topics or (),
                articles=articles or (),
                states=states or (),
                groups=groups or (),
                sessions=sessions or (),
                years=years or (),
                quotations=briefings.config.quotations,
            )
            points = briefings.config.talking_points
            return contract_of(briefings.builder.build(request, max_points=points, composer=composer))
        except SHOWN_ERRORS as error:
            raise gr.Error(str(error), print_exception=not isinstance(error, AppError)) from error

    return brief
