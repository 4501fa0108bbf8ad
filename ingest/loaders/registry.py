"""Which loader reads which file, and the checks that hold for every format."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import LoadError, UnsupportedFormatError
from ingest.loaders.docx import load_docx
from ingest.loaders.loaded import Extract, Format, LoadedText, LoadLimits
from ingest.loaders.pdf import load_pdf
from ingest.loaders.text import load_text


@dataclass(frozen=True, kw_only=True)
class _Loader:
    format: Format
    load: Callable[[bytes, str, LoadLimits], Extract]


_TEXT = _Loader(format="text", load=load_text)

LOADERS = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _TEXT,
    ".pdf": _Loader(format="pdf", load=load_pdf),
    ".docx": _Loader(format="docx", load=load_docx),
}


def load(path: Path, limits: LoadLimits, folder: Path | None = None) -> LoadedText:
    """Read one file's text.

    Args:
        path: The file.
        limits: How large it may be.
        folder: The ingested folder; a link inside it that leads out of it is refused.

    Raises:
        LoadError: If it cannot be read; `result` says whether it counts as failed or skipped.
    """
    name = path.name
    if folder is not None and not is_inside(path, folder):
        raise LoadError(f"{name!r} is a link that leads out of the folder; copy the file into it")
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        raise UnsupportedFormatError(
            f"{name!r} has the suffix {path.suffix!r}, which no loader reads; save it as one of " + ", ".join(LOADERS)
        )
    data = _read(path, limits)
    extract = loader.load(data, name, limits)
    return LoadedText(
        text=extract.text,
        page_starts=extract.page_starts,
        sha256=hashlib.sha256(data).hexdigest(),
        format=loader.format,
        encoding=extract.encoding,
        notes=extract.notes,
    )


def find_files(folder: Path) -> tuple[Path, ...]:
    """List the files under a folder that a loader reads, sorted by name.

    Hidden files and folders, Word's lock files (`~$…`) and links that lead out of the folder are left out;
    linked folders are not entered.
    """
    found = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.startswith((".", "~$")) or path.suffix.lower() not in LOADERS:
                continue
            if path.is_file() and is_inside(path, folder):
                found.append(path)
    return tuple(sorted(found))


def is_inside(path: Path, folder: Path) -> bool:
    """Tell whether a path, with links followed, lies in a folder."""
    return path.resolve().is_relative_to(folder.resolve())


def _read(path: Path, limits: LoadLimits) -> bytes:
    name = path.name
    if not path.exists():
        raise LoadError(f"{str(path)!r} does not exist; check the path")
    if not path.is_file():
        raise LoadError(f"{str(path)!r} is not a file; give files or folders")
    try:
        with path.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except OSError as exc:
        raise LoadError(f"{name!r} could not be opened ({exc.strerror}); check its permissions") from exc
    if len(data) > limits.max_bytes:
        raise LoadError(f"{name!r} is larger than {limits.max_bytes:,} bytes; split it, or raise the limit max_bytes")
    return data
