"""The interface's own words, one YAML file a language: by the browser's language, or the one that the reader chose.

`say("copied")` is "Copied" or "Copié", by the request that is being answered.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Final, cast

import gradio as gr
import yaml
from babel import Locale, negotiate_locale
from gradio.context import LocalContext
from gradio.i18n import I18nData
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.language.languages import direction_of
from prompts.wording import LANGUAGES, Language

# Set by the page when a language is chosen, for the server and for the next visit.
COOKIE: Final = "untoc_language"
# Gradio's own words have a script where a language has two.
_LOCALES: Final = {"zh": "zh-CN"}
# The language of the page that is being sent; Gradio's own context is for events alone.
_PAGE: Final[ContextVar[Language]] = ContextVar("page", default="en")


class PageLanguage:
    """Remembers who a page is worded for while it is made (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http":
            word_for(Request(scope))
        await self._app(scope, receive, send)


class _Translations(gr.I18n):
    @property
    def translations_dict(self) -> dict[str, dict[str, str]]:
        """The words of the reader's choice, whatever Gradio takes the browser's language to be."""
        words = dict(words_of(language()))
        return {_LOCALES.get(code, code): words for code in LANGUAGES}


def word_for(request: Request) -> None:
    """Words what is made next for whoever sent a request, until another one is named."""
    _PAGE.set(_wanted(request.cookies, request.headers))


def language() -> Language:
    """Returns the language of whoever is being answered; English outside a request."""
    request = LocalContext.request.get(None)
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


def label(key: str) -> I18nData:
    """Returns a component's message, which the browser words in its reader's language."""
    return I18nData(key)


def translations() -> gr.I18n:
    """Returns all messages for the browser."""
    return _Translations()


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
