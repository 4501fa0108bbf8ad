"""Harms: topics such as corruption that nobody is for, so that support is for what is done against them.

To call "(against)" what a State says of "illegal fishing", which it wants to be treated as a crime, would mislead.
"""

from typing import Final

from ingest.glossary.glossary import translate_topic
from ingest.language.lexicons import Patterns

_WORDS: Final = Patterns("harms")


def names_harm(topic: str, language: str = "en") -> bool:
    """Returns whether a topic names a harm, and not what is done about one; other languages go by the glossary."""
    words = translate_topic(topic, language).text if language != "en" else topic
    harm = _WORDS.harm.search(words) or _WORDS.harm_at_end.search(words)
    return harm is not None and _WORDS.measure.search(words) is None
