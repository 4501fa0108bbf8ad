"""The assistant's own words: Markdown files with one section per message, checked when loaded.

The English file declares the messages and their variables; a file of another language that differs does not load.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, Literal, get_args

from prompts.prompt import Variables, read_messages

Language = Literal["en", "fr", "es", "ar", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_OF_PARTY: Final = re.compile(r"\bde \{(party|parties|group|holder|names)\}")
_VOWELS: Final = tuple("AEIOUÉÈÊÎ")
# Separators that differ from the English ones.
_SEPARATORS: Final[Mapping[str, Mapping[str, str]]] = {
    "fr": {"colon": "\N{NO-BREAK SPACE}: ", "semicolon": "\N{NO-BREAK SPACE}; "},
    "ar": {"comma": "، ", "list_comma": "، ", "semicolon": "؛ "},
    "zh": {"colon": "：", "comma": "，", "list_comma": "、", "semicolon": "；"},
}


def known_language(code: str | None) -> Language:
    """Returns a language code if it is one of the six; any other, or none, counts as English."""
    return next((language for language in LANGUAGES if language == code), "en")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The messages of one language."""

    language: str
    version: str
    """Hash of the file, so that an answer records the wording that it was made with."""
    messages: dict[str, str]
    variables: Variables
    """The placeholders of each message."""
    colon: str = ": "
    """The separator between a label and its value."""
    comma: str = ", "
    """The separator between facts on a line."""
    list_comma: str = ", "
    """The separator in a list of names, for which Chinese has a comma of its own."""
    semicolon: str = "; "
    """The separator between items that may contain commas."""

    def say(self, key: str, **variables: object) -> str:
        """Returns a message with its variables filled in."""
        message = self.messages[key]
        if self.language == "fr":
            # "d’Autriche", not "de Autriche".
            message = _OF_PARTY.sub(
                lambda of: f"d’{{{of[1]}}}" if str(variables[of[1]])[:1].upper() in _VOWELS else of[0], message
            )
        return message.format(**variables)


@cache
def load_messages(stem: str, language: str) -> Wording:
    """Loads the messages of a language, English for one that has none; raises as `read_messages`."""
    known = known_language(language)
    declared = None if known == "en" else load_messages(stem, "en").variables
    version, messages, variables = read_messages(f"{stem}.{known}.md", declared)
    separators = _SEPARATORS.get(known, {})
    return Wording(language=known, version=version, messages=messages, variables=variables, **separators)


load_wording = partial(load_messages, "answer")
"""Loads the assistant's own words in a language: those of answers, and of citations wherever they are shown."""
load_briefing_words = partial(load_messages, "briefing")
"""Loads the words of briefings around their quotations, in a language."""
load_remark_words = partial(load_messages, "check")
"""Loads the remarks that a check of quotations makes, in a language."""
