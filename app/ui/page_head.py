"""The head of a page: skip link, title, subtitle and the choice of language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import gradio as gr
from babel import Locale

from app.ui.page_language import label
from app.ui.parts import QUIET, html
from app.ui.templates import render
from app.ui.words import language, words_of
from ingest.language.detection import direction_of
from prompts.wording import LANGUAGES

# (name of the language in that language, code)
LANGUAGE_CHOICES: Final = tuple((Locale(code).languages[code].capitalize(), code) for code in LANGUAGES)


def language_choice() -> str:
    """Renders the choice of language."""
    chosen = language()
    return render("language", chosen=chosen, direction=direction_of(chosen), languages=LANGUAGE_CHOICES)


@contextmanager
def page_head(page: gr.Blocks, title: str, about: str) -> Iterator[None]:
    """Places the head of a page; components placed inside the `with` block stand before the choice of language.

    `title` is a name or the key of a message, as in `WordedBlocks`; `about` is a key.
    """
    with gr.Row(elem_classes="u-header"):
        html('<a class="u-skip" href="#tabs">' + label("skip") + "</a>")
        with gr.Column(elem_classes="u-name", min_width=0):
            # Gradio translates only one message per text, so title and subtitle are separate components.
            html("<h1>" + (label(title) if title in words_of("en") else title) + "</h1>")
            html("<p>" + label(about) + "</p>")
        yield
        page.load(language_choice, None, [html(elem_classes="u-languages")], **QUIET)
