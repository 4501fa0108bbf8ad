"""Files of the store: folders are 700 and files 600, whatever the umask says; a new file takes its place as a whole."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

# What a store makes in its folder; other files may lie beside these, as in `--store .`.
_OWN: Final = ("catalogue.sqlite3*", "desk.sqlite3*", "index-*", "mapped-*", "parties", "uploads", "files", "evals",
               "served", "write.lock", "write.holder")  # fmt: skip


def own_parts(path: Path) -> set[Path]:
    """Returns the files and folders that a store has made in its folder, and nothing else that lies there."""
    return {found for pattern in _OWN for found in path.glob(pattern)}


def make_store_private(path: Path) -> None:
    """Takes all rights of others from what a store holds, and from its folder where nothing else lies in it.

    Rights are only taken: what its owner may not write stays so. What belongs to another user is passed over, and
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
    """Makes a folder, and those above it that are missing, for its owner alone; one that is there stays as it is."""
    for folder in reversed((path, *path.parents)):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    # Says what is wrong where a file of that name is in the way.
    path.mkdir(exist_ok=True)


def private_opener(path: str, flags: int) -> int:
    """Opens a file for `open(…, opener=…)`; one that is made in a folder for its owner alone is so itself."""
    shared = Path(path).parent.stat().st_mode & 0o077
    return os.open(path, flags, 0o666 if shared else 0o600)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields where to write a file that then takes its place at a path; where that fails, what stood there stays."""
    draft = path.with_name(f".{uuid4().hex}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def touch_private(path: Path) -> None:
    """Makes an empty file that only its owner can read, unless it exists or cannot be made."""
    with suppress(OSError):
        if not path.exists():
            path.touch(mode=0o600)


def _take_rights(path: Path) -> None:
    if os.name != "posix":
        return
    # Another process may delete it meanwhile.
    with suppress(OSError):
        found = path.lstat()
        if found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode) and found.st_mode & 0o077:
            path.chmod(found.st_mode & 0o700)
