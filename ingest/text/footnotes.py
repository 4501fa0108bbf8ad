"""Footnotes: what stands below the words of a speaker, and was not said.

"… the duty to protect witnesses.1" in the text, and "1 General Assembly resolution 55/25, annex I." below it.
"""

from collections.abc import Sequence
from itertools import pairwise

import regex

from ingest.text.layout import cut_out
from vectorstore.records import Block

# A number that sticks to a word or to the stop after it, and one that opens a line without a stop of its own.
_MARK = regex.compile(r"(?<=\p{L}{2}[.,;:!?…»”’\"')\]]{0,3})(\d{1,2})(?![\p{L}\p{N}.,:/%-]\S|[\p{L}\p{N}/%-])")
_NOTE = regex.compile(r"^[ \t]*\[?(\d{1,2})\]?[ \t]+(?=[\p{L}\p{Pi}\"«])", regex.MULTILINE)


def cut_at_footnotes(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Cuts blocks where footnotes begin and end; a footnote is no paragraph, so that it is not quoted as speech."""
    return cut_out(text, blocks, _footnotes(text, blocks))


def _footnotes(text: str, blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Finds the footnotes, each to the next one or to the end of its block.

    They are counted from 1 on, and each stands after its mark, which stands after the mark before it. "1 We recall" of
    a numbered paragraph has no mark.
    """
    marks = [(int(found[1]), found.start()) for found in _MARK.finditer(text)]
    lines = [(int(found[1]), found.start()) for found in _NOTE.finditer(text)] if marks else []
    notes: list[int] = []
    marked = 0
    for number, start in lines:
        if number != len(notes) + 1:
            continue
        mark = next((at for value, at in marks if value == number and marked <= at < start), None)
        if mark is not None:
            notes.append(start)
            marked = mark
    spans = []
    for start, following in pairwise([*notes, len(text)]):
        end = next((block.end for block in blocks if block.start <= start < block.end), start)
        spans.append((start, min(end, following)))
    return spans
