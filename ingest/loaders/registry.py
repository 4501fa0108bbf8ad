"""The table of loaders by suffix, and the checks that hold for every format.

A file inside an archive or e-mail is named as if that were a folder (`bundle.zip/a.pdf`), here and in manifests.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple
from zipfile import ZipFile

from ingest.errors import ArchiveTooLargeError, LoadError, UnsupportedFormatError
from ingest.loaders.archive import CONTAINERS, ZIP_FAILURES, Member, check_total
from ingest.loaders.loaded import Extract, LoadedText, LoadLimits


class _Loader(NamedTuple):
    """One format: the kind that `kind_of` returns for its files (empty for text), and its loader function.

    The function is imported for the first file of the format, since its libraries take a while to import.
    """

    kind: str
    function: str

    def load(self, data: bytes, name: str, limits: LoadLimits) -> Extract:
        """Read a file of the format."""
        extract: Extract = resolve_name(f"ingest.loaders.{self.function}")(data, name, limits)
        return extract


# A format that is a zip archive or has a signature of its own has a line in `kind_of`, too.
_FORMATS = {
    ".txt .text .md": _Loader("", "text:load_text"),
    ".pdf": _Loader("pdf", "pdf:load_pdf"),
    ".docx": _Loader("docx", "docx:load_docx"),
    ".odt": _Loader("odt", "odt:load_odt"),
    ".rtf": _Loader("rtf", "rtf:load_rtf"),
    ".html .htm": _Loader("html", "html:load_html"),
    ".png .jpg .jpeg .tif .tiff": _Loader("image", "image:load_image"),
    ".eml": _Loader("", "archive:load_mail"),
}
LOADERS = {suffix: loader for suffixes, loader in _FORMATS.items() for suffix in suffixes.split()}
SUFFIXES = tuple(dict.fromkeys((*LOADERS, *CONTAINERS)))
"""Suffixes of all files that can be read, archives included."""
# Suffixes of documents that no loader reads, with what they may be saved as.
_SAVED_AS = dict.fromkeys((".doc", ".docm", ".dot", ".pages", ".wpd", ".wps"), ".docx") | {".msg": ".eml"}
_SAVED_AS |= dict.fromkeys((".ppt", ".pptx", ".odp", ".xls", ".xlsx", ".ods"), ".pdf")
# File signatures ("magic numbers"): what a file is by its first bytes, whatever its suffix says.
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
_STARTS = {b"%PDF-": "pdf", b"{\\rtf": "rtf"} | dict.fromkeys(_IMAGES, "image")
_ZIP = b"PK\x03\x04"
_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_ODT = b"application/vnd.oasis.opendocument.text"
_BY_KIND = {loader.kind: loader for loader in LOADERS.values() if loader.kind}


def load(path: Path, limits: LoadLimits, folder: Path | None = None) -> LoadedText:
    """Read one file's text; a link that leads out of the ingested `folder` is refused.

    Raises:
        LoadError: If it cannot be read; `result` says whether it counts as failed or skipped.
    """
    data = read_bytes(path, limits, folder)
    loader, notes = _loader_for(path, data, limits)
    extract = loader.load(data, path.name, limits)
    extract = replace(extract, notes=(*notes, *extract.notes))
    return LoadedText(**vars(extract), sha256=hashlib.sha256(data).hexdigest())


def read_bytes(path: Path, limits: LoadLimits, folder: Path | None = None) -> bytes:
    """Read the bytes of a file, or of one inside an archive; a LoadError says why it may not be read."""
    outer, inner = _located(path)
    if folder is not None and not is_inside(outer, folder):
        raise LoadError(f"{path.name!r} is a link that leads out of the folder; copy the file into it")
    if not inner:
        return _read(outer, limits)
    member = _member(outer, inner, limits)
    if member is None:
        raise LoadError(f"{'/'.join(inner)!r} is not in {outer.name!r}; check the name")
    return member.read()


def digest(path: Path, limits: LoadLimits) -> str:
    """Return the SHA-256 of a file, or of one inside an archive; a LoadError says why it cannot be read."""
    return hashlib.sha256(read_bytes(path, limits)).hexdigest()


def exists(path: Path, limits: LoadLimits) -> bool:
    """Return whether a path exists, as a file or inside an archive; True where that cannot be determined."""
    outer, inner = _located(path)
    try:
        return _member(outer, inner, limits) is not None if inner else path.exists()
    except (PermissionError, LoadError):
        return True
    except OSError:
        return False


def list_members(path: Path, limits: LoadLimits) -> tuple[Path, ...]:
    """List the files inside an archive or e-mail, with those of archives nested in it; empty for any other file.

    A nested archive that can be unpacked is not listed itself; a nested e-mail is, since it has a text of its own. It
    is a LoadError if `path` itself is damaged or nested too deep.
    """
    if path.suffix.lower() not in CONTAINERS:
        return ()
    _, inner = _located(path)
    depth = 1 + sum(Path(part).suffix.lower() in CONTAINERS for part in inner)
    return tuple(_listed(path, read_bytes(path, limits), limits, [], depth=depth))


def kind_of(data: bytes) -> str:
    """Return `pdf`, `rtf`, `image`, `html`, `docx` or `odt` where the first bytes are certain, else an empty string."""
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return kind
    if not data.startswith(_ZIP):
        return "html" if _HTML.match(data.removeprefix(b"\xef\xbb\xbf")[:1024]) else ""
    with suppress(*ZIP_FAILURES), ZipFile(BytesIO(data)) as archive:
        names = {entry.filename: entry for entry in archive.infolist()}
        if "word/document.xml" in names:
            return "docx"
        mimetype = names.get("mimetype")
        if mimetype is not None and mimetype.file_size < 200 and archive.read(mimetype).strip() == _ODT:
            return "odt"
    return ""


def find_files(folder: Path) -> tuple[Path, ...]:
    """List the files under a folder that can be read, sorted by name; see `survey`."""
    return survey(folder)[0]


def survey(folder: Path) -> tuple[tuple[Path, ...], dict[Path, LoadError]]:
    """List the files under a folder that can be read, sorted by name, and the entries that cannot be, with reasons.

    Hidden folders, companions of files by Word (`~$…`), macOS (`._…`) and Emacs (`.#…`), and files that are
    no documents are left out; archives are listed without being opened.
    """
    found: list[Path] = []
    passed_over: dict[Path, LoadError] = {}

    def note(exc: OSError) -> None:
        path = Path(exc.filename)
        reason = f"the folder {path.name!r} could not be opened ({exc.strerror}); check its permissions"
        passed_over[path] = LoadError(reason)

    for parent, folders, names in os.walk(folder, onerror=note, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if (path := Path(parent, name)).is_symlink():
                reason = "is a link to a folder, which is not followed; copy the folder, or ingest it by itself"
                passed_over[path] = LoadError(f"{name!r} {reason}", "skipped")
        for path in (Path(parent, name) for name in names if not name.startswith(("._", ".#", "~$"))):
            if (why := _why_not_read(path, folder)) is not None:
                passed_over[path] = LoadError(why, "skipped")
            elif path.suffix.lower() in SUFFIXES:
                found.append(path)
    return tuple(sorted(found)), passed_over


def _why_not_read(path: Path, folder: Path) -> str | None:
    """Return why an entry of a folder cannot be read; None for a readable file, and for a suffix of no document."""
    if path.name.startswith("."):
        hidden = f"{path.name!r} is hidden, by the dot that it begins with; rename it"
        return hidden if path.suffix.lower() in SUFFIXES else None
    try:
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            suffix = path.suffix.lower()
            saved_as = None if suffix in SUFFIXES else _SAVED_AS.get(suffix)
            return saved_as and f"{path.name!r} is of a kind that is not read; save it as {saved_as}"
        if not stat.S_ISLNK(mode):
            return f"{path.name!r} is a pipe, socket or device and not a file; save it as a file"
        if path.suffix.lower() not in SUFFIXES and not path.is_fifo():
            return None
        if not is_inside(path, folder):
            return f"{path.name!r} is a link that leads out of the folder; copy the file into it"
        if not path.is_file():
            return f"{path.name!r} is a link to nothing that can be read; copy the file into its place"
    except (OSError, RuntimeError) as exc:
        # Circular links, and folders that may be listed but not entered.
        return f"{path.name!r} could not be looked at ({getattr(exc, 'strerror', None) or exc}); check its permissions"
    return None


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether a path, with links followed, lies in a folder."""
    return path.resolve().is_relative_to(folder.resolve())


def check_extension(path: Path, suffixes: Sequence[str]) -> None:
    """Refuse a file without an extension, with an UnsupportedFormatError that names those that are read."""
    if not path.suffix:
        raise UnsupportedFormatError(f"{path.name!r} has no file extension; save it as one of {', '.join(suffixes)}")


def _loader_for(path: Path, data: bytes, limits: LoadLimits) -> tuple[_Loader, tuple[str, ...]]:
    """Choose the loader by suffix, or by the first bytes where they contradict it; also return notes for readers."""
    name, suffix = path.name, path.suffix.lower()
    loader = LOADERS.get(suffix)
    if loader is None and suffix in CONTAINERS:
        inside = list_members(path, limits)[0].relative_to(path.parent).as_posix()
        raise UnsupportedFormatError(f"{name!r} is an archive; name a file in it, such as {inside!r}")
    if loader is None:
        check_extension(path, SUFFIXES)
        known = ", ".join(SUFFIXES)
        raise UnsupportedFormatError(
            f"{name!r} has the suffix {path.suffix!r}, which no loader reads; save it as one of {known}"
        )
    notes: tuple[str, ...] = ()
    try:
        list_members(path, limits)
    except LoadError as exc:
        notes = (f"its attachments are left out: {exc}",)
    kind = kind_of(data)
    # A text file may hold the source of a web page.
    if kind in ("", loader.kind) or (kind == "html" and not loader.kind):
        return loader, notes
    if kind == "html":
        raise LoadError(
            f"{name!r} is a web page by its first bytes, perhaps one that reports an error, and not what its suffix "
            "says; save or download it again"
        )
    return _BY_KIND[kind], (*notes, f"named {path.suffix}, but read as {kind} by its first bytes")


def _listed(path: Path, data: bytes, limits: LoadLimits, found: list[Member], *, depth: int) -> Iterator[Path]:
    limits.check(
        "max_archive_depth", depth,
        f"{path.name!r} lies inside more than {limits.max_archive_depth - 1} other archives or e-mails; take it out",
    )  # fmt: skip
    members = CONTAINERS[path.suffix.lower()](data, path.name, limits)
    found += members
    check_total(found, path.name, limits)
    for member in members:
        inside = path / member.name
        suffix = inside.suffix.lower()
        inner: list[Path] = []
        if suffix in CONTAINERS:
            try:
                inner = [*_listed(inside, member.read(), limits, found, depth=depth + 1)]
            except LoadError as exc:
                # A damaged inner archive is reported when it is read itself.
                if isinstance(exc, ArchiveTooLargeError):
                    raise
        if not inner or suffix in LOADERS:
            yield inside
        yield from inner


def _located(path: Path) -> tuple[Path, tuple[str, ...]]:
    if not is_true(path.exists):
        for parent in path.parents:
            if parent.suffix.lower() in CONTAINERS and is_true(parent.is_file):
                return parent, path.relative_to(parent).parts
    return path, ()


def is_true(holds: Callable[[], bool]) -> bool:
    """Return the result of a path check; False if the file system cannot hold the name or a folder is closed."""
    try:
        return holds()
    except OSError:
        return False


def _member(outer: Path, inner: tuple[str, ...], limits: LoadLimits) -> Member | None:
    """Find a file inside an archive; None if it has no file of that name."""
    status = outer.stat()
    version = (status.st_mtime_ns, status.st_size)
    within: tuple[str, ...] = ()
    found: Member | None = None
    while inner:
        members = _members(outer, version, within, limits)
        # The longest matching name, since a member may have the name of another member's folder.
        length = next((n for n in range(len(inner), 0, -1) if inner[:n] in members), None)
        if length is None:
            return None
        found = members[inner[:length]]
        within, inner = (*within, found.name), inner[length:]
    return found


@lru_cache(maxsize=4)
def _members(
    outer: Path, version: tuple[int, int], within: tuple[str, ...], limits: LoadLimits
) -> dict[tuple[str, ...], Member]:
    """Map path parts to members, for an archive or the one at `within` in it; empty for other files. Cached."""
    name = within[-1] if within else outer.name
    list_inside = CONTAINERS.get(Path(name).suffix.lower())
    if list_inside is None:
        return {}
    data = _members(outer, version, within[:-1], limits)[Path(name).parts].read() if within else _read(outer, limits)
    return {Path(member.name).parts: member for member in list_inside(data, name, limits)}


def _read(path: Path, limits: LoadLimits) -> bytes:
    if not path.exists():
        raise LoadError(f"{str(path)!r} does not exist; check the path")
    if not path.is_file():
        raise LoadError(f"{str(path)!r} is not a file; give files or folders")
    try:
        with path.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except OSError as exc:
        raise LoadError(f"{path.name!r} could not be opened ({exc.strerror}); check its permissions") from exc
    limits.check("max_bytes", len(data), f"{path.name!r} is larger than {limits.max_bytes:,} bytes; split it")
    return data
