"""Content terms of a text: stemmed, without function words.

"the recovery of stolen assets" has the terms `recoveri`, `stolen` and `asset`.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Final

import regex

from vectorstore.stems import is_filler, is_function_word, stem, words_of

_HAN: Final = regex.compile(r"\p{Han}")


def content_terms(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a text's content words; Chinese counts by pairs of characters.

    The language is that of what is in Latin script; for other scripts the script decides.
    """
    words = [word if _is_content(word, language) else " " for word in words_of(text)]
    if text.isascii():
        return frozenset(stem(word, language) for word in words if word != " ")
    terms = {stem(word, language) for word in words if word != " " and not _HAN.match(word)}
    # Function words and words in letters part the characters.
    runs = "".join(word if _HAN.match(word) else " " for word in words).split()
    terms.update(pair for run in runs for pair in (map("".join, pairwise(run)) if len(run) > 1 else [run]))
    return frozenset(terms)


@lru_cache(maxsize=65536)
def _is_content(word: str, language: str) -> bool:
    """Whether a word may tell a topic; one look instead of two, since each word of a list's sentences is looked at."""
    return not is_function_word(word, language) and not is_filler(word, language)
