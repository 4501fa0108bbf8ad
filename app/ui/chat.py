"""The whole interface: its tabs over one assistant and one corpus, and the API endpoints `ask` and `verify`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.events import api

from app.assistant import Assistant
from app.checking.checker import Checker
from app.corpus import Corpus
from app.errors import AppError
from app.questions import read_turns
from app.ui.ask_tab import QUIET, SHOWN_ERRORS, build_ask_tab
from app.ui.check_tab import build_check_tab, verify_endpoint
from app.ui.corpus_tab import build_corpus_tab
from app.ui.ingest_tab import build_ingest_tab

TITLE = "untoc"
_ENDPOINT = "ask"
_UPLOADS_KEPT_SECONDS = 3600
_WAITING_AT_MOST = 64


class _Interface(gr.Blocks):
    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        """Lets callers of the API leave optional arguments out; Gradio allows it to its own client only."""
        if block_fn.api_name == _ENDPOINT:
            inputs.extend([None] * (len(block_fn.inputs) - len(inputs)))
        super().validate_inputs(block_fn, inputs)


def build_interface(assistant: Assistant, corpus: Corpus, store: Path, checker: Checker | None = None) -> gr.Blocks:
    """Builds the interface; nothing is served yet (see `app.ui.server.serve`).

    Args:
        assistant: Answers.
        corpus: What is asked, added to and corrected.
        store: The store folder, which answers are saved in as draft eval cases.
        checker: Checks drafts; without it there is no tab for that.
    """
    interface = _Interface(
        title=TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_UPLOADS_KEPT_SECONDS, _UPLOADS_KEPT_SECONDS),
    )
    with interface:
        gr.HTML(
            '<header class="u-header"><h1>untoc</h1>'
            "<p>What States said about the UN Convention against Transnational Organized Crime</p></header>",
            apply_default_css=False,
            padding=False,
        )
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", id="ask"):
                talk = build_ask_tab(assistant, corpus, store)
            if checker is not None:
                with gr.Tab("Check a draft", id="check"), gr.Column(elem_classes="u-page"):
                    build_check_tab(checker)
            with gr.Tab("Ingest", id="ingest"), gr.Column(elem_classes="u-page"):
                ingest = build_ingest_tab(corpus)
            with gr.Tab("Corpus", id="corpus") as corpus_tab, gr.Column(elem_classes="u-page"):
                build_corpus_tab(corpus, corpus_tab)

        interface.load(talk.welcome, [talk.turns], [talk.conversation], **QUIET)
        for changed in ingest.changed:
            changed.then(talk.welcome, [talk.turns], [talk.conversation], **QUIET)
        api(ask_endpoint(assistant), api_name=_ENDPOINT, concurrency_limit=4, concurrency_id="ask")
        if checker is not None:
            api(verify_endpoint(checker), api_name="verify", concurrency_limit=2, concurrency_id="verify")
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
