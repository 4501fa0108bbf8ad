"""Footnotes: what stands below the words of a speaker, and was not said.

"… the duty to protect witnesses.1" in the text, and "1 General Assembly resolution 55/25, annex I." below it.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import count, pairwise

import regex

from ingest.language.sentences import NOTE_MARK
from ingest.text.furniture import text_lines
from ingest.text.layout import cut_out, ends_sentence, flows, typesetting
from vectorstore.records import Block

# A mark that sticks to a word or to the stop after it, and one that opens a line; a bare number has no stop of its own.
_MARK = regex.compile(
    rf"""(?<=\p{{L}}{{2}}[.,;:!?…»”’"')\]]{{0,3}})
    (?:(\d{{1,2}})(?![\p{{L}}\p{{N}}.,:/%-]\S|[\p{{L}}\p{{N}}/%-])|({NOTE_MARK})(?![\p{{L}}\p{{N}}*]))""",
    regex.VERBOSE,
)
_NOTE = regex.compile(rf"^[ \t]*(?:(\d{{1,2}})[ \t]+|({NOTE_MARK})[ \t]*)(?=[\p{{L}}\p{{Pi}}\"«])", regex.MULTILINE)
_SYMBOLS = ("*", "†", "‡")
# "*so* the text": emphasis.
_EMPHASIS = regex.compile(r"(?<![\p{L}\p{N}\p{P}])\*+(?=\S)")


def cut_at_footnotes(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Cuts blocks where footnotes begin and end; a footnote is no paragraph, so that it is not quoted as speech."""
    return cut_out(text, blocks, footnotes(text, blocks))


def footnotes(text: str, blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Finds the footnotes, each to the next one or to the end of its block.

    Those of a kind are counted from 1 on, by their numbers, and each stands after its mark, which stands after the mark
    before it: the last line with its number on the page, or up to the next mark of that number, else the first one
    after that. Stars and daggers are not counted, and of several lines that they open ("* Item") none is a note.
    "1 We recall" of a numbered paragraph has no mark, and into "1 year ago" of a sentence that wraps the line above
    flows.
    """
    marks = [(*_counted(found), found.start()) for found in _MARK.finditer(text)]
    lines = [(*_counted(found), found.start()) for found in _NOTE.finditer(text)] if marks else []
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

    for kind in dict.fromkeys(kind for kind, _, _ in marks):
        of_kind = [(value, at) for each, value, at in marks if each == kind]
        openings = [(value, at) for each, value, at in lines if each == kind]
        counted = kind not in _SYMBOLS
        marked, last = 0, 0
        for number in count(1) if counted else [value for value, _ in of_kind]:
            mark = next((at for value, at in of_kind if value == number and at >= marked), None)
            if mark is None:
                break
            marked = mark + 1
            if not counted and _EMPHASIS.search(text, text.rfind("\n", 0, mark) + 1, mark):
                continue
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


def _counted(found: "regex.Match[str]") -> tuple[str, int]:
    """Returns the kind of a mark, and its number; of a symbol, how often it stands."""
    mark = found[1] or found[2]
    number = "".join(str(unicodedata.digit(sign)) for sign in mark if unicodedata.digit(sign, None) is not None)
    first = mark[0] if found[2] and mark[0] in ("[", "(", *_SYMBOLS) else "¹" if found[2] else ""
    return first, int(number) if number else len(mark)
