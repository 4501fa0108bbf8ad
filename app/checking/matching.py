"""Where quoted words stand in one stored text: exactly, with the omissions and insertions that the quotation marks.

A quotation is taken apart at its ellipses and at what stands in square brackets. The parts must follow each other in
one statement; what is left out may not turn the meaning, and what is put in may not assert anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

import regex

from app.checking.critical import asserts_something, denials, turning_words
from app.checking.keys import KeyedText, key
from ingest.sentences import split_sentences

_GAP: Final = regex.compile(
    r"[\[(]\s*(?:…|\.\s?\.\s?\.\s?\.?)\s*[\])]|…+|\.\s?\.\s?\.(?:\s?\.)?|⋯+|\[(?P<inserted>[^\[\]]{0,120})\]"
)
_CASED: Final = regex.compile(r"\[(\p{L})\](?=\p{L})")
_SAYS_NOTHING: Final = regex.compile(r"\s*(?:sic|\d{1,3}|emphasis added|s\.\s?i\.\s?c)[.!]?\s*", regex.IGNORECASE)
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_CLOSING: Final = ".,;:،؛"
_LETTERS_CASED: Final = 4
# Parts this short stand in many places, so the next part must be near.
_SHORT_PART: Final = 3
_NEAR: Final = 400
# An insertion in brackets may stand for a few words of the source, such as a name for "my country".
_REPLACED_WORDS: Final = 6
# In an omission this short a modal verb is what the omission is about.
_MODAL_WORDS: Final = 4
_ENDED: Final = regex.compile(r"[.!?;。！？；؟؛][\"”’»)]*\s*$")
_ENDS: Final = regex.compile(r"[\"”’»)]*\s*[.!?;。！？；؟؛]")
_EMPTY_LINE: Final = regex.compile(r"\n[^\S\n]*\n\s*")
_OCCURRENCES: Final = 40

Gap = Literal["omission", "insertion"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A quotation as it is looked for: parts in the compared form and what stands between them."""

    parts: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def longest(self) -> str:
        """The part that is looked for first."""
        return max(self.parts, key=len)


@dataclass(frozen=True, kw_only=True)
class Match:
    """Where a quotation stands in a source text.

    Attributes:
        left_out: What its omissions leave out, as the source has it, that turns the meaning; empty if nothing does.
        pieces: The spans of its parts in the source.
    """

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    left_out: tuple[str, ...] = ()


def words_of(text: str) -> list[str]:
    """Returns the words of a text; a Chinese character is one."""
    return _WORD.findall(text)


def readings(quote: str) -> Iterator[Wanted]:
    """Yields the ways in which a quotation may be looked for, the most literal first."""
    seen: set[Wanted] = set()
    for text in _cased(quote):
        for whole in _trimmed(key(text)):
            literal = Wanted(parts=(whole,))
            if whole and literal not in seen:
                seen.add(literal)
                yield literal
        taken = _taken_apart(text)
        if taken is not None and taken not in seen:
            seen.add(taken)
            yield taken


def unjustified(quote: str) -> str | None:
    """Returns the first insertion in square brackets that asserts something, or None."""
    for match in _GAP.finditer(_CASED.sub(r"\1", quote)):
        inserted = match.group("inserted")
        if inserted and not _SAYS_NOTHING.fullmatch(inserted) and asserts_something(inserted):
            return inserted
    return None


def find(wanted: Wanted, text: KeyedText) -> Match | None:
    """Returns where a quotation stands in a text, preferring a place where nothing that matters is left out."""
    if any(part not in text.text for part in wanted.parts):
        return None
    if len(wanted.parts) == 1:
        spans = text.spans(wanted.parts[0])
        if not spans:
            return None
        start, end = text.in_source(*spans[0])
        return Match(start=start, end=end, pieces=((start, end),))
    matches = [
        match
        for first in text.spans(wanted.parts[0])[:_OCCURRENCES]
        if (match := _follow(wanted, text, first)) is not None
    ]
    return min(matches, key=lambda match: (len(match.left_out), match.end - match.start), default=None)


def _cased(quote: str) -> Iterator[str]:
    """Yields a quotation, then with the letters in `[t]he` in either case: the mark says that the case was changed."""
    yield quote
    marks = list(_CASED.finditer(quote))[:_LETTERS_CASED]
    if not marks:
        return
    for letters in product(*((m.group(1).lower(), m.group(1).upper()) for m in marks)):
        text = quote
        for mark, letter in zip(reversed(marks), reversed(letters), strict=True):
            text = text[: mark.start()] + letter + text[mark.end() :]
        yield text


def _trimmed(whole: str) -> Iterator[str]:
    """Yields a key, and without the point or comma that a quotation takes from the sentence around it."""
    yield whole
    if whole.rstrip(_CLOSING) != whole:
        yield whole.rstrip(_CLOSING)


def _taken_apart(text: str) -> Wanted | None:
    parts: list[str] = []
    gaps: list[Gap] = []
    position = 0
    pending: Gap | None = None
    for match in [*_GAP.finditer(text), None]:
        part = key(text[position : match.start() if match else len(text)])
        if words_of(part):
            if parts:
                gaps.append(pending or "omission")
            parts.append(part)
            pending = None
        if match is None:
            break
        inserted = match.group("inserted")
        # An omission beside an insertion leaves out whatever an omission may.
        pending = "insertion" if inserted is not None and pending != "omission" else "omission"
        position = match.end()
    if not parts or (position == 0 and len(parts) == 1):
        return None
    parts[-1] = parts[-1].rstrip(_CLOSING) or parts[-1]
    if gaps:
        # A point or comma before an omission belongs to the quotation's own sentence.
        parts[:-1] = [part.rstrip(_CLOSING) or part for part in parts[:-1]]
    return Wanted(parts=tuple(part.lstrip(_CLOSING) or part for part in parts), gaps=tuple(gaps))


def _follow(wanted: Wanted, text: KeyedText, first: tuple[int, int]) -> Match | None:
    spans = [first]
    for part, before in zip(wanted.parts[1:], wanted.parts, strict=False):
        following = text.spans(part, begin=spans[-1][1])
        if not following:
            return None
        short = min(len(part), len(before)) < 4 * _SHORT_PART
        if short and following[0][0] - spans[-1][1] > _NEAR:
            return None
        spans.append(following[0])
    pieces = tuple(text.in_source(*span) for span in spans)
    left_out: list[str] = []
    for gap, (_, begin), (end, _) in zip(wanted.gaps, pieces, pieces[1:], strict=False):
        omitted = text.source[begin:end].strip(" \t\r\n" + _CLOSING)
        if gap == "insertion" and len(words_of(omitted)) > _REPLACED_WORDS:
            return None
        if _turns(text.source, begin, end):
            left_out.append(" ".join(omitted.split()))
    return Match(start=pieces[0][0], end=pieces[-1][1], pieces=pieces, left_out=tuple(left_out))


def _turns(source: str, begin: int, end: int) -> bool:
    """Returns whether what is left out turns a sentence that it is taken from; whole sentences between do not."""
    raw = source[begin:end]
    if len(words_of(raw)) <= _MODAL_WORDS:
        return bool(turning_words(raw))
    # A paragraph's end is a sentence's end, as after a salutation.
    paragraphs = [" ".join(piece.split()) for piece in _EMPTY_LINE.split(raw)]
    opens = not words_of(paragraphs[0]) or bool(
        _ENDED.search(source[max(0, begin - 3) : begin]) or _ENDS.match(source[begin : begin + 3])
    )
    closes = not words_of(paragraphs[-1]) or _ENDED.search(paragraphs[-1]) is not None
    edges: list[str] = []
    if not opens:
        edges += [paragraphs[0][slice(*span)] for span in split_sentences(paragraphs[0])][:1]
    if not closes:
        edges += [paragraphs[-1][slice(*span)] for span in split_sentences(paragraphs[-1])][-1:]
    return any(denials(edge) for edge in edges)
