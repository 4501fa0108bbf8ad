"""Characters of source texts made fit for documents: XML's forbidden ones are replaced, directions detected.

A NUL becomes "␀"; an Arabic quotation runs from right to left.
"""

import re
import unicodedata
from typing import Final

from ingest.language.detection import RIGHT_TO_LEFT

# Pairs of quotation marks: a text that contains one pair gets another around it. The first choice is by language.
_MARKS: Final = (("“", "”"), ("«", "»"), ("「", "」"))
_GUILLEMETS_FIRST: Final = frozenset({"ar", "es", "fa", "fr", "ru"})
# Characters that are white space in Unicode and forbidden in XML.
_SPACES: Final = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x1f"), " ")
# What XML 1.0 cannot hold. Source: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0e-\x1b\ud800-\udfff\ufffe\uffff]")
_EAST_ASIAN: Final = re.compile("[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef]")
_CONTROL_PICTURES: Final = 0x2400


def visible(text: str) -> str:
    """Returns a text with every character that XML cannot hold shown by one that it can.

    Control characters become their pictures (U+2400 and after), anything else U+FFFD; those that count as white
    space become a space.
    """
    shown = text.translate(_SPACES)
    return _FORBIDDEN.sub(lambda held: chr(_CONTROL_PICTURES + ord(held[0])) if held[0] < " " else "\ufffd", shown)


def in_marks(text: str, language: str | None) -> tuple[str, str]:
    """Returns the quotation marks for a text: the first pair usual in its language that does not occur in it."""
    order = (_MARKS[1], _MARKS[0], _MARKS[2]) if language in _GUILLEMETS_FIRST else _MARKS
    return next((pair for pair in order if pair[0] not in text and pair[1] not in text), order[0])


def right_to_left(text: str, language: str | None) -> bool:
    """Returns whether a text runs from right to left: by its language, and without one by its first letter."""
    if language is not None:
        return language in RIGHT_TO_LEFT
    return next((kind != "L" for char in text if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL")), False)


def east_asian(text: str) -> bool:
    """Returns whether a text holds Chinese, Japanese or Korean characters."""
    return _EAST_ASIAN.search(text) is not None
