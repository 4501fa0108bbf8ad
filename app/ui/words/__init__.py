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
from typing import TYPE_CHECKING, Final, cast

import yaml
from babel import Locale, negotiate_locale

from ingest.language.languages import direction_of
from prompts.wording import LANGUAGES, Language

if TYPE_CHECKING:
    from starlette.requests import Request

# Set by the page when a language is chosen, for the server and for the next visit.
COOKIE: Final = "untoc_language"
# The language of the page that is being sent; Gradio's own context is for events alone.
_PAGE: Final[ContextVar[Language]] = ContextVar("page", default="en")


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
    accepted = re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*(?=[,;]|$)", headers.get("accept-language", ""))
    return cast(Language, negotiate_locale([tag.partition("-")[0] for tag in accepted], LANGUAGES) or "en")


def say(key: str, **values: object) -> str:
    """Returns a message in the reader's language, with values put in."""
    return words_of(language())[key].format(**values)


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
