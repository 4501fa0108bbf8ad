"""Runs that the page starts: one at a time, in a thread whose progress is asked for, and that can be cancelled."""

import logging
import threading
from collections.abc import Callable
from typing import Final, Literal

from app.errors import AppError
from app.settings import Settings
from evals.errors import RunError
from evals.launch import launch
from evals.paths import EvalPaths
from evals.run_options import RunOptions
from evals.runner import Pace
from evals.runs import AnswerRecord, Run, open_run, run_path
from ingest.errors import IngestError
from vectorstore.errors import StoreError

_GRACE_SECONDS: Final = 5.0
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """Cancellation: somebody stopped the run."""


class Job(threading.Thread):
    """A run and how far it is.

    Attributes:
        told: What is being done, how far it is and how long it will take, or why it ended.
        total: Answers that there will be; None while the statements are read.
    """

    def __init__(self, name: str, run: Callable[..., object]) -> None:
        """Starts nothing yet; `run` is told whom to tell what is done."""
        super().__init__(name=name)
        self.state: Literal["running", "done", "failed", "cancelled"] = "running"
        self.told, self.done = "starting", 0
        self.total: int | None = None
        self.stopped = threading.Event()
        self._pace, self._call = Pace(), run

    def run(self) -> None:
        """Runs the cases, and notes how that ended."""
        try:
            self._call(on_stage=self._on_stage, on_answer=self._on_answer)
            self.state = "done"
        except _Stopped:
            self.told += "; start it again under the same name to go on"
            self.state = "cancelled"
        except (AppError, IngestError, StoreError) as exc:
            self.told, self.state = str(exc), "failed"
        except Exception as exc:  # a bug must not leave the page waiting for a run that has ended
            logger.exception("the run %s", self.name)
            self.told, self.state = f"{type(exc).__name__}: {exc}", "failed"

    def _on_stage(self, text: str) -> None:
        self.told = text
        if self.stopped.is_set():
            raise _Stopped

    def _on_answer(self, record: AnswerRecord, done: int, total: int) -> None:
        self.done, self.total = done, total
        self._on_stage(f"{done} of {total} answers{self._pace.told(done, total)}")


class Jobs:
    """Starts runs, one at a time."""

    def __init__(self, settings: Settings, paths: EvalPaths, *, run: Callable[..., Run] = launch) -> None:
        """Starts nothing yet; `run` runs cases, as `launch` does."""
        self._settings, self._paths, self._run = settings, paths, run
        self._lock = threading.Lock()
        self.newest: Job | None = None

    @property
    def running(self) -> str | None:
        """The name of the run that is under way."""
        return self.newest.name if self.newest is not None and self.newest.state == "running" else None

    def start(self, name: str, options: RunOptions) -> None:
        """Starts a run, or goes on with one of that name that was not finished."""
        resume = run_path(self._paths.runs, name).exists()
        if resume and open_run(self._paths.runs, name).complete:
            raise RunError(f"there is a run {name!r}: give another name")
        with self._lock:
            if self.running is not None:
                raise RunError(f"the run {self.running!r} is under way, one at a time: wait for it, or cancel it")
            self.newest = Job(name, lambda **told: self._run(options, self._settings, name=name, resume=resume, **told))
            self.newest.start()

    def cancel(self) -> None:
        """Stops the run under way, if there is one, and waits shortly for it; what it has answered stays."""
        if self.newest is not None:
            self.newest.stopped.set()
            self.newest.join(_GRACE_SECONDS)
