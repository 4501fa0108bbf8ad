"""The document model of a check: blocks of text in reading order, each with its place in the document."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import regex

from app.checking.findings import Remark, remark
from ingest.language.lexicons import RegexPatterns

BlockKind = Literal["text", "heading", "quote", "cell", "note", "header"]
# Kinds of remarks on words that no reader sees.
Unseen = Literal[
    "unseen_hidden", "unseen_struck", "unseen_tiny", "unseen_coloured", "unseen_deleted", "unseen_not_shown"
]
# What joins blocks in `Document.text`.
_BETWEEN: Final = "\n\n"
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# Note marks: `[1]`, `[^1]`, a raised digit, and the plain digit that extraction makes of one behind a quotation mark.
_MARK: Final = regex.compile(
    r"\[\^?(?P<key>[\p{L}\p{N}_-]{1,24})\](?!\p{L})|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|"
    r"(?<=[”\"»“」’][.,;]?)(?P<plain>\d{1,3})(?=$|[\s.,;:)])"
)
_PATTERNS: Final = RegexPatterns("drafts")
# Longest cell, in characters, that labels other cells; longer ones are contents, and so is a quotation in a cell.
_LONGEST_LABEL: Final = 120
_LONGEST_CELL: Final = 10_000  # characters of a cell that is read for a label, quotations included
_MOST_LABELS: Final = 50  # columns of a table whose cells label the others of their row
# A single mark may be an apostrophe, as in "Côte d'Ivoire": one that is never closed opens nothing.
_QUOTED: Final = regex.compile(
    r"[\"“„«「『](?:\p{Han}.{7,}?|.{20,}?)(?:[\"”“»」』]|$)|(?<!\w)['‘](?:\p{Han}.{7,}?|.{20,}?)[’'](?!\p{L})",
    regex.DOTALL,
)
_BARE: Final = regex.compile(r"[\d\W]*\d[\d\W]*(?:st|nd|rd|th)?")
_NOTE_START: Final = regex.compile(r"^\s*(?:\[\^?(?P<key>\w{1,24})\]:?|(?P<plain>\d{1,3}|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)[.)]?)\s+(?=\S)")


@dataclass(frozen=True, kw_only=True)
class NoteMark:
    """A reference to a note, at an offset of its block's text."""

    offset: int
    key: str


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Words in a file that no reader sees: why (the remark `how`), and where in the block's text, if that is known."""

    offset: int | None
    text: str
    how: Unseen


@dataclass(frozen=True, kw_only=True)
class CheckedBlock:
    """A paragraph, heading, table cell's paragraph, note or header line, at offset `start` of the document's text."""

    text: str
    kind: BlockKind = "text"
    """`quote` is a paragraph that is set off as a quotation."""
    where: Remark | None = None
    """Its place in the document, for display."""
    level: int = 0
    """Of a heading, from 1; else 0."""
    labels: tuple[str, ...] = ()
    """For a table cell, the texts, without quotations, of the short cells of its row and of the head of its column."""
    speakers: tuple[str, ...] = ()
    """Of `labels`, those of columns headed "State" or the like."""
    marks: tuple[NoteMark, ...] = ()
    note_key: str | None = None
    """Of a note, the key that marks give."""
    item: bool = False
    """Whether it belongs to a list."""
    hidden: tuple[Hidden, ...] = ()
    start: int = 0

    @property
    def end(self) -> int:
        """Offset after its text."""
        return self.start + len(self.text)


@dataclass(frozen=True, kw_only=True)
class CheckedDocument:
    """The blocks of a document with their offsets in its text."""

    blocks: tuple[CheckedBlock, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """The text of all blocks, between empty lines."""
        return _BETWEEN.join(block.text for block in self.blocks)

    def index_at(self, offset: int) -> int:
        """Returns the index of the block that holds an offset of the text."""
        return max(0, bisect_right(self.blocks, offset, key=lambda block: block.start) - 1)

    @cached_property
    def note_blocks(self) -> dict[str, CheckedBlock]:
        """The notes by their keys."""
        return {block.note_key: block for block in reversed(self.blocks) if block.note_key is not None}


def make_document(blocks: list[CheckedBlock], notes: tuple[str, ...] = ()) -> CheckedDocument:
    """Makes a document of blocks: sets offsets, and finds notes and marks that are written as text, such as `[1]`."""
    blocks = [block for block in blocks if block.text.strip() or block.hidden]
    used = {mark.key for block in blocks for mark in _written_marks(block.text)}
    placed: list[CheckedBlock] = []
    position = 0
    for block in blocks:
        if block.kind in ("text", "header") and (opening := _NOTE_START.match(block.text)) is not None:
            key = opening.group("key") or opening.group("plain").translate(_SUPERSCRIPTS)
            if key in used and block.note_key is None:
                block = replace(block, kind="note", note_key=key)
        marks = block.marks if block.kind == "note" else (*block.marks, *_written_marks(block.text))
        placed.append(replace(block, start=position, marks=marks))
        position += len(block.text) + len(_BETWEEN)
    return CheckedDocument(blocks=tuple(placed), notes=notes)


def _written_marks(text: str) -> list[NoteMark]:
    opening = _NOTE_START.match(text)
    begin = opening.end() if opening else 0
    return [
        NoteMark(offset=match.start(), key=(match["key"] or match["raised"] or match["plain"]).translate(_SUPERSCRIPTS))
        for match in _MARK.finditer(text, begin)
    ]


def table_blocks(rows: Sequence[Sequence[str]], number: int) -> Iterator[list[CheckedBlock]]:
    """Yields the cells of a table as blocks, row by row; `number` is the table's number in the document.

    Their labels are the short cells of their row, that of a State first, and then the head of their column.
    """
    heads = [*map(_label, rows[0])] if rows else []
    says_who = {column for column, head in enumerate(heads) if _PATTERNS.speaker_head.fullmatch(head)}
    for at, cells in enumerate(rows):
        where = remark("at_row", table=str(number), row=str(at + 1))
        labels: dict[int, str] = {}
        for column in sorted(range(len(cells)), key=lambda column: column not in says_who)[:_MOST_LABELS]:
            # A bare number means nothing without the head of its column: "Session", "Year".
            bare = at and column < len(heads) and _BARE.fullmatch(cells[column].strip())
            labels[column] = _label(f"{rows[0][column]} {cells[column]}" if bare else cells[column])
        row: list[CheckedBlock] = []
        for column, text in enumerate(cells):
            beside = {place: label for place, label in labels.items() if label and place != column}
            head = heads[column] if at and column < len(heads) else ""
            speakers = tuple(label for place, label in beside.items() if at and place in says_who)
            labelled = (*beside.values(), *filter(None, [head]))
            row.append(CheckedBlock(text=text.strip(), kind="cell", where=where, labels=labelled, speakers=speakers))
        yield row


def _label(text: str) -> str:
    if len(text) > _LONGEST_CELL:
        return ""
    bare = _QUOTED.sub(" ", text).strip()
    return bare if len(bare) <= _LONGEST_LABEL else ""
