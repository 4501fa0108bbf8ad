"""Tables of figures: rows of cells, most of them without words, such as "2019" and "61" under their heads."""

from collections.abc import Sequence

import regex

from ingest.language.matches import runs_of

# A cell that holds a figure and no words, such as "1,250" or "12 %".
_FIGURE = regex.compile(r"[^\p{L}]*\p{N}[^\p{L}]*")
# The fewest rows with a figure: one alone may be a line of a cover, such as "Session" and "10".
_FEWEST_ROWS = 2

Row = Sequence[str]
"""The cells of a row, none for what is no row."""


def holds_figure(row: Row) -> bool:
    """Returns whether a row holds a figure behind its first cell, which names it."""
    return any(map(_FIGURE.fullmatch, row[1:]))


def tables_of_figures(rows: Sequence[Row]) -> list[list[int]]:
    """Returns the tables of figures among rows, each by the indices of its rows, heads of columns among them."""
    tables = runs_of((at for at, row in enumerate(rows) if row), lambda table, at: at == table[-1] + 1)
    return [table for table in tables if sum(holds_figure(rows[at]) for at in table) >= _FEWEST_ROWS]


def column_heads(rows: Sequence[Row]) -> dict[int, int]:
    """Returns, by the index of each row of figures, that of the row above the first one, the heads of its columns."""
    return {
        at: table[0]
        for table in tables_of_figures(rows)
        if not holds_figure(rows[table[0]])
        for at in table
        if holds_figure(rows[at])
    }
