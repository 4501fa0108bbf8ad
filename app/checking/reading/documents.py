"""Reads Word, PDF, Markdown and plain text files as blocks, under the limits of ingest."""

from dataclasses import replace
from itertools import accumulate, chain, count, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Final

import regex

from app.checking.findings import remark
from app.checking.reading.blocks import CheckedBlock, CheckedDocument, make_document, table_blocks
from app.checking.reading.markdown_blocks import markdown_blocks
from app.checking.reading.word_blocks import word_blocks
from app.errors import QuestionError
from ingest.errors import UnsupportedFormatError
from ingest.language.matches import runs_of
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadLimits, checked
from ingest.loaders.registry import check_extension, load
from ingest.text.layout import EMPTY_LINE, find_blocks
from ingest.text.readable import readable
from ingest.text.repair import repair

SUFFIXES: Final = (".docx", ".pdf", ".md", ".txt", ".text")
LONGEST_PASTED: Final = 500_000  # characters
_LOOKS_LIKE_MARKDOWN: Final = regex.compile(
    r"^(?:>\s?\S|#{1,6}\s|\[\^\w+\]:|\|.+\|\s*$|\*\*|~~|```(?!`)[^`]*$)|</?(?:q|blockquote|p|div|table|ul|ol|li|h[1-6]|span|del|s|em|i|b)\b[^<>]*>|<!--"
    r"|(?<![`\w])`[^`\n]{8,}`(?!`)|(?<![*\w])\*[^*\s][^*\n]{8,}[^*\s]\*(?![*\w])|(?<![_\w])_[^_\s][^_\n]{8,}[^_\s]_(?![_\w])|~~[^~\n]+~~",
    regex.MULTILINE | regex.IGNORECASE,
)
# A line of this length is a whole paragraph, so the text is not wrapped; a sentence over two lines shows that it is.
_UNWRAPPED: Final = 160
_WRAPPED: Final = regex.compile(r"(?:[\p{L}\p{N}),’-]\n\p{Ll}|[\p{Han}\p{Arabic}]\n[\p{Han}\p{Arabic}])")


def read_document(path: Path, limits: LoadLimits) -> CheckedDocument:
    """Reads a file with one of the `SUFFIXES`; a LoadError says why it cannot be and what to do."""
    if path.suffix.lower() not in SUFFIXES:
        check_extension(path, SUFFIXES)
        raise UnsupportedFormatError(
            f"{path.name!r} has the suffix {path.suffix!r}, which is not checked; save it as one of "
            + ", ".join(SUFFIXES)
        )
    return run_bounded(limits, path.name, _read, path, limits)


def _read(path: Path, limits: LoadLimits) -> CheckedDocument:
    suffix = path.suffix.lower()
    loaded = load(path, limits)
    if suffix == ".docx":
        return make_document(word_blocks(path.read_bytes(), path.name))
    if suffix == ".md":
        return make_document(markdown_blocks(loaded.text))
    blocks = _page_blocks(loaded.text, loaded.page_starts) if loaded.page_starts else _plain_blocks(loaded.text)
    return make_document(blocks, loaded.notes)


def read_pasted(text: str) -> CheckedDocument:
    """Reads text that was typed or pasted; text that looks like Markdown is read as such.

    Raises:
        QuestionError: It is empty or too long.
        EmptyFileError: It shows nothing.
    """
    if len(text) > LONGEST_PASTED:
        raise QuestionError(f"the text has {len(text):,} characters, at most {LONGEST_PASTED:,} are checked at once")
    text = checked(text, "the text", LoadLimits())
    return make_document(markdown_blocks(text) if _LOOKS_LIKE_MARKDOWN.search(text) else _plain_blocks(text))


def _plain_blocks(text: str) -> list[CheckedBlock]:
    """Reads plain text: empty lines end paragraphs, and so does every line break if the text is not wrapped."""
    # Neighbouring lines with the same number of tabs are the rows of a pasted table.
    lines = text.replace("\f", "\n\n").splitlines()
    wrapped = any(_WRAPPED.search(f"{line.strip()}\n{below.strip()}") for line, below in pairwise(lines))
    unwrapped = any(len(line) > _UNWRAPPED for line in lines) or not wrapped
    blocks: list[CheckedBlock] = []
    tables = 0
    for columns, grouped in groupby(lines, key=lambda line: line.strip().count("\t")):
        run = list(grouped)
        if columns and len(run) > 1:
            tables += 1
            rows = [[cell.strip() for cell in row.strip().split("\t")] for row in run]
            blocks += chain.from_iterable(table_blocks(rows, tables))
            continue
        pieces = run if unwrapped else EMPTY_LINE.split("\n".join(run))
        blocks += [CheckedBlock(text=piece.strip()) for piece in pieces if piece.strip()]
    numbers = count(1)
    return [b if b.where else replace(b, where=remark("at_paragraph", number=str(next(numbers)))) for b in blocks]


def _cells_apart(text: str, page_starts: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """Separates the cells of table rows, which are lines with tabs in a PDF; returns the text and its page starts."""
    # The longest cells of successive lines are one running text; the other cells become a paragraph before it.
    pages = (text[start:end] for start, end in pairwise((*page_starts, len(text))))
    parts = ["\n\n".join(_row_apart(run) if "\t" in run else run for run in page.split("\n\n")) for page in pages]
    return "".join(parts), tuple(accumulate(map(len, parts[:-1]), initial=0))


def _row_apart(run: str) -> str:
    beside: list[str] = []
    running: list[str] = []
    for line in run.split("\n"):
        cells = line.split("\t")
        longest = max(range(len(cells)), key=lambda place: len(cells[place]))
        beside += [cell for place, cell in enumerate(cells) if place != longest and cell.strip()]
        running.append(cells[longest])
    return "\n".join(beside) + "\n\n" + "\n".join(running)


def _page_blocks(text: str, page_starts: tuple[int, ...]) -> list[CheckedBlock]:
    """Reads the text of pages by the layout rules of ingest: lines are joined, page furniture reads as `[…]`."""
    text, page_starts = _cells_apart(text, page_starts)
    found = find_blocks(text)
    edits = repair(text, found, language=None)
    lines = [
        (sum(begin <= run[0].start for begin in page_starts), line.strip())
        for run in runs_of(found, lambda run, block: block.continues)
        for line in readable(text, edits, run[0].start, run[-1].end).split("\n")
        if line.strip()
    ]
    return [
        CheckedBlock(text=line, where=remark("at_page", page=str(page), number=str(n)))
        for page, of_page in groupby(lines, key=itemgetter(0))
        for n, (_, line) in enumerate(of_page, 1)
    ]
