"""The interface's own words, one YAML file a language: by the browser's language, or the one that the reader chose.

`say("copied")` is "Copied" or "Copié", by the request that is being answered. What a command writes for readers,
such as the report of a run, is in the same words (`worded_in`), without Gradio.
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
    from starlette.requests import Request

# Set by the page when a language is chosen, for the server and for the next visit.
COOKIE: Final = "untoc_language"
# The language of the page that is being sent; Gradio's own context is for events alone.
_PAGE: Final[ContextVar[Language]] = ContextVar("page", default="en")

_TEMPLATES: Final = "told-"
# A person at a browser has no use for a command, a setting, or the id of a statement: "…, which `untoc show ID`
# lists", "split it, or raise UNTOC_LOAD__MAX_PAGES", "with --force".
_UNHEARD: Final = re.compile(
    r"[,;:]?\s*(?:which\s+|run\s+|by\s+|use\s+|see\s+)?`untoc[^`]*`[^;,.:]*"
    r"|[,;]? (?:or )?raise UNTOC_\w+(?: and UNTOC_\w+)?|[;,] use --\w+[^;,.]*| with --\w+|, or of docs/\S+"
    r"|\s?'[0-9a-f]{16}(?:\.\d+)?'|, line 0\b"
)
# Of a table that a message is about: "statements.csv, line 5: state 'Borduria' is no State or group that is known".
_IN_LINE: Final = re.compile(r"(?P<file>'?[\w-]+\.csv'?), line (?P<line>\d+): ")


def word_for(request: "Request") -> None:
    """Words what is made next for whoever sent a request, until another one is named."""
    _PAGE.set(_wanted(request.cookies, request.headers))


@contextmanager
def worded_in(code: Language) -> Iterator[None]:
    """Words what is made meanwhile in a language."""
    token = _PAGE.set(code)
    try:
        yield
    finally:
        _PAGE.reset(token)


def language() -> Language:
    """Returns the language of whoever is being answered; English outside a request."""
    # Gradio takes seconds to load; where it was not, there is no event of it.
    gradio = sys.modules.get("gradio.context")
    request = gradio.LocalContext.request.get(None) if gradio else None
    return _PAGE.get() if request is None else _wanted(request.cookies, request.headers)


def _wanted(cookies: Mapping[str, str], headers: Mapping[str, str]) -> Language:
    chosen = cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    # Whoever is not signed in can send this: it is cut, and split without a pattern that could go back.
    accepted = headers.get("accept-language", "")[:200].split(",")
    tags = [tag.partition(";")[0].strip().partition("-")[0] for tag in accepted]
    return cast(Language, negotiate_locale([tag for tag in tags if tag.isalpha()], LANGUAGES) or "en")


def say(key: str, **values: object) -> str:
    """Returns a message in the reader's language, with values put in."""
    return words_of(language())[key].format(**values)


def digits(number: str) -> str:
    """Returns a number, or numbers in a text, with the decimal sign of the reader's language: "87,5 %"."""
    return re.sub(r"(?<=\d)\.(?=\d)", str(Locale(language()).number_symbols["latn"]["decimal"]), number)


def said(key: str, otherwise: str) -> str:
    """Returns a message in the reader's language where there is one of that key."""
    return words_of(language()).get(key, otherwise)


def choice_html() -> str:
    """Renders the choice of language, with what the page's script says itself."""
    chosen = language()
    options = "".join(
        f'<option value="{code}" lang="{code}"{" selected" if code == chosen else ""}>'
        f"{Locale(code).languages[code].capitalize()}</option>"
        for code in LANGUAGES
    )
    direction = direction_of(chosen)
    spoken = "".join(f' data-{name}="{say(name)}"' for name in ("copied", "not-copied"))
    return (
        f'<label class="u-language" data-language="{chosen}" data-dir="{direction}"{spoken}>'
        f'<span class="u-hidden">{say("language")}</span><select>{options}</select></label>'
    )


@cache
def words_of(code: Language) -> Mapping[str, str]:
    """Returns all messages of a language."""
    text = files(__name__).joinpath(f"{code}.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def worded(message: str) -> str:
    """Returns an English message in the reader's language, sentence by sentence, as far as there are words for it.

    As with gettext, the English sentence is the key: the entries `told-…` of `en.yaml` are its templates,
    and the reader's file has the same key in another language. Commands and settings in it are left out.
    """
    said, rest = list[str](), _UNHEARD.sub("", message)
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
            # Of which a part may be a message in turn: "not complete, 3 of 9 answers".
            return say(key, **{name: _translated(part) or part for name, part in match.groupdict().items()})
    return None


@cache
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Returns the English messages as patterns: "{name} holds no text" takes any name, as `parse` would."""

    def pattern(message: str) -> re.Pattern[str]:
        parts = ((re.escape(text), name) for text, name, *_ in Formatter().parse(message))
        return re.compile("".join(text + (f"(?P<{name}>(?:(?!; ).)+?)" if name else "") for text, name in parts))

    return tuple((key, pattern(message)) for key, message in words_of("en").items() if key.startswith(_TEMPLATES))
