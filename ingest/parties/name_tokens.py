"""Tokens of names: words as they are compared in a look-up of names, with offsets and the kind of gap before them.

Of a gap only the kind counts (plain, comma, bracket, break): line ends, hyphens and curly apostrophes are ignored, and
`Congo, Republic of` is not `Congo and the Republic of`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from ingest.language.lexicons import load_words
from vectorstore.stems import fold

# A Han character is a token of its own, since Chinese has no spaces between words.
_MARKS = r"\u0300-\u036f\u0610-\u061a\u064b-\u0652\u0670"
_TOKEN = re.compile(rf"[\u3400-\u9fff]|[&+]|(?![\u3400-\u9fff_])\w(?:(?![\u3400-\u9fff_])[\w{_MARKS}])*")
# Folded in addition to the folding of a search: letters that keyboards lack, and й, often typed without its breve.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "й": "и", "&": "and", "+": "plus"})
_ABBREVIATIONS = load_words("abbreviations", "parties")


@lru_cache(maxsize=65536)
def fold_token(word: str) -> str:
    """Folds a word of a name like a word of a search, and also the letters in `_LETTERS`."""
    return fold(word).translate(_LETTERS)


@lru_cache(maxsize=4096)
def _kind_of_gap(gap: str) -> str:
    if any(c in gap for c in ",،，、"):
        return ","
    if "(" in gap or "（" in gap:
        return "("
    stops = any(c in gap for c in ".;:!?)]）。；：！？؛؟…•|") or gap.count("\n") > 3
    return "." if stops or (("–" in gap or "—" in gap) and gap.strip() != gap) else ""


class Token(NamedTuple):
    """A word of the text; `gap` is the kind of the characters before it: plain `""`, `,`, `(` or break `.`."""

    start: int
    end: int
    word: str
    folded: str
    gap: str

    @property
    def key(self) -> str:
        """The key by which a trie branches after the first token."""
        return self.gap + self.folded


def tokens_of(text: str) -> list[Token]:
    """Splits text into tokens with offsets, in order."""
    tokens: list[Token] = []
    end, before = 0, ""
    for found in _TOKEN.finditer(text):
        start, word = found.start(), found.group()
        gap = text[end:start]
        abbreviated = gap.rstrip() == "." and (before in _ABBREVIATIONS or len(before) == 1)
        kind = "" if abbreviated or gap in {" ", "", "-", "'", "’", "\n", "."} else _kind_of_gap(gap)
        before, end = fold_token(word), found.end()
        tokens.append(Token(start, end, word, before, kind))
    return tokens
