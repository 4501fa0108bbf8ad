"""Copies of the tables of parties (`parties.csv`) that came with ingested folders; their parties belong to the store.

The name of a copy has a hash of its folder and one of its bytes, so that a corrected table has another name.
"""

import errno
import hashlib
import os
from pathlib import Path

from vectorstore.errors import StoreFullError, StoreReadOnlyError
from vectorstore.private_files import replacing
from vectorstore.shared_files import PARTY_TABLES, SharedFiles


class PartyFiles:
    """The copies in one store; whoever changes them holds the write lock."""

    def __init__(self, store: Path, shared: SharedFiles | None) -> None:
        self._store, self._folder, self._shared = store, store / "parties", shared

    def paths(self, *, other_than: Path | None = None) -> tuple[Path, ...]:
        """Returns the paths of the copies, except that of the file `other_than`."""
        prefix = None if other_than is None else _prefix(other_than)
        found = sorted(self._folder.glob(PARTY_TABLES))
        return tuple(path for path in found if prefix is None or not path.name.startswith(prefix))

    def keep(self, path: Path, table: Path | None = None) -> None:
        """Stores a copy of a folder's `parties.csv`, in place of an older copy.

        The copy is named by the folder of `path`; the file of an archive is read from somewhere else, `table`.
        """
        try:
            self.write(_prefix(path), (table or path).read_bytes())
        except OSError as exc:
            kind = StoreFullError if exc.errno in (errno.ENOSPC, errno.EDQUOT) else StoreReadOnlyError
            raise kind(
                f"{str(path)!r} cannot be copied into the store {str(self._store)!r} ({exc.strerror}): check the"
                " permissions and the free space of both"
            ) from exc

    def write(self, prefix: str, data: bytes) -> None:
        """Writes the copy whose name begins with `prefix`, which stands for its folder."""
        kept = self._folder / f"{prefix}{hashlib.sha256(data).hexdigest()[:16]}.csv"
        if kept.exists():
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with replacing(kept) as draft:
            draft.write_bytes(data)
            # The old copy is deleted first, since two copies that contradict each other could not be loaded.
            for old in self._folder.glob(f"{prefix}*.csv"):
                old.unlink()
        if self._shared is not None:
            self._shared.replace_table(kept)

    def move(self, folder: Path, to: Path) -> None:
        """Assigns the copy of a folder's table to another folder."""
        for table in sorted(self._folder.glob(f"{_prefix(folder / 'parties.csv')}*.csv")):
            self.write(_prefix(to / "parties.csv"), table.read_bytes())
            table.unlink(missing_ok=True)
            if self._shared is not None:
                self._shared.remove_table(table)

    def sync(self) -> None:
        """Syncs the copies with those of other machines; a caller that only reads the store may call it too."""
        if self._shared is not None:
            self._shared.sync_party_tables(self._folder)


def _prefix(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve().parent)).hexdigest()[:8] + "-"
