"""A citation as people look it up: within its paragraph, and on the page of the original file."""

from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from app.errors import NotFoundError
from app.records import Citation
from ingest.errors import ChangedFileError
from ingest.language.detection import direction_of
from ingest.loaders.archive import CONTAINERS
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadLimits
from ingest.text.readable import readable
from ingest.text.repair import ELLIPSIS
from vectorstore.errors import StoreError
from vectorstore.records import Statement
from vectorstore.shared_files import SharedFiles

# Characters of context on either side of a quotation where the paragraph is very long.
_CONTEXT: Final = 600
# Characters within which a cut word ends; without a space among them, as in Chinese, no word is dropped.
_LONGEST_WORD: Final = 30


@dataclass(frozen=True, kw_only=True)
class EvidenceContext:
    """A quotation within its paragraph, readable text."""

    before: str
    quote: str
    after: str
    direction: Literal["ltr", "rtl"]


@dataclass(frozen=True, kw_only=True)
class PageImage:
    """A page of the original file as PNG, and whether the quotation was found on it and is marked."""

    png: bytes
    page: int
    marked: bool


def context_of(statement: Statement, citation: Citation) -> EvidenceContext:
    """Returns a citation within its paragraph, or within some lines of it where that is very long."""
    paragraphs = [b for b in statement.blocks if b.end > citation.start and b.start < citation.end]
    paragraph_start = min((b.start for b in paragraphs), default=citation.start)
    paragraph_end = max((b.end for b in paragraphs), default=citation.end)
    begin, end = max(paragraph_start, citation.start - _CONTEXT), min(paragraph_end, citation.end + _CONTEXT)
    source, edits = statement.source_text, statement.edits
    before = readable(source, edits, min(begin, citation.start), citation.start)
    after = readable(source, edits, citation.end, max(end, citation.end))
    # An ellipsis marks a cut, and the word next to it is dropped, since the cut may lie in it.
    first, last = before.find(" ", 0, _LONGEST_WORD), after.rfind(" ", max(0, len(after) - _LONGEST_WORD))
    return EvidenceContext(
        before=f"… {before[first + 1 :]}" if begin > paragraph_start else before,
        quote=citation.quote,
        after=f"{after if last < 0 else after[:last]} …" if end < paragraph_end else after,
        direction=direction_of(statement.language_at(citation.start)),
    )


def page_image_of(
    statement: Statement, start: int, end: int, folder: Path, files: SharedFiles | None, limits: LoadLimits
) -> PageImage:
    """Renders the page on which a span of a statement begins; its file is in `folder`, or fetched from `files`.

    Raises a NotFoundError if the file is gone or has changed, a LoadError if it has no pages that can be shown.
    """
    from ingest.loaders.page_images import page_of_file, word_rectangles

    path = folder / statement.file
    in_archive = any(parent.suffix.lower() in CONTAINERS for parent in path.relative_to(folder).parents)
    if files is not None and not in_archive and not path.exists():
        # If fetching fails, rendering the page below reports what is wrong.
        with suppress(StoreError):
            files.fetch(path, statement.sha256)
    page_starts = statement.document.page_starts
    page = max(1, bisect_right(page_starts, start))
    if page < len(page_starts):
        end = min(end, page_starts[page])
    rects = word_rectangles(statement.document.scanned, start, end)
    parts = [] if rects else readable(statement.source_text, statement.edits, start, end).split(ELLIPSIS)
    arguments = (path, folder, statement.sha256, page, rects, parts, limits)
    try:
        png, marked = run_bounded(limits, path.name, page_of_file, *arguments)
    except ChangedFileError as exc:
        raise NotFoundError(f"the page cannot be shown: {exc}") from exc
    return PageImage(png=png, page=page, marked=marked)
