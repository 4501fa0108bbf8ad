"""Harms: topics such as corruption that nobody supports, so that positions are on the measures against them.

A State that wants "illegal fishing" to be treated as a crime must not be shown as "(against)".
"""

from typing import Final

from ingest.glossary.glossary import translate_topic
from ingest.language.lexicons import Patterns

_WORDS: Final = Patterns("harms")


def names_harm(topic: str, language: str = "en") -> bool:
    """Returns whether a topic names a harm, not a measure against one; the glossary translates other languages."""
    words = translate_topic(topic, language).text if language != "en" else topic
    harm = _WORDS.harm.search(words) or _WORDS.harm_at_end.search(words)
    return harm is not None and _WORDS.measure.search(words) is None
