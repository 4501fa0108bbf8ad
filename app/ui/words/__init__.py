"""The interface's messages, one YAML file per language: in that which the reader chose, or else the browser's.

`say("copied")` returns "Copied" or "Copié", by the language of the current request. Commands that write for readers,
such as the report of a run, use the same messages in a given language (`worded_in`), without Gradio.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Final, cast

import yaml
from babel import Locale, negotiate_locale

from ingest.language.detection import direction_of
from prompts.wording import LANGUAGES, Language

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

# The cookie that the page sets when a language is chosen, for the server and for the next visit.
COOKIE: Final = "untoc_language"
# The language of the page that is being served; Gradio's own request context exists in events only.
_PAGE: Final[ContextVar[Language]] = ContextVar("page", default="en")

_TEMPLATE_PREFIX: Final = "told-"
# Parts of messages that are no use in a browser and are left out: commands, settings and ids of statements, as in
# "…, which `untoc show ID` lists", "split it, or raise UNTOC_LOAD__MAX_PAGES" and "with --force".
_COMMAND_LINE_ONLY: Final = re.compile(
    r"[,;:]?\s*(?:which\s+|run\s+|by\s+|use\s+|see\s+)?`untoc[^`]*`[^;,.:]*"
    r"|[,;]? (?:or )?raise UNTOC_\w+(?: and UNTOC_\w+)?|[;,] use --\w+[^;,.]*| with --\w+|, or of docs/\S+"
    r"|\s?'[0-9a-f]{16}(?:\.\d+)?'|, line 0\b"
)
# The place in a table, before a message: "statements.csv, line 5: state 'Borduria' is no State or group that is known".
_IN_LINE: Final = re.compile(r"(?P<file>'?[\w-]+\.csv'?), line (?P<line>\d+): ")


def word_for(request: "HTTPConnection") -> None:
    """Sets the language to that of a request, for the current context."""
    _PAGE.set(_wanted(request))


@contextmanager
def worded_in(code: Language) -> Iterator[None]:
    """Sets the language inside a `with` block."""
    token = _PAGE.set(code)
    try:
        yield
    finally:
        _PAGE.reset(token)


def language() -> Language:
    """Returns the language of the current request; English outside a request."""
    # Gradio is not imported here, since that takes seconds; if it is not loaded, no event of it is running.
    gradio = sys.modules.get("gradio.context")
    request = gradio.LocalContext.request.get(None) if gradio else None
    return _PAGE.get() if request is None else _wanted(request)


def _wanted(request: "HTTPConnection") -> Language:
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    # Untrusted input, sent before signing in: it is cut, and split without a pattern that could backtrack.
    accepted = request.headers.get("accept-language", "")[:200].split(",")
    tags = [tag.partition(";")[0].strip().partition("-")[0] for tag in accepted]
    return cast(Language, negotiate_locale([tag for tag in tags if tag.isalpha()], LANGUAGES) or "en")


def say(key: str, **values: object) -> str:
    """Returns a message in the reader's language, with values put in."""
    return words_of(language())[key].format(**values)


def digits(number: str) -> str:
    """Returns a number, or numbers in a text, with the decimal sign of the reader's language: "87,5 %"."""
    return re.sub(r"(?<=\d)\.(?=\d)", str(Locale(language()).number_symbols["latn"]["decimal"]), number)


def said(key: str, otherwise: str) -> str:
    """Returns a message in the reader's language, or `otherwise` if there is none with that key."""
    return words_of(language()).get(key, otherwise)


@cache
def words_of(code: Language) -> Mapping[str, str]:
    """Returns all messages of a language."""
    text = files(__name__).joinpath(f"{code}.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def worded(message: str) -> str:
    """Translates an English message into the reader's language, sentence by sentence, as far as there are translations.

    As with gettext, the English sentence is the key: the entries `told-…` of `en.yaml` are templates of messages,
    and the reader's file has the same entry in its language. Commands and settings in the message are left out.
    """
    said, rest = list[str](), _COMMAND_LINE_ONLY.sub("", message)
    while rest:
        place, where = _IN_LINE.match(rest), ""
        if place is not None:
            where, rest = say("in-line", **place.groupdict()), rest[place.end() :]
        # The longest run of parts that is one message: "'a.txt' holds no text; check that the right file was saved".
        parts = rest.split("; ")
        for length in range(len(parts), 0, -1):
            found = _translated("; ".join(parts[:length]))
            if found is not None or length == 1:
                said.append(where + (parts[0] if found is None else found))
                rest = "; ".join(parts[length:])
                break
    return say("semicolon").join(said)


def _translated(message: str) -> str | None:
    for key, template in _templates():
        match = template.fullmatch(message)
        if match is not None:
            # A value may itself be a message: "3 of 9 answers" in "not complete, 3 of 9 answers".
            return say(key, **isolated({name: _translated(part) or part for name, part in match.groupdict().items()}))
    return None


def isolated(values: Mapping[str, str]) -> Mapping[str, str]:
    """Returns values for a message, in Arabic each isolated (FSI, PDI), since most are in Latin letters.

    Source: Unicode Standard Annex #9, Bidirectional Algorithm, section 2.4 (explicit directional isolates).
    """
    if direction_of(language()) == "ltr":
        return values
    return {name: f"\u2068{value}\u2069" for name, value in values.items()}


@cache
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Returns the English templates as patterns: that of "{name} holds no text" matches any name."""

    def pattern(message: str) -> re.Pattern[str]:
        parts = ((re.escape(text), name) for text, name, *_ in Formatter().parse(message))
        return re.compile("".join(text + (f"(?P<{name}>(?:(?!; ).)+?)" if name else "") for text, name in parts))

    return tuple((key, pattern(message)) for key, message in words_of("en").items() if key.startswith(_TEMPLATE_PREFIX))
