"""The language of a page: found for each request, and the words of Gradio's components in it."""

from typing import Any, Final

import gradio as gr
from gradio.i18n import I18nData
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.ui.words import language, said, word_for, words_of
from prompts.wording import LANGUAGES

# Gradio's own words have a script where a language has two.
_LOCALES: Final = {"zh": "zh-CN"}
# What the server alone says, and no component.
_NOT_SENT: Final = ("told-", "report-", "metric-", "stage-", "code-", "remark-")


class PageLanguage:
    """Remembers who a page is worded for while it is made (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http":
            word_for(Request(scope))
        await self._app(scope, receive, send)


class WordedBlocks(gr.Blocks):
    """A page whose words are in the language of whom it is made for; its title is a name or the key of a message."""

    @property
    def config(self) -> Any:  # noqa: ANN401 - Gradio's own record of the page
        """What the page is made of, with its words."""
        title, instance = str(self.title), self.i18n_instance
        made = self._made | {"title": said(title, title)}
        return made | {"i18n_translations": instance.translations_dict} if instance else made

    @config.setter
    def config(self, made: Any) -> None:  # noqa: ANN401 - as above
        self._made = made


class Translations(gr.I18n):
    """All messages for the browser."""

    @property
    def translations_dict(self) -> dict[str, dict[str, str]]:
        """The words of the reader's choice, whatever Gradio takes the browser's language to be."""
        words = {key: text for key, text in words_of(language()).items() if not key.startswith(_NOT_SENT)}
        return {_LOCALES.get(code, code): words for code in LANGUAGES}


def label(key: str) -> I18nData:
    """Returns a component's message, which the browser words in its reader's language."""
    return I18nData(key)
