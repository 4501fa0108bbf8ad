"""Form of a claim: plain sentences without links, markup, hidden characters or unbalanced quotation marks.

"See <a href=…>" and a claim that mixes Latin and Cyrillic letters within a word are refused.
"""

import unicodedata
from typing import Final

import regex

MAX_CLAIM_CHARS: Final = 600
# The zero-width non-joiner and joiner, which Persian and Arabic words contain.
_JOINERS: Final = "\u200c\u200d"
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_MARKUP: Final = regex.compile(
    r"\w+:/?/|\bwww\.|\b(?:javascript|data|vbscript|mailto|file)\s*:|\]\s*[(\[]|!\[|</?\w|&#?\w+;|[`<>|{}]|\*\*|__|^\s*#|\[\^"
    r"|(?<![\w.])[\w.+-]+@[\w-]+\.\w|\b(?:[\w-]+\.)+(?:com|org|net|int|io|info|ru|cn|fr|es|zip|html?|php|png|jpe?g|gif|svg)\b",
    regex.IGNORECASE,
)
_MIXED: Final = regex.compile(r"(?=\w*\p{Latin})(?=\w*[\p{Cyrillic}\p{Greek}])[\p{L}\p{M}]+")
# Quotation marks of all kinds, without those that may be apostrophes.
DOUBLE_MARKS: Final = '"“”„‟″‶«»〝〞〟❝❞＂「」『』《》'
# Branch reset, `(?|…)`: the words between marks of any kind are the first group.
_QUOTED: Final = regex.compile(
    rf"(?|[{DOUBLE_MARKS}]([^{DOUBLE_MARKS}]*)[{DOUBLE_MARKS}]|‘([^‘’]*)’(?!\w)|‹([^›]*)›|(?<!\w)'([^']+)'(?!\w))"
)
# Why a claim fails that quotes more than its citations do.
NOT_QUOTED: Final = "it sets words in quotation marks that its citations do not hold"
_LONE: Final = regex.compile(rf"[{DOUBLE_MARKS}‹›❛❜‛‚]")


def ill_formed(claim: str, *, longest: int = MAX_CLAIM_CHARS) -> str | None:
    """Returns what is wrong with the form of a claim, or None; `longest` counts characters."""
    if not any(char.isalpha() for char in claim):
        return "it is empty"
    if len(claim) > longest:
        return f"it is longer than {longest} characters"
    if any(unicodedata.category(char) in _HIDDEN and char not in _JOINERS for char in claim):
        return "it holds characters that do not show"
    if _MARKUP.search(unicodedata.normalize("NFKC", claim)):
        return "it holds a link or markup"
    if _MIXED.search(claim):
        return "it mixes scripts within a word"
    if _LONE.search(_QUOTED.sub("", claim)):
        return "it opens or closes a quotation without the other mark"
    return None


def quoted_parts(claim: str) -> tuple[str, ...]:
    """Returns the parts of a claim that are in quotation marks of any kind."""
    return tuple(match[1] for match in _QUOTED.finditer(claim))


def unquoted(claim: str) -> str:
    """Returns a claim without quotation marks, which are reserved for copied quotations."""
    return " ".join(_QUOTED.sub(r"\1", claim).split())
