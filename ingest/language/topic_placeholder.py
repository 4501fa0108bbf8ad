"""The placeholder of a topic, such as "this", where only what is asked or said about it counts, whatever it is."""

from collections.abc import Mapping
from typing import Final

from ingest.language.lexicons import load_lexicon

TOPIC_PLACEHOLDER: Final[Mapping[str, str]] = load_lexicon("topic_placeholder")
