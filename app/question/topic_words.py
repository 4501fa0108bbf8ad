"""Typing errors in a topic: "extraditon" is searched as "extradition", and the answer says so.

A topic is searched by its words, so that one wrong letter finds little. Names are no topic; they are read by `spans`.
"""

from typing import Final

import regex
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from ingest.glossary.glossary import words_of_terms
from ingest.language.word_frequencies import commonness
from vectorstore.stems import fold, stem

_WORD: Final = regex.compile(r"\p{L}+")
# Letters; shorter words are near to too many others.
_SHORTEST: Final = 7
# Zipf frequency below which a word is none of its language, or rare enough to be asked about here in its usual form.
_NO_WORD: Final = 2.0


def mistyped(topic: str, language: str) -> dict[str, str]:
    """Returns the words of a topic that a term of the field is one typing error away from, each with that word.

    A word with a capital may be a name, and a form of the same stem is no error.
    """
    if language == "zh":
        return {}
    found: dict[str, str] = {}
    for word in _WORD.findall(topic):
        if len(word) < _SHORTEST or not word.islower() or commonness(word, language) >= _NO_WORD:
            continue
        near = process.extractOne(
            fold(word), words_of_terms(language), scorer=DamerauLevenshtein.distance, score_cutoff=1
        )
        if near is not None and near[1] and stem(near[2], language) != stem(word, language):
            found[word] = near[2]
    return found
