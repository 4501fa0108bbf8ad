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

# Runs a set of cases, as `evals.launch.launch` does.
Launch = Callable[..., Run]
_GRACE_SECONDS: Final = 5.0
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """Cancellation: somebody stopped the run."""


class Job:
    """A run and how far it is.

    Attributes:
        stage: What is being done, and at the end why it ended.
        total: Answers that there will be; None while the statements are read.
        left: How long the remaining ones will take, such as ", about 4 min left".
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.state: Literal["running", "done", "failed", "cancelled"] = "running"
        self.stage, self.done, self.left = "starting", 0, ""
        self.total: int | None = None
        self._pace, self._stop = Pace(), threading.Event()

    def on_stage(self, text: str) -> None:
        """Notes what is being done."""
        self.stage = text
        self._check()

    def on_answer(self, record: AnswerRecord, done: int, total: int) -> None:
        """Notes an answer."""
        self.done, self.total, self.left = done, total, self._pace.told(done, total)
        self._check()

    def stop(self) -> None:
        """Asks the run to end after the answer that it works on."""
        self._stop.set()

    def _check(self) -> None:
        if self._stop.is_set():
            raise _Stopped


class Jobs:
    """Starts runs, one at a time."""

    def __init__(self, settings: Settings, paths: EvalPaths, *, run: Launch = launch) -> None:
        """Starts nothing yet; `run` runs cases."""
        self._settings, self._paths, self._run = settings, paths, run
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.newest: Job | None = None

    @property
    def running(self) -> str | None:
        """The name of the run that is under way."""
        return self.newest.name if self.newest is not None and self.newest.state == "running" else None

    def start(self, name: str, options: RunOptions) -> None:
        """Starts a run, or goes on with one of that name that was not finished.

        Raises:
            RunError: There is a run of that name, the name is none for a folder, or another run is under way.
        """
        resume = run_path(self._paths.runs, name).exists()
        if resume and open_run(self._paths.runs, name).complete:
            raise RunError(f"there is a run {name!r}: give another name")
        with self._lock:
            if self.running is not None:
                raise RunError(
                    f"the run {self.running!r} is under way, and one at a time is run: wait for it, or cancel it"
                )
            job = self.newest = Job(name)
            self._thread = threading.Thread(target=self._work, args=(job, options, resume), name="untoc-eval-run")
            self._thread.start()

    def cancel(self) -> None:
        """Stops the run under way, if there is one, and waits shortly for it; what it has answered stays."""
        if self.newest is not None and self._thread is not None:
            self.newest.stop()
            self._thread.join(_GRACE_SECONDS)

    def _work(self, job: Job, options: RunOptions, resume: bool) -> None:
        try:
            self._run(
                options, self._settings, name=job.name, resume=resume, runs=self._paths.runs,
                on_stage=job.on_stage, on_answer=job.on_answer,
            )  # fmt: skip
            job.stage, job.state = "", "done"
        except _Stopped:
            job.stage, job.state = "what is answered is kept: start it again under the same name to go on", "cancelled"
        except (AppError, IngestError, StoreError) as exc:
            job.stage, job.state = str(exc), "failed"
        except Exception as exc:  # a bug must not leave the page waiting for a run that has ended
            logger.exception("the run %s", job.name)
            job.stage, job.state = f"{type(exc).__name__}: {exc}", "failed"
