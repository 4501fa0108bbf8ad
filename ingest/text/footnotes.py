"""Footnotes: text below the words of a speaker that was not said.

The mark in "… the duty to protect witnesses.1" refers to the note "1 General Assembly resolution 55/25, annex I.".
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import count, pairwise

import regex

from ingest.language.sentences import NOTE_MARK
from ingest.text.layout import block_index, ends_sentence, flows, typesetting
from ingest.text.page_furniture import text_lines
from vectorstore.records import Block

# A mark directly after a word or its punctuation, and a note's mark that opens a line; no stop follows a bare number.
_MARK = regex.compile(
    rf"""(?<=\p{{L}}{{2}}[.,;:!?…»”’"')\]]{{0,3}})
    (?:(\d{{1,2}})(?![\p{{L}}\p{{N}}.,:/%-]\S|[\p{{L}}\p{{N}}/%-])|({NOTE_MARK})(?![\p{{L}}\p{{N}}*]))""",
    regex.VERBOSE,
)
_NOTE = regex.compile(rf"^[ \t]*(?:(\d{{1,2}})[ \t]+|({NOTE_MARK})[ \t]*)(?=[\p{{L}}\p{{Pi}}\"«])", regex.MULTILINE)
# The numbers of marks, or of lines that open with one, with their offsets.
_Numbered = list[tuple[int, int]]
_SYMBOLS = ("*", "†", "‡")
# Stars that may open emphasis, as in "*so* the text", and those that may close it.
_STARS = regex.compile(r"(?P<opens>(?<![\p{L}\p{N}*])\*+(?=[\p{L}\p{N}\p{Pi}\p{Ps}\"'«¿¡]))|\*+")


def footnotes(text: str, blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Finds the spans of footnotes, each up to the next footnote or to the end of its block.

    The marks of a kind ("1", "¹", "[1]") are followed from 1 on, each after the one before. The note of a mark is the
    last line after it on the page (or before the next mark of that number) that opens with its number, else the first
    such line after that. Where no line opens with marks of that kind, another kind that counts equally far is used:
    "witnesses.¹" and "[1] See". Stars and daggers are not counted: a line that they open is a note only if it is the
    only one on the page, unlike items of a list ("* Item"), and never if it is emphasis ("**First**, we").
    "1 We recall" of a numbered paragraph is no note, since it has no mark in the text; nor is "1 year ago" in a wrapped
    sentence, since the line above flows into it.
    """
    emphasis = _emphasis(text, blocks)
    marks = _by_kind(found for found in _MARK.finditer(text) if found.start() not in emphasis)
    lines = _by_kind(found for found in _NOTE.finditer(text) if found.start(found.lastindex or 0) not in emphasis)
    if not marks or not lines:
        return []
    layout = _Layout(text, blocks)
    notes: list[int] = []
    for kind, of_kind in marks.items():
        counted = kind not in _SYMBOLS
        others = [lines[other] for other in lines if counted and other not in (*marks, *_SYMBOLS)]
        openings = lines.get(kind) or next((other for other in others if _last(other) == _last(of_kind)), [])
        _follow(of_kind, openings, layout, notes, counted=counted)
    spans = []
    for start, following in pairwise([*sorted(notes), len(text)]):
        block = layout.block_at(start)
        spans.append((start, start if block is None else min(block.end, following)))
    return spans


class _Layout:
    """The lines and blocks of a text, in which notes begin."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self._text, self._blocks, self._lines = text, blocks, text_lines(text)
        self._setting = typesetting(self._lines)

    def block_at(self, place: int) -> Block | None:
        index = block_index(self._blocks, place)
        return self._blocks[index] if index >= 0 and place < self._blocks[index].end else None

    def may_begin(self, start: int, before: Sequence[int]) -> bool:
        """Returns whether a note may begin at a line, after the notes `before`: no line above flows into it."""
        number = bisect_right(self._lines, start, key=lambda line: line.end)
        line, above = self._lines[number], self._lines[number - 1] if number else None
        block = self.block_at(line.start)
        if above is None or block is None or (before and block.start <= before[-1] < line.start):
            return True
        opens = block.start == line.start and not block.continues
        return opens or ends_sentence(_MARK.sub("", above.text)) or not flows(above, line, self._setting)

    def page_end(self, start: int, limit: int | None) -> int:
        """Returns where the page at `start` ends, at `limit` or the end of the text at most."""
        limit = len(self._text) if limit is None else limit
        end = self._text.find("\f", start, limit)
        return limit if end < 0 else end


def _follow(marks: _Numbered, openings: _Numbered, layout: _Layout, notes: list[int], *, counted: bool) -> None:
    """Adds the offsets of the notes of the marks of a kind to `notes`, mark by mark; without a note, counting ends."""
    marked = last = 0
    for number in count(1) if counted else [value for value, _ in marks]:
        mark = _first(marks, number, marked)
        if mark is None:
            break
        marked, after = mark + 1, max(mark, last)
        found = [at for value, at in openings if value == number and at > after and layout.may_begin(at, notes)]
        if not found and counted:
            break
        page_end = layout.page_end(after, _first(marks, number, marked))
        on_page = [at for at in found if at < page_end]
        if found and (counted or len(on_page) == 1):
            last = on_page[-1] if on_page else found[0]
            notes.append(last)


def _first(marks: _Numbered, number: int, start: int) -> int | None:
    """Returns the offset of the first mark of a number from `start` on."""
    return next((at for value, at in marks if value == number and at >= start), None)


def _emphasis(text: str, blocks: Sequence[Block]) -> set[int]:
    """Finds the offsets of stars that open emphasis, and of equally long runs that close it in the same block."""
    found: set[int] = set()
    for block in blocks:
        opened: dict[str, int] = {}
        for run in _STARS.finditer(text, block.start, block.end):
            if run[0] in opened and not text[run.start() - 1].isspace():
                found |= {opened.pop(run[0]), run.start()}
            elif run["opens"]:
                opened[run[0]] = run.start()
    return found


def _by_kind(marks: Iterable["regex.Match[str]"]) -> dict[str, _Numbered]:
    """Returns number and offset of marks, by kind; the number of a symbol is its length, 2 for "**"."""
    kinds: dict[str, _Numbered] = {}
    for found in marks:
        mark = found[1] or found[2]
        kind = "" if found[1] else mark[0] if mark[0] in ("[", "(", *_SYMBOLS) else "¹"
        number = "".join(str(unicodedata.digit(sign)) for sign in mark if unicodedata.digit(sign, None) is not None)
        kinds.setdefault(kind, []).append((int(number) if number else len(mark), found.start()))
    return kinds


def _last(marks: _Numbered) -> int:
    """Returns the last number up to which marks are numbered from 1 on without a gap."""
    numbers = {number for number, _ in marks}
    return next(number for number in count() if number + 1 not in numbers)
