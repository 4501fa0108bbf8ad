"""The head of a page: the way past its tabs, its name and what it is about, and the choice of language."""

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from app.ui.page_language import label
from app.ui.parts import QUIET, html
from app.ui.words import choice_html


@contextmanager
def page_head(page: gr.Blocks, title: str, about: str) -> Iterator[None]:
    """Places the head of a page; `about` is the key of a message. What is placed meanwhile stands before the choice."""
    with gr.Row(elem_classes="u-header"):
        html('<a class="u-skip" href="#tabs">' + label("skip") + "</a>")
        html(f"<h1>{title}</h1><p>" + label(about) + "</p>")
        yield
        page.load(choice_html, None, [html(elem_classes="u-languages")], **QUIET)
