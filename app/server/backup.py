"""Backups: a store in one file, consistent while others read and write it, and back again in any folder.

`store.tar` holds snapshots of the databases, the files beside them, and `manifest.json` with their hashes. The vector
index is left out: it is made anew from the catalogue. A catalogue in PostgreSQL is written and brought back by that
server's own programs, `pg_dump` and `pg_restore`.
"""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import create_engine, delete, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from app.desk.tables import FILE, SESSIONS, open_tables
from app.errors import BackupError
from vectorstore.copying import move_uploads, regular_files
from vectorstore.database import IN_FOLDER, STORE_ID, DatabaseConfig
from vectorstore.engines import postgres_engine
from vectorstore.files import file_sha256
from vectorstore.private_files import make_private_folder, make_store_private, own_parts, private_opener

_DATABASES: Final = ("catalogue.sqlite3", FILE)
_DUMP: Final = "database.dump"
# SQLite's companions of a database, which its snapshot holds already.
_COMPANIONS: Final = tuple(f"{name}-{what}" for name in _DATABASES for what in ("wal", "shm", "journal"))
# What is made anew, or belongs to a process that runs.
_LEFT_OUT: Final = ("index-", "mapped-", "served", "write.")
_MANIFEST: Final = "manifest.json"
_UPLOADS: Final = "uploads"
# Whoever restores owns what is restored, whatever the users of the other server were called.
_PLAIN: Final = ("--no-owner", "--no-privileges")
_OTHER_KIND: Final = (
    "the catalogue of this backup is in files: restore without UNTOC_DATABASE__URL, and move it with `untoc copy`",
    "the catalogue of this backup was in PostgreSQL: set UNTOC_DATABASE__URL to an empty database",
)


@dataclass(frozen=True, kw_only=True)
class BackupReport:
    """What a backup holds: its files without the manifest, and their bytes together."""

    files: int
    size: int
    made: str


def back_up(store: Path, target: Path, database: DatabaseConfig = IN_FOLDER) -> BackupReport:
    """Writes a store into one file, for its owner alone, which is whole or not there.

    Files are read before the databases, so that one which goes meanwhile is there as well, and after them those that
    came or changed. A BackupError says that there is no store, or that the file is there already or cannot be written.
    """
    if database.url is None and not any((store / name).is_file() for name in _DATABASES):
        raise BackupError(f"there is no store in {str(store)!r} to back up: check --store")
    if target.exists():
        raise BackupError(f"{str(target)!r} is there already: give the backup another name")
    # The record names its uploads so; and a folder that is a link holds its files elsewhere.
    store = store.resolve()
    if (store / _UPLOADS).is_symlink():
        raise BackupError(
            f"{str(store / _UPLOADS)!r} is a link, whose files no backup holds: link the whole store instead"
        )
    if any(target.resolve().is_relative_to(part) for part in own_parts(store) if part.is_dir()):
        raise BackupError(f"{str(target)!r} lies in what is backed up: write the backup outside of the store")
    made, hashes = datetime.now(UTC).isoformat(timespec="seconds"), dict[str, dict[str, Any]]()
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".untoc-backup-") as folder:
            part = Path(folder, "backup.tar")
            with open(part, "wb", opener=private_opener) as file, tarfile.open(fileobj=file, mode="w") as archive:
                before = _add_files(archive, store, Path(folder), {}, hashes)
                for snapshot in _snapshots(store, Path(folder), database.url):
                    _add(archive, snapshot, snapshot.name, hashes)
                _add_files(archive, store, Path(folder), before, hashes)
                told = {"version": version("untoc"), "made": made, "store": str(store), "files": hashes}
                content = json.dumps(told, indent=1).encode()
                info = tarfile.TarInfo(_MANIFEST)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            part.replace(target)
    except (OSError, sqlite3.Error, tarfile.TarError) as exc:
        why = getattr(exc, "strerror", None) or exc
        raise BackupError(f"no backup was written to {str(target)!r} ({why}): check the disk and the store") from exc
    return BackupReport(files=len(hashes), size=sum(each["size"] for each in hashes.values()), made=made)


def restore(archive: Path, store: Path, database: DatabaseConfig = IN_FOLDER) -> BackupReport:
    """Brings a backup back into a folder that holds no store; every file is compared with the manifest first.

    Everybody is signed out, since who signed out after the backup would be signed in again. A catalogue that was in
    PostgreSQL needs an empty database. A BackupError says that the folder or the database holds something, or that the
    backup is missing, not whole, or of another engine.
    """
    store = store.resolve()
    if not archive.is_file():
        raise BackupError(f"{str(archive)!r} does not exist; check the path")
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
            if (_DUMP in told["files"]) != (database.url is not None):
                raise BackupError(_OTHER_KIND[database.url is None])
            if database.url is not None:
                _run("pg_restore", database.url, "--exit-on-error", "--single-transaction", *_PLAIN, folder / _DUMP)
                (folder / _DUMP).unlink()
            _settle(folder, database.url, Path(told["store"], _UPLOADS), store / _UPLOADS)
            if database.url is not None or (folder / FILE).is_file():
                with closing(open_tables(folder, database)) as tables:
                    tables.run(delete(SESSIONS))
            if store.exists():
                store.rmdir()
            folder.replace(store)
        make_store_private(store)
    except (OSError, ValueError, KeyError, TypeError, SQLAlchemyError, tarfile.TarError) as exc:
        why = getattr(exc, "strerror", None) or exc
        raise BackupError(f"{str(archive)!r} is no whole backup ({why}): take another one") from exc
    sizes = [each["size"] for each in told["files"].values()]
    return BackupReport(files=len(sizes), size=sum(sizes), made=told["made"])


def _files(store: Path) -> Iterator[Path]:
    """Yields the store's own files beside its databases, without what is made anew; others may lie in its folder."""
    for part in sorted(own_parts(store)):
        if part.is_dir() and not part.name.startswith(_LEFT_OUT):
            yield from (path for path in regular_files(part) if path.name not in _COMPANIONS)


def _snapshots(store: Path, folder: Path, url: SecretStr | None) -> Iterator[Path]:
    """Yields copies of the databases, each as it is at one moment."""
    if url is not None:
        _run("pg_dump", url, "--format=custom", *_PLAIN, f"--file={folder / _DUMP}")
        yield folder / _DUMP
        return
    for name in _DATABASES:
        if (store / name).is_file():
            _snapshot(store / name, folder / name)
            yield folder / name


def _run(program: str, url: SecretStr, *arguments: str | Path) -> None:
    """Runs one of PostgreSQL's programs on a database; the password is not among its arguments, which others see."""
    from psycopg.conninfo import make_conninfo

    found = make_url(url.get_secret_value())
    named: dict[str, str | int | None] = {name: str(value) for name, value in found.query.items()}
    named |= {"host": found.host, "port": found.port, "user": found.username, "dbname": found.database}
    known = {**os.environ, "PGPASSWORD": found.password} if found.password else None
    command = [program, *map(str, arguments), "--dbname", make_conninfo("", **named)]
    try:
        subprocess.run(command, env=known, check=True, capture_output=True, text=True)
    except FileNotFoundError as exc:
        raise BackupError(
            f"there is no program {program!r}: install PostgreSQL's client, as new as its server"
        ) from exc
    except subprocess.CalledProcessError as exc:
        raise BackupError(f"{program} did not succeed: {' '.join(exc.stderr.split())[:500]}") from exc


def _snapshot(database: Path, target: Path) -> None:
    """Copies a database as it is at one moment, while others write it.

    Source: https://www.sqlite.org/backup.html
    """
    address = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _add_files(
    archive: tarfile.TarFile,
    store: Path,
    folder: Path,
    before: Mapping[str, tuple[int, int]],
    hashes: dict[str, dict[str, Any]],
) -> dict[str, tuple[int, int]]:
    """Adds the files that are not as they were before; returns their sizes and times. Of two copies the last counts.

    Databases among them, as of the stores that evaluations fill, are added as snapshots, which are made in `folder`.
    """
    found = {}
    for path in _files(store):
        # What is gone before it could be read went with its statement.
        with suppress(FileNotFoundError):
            name, stat = path.relative_to(store).as_posix(), path.stat()
            found[name] = (stat.st_size, stat.st_mtime_ns)
            if before.get(name) == found[name]:
                continue
            if path.name in _DATABASES:
                _snapshot(path, snapshot := folder / "other.sqlite3")
                path = snapshot
            _add(archive, path, name, hashes)
    return found


def _add(archive: tarfile.TarFile, path: Path, name: str, hashes: dict[str, dict[str, Any]]) -> None:
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
        if file_sha256(path) != files[name]["sha256"]:
            raise ValueError(f"{name!r} has changed")


def _settle(folder: Path, url: SecretStr | None, before: Path, after: Path) -> None:
    """Tells the catalogue where its uploads are now, and that it is another store than the one that was backed up.

    In the same Chroma server both would write, and make anew, one index. What waited for workers is given up, by name:
    nobody waits for it here, and what it would take in may have changed where it came from.
    """
    file = folder / _DATABASES[0]
    if url is None and not file.is_file():
        return
    named = text("UPDATE meta SET value = :value WHERE key = :key")
    engine = create_engine(f"sqlite:///{file}") if url is None else postgres_engine(url.get_secret_value())
    if url is not None:
        engine = engine.execution_options(isolation_level="READ COMMITTED")
    try:
        with engine.begin() as connection:
            move_uploads(connection, before, after)
            connection.execute(named, {"key": STORE_ID, "value": token_hex(6)})
            if url is not None:
                from vectorstore.jobs import give_up_all

                give_up_all(connection, "it was under way when the backup was made")
    finally:
        engine.dispose()
