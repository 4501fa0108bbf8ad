"""The store's private files: mode 700 for folders and 600 for files, whatever the umask; replacement is atomic."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

# The record, where it is a file; uploads; copies of folders that machines share.
CATALOGUE: Final = "catalogue.sqlite3"
UPLOADS: Final = "uploads"
COPIES: Final = "files"
# Patterns of what a store creates in its folder, which may hold other files too, as with `--store .`: of the folders
# of vector indexes and the files of mapped vectors, which are deleted by them, and of the rest.
INDEXES: Final = f"index-{'[0-9a-f]' * 8}"
MAPPED: Final = f"mapped-{'[0-9a-f]' * 12}-*vectors-*"
_OWN: Final = (f"{CATALOGUE}*", "desk.sqlite3*", INDEXES, MAPPED, "parties", UPLOADS, COPIES, "evals",
               "relevance.json", "served", "ingest.begun", "write.lock", "write.holder")  # fmt: skip


def own_parts(path: Path) -> set[Path]:
    """Returns the files and folders that a store has created in its folder, without any others there."""
    return {found for pattern in _OWN for found in path.glob(pattern)}


def make_store_private(path: Path) -> None:
    """Removes other users' permissions from a store's files, and from its folder if that holds nothing else.

    Permissions are only removed: a file that its owner cannot write stays so. Files of another user are skipped, and
    links are not followed.
    """
    own = own_parts(path)
    for part in own:
        _take_rights(part)
        for folder, folders, files in os.walk(part):
            for name in (*folders, *files):
                _take_rights(Path(folder, name))
    with suppress(OSError):
        if own.issuperset(path.iterdir()):
            _take_rights(path.resolve())


def make_private_folder(path: Path) -> None:
    """Creates a folder and its missing parents for their owner alone; an existing folder keeps its permissions."""
    for folder in reversed((path, *path.parents)):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    # Raises a FileExistsError if the path is a file.
    path.mkdir(exist_ok=True)


def private_opener(path: str, flags: int) -> int:
    """Opens a file for `open(…, opener=…)`; a file that is created in a private folder is private as well."""
    shared = Path(path).parent.stat().st_mode & 0o077
    return os.open(path, flags, 0o666 if shared else 0o600)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields a temporary path, whose file then replaces the one at `path`; if writing fails, the old file stays."""
    draft = path.with_name(f".{uuid4().hex}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def touch_private(path: Path) -> None:
    """Creates an empty file that only its owner can read, unless it exists or cannot be created."""
    with suppress(OSError):
        if not path.exists():
            path.touch(mode=0o600)


def _take_rights(path: Path) -> None:
    if os.name != "posix":
        return
    # Another process may delete the file meanwhile.
    with suppress(OSError):
        found = path.lstat()
        if found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode) and found.st_mode & 0o077:
            path.chmod(found.st_mode & 0o700)
