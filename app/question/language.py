"""Language identification of a question, among the six: by script, then by how common its words are in each language.

"Que dijo Cuba sobre la extradicion" is Spanish although it is typed without accents.
"""

import re
import unicodedata
from typing import Final

from app.question.lexicon import SIGNS, lexicon_of
from ingest.language.word_frequencies import commonness
from ingest.parties.party_table import PartyTable

_SCRIPTS: Final = (("ARABIC", "ar"), ("CYRILLIC", "ru"), ("CJK", "zh"))
# Signs and numbers occur in every language, so they do not count.
_SIGNS: Final = SIGNS | {"number", "ordinal", "year_number", "roman", "bodies"}
_LATIN: Final = ("en", "fr", "es")
# Score of a word that the lexicon knows, beside Zipf frequencies, which range from 0 to 8.
_LEXICON_SCORE: Final = 2.0
# A lead of this many lexicon words decides the language without loading the word frequencies.
_CLEAR_LEAD: Final = 3
# Difference of Zipf frequencies from which a word belongs to the language that has it more often: ten times as often.
_FREQUENCY_LEAD: Final = 1.0
# The same for a word that a language has often itself, from this Zipf frequency on: "coup" in "Fiji coups" is English,
# though French has it more often, and "and" is not French. Chosen by hand.
_OWN_MIN, _LEAD_OVER_OWN = 2.8, 2.4


def detect_language(text: str, parties: PartyTable, before: str | None = None) -> str:
    """Returns the ISO 639-1 code of a question's language, one of the six; English where it cannot be told.

    A question in another language is read in that of the six that shares most of its words: Portuguese in Spanish.
    A follow-up that has only names and numbers ("Cuba?", "2019?") is in the language of the question `before` it; words
    that are common to languages ("extradition") are read in that language as well, and else in English.
    """
    letters = [char for char in text if char.isalpha()]
    for script, language in _SCRIPTS:
        share = sum(unicodedata.name(char, "").startswith(script) for char in letters)
        if letters and share > len(letters) / 3:
            return language
    if before is not None and _has_no_words(text, before, parties):
        return before
    words = re.findall(r"[^\W\d_]+", text.lower())
    known = {language: _known(text, language) for language in _LATIN}
    second, best = sorted(known.values())[-2:]
    if best >= second + _CLEAR_LEAD:
        return max(known, key=lambda language: known[language])
    expected = before if before in _LATIN else "en"
    if known[expected] == best and not _has_word_of_other(text, expected, parties):
        # "Arvandia confiscation" has no word that is not English as well.
        return expected

    def score(language: str) -> float:
        names = parties.find(text, language, relaxed=True)
        # Names found in a language add one point to its score for each ten letters.
        named = sum(name.end - name.start for name in names) / 10
        return sum(commonness(word, language) for word in words) + _LEXICON_SCORE * known[language] + named

    return max(_LATIN, key=score)


def _has_no_words(text: str, language: str, parties: PartyTable) -> bool:
    """Returns whether a text has only names, numbers and signs."""
    names = parties.find(text, language, relaxed=True)
    items = lexicon_of(language).items(text, correct_typos=False)
    words = (item for item in items if not any(name.start <= item.start and item.end <= name.end for name in names))
    return all(item.kinds and item.kinds <= _SIGNS for item in words)


def _has_word_of_other(text: str, language: str, parties: PartyTable) -> bool:
    """Returns whether a word that is no name is far more common in another of the languages in Latin script."""
    names = parties.find(text, language, relaxed=True)
    for found in re.finditer(r"[^\W\d_]+", text.lower()):
        named = any(name.start <= found.start() < name.end for name in names)
        own = commonness(found[0], language)
        lead = _FREQUENCY_LEAD if own < _OWN_MIN else _LEAD_OVER_OWN
        if not named and any(commonness(found[0], other) >= own + lead for other in _LATIN):
            return True
    return False


def _known(text: str, language: str) -> int:
    """Returns how many words of a question a language's lexicon knows; a phrase of n words counts as 2n - 1."""
    items = lexicon_of(language).items(text, correct_typos=False)
    sizes = (text[item.start : item.end].count(" ") for item in items if item.kinds - _SIGNS)
    return sum(2 * size + 1 for size in sizes)
