"""The same words twice: sentences that an answer quotes already, in another version of a statement."""

from collections.abc import Sequence
from typing import Final

import regex
from rapidfuzz import fuzz

from ingest.text.squash import squash

_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*")
# One word in twenty may be spelt in another way.
_SPELT_OTHERWISE: Final = 20
_LIKE: Final = 87.0
_SHORTEST: Final = 6

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Returns the words of a text as they are compared: blind to case, punctuation, space and line-end hyphens."""
    return tuple(_TOKEN.findall(" ".join(map(squash, text.split())).casefold()))


def repeats(sentence: Words, quoted: Sequence[Words]) -> bool:
    """Tells whether a sentence's words stand in what is quoted already, but for the spelling of some.

    A word more or less, another number or another word is another thing to say: "we do not support" never repeats
    "we support".
    """
    return bool(sentence) and any(_holds(text, sentence) for text in quoted)


def _holds(text: Words, sentence: Words) -> bool:
    size = len(sentence)
    return any(_same(text[begin : begin + size], sentence) for begin in range(len(text) - size + 1))


def _same(one: Words, other: Words) -> bool:
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(differing) > len(one) // _SPELT_OTHERWISE:
        return False
    return all(_spelt_otherwise(a, b) for a, b in differing)


def _spelt_otherwise(one: str, other: str) -> bool:
    """Tells two spellings of a word ("organised", "organized") from two words ("legal", "illegal"; "2019", "2020")."""
    plain = min(len(one), len(other)) >= _SHORTEST and one[0] == other[0] and (one + other).isalpha()
    return plain and fuzz.ratio(one, other) >= _LIKE
