"""Files of every kind to blocks: Word, PDF, Markdown and plain text, under the limits of ingest."""

from pathlib import Path
from typing import Final

import regex

from app.checking.blocks import Block, Document, make_document
from app.checking.markdown_blocks import markdown_blocks
from app.checking.word_blocks import word_blocks
from app.errors import QuestionError
from ingest.errors import UnsupportedFormatError
from ingest.layout import find_blocks
from ingest.loaders.loaded import LoadLimits, check_not_blank, encodable
from ingest.loaders.registry import load
from ingest.readable import readable
from ingest.repair import repair

SUFFIXES: Final = (".docx", ".pdf", ".md", ".txt", ".text")
LONGEST_PASTED: Final = 500_000
_LOOKS_LIKE_MARKDOWN: Final = regex.compile(r"^(?:>\s?\S|#{1,6}\s|\[\^\w+\]:|\|.+\|\s*$|\*\*)", regex.MULTILINE)
# Lines this long are paragraphs that nobody wrapped.
_UNWRAPPED: Final = 160


def read_document(path: Path, limits: LoadLimits) -> Document:
    """Reads a file.

    Args:
        path: A file with one of the `SUFFIXES`.
        limits: How large it may be.

    Raises:
        LoadError: It cannot be read; the message says why and what to do.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnsupportedFormatError(
            f"{path.name!r} has the suffix {path.suffix!r}, which is not checked; save it as one of "
            + ", ".join(SUFFIXES)
        )
    loaded = load(path, limits)
    if suffix == ".docx":
        return make_document(word_blocks(path.read_bytes(), path.name))
    if suffix == ".md":
        return make_document(markdown_blocks(loaded.text))
    return make_document(_plain_blocks(loaded.text, loaded.page_starts), loaded.notes)


def read_pasted(text: str) -> Document:
    """Reads text that was typed or pasted; text that looks like Markdown is read as such.

    Raises:
        QuestionError: It is empty or too long.
        EmptyFileError: It shows nothing.
    """
    if len(text) > LONGEST_PASTED:
        raise QuestionError(f"the text has {len(text):,} characters, at most {LONGEST_PASTED:,} are checked at once")
    text = encodable(text)
    check_not_blank(text, "the text")
    if _LOOKS_LIKE_MARKDOWN.search(text):
        return make_document(markdown_blocks(text))
    return make_document(_plain_blocks(text, ()))


def _plain_blocks(text: str, page_starts: tuple[int, ...]) -> list[Block]:
    """Reads text with the layout rules of ingest: wrapped lines are joined, page furniture reads as `[…]`."""
    if any(len(line) > _UNWRAPPED for line in text.splitlines()) and not page_starts:
        return [
            Block(text=line.strip(), where=f"paragraph {number}")
            for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1)
        ]
    found = find_blocks(text)
    edits = repair(text, found, language=None)
    spans: list[tuple[int, int]] = []
    for block in found:
        if block.continues and spans:
            spans[-1] = (spans[-1][0], block.end)
        else:
            spans.append((block.start, block.end))
    blocks: list[Block] = []
    number = 0
    for start, end in spans:
        for line in readable(text, edits, start, end).split("\n"):
            if line.strip():
                number += 1
                page = sum(begin <= start for begin in page_starts)
                where = f"page {page}, paragraph {number}" if page else f"paragraph {number}"
                blocks.append(Block(text=line.strip(), where=where))
    return blocks
