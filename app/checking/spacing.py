"""Where a quotation parts or joins words otherwise than its source: "now here" for "nowhere".

Quotation and source are compared blind to white space, since page breaks and programs change it; a boundary of words
that only one of them has is told, and alters the quotation where the words turn what is said.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import regex

from app.checking.brackets import Judged
from app.checking.corpus_texts import SourceText
from app.checking.matching import Match, words_between_gaps
from app.checking.polarity_words import polarity_words
from app.checking.remarks import remark
from ingest.text.readable import readable
from ingest.text.squash import squash

_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
# Between letters a hyphen may part a word at the end of a line; figures are grouped by spaces, and in some scripts
# no space parts words.
_NO_MATTER: Final = regex.compile(
    r"(?<=\p{N})\P{L}*(?=\p{N})|[-‐‑\u00ad]\s*|(?<=[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}])\s*|"
    r"\s*(?=[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}])"
)


def judge_spacing(match: Match, quote: str, text: SourceText) -> Iterator[Judged]:
    """Yields what is to be said of words that quotation and source part in two ways."""
    edits = text.stored.statement.edits
    theirs = [readable(text.source, edits, start, end) for start, end in match.pieces]
    own, source = _parted(words_between_gaps(quote)), _parted(theirs)
    if own[0].casefold() != source[0].casefold():
        return
    judged = [
        _judge(_around(own[0], place, own[1]), _around(own[0], place, source[1]), text.language)
        for place in sorted((own[1] - source[1] - source[2]) | (source[1] - own[1] - own[2]))
    ]
    yield from sorted(judged, key=lambda each: not each.alters)[:1]


def _judge(put: str, words: str, language: str) -> Judged:
    senses = [{word.sense for word in polarity_words(each, language)} for each in (put, words)]
    return Judged(remark=remark("spaces_differ", put=put, words=words), alters=senses[0] != senses[1])


def _parted(pieces: Sequence[str]) -> tuple[str, set[int], set[int]]:
    """Returns the letters and figures of pieces, where words begin among them, and where they may or may not."""
    letters, begins, either = "", set[int](), set[int]()
    for piece in pieces:
        end = 0
        for word in _WORD.finditer(piece):
            begins.add(len(letters))
            if not end or _NO_MATTER.fullmatch(piece, end, word.start()):
                either.add(len(letters))
            letters, end = letters + squash(word.group()), word.end()
    return letters, begins - either, either


def _around(letters: str, place: int, begins: set[int]) -> str:
    """Returns the word at a place, or the two that meet there."""
    edges = sorted({0, *begins, len(letters)})
    first, last = max(edge for edge in edges if edge < place), min(edge for edge in edges if edge > place)
    return " ".join(letters[a:b] for a, b in pairwise(edge for edge in edges if first <= edge <= last))
