"""Shared storage for several machines: one address with files, named by the hash of their bytes, and party tables.

Each machine keeps copies in its store folder, which has the same path on all machines, and fetches missing files.
"""

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pydantic import BaseModel, SecretStr

from vectorstore.errors import FileGoneError, StoreAwayError, StoreError
from vectorstore.private_files import COPIES, UPLOADS, make_private_folder, replacing

# Names of copies of ingested folders, beside which other folders may lie.
_COPY: Final = re.compile(r".*-[0-9a-f]{8}", re.DOTALL)
# Pattern of the names of party tables, likewise: the last part is of the hash of their bytes.
PARTY_TABLES: Final = f"*-{'[0-9a-f]' * 16}.csv"


class FilesConfig(BaseModel, frozen=True, extra="forbid"):
    """Where the files are that workers on several machines ingest."""

    url: SecretStr | None = None
    """A folder or bucket that all machines reach, file:///srv/files or s3://…; default: all see the same paths."""


SAME_PATHS: Final = FilesConfig()


class SharedFiles:
    """The files of a store in the shared storage at an address."""

    def __init__(self, url: str, store: Path) -> None:
        """Prepares access; raises a StoreError for an address that fsspec does not know."""
        import fsspec

        self._url, self._store = _without_login(url), store
        try:
            self._files, self._root = fsspec.url_to_fs(url)
        except (ImportError, ValueError) as exc:
            raise StoreError(
                f"UNTOC_FILES__URL={self._url!r} cannot be used ({_without_login(str(exc))}): for s3:// install"
                " `s3fs`, for other addresses what fsspec asks for"
            ) from exc

    def place(self, folder: Path) -> Path:
        """Returns the path at which every machine keeps its copy of a folder."""
        if self.is_own(folder):
            return folder
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
        return self._store.resolve() / COPIES / f"{folder.name}-{digest}"

    def is_own(self, path: Path) -> bool:
        """Returns whether a path is, or lies in, a copy or an upload that the store keeps."""
        store = self._store.resolve()
        above = (path, *path.parents)
        return any(
            each.parent == store / UPLOADS or (each.parent == store / COPIES and _COPY.fullmatch(each.name))
            for each in above
        )

    def send(self, folder: Path, files: Iterable[Path]) -> tuple[dict[str, str], dict[Path, OSError]]:
        """Uploads missing files of a folder; returns hashes by relative name, and the errors of unreadable files."""
        listing, unread = {}, {}
        self._make(self._root)
        for path in files:
            try:
                sha256, size = file_sha256(path), path.stat().st_size
            except OSError as exc:
                unread[path] = exc
                continue
            with self._translated():
                blob = f"{self._root}/{sha256}"
                # An upload that was interrupted left another size, and is repeated.
                if not self._files.exists(blob) or self._files.size(blob) != size:
                    self._files.put_file(str(path), blob)
            listing[path.relative_to(folder).as_posix()] = sha256
        return listing, unread

    def fetch_all(self, folder: Path, listing: Mapping[str, str], *, whole: bool) -> None:
        """Fetches files, by name with their hashes, to the copy of a folder; if `whole`, deletes others there."""
        for name, sha256 in listing.items():
            self.fetch(folder / name, sha256)
        # Deletes only inside copies, and no hidden files, which an ingest does not list.
        if whole and self._store.resolve() / COPIES in folder.parents and self.is_own(folder):
            for path in [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]:
                if path.relative_to(folder).as_posix() not in listing:
                    path.unlink(missing_ok=True)

    def fetch(self, path: Path, sha256: str) -> None:
        """Fetches the file of a hash to a path; raises a FileGoneError if it is missing, or the path in no copy."""
        if _holds(path, sha256):
            return
        if not self.is_own(path):
            raise FileGoneError(f"{str(path)!r} is no copy that this store keeps: ingest its folder again")
        with self._translated(), self._fetched(f"{self._root}/{sha256}", path) as draft:
            if not _holds(draft, sha256):
                # Deleted, since `send` does not upload a file again whose size is right.
                self._files.rm_file(f"{self._root}/{sha256}")
                raise FileGoneError(f"{path.name!r} was damaged in {self._url!r}: ingest it again")

    @contextmanager
    def _fetched(self, source: str, path: Path) -> Iterator[Path]:
        """Yields a temporary download, which replaces `path` unless the caller raises; safe for several at a time."""
        make_private_folder(path.parent)
        with replacing(path) as draft:
            self._files.get_file(source, str(draft))
            yield draft

    def remove(self, paths: Iterable[Path], needed: Collection[str]) -> None:
        """Deletes the shared copies of local files, except those whose hashes are `needed`."""
        with self._translated():
            for sha256 in {file_sha256(path) for path in paths}.difference(needed):
                if self._files.exists(f"{self._root}/{sha256}"):
                    self._files.rm_file(f"{self._root}/{sha256}")

    def sync_party_tables(self, folder: Path) -> None:
        """Syncs party tables both ways; of two for one folder the shared one wins, and the local one is deleted."""
        with self._translated():
            tables = f"{self._root}/parties"
            self._make(tables)
            there = {name.rpartition("/")[2] for name in self._files.find(tables)}
            here = {path.name for path in folder.glob(PARTY_TABLES)}
            known = {_prefix(name) for name in there}
            for name in here - there:
                if _prefix(name) in known:
                    (folder / name).unlink(missing_ok=True)
                else:
                    self._files.put_file(str(folder / name), f"{tables}/{name}")
            make_private_folder(folder)
            for name in there - here:
                # Another machine may replace the table by a newer one meanwhile.
                with suppress(FileNotFoundError), self._fetched(f"{tables}/{name}", folder / name):
                    pass

    def replace_table(self, path: Path) -> None:
        """Uploads a party table, and deletes the older ones of the same folder."""
        with self._translated():
            tables = f"{self._root}/parties"
            self._make(tables)
            old = [name for name in self._files.find(tables) if _prefix(name.rpartition("/")[2]) == _prefix(path.name)]
            self._files.put_file(str(path), f"{tables}/{path.name}")
            for name in old:
                if name.rpartition("/")[2] != path.name:
                    self._files.rm_file(name)

    def remove_table(self, path: Path) -> None:
        """Deletes a party table from the shared storage."""
        with self._translated(), suppress(FileNotFoundError):
            self._files.rm_file(f"{self._root}/parties/{path.name}")

    def _make(self, folder: str) -> None:
        """Creates a folder at the address; on this machine's file system it is for its owner alone."""
        with self._translated():
            if "file" in self._files.protocol:
                make_private_folder(Path(folder))
            else:
                self._files.makedirs(folder, exist_ok=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as exc:
            raise FileGoneError(f"a file is no longer there ({_without_login(str(exc))}): ingest it again") from exc
        except OSError as exc:
            raise StoreAwayError(
                f"the files in {self._url!r} cannot be used ({_without_login(str(exc))}): check UNTOC_FILES__URL and"
                " run the command again"
            ) from exc


def _without_login(words: str) -> str:
    return re.sub(r"//[^/\s]*@", "//", words)


def _prefix(name: str) -> str:
    return name.partition("-")[0]


def file_sha256(path: Path) -> str:
    """Returns the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _holds(path: Path, sha256: str) -> bool:
    try:
        return file_sha256(path) == sha256
    except OSError:
        return False
