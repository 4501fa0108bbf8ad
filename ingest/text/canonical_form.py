"""Canonical form for comparing words, blind to white space and typography: "co-operation" equals "cooperation".

`squash` is the equality behind every quotation check: NFKC; soft hyphens and zero-width
characters removed; quotes, dashes and hyphens unified; all white space removed; then hyphens between two
letters removed, since a hyphen at a line end may or may not belong to the word.

It is idempotent except where NFKC itself yields a space before a combining mark (a spacing accent such as
U+00B4), or where a removed character stood between a letter and a combining mark: a second pass composes them.
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass, field

import regex

_SINGLE_QUOTES = "'`‘’‚‛′‵ʹʻʼʽ‹›❛❜＇"
_DOUBLE_QUOTES = '"“”„‟″‶«»〝〞〟❝❞＂'
_DASHES = "‒–—―−⸺⸻﹘﹣⁓〜〰"
_HYPHENS = "-‐‑⁃֊־᐀᠆⸗゠﹣－"
_FORMAT = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\ufeff" + "".join(map(chr, _FORMAT))
# As names may hold it: also format characters of other scripts, and not only those that `squash` removes.
_UNSHOWN = regex.compile(r"[\p{Cf}\u034f\u115f\u1160]")
_UNIFIED = {"'": _SINGLE_QUOTES, '"': _DOUBLE_QUOTES, "–": _DASHES, "-": _HYPHENS, "": _INVISIBLE}
_TABLE = {ord(char): shown for shown, chars in _UNIFIED.items() for char in chars}
# The pattern begins with the hyphen, since a fixed character is searched faster than the letter before it.
_LETTER_HYPHEN = re.compile(r"-(?<=[^\W\d_]-)(?=[^\W\d_])")
# What normalisation may join to the character before it: marks (some have combining class 0 and still compose), vowels
# and finals of Hangul, and compatibility forms of these.
_JOINING = r"\p{M}\u0e33\u0eb3\u1160-\u11ff\u3133-\u318e\uff9e-\uffdc"
_RUN = regex.compile(rf"[^{_JOINING}][{_JOINING}]*|[{_JOINING}]+")


def squash(text: str) -> str:
    """Reduces a text to what must be equal between a quotation and its source.

    White space, invisible characters and hyphens between letters go, quotes and dashes are unified; case, digits,
    accents and other punctuation stay. Source: https://www.unicode.org/reports/tr15/ (NFKC).
    """
    text = "".join(unicodedata.normalize("NFKC", text).translate(_TABLE).split())
    return _LETTER_HYPHEN.sub("", text)


def without_invisible(text: str) -> str:
    """Returns a text without characters that do not show, such as soft hyphens within a name."""
    return _UNSHOWN.sub("", text)


@dataclass(frozen=True, kw_only=True)
class Squashed:
    """A squashed text that remembers which source span, `offsets[i]` to `ends[i]`, each of its characters came from."""

    text: str
    offsets: "array[int]" = field(repr=False)
    ends: "array[int]" = field(repr=False)


def squash_map(text: str) -> Squashed:
    """Squashes a text and keeps the source offsets.

    Normalisation works on runs that no neighbour can compose with, so that one source character which becomes several,
    or several which become one, all point to the run that they came from.
    """
    chars, starts, ends = _normalised(text)
    kept = [
        (mapped, start, end)
        for char, start, end in zip(chars, starts, ends, strict=True)
        if (mapped := _TABLE.get(ord(char), char)) and not mapped.isspace()
    ]
    joined = "".join(char for char, _, _ in kept)
    dropped = {match.start() for match in _LETTER_HYPHEN.finditer(joined)} if "-" in joined else set()
    if dropped:
        kept = [item for position, item in enumerate(kept) if position not in dropped]
        joined = "".join(char for char, _, _ in kept)
    starts, ends = [start for _, start, _ in kept], [end for _, _, end in kept]
    return Squashed(text=joined, offsets=array("q", starts), ends=array("q", ends))


def _normalised(text: str) -> tuple[str, list[int], list[int]]:
    if unicodedata.is_normalized("NFKC", text):
        return text, list(range(len(text))), list(range(1, len(text) + 1))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in _RUN.finditer(text):
        pieces.append(unicodedata.normalize("NFKC", run[0]))
        starts += [run.start()] * len(pieces[-1])
        ends += [run.end()] * len(pieces[-1])
    return "".join(pieces), starts, ends


def without_surrogates(text: str) -> str:
    """Returns a text as it can be stored and shown: lone surrogates, from undecodable bytes, become U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
