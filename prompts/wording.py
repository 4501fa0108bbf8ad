"""The assistant's own words: Markdown files with one section per message, checked when loaded.

The English file declares the messages and their variables; a file of another language that differs does not load.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args

from prompts.errors import PromptError
from prompts.prompt import placeholders

Language = Literal["en", "fr", "es", "ar", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_OF_PARTY: Final = re.compile(r"\bde \{(party|parties|group|holder|names)\}")
_VOWELS: Final = tuple("AEIOUÉÈÊÎ")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The messages of one language.

    Attributes:
        version: Hash of the file, so that an answer tells with which words it was made.
        variables: The placeholders of each message.
    """

    language: str
    version: str
    messages: dict[str, str]
    variables: dict[str, frozenset[str]]

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
def load_wording(language: str) -> Wording:
    """Loads the wording of a language; a language that has none gets English.

    Raises:
        PromptError: The file misses a message, has one too many, or its placeholders are not those of English.
    """
    return _load("wording", language)


@cache
def load_document_words(language: str) -> Wording:
    """Loads what documents say beside their quotations in a language; raises as `load_wording`."""
    return _load("document", language)


@cache
def load_remark_words(language: str = "en") -> Wording:
    """Loads what a check of quotations says in a language; raises as `load_wording`."""
    return _load("remarks", language)


@cache
def load_tool_words() -> Wording:
    """Loads what assistants of others are told of the tools, in English."""
    return _load("tools", "en")


def _load(stem: str, language: str) -> Wording:
    known = language if language in LANGUAGES else "en"
    name = f"{stem}.{known}.md"
    text = (files("prompts") / name).read_text(encoding="utf-8")
    sections = re.split(r"^## +(\w+) *\n", text, flags=re.MULTILINE)[1:]
    messages = {key: body.strip() for key, body in zip(sections[::2], sections[1::2], strict=True)}
    found = {key: placeholders(name, key, message) for key, message in messages.items()}
    declared = found if known == "en" else _load(stem, "en").variables
    if found.keys() != declared.keys():
        raise PromptError(f"{name}: sections missing or unknown: {', '.join(sorted(found.keys() ^ declared.keys()))}")
    for key, variables in found.items():
        if variables != declared[key]:
            raise PromptError(f"{name}: {key!r} uses {sorted(variables)}, declared are {sorted(declared[key])}")
    version = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return Wording(language=known, version=version, messages=messages, variables=found)
