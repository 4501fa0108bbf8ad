"""Background jobs of the page: one run at a time, in a process of its own that can be stopped and resumed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from evals.errors import RunError
from evals.files import write_whole
from evals.paths import EvalPaths
from evals.runs import ANSWERS, MANIFEST, RunManifest, run_path
from vectorstore.private import make_private_folder

COMMAND: Final = (sys.executable, "-m", "evals.cli")
# Deny by default: a page that could change the model, its address or a path could send keys and statements elsewhere.
CHANGEABLE: Final = (
    "retrieval.fetch_k", "retrieval.dense_weight", "retrieval.lexical_weight", "retrieval.exact_limit",
    "retrieval.overfetch", "split.passage_tokens", "answer.max_citations", "rerank.languages", "rerank.max_length",
)  # fmt: skip
State = Literal["running", "done", "failed", "cancelled"]
# How long a process that was asked to end may take before it is made to.
_GRACE_SECONDS: Final = 5.0
_LONGEST_LINE: Final = 400
_KEPT_LINES: Final = 12
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ANSWERED: Final = re.compile(rb'^\{"case":("(?:[^"\\]|\\.)*"),"repeat":(\d+)', re.MULTILINE)


class RunRequest(BaseModel):
    """What to run, as somebody asked for it; kept, so that a stopped run can go on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    dataset: str
    corpus: tuple[str, ...] = ()
    reword: int | None = Field(default=None, ge=1, le=1000)
    """How many other wordings of each question are drawn; none without."""
    limit: int | None = Field(default=None, ge=1)
    repeats: int = Field(default=1, ge=1, le=100)
    changes: tuple[str, ...] = ()
    """Settings to change, `group.name=value`; those of `CHANGEABLE` alone."""
    variant: str | None = None

    @field_validator("changes")
    @classmethod
    def _changeable(cls, changes: tuple[str, ...]) -> tuple[str, ...]:
        if not_changeable(changes):
            raise ValueError(f"a run started here changes no other settings than {', '.join(CHANGEABLE)}")
        return changes

    def arguments(self, store: Path, *, resume: bool = False) -> list[str]:
        """Returns the arguments of the command line; values stand with their option, so that none is taken for one."""
        given = [f"--corpus={folder}" for folder in self.corpus] + [f"--set={change}" for change in self.changes]
        given += [
            f"--{name}={value}"
            for name, value in (
                ("reword", self.reword),
                ("limit", self.limit),
                ("repeats", self.repeats if self.repeats > 1 else None),
                ("variant", self.variant),
            )
            if value is not None
        ]
        return [
            "run", self.dataset, f"--store={store}", f"--name={self.name}", *given, *(["--resume"] if resume else []),
        ]  # fmt: skip


def not_changeable(changes: Sequence[str]) -> tuple[str, ...]:
    """Returns the names in `group.name=value` changes that a run started from the page may not change."""
    names = (change.partition("=")[0].strip() for change in changes)
    return tuple(name for name in names if name.lower() not in CHANGEABLE)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the newest run is.

    Attributes:
        done: Answers that are there.
        total: Answers that there will be; None while the statements are read.
        line: The last line that the process wrote.
    """

    name: str
    state: State
    done: int
    total: int | None
    line: str


class Jobs:
    """Starts runs, one at a time, and tells how far the newest is."""

    def __init__(self, paths: EvalPaths, store: Path, *, command: Sequence[str] = COMMAND) -> None:
        """Starts nothing yet.

        Args:
            paths: Where runs are kept.
            store: The store that holds it, given to every run.
            command: What is run, before its arguments.
        """
        self._paths = paths
        self._store = store
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._job: _Job | None = None

    def start(self, request: RunRequest) -> None:
        """Starts a new run.

        Raises:
            RunError: There is one of that name, another is under way, or it cannot be started.
        """
        if run_path(self._paths.runs, request.name).exists():
            raise RunError(f"there is a run {request.name!r}: give another name")
        self._start(request, resume=False)

    def resume(self, name: str) -> None:
        """Goes on with a run that was stopped.

        Raises:
            RunError: It was not started from the page, is complete, another is under way, or it cannot be started.
        """
        request = self.request_of(name)
        if request is None:
            raise RunError(
                f"the run {name!r} was not started here: go on with it by `untoc-eval run … --name {name} --resume`"
            )
        if is_complete(run_path(self._paths.runs, name)):
            raise RunError(f"the run {name!r} is complete: start another")
        self._start(request, resume=True)

    def request_of(self, name: str) -> RunRequest | None:
        """Returns what was asked for; None for a run that was not started from the page."""
        try:
            return RunRequest.model_validate_json(self._request_path(name).read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return None

    def cancel(self) -> None:
        """Stops the run that is under way, if there is one; what it has answered stays."""
        with self._lock:
            if self._job is not None:
                self._job.stop()

    @property
    def running(self) -> str | None:
        """The name of the run that is under way."""
        job = self._job
        return job.name if job is not None and job.state == "running" else None

    def progress(self) -> Progress | None:
        """Returns how far the newest run is; None where none was started."""
        job = self._job
        if job is None:
            return None
        path = run_path(self._paths.runs, job.name)
        total = expected_answers(path)
        return Progress(
            name=job.name,
            state=job.state,
            done=min(count_answers(path), total) if total is not None else 0,
            total=total,
            line=job.last_line,
        )

    def _start(self, request: RunRequest, *, resume: bool) -> None:
        with self._lock:
            if self.running is not None:
                raise RunError(
                    f"the run {self.running!r} is under way, and one at a time is run: wait for it, or cancel it"
                )
            path = self._request_path(request.name)
            command = [*self._command, *request.arguments(self._store, resume=resume)]
            try:
                make_private_folder(path.parent)
                write_whole(path, request.model_dump_json(indent=1) + "\n")
                self._job = _Job(request.name, command)
            except OSError as exc:
                raise RunError(f"the run cannot be started: {exc.strerror or exc}") from exc

    def _request_path(self, name: str) -> Path:
        return run_path(self._paths.path / "requests", f"{name}.json")


def expected_answers(path: Path) -> int | None:
    """Returns how many answers a run's folder will have; None while it has no manifest."""
    manifest = _manifest(path)
    return manifest.cases * manifest.repeats if manifest is not None else None


def is_complete(path: Path) -> bool:
    """Returns whether all cases of a run's folder were asked."""
    manifest = _manifest(path)
    return manifest is not None and manifest.ended is not None


def _manifest(path: Path) -> RunManifest | None:
    try:
        return RunManifest.model_validate_json((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def count_answers(path: Path) -> int:
    """Returns how many answers a run's folder has: cases asked again after a failure count once."""
    try:
        content = (path / ANSWERS).read_bytes()
    except OSError:
        return 0
    return len({(json.loads(case), repeat) for case, repeat in _ANSWERED.findall(content)})


class _Job:
    """One process in a group of its own, so that stopping it stops whatever it started."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._lines: list[str] = []
        self._cancelled = False
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",
        )
        self._reader = threading.Thread(target=self._read, daemon=True, name="untoc-eval-run")
        self._reader.start()

    @property
    def state(self) -> State:
        code = self._process.poll()
        if code is None:
            return "running"
        if code == 0:
            return "done"
        return "cancelled" if self._cancelled else "failed"

    @property
    def last_line(self) -> str:
        if self._process.poll() is not None:
            # What it wrote last says why it ended.
            self._reader.join(timeout=1)
        return self._lines[-1] if self._lines else ""

    def stop(self) -> None:
        if self._process.poll() is not None:
            return
        self._cancelled = True
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            self._process.wait(_GRACE_SECONDS)
        self._reader.join(timeout=1)

    def _signal(self, number: signal.Signals) -> None:
        if os.name == "posix":
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return
        else:
            self._process.terminate()

    def _read(self) -> None:
        stream: IO[str] | None = self._process.stderr
        if stream is None:
            return
        with stream:
            for line in stream:
                shown = _ESCAPES.sub("", line).strip()[:_LONGEST_LINE]
                if shown:
                    self._lines = [*self._lines, shown][-_KEPT_LINES:]
        self._process.wait()
