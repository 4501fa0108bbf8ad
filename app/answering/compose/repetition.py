"""Near-duplicate sentences: words that an answer quotes already, in another version of a statement.

"organised" for "organized" in a long sentence is the same words; "do not support" for "support", or another number, is
not.
"""

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

WordSequence = tuple[str, ...]


def words_of(text: str) -> WordSequence:
    """Returns the words of a text as they are compared: blind to case, punctuation, space and line-end hyphens."""
    return tuple(_TOKEN.findall(" ".join(map(squash, text.split())).casefold()))


def repeats(sentence: WordSequence, quoted: Sequence[WordSequence]) -> bool:
    """Returns whether a sentence's words occur in what is quoted already, up to spelling.

    A word more or less, another number or another word is another thing to say: "we do not support" never repeats
    "we support".
    """
    return bool(sentence) and any(_holds(text, sentence) for text in quoted)


def _holds(text: WordSequence, sentence: WordSequence) -> bool:
    size = len(sentence)
    return any(_same(text[begin : begin + size], sentence) for begin in range(len(text) - size + 1))


def _same(one: WordSequence, other: WordSequence) -> bool:
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(differing) > len(one) // _SPELT_OTHERWISE:
        return False
    return all(_spelt_otherwise(a, b) for a, b in differing)


def _spelt_otherwise(one: str, other: str) -> bool:
    """Returns whether two words are spellings of one ("organised", "organized"), not two ("legal", "illegal")."""
    plain = min(len(one), len(other)) >= _SHORTEST and one[0] == other[0] and (one + other).isalpha()
    return plain and fuzz.ratio(one, other) >= _LIKE
