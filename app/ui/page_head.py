"""The head of a page: the way past its tabs, its name and what it is about, and the choice of language."""

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from app.ui.page_language import label
from app.ui.parts import QUIET, html
from app.ui.words import choice_html, words_of


@contextmanager
def page_head(page: gr.Blocks, title: str, about: str) -> Iterator[None]:
    """Places the head of a page; what is placed meanwhile stands before the choice.

    `title` is a name or the key of a message, as in `WordedBlocks`; `about` is a key.
    """
    with gr.Row(elem_classes="u-header"):
        html('<a class="u-skip" href="#tabs">' + label("skip") + "</a>")
        with gr.Column(elem_classes="u-name", min_width=0):
            # Gradio words one message of a text.
            html("<h1>" + (label(title) if title in words_of("en") else title) + "</h1>")
            html("<p>" + label(about) + "</p>")
        yield
        page.load(choice_html, None, [html(elem_classes="u-languages")], **QUIET)
