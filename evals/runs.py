"""Runs: one folder each, with what was asked, what came back, and how it was scored.

`manifest.json` says what was run on what, `cases.jsonl` has the cases as asked, evidence with offsets, and
`statements.json` the file of each statement id. `answers.jsonl` has a record per case and repeat, appended as they
come, and `scores.jsonl` one per answer, written anew by every scoring.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from evals.cases.case import Case
from evals.errors import RunError, first_fault
from evals.files import StoredRecord, append_line, read_lines, read_records, write_records, write_whole, written
from vectorstore.private_files import make_private_folder

MANIFEST: Final = "manifest.json"
CASES: Final = "cases.jsonl"
STATEMENTS: Final = "statements.json"
ANSWERS: Final = "answers.jsonl"
SCORES: Final = "scores.jsonl"
_LOCK: Final = "running.lock"
# A stage of `failure_taxonomy.csv`: the first one at which a case broke.
Stage = str
# Stands for the newest run wherever a run is named.
_LATEST: Final = "latest"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,120}")
_ANEW: Final = "run the cases again under another --name"


class RunManifest(StoredRecord):
    """Configuration and times of a run; manifests that differ only in times describe the same configuration."""

    name: str
    dataset: str
    dataset_sha256: str
    corpus_sha256: str
    corpus: tuple[str, ...] = ()
    """Folders of statements; empty where the store itself is the corpus."""
    source: str | None = None
    """Hash of the stored answers, if the run scored these."""
    code: str | None = None
    """Hash of the program's code; None for runs from before it was recorded."""
    variant: str | None = None
    """A named change to the pipeline that no setting makes; None for the pipeline as it is."""
    settings: Mapping[str, Any] = {}
    """Effective settings by variable, secrets masked; paths and settings of the server are left out."""
    models: Mapping[str, str] = {}
    cases: int
    repeats: int = 1
    time_limit: float = 120.0
    git: str | None = None
    """Commit, followed by `+changes` where the working copy differs from it."""
    packages: Mapping[str, str] = {}
    machine: str = ""
    options: Mapping[str, Any] = {}
    """Options that the run was started with, so that its name alone resumes it; includes paths of this machine."""
    started: datetime
    ended: datetime | None = None


class AskError(BaseModel):
    """Why a case got no answer."""

    kind: Literal["error", "timeout"]
    message: str


class AnswerRecord(StoredRecord):
    """The answer to one repeat of a case, in the JSON contract as given, or the error in its place."""

    case: str
    repeat: int = 0
    seconds: float = 0.0
    answer: dict[str, Any] | None = None
    error: AskError | None = None


class ScoreRecord(StoredRecord):
    """How one answer was judged."""

    case: str
    repeat: int = 0
    cluster: str
    gates: bool
    """Whether the case may decide a gate; drafts may not."""
    reviewed: bool = False
    status: str | None
    expected: str
    stage: Stage | None
    """The first broken stage; None where the outcome is right."""
    components: dict[str, tuple[float, ...]]
    """What each measure gave, see `evals.metrics.table`; measures that do not apply are absent."""
    slices: dict[str, tuple[str, ...]]
    confidence: float = 0.0
    expected_states: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = {}
    tokens: Mapping[str, int] = {}
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """The folder of one run; a file of it that cannot be read is a `RunError`."""

    path: Path
    manifest: RunManifest

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    def cases(self) -> tuple[Case, ...]:
        """Returns the cases as asked."""
        return tuple(read_records(self.path / CASES, Case, todo=_ANEW))

    def statement_files(self) -> dict[str, str]:
        """Returns the file of each statement by its id; empty for a run that did not record it."""
        path = self.path / STATEMENTS
        try:
            return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
        except (OSError, TypeError, ValueError) as exc:
            raise RunError(f"{path.name} of the run {self.name!r} cannot be read: {exc}; {_ANEW}") from exc

    def answers(self) -> tuple[AnswerRecord, ...]:
        """Returns the answers so far, the newest record of each case and repeat; a line cut short is left out."""
        records = read_records(self.path / ANSWERS, AnswerRecord, torn_end=True, todo=_ANEW)
        return tuple({(answer.case, answer.repeat): answer for answer in records}.values())

    def append(self, answer: AnswerRecord) -> None:
        """Appends an answer as one line in one write."""
        append_line(self.path / ANSWERS, answer.model_dump_json())

    def scores(self) -> tuple[ScoreRecord, ...]:
        """Returns the scores."""
        if not self.scored:
            raise self._refused()
        todo = f"`untoc-eval score {self.name}` makes the scores anew"
        return tuple(read_records(self.path / SCORES, ScoreRecord, todo=todo))

    def ended(self, at: datetime | None) -> "Run":
        """Records when all cases were asked, or with None that asking goes on; returns the run."""
        return _write_manifest(self.path, self.manifest.model_copy(update={"ended": at}))

    @property
    def scored(self) -> bool:
        """Whether its answers were scored; False while it is running, even if it was scored before it was resumed."""
        return (self.path / SCORES).is_file() and not self.running

    @property
    def running(self) -> bool:
        """Whether a process is asking or scoring it, which holds its lock until it ends, even if it is killed."""
        path = self.path / _LOCK
        try:
            # Other processes that check hold the lock for a moment as well, and are waited for.
            with FileLock(path, timeout=0.2, poll_interval=0.01) if path.is_file() else nullcontext():
                return False
        except Timeout:
            return True
        except OSError:
            # A run is asked and scored only where its folder can be written to.
            return False

    def hold(self) -> AbstractContextManager[object]:
        """Locks the run for this process until the context ends."""
        with written(self.path / _LOCK):
            try:
                return FileLock(self.path / _LOCK, mode=0o600).acquire(timeout=1)
            except Timeout as exc:
                raise self._refused() from exc

    def _refused(self) -> RunError:
        # `unfinished` may be None by now, if the process that stood in the way has ended.
        return RunError(f"the run {self.name!r} is {self.unfinished or 'in use by another process: try again'}")

    @property
    def unfinished(self) -> str | None:
        """Why a run is no result yet, and what to do; None for one that was asked and scored."""
        if self.running:
            begun = f"{self.manifest.started:%Y-%m-%d %H:%M} UTC"
            return f"still running since {begun}, {self._counted()}: wait until it ends"
        if not self.complete:
            return f"not complete, {self._counted()}: `untoc-eval run --name {self.name} --resume` goes on with it"
        return None if self.scored else f"not scored: `untoc-eval score {self.name}`"

    def _counted(self) -> str:
        """How many answers there are before the first unreadable line, so that a list of all runs does not fail."""
        found, lines = set[tuple[object, object]](), read_lines(self.path / ANSWERS, torn_end=True)
        with suppress(RunError):
            found.update((record.get("case"), record.get("repeat")) for _, record in lines)
        return f"{len(found)} of {self.manifest.cases * self.manifest.repeats} answers"

    @property
    def complete(self) -> bool:
        """Whether all cases were asked."""
        return self.manifest.ended is not None


def _write_manifest(path: Path, manifest: RunManifest) -> Run:
    write_whole(path / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
    return Run(path=path, manifest=manifest)


def create_run(
    root: Path, manifest: RunManifest, cases: Sequence[Case], statement_files: Mapping[str, str] | None = None
) -> Run:
    """Makes the folder of a new run."""
    path = run_path(root, manifest.name, new=True)
    with written(path):
        # A case may quote a confidential text, so only the owner may read the run.
        make_private_folder(path.parent)
        path.mkdir(mode=0o700)
    write_records(path / CASES, cases, exclude_defaults=True)
    if statement_files is not None:
        write_whole(path / STATEMENTS, json.dumps(statement_files))
    return _write_manifest(path, manifest)


def open_run(root: Path, name: str) -> Run:
    """Opens a run by its name below the folder of runs, by `latest`, or by the path of its folder."""
    given = Path(name)
    if name == _LATEST:
        runs = list_runs(root)
        if not runs:
            raise RunError(f"no runs in {str(root)!r}: `untoc-eval run smoke` makes one")
        return runs[0]
    path = given if given.parent != Path() and (given / MANIFEST).is_file() else run_path(root, name)
    found = _run_in(path)
    if found is None:
        raise RunError(f"no run {name!r} in {str(root)!r}: `untoc-eval ls` lists them")
    return found


def keep_baseline(run: Run, folder: Path) -> tuple[Path, ...]:
    """Writes what gates need of a run, manifest and scores, without questions and answers; returns both paths."""
    manifest, scores, replaced = run.manifest, run.scores(), _run_in(folder)
    wanted, failed = manifest.cases * manifest.repeats, [s.case for s in scores if s.stage in ("error", "timeout")]
    again = f"`untoc-eval run --name {run.name} --resume` asks again"
    other = f"the baseline in {str(folder)!r} over another set: name another folder, or remove that one"
    why = (
        (manifest.variant is not None, "it is a variant that is broken on purpose"),
        (len(scores) != wanted, f"{len(scores)} of {wanted} answers are judged; `untoc-eval score {run.name}`"),
        (bool(failed), f"{len(failed)} of {wanted} got no answer, {next(iter(failed), '')!r} the first; {again}"),
        (replaced and replaced.manifest.dataset != manifest.dataset, f"it is over {manifest.dataset!r}, {other}"),
    )
    if (reason := next((reason for holds, reason in why if holds), None)) is not None:
        raise RunError(f"the run {run.name!r} can be no baseline: {reason}")
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
    _write_manifest(folder, manifest.model_copy(update={"name": folder.name, "options": {}}))
    kept = (score.model_copy(update={"timings_ms": {}}) for score in scores)
    write_records(folder / SCORES, kept, exclude_defaults=True)
    return folder / MANIFEST, folder / SCORES


def list_runs(root: Path) -> list[Run]:
    """Returns the runs below a folder, the newest first; other folders and unreadable runs are left out."""
    found = []
    for path in root.iterdir() if root.is_dir() else ():
        with suppress(RunError):
            found.append(_run_in(path) if _NAME.fullmatch(path.name) else None)
    return sorted(filter(None, found), key=lambda run: run.manifest.started, reverse=True)


def _run_in(folder: Path) -> Run | None:
    """Returns the run of exactly this folder; None where there is none."""
    path = folder / MANIFEST
    try:
        return Run(path=folder, manifest=RunManifest.model_validate_json(path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise RunError(f"cannot read {str(path)!r} ({exc.strerror or exc}): check its permissions") from exc
    except ValidationError as exc:
        raise RunError(f"the manifest {str(path)!r} cannot be read: {first_fault(exc)}; remove its folder") from exc


def run_path(root: Path, name: str, *, new: bool = False) -> Path:
    """Returns the folder of a run by its name; with `new`, the name of an existing run is refused."""
    if name == _LATEST:
        raise RunError(f"{name!r} is no name for a run, since it stands for the newest: give it another")
    if not _NAME.fullmatch(name):
        raise RunError(f"{name!r} is no name for a run: use letters, digits, dots, hyphens and underscores")
    if new and (root / name).exists():
        raise RunError(f"there is a run {name!r}: give --resume to go on with it, or another --name")
    return root / name


def new_name(dataset: str) -> str:
    """Returns a name that sorts by time, such as `20261124T213000Z-smoke`."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", Path(dataset).stem).strip("-") or "run"
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{slug[:40]}"
