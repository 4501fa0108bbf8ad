"""Folding: a text without accents and with plain signs, character for character, so that offsets stay."""

import unicodedata
from functools import cache
from typing import Final

_SIGNS: Final = str.maketrans("’‘ʼ`‐‑，、：；？！（）،؛؟ةىٱـ", "''''--,,:;?!(),;?هيا ") | {0x0451: "е", 0x0401: "Е"}


def fold_accents(text: str) -> str:
    """Returns a text without accents and with plain signs and digits, character for character.

    Arabic letters lose what is often left out in typing: hamza, the dots of a final ya, the ta marbuta.
    """
    return "".join(_bare(char) for char in text.translate(_SIGNS))


@cache
def _bare(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[:1], parts[1:]
    # й is a letter of its own, and what Hangul and other scripts decompose into is no mark.
    return base if marks and char not in "йЙ" and all(unicodedata.combining(mark) for mark in marks) else char
