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
        self._folder = store.path / FOLDER

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Gives a new folder for files to ingest; at the end, those that no statement came from are deleted."""
        self.forget_broken()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        made = Path(mkdtemp(dir=self._folder))
        try:
            yield made
        finally:
            for folder in (made, *self._left_behind()):
                self.prune(folder)

    def forget_broken(self) -> None:
        """Forgets which files of earlier uploads could not be read: their uploader was told, and they are gone."""
        with self._store.writer(sync=False):
            self._store.catalogue.forget_unreadable(str(self._folder))

    def prune(self, folder: Path) -> None:
        """Deletes the files of an upload's folder that no statement came from; any other folder is left alone."""
        if folder.parent != self._folder:
            return
        # A file inside an archive is kept with it.
        came = (s.file for s in self._store.catalogue.documents() if s.folder == str(folder))
        held = {Path(file).parts[0] for file in came}
        # What is gone already is as it should be.
        with suppress(OSError):
            if not held:
                shutil.rmtree(folder)
                return
            for file in folder.iterdir():
                if file.name not in held and file.suffix.lower() not in _DESCRIBING:
                    file.unlink()

    def _left_behind(self) -> list[Path]:
        begun = time.time() - _LEFT_BEHIND
        return [folder for folder in self._folder.iterdir() if folder.is_dir() and folder.stat().st_mtime < begun]
