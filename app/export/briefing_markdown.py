"""Markdown of a briefing: tables, quotations as block quotes, footnotes; nothing from a source is active in it."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from app.briefing.cells import Briefing
from app.export.briefing_layout import DocumentBlock, Line, LineStyle, Picture, QuotedBlock, Table, TableCell, blocks_of
from app.export.briefing_lines import DocumentForm, Sayings, pieces
from app.export.characters import in_marks, visible

# Characters that can begin Markdown, HTML or a footnote anywhere in a line; a backslash makes them plain text.
_ACTIVE: Final = re.compile(r"[\\`*_{}<>\[\]|~#&$^]|!(?=\[)")
# The same at the start of a line only: lists, rules, numbered lists.
_LINE_START: Final = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))", re.MULTILINE)
# Characters of bare addresses, which some readers turn into links; as character references they look the same.
_ADDRESS: Final = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)
_HEADINGS: Final[dict[LineStyle, str]] = {"title": "# ", "heading": "## ", "topic": "## ", "subheading": "### "}


def markdown_bytes(briefing: Briefing, *, form: DocumentForm = "full") -> bytes:
    """Returns a Markdown file in UTF-8, with tables and footnotes as GitHub and Pandoc read them."""
    say = Sayings(briefing)
    parts = [part for block in blocks_of(briefing, form) if (part := "\n\n".join(_block(block)))]
    notes = [f"[^{citation.number}]: {on_one_line(say.reference(citation))}" for citation in briefing.citations]
    return ("\n\n".join((*parts, *notes)) + "\n").encode()


def inert(text: str) -> str:
    """Returns a text that Markdown shows as it is, whatever it holds."""
    shown = _ACTIVE.sub(lambda match: "\\" + match.group(), visible(text))
    shown = _LINE_START.sub(lambda match: f"{match[1]}{match[3] or ''}\\{match[2] or match[4]}", shown)
    return _ADDRESS.sub(lambda match: f"&#{ord(match.group())};", shown)


def on_one_line(text: str) -> str:
    """Returns a text as `inert` does, on one line."""
    return inert(" ".join(text.split()))


def _block(block: DocumentBlock) -> Iterator[str]:
    """Yields the paragraphs of a block; of a picture its alternative text, of orientation and contents nothing."""
    if isinstance(block, Table):
        yield from _rows(block) if block.titles else [_table(block)]
    elif isinstance(block, QuotedBlock):
        yield from [f"**{on_one_line(block.lead)}**:"] if block.lead else []
        yield _quoted(block)
    elif isinstance(block, Picture):
        yield on_one_line(block.alt_text)
    elif isinstance(block, Line):
        yield _line(block)


def _line(line: Line) -> str:
    text = on_one_line(line.text)
    # Plain numbers: footnote marks here would number the notes in the order in which claims mention them.
    text += "".join(f" \\[{number}\\]" for number in line.notes)
    if line.notes:
        text = f"- {text}"
    elif text and (line.bold or (line.style == "note" and line.note is None and not line.lead)):
        text = f"**{text}**" if line.bold else f"*{text}*"
    mark = "" if line.note is None else f"[^{line.note.number}]"
    label = line.lead.rstrip("\N{NO-BREAK SPACE}:： ")
    lead = f"**{on_one_line(label)}**{line.lead[len(label) :]}" if label else ""
    return _HEADINGS.get(line.style, "") + lead + text + mark


def _quoted(block: QuotedBlock) -> str:
    citation = block.citation
    opening, closing = in_marks(citation.quote, citation.language)
    parts = [(opening, False), *pieces(block.cell, citation), (closing, False)]
    text = "".join(
        f"**{inert(text)}**" if telling and _can_be_bold(before[-1], text, after[0]) else inert(text)
        for (before, _), (text, telling), (after, _) in zip(parts, parts[1:], parts[2:], strict=False)
    )
    quoted = f"{opening}{text}{closing}[^{citation.number}]"
    return "\n".join(f"> {line}".rstrip() for line in quoted.splitlines())


def _can_be_bold(before: str, text: str, after: str) -> bool:
    """Returns whether `**` around a text is markup between these characters; elsewhere readers show the stars.

    Next to a letter, as there are no spaces in Chinese, it must not stand outside of punctuation: "是**“支持”**的".
    Source: https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run
    """

    def is_punctuation(character: str) -> bool:
        return unicodedata.category(character)[0] in "PS"

    return all(
        not inner.isspace() and (not is_punctuation(inner) or is_punctuation(outer) or outer.isspace())
        for outer, inner in ((before, text[0]), (after, text[-1]))
    )


def _words(square: TableCell) -> str:
    lines = [on_one_line(line.text) for line in square.blocks if isinstance(line, Line)]
    return " ".join((*lines[:1], *(f"({line})" for line in lines[1:])))


def _table(table: Table) -> str:
    lines = [map(on_one_line, table.head), ["---"] * len(table.head), *(map(_words, row) for row in table.rows)]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        titles = [on_one_line(part.text) for s in row[: table.titles] for part in s.blocks if isinstance(part, Line)]
        yield f"### {', '.join(titles)}"
        for label, square in zip(table.head[table.titles :], row[table.titles :], strict=True):
            if square.tint is not None:
                yield f"**{_words(square)}**"
                continue
            yield from [f"{on_one_line(label)}:"] if table.labelled else []
            for block in square.blocks:
                yield from _block(block)
