"""Runs that the page starts: one at a time, in a thread whose progress is asked for, and that can be cancelled."""

import logging
import threading
from collections.abc import Callable
from typing import Final, Literal

from app.settings import Settings
from app.ui.parts import SHOWN_ERRORS
from evals.errors import RunError
from evals.launch import launch
from evals.paths import eval_paths
from evals.run_options import RunOptions
from evals.runner import Tell
from evals.runs import Run, open_run, run_path

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

    def __init__(self, name: str, run: Callable[[Tell], object]) -> None:
        """Starts nothing yet; `run` is given whom to tell what is done."""
        super().__init__(name=name)
        self.state: Literal["running", "done", "failed", "cancelled"] = "running"
        self.told, self.done = "starting", 0
        self.total: int | None = None
        self.stopped = threading.Event()
        self._call = run

    def run(self) -> None:
        """Runs the cases, and notes how that ended."""
        try:
            self._call(self._tell)
            self.state = "done"
        except _Stopped:
            self.told += "; start it again under the same name to go on"
            self.state = "cancelled"
        except SHOWN_ERRORS as exc:
            self.told, self.state = str(exc), "failed"
        except Exception as exc:  # a bug must not leave the page waiting for a run that has ended
            logger.exception("the run %s", self.name)
            self.told, self.state = f"{type(exc).__name__}: {exc}", "failed"

    def _tell(self, text: str, done: int, total: int | None) -> None:
        self.told, self.done, self.total = text, done, total
        if self.stopped.is_set():
            raise _Stopped


class Jobs:
    """Starts runs, one at a time."""

    def __init__(self, settings: Settings, *, run: Callable[..., Run] = launch) -> None:
        """Starts nothing yet; `run` runs cases, as `launch` does."""
        self._settings, self._run, self._lock = settings, run, threading.Lock()
        self.newest: Job | None = None

    @property
    def running(self) -> str | None:
        """The name of the run that is under way."""
        return self.newest.name if self.newest is not None and self.newest.state == "running" else None

    def start(self, name: str, options: RunOptions) -> None:
        """Starts a run, or goes on with one of that name that was not finished."""
        root = eval_paths(self._settings.store).runs
        resume = run_path(root, name).exists()
        if resume and open_run(root, name).complete:
            raise RunError(f"there is a run {name!r}: give another name")
        with self._lock:
            if self.running is not None:
                raise RunError(f"the run {self.running!r} is under way, one at a time: wait for it, or cancel it")
            self.newest = Job(
                name, lambda tell: self._run(options, self._settings, name=name, resume=resume, tell=tell)
            )
            self.newest.start()

    def cancel(self) -> None:
        """Stops the run under way, if there is one, and waits shortly for it; what it has answered stays."""
        if self.newest is not None:
            self.newest.stopped.set()
            self.newest.join(_GRACE_SECONDS)
