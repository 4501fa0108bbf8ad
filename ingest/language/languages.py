"""The language of each paragraph, since a document may mix languages.

A French paragraph in an English statement is split, repaired and searched as French.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

import regex

from ingest.language.detection import detect_language
from vectorstore.records import Block

# Languages of scripts that run from right to left, as far as texts and names of parties are in them.
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
# Shorter paragraphs are names, titles and numbers, which detection takes for any language.
_FEWEST_LETTERS: Final = 60
_FEWEST_HAN: Final = 15
# How sure detection must be that a paragraph is in another language than the document.
_SURE: Final = 0.75
_HAN: Final = regex.compile(r"\p{Han}")


def direction_of(language: str | None) -> Literal["rtl", "ltr"]:
    """Returns in which direction the letters of a language (ISO 639-1) run, as HTML names it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def with_languages(text: str, blocks: Sequence[Block], document: str | None) -> tuple[Block, ...]:
    """Marks the paragraphs that are in another language (ISO 639-1) than their document."""
    return tuple(replace(block, language=_other_language(text, block, document)) for block in blocks)


def main_language(text: str, blocks: Sequence[Block], document: str | None) -> str | None:
    """Returns the language in which most characters of these blocks are."""
    sizes: dict[str | None, int] = {document: 0}
    for block in blocks:
        language = block.language or document
        sizes[language] = sizes.get(language, 0) + len(text[block.start : block.end])
    return max(sizes, key=lambda language: sizes[language])


def _other_language(text: str, block: Block, document: str | None) -> str | None:
    words = text[block.start : block.end]
    if (block.paragraph is None and not block.continues) or not _is_long_enough(words):
        return None
    found = detect_language(words, sure=_SURE)
    return None if found == document else found


def _is_long_enough(words: str) -> bool:
    letters = sum(map(str.isalpha, words[: 3 * _FEWEST_LETTERS]))
    return letters >= _FEWEST_LETTERS or (not words.isascii() and len(_HAN.findall(words)) >= _FEWEST_HAN)
