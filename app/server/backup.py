"""Backups: a store in one file, consistent while others read and write it, and back again in any folder.

`store.tar` holds snapshots of the databases, the files beside them, and `manifest.json` with their hashes. The vector
index is left out: it is made anew from the record. A record in a database server is backed up by that server's own
means; this takes what lies in the store's folder.
"""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from app.errors import BackupError
from vectorstore.private import make_private_folder, make_store_private, private_opener

_DATABASES: Final = ("catalogue.sqlite3", "desk.sqlite3")
# What is made anew, or belongs to a process that runs.
_LEFT_OUT: Final = ("index-", "served", "write.")
_MANIFEST: Final = "manifest.json"
_UPLOADS: Final = "uploads"


@dataclass(frozen=True, kw_only=True)
class BackupReport:
    """What a backup holds: its files without the manifest, and their bytes together."""

    files: int
    size: int
    made: str


def back_up(store: Path, target: Path) -> BackupReport:
    """Writes a store into one file, which is whole or not there.

    Files are read before and after the databases, so that one which came or went meanwhile is there as well.

    Raises:
        BackupError: There is no store, the file is there already, or it cannot be written.
    """
    if not any((store / name).is_file() for name in _DATABASES):
        raise BackupError(f"there is no store in {str(store)!r} to back up: check --store")
    if target.exists():
        raise BackupError(f"{str(target)!r} is there already: give the backup another name")
    made, hashes = datetime.now(UTC).isoformat(timespec="seconds"), dict[str, dict[str, Any]]()
    part = target.with_name(f".{target.name}.part")
    try:
        with (
            TemporaryDirectory(dir=target.parent, prefix=".untoc-backup-") as folder,
            open(part, "wb", opener=private_opener) as file,
            tarfile.open(fileobj=file, mode="w") as archive,
        ):
            for path in _files(store):
                _add(archive, path, path.relative_to(store).as_posix(), hashes)
            for name in _DATABASES:
                if (store / name).is_file():
                    snapshot = Path(folder, name)
                    _snapshot(store / name, snapshot)
                    _add(archive, snapshot, name, hashes)
            for path in _files(store):
                if (name := path.relative_to(store).as_posix()) not in hashes:
                    _add(archive, path, name, hashes)
            told = {"version": version("untoc"), "made": made, "store": str(store.absolute()), "files": hashes}
            content = json.dumps(told, indent=1).encode()
            info = tarfile.TarInfo(_MANIFEST)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        part.replace(target)
    except (OSError, sqlite3.Error, tarfile.TarError) as exc:
        with suppress(OSError):
            part.unlink()
        why = getattr(exc, "strerror", None) or exc
        raise BackupError(f"no backup was written to {str(target)!r} ({why}): check the disk and the store") from exc
    return BackupReport(files=len(hashes), size=sum(each["size"] for each in hashes.values()), made=made)


def restore(archive: Path, store: Path) -> BackupReport:
    """Brings a backup back into a folder that holds no store; every file is compared with the manifest first.

    Raises:
        BackupError: The folder holds something, or the backup is not whole.
    """
    if store.exists() and any(store.iterdir()):
        raise BackupError(f"{str(store)!r} is not empty: restore into a new folder with --store, and use that one then")
    make_private_folder(store.parent)
    try:
        with TemporaryDirectory(dir=store.parent, prefix=".untoc-restore-") as name, tarfile.open(archive) as file:
            folder = Path(name, "store")
            make_private_folder(folder)
            file.extractall(folder, filter="data")
            told = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            (folder / _MANIFEST).unlink()
            _compare(folder, told["files"])
            _move_uploads(folder / _DATABASES[0], told["store"], str(store.absolute()))
            if store.exists():
                store.rmdir()
            folder.replace(store)
        make_store_private(store)
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error, tarfile.TarError) as exc:
        why = getattr(exc, "strerror", None) or exc
        raise BackupError(f"{str(archive)!r} is no whole backup ({why}): take another one") from exc
    sizes = [each["size"] for each in told["files"].values()]
    return BackupReport(files=len(sizes), size=sum(sizes), made=told["made"])


def _files(store: Path) -> Iterator[Path]:
    """Yields the files beside the databases, without what is made anew."""
    for folder, _, names in os.walk(store):
        for name in sorted(names):
            path = Path(folder, name)
            first = path.relative_to(store).parts[0]
            if not first.startswith((*_LEFT_OUT, *_DATABASES)) and not path.is_symlink() and path.is_file():
                yield path


def _snapshot(database: Path, target: Path) -> None:
    """Copies a database as it is at one moment, while others write it.

    Source: https://www.sqlite.org/backup.html
    """
    address = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _add(archive: tarfile.TarFile, path: Path, name: str, hashes: dict[str, dict[str, Any]]) -> None:
    # What is gone before it could be read went with its statement.
    with suppress(FileNotFoundError):
        with path.open("rb") as file:
            info = archive.gettarinfo(arcname=name, fileobj=file)
            info.mode, info.uid, info.gid, info.uname, info.gname = 0o600, 0, 0, "", ""
            hashed = _Hashed(file)
            archive.addfile(info, hashed)
        hashes[name] = {"size": info.size, "sha256": hashed.sha256.hexdigest()}


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sha256.update(data)
        return data


def _compare(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    if found.keys() != files.keys():
        raise ValueError(f"{len(found.keys() ^ files.keys())} files are missing or not of it")
    for name, path in found.items():
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != files[name]["sha256"]:
                raise ValueError(f"{name!r} has changed")


def _move_uploads(database: Path, old: str, new: str) -> None:
    """Tells the record where its uploads are now."""
    if old == new or not database.is_file():
        return
    before = str(Path(old, _UPLOADS)) + os.sep
    after = str(Path(new, _UPLOADS)) + os.sep
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE documents SET folder = ? || substr(folder, ?) WHERE substr(folder, 1, ?) = ?",
            (after, len(before) + 1, len(before), before),
        )
