"""What the tabs of the page share: HTML that acts, how events run, who sends them and what, which errors are shown."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import gradio as gr
from gradio.context import LocalContext

from app.errors import AppError
from app.ui.page_language import label
from ingest.errors import IngestError
from vectorstore.errors import StoreError

SHOWN_ERRORS: Final = (AppError, IngestError, StoreError)
# Questions, briefings and checks that may wait at once, all together fewer than Gradio has threads; a server limits how
# many work, and how many of one person.
WAITING: Final = 12
_PRIVATE: Final = {"show_progress": "hidden", "api_visibility": "private"}
# For whatever answers at once: no progress display, and no queue. Gradio's browser part closes the queue's stream
# after the last event, and loses an event that is sent in that moment.
QUIET: Final[dict[str, Any]] = _PRIVATE | {"queue": False}


def queued(name: str, at_once: int = WAITING) -> dict[str, Any]:
    """Returns options of events that wait in a queue, of which so many run at once; a second click counts for none."""
    return _PRIVATE | {"concurrency_id": name, "concurrency_limit": at_once, "trigger_mode": "once"}


def html(value: Any = None, *, acts: bool = False, **options: Any) -> gr.HTML:  # noqa: ANN401 - the component's own
    """Places HTML; with `acts`, buttons in it reach the server, and folds fetch what they hold."""
    if acts:
        options["js_on_load"] = text_of("parts.js")
    return gr.HTML(value, apply_default_css=False, **options)


def line(key: str, width: int, **options: Any) -> gr.Textbox:  # noqa: ANN401 - options of the component
    """Places a box for one line of text."""
    return gr.Textbox(label=label(key), lines=1, max_lines=1, min_width=width, **options)


def several(key: str, width: int, **options: Any) -> gr.Dropdown:  # noqa: ANN401 - options of the component
    """Places a list from which several are chosen, which is filled later."""
    return gr.Dropdown(label=label(key), multiselect=True, choices=[], min_width=width, **options)


@cache
def text_of(name: str) -> str:
    """Returns a file of this package."""
    return files("app.ui").joinpath(name).read_text(encoding="utf-8")


def sent(event: gr.EventData) -> dict[str, Any]:
    """Returns what a button in HTML sent: its data-* attributes, and `typed`."""
    return event._data if isinstance(event._data, dict) else {}


def skips(count: int) -> tuple[Any, ...]:
    """Returns that so many outputs stay as they are."""
    return (gr.skip(),) * count


def named_by_address(name: str) -> str:
    """Returns the script that gives what the address of the page has under a name, such as `?c=…`."""
    return f"() => new URLSearchParams(location.search).get('{name}') || ''"


def request_scope() -> Mapping[str, Any] | None:
    """Returns the ASGI scope of the request behind an event of the chat; None outside one."""
    request = LocalContext.request.get(None)
    inner = None if request is None else request.request
    return None if inner is None else inner.scope
