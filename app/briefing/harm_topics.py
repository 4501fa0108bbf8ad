"""Harm topics, such as "corruption": support on them is support for action against the harm, and is shown so.

A table with "supports" in the column "Corruption" would put words into a State's mouth.
"""

from typing import Final

from ingest.glossary.glossary import translate_topic
from ingest.language.lexicons import Patterns

_WORDS: Final = Patterns("briefing")


def names_harm(topic: str, language: str = "en") -> bool:
    """Returns whether a topic names a harm, and not what is done about one; other languages go by the glossary."""
    words = translate_topic(topic, language).text if language != "en" else topic
    return _WORDS.harm.search(words) is not None and _WORDS.measure.search(words) is None
