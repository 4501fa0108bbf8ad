"""The interface's HTML as Jinja templates, in which every value is escaped; `| safe` marks what is HTML already.

In a template, `say("copied")` inserts a message of the interface; messages may hold markup, and values are escaped.
Errors and hints, which need no template, are in the reader's language as far as there are translations, and without
commands: ingest and its loaders report in English sentences, which `worded` translates.
"""

import logging
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from app.errors import SHOWN_ERRORS
from app.ui.words import digits, language, say, worded, words_of
from vectorstore.errors import (
    FileGoneError,
    JobGivenUpError,
    ModelError,
    ModelMismatchError,
    StoreAwayError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreMissingError,
    StoreReadOnlyError,
)

logger = logging.getLogger(__name__)
# Errors of the store whose own text names machines, users and paths; the base itself is one of them.
_STORE_WORDS: Final[Mapping[type[StoreError], str]] = {
    StoreLockedError: "store-locked",
    StoreFullError: "told-store-full",
    StoreReadOnlyError: "told-store-full",
    StoreCorruptError: "told-store-damaged",
    FileGoneError: "told-file-gone",
    **dict.fromkeys((ModelError, JobGivenUpError), "went-wrong"),
    **dict.fromkeys((StoreAwayError, StoreMissingError, ModelMismatchError), "told-store-away"),
}
_LINE_BREAK: Final = re.compile(r"\n\s*")
# The first word of a message, unless it is part of a name such as "statements.csv".
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+(?=[\s,:])")


class _JoinedLines(Extension):
    """Joins the lines of a template, so that its layout puts no white space between words."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Returns a template on one line."""
        return _LINE_BREAK.sub("", source)


def render(template: str, **values: object) -> str:
    """Returns a template of this package with its values."""
    return str(_environment().get_template(f"{template}.html").render(values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.ui"), autoescape=True, undefined=StrictUndefined, extensions=[_JoinedLines]
    )
    environment.globals |= {"say": say_html, "digits": digits}
    return environment


def say_html(key: str, **values: object) -> Markup:
    """Returns a message in the reader's language, which may hold markup, with its values escaped."""
    return Markup(words_of(language())[key]).format(**values)


def hint_html(key: str, **values: object) -> str:
    """Renders a hint, such as that there is nothing to show, or what to do first."""
    return f'<p class="u-empty" role="status">{say(key, **values)}</p>'


def said_html(words: str) -> str:
    """Renders a confirmation of what was done; `words` are HTML already."""
    return f'<p class="u-said" role="status">{words}</p>'


def store_words(error: Exception | str) -> str | None:
    """Returns the key of the words for readers of a store's error, whose own text names machines and paths; or None."""
    if type(error) is StoreError:
        return "told-store-away"
    return next((key for kind, key in _STORE_WORDS.items() if isinstance(error, kind)), None)


def error_line(error: Exception | str) -> str:
    """Returns the message of an error for the reader, in one line.

    Of an OSError only the reason is told, since its text names paths, and of an error of the store what a reader can
    do; the log has its text. An unexpected error is a bug: the log has its traceback.
    """
    if (key := store_words(error)) is not None:
        logger.warning("%s", error)
        return say(key)
    if isinstance(error, SHOWN_ERRORS):
        # A sentence of its own on the page; on the command line it stands behind the program's name.
        message = worded(str(error)).replace("`", "")
        return message[:1].upper() + message[1:] if _FIRST_WORD.match(message) else message
    if isinstance(error, OSError):
        return error.strerror or "the disk cannot be used"
    if isinstance(error, Exception):
        logger.error("an error that nobody foresaw", exc_info=error)
        return say("went-wrong")
    return error


def error_html(error: Exception | str) -> str:
    """Renders an error as one line."""
    return f'<p class="u-error" role="alert">{escape(error_line(error))}</p>'
