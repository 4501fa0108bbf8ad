"""Content terms of a text: stemmed, without function words.

"the recovery of stolen assets" has the terms `recoveri`, `stolen` and `asset`.
"""

from collections.abc import Sequence
from itertools import pairwise

from vectorstore.stems import is_filler, is_function_word, language_of, stem, words_of


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


def _is_han(word: str) -> bool:
    return language_of(word, "") == "zh"
