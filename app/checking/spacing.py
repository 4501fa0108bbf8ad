"""Where a quotation parts or joins words otherwise than its source: "now here" for "nowhere".

Quotation and source are compared blind to white space, since page breaks and programs change it; a boundary of words
that only one of them has is told, and alters the quotation where the words turn what is said.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import regex

from app.checking.corpus_texts import SourceText
from app.checking.findings import Remark, remark
from app.checking.match_key import NOTE_MARK
from app.checking.matching import Match, written_parts
from app.checking.polarity_words import polarity_words
from ingest.language.lexicons import RegexPatterns
from ingest.language.word_frequencies import commonness
from ingest.text.canonical_form import squash
from ingest.text.readable import readable

_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_INVISIBLE: Final = regex.compile(r"\p{Cf}")
# A hyphen between letters may part a word at the end of a line.
_HYPHEN: Final = regex.compile(r"\s*[-‐‑]\s*")
# In these scripts no space parts words.
_UNSPACED: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}]")
_PATTERNS: Final = RegexPatterns("drafts")


def judge_spacing(match: Match, quote: str, text: SourceText) -> Iterator[Remark]:
    """Yields what is to be said of words that quotation and source part in two ways."""
    edits = text.stored.statement.edits
    source = _parted([readable(text.source, edits, start, end) for start, end in match.pieces])
    readings = map(_parted, written_parts(quote))
    own = next((each for each in readings if each[0].casefold() == source[0].casefold()), source)
    judged = [
        _judge(_around(own[0], place, own[1]), _around(own[0], place, source[1]), text.language)
        for place in sorted((own[1] - source[1] - source[2]) | (source[1] - own[1] - own[2]))
    ]
    yield from sorted(judged, key=lambda each: not each.alters)[:1]


def _judge(put: str, words: str, language: str) -> Remark:
    """Judges two spellings: they alter where one denies and the other does not, and neither is a slip of typing."""
    denies = [any(word.kind == "denial" for word in polarity_words(each, language)) for each in (put, words)]
    slip = any(len(word) == 1 or not commonness(word, language) for word in (*put.split(), *words.split()))
    either = slip or _PATTERNS.either_way.fullmatch("".join(put.split())) is not None
    return remark("spaces_differ", alters=denies[0] != denies[1] and not either, put=put, words=words)


def _parted(pieces: Sequence[str]) -> tuple[str, set[int], set[int]]:
    """Returns the letters and figures of pieces, where words begin among them, and where they may or may not."""
    letters, begins, either = "", set[int](), set[int]()
    for piece in (_INVISIBLE.sub("", NOTE_MARK.sub("", each)) for each in pieces):
        end = 0
        for word in _WORD.finditer(piece):
            begins.add(len(letters))
            if not end or _may_be_parted(piece, end, word.start()):
                either.add(len(letters))
            letters, end = letters + squash(word.group()), word.end()
    return letters, begins - either, either


def _may_be_parted(text: str, end: int, start: int) -> bool:
    """Whether a space between two words, `[end, start)`, says nothing: a hyphen, figures, a script without spaces."""
    before, after = text[end - 1], text[start]
    figures = before.isnumeric() and after.isnumeric()
    unspaced = _UNSPACED.match(before) is not None or _UNSPACED.match(after) is not None
    return figures or unspaced or _HYPHEN.fullmatch(text[end:start]) is not None


def _around(letters: str, place: int, begins: set[int]) -> str:
    """Returns the word at a place, or the two that meet there."""
    edges = sorted({0, *begins, len(letters)})
    first, last = max(edge for edge in edges if edge < place), min(edge for edge in edges if edge > place)
    return " ".join(letters[a:b] for a, b in pairwise(edge for edge in edges if first <= edge <= last))
