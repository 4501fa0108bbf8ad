"""Markdown to blocks: the words without the markup, block quotations, tables, headings and footnotes as such."""

from collections.abc import Iterator, Sequence
from typing import Final

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.checking.blocks import Block
from app.checking.tables import label_rows

_NOTE: Final = regex.compile(
    r"^\[\^(?P<key>[\w-]+)\]:[ \t]*(?P<text>.*(?:\n(?:[ \t]{2,}\S.*|[ \t]*(?=\n[ \t]{2,}\S)))*)", regex.MULTILINE
)
_TAG: Final = regex.compile(r"<[^>]{0,400}>")
_LINES: Final = ("softbreak", "hardbreak")


def markdown_blocks(text: str) -> list[Block]:
    """Returns the blocks of a Markdown text; notes come last."""
    parser = MarkdownIt("commonmark").enable("table")
    body = _NOTE.sub("", text)
    blocks = list(_blocks(parser.parse(body)))
    for match in _NOTE.finditer(text):
        words = " ".join(
            _words(token.children or ()) for token in parser.parse(match["text"].strip()) if token.children
        )
        if words.strip():
            blocks.append(
                Block(text=words.strip(), kind="note", where=f"footnote {match['key']}", note_key=match["key"])
            )
    return blocks


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    depth = number = tables = level = 0
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "blockquote_open":
            depth += 1
        elif token.type == "blockquote_close":
            depth -= 1
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "table_open":
            rows, tables = [], tables + 1
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield from label_rows(rows, tables)
            rows = []
        elif token.type in ("inline", "code_block", "fence", "html_block"):
            words = _words(token.children) if token.children else _TAG.sub(" ", token.content).strip()
            if rows:
                rows[-1].append(words)
            elif words:
                number += 1
                kind = "heading" if level else "quote" if depth else "text"
                yield Block(text=words, kind=kind, level=level, where=f"paragraph {number}")  # type: ignore[arg-type]


def _words(tokens: Sequence[Token]) -> str:
    pieces: list[str] = []
    for token in tokens:
        if token.type in _LINES:
            pieces.append("\n" if token.type == "hardbreak" else " ")
        elif token.type in ("text", "code_inline", "text_special"):
            pieces.append(token.content)
        elif token.type == "image":
            pieces.append(_words(token.children or ()))
    return "".join(pieces).strip()
