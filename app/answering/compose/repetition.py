"""Words that an answer quotes already, from another version of a statement.

Case, punctuation and hyphens at line ends make no other words; "do not support" for "support", or another number, do.
"""

from collections.abc import Sequence
from typing import Final

import regex

from ingest.text.squash import squash

_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*")


def words_of(text: str) -> str:
    """Returns the words of a text as they are compared, each with a space before it, and one at the end."""
    return "".join(f" {word}" for word in _TOKEN.findall(" ".join(map(squash, text.split())).casefold())) + " "


def repeats(sentence: str, quoted: Sequence[str]) -> bool:
    """Returns whether the words of a sentence stand in what is quoted already, both as `words_of` gives them."""
    return sentence != " " and any(sentence in text for text in quoted)
