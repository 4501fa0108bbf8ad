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
    printed = text_lines(text)
    setting = typesetting(printed)
    notes: list[int] = []

    def block_at(place: int) -> Block | None:
        index = block_index(blocks, place)
        return blocks[index] if index >= 0 and place < blocks[index].end else None

    def may_begin(start: int) -> bool:
        number = bisect_right(printed, start, key=lambda line: line.end)
        line, before = printed[number], printed[number - 1] if number else None
        block = block_at(line.start)
        if before is None or block is None or (notes and block.start <= notes[-1] < line.start):
            return True
        opens = block.start == line.start and not block.continues
        return opens or ends_sentence(_MARK.sub("", before.text)) or not flows(before, line, setting)

    for kind, of_kind in marks.items():
        counted = kind not in _SYMBOLS
        others = [lines[other] for other in lines if counted and other not in (*marks, *_SYMBOLS)]
        openings = lines.get(kind) or next((other for other in others if _last(other) == _last(of_kind)), [])
        marked, last = 0, 0
        for number in count(1) if counted else [value for value, _ in of_kind]:
            mark = next((at for value, at in of_kind if value == number and at >= marked), None)
            if mark is None:
                break
            marked = mark + 1
            after = max(mark, last)
            found = [at for value, at in openings if value == number and at > after and may_begin(at)]
            again = next((at for value, at in of_kind if value == number and at > mark), len(text))
            page_end = text.find("\f", after, again)
            page_end = again if page_end < 0 else page_end
            on_page = [at for at in found if at < page_end]
            if not found and counted:
                break
            if found and (counted or len(on_page) == 1):
                last = on_page[-1] if on_page else found[0]
                notes.append(last)
    notes.sort()
    spans = []
    for start, following in pairwise([*notes, len(text)]):
        block = block_at(start)
        spans.append((start, start if block is None else min(block.end, following)))
    return spans


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


def _by_kind(marks: Iterable["regex.Match[str]"]) -> dict[str, list[tuple[int, int]]]:
    """Returns number and offset of marks, by kind; the number of a symbol is its length, 2 for "**"."""
    kinds: dict[str, list[tuple[int, int]]] = {}
    for found in marks:
        mark = found[1] or found[2]
        kind = "" if found[1] else mark[0] if mark[0] in ("[", "(", *_SYMBOLS) else "¹"
        number = "".join(str(unicodedata.digit(sign)) for sign in mark if unicodedata.digit(sign, None) is not None)
        kinds.setdefault(kind, []).append((int(number) if number else len(mark), found.start()))
    return kinds


def _last(marks: Sequence[tuple[int, int]]) -> int:
    """Returns the last number up to which marks are numbered from 1 on without a gap."""
    numbers = {number for number, _ in marks}
    return next(number for number in count() if number + 1 not in numbers)
