"""How a text is laid out: which lines flow into each other, and the blocks and paragraphs that they make.

A line break says nothing by itself: it may be a wrap, the end of a paragraph, or a page break inside a
sentence. `Typesetting` measures per document how wide its lines are and whether they are double-spaced;
`flows` decides for two lines that follow each other.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import regex

from ingest.language.lexicons import Patterns, load_words
from ingest.language.matches import runs_of
from ingest.language.sentences import NOTE_MARK, split_sentences
from ingest.text.page_furniture import TextLine, furniture_lines, notes_start, running_heads, text_lines
from ingest.text.tables import holds_figure, tables_of_figures
from vectorstore.records import Block

EMPTY_LINE = regex.compile(r"\n[^\S\n]*\n\s*")
_CLOSERS = r"[\"”’'»)\]」』）]*"
_NOTED = rf"(?:{NOTE_MARK}|(?<=[^\W\d_]{{3}}[.!?])(?P<number>\d{{1,2}}))?"
_FINAL = re.compile(rf"(?P<stop>[.!?…。！？؟۔｡]+){_CLOSERS}{_NOTED}$")
_LAST_WORD = re.compile(r"(\S+)$")
_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
_LIST_MARK = re.compile(r"(?:[-•·*▪●–—]\s|\(?(?:[a-z]{1,2}|[ivx]{1,5}|\d{1,3})\)|(?:\d{1,3}|[a-zA-Z])\.\s)")
_ABBREVIATIONS = load_words("abbreviations") | load_words("abbreviations_at_line_ends")
# Abbreviations before a number: "sec.3" cites a section, while "decision.3" ends a sentence with a footnote mark.
_ABBREVIATIONS_OF_NUMBERS = _ABBREVIATIONS | load_words("abbreviations_in_sentences")
_REFERS = Patterns("layout").refers
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_OPENERS = "\"“«„‘'["
_REACH = 40  # characters
_NARROWEST = 30  # characters, as the next two
_LONG_LINE = 160
_LONG_ENOUGH = 100


@dataclass(frozen=True, kw_only=True)
class Typesetting:
    """How a document's lines were set."""

    width: int
    """Length that 95 of 100 lines do not exceed, in characters of the Latin alphabet."""
    spacing: int
    """Blank lines between two lines of one paragraph: 0, or 1 where it is double-spaced."""

    @property
    def wrapped(self) -> bool:
        """Whether lines break at the margin rather than at the ends of paragraphs."""
        return self.width < _LONG_LINE


def ends_sentence(text: str) -> bool:
    """Returns whether a text ends a sentence: a final stop that belongs to no abbreviation or initial."""
    tail = text.rstrip()[-_REACH:]
    found = _FINAL.search(tail)
    return found is not None and not _abbreviated(tail[: found.start("stop")], found["stop"], found["number"])


def holds_sentence_end(text: str) -> bool:
    """Returns whether a sentence ends anywhere in a text; two that stick together ("peace.In") count."""
    return any(
        not _LIST_MARK.fullmatch(line.strip() + " ") if ends_sentence(line) else len([*split_sentences(line)]) > 1
        for line in text.split("\n")
    )


def cells_of(text: str) -> list[str]:
    """Returns the cells of a line that is a row of a table; none where it holds no tab, or a sentence."""
    return text.split("\t") if "\t" in text and not holds_sentence_end(text) else []


def is_left_open(text: str) -> bool:
    """Returns whether a text ends in a word after which a sentence goes on, such as "of" or "and"."""
    return any(word.casefold() in load_words("open_ends") for word in text.rsplit(maxsplit=1)[-1:])


def block_index(blocks: Sequence[Block], place: int) -> int:
    """Returns the index of the last block that begins at or before an offset; -1 if there is none."""
    return bisect_right(blocks, place, key=lambda block: block.start) - 1


def is_list_item(text: str) -> bool:
    """Returns whether a text begins with the mark of a list item: "(a) " or "- "."""
    return _LIST_MARK.match(text) is not None


def typesetting(lines: Sequence[TextLine]) -> Typesetting:
    """Measures a document's lines, page furniture left out; the width is 0 for no lines.

    A document is double-spaced where most pairs of full lines that run on (the first ends no sentence) have the same
    number of blank lines between them, at least one.
    """
    lengths = sorted(_width(line.text) for line in lines)
    width = lengths[min(len(lengths) - 1, len(lengths) * 19 // 20)] if lengths else 0
    pairs = ((line.text, following) for line, following in pairwise(lines))
    gaps = Counter(after.blanks_before for text, after in pairs if _width(text) >= 0.6 * width and not _closed(text))
    spacing, count = gaps.most_common(1)[0] if gaps else (0, 0)
    spaced = spacing > 0 and width < _LONG_LINE and count >= 3 and 2 * count > sum(gaps.values())
    return Typesetting(width=width, spacing=spacing if spaced else 0)


def flows(line: TextLine, following: TextLine, setting: Typesetting) -> bool:
    """Returns whether a paragraph goes on from one line to the next, past page furniture, by words and widths.

    A line that leaves room for the next word was ended on purpose, unless its words show that it goes on.
    """
    text, after = line.text, following.text
    if _LIST_MARK.match(after) and not (after[0].isdigit() and _REFERS.search(text)):
        return False
    if text[-1] in "-‐\u00ad" and text[-2:-1].isalnum() and after[0].isalnum():
        return True
    closed = _closed(text)
    # A sentence may go on in a quotation on lines of its own: "said that" and, below, "we have a duty".
    if after.lstrip(_OPENERS)[:1].islower() and not (closed and after[0] in _OPENERS):
        return not text.endswith((":", "：")) or _fills(text, after, setting, 0.85)
    if closed:
        return setting.wrapped and not following.indented and _fills(text, after, setting, 0.97)
    if is_left_open(text) or _abbreviated(text[:-1], text[-1]):
        return True
    return _fills(text, after, setting, 0.85 if text[-1] in ",،，:：" else 0.7)


def find_blocks(source_text: str) -> tuple[Block, ...]:
    """Finds the blocks between blank lines, in order, covering everything but white space, and numbers the paragraphs.

    `paragraph` numbers blocks with a sentence end, list items after a colon and, behind the first paragraph, rows of
    figures, but no page furniture. Furniture
    inside a block becomes a block of its own without a number, so that prose blocks hold none; the parts around it
    keep the one number of their paragraph. Furniture in the middle of a sentence `continues` like the block after it.
    Footnotes after the text get no number.
    """
    lines = text_lines(source_text)
    furniture = furniture_lines(lines, running_heads(source_text))
    setting = typesetting([line for line, is_page in zip(lines, furniture, strict=True) if not is_page])
    rows = [cells_of(line.text) for line in lines]
    of_figures = {at for table in tables_of_figures(rows) for at in table if holds_figure(rows[at])}
    blocks: list[Block] = []
    number, listing = 0, False
    last_prose: TextLine | None = None
    stands_alone = False

    def joins(_: list[int], at: int) -> bool:
        line = lines[at]
        apart = line.blanks_before > setting.spacing or any(furniture[at - 1 : at + 1])
        return line.blanks_before == 0 or (not apart and flows(lines[at - 1], line, setting))

    for members in runs_of(range(len(lines)), joins):
        words = [lines[member].text for member in members if not furniture[member]]
        is_item = bool(words) and _LIST_MARK.match(words[0]) is not None
        is_row = number > 0 and not of_figures.isdisjoint(members)
        is_paragraph = bool(words) and (holds_sentence_end("\n".join(words)) or (is_item and listing) or is_row)
        listing = words[-1].endswith((":", "：")) or (is_item and listing) if words else listing
        number += is_paragraph
        for is_page, run in groupby(members, key=furniture.__getitem__):
            indices = list(run)
            first, last = lines[indices[0]], lines[indices[-1]]
            paragraph = number if is_paragraph and not is_page else None
            continues = not is_page and last_prose is not None and _runs_on(last_prose, first, setting)
            if continues and stands_alone and indices[0] and not furniture[indices[0] - 1]:
                # A full line, or the lines before the first paragraph, may be a heading: "Agenda item 2: Review of …".
                continues = first.opens_page or first.text.lstrip(_OPENERS)[:1].islower()
            blocks.append(Block(start=first.start, end=last.end, paragraph=paragraph, continues=continues))
            if not is_page:
                last_prose, stands_alone = last, not continues and (len(indices) == 1 or not number)
    furniture_starts = {line.start for line, is_page in zip(lines, furniture, strict=True) if is_page}
    for at in reversed(range(len(blocks))):
        if blocks[at].start in furniture_starts:
            blocks[at] = replace(blocks[at], continues=at + 1 < len(blocks) and blocks[at + 1].continues)
    return cut_out(source_text, blocks, [(notes_start(source_text), len(source_text))])


def _runs_on(line: TextLine, following: TextLine, setting: Typesetting) -> bool:
    return not ends_sentence(line.text) and line.text[-1] not in ":：" and flows(line, following, setting)


def _closed(text: str) -> bool:
    return text[-1] in ";؛；" or ends_sentence(text)


def cut_blocks(text: str, blocks: Sequence[Block], cuts: Set[int]) -> tuple[Block, ...]:
    """Cuts blocks at offsets, so that no sentence runs across one; a part of white space only is left out."""
    ordered = sorted(cuts)
    found: list[Block] = []
    for block in blocks:
        edges = [block.start, *(cut for cut in ordered if block.start < cut < block.end), block.end]
        for start, end in pairwise(edges):
            words = text[start:end].strip()
            if not words:
                continue
            first = start + text[start:end].index(words)
            since = found[-1].end if found else 0
            continues = block.continues and not any(since <= cut <= first for cut in ordered)
            found.append(replace(block, start=first, end=first + len(words), continues=continues))
    return tuple(found)


def cut_out(text: str, blocks: Sequence[Block], spans: Sequence[tuple[int, int]]) -> tuple[Block, ...]:
    """Cuts blocks at spans that nobody said and removes the paragraph numbers of these, so that they are not quoted."""
    if not spans:
        return tuple(blocks)
    cut = cut_blocks(text, blocks, {offset for span in spans for offset in span})
    inside = {block for block in cut if any(start <= block.start and block.end <= end for start, end in spans)}
    return tuple(replace(block, paragraph=None, continues=False) if block in inside else block for block in cut)


def _fills(text: str, after: str, setting: Typesetting, share: float) -> bool:
    """Returns whether a line is full: the next word would not have fitted into `share` of the width."""
    if not setting.wrapped:
        return _width(text) >= _LONG_ENOUGH
    if setting.width < _NARROWEST:
        return False
    word = after.split(maxsplit=1)[0]
    return _width(text) + 1 + min(_width(word), setting.width // 3) > share * setting.width


def _width(text: str) -> int:
    """Measures a line; Chinese, Japanese and Korean characters are twice as wide as others."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def _abbreviated(before: str, stop: str, number: str | None = None) -> bool:
    if stop != ".":
        return False
    found = _LAST_WORD.search(before)
    if not found:
        return False
    word = found.group().lstrip("([\"“‘'«")
    known = _ABBREVIATIONS_OF_NUMBERS if number else _ABBREVIATIONS
    return word.casefold() in known or (bool(_INITIAL.fullmatch(word)) and word not in ("I", "a"))
