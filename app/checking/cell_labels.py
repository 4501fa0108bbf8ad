"""Table cells to blocks: what a cell's row and column say of it stands with it."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.checking.blocks import Block

# Cells longer than this are contents and no labels.
LONGEST_LABEL: Final = 120
_BARE: Final = re.compile(r"[\d\W]*\d[\d\W]*(?:st|nd|rd|th)?")


def labels_of(rows: Sequence[Sequence[str]], row: int, column: int) -> tuple[str, ...]:
    """Returns what a cell's neighbours say of it: the short cells of its row, then the head of its column."""
    beside = [
        # A bare number says nothing without the head of its column: "Session", "Year".
        f"{rows[0][index]} {text}" if row and index < len(rows[0]) and _BARE.fullmatch(text.strip()) else text
        for index, text in enumerate(rows[row])
        if index != column
    ]
    above = [rows[0][column]] if row and column < len(rows[0]) else []
    return tuple(text.strip() for text in (*beside, *above) if 0 < len(text.strip()) <= LONGEST_LABEL)


def label_rows(rows: Sequence[Sequence[str]], number: int) -> Iterator[Block]:
    """Yields the cells of a document's table of a number as blocks."""
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text.strip():
                where = f"table {number}, row {row + 1}"
                yield Block(text=text.strip(), kind="cell", where=where, labels=labels_of(rows, row, column))
