"""Judges word boundaries that only a quotation or only its source has: "now here" for "nowhere".

One alters the quotation if only one of the two spellings is a denial; page breaks and programs change white space.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import regex

from app.checking.comparing.corpus_texts import SourceText
from app.checking.comparing.exact_match import Match
from app.checking.comparing.normal_form import NOTE_MARK
from app.checking.findings import Remark, remark
from ingest.language.lexicons import RegexPatterns
from ingest.language.polarity_words import polarity_words
from ingest.language.word_frequencies import commonness
from ingest.text.canonical_form import squash, without_invisible
from ingest.text.readable import readable

_PATTERNS: Final = RegexPatterns("drafts")
_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
# A hyphen between letters may be the hyphenation of one word at a line's end.
_HYPHEN: Final = regex.compile(r"\s*[-‐‑]\s*")
# Scripts that do not separate words with spaces.
_UNSPACED: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}]")


def boundary_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields at most one remark on words that quotation and source divide differently, preferably one that alters."""
    edits = text.stored.statement.edits
    letters, begins, optional = _parted(match.pattern.written)
    source = _parted([readable(text.source, edits, start, end) for start, end in match.pieces])
    places = (begins - source[1] - source[2]) | (source[1] - begins - optional)
    judged = [
        _judge_spellings(_word_at(letters, place, begins), _word_at(letters, place, source[1]), text.language)
        for place in sorted(places if letters.casefold() == source[0].casefold() else ())
    ]
    yield from sorted(judged, key=lambda each: not each.alters)[:1]


def _judge_spellings(put: str, words: str, language: str) -> Remark:
    """Judges two spellings: they alter if only one of them denies and neither is a typing error."""
    denies = [any(word.kind == "denial" for word in polarity_words(each, language)) for each in (put, words)]
    slip = any(len(word) == 1 or not commonness(word, language) for word in (*put.split(), *words.split()))
    either = slip or _PATTERNS.either_way.fullmatch("".join(put.split())) is not None
    return remark("spaces_differ", alters=denies[0] != denies[1] and not either, put=put, words=words)


def _parted(pieces: Sequence[str]) -> tuple[str, set[int], set[int]]:
    """Returns the squashed words of pieces as one string, with the offsets of definite and of optional boundaries."""
    letters, begins, optional = "", set[int](), set[int]()
    for piece in (without_invisible(NOTE_MARK.sub("", each)) for each in pieces):
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


def _word_at(letters: str, place: int, begins: set[int]) -> str:
    edges = sorted({0, *begins, len(letters)})
    first, last = max(edge for edge in edges if edge < place), min(edge for edge in edges if edge > place)
    return " ".join(letters[a:b] for a, b in pairwise(edge for edge in edges if first <= edge <= last))
