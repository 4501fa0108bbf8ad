"""Backups: writes a store into one consistent tar file while it is in use, and restores it into any folder.

The tar file holds snapshots of the databases, the store's other files, and `manifest.json` with the hashes of all. The
vector index is left out, since it is rebuilt from the catalogue. A catalogue in PostgreSQL is dumped and restored by
that server's own programs, `pg_dump` and `pg_restore`.
"""

import gzip
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import zlib
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
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from app.desk.tables import FILE, SESSIONS, open_tables
from app.errors import BackupError
from vectorstore.copying import move_paths, regular_files
from vectorstore.database import IN_FOLDER, STORE_ID, DatabaseConfig
from vectorstore.engines import postgres_engine
from vectorstore.private_files import (
    CATALOGUE,
    COPIES,
    UPLOADS,
    make_private_folder,
    make_store_private,
    own_parts,
    private_opener,
)
from vectorstore.shared_files import file_sha256

_DATABASES: Final = (CATALOGUE, FILE)
_DUMP: Final = "database.dump"
# Files that SQLite keeps beside a database, whose content the snapshots already include.
_COMPANIONS: Final = tuple(f"{name}-{what}" for name in _DATABASES for what in ("wal", "shm", "journal"))
# Prefixes of parts that are rebuilt (indexes), or that belong to a running process.
_LEFT_OUT: Final = ("index-", "mapped-", "served", "ingest.", "write.")
_MANIFEST: Final = "manifest.json"
# Folders whose files are in the catalogue by their whole path: uploads, and copies of files that machines share.
_NAMED: Final = (UPLOADS, COPIES)
# The restoring user becomes the owner, since the other server's users may not exist here.
_PLAIN: Final = ("--no-owner", "--no-privileges")
# Errors by which a backup, which somebody may have compressed, or a database in it shows that it is not whole.
_OF_BACKUP: Final = (
    ValueError, KeyError, TypeError, EOFError, tarfile.TarError, gzip.BadGzipFile, zlib.error, FileNotFoundError,
    DatabaseError,
)  # fmt: skip
_OTHER_KIND: Final = (
    "the catalogue of this backup is in files: restore without UNTOC_DATABASE__URL, and move it with `untoc copy`",
    "the catalogue of this backup was in PostgreSQL: set UNTOC_DATABASE__URL to an empty database",
)


@dataclass(frozen=True, kw_only=True)
class BackupReport:
    """The content of a backup: the number of files without the manifest, their bytes in total, and its time."""

    files: int
    size: int
    made: str


def back_up(store: Path, target: Path, database: DatabaseConfig = IN_FOLDER) -> BackupReport:
    """Writes a store into one file that only its owner can read; an incomplete file never appears.

    Files are added before the databases, so that one deleted meanwhile is included, and again after them if they are
    new or changed. Raises a BackupError if there is no store, or the target exists already or cannot be written.
    """
    if database.url is None and not any((store / name).is_file() for name in _DATABASES):
        raise BackupError(f"there is no store in {str(store)!r} to back up: check --store")
    if target.exists():
        raise BackupError(f"{str(target)!r} is there already: give the backup another name")
    # The catalogue holds resolved paths of uploads; and the files of a linked folder lie outside of the store.
    store = store.resolve()
    if (store / UPLOADS).is_symlink():
        raise BackupError(
            f"{str(store / UPLOADS)!r} is a link, whose files no backup holds: link the whole store instead"
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
                manifest = {"version": version("untoc"), "made": made, "store": str(store), "files": hashes}
                Path(folder, _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
                _add(archive, Path(folder, _MANIFEST), _MANIFEST, {})
            part.replace(target)
    except (OSError, sqlite3.Error, tarfile.TarError) as exc:
        why = getattr(exc, "strerror", None) or exc
        raise BackupError(f"no backup was written to {str(target)!r} ({why}): check the disk and the store") from exc
    return BackupReport(files=len(hashes), size=sum(entry["size"] for entry in hashes.values()), made=made)


def restore(archive: Path, store: Path, database: DatabaseConfig = IN_FOLDER) -> BackupReport:
    """Restores a backup into a new or empty folder, after comparing every file with the manifest.

    All sessions are deleted, since those that people ended after the backup would be valid again. A catalogue that was
    in PostgreSQL needs an empty database. Raises a BackupError if the folder or the database is not empty, or the
    backup is missing, incomplete, or of another engine than `database`.
    """
    store = store.resolve()
    if not archive.is_file():
        raise BackupError(f"{str(archive)!r} does not exist; check the path")
    advice = "check the disk, the path and rights"
    try:
        if store.exists() and any(store.iterdir()):
            raise BackupError(
                f"{str(store)!r} is not empty: restore into a new folder with --store, and use that one then"
            )
        make_private_folder(store.parent)
        with TemporaryDirectory(dir=store.parent, prefix=".untoc-restore-") as name, tarfile.open(archive) as file:
            folder = Path(name, "store")
            make_private_folder(folder)
            file.extractall(folder, filter="data")
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            (folder / _MANIFEST).unlink()
            _compare(folder, manifest["files"])
            if (_DUMP in manifest["files"]) != (database.url is not None):
                raise BackupError(_OTHER_KIND[database.url is None])
            if database.url is not None:
                _run("pg_restore", database.url, "--exit-on-error", "--single-transaction", *_PLAIN, folder / _DUMP)
                advice += "; the database holds the record by now: empty it before you try again"
                (folder / _DUMP).unlink()
            _update_catalogue(folder, database.url, Path(manifest["store"]), store)
            if database.url is not None or (folder / FILE).is_file():
                with closing(open_tables(folder, database)) as tables:
                    tables.run(delete(SESSIONS))
            if store.exists():
                store.rmdir()
            folder.replace(store)
        make_store_private(store)
    except (*_OF_BACKUP, OSError, SQLAlchemyError) as exc:
        why = getattr(exc, "strerror", None) or getattr(exc, "orig", exc)
        if isinstance(exc, _OF_BACKUP) and not isinstance(exc, OperationalError):
            raise BackupError(f"{str(archive)!r} is no whole backup ({why}): take another one") from exc
        # Of the machine and not of the backup: a full disk, rights, a store that is a file, a server that is away.
        raise BackupError(f"{str(store)!r} cannot be written ({why}): {advice}") from exc
    sizes = [entry["size"] for entry in manifest["files"].values()]
    return BackupReport(files=len(sizes), size=sum(sizes), made=manifest["made"])


def _files(store: Path) -> Iterator[Path]:
    """Yields the files that the store itself made, except its databases, `_LEFT_OUT` and `_COMPANIONS`."""
    for part in sorted(own_parts(store)):
        if not part.name.startswith((*_LEFT_OUT, *_DATABASES)):
            yield from (path for path in regular_files(part) if path.name not in _COMPANIONS)


def _snapshots(store: Path, folder: Path, url: SecretStr | None) -> Iterator[Path]:
    """Yields snapshots of the databases, each consistent in itself."""
    if url is not None:
        _run("pg_dump", url, "--format=custom", *_PLAIN, f"--file={folder / _DUMP}")
        yield folder / _DUMP
        return
    for name in _DATABASES:
        if (store / name).is_file():
            _snapshot(store / name, folder / name)
            yield folder / name


def _run(program: str, url: SecretStr, *arguments: str | Path) -> None:
    """Runs a PostgreSQL program on a database; the password is not an argument, since other users can see those."""
    from psycopg.conninfo import make_conninfo

    address = make_url(url.get_secret_value())
    options: dict[str, str | int | None] = {name: str(value) for name, value in address.query.items()}
    options |= {"host": address.host, "port": address.port, "user": address.username, "dbname": address.database}
    environment = {**os.environ, "PGPASSWORD": address.password} if address.password else None
    command = [program, *map(str, arguments), "--dbname", make_conninfo("", **options)]
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    except FileNotFoundError as exc:
        raise BackupError(
            f"there is no program {program!r}: install PostgreSQL's client, as new as its server"
        ) from exc
    except subprocess.CalledProcessError as exc:
        raise BackupError(f"{program} did not succeed: {' '.join(exc.stderr.split())[:500]}") from exc


def _snapshot(database: Path, target: Path) -> None:
    """Copies a SQLite database consistently, while other processes write it.

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
    """Adds the files whose size or time is not that in `before`; returns the sizes and times of all files.

    The last copy of a file counts. Databases, as in stores of evaluations, are added as snapshots made in `folder`.
    """
    found = {}
    for path in _files(store):
        # A file that is gone before it is read was removed with its statement.
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
    """A file that updates a SHA-256 hash while it is read."""

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


def _update_catalogue(folder: Path, url: SecretStr | None, before: Path, after: Path) -> None:
    """Updates a restored catalogue: new paths of the store's own files, a new store id, no index, and no queued jobs.

    With the same id, both stores would write and rebuild one index in a Chroma server. Queued files are recorded as
    given up, by name, since nobody waits for them here, and they may have changed since.
    """
    file = folder / CATALOGUE
    if url is None and not file.is_file():
        return
    set_value = text("UPDATE meta SET value = :value WHERE key = :key")
    engine = create_engine(f"sqlite:///{file}") if url is None else postgres_engine(url.get_secret_value())
    if url is not None:
        engine = engine.execution_options(isolation_level="READ COMMITTED")
    try:
        with engine.begin() as connection:
            for name in _NAMED:
                move_paths(connection, before / name, after / name)
            connection.execute(set_value, {"key": STORE_ID, "value": token_hex(6)})
            connection.execute(text("DELETE FROM meta WHERE substr(key, 1, 6) = 'index_'"))
            if url is not None:
                from vectorstore.jobs import give_up_all

                give_up_all(connection, "it was under way when the backup was made")
    finally:
        engine.dispose()
