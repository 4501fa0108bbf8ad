"""Files that machines share: under one address, by the hash of their bytes, beside the tables of parties.

Each machine keeps copies in its store folder, which is at the same path on all of them, and fetches what is missing.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from vectorstore.errors import StoreAwayError, StoreError
from vectorstore.private import make_private_folder

# Copies of ingested folders, in the store folder.
_COPIES: Final = "files"


class FilesConfig(BaseModel):
    """Where the files are that workers on several machines ingest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    """A folder or bucket that all machines reach, file:///srv/files or s3://…; default: all see the same paths."""


SAME_PATHS: Final = FilesConfig()


class SharedFiles:
    """The files of a store under an address."""

    def __init__(self, url: str, store: Path) -> None:
        """Sets up access.

        Raises:
            StoreError: The address is none that fsspec knows.
        """
        # It takes a while to import, which a store at one place is spared.
        import fsspec

        self._url, self._store = url, store
        try:
            self._files, self._root = fsspec.url_to_fs(url)
        except (ImportError, ValueError) as exc:
            raise StoreError(
                f"UNTOC_FILES__URL={url!r} cannot be used ({exc}): for s3:// install `s3fs`, for other addresses what"
                " fsspec asks for"
            ) from exc

    def place(self, folder: Path) -> Path:
        """Returns where the copies of a folder are on every machine."""
        if folder.is_relative_to(self._store.resolve()):
            return folder
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
        return self._store.resolve() / _COPIES / f"{folder.name}-{digest}"

    def send(self, folder: Path, files: Iterable[Path]) -> dict[str, str]:
        """Sends files of a folder that are not there yet; returns the hashes of all by their names in the folder."""
        listing = {}
        with self._translated():
            self._files.makedirs(self._root, exist_ok=True)
            for path in files:
                sha256 = _sha256(path)
                blob = f"{self._root}/{sha256}"
                # One that was cut short has another size.
                if not self._files.exists(blob) or self._files.size(blob) != path.stat().st_size:
                    self._files.put_file(str(path), blob)
                listing[path.relative_to(folder).as_posix()] = sha256
        return listing

    def fetch_all(self, folder: Path, listing: Mapping[str, str], *, whole: bool) -> None:
        """Makes the copies of a folder hold these files, by name with their hashes; of a whole folder, no others."""
        for name, sha256 in listing.items():
            self.fetch(folder / name, sha256)
        if whole:
            for path in [path for path in folder.rglob("*") if path.is_file()]:
                if path.relative_to(folder).as_posix() not in listing:
                    path.unlink(missing_ok=True)

    def fetch(self, path: Path, sha256: str) -> None:
        """Makes a copy hold the file of a hash.

        Raises:
            StoreAwayError: The address cannot be reached.
            StoreError: There is no such file, or another one.
        """
        if _holds(path, sha256):
            return
        make_private_folder(path.parent)
        draft = path.with_name(f".{uuid4().hex}")
        try:
            with self._translated():
                self._files.get_file(f"{self._root}/{sha256}", str(draft))
            if not _holds(draft, sha256):
                raise StoreError(f"{path.name!r} is damaged in {self._url!r}: ingest it again")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, paths: Iterable[Path], needed: Collection[str]) -> None:
        """Deletes what there is of files, but for what is needed, by hash."""
        with self._translated():
            for sha256 in {_sha256(path) for path in paths}.difference(needed):
                if self._files.exists(f"{self._root}/{sha256}"):
                    self._files.rm_file(f"{self._root}/{sha256}")

    def sync_party_tables(self, folder: Path) -> None:
        """Syncs the tables of parties both ways; of two of one folder the shared one wins, and the local one goes."""
        with self._translated():
            tables = f"{self._root}/parties"
            self._files.makedirs(tables, exist_ok=True)
            there = {name.rpartition("/")[2] for name in self._files.find(tables)}
            here = {path.name for path in folder.glob("*.csv")}
            known = {_prefix(name) for name in there}
            for name in here - there:
                if _prefix(name) in known:
                    (folder / name).unlink(missing_ok=True)
                else:
                    self._files.put_file(str(folder / name), f"{tables}/{name}")
            make_private_folder(folder)
            for name in there - here:
                self._files.get_file(f"{tables}/{name}", str(folder / f"{name}.draft"))
                (folder / f"{name}.draft").replace(folder / name)

    def replace_table(self, path: Path) -> None:
        """Puts a table of parties in the place of an older one of its folder."""
        with self._translated():
            tables = f"{self._root}/parties"
            self._files.makedirs(tables, exist_ok=True)
            old = [name for name in self._files.find(tables) if _prefix(name.rpartition("/")[2]) == _prefix(path.name)]
            self._files.put_file(str(path), f"{tables}/{path.name}")
            for name in old:
                if name.rpartition("/")[2] != path.name:
                    self._files.rm_file(name)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as exc:
            raise StoreError(f"a file is no longer there ({exc}): ingest it again") from exc
        except OSError as exc:
            raise StoreAwayError(
                f"the files in {self._url!r} cannot be used ({exc}): check UNTOC_FILES__URL and run the command again"
            ) from exc


def _prefix(name: str) -> str:
    return name.partition("-")[0]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _holds(path: Path, sha256: str) -> bool:
    try:
        return _sha256(path) == sha256
    except OSError:
        return False
