"""Runs that the page starts: one at a time, in a thread whose progress is asked for, and that can be gone on with."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.errors import AppError
from app.settings import Settings
from evals.errors import RunError
from evals.eval_environment import changed
from evals.files import write_whole
from evals.launch import launch
from evals.paths import EvalPaths
from evals.run_options import RunOptions
from evals.runs import AnswerRecord, Run, open_run, run_path
from ingest.errors import IngestError
from vectorstore.errors import StoreError
from vectorstore.private import make_private_folder

# Deny by default: a page that could change the model, its address or a path could send keys and statements elsewhere.
CHANGEABLE: Final = (
    "retrieval.fetch_k", "retrieval.dense_weight", "retrieval.lexical_weight", "retrieval.exact_limit",
    "retrieval.overfetch", "split.passage_tokens", "answer.max_citations", "rerank.languages", "rerank.max_length",
)  # fmt: skip
State = Literal["running", "done", "failed", "cancelled"]
# Runs a set of cases, as `evals.launch.launch` does.
Launch = Callable[..., Run]
_GRACE_SECONDS: Final = 5.0
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """Cancellation: somebody stopped the run."""


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

    @field_validator("changes")
    @classmethod
    def _changeable(cls, changes: tuple[str, ...]) -> tuple[str, ...]:
        check_changes(changes)
        return changes

    def options(self) -> RunOptions:
        """Returns the options of the command line that mean the same."""
        return RunOptions(
            dataset=self.dataset,
            corpus=[Path(folder) for folder in self.corpus],
            reword=str(self.reword) if self.reword else None,
            limit=self.limit,
            repeats=self.repeats,
            changes=list(self.changes),
        )


def check_changes(changes: Sequence[str]) -> None:
    """Checks that changes are of settings that a run started from the page may change.

    Raises:
        ValueError: One is not.
    """
    for name in (change.partition("=")[0].strip() for change in changes):
        if name.lower() not in CHANGEABLE:
            raise ValueError(
                f"{name!r} cannot be changed here, where nothing that says what is sent or read, and where, can be: "
                f"change one of {', '.join(CHANGEABLE)}, or start the run on the command line with --set"
            )


@dataclass(kw_only=True)
class Job:
    """The newest run and how far it is.

    Attributes:
        stage: What is being done, and at the end why it ended.
        total: Answers that there will be; None while the statements are read.
    """

    name: str
    state: State = "running"
    stage: str = "starting"
    done: int = 0
    total: int | None = None
    _asked: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def on_stage(self, text: str) -> None:
        """Notes what is being done."""
        self.stage = text
        self._check()

    def on_answer(self, record: AnswerRecord, done: int, total: int) -> None:
        """Notes an answer."""
        self._asked.append(time.monotonic())
        self.done, self.total = done, total
        self._check()

    def stop(self) -> None:
        """Asks the run to end after the answer that it works on."""
        self._stop.set()

    @property
    def seconds_left(self) -> float | None:
        """How long the remaining answers will take, by those so far; None before the third."""
        if self.total is None or len(self._asked) < 3:
            return None
        return (self._asked[-1] - self._asked[0]) / (len(self._asked) - 1) * (self.total - self.done)

    def _check(self) -> None:
        if self._stop.is_set():
            raise _Stopped


class Jobs:
    """Starts runs, one at a time."""

    def __init__(self, settings: Settings, paths: EvalPaths, *, run: Launch = launch) -> None:
        """Starts nothing yet.

        Args:
            settings: The settings to start from.
            paths: Where runs are kept.
            run: What runs cases.
        """
        self._settings, self._paths, self._run = settings, paths, run
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.newest: Job | None = None

    def start(self, request: RunRequest) -> None:
        """Starts a new run.

        Raises:
            RunError: There is one of that name, or another is under way.
            SettingsError: A setting cannot be changed so.
        """
        if run_path(self._paths.runs, request.name).exists():
            raise RunError(f"there is a run {request.name!r}: give another name")
        changed(self._settings, request.changes)
        self._start(request, resume=False)

    def resume(self, name: str) -> None:
        """Goes on with a run that was stopped, or tries again one that failed.

        Raises:
            RunError: It was not started from the page, is complete, or another is under way.
        """
        request = self.request_of(name)
        if request is None:
            raise RunError(
                f"the run {name!r} was not started here: go on with it by `untoc-eval run … --name {name} --resume`"
            )
        begun = run_path(self._paths.runs, name).exists()
        if begun and open_run(self._paths.runs, name).complete:
            raise RunError(f"the run {name!r} is complete: start another")
        self._start(request, resume=begun)

    def request_of(self, name: str) -> RunRequest | None:
        """Returns what was asked for; None for a run that was not started from the page."""
        try:
            return RunRequest.model_validate_json(self._request_path(name).read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return None

    def cancel(self) -> None:
        """Stops the run under way, if there is one, and waits shortly for it; what it has answered stays."""
        if self.newest is not None and self._thread is not None:
            self.newest.stop()
            self._thread.join(_GRACE_SECONDS)

    @property
    def running(self) -> str | None:
        """The name of the run that is under way."""
        return self.newest.name if self.newest is not None and self.newest.state == "running" else None

    def _start(self, request: RunRequest, *, resume: bool) -> None:
        with self._lock:
            if self.running is not None:
                raise RunError(
                    f"the run {self.running!r} is under way, and one at a time is run: wait for it, or cancel it"
                )
            path = self._request_path(request.name)
            try:
                make_private_folder(path.parent)
            except OSError as exc:
                raise RunError(f"the run cannot be started: {exc.strerror or exc}") from exc
            write_whole(path, request.model_dump_json(indent=1) + "\n")
            job = self.newest = Job(name=request.name)
            self._thread = threading.Thread(target=self._work, args=(job, request, resume), name="untoc-eval-run")
            self._thread.start()

    def _work(self, job: Job, request: RunRequest, resume: bool) -> None:
        try:
            self._run(
                request.options(),
                self._settings,
                name=request.name,
                resume=resume,
                runs=self._paths.runs,
                on_stage=job.on_stage,
                on_answer=job.on_answer,
            )
            job.stage, job.state = "", "done"
        except _Stopped:
            job.stage, job.state = "what is answered is kept", "cancelled"
        except (AppError, IngestError, StoreError) as exc:
            job.stage, job.state = str(exc), "failed"
        except Exception as exc:  # a bug must not leave the page waiting for a run that has ended
            logger.exception("the run %s", job.name)
            job.stage, job.state = f"{type(exc).__name__}: {exc}", "failed"

    def _request_path(self, name: str) -> Path:
        return run_path(self._paths.path / "requests", f"{name}.json")
