"""Uploads: files ingested from the chat, kept in the store as long as it holds a statement from them.

Their pages are shown beside quotations; an upload that gave no statement is deleted.
"""

import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from filelock import FileLock

from vectorstore.private_files import UPLOADS
from vectorstore.store import Store

# Names of the folders that `mkdtemp` makes: others may lie beside them, as with `--store .`.
_UPLOAD: Final = re.compile(r"tmp[a-z0-9_]{8}")
# Suffixes of tables that describe the files beside them, such as `statements.csv`, and are deleted with the last one.
_TABLE_SUFFIXES: Final = frozenset({".csv"})
# Seconds after which an upload counts as over: files in it without a statement are then left from a killed ingest.
_OVER_SECONDS: Final = 24 * 3600.0
# What the mark of an upload holds while it runs.
_BEGUN: Final = "begun"


class UploadsStore:
    """The uploads of one store: their pages are shown beside quotations, and the doctor checks their hashes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # Symbolic links resolved, as in the folder names of the catalogue.
        self._folder = (store.path / UPLOADS).resolve()

    @contextmanager
    def folder(self, person: str | None = None) -> Iterator[Path]:
        """Yields a new folder for files to ingest; on exit, those that gave no statement are deleted.

        A locked file beside it marks it as an upload of a `person`. If the server stops before the exit, the file is
        left without a lock, by which `broken_off` knows.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        made = Path(mkdtemp(prefix="tmp", dir=self._folder))
        try:
            with nullcontext() if person is None else _marked(made.with_suffix(_mark_of(person))):
                yield made
        finally:
            self.remove(made)
            self.tidy()

    def broken_off(self, person: str) -> int:
        """Returns how many uploads of a person were broken off when a server stopped; each is told of once."""
        count = 0
        for mark in self._folder.glob(f"*{_mark_of(person)}"):
            # A mark that is not written yet, or no more, is of an upload that begins or ends just now.
            with suppress(OSError), FileLock(mark, timeout=0):
                count += mark.read_text(encoding="ascii") == _BEGUN
                mark.unlink(missing_ok=True)
        return count

    def tidy(self) -> None:
        """Deletes files without a statement from uploads that are over, by the age of their folder."""
        oldest = time.time() - _OVER_SECONDS
        with suppress(FileNotFoundError):
            for folder in [each for each in self._folder.iterdir() if each.is_dir() and each.stat().st_mtime < oldest]:
                self.remove(folder)

    def forget_broken(self) -> None:
        """Removes notes of unreadable files of earlier uploads: their uploader was told, and the files are deleted."""
        with self._store.writer(sync=False):
            self._store.catalogue.forget_unreadable(self._folder)

    def remove(self, folder: Path, file: str | None = None) -> None:
        """Deletes files without a statement from the folder of an upload; does nothing for any other folder.

        With the `file` of a removed statement, deletes that one alone: those beside it may still be being ingested.
        """
        if folder.parent != self._folder or not _UPLOAD.fullmatch(folder.name):
            return
        # A file inside an archive stands for the archive, which is kept or deleted as a whole.
        only = Path(file).parts[0] if file is not None else None
        documents = self._store.catalogue.documents()
        with_statement = {Path(s.file).parts[0] for s in documents if s.folder == str(folder)}
        # Files that are gone already need no deleting.
        with suppress(OSError):
            files = set(folder.iterdir())
            tables = {file for file in files if file.suffix.lower() in _TABLE_SUFFIXES}
            unneeded = {f for f in files - tables if f.name not in with_statement and only in (None, f.name)}
            emptied = not with_statement and unneeded | tables == files
            if emptied:
                unneeded = files
            if self._store.files is not None:
                self._store.files.remove([f for f in unneeded if f.is_file()], {s.sha256 for s in documents})
            if emptied:
                shutil.rmtree(folder)
                return
            for each in unneeded:
                with suppress(OSError):
                    each.unlink()


@contextmanager
def _marked(mark: Path) -> Iterator[None]:
    with FileLock(mark, mode=0o600):
        mark.write_text(_BEGUN, encoding="ascii")
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)


def _mark_of(person: str) -> str:
    return f".{hashlib.sha256(person.encode()).hexdigest()[:16]}"
