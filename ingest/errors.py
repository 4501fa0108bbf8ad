"""What can go wrong between a file and the store.

    IngestError
    ├── LoadError                 one file could not be read
    │   ├── UnsupportedFormatError    no loader for its suffix
    │   ├── EmptyFileError            nothing in it to read
    │   ├── ChangedFileError          no longer the file that was ingested
    │   └── ArchiveTooLargeError      its contents together exceed a limit
    ├── ManifestError             statements.csv as a whole could not be read or written
    ├── PartyTableError           parties.csv could not be read
    └── IngestStoppedError        another process wrote to the store for too long; also a StoreLockedError

Each message says what happened, to what, and what to do next.
"""

from typing import Literal

from ingest.report import IngestReport
from vectorstore.errors import StoreLockedError


class IngestError(Exception):
    """Base of all errors of this package."""


class LoadError(IngestError):
    """One file could not be read; the others of a batch are not affected. `result` is its outcome in the report."""

    result: Literal["failed", "skipped"] = "failed"

    def __init__(self, message: str, result: Literal["failed", "skipped"] | None = None) -> None:
        super().__init__(message)
        if result is not None:
            self.result = result


class UnsupportedFormatError(LoadError):
    """No loader reads files of this suffix."""

    result = "skipped"


class EmptyFileError(LoadError):
    """The file holds no text, or nothing but white space."""

    result = "skipped"


class ArchiveTooLargeError(LoadError):
    """The contents of an archive and of the archives inside it together exceed a limit."""


class ChangedFileError(LoadError):
    """The file that a statement came from is gone or holds something else."""


class ManifestError(IngestError):
    """The manifest as a whole could not be read or written; a single bad row is one of its `problems`."""


class PartyTableError(IngestError):
    """A table of parties could not be read."""


class IngestStoppedError(IngestError, StoreLockedError):
    """An ingest gave up waiting for another process that writes; `report` says what it had stored by then."""

    def __init__(self, message: str, report: IngestReport) -> None:
        super().__init__(message)
        self.report = report
