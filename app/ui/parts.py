"""Shared parts of the pages: in their reader's language, with head, components, and options and data of events."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Final

import gradio as gr
from babel import Locale
from gradio.context import LocalContext
from gradio.i18n import I18nData

from app.ui.templates import render
from app.ui.words import language, said, words_of
from ingest.language.detection import direction_of
from prompts.wording import LANGUAGES

# (name of the language in that language, code)
LANGUAGE_CHOICES: Final = tuple((Locale(code).languages[code].capitalize(), code) for code in LANGUAGES)
# Locales of Gradio's own translations, where they are not the language code.
_LOCALES: Final = {"zh": "zh-CN"}
# Prefixes of messages that no component shows; they are not sent to browsers.
_NOT_SENT: Final = ("told-", "report-", "metric-", "stage-", "code-", "remark-")
# Concurrency limit of each kind of long event (questions, briefings, checks); together they take fewer threads than
# Gradio has. A team's server limits further how many of them work, in all and for one person.
WAITING: Final = 12
_PRIVATE: Final = {"show_progress": "hidden", "api_visibility": "private"}
# Options of events that answer at once: no progress display and no queue, since Gradio's frontend closes the queue's
# stream after the last event and loses an event that is sent at that moment.
QUIET: Final[dict[str, Any]] = _PRIVATE | {"queue": False}
# Options of such events of which each counts: by default, Gradio drops a second click before the first is answered.
EACH: Final[dict[str, Any]] = QUIET | {"trigger_mode": "multiple"}
label = I18nData
"""A message for a component by its key, which the browser translates into its reader's language."""


class WordedBlocks(gr.Blocks):
    """A Gradio page in its reader's language; its title is a name or the key of a message."""

    @property
    def config(self) -> Any:  # noqa: ANN401 - Gradio's own record of the page
        """Gradio's configuration of the page, with title and translations in the reader's language."""
        title, instance = str(self.title), self.i18n_instance
        made = self._made | {"title": said(title, title)}
        return made | {"i18n_translations": instance.translations_dict} if instance else made

    @config.setter
    def config(self, made: Any) -> None:  # noqa: ANN401 - as above
        self._made = made


class Translations(gr.I18n):
    """All messages for the browser."""

    @property
    def translations_dict(self) -> dict[str, dict[str, str]]:
        """The messages in the reader's language under every locale, since Gradio chooses by the browser's language."""
        words = {key: text for key, text in words_of(language()).items() if not key.startswith(_NOT_SENT)}
        return {_LOCALES.get(code, code): words for code in LANGUAGES}


def queued(name: str, at_once: int = WAITING) -> dict[str, Any]:
    """Returns options of queued events, of which `at_once` run at a time; a second click meanwhile is ignored."""
    return _PRIVATE | {"concurrency_id": name, "concurrency_limit": at_once, "trigger_mode": "once"}


def html(value: Any = None, *, acts: bool = False, **options: Any) -> gr.HTML:  # noqa: ANN401 - the component's own
    """Places an HTML component; with `acts`, its buttons send events to the server and its folds fetch content."""
    if acts:
        options["js_on_load"] = text_of("parts.js")
    return gr.HTML(value, apply_default_css=False, **options)


def box(key: str, width: int, **options: Any) -> gr.Textbox:  # noqa: ANN401 - options of the component
    """Places a box for text, of one line unless the options say otherwise."""
    return gr.Textbox(label=label(key), min_width=width, **({"lines": 1, "max_lines": 1} | options))


def several(key: str, width: int, **options: Any) -> gr.Dropdown:  # noqa: ANN401 - options of the component
    """Places a dropdown for several values, whose choices are filled in later."""
    return gr.Dropdown(label=label(key), multiselect=True, choices=[], min_width=width, **options)


@cache
def text_of(name: str) -> str:
    """Returns the text of a file of this package."""
    return files("app.ui").joinpath(name).read_text(encoding="utf-8")


def sent(event: gr.EventData) -> dict[str, Any]:
    """Returns what a button in HTML sent: its data-* attributes, and as `typed` the text of the field beside it."""
    return event._data if isinstance(event._data, dict) else {}


def skips(count: int) -> tuple[Any, ...]:
    """Returns updates that leave `count` outputs as they are."""
    return (gr.skip(),) * count


def named_by_address(name: str) -> str:
    """Returns JavaScript that reads a query parameter of the page's address, such as `c` in `?c=…`."""
    return f"() => new URLSearchParams(location.search).get('{name}') || ''"


def request_scope() -> Mapping[str, Any] | None:
    """Returns the ASGI scope of the request behind an event of the chat; None outside one."""
    request = LocalContext.request.get(None)
    inner = None if request is None else request.request
    return None if inner is None else inner.scope


def language_choice() -> str:
    """Renders the choice of language."""
    chosen = language()
    return render("language", chosen=chosen, direction=direction_of(chosen), languages=LANGUAGE_CHOICES)


@contextmanager
def page_head(page: gr.Blocks, title: str, about: str) -> Iterator[None]:
    """Places the head of a page, with what is placed inside the `with` block before the choice of language."""
    with gr.Row(elem_classes="u-header"):
        html('<a class="u-skip" href="#tabs">' + label("skip") + "</a>")
        with gr.Column(elem_classes="u-name", min_width=0):
            # Gradio translates only one message per text, so title and subtitle are separate components.
            html("<h1>" + (label(title) if title in words_of("en") else title) + "</h1>")
            html("<p>" + label(about) + "</p>")
        yield
        page.load(language_choice, None, [html(elem_classes="u-languages")], **QUIET)
