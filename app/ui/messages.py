"""Messages of the product at the desk: in the reader's language where it has words for them, and without commands.

Ingest and its loaders say what happened in English sentences, which `worded` finds words for.
"""

import logging
from html import escape

from app.ui.parts import SHOWN_ERRORS
from app.ui.words import say, worded
from vectorstore.errors import StoreLockedError

logger = logging.getLogger(__name__)


def hint_html(key: str, **values: object) -> str:
    """Renders what stands where there is nothing to show, or what to do first."""
    return f'<p class="u-empty" role="status">{say(key, **values)}</p>'


def said_html(words: str) -> str:
    """Renders what was done, which is HTML already."""
    return f'<p class="u-said" role="status">{words}</p>'


def told(error: Exception | str) -> str:
    """Returns what to tell of an error in one line; of the system's, which name paths, what went wrong alone.

    An error that nobody foresaw is a bug: the log has its traceback, and the reader is told what to do next.
    """
    if isinstance(error, StoreLockedError):
        # Which process, on which machine, is for whoever keeps the server.
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
