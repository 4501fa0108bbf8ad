"""Reads files in a separate process: `bounded_process` sets its bounds, `registry` has the functions it calls."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ingest.errors import LoadError
from ingest.loaders import registry
from ingest.loaders.archive import CONTAINERS
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadedText, LoadLimits

Found = TypeVar("Found")


def load(path: Path, limits: LoadLimits, folder: Path | None = None) -> LoadedText:
    """Read one file's text as `registry.load` does; exceeding the bounds of the process is a LoadError too."""
    return run_bounded(limits, path.name, registry.load, path, limits, folder)


def with_members(path: Path, limits: LoadLimits) -> tuple[Path, ...]:
    """Return a file, or the files inside it if it is an archive; an e-mail is returned before its attachments.

    An archive that cannot be unpacked is returned itself, so that `load` reports the reason.
    """
    if path.suffix.lower() not in CONTAINERS:
        return (path,)
    try:
        members = run_bounded(limits, path.name, registry.list_members, path, limits)
    except LoadError:
        return (path,)
    return (path, *members) if not members or path.suffix.lower() in registry.LOADERS else members


def exists(path: Path, limits: LoadLimits) -> bool:
    """Return whether a path exists, as a file or inside an archive; True where that cannot be determined."""
    try:
        return _looked_up(registry.exists, path, limits)
    except LoadError:
        return True


def digest(path: Path, limits: LoadLimits) -> str:
    """Return the SHA-256 of a file, or of one inside an archive; a LoadError says why it cannot be read."""
    return _looked_up(registry.digest, path, limits)


def _looked_up(look: Callable[[Path, LoadLimits], Found], path: Path, limits: LoadLimits) -> Found:
    """Return what `look` finds out about a path, inside an archive in a bounded process."""
    inside = any(parent.suffix.lower() in CONTAINERS for parent in path.parents)
    return run_bounded(limits, path.name, look, path, limits) if inside else look(path, limits)
