"""Ingests distributed over workers: split into parts of a few files, and finished by the job for the whole ingest.

`untoc worker` runs the jobs; the process that asked for the ingest waits for its report, and shows progress.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, TypeAdapter

from ingest.errors import LoadError
from ingest.indexer import IngestOptions
from ingest.loaders.loaded import printable
from ingest.loaders.registry import SUFFIXES, find_files, is_true, survey
from ingest.metadata.manifest import MANIFEST_NAME, find_row, read_manifest
from ingest.parties.party_names import PARTIES_NAME
from ingest.report import FileResult, IngestProgress, IngestReport, PartReport, ProgressListener, listed
from vectorstore.errors import NoWorkerError
from vectorstore.health import Check
from vectorstore.shared_files import SharedFiles

if TYPE_CHECKING:
    from vectorstore.jobs import Job, JobQueue

# Fewest and most files of a part, and the number of parts aimed at. Small parts let workers finish together and repeat
# little after a failure; large ingests get larger parts, since each reads the list of files and the manifest anew.
_PART_FILES_MIN, _PART_FILES_MAX, _PARTS_AIMED = 8, 64, 32
_REPORT: Final = TypeAdapter(PartReport)


class IngestRequest(BaseModel, frozen=True):
    """The files and folders to ingest, with the options; also one part of a request that was split."""

    paths: tuple[Path, ...]
    options: IngestOptions = IngestOptions()
    upload: bool = False
    """Whether the files were uploaded in a browser, so that they may correct files uploaded before."""
    only: tuple[str, ...] | None = None
    """Names of the files, if the request is a part that covers some files of one folder; else None."""
    listings: Mapping[str, Mapping[str, str]] = {}
    """For files shared between machines: by folder, the hash of each file by name."""
    unsent: Mapping[str, tuple[Literal["failed", "skipped"], str]] = {}
    """For files shared between machines: outcome and reason of each that could not be sent, by path."""

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of the files of a part."""
        return tuple(map(str, self.paths)) if self.only is None else tuple(str(self.paths[0] / n) for n in self.only)

    @property
    def unsent_files(self) -> dict[Path, LoadError]:
        """The files that could not be sent, each with the reason as an error."""
        return {Path(path): LoadError(reason, outcome) for path, (outcome, reason) in self.unsent.items()}


def share_files(request: IngestRequest, files: SharedFiles, move: Callable[[Path, Path], None]) -> IngestRequest:
    """Sends the files of a request to the storage that all machines share; returns the request for their copies.

    `move(folder, copies)` reassigns what an older store ingested from a folder itself to the folder of its copies.
    """
    listings: dict[str, dict[str, str]] = {}
    unsent: dict[str, tuple[Literal["failed", "skipped"], str]] = {}
    paths, read = [], cache(read_manifest)
    for path in request.paths:
        is_folder = is_true(path.is_dir)
        folder = path if is_folder else (find_row(path, read) or (path.parent,))[0]
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
        # The store may lie in the folder, as with `--store .`: its own copies are not files to ingest.
        store_files = {each for each in wanted if copies != folder and files.is_own(each)}
        listing, failed = files.send(folder, sorted(wanted - store_files - unread.keys()))
        for each, exc in failed.items():
            unread[each] = LoadError(f"{each.name!r} could not be opened ({exc.strerror}); check its permissions")
        listings.setdefault(str(copies), {}).update(listing)
        for each, error in unread.items():
            unsent[printable(str(copies / each.relative_to(folder)))] = error.result, printable(str(error))
        paths.append(copies / path.relative_to(folder))
    return request.model_copy(update={"paths": tuple(paths), "listings": listings, "unsent": unsent})


def fetch_files(request: IngestRequest, files: SharedFiles) -> None:
    """Fetches the files of a request, or of a part, from the shared storage to this machine."""
    for folder, listing in request.listings.items():
        whole = request.only is None and Path(folder) in request.paths
        files.fetch_all(Path(folder), listing, whole=whole)


def ingest_by_workers(queue: "JobQueue", request: IngestRequest, progress: ProgressListener | None) -> IngestReport:
    """Has workers ingest files, and waits for their report; an exception of `progress` cancels the ingest.

    Raises a StoreError if it was given up, or the server or all workers are gone; what was stored is kept, and workers
    that come back go on, except with an upload.
    """
    began, parts = time.perf_counter(), list(_parts(request))
    total = sum(len(part.names) for part in parts)

    def on_outcomes(outcomes: Sequence[Mapping[str, Any] | None]) -> None:
        done = [_REPORT.validate_python(outcome) for outcome in outcomes if outcome is not None]
        if progress is not None:
            files = [path for part in done for path in part.results]
            finished = min(total, len(files))
            name = Path(files[-1]).name if files else ""
            step = IngestProgress(done=finished, total=total, file=name, step="store", finished=finished)
            passages = sum(part.embedded_passages for part in done)
            progress(replace(step, passages=passages, seconds=time.perf_counter() - began))

    # Uploads share one `about`, so that the next clears those given up: users were told, and resend in another folder.
    about = "upload" if request.upload else repr(sorted(map(str, request.paths)))
    batch = queue.submit(about, request.model_dump(mode="json"), [part.model_dump(mode="json") for part in parts])
    try:
        outcome = queue.wait(batch, on_outcomes)
    except NoWorkerError as exc:
        if not request.upload:
            raise
        # The files of an upload are deleted once nobody waits for them.
        queue.cancel(batch)
        raise NoWorkerError("no worker runs any more: send again what was not taken in, once one does") from exc
    report = TypeAdapter(IngestReport).validate_python(outcome)
    return replace(report, seconds=round(time.perf_counter() - began, 3))


def part_reports(job: "Job") -> list[PartReport]:
    """Returns the reports of the parts of a whole; of a part that was given up, all files failed."""
    return [
        _REPORT.validate_python(outcome) if outcome is not None else _failed(IngestRequest.model_validate(what), error)
        for what, outcome, error in job.parts
    ]


def check_jobs(queue: "JobQueue") -> Check:
    """Returns the check of the queue: jobs that were given up, workers alive and jobs that wait."""
    return Check.of("jobs", "; ".join(given_up(queue)), f"{queue.workers()} workers, {queue.waiting()} jobs wait")


def given_up(queue: "JobQueue") -> Iterator[str]:
    """Yields one line on each job that was given up: its files, and why."""
    for what, error in queue.given_up():
        names = [Path(name).name for name in IngestRequest.model_validate(what).names]
        yield f"{listed(names, ', ', 3)}: given up ({error}); ingest again what it says"


def absolute_path(path: Path) -> Path:
    """Returns a path that means the same in every process."""
    try:
        return path.resolve() if path.exists() else path.absolute()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def _parts(request: IngestRequest) -> Iterator[IngestRequest]:
    single = [path for path in request.paths if not _is_folder(path, request)]
    for begin in range(0, len(single), _PART_FILES_MIN):
        yield _part(request, tuple(single[begin : begin + _PART_FILES_MIN]))
    for folder in (path for path in request.paths if _is_folder(path, request)):
        listing = request.listings.get(str(folder))
        found = find_files(folder) if listing is None else [folder / n for n in listing if n.lower().endswith(SUFFIXES)]
        names = [path.relative_to(folder).as_posix() for path in found if str(path).isprintable()]
        size = min(_PART_FILES_MAX, max(_PART_FILES_MIN, len(names) // _PARTS_AIMED))
        for begin in range(0, len(names), size):
            yield _part(request, (folder,), tuple(names[begin : begin + size]))


def _is_folder(path: Path, request: IngestRequest) -> bool:
    # The copies of a folder need not have been fetched to this machine yet.
    return is_true(path.is_dir) or str(path) in request.listings


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
