"""Anaphora: sentences that refer back to the one before, such as "These measures …" and "We do not support it."."""

from typing import Final

import regex

from ingest.language.lexicons import load_lexicon

_WORDS: Final = load_lexicon("anaphora")
# Patterns of the beginning of a sentence that refers to an earlier one, whose noun it may name ("These measures"); of a
# reference to the occasion ("this Conference"); of a sentence that takes up what was just said ("We oppose it"); and of
# one that objects to it ("However, …").
POINTING, OUTWARD, TAKES_UP, CONTRASTING = (
    regex.compile(_WORDS[name], regex.VERBOSE) for name in ("pointing", "outward", "takes_up", "contrasting")
)
_ANNOUNCING, _EXPLAINING, _CONCLUDING = (
    regex.compile(_WORDS[name], regex.VERBOSE) for name in ("announcing", "explaining", "concluding")
)
# The most words and characters of a sentence that merely announces the next one.
_MAX_ANNOUNCING_WORDS: Final = 18
_MAX_ANNOUNCING_CHARS: Final = 200
# Most words of a sentence in which `TAKES_UP` counts.
TAKES_UP_WORDS: Final = 25


def refers_back(text: str) -> bool:
    """Returns whether a sentence refers to the one before it or takes it up: "These …", "We oppose it."."""
    if OUTWARD.match(text):
        return False
    short = len(text.split()) <= TAKES_UP_WORDS
    return POINTING.match(text) is not None or (short and TAKES_UP.search(text) is not None)


def explains_before(text: str) -> bool:
    """Returns whether a sentence calls itself an explanation of what stands before it: "The reason is simple."."""
    return _EXPLAINING.match(text) is not None


def concludes(text: str) -> bool:
    """Returns whether a sentence draws a conclusion from what stands before it: "We therefore support it."."""
    return _CONCLUDING.search(text) is not None


def announces(text: str) -> bool:
    """Returns whether a sentence only names what the next one speaks of: "I wish to turn to joint investigations"."""
    short = len(text.split()) <= _MAX_ANNOUNCING_WORDS and len(text) <= _MAX_ANNOUNCING_CHARS
    return short and _ANNOUNCING.search(text) is not None


def is_question(text: str) -> bool:
    """Returns whether a sentence asks: alone it says nothing, since "We do not." may follow."""
    return text.rstrip(" \"“”»)]'’").endswith(("?", "？", "؟"))
