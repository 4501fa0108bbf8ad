"""The types that all loaders share: `LoadLimits` as input, `Extract` and `LoadedText` as output."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import EmptyFileError, LoadError
from vectorstore.records import ScannedWord

PAGE_BREAK = "\n\f"
"""Separator between two pages in an extracted text."""
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"))
_UNENCODABLE = re.compile("[\ud800-\udfff\0]")


class LoadLimits(BaseModel):
    """How large a file may be; each limit guards memory and time against hostile or mistaken input."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(default=50_000_000, ge=1)
    """Largest file read, in bytes."""
    max_pages: int = Field(default=2_000, ge=1)
    """Most pages of a PDF, or of an image file that holds several."""
    max_characters: int = Field(default=10_000_000, ge=1)
    """Longest extracted text, in characters."""
    max_unpacked_bytes: int = Field(default=200_000_000, ge=1)
    """Most bytes that a compressed file (DOCX, ODT, ZIP) may unpack to, archives inside it included."""
    max_archive_entries: int = Field(default=5_000, ge=1)
    """Most entries of a compressed file or attachments of an e-mail, archives inside it included."""
    max_archive_ratio: int = Field(default=200, ge=2)
    """How many times larger than packed an entry of a compressed file may be; small entries are exempt."""
    max_archive_depth: int = Field(default=2, ge=1, le=8)
    """How deep archives and e-mails may lie inside each other; 1 refuses those inside another."""
    max_pixels: int = Field(default=50_000_000, ge=1)
    """Largest image that is decoded, in pixels."""
    max_scanned_pages: int = Field(default=200, ge=0)
    """Most pages of one file that are read by text recognition; 0 reads none."""
    ocr_seconds: int = Field(default=60, ge=1, le=3600)
    """How long text recognition may take for one page, in seconds."""
    load_seconds: int = Field(default=60, ge=1, le=3600)
    """How long reading one file may take, in seconds; each scanned page of it has that time anew."""
    scan_seconds: int = Field(default=900, ge=1, le=86_400)
    """How long reading a file of scanned pages may take in all, in seconds."""
    load_memory_bytes: int = Field(default=2_000_000_000, ge=500_000_000)
    """How much memory the process that reads files may take, and the program for text recognition likewise."""
    load_output_bytes: int = Field(default=100_000_000, ge=1_000)
    """Most bytes that reading one file may give: its text, and the places of its words."""
    ocr_languages: str = Field(default="", pattern=r"^$|^[A-Za-z_]+(\+[A-Za-z_]+)*$")
    """Languages of scans as tesseract names them (`fra`, `eng+ara`); empty: found per file by its script and words."""

    def check(self, limit: str, value: int, refusal: str, error: type[LoadError] = LoadError) -> None:
        """Raise `error` if `value` exceeds the limit named `limit`; its message ends with the setting to raise."""
        if value > getattr(self, limit):
            raise error(f"{refusal}, or raise UNTOC_LOAD__{limit.upper()}")


@dataclass(frozen=True, kw_only=True)
class Extract:
    """The output of a loader: the text of a file, with its pages, notes and scanned words."""

    text: str
    """Equals the file's decoded text for plain text; newlines are kept as they are."""
    page_starts: tuple[int, ...] = ()
    """Offset at which each page begins; empty for formats without pages."""
    notes: tuple[str, ...] = ()
    """Messages for the reader, such as on pages without text; empty if all went well."""
    scanned: tuple[ScannedWord, ...] = ()
    """The words that were read by text recognition, in the order of the text."""
    incomplete: bool = False
    """Whether a later attempt could read more of the file, as when the program for scans is not installed."""
    unread: tuple[int, ...] = ()
    """Numbers of the pages that could not be read, wholly or in part; the rest is in `text`."""
    covers: bool = False
    """Whether it is a mail that covers documents, whose words are a person's and no statement."""


@dataclass(frozen=True, kw_only=True)
class LoadedText(Extract):
    """The extracted text of one file, with the hexadecimal hash of its bytes."""

    sha256: str


@contextmanager
def refusing(failures: tuple[type[Exception], ...], reason: str) -> Iterator[None]:
    """Translate the exceptions (`failures`) that a library raises on an unreadable file into a LoadError."""
    try:
        yield
    except failures as exc:
        raise LoadError(reason) from exc


def is_blank(text: str) -> bool:
    """Return whether a text contains only white space and invisible characters."""
    return not text.translate(_INVISIBLE).strip()


def sets_no_spaces(char: str) -> bool:
    """Return whether a character belongs to a script without spaces between words, such as Chinese."""
    return "\u2e80" <= char <= "\ua4cf" or "\uf900" <= char <= "\uffef"


def check_length(characters: int, name: str, limits: LoadLimits) -> None:
    """Refuse a text that is too long, with a LoadError."""
    most = limits.max_characters
    limits.check("max_characters", characters, f"{name!r} holds more than {most:,} characters of text; split the file")


def check_pages(pages: int, name: str, limits: LoadLimits) -> None:
    """Refuse a file of too many pages, with a LoadError."""
    limits.check("max_pages", pages, f"{name!r} has {pages:,} pages, more than {limits.max_pages:,}; split it")


def checked(text: str, name: str, limits: LoadLimits) -> str:
    """Return an extracted text made storable by `encodable`; raise LoadError if too long, EmptyFileError if blank."""
    check_length(len(text), name, limits)
    if is_blank(text):
        raise EmptyFileError(f"{name!r} holds no text; check that the right file was saved")
    return encodable(text)


def printable(name: str) -> str:
    """Return a file name that can be stored and printed: bytes that are not UTF-8 become backslash escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def encodable(text: str) -> str:
    """Replace characters that cannot be stored or shown (lone surrogates, NUL) by U+FFFD, one for one.

    PDF and DOCX extraction can yield such characters; the length of the text and all offsets stay the same.
    """
    return _UNENCODABLE.sub("\ufffd", text)
