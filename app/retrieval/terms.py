"""Content terms of a text: stemmed, without function words.

"the recovery of stolen assets" has the terms `recoveri`, `stolen` and `asset`.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Final

import regex

from ingest.glossary.glossary import acronyms_of_terms
from vectorstore.stems import fold, is_filler, is_function_word, stem, words_of

_HAN: Final = regex.compile(r"\p{Han}")


@lru_cache(maxsize=4096)
def content_terms(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a text's content words; Chinese is split into pairs of characters.

    `language` applies to words in Latin script; for other scripts, the script decides.
    """
    if text.isascii() or not _HAN.search(text):
        return frozenset(filter(None, (_term(word, language) for word in words_of(text))))
    words = [word if _term(word, language) else " " for word in words_of(text)]
    terms = {_term(word, language) for word in words if word != " " and not _HAN.match(word)}
    # Function words and words in other scripts separate runs of Chinese characters.
    runs = "".join(word if _HAN.match(word) else " " for word in words).split()
    terms.update(pair for run in runs for pair in (map("".join, pairwise(run)) if len(run) > 1 else [run]))
    return frozenset(terms)


@lru_cache(maxsize=65536)
def _term(word: str, language: str) -> str:
    """Returns the stem of a content word, else ""; cached, since each word of a list's sentences is looked up."""
    is_stop_word = is_function_word(word, language) or is_filler(word, language)
    if word.isupper() and (len(word) > 1 if is_stop_word else word in acronyms_of_terms(language)):
        # "WHO" is no function word.
        return fold(word)
    return "" if is_stop_word else stem(word, language)
