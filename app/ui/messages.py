"""Messages of the product at the desk: in the reader's language where it has words for them, and without commands.

Ingest and its loaders say what happened in English sentences, which `worded` finds words for.
"""

from html import escape

from app.ui.parts import SHOWN_ERRORS
from app.ui.words import say, worded
from vectorstore.errors import StoreLockedError


def hint_html(key: str, **values: object) -> str:
    """Renders what stands where there is nothing to show, or what to do first."""
    return f'<p class="u-empty" role="status">{say(key, **values)}</p>'


def said_html(words: str) -> str:
    """Renders what was done, which is HTML already."""
    return f'<p class="u-said" role="status">{words}</p>'


def told(error: Exception | str) -> str:
    """Returns what to tell of an error in one line; of the system's, which name paths, what went wrong alone."""
    if isinstance(error, StoreLockedError):
        # Which process, on which machine, is for whoever keeps the server.
        return say("store-locked")
    words = error.strerror or "the disk cannot be used" if isinstance(error, OSError) else str(error)
    return worded(words) if isinstance(error, SHOWN_ERRORS) else words


def error_html(error: Exception | str) -> str:
    """Renders an error as one line."""
    return f'<p class="u-error" role="alert">{escape(told(error))}</p>'
