"""Messages of the product at the desk: in the reader's language where it has words for them, and without commands.

Ingest and its loaders say what happened in English sentences. As with gettext, the English sentence is the key: the
entries `told-…` of `words/en.yaml` are its templates, and the reader's file has the same key in another language.
"""

import re
from functools import cache
from html import escape
from string import Formatter
from typing import Final

from app.ui.parts import SHOWN_ERRORS
from app.ui.words import say, words_of
from vectorstore.errors import StoreLockedError

_TEMPLATES: Final = "told-"
# A person at a browser has no use for a command, a setting, or the id of a statement: "…, which `untoc show ID`
# lists", "split it, or raise UNTOC_LOAD__MAX_PAGES", "with --force".
_UNHEARD: Final = re.compile(
    r"[,;:]?\s*(?:which\s+|run\s+|by\s+|use\s+|see\s+)?`untoc[^`]*`[^;,.:]*"
    r"|[,;]? (?:or )?raise UNTOC_\w+(?: and UNTOC_\w+)?|[;,] use --\w+[^;,.]*| with --\w+|, or of docs/\S+"
    r"|\s?'[0-9a-f]{16}(?:\.\d+)?'|, line 0\b"
)


def worded(message: str) -> str:
    """Returns a message in the reader's language, sentence by sentence, as far as there are words for it."""
    said, rest = list[str](), _UNHEARD.sub("", message)
    while rest:
        # The longest run of parts that is one message: "'a.txt' holds no text; check that the right file was saved".
        parts = rest.split("; ")
        for length in range(len(parts), 0, -1):
            found = _translated("; ".join(parts[:length]))
            if found is not None or length == 1:
                said.append(parts[0] if found is None else found)
                rest = "; ".join(parts[length:])
                break
    return "; ".join(said)


def _translated(message: str) -> str | None:
    for key, template in _templates():
        match = template.fullmatch(message)
        if match is not None:
            return say(key, **match.groupdict())
    return None


@cache
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Returns the English messages as patterns: "{name} holds no text" takes any name, as `parse` would."""

    def pattern(message: str) -> re.Pattern[str]:
        parts = ((re.escape(text), name) for text, name, *_ in Formatter().parse(message))
        return re.compile("".join(text + (f"(?P<{name}>(?:(?!; ).)+?)" if name else "") for text, name in parts))

    return tuple((key, pattern(message)) for key, message in words_of("en").items() if key.startswith(_TEMPLATES))


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
