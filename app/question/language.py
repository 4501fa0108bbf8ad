"""Language identification of a question, among the six: by script, then by how common its words are in each language.

"Que dijo Cuba sobre la extradicion" is Spanish although it is typed without accents.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from wordfreq import zipf_frequency

from app.question.lexicon import lexicon_of
from ingest.parties.party_table import PartyTable

_SCRIPTS: Final = (("ARABIC", "ar"), ("CYRILLIC", "ru"), ("CJK", "zh"))
_LATIN: Final = ("en", "fr", "es")
# What a word counts that the lexicon knows, where the frequency of words counts 0 to 8.
_KNOWN: Final = 2.0


def detect_language(text: str, parties: PartyTable) -> str:
    """Returns the ISO 639-1 code of a question's language, one of the six; English where it cannot be told."""
    letters = [char for char in text if char.isalpha()]
    for script, language in _SCRIPTS:
        share = sum(unicodedata.name(char, "").startswith(script) for char in letters)
        if letters and share > len(letters) / 3:
            return language
    words = re.findall(r"[^\W\d_]+", text.lower())
    scores = {language: _score(words, language) + _named(text, language, parties) for language in _LATIN}
    return max(scores, key=lambda language: scores[language])


def _score(words: Iterable[str], language: str) -> float:
    return sum(_commonness(word, language) for word in words)


@lru_cache(maxsize=20_000)
def _commonness(word: str, language: str) -> float:
    return zipf_frequency(word, language) + _KNOWN * bool(lexicon_of(language).kinds_of(word))


def _named(text: str, language: str, parties: PartyTable) -> float:
    """Returns how much of a question is names of States in a language, in words of ten letters."""
    return sum(match.end - match.start for match in parties.find(text, language, relaxed=True)) / 10
