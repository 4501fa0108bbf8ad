"""Reading repair: how a source text reads once extraction defects are mended, with a map of offsets.

Only white space changes, hyphens at line ends are removed, and page furniture is shown as `[…]`; so `squash` of the
readable text equals `squash` of the source for every span. `keeps_words` enforces this: an edit that would break it is
not made.

In readable text, lines of a paragraph are joined by a space, lines that the source ends on purpose (a salutation, a
list, one paragraph per line) by a line break, and blocks by an empty line.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.language.glued_words import document_names, joins_without_hyphen
from ingest.language.lexicons import load_words
from ingest.text.canonical_form import squash
from ingest.text.layout import Typesetting, block_index, cells_of, flows, typesetting
from ingest.text.page_furniture import (
    TextLine,
    is_furniture,
    is_furniture_block,
    prose_lines,
    running_heads,
    text_lines,
)
from ingest.text.tables import tables_of_figures
from ingest.text.word_repair import word_edits
from vectorstore.records import Block, Edit

ELLIPSIS = "[…]"
"""How page furniture inside readable text is shown."""
_HYPHENS = "-‐\u00ad"
_WIDE_SPACE = re.compile(r"\s{2,}|\t")
_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHEN_END = re.compile(r"([^\W\d_]+)[-‐\u00ad]$")
_CJK = re.compile(r"[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def repair(
    source_text: str, blocks: tuple[Block, ...], *, language: str | None, names: frozenset[str] = frozenset()
) -> tuple[Edit, ...]:
    """Finds the edits that make a source text readable, sorted and not overlapping.

    Words are repaired in English only; `language` is the default for blocks without a language. Words of `names` and
    words that the document capitalises inside its sentences are never split.
    """
    lines, prose = text_lines(source_text), prose_lines(source_text)
    heads = running_heads(source_text)
    edits = list(_layout_edits(source_text, lines, prose, blocks, language))
    in_tables = {at for table in tables_of_figures([cells_of(line.text) for line in prose]) for at in table}
    edits += [
        Edit(start=line.start + found.start(), end=line.start + found.end(), text=" ", kind="wrap")
        for at, line in enumerate(prose)
        if at not in in_tables
        for found in _WIDE_SPACE.finditer(line.text)
    ]
    english = [line for line in prose if _language_of(line, blocks, language) == "en"]
    if english:
        known = document_names(source_text).union(word.lower() for name in names for word in _WORD.findall(name))
        flowing = {(edit.start, edit.end) for edit in edits if edit.kind == "wrap" and edit.text == " "}
        edits += [
            edit
            for edit in word_edits(source_text, english, known)
            if edit.kind != "cut" or (edit.start, edit.end) in flowing or source_text[edit.start : edit.end] == " "
        ]
    return _sound(source_text, edits, heads)


def _language_of(line: TextLine, blocks: Sequence[Block], otherwise: str | None) -> str | None:
    index = block_index(blocks, line.start)
    return (blocks[index].language if index >= 0 else None) or otherwise


def _layout_edits(
    source: str, lines: Sequence[TextLine], prose: Sequence[TextLine], blocks: Sequence[Block], language: str | None
) -> Iterator[Edit]:
    if not prose:
        return
    setting = typesetting(prose)
    starts = [block.start for block in blocks]
    compounds = Counter(word.lower() for word in _COMPOUND.findall(source))
    for line, following in pairwise(prose):
        gap = source[line.end : following.start]
        space = _space_between(line, following, starts, blocks, setting)
        if gap.strip():
            yield Edit(start=line.end, end=following.start, text=f"{space}{ELLIPSIS}{space}", kind="furniture")
        elif space == " " and line.text[-1] in _HYPHENS and line.text[-2:-1].isalnum() and following.text[0].isalnum():
            yield _hyphen_edit(line, following, _language_of(line, blocks, language), compounds)
        else:
            if space == " " and _CJK.match(line.text[-1]) and _CJK.match(following.text):
                space = ""
            if gap != space:
                yield Edit(start=line.end, end=following.start, text=space, kind="wrap")
    if lines[0].start < prose[0].start:
        yield Edit(start=lines[0].start, end=prose[0].start, text=f"{ELLIPSIS}\n\n", kind="furniture")
    if lines[-1].end > prose[-1].end:
        yield Edit(start=prose[-1].end, end=lines[-1].end, text=f"\n\n{ELLIPSIS}", kind="furniture")


def _space_between(
    line: TextLine, following: TextLine, starts: Sequence[int], blocks: Sequence[Block], setting: Typesetting
) -> str:
    # A line may hold the end of one block and the beginning of another: a speaker's name and the first words.
    before, after = bisect_right(starts, line.end - 1) - 1, bisect_right(starts, following.start) - 1
    if before != after:
        return " " if blocks[after].continues and blocks[after].start == following.start else "\n\n"
    return " " if flows(line, following, setting) else "\n"


def _hyphen_edit(line: TextLine, following: TextLine, language: str | None, compounds: Counter[str]) -> Edit:
    ending, opening = _HYPHEN_END.search(line.text), _WORD.match(following.text)
    kept = Edit(start=line.end, end=following.start, text="", kind="hyphen")
    if ending is None or opening is None or not following.text[0].isalpha():
        return kept
    left, right, soft = ending.group(1), opening.group(), line.text[-1] == "\u00ad"
    if right.lower() in load_words("suspended") and not soft:
        return replace(kept, text=" ", kind="wrap")
    rest = following.text[len(right) : len(right) + 1]
    before = line.text[-len(left) - 2 : -len(left) - 1]
    in_chain = any(neighbour and neighbour in _HYPHENS for neighbour in (rest, before))
    if soft or (not in_chain and joins_without_hyphen(left, right, language, compounds)):
        return Edit(start=line.end - 2, end=following.start + 1, text=left[-1] + right[0], kind="hyphen")
    return kept


def keeps_words(source_text: str, edit: Edit, heads: frozenset[str]) -> bool:
    """Returns whether an edit leaves the words of every span around it unchanged.

    Text removed as furniture must be furniture by rule, and the text on either side must squash the same without it;
    for edits of other kinds, `squash` must give the same with and without the edit.
    """
    old = source_text[edit.start : edit.end]
    before, after = source_text[max(0, edit.start - 2) : edit.start], source_text[edit.end : edit.end + 2]
    if edit.kind == "furniture":
        at_edge = not before.strip() or not after.strip()
        if not (is_furniture_block(old, heads) if at_edge else is_furniture(old, heads)):
            return False
        # Squashing removes a hyphen between letters: one before furniture would be lost from the text that it ends.
        return squash(before + old + after) == squash(before) + squash(old) + squash(after)
    if edit.text == " " and (not old or old.isspace()):
        return True
    return squash(before + old + after) == squash(before + edit.text + after) and squash(old) == squash(edit.text)


def _sound(source_text: str, edits: Sequence[Edit], heads: frozenset[str]) -> tuple[Edit, ...]:
    """Sorts edits, without those that overlap an earlier one or change words; of two at a place, `cut` is kept."""
    kept: list[Edit] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end, edit.kind != "cut")):
        if edit.start >= position and keeps_words(source_text, edit, heads):
            kept.append(edit)
            position = edit.end
    return tuple(kept)
