"""Content terms and key phrases of a topic: stemmed, without function words.

"the recovery of stolen assets" has the terms `recoveri`, `stolen` and `asset`, and the key phrase "stolen assets".
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import regex

from vectorstore.stems import is_filler, is_function_word, language_of, stem, words_of

_HYPHENATED: Final = regex.compile(r"\p{Han}|(?:(?!\p{Han})[\p{L}\p{M}\p{N}])+(?:-(?:(?!\p{Han})[\p{L}\p{M}\p{N}])+)*")


def key_phrases(text: str, language: str | None = None) -> tuple[str, ...]:
    """Returns the pairs of adjacent content words of a topic, or its one content word where it has no pair.

    Args:
        text: Topic words; in Chinese, pairs of characters are words.
        language: Language of the topic; without it, the function words of any language in its script count.
    """
    # A hyphenated word is one word here: alone it is as telling as a pair.
    words = [word.lower() for word in _HYPHENATED.findall(text)]
    runs = _runs(words, (language,) if language else ("en", "fr", "es"))
    pairs = [pair for run in runs for pair in _pairs(run)]
    alone = [word for run in runs for word in run if len(word) > 2 or _is_han(word)]
    return tuple(dict.fromkeys(pairs or alone))


def content_terms(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a text's content words; Chinese counts by pairs of characters.

    Args:
        text: Any text.
        language: Language of what is in Latin script; for other scripts the script decides.
    """
    terms: set[str] = set()
    for run in _runs(words_of(text), (language,)):
        terms.update(stem(word, language) for word in run if not _is_han(word))
        han = "".join(word if _is_han(word) else " " for word in run).split()
        terms.update(pair for part in han for pair in (map("".join, pairwise(part)) if len(part) > 1 else [part]))
    return frozenset(terms)


def _runs(words: Sequence[str], languages: tuple[str, ...]) -> list[list[str]]:
    """Returns the content words among words, in runs that function words part."""
    runs: list[list[str]] = [[]]
    for word in words:
        if any(is_function_word(word, language) or is_filler(word, language) for language in languages):
            runs.append([])
        else:
            runs[-1].append(word)
    return [run for run in runs if run]


def _pairs(run: list[str]) -> list[str]:
    return [f"{a}{b}" if _is_han(a) and _is_han(b) else f"{a} {b}" for a, b in pairwise(run)]


def _is_han(word: str) -> bool:
    return language_of(word, "") == "zh"
