"""Anaphora: sentences that refer back to the one before, such as "These measures …" and "We do not support it."."""

from typing import Final

import regex

from ingest.language.lexicons import load_lexicon

_WORDS: Final = load_lexicon("anaphora")
# Patterns of the beginning of a sentence that refers to an earlier one, whose noun it may name ("These measures"); of a
# reference to the occasion ("this Conference"); and of a sentence that takes up what was just said ("We oppose it").
POINTING, OUTWARD, TAKES_UP = (
    regex.compile(_WORDS[name], regex.VERBOSE) for name in ("pointing", "outward", "takes_up")
)
# Most words of a sentence in which `TAKES_UP` counts.
TAKES_UP_WORDS: Final = 25


def refers_back(text: str) -> bool:
    """Returns whether a sentence refers to the one before it or takes it up: "These …", "We oppose it."."""
    if OUTWARD.match(text):
        return False
    short = len(text.split()) <= TAKES_UP_WORDS
    return POINTING.match(text) is not None or (short and TAKES_UP.search(text) is not None)
