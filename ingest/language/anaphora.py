"""Anaphora: sentences that refer back to the one before, such as "These measures …" and "We do not support it."."""

from typing import Final

import regex

from ingest.language.lexicons import load_lexicon

_WORDS: Final = load_lexicon("spans")
# How a sentence begins that refers to one before it, whose noun it may name; what refers to the occasion, as "this
# Conference" does; and how a sentence takes up what was just said.
POINTING, OUTWARD, TAKES_UP = (
    regex.compile(_WORDS[name], regex.VERBOSE) for name in ("pointing", "outward", "takes_up")
)
# Sentences that take something up are short.
TAKES_UP_WORDS: Final = 25


def refers_back(text: str) -> bool:
    """Returns whether a sentence begins with, or takes up, what the one before it names: "These …", "We oppose it."."""
    if OUTWARD.match(text):
        return False
    short = len(text.split()) <= TAKES_UP_WORDS
    return POINTING.match(text) is not None or (short and TAKES_UP.search(text) is not None)
