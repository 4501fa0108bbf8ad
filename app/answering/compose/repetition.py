"""Near-duplicate sentences: words that an answer quotes already, in another version of a statement.

"organised" for "organized" in a long sentence is the same words; "do not support" for "support", or another number, is
not.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import regex

from ingest.text.squash import squash
from vectorstore.stems import without_accents

_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*")
# British spellings of English, and American ones in their place.
_SPELLINGS: Final = tuple(
    (regex.compile(pattern), kept)
    for pattern, kept in (
        (r"(?<=\w{3}i|\wy)s(?=(?:e|ed|er|ers|es|ing|ation|ations)$)", "z"),
        (r"(?<=\w{2})our(?=(?:s|ed|ing|able|ite|al|ful|hood|ly)*$)", "or"),
        (r"(?<=\w{2}[bt])re(?=s?$)", "er"),
        (r"(?<=\w{2})ll(?=(?:ed|er|ers|ing|ment|ful)$)", "l"),
        (r"(?<=\w{2}(?:en|an))ce(?=s?$)", "se"),
        (r"ogue(?=s?$)", "og"),
        (r"(?<=gram)me(?=s?$)", ""),
        (r"ae|oe", "e"),
    )
)

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
    return all(a == b or _spelling(a) == _spelling(b) for a, b in zip(one, other, strict=True))


@lru_cache(maxsize=4096)
def _spelling(word: str) -> str:
    """Returns a word in one of its spellings: "organised" and "organized" are one, "legal" and "illegal" are two."""
    word = without_accents(word)
    for ending, kept in _SPELLINGS:
        word = ending.sub(kept, word)
    return word
