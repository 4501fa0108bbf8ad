"""Messages and errors as HTML: in the reader's language where there is a translation, and without commands.

Ingest and its loaders report in English sentences, which `worded` translates.
"""

import logging
from html import escape

from app.ui.parts import SHOWN_ERRORS
from app.ui.words import say, worded
from vectorstore.errors import StoreLockedError

logger = logging.getLogger(__name__)


def hint_html(key: str, **values: object) -> str:
    """Renders a hint, such as that there is nothing to show, or what to do first."""
    return f'<p class="u-empty" role="status">{say(key, **values)}</p>'


def said_html(words: str) -> str:
    """Renders a confirmation of what was done; `words` are HTML already."""
    return f'<p class="u-said" role="status">{words}</p>'


def told(error: Exception | str) -> str:
    """Returns the message of an error for the reader, in one line.

    Of an OSError only the reason is told, since its text names paths. An unexpected error is a bug: its traceback is
    logged, and the reader is told what to do next.
    """
    if isinstance(error, StoreLockedError):  # its text names process and machine, for who runs the server
        return say("store-locked")
    if isinstance(error, SHOWN_ERRORS):
        return worded(str(error))
    if isinstance(error, OSError):
        return error.strerror or "the disk cannot be used"
    if isinstance(error, Exception):
        logger.error("an error that nobody foresaw", exc_info=error)
        return say("went-wrong")
    return error


def error_html(error: Exception | str) -> str:
    """Renders an error as one line."""
    return f'<p class="u-error" role="alert">{escape(told(error))}</p>'
