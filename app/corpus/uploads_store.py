"""Uploads: files that were ingested from the chat, kept in the store as long as a statement came from them.

Their pages are shown beside quotations; an upload that gave no statement is deleted.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from vectorstore.store import Store

FOLDER: Final = "uploads"
# What describes the files beside it, and goes when they are gone.
_DESCRIBING: Final = frozenset({".csv"})
# Seconds after which an upload is no longer under way; what no statement came from, a killed ingest left.
_LEFT_BEHIND: Final = 24 * 3600.0


class UploadsStore:
    """The uploads of one store: their pages are shown beside quotations, and the doctor compares them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # As the record names it, whatever links lead there.
        self._folder = (store.path / FOLDER).resolve()

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Gives a new folder for files to ingest; at the end, those that no statement came from are deleted."""
        self.forget_broken()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        made = Path(mkdtemp(dir=self._folder))
        try:
            yield made
        finally:
            self.remove(made)
            self.tidy()

    def tidy(self) -> None:
        """Deletes what no statement came from of uploads that are no longer under way."""
        begun = time.time() - _LEFT_BEHIND
        with suppress(FileNotFoundError):
            for folder in [each for each in self._folder.iterdir() if each.is_dir() and each.stat().st_mtime < begun]:
                self.remove(folder)

    def forget_broken(self) -> None:
        """Forgets which files of earlier uploads could not be read: their uploader was told, and they are gone."""
        with self._store.writer(sync=False):
            self._store.catalogue.forget_unreadable(str(self._folder))

    def remove(self, folder: Path, file: str | None = None) -> None:
        """Deletes the files of an upload's folder that no statement came from; any other folder is left alone.

        Of a removed statement its `file` alone goes, since those beside it may still be under way.
        """
        if folder.parent != self._folder:
            return
        # A file inside an archive is kept with it.
        only = Path(file).parts[0] if file is not None else None
        documents = self._store.catalogue.documents()
        held = {Path(s.file).parts[0] for s in documents if s.folder == str(folder)}
        # What is gone already is as it should be.
        with suppress(OSError):
            files = set(folder.iterdir())
            describing = {file for file in files if file.suffix.lower() in _DESCRIBING}
            gone = {f for f in files - describing if f.name not in held and only in (None, f.name)}
            emptied = not held and gone | describing == files
            if emptied:
                gone = files
            if self._store.files is not None:
                self._store.files.remove([f for f in gone if f.is_file()], {s.sha256 for s in documents})
            if emptied:
                shutil.rmtree(folder)
                return
            for each in gone:
                each.unlink()
