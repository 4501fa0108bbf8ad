"""Ingests that workers share: cut into parts of a few files, and put together by the job that is the whole.

`untoc worker` does them; whoever asked for the ingest waits for its report, and shows how far it is.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, TypeAdapter

from ingest.errors import LoadError
from ingest.indexer import MANIFEST_ABOVE, IngestOptions, PartReport
from ingest.loaders.loaded import printable
from ingest.loaders.registry import SUFFIXES, find_files, is_true, survey
from ingest.metadata.manifest import MANIFEST_NAME
from ingest.parties.party_names import PARTIES_NAME
from ingest.report import FileResult, IngestProgress, IngestReport, listed
from vectorstore.files import SharedFiles
from vectorstore.health import Check

if TYPE_CHECKING:
    from vectorstore.jobs import GivenUp, Job, JobQueue

# Files in a part: few, so that workers end together and little is done again; more where there are many, since each
# part reads the list of files and the manifest anew.
_FEWEST, _MOST, _PARTS = 8, 64, 32
# Files named in a finding.
_NAMED: Final = 3
_PART: Final = TypeAdapter(PartReport)


class IngestRequest(BaseModel, frozen=True):
    """What is to be taken in: files and folders, and how."""

    paths: tuple[Path, ...]
    options: IngestOptions = IngestOptions()
    upload: bool = False
    """Whether they were sent by a browser, and may correct files that were sent before."""
    only: tuple[str, ...] | None = None
    """Of a part that is some files of one folder, their names."""
    listings: Mapping[str, Mapping[str, str]] = {}
    """Of files that machines share, their hashes by name, by folder."""
    unsent: Mapping[str, tuple[Literal["failed", "skipped"], str]] = {}
    """Of files that machines share, those that could not be sent, by path: outcome and reason."""

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of the files of a part."""
        return tuple(map(str, self.paths)) if self.only is None else tuple(str(self.paths[0] / n) for n in self.only)

    @property
    def unsent_files(self) -> dict[Path, LoadError]:
        """The files that could not be sent, with the reason."""
        return {Path(path): LoadError(reason, outcome) for path, (outcome, reason) in self.unsent.items()}


def shared(request: IngestRequest, files: SharedFiles, move: Callable[[Path, Path], None]) -> IngestRequest:
    """Sends the files of a request to where all machines reach them, and names the copies instead.

    What was ingested from a folder is to `move` to that of the copies, for a store from before these.
    """
    listings: dict[str, dict[str, str]] = {}
    unsent: dict[str, tuple[Literal["failed", "skipped"], str]] = {}
    paths = []
    for path in request.paths:
        is_folder = is_true(path.is_dir)
        folder = path if is_folder else _folder_of(path)
        if (copies := files.place(folder)) != folder:
            move(folder, copies)
        found, unread = survey(folder) if is_folder else ((path,), {})
        if not is_folder and not is_true(path.is_file):
            reason = f"no such file or folder, or it may not be read: {str(path)!r}; check the path"
            unread[path] = LoadError(reason)
        tables = (folder / name for name in (MANIFEST_NAME, PARTIES_NAME))
        wanted = {*found, *(table for table in tables if os.path.lexists(table) and table not in unread)}
        for each in [each for each in wanted if printable(str(each)) != str(each)]:
            unread[each] = LoadError(f"the name {printable(each.name)!r} is not valid UTF-8; rename the file")
        # A store may lie in the folder, as in `--store .`: its copies are no files to be ingested.
        own = {each for each in wanted if copies != folder and files.is_own(each)}
        listing, failed = files.send(folder, sorted(wanted - own - unread.keys()))
        for each, exc in failed.items():
            unread[each] = LoadError(f"{each.name!r} could not be opened ({exc.strerror}); check its permissions")
        listings.setdefault(str(copies), {}).update(listing)
        for each, error in unread.items():
            unsent[printable(str(copies / each.relative_to(folder)))] = error.result, printable(str(error))
        paths.append(copies / path.relative_to(folder))
    return request.model_copy(update={"paths": tuple(paths), "listings": listings, "unsent": unsent})


def fetch(request: IngestRequest, files: SharedFiles) -> None:
    """Fetches the files of a request, or of a part."""
    for folder, listing in request.listings.items():
        whole = request.only is None and Path(folder) in request.paths
        files.fetch_all(Path(folder), listing, whole=whole)


def ingest_by_workers(
    queue: "JobQueue", request: IngestRequest, progress: Callable[[IngestProgress], None] | None
) -> IngestReport:
    """Has workers take files in, and waits for their report; what `progress` raises cancels the ingest.

    A StoreError says that it was given up, or that the server or all workers are gone; what was stored is kept.
    """
    began, parts = time.perf_counter(), list(_parts(request))
    total = sum(len(part.names) for part in parts)

    def heard(outcomes: Sequence[Mapping[str, Any] | None]) -> None:
        done = [_PART.validate_python(outcome) for outcome in outcomes if outcome is not None]
        if progress is not None:
            files = [path for part in done for path in part.results]
            at = min(total, len(files))
            name = Path(files[-1]).name if files else ""
            step = IngestProgress(done=at, total=total, file=name, step="store", finished=at)
            passages = sum(part.embedded_passages for part in done)
            progress(replace(step, passages=passages, seconds=time.perf_counter() - began))

    # Who sent a file that was given up was told, and sends it again in another folder.
    about = "upload" if request.upload else repr(sorted(map(str, request.paths)))
    batch = queue.submit(about, request.model_dump(mode="json"), [part.model_dump(mode="json") for part in parts])
    report = TypeAdapter(IngestReport).validate_python(queue.wait(batch, heard))
    return replace(report, seconds=round(time.perf_counter() - began, 3))


def part_reports(job: "Job") -> list[PartReport]:
    """Returns what came of the parts of a whole; the files of one that was given up failed."""
    return [
        _PART.validate_python(outcome) if outcome is not None else _failed(IngestRequest.model_validate(what), error)
        for what, outcome, error in job.parts
    ]


def check_jobs(queue: "JobQueue") -> Check:
    """Says whether anything was given up, and how many workers do what waits."""
    given_up = "; ".join(map(given_up_words, queue.given_up()))
    return Check.of("jobs", given_up, f"{queue.workers()} workers, {queue.waiting()} jobs wait")


def given_up_words(letter: "GivenUp") -> str:
    """Returns in one line what was given up, and why."""
    names = [Path(name).name for name in IngestRequest.model_validate(letter.what).names]
    return f"{listed(names, ', ', _NAMED)}: given up ({letter.error}); ingest again what it says"


def absolute(path: Path) -> Path:
    """Returns a path that means the same in every process."""
    try:
        return path.resolve() if path.exists() else path.absolute()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def _parts(request: IngestRequest) -> Iterator[IngestRequest]:
    single = [path for path in request.paths if not _is_folder(path, request)]
    for begin in range(0, len(single), _FEWEST):
        yield _part(request, tuple(single[begin : begin + _FEWEST]))
    for folder in (path for path in request.paths if _is_folder(path, request)):
        listing = request.listings.get(str(folder))
        found = find_files(folder) if listing is None else [folder / n for n in listing if n.lower().endswith(SUFFIXES)]
        names = [path.relative_to(folder).as_posix() for path in found if str(path).isprintable()]
        size = min(_MOST, max(_FEWEST, len(names) // _PARTS))
        for begin in range(0, len(names), size):
            yield _part(request, (folder,), tuple(names[begin : begin + size]))


def _is_folder(path: Path, request: IngestRequest) -> bool:
    # A folder of copies need not be on this machine yet.
    return is_true(path.is_dir) or str(path) in request.listings


def _folder_of(path: Path) -> Path:
    # As the indexer looks for the manifest that lists a single file.
    return next(
        (each for each in path.parents[:MANIFEST_ABOVE] if is_true((each / MANIFEST_NAME).is_file)), path.parent
    )


def _part(request: IngestRequest, paths: tuple[Path, ...], only: tuple[str, ...] | None = None) -> IngestRequest:
    part = request.model_copy(update={"paths": paths, "only": only})
    needed = set(part.names)
    listings = {
        folder: {
            name: sha256
            for name, sha256 in listing.items()
            if str(Path(folder, name)) in needed or name.endswith(".csv")
        }
        for folder, listing in request.listings.items()
    }
    return part.model_copy(update={"listings": listings})


def _failed(request: IngestRequest, error: str | None) -> PartReport:
    reason = f"given up ({error}); ingest it again"
    results = {name: FileResult(file=Path(name).name, result="failed", reason=reason) for name in request.names}
    return PartReport(results=results, embedded_passages=0, passages=0)
