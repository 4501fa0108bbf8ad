"""Language identification of a question, among the six, by function words, script and names of States.

"Que dijo Cuba sobre la extradicion" is Spanish although it is typed without accents.
"""

import re
import unicodedata

from ingest.language.detection import detect_language as detect_text_language
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES

# Function words that tell the three languages in Latin script apart where a question is too short for a model.
_FUNCTION_WORDS = {
    "en": frozenset(
        "what did the of on about in to and is are was say said how which does has by with for who why when at from its".split()
    ),
    "fr": frozenset(
        "que qu quelle quel quels est sur le la les des du au aux une dans et pour dit selon par quelles l d qui ont pas".split()
    ),
    "es": frozenset(
        "qué que cuál cuáles dijo sobre el la los las del una en y por según con para su posición al dijeron".split()
    ),
}
# Spellings that only one of the three has.
_SPELLINGS = {
    "fr": re.compile(r"[çœèêàùûîâë]|\b[ldqs]['’]|é\w*e\b", re.IGNORECASE),
    "es": re.compile(r"[¿¡ñáíóú]", re.IGNORECASE),
}
_SCRIPTS = (("ARABIC", "ar"), ("CYRILLIC", "ru"), ("CJK", "zh"))


def detect_language(text: str, parties: PartyTable) -> str:
    """Returns the ISO 639-1 code of a question's language, one of the six; English where it cannot be told.

    Script decides, then function words, then spelling, then in which language more of it names States.
    """
    letters = [char for char in text if char.isalpha()]
    for script, language in _SCRIPTS:
        share = sum(unicodedata.name(char, "").startswith(script) for char in letters)
        if letters and share > len(letters) / 3:
            return language
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {language: sum(word in known for word in words) for language, known in _FUNCTION_WORDS.items()}
    spelt = {language: int(pattern.search(text) is not None) for language, pattern in _SPELLINGS.items()}
    counts = {language: count + spelt.get(language, 0) for language, count in counts.items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] > 0 and sum(count == counts[best] for count in counts.values()) == 1:
        return best
    named = {language: _named(text, language, parties) for language in counts}
    best = max(named, key=lambda language: named[language])
    if named[best] > 0 and sum(count == named[best] for count in named.values()) == 1:
        return best
    if len(words) < 4:
        return "en"
    guess = detect_text_language(text)
    return guess if guess in LANGUAGES else "en"


def _named(text: str, language: str, parties: PartyTable) -> int:
    """Returns how many characters of a question are names of States in a language."""
    return sum(match.end - match.start for match in parties.find(text, language, relaxed=True))
