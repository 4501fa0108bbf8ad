"""Finds word boundaries that only the quotation or only its source has: "now here" for "nowhere".

The comparison of both ignores white space, since page breaks and programs change it. A boundary that only one of them
has is reported as a remark; it alters the quotation if only one of the two spellings is a denial.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import regex

from app.checking.corpus_texts import SourceText
from app.checking.findings import Remark, remark
from app.checking.match_key import NOTE_MARK
from app.checking.matching import Match
from ingest.language.lexicons import RegexPatterns
from ingest.language.polarity_words import polarity_words
from ingest.language.word_frequencies import commonness
from ingest.text.canonical_form import squash
from ingest.text.readable import readable

_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_INVISIBLE: Final = regex.compile(r"\p{Cf}")
# A hyphen between letters may be the hyphenation of one word at a line's end.
_HYPHEN: Final = regex.compile(r"\s*[-‐‑]\s*")
# Scripts that do not separate words with spaces.
_UNSPACED: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}]")
_PATTERNS: Final = RegexPatterns("drafts")


def spacing_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields at most one remark on words that quotation and source divide differently, preferably one that alters."""
    edits = text.stored.statement.edits
    letters, begins, optional = _parted(match.pattern.written)
    source = _parted([readable(text.source, edits, start, end) for start, end in match.pieces])
    places = (begins - source[1] - source[2]) | (source[1] - begins - optional)
    judged = [
        _judge(_around(letters, place, begins), _around(letters, place, source[1]), text.language)
        for place in sorted(places if letters.casefold() == source[0].casefold() else ())
    ]
    yield from sorted(judged, key=lambda each: not each.alters)[:1]


def _judge(put: str, words: str, language: str) -> Remark:
    """Judges two spellings: they alter if only one of them denies and neither is a typing error."""
    denies = [any(word.kind == "denial" for word in polarity_words(each, language)) for each in (put, words)]
    slip = any(len(word) == 1 or not commonness(word, language) for word in (*put.split(), *words.split()))
    either = slip or _PATTERNS.either_way.fullmatch("".join(put.split())) is not None
    return remark("spaces_differ", alters=denies[0] != denies[1] and not either, put=put, words=words)


def _parted(pieces: Sequence[str]) -> tuple[str, set[int], set[int]]:
    """Returns the squashed words of pieces as one string, with the offsets of definite and of optional boundaries."""
    letters, begins, optional = "", set[int](), set[int]()
    for piece in (_INVISIBLE.sub("", NOTE_MARK.sub("", each)) for each in pieces):
        end = 0
        for word in _WORD.finditer(piece):
            begins.add(len(letters))
            if not end or _may_be_parted(piece, end, word.start()):
                optional.add(len(letters))
            letters, end = letters + squash(word.group()), word.end()
    return letters, begins - optional, optional


def _may_be_parted(text: str, end: int, start: int) -> bool:
    """Returns whether the boundary `[end, start)` is optional: a hyphen, between figures, in unspaced scripts."""
    before, after = text[end - 1], text[start]
    figures = before.isnumeric() and after.isnumeric()
    unspaced = _UNSPACED.match(before) is not None or _UNSPACED.match(after) is not None
    return figures or unspaced or _HYPHEN.fullmatch(text[end:start]) is not None


def _around(letters: str, place: int, begins: set[int]) -> str:
    """Returns the word around an offset, or the two words that meet there."""
    edges = sorted({0, *begins, len(letters)})
    first, last = max(edge for edge in edges if edge < place), min(edge for edge in edges if edge > place)
    return " ".join(letters[a:b] for a, b in pairwise(edge for edge in edges if first <= edge <= last))
