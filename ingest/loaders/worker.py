"""Reading files in a process apart; see `bounded_process` for its bounds and `registry` for what is read."""

from pathlib import Path

from ingest.errors import LoadError
from ingest.loaders import registry
from ingest.loaders.archive import CONTAINERS
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadedText, LoadLimits


def load(path: Path, limits: LoadLimits, folder: Path | None = None) -> LoadedText:
    """Read one file's text, as `registry.load` does; one that exceeds the bounds is a LoadError too."""
    return run_bounded(limits, path.name, registry.load, path, limits, folder)


def with_members(path: Path, limits: LoadLimits) -> tuple[Path, ...]:
    """Return a file, or in its place the files inside it where it is an archive; an e-mail comes before its own.

    An archive that cannot be taken apart is returned itself: `load` says why.
    """
    if path.suffix.lower() not in CONTAINERS:
        return (path,)
    try:
        members = run_bounded(limits, path.name, registry.list_members, path, limits)
    except LoadError:
        return (path,)
    return (path, *members) if not members or path.suffix.lower() in registry.LOADERS else members


def exists(path: Path, limits: LoadLimits) -> bool:
    """Return whether there is such a file, or such a one inside an archive; True where that cannot be told."""
    if not any(parent.suffix.lower() in CONTAINERS for parent in path.parents):
        return registry.exists(path, limits)
    try:
        return run_bounded(limits, path.name, registry.exists, path, limits)
    except LoadError:
        return True
