"""Pages in the language of their reader, with the messages of Gradio's components in it."""

from typing import Any, Final

import gradio as gr
from gradio.i18n import I18nData

from app.ui.words import language, said, words_of
from prompts.wording import LANGUAGES

# Locales of Gradio's own translations, where they are not the language code.
_LOCALES: Final = {"zh": "zh-CN"}
# Prefixes of messages that no component shows; they are not sent to browsers.
_NOT_SENT: Final = ("told-", "report-", "metric-", "stage-", "code-", "remark-")


class WordedBlocks(gr.Blocks):
    """A Gradio page in its reader's language; its title is a name or the key of a message."""

    @property
    def config(self) -> Any:  # noqa: ANN401 - Gradio's own record of the page
        """Gradio's configuration of the page, with title and translations in the reader's language."""
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
        """The messages in the reader's language under every locale, since Gradio chooses by the browser's language."""
        words = {key: text for key, text in words_of(language()).items() if not key.startswith(_NOT_SENT)}
        return {_LOCALES.get(code, code): words for code in LANGUAGES}


def label(key: str) -> I18nData:
    """Returns a message for a component, which the browser translates into its reader's language."""
    return I18nData(key)
