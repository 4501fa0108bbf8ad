"""The normal form in which a quotation and a stored text are compared, with a map back to the source's offsets.

It is `squash`, and also ignores what people and programs change when they quote: single quotation marks for double
ones where quotations nest, a hyphen or two for a dash, and page furniture that a page break put into a sentence. A dash
between words must have some mark in its place, since it changes what they say: "no – more" is not "no more".
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

import regex

from ingest.language.lexicons import RegexPatterns
from ingest.text.canonical_form import squash, squash_map
from ingest.text.readable import ReadableText
from vectorstore.records import Edit

# Replacements of equal length, so that offsets stay.
_TYPOGRAPHY = str.maketrans({'"': "'", "–": "-"} | dict.fromkeys("「」『』《》〈〉", "'"))
# Marks in a key beside its words: a dash between two words; a dash that may be a hyphen (short without white space,
# or with it on one side); the place where a draft has the number of a note in plain digits.
_DASH, _LOOSE, NOTED = "\ue000", "\ue001", "\ue002"
_FILLING = "\u200b"
# Marks by which plain text emphasises a word or points to a note: "must **not**", "the Group of States*".
EMPHASIS = regex.compile(r"(?<![\w*])\*{1,3}(?=\w)|(?<=[\w.,;:!?])\*{1,3}(?![\w*])")
# Control characters, and the pictures that documents show in their place; white space is none of them.
_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0E, 0x1C), *range(0x2400, 0x2409), *range(0x240E, 0x241C)), _FILLING)
_BROAD, _SHORT, _HYPHEN = "—―⸺⸻﹘", "‒–−﹣⁓〜〰", "-‐‑⁃֊־᐀᠆⸗゠－"
# The lookahead at the beginning is for speed: it rules out most characters of a text.
# A hyphen between two letters is not matched; the mark before a list item is not a dash between words.
_DASHES = regex.compile(
    rf"""(?=[{_HYPHEN}{_SHORT}{_BROAD}])(?:
    (?P<dash>(?<!\n[^\S\n]*\n\s*)(?:[{_HYPHEN}{_SHORT}]*[{_BROAD}][{_HYPHEN}{_BROAD}{_SHORT}]*
    | [{_HYPHEN}{_SHORT}]{{2,}} | (?<=\s)[{_HYPHEN}](?=\s) | (?<=^|\s)[{_SHORT}] | [{_SHORT}](?=\s|$)))
    | [{_BROAD}{_SHORT}] | (?<!\p{{L}})[{_HYPHEN}] | (?<=\p{{Han}})[{_HYPHEN}] | [{_HYPHEN}](?!\p{{L}}))""",
    regex.X,
)
_OF_RUN = f"[-{_DASH}{_LOOSE}]"
_RUN = re.compile(rf"(?={_OF_RUN})(?:(?:(?<![\W\d_])|(?<={NOTED}))(?P<between>{_OF_RUN}+)(?=[^\W\d_])|{_OF_RUN}+)")
_MARK = re.compile(f"[{_DASH}{_LOOSE}{NOTED}]")
# The raised number of a note, which a quotation may leave out, follows a word or closing punctuation; after a figure or
# a unit ("10⁶", "m²") it is an exponent. A word under four letters, as in "the sea²", cannot be told from a unit.
_RAISED = "\u00b9\u00b2\u00b3\u2070\u2074-\u2079"
_CLOSING = r"[\p{Pe}\p{Pf}.,;:!?'\"。，；：！？]"
_BEHIND = rf"(?:(?<=\p{{L}}{{4}})(?<!{RegexPatterns('drafts').source('unit')})|(?<=(?<!\d){_CLOSING}))"
NOTE_MARK = regex.compile(rf"(?=[{_RAISED}])(?:{_BEHIND}|(?<=\d[.,;:]))[{_RAISED}]+", regex.I)
NOTE_NUMBER = regex.compile(rf"(?=\d){_BEHIND}\d{{1,3}}(?!\w)", regex.I)
_NUMBER = re.compile(f"[{_RAISED}]")
_POWER = regex.compile(rf"(?<=\d)[{_RAISED}]+")
_POWERS = {ord(raised): chr(0xE010 + number) for number, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_UNSPACED = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
_LINE_END_HYPHEN = re.compile(r"\w[-\u2010\u00ad]\s*\n\s*$")


def match_key(text: str) -> str:
    """Returns the normal form of a text for comparison, with marks for its dashes."""
    return _RUN.sub(_one_mark, squash(_prepared(text)).translate(_TYPOGRAPHY))


def plain_key(key: str) -> str:
    """Returns a key without its marks."""
    return _MARK.sub("", key)


def _prepared(text: str) -> str:
    """Returns a text of the same length with marks for dashes, and without emphasis, control characters and notes.

    `squash` drops the padding that stands in their place.
    """
    text = EMPHASIS.sub(lambda mark: _FILLING * len(mark[0]), text.translate(_CONTROLS))
    if _NUMBER.search(text):
        text = NOTE_MARK.sub(lambda mark: _FILLING * len(mark[0]), text)
        text = _POWER.sub(lambda power: power[0].translate(_POWERS), text)
    return _DASHES.sub(lambda run: (_DASH if run["dash"] else _LOOSE).ljust(len(run[0]), _FILLING), text)


def _one_mark(run: re.Match[str]) -> str:
    if run["between"] is None:
        return "-"
    return next((mark for mark in (_DASH, _LOOSE) if mark in run[0]), "")


def _marks(key: str) -> list[tuple[int, str]]:
    return [(mark.start() - before, mark[0]) for before, mark in enumerate(_MARK.finditer(key))]


class KeyedText:
    """A stored text in its normal form (`text`, without marks); the map of offsets is made when it is first used."""

    def __init__(self, source: str, edits: tuple[Edit, ...], start: int = 0, end: int | None = None) -> None:
        """Normalises `[start, end)` of a source, by default to its end; an intervention is part of its record's source.

        Page furniture (edits of kind `furniture`) is left out of the comparison.
        """
        self.source, self._edits = source, edits
        self.start, self._end = start, len(source) if end is None else end
        key = match_key(self._kept.text)
        self.text, self._marked = plain_key(key), _marks(key)

    def __contains__(self, key: str) -> bool:
        return plain_key(key) in self.text

    def spans(self, wanted: str, *, begin: int = 0) -> Iterator[tuple[int, int]]:
        """Yields the spans of `text` in which a key stands as whole words, in order, from `begin` on."""
        plain, marks = plain_key(wanted), _marks(wanted)
        position = self.text.find(plain, begin) if plain else -1
        while position >= 0:
            end = position + len(plain)
            if not any(map(self._inside_word, self.in_source(position, end))) and self._has(marks, position, end):
                yield position, end
            position = self.text.find(plain, position + 1)

    def in_source(self, start: int, end: int) -> tuple[int, int]:
        """Maps a span of `text` to a span of the source."""
        offsets, ends = _offsets(self)
        return offsets[start], ends[end - 1]

    def _has(self, marks: Sequence[tuple[int, str]], start: int, end: int) -> bool:
        """Returns whether a span has marks for a quotation's dashes, and vice versa, and its note numbers."""
        first, last = bisect_left(self._marked, (start + 1,)), bisect_left(self._marked, (end,))
        found = {place - start: mark for place, mark in self._marked[first:last]}
        wanted = {place: mark for place, mark in marks if mark != NOTED}
        raised = (self.in_source(start + place - 1, start + place)[1] for place, mark in marks if mark == NOTED)
        # A dash that only one of them has changes what it says.
        dashes = {place for own in (wanted, found) for place, mark in own.items() if mark == _DASH}
        return dashes <= wanted.keys() & found.keys() and all(_NUMBER.match(self.source, at) for at in raised)

    def _inside_word(self, position: int) -> bool:
        """Returns whether an offset of the source lies inside a word of its readable text."""
        if not 0 < position < len(self.source):
            return False
        before, after = self.source[position - 1], self.source[position]
        if after.isalnum() and _LINE_END_HYPHEN.search(self.source, max(0, position - 80), position):
            return True
        if not (before.isalnum() and after.isalnum()) or _UNSPACED.match(before) or _UNSPACED.match(after):
            return False
        return position not in self._glue

    @cached_property
    def _glue(self) -> frozenset[int]:
        """Offsets at which the source lacks a space that its repair inserts."""
        return frozenset(edit.start for edit in self._edits if edit.kind == "glue")

    @property
    def _kept(self) -> ReadableText:
        """The text's part of the source, with a space in place of each piece of page furniture."""
        left_out = (
            replace(edit, start=edit.start - self.start, end=edit.end - self.start, text=" ")
            for edit in self._edits
            if edit.kind == "furniture" and self.start <= edit.start and edit.end <= self._end
        )
        return ReadableText(self.source[self.start : self._end], tuple(left_out))


# Only the texts that were used last are kept: each takes eight bytes for every character.
@lru_cache(maxsize=1024)
def _offsets(text: KeyedText) -> "tuple[array[int], array[int]]":
    kept = text._kept
    squashed = squash_map(_prepared(kept.text))
    shown = squashed.text.translate(_TYPOGRAPHY)
    runs = ((run.start() + (run["between"] is None), run.end()) for run in _RUN.finditer(shown))
    dropped = {i for start, end in runs for i in range(start, end)}
    indices = [index for index in range(len(shown)) if index not in dropped]
    spans = [kept.to_source_span(squashed.offsets[i], squashed.ends[i]) for i in indices]
    return array("I", (text.start + start for start, _ in spans)), array("I", (text.start + end for _, end in spans))
