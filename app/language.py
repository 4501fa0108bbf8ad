"""The language of a question."""

import re
import unicodedata

from ingest.metadata import detect_language as detect_text_language
from prompts.wording import LANGUAGES

# Function words that tell the three languages in Latin script apart where a question is too short for a model.
_FUNCTION_WORDS = {
    "en": frozenset("what did the of on about in to and is are was say said how which does has by with for".split()),
    "fr": frozenset("que qu quelle quel quels est sur le la les des du au aux une dans et pour dit selon par".split()),
    "es": frozenset("qué que cuál dijo sobre el la los las del una en y por según con para su posición al".split()),
}
_SCRIPTS = (("ARABIC", "ar"), ("CYRILLIC", "ru"), ("CJK", "zh"))


def detect_language(text: str) -> str:
    """Returns the ISO 639-1 code of a question's language, one of the six; English where it cannot be told."""
    letters = [char for char in text if char.isalpha()]
    for script, language in _SCRIPTS:
        share = sum(unicodedata.name(char, "").startswith(script) for char in letters)
        if letters and share > len(letters) / 3:
            return language
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {language: sum(word in known for word in words) for language, known in _FUNCTION_WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] > 0 and sum(count == counts[best] for count in counts.values()) == 1:
        return best
    if len(words) < 4:
        return "en"
    guess = detect_text_language(text)
    return guess if guess in LANGUAGES else "en"
