"""Footnotes: what stands below the words of a speaker, and was not said.

"… the duty to protect witnesses.1" in the text, and "1 General Assembly resolution 55/25, annex I." below it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import count, pairwise

import regex

from ingest.text.furniture import text_lines
from ingest.text.layout import cut_out, ends_sentence, flows, typesetting
from vectorstore.records import Block

# A number that sticks to a word or to the stop after it, and one that opens a line without a stop of its own.
_MARK = regex.compile(r"(?<=\p{L}{2}[.,;:!?…»”’\"')\]]{0,3})(\d{1,2})(?![\p{L}\p{N}.,:/%-]\S|[\p{L}\p{N}/%-])")
_NOTE = regex.compile(r"^[ \t]*\[?(\d{1,2})\]?[ \t]+(?=[\p{L}\p{Pi}\"«])", regex.MULTILINE)


def cut_at_footnotes(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Cuts blocks where footnotes begin and end; a footnote is no paragraph, so that it is not quoted as speech."""
    return cut_out(text, blocks, _footnotes(text, blocks))


def _footnotes(text: str, blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Finds the footnotes, each to the next one or to the end of its block.

    They are counted from 1 on, and each stands after its mark, which stands after the mark before it: the last line
    with its number on the page, or up to the next mark of that number, else the first one after that. "1 We recall" of
    a numbered paragraph has no mark, and into "1 year ago" of a sentence that wraps the line above flows.
    """
    marks = [(int(found[1]), found.start()) for found in _MARK.finditer(text)]
    lines = [(int(found[1]), found.start()) for found in _NOTE.finditer(text)] if marks else []
    if not lines:
        return []
    printed = text_lines(text)
    setting = typesetting(printed)
    notes: list[int] = []

    def block_at(place: int) -> Block | None:
        index = bisect_right(blocks, place, key=lambda block: block.start) - 1
        return blocks[index] if index >= 0 and place < blocks[index].end else None

    def may_begin(start: int) -> bool:
        number = bisect_right(printed, start, key=lambda line: line.end)
        line, before = printed[number], printed[number - 1] if number else None
        block = block_at(line.start)
        if before is None or block is None or (notes and block.start <= notes[-1] < line.start):
            return True
        opens = block.start == line.start and not block.continues
        return opens or ends_sentence(_MARK.sub("", before.text)) or not flows(before, line, setting)

    marked = 0
    for number in count(1):
        mark = next((at for value, at in marks if value == number and at >= marked), None)
        if mark is None:
            break
        after = max([mark, *notes])
        found = [at for value, at in lines if value == number and at > after and may_begin(at)]
        if not found:
            break
        again = next((at for value, at in marks if value == number and at > mark), len(text))
        page_end = text.find("\f", after, again)
        page_end = again if page_end < 0 else page_end
        notes.append(next((at for at in reversed(found) if at < page_end), found[0]))
        marked = mark
    spans = []
    for start, following in pairwise([*notes, len(text)]):
        block = block_at(start)
        spans.append((start, start if block is None else min(block.end, following)))
    return spans
