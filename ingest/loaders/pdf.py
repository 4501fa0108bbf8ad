"""PDF files with a text layer, page by page."""

import logging
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, PyPdfError

from ingest.errors import LoadError
from ingest.loaders.loaded import Extract, LoadLimits, check_length, encodable, is_blank

# What broken files make pypdf raise besides its own errors: it trusts types and offsets that they give.
_FAILURES = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

_PAGE_BREAK = "\n\f"


def load_pdf(data: bytes, name: str, limits: LoadLimits) -> Extract:
    r"""Extract a PDF's text layer; pages are joined by `\n\f`.

    A page that cannot be read, or that holds no text, counts as an empty page and is named in the notes.

    Args:
        data: The file's bytes.
        name: Its name, for messages.
        limits: The most pages and characters it may hold.

    Raises:
        LoadError: If it is damaged, protected by a password, too long, or a scan without a text layer.
    """
    with _quiet():
        pages, failed = _page_texts(data, name, limits)
    if len(failed) == len(pages):
        raise LoadError(f"{name!r}: no page of this PDF could be read; it looks damaged, save it again")
    empty = tuple(number for number, text in enumerate(pages, 1) if is_blank(text) and number not in failed)
    if all(is_blank(text) for text in pages):
        raise LoadError(
            f"{name!r} is a PDF without a text layer, probably a scan, which needs text recognition (OCR); "
            "that is not supported yet: run it through an OCR program and save it with its text"
        )
    notes = []
    if failed:
        notes.append(f"could not be read: page {_numbers(failed)}")
    if empty:
        notes.append(f"no text (scanned or blank): page {_numbers(empty)}")
    starts, offset = [], 0
    for text in pages:
        starts.append(offset)
        offset += len(text) + len(_PAGE_BREAK)
    return Extract(text=_PAGE_BREAK.join(pages), page_starts=tuple(starts), notes=tuple(notes))


def _page_texts(data: bytes, name: str, limits: LoadLimits) -> tuple[list[str], tuple[int, ...]]:
    reader = _open(data, name)
    try:
        count = len(reader.pages)
    except _FAILURES as exc:
        raise LoadError(f"{name!r} is a damaged PDF ({exc}); save or download it again") from exc
    if count == 0:
        raise LoadError(f"{name!r} is a PDF without pages; save or download it again")
    if count > limits.max_pages:
        raise LoadError(f"{name!r} has {count:,} pages, more than {limits.max_pages:,}; split it, or raise max_pages")
    texts: list[str] = []
    failed: list[int] = []
    length = 0
    for index in range(count):
        try:
            page: PageObject = reader.pages[index]
            # Stripped, so that a page's end reads as one line break and not as the end of a paragraph.
            text = encodable(page.extract_text()).strip()
        except _FAILURES:
            failed.append(index + 1)
            text = ""
        texts.append(text)
        length += len(text) + len(_PAGE_BREAK)
        check_length(length, name, limits)
    return texts, tuple(failed)


def _open(data: bytes, name: str) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        # Many published files only restrict printing or copying: they open with the empty password.
        locked = reader.is_encrypted and not reader.decrypt("")
    except DependencyError as exc:
        raise LoadError(f"{name!r} is an encrypted PDF; save a copy without protection") from exc
    except _FAILURES as exc:
        raise LoadError(f"{name!r} is a damaged or truncated PDF ({exc}); save or download it again") from exc
    if locked:
        raise LoadError(f"{name!r} is a PDF protected by a password; save a copy without protection")
    return reader


def _numbers(pages: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, pages[:10]))
    return shown if len(pages) <= 10 else f"{shown} and {len(pages) - 10} more"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pypdf's remarks on malformed files out of the log: what matters becomes an error or a note."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
