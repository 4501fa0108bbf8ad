"""Background jobs: long work in a separate thread, with progress for the interface, and cancellable."""

import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Future, wait
from contextvars import copy_context
from functools import wraps
from typing import Any, Final, Generic, TypeVar, cast

from anyio import to_thread

_POLL_SECONDS: Final = 0.2

Step = TypeVar("Step")
Result = TypeVar("Result")


class StoppedError(Exception):
    """Cancellation: raised inside a job that was stopped."""

    kept: int = 0
    """How many files an ingest had stored by then."""


class BackgroundJob(Generic[Step, Result]):
    """A job in a thread of its own, which can be watched, and stopped at its next step."""

    def __init__(self, job: Callable[[Callable[[Step], None]], Result], *, daemon: bool = False) -> None:
        self.at: Step | None = None
        """The newest progress."""
        self.stopping = threading.Event()
        self.outcome = Future[Result]()
        # The copied context has the request, and with it the person and the language.
        threading.Thread(target=copy_context().run, args=(self._run, job), name="job", daemon=daemon).start()

    def _run(self, job: Callable[[Callable[[Step], None]], Result]) -> None:
        try:
            self.outcome.set_result(job(self._tell))
        except BaseException as error:
            # `outcome.result()` raises it again, also a panic of a library, so that nobody waits for ever.
            self.outcome.set_exception(error)

    def _tell(self, at: Step) -> None:
        self.at = at
        self.stop_if_asked()

    def stop_if_asked(self) -> None:
        """Raises a StoppedError once the job is to stop."""
        if self.stopping.is_set():
            raise StoppedError


def run_in_background(job: Callable[[Callable[[Step], None]], Result]) -> Iterator[Step | Result]:
    """Runs a job; yields its newest progress at intervals, and its result last.

    Closing the iterator early cancels the job at its next step, and waits for it. The job's exceptions are raised here.
    """
    running = BackgroundJob(job)
    shown: Step | None = None
    try:
        while not running.outcome.done():
            wait([running.outcome], _POLL_SECONDS)
            if (newest := running.at) is not None and newest is not shown:
                yield (shown := newest)
    finally:
        running.stopping.set()
        wait([running.outcome])
    yield running.outcome.result()


def left_at_once(event: Callable[..., Iterator[Step]]) -> Callable[..., AsyncIterator[Step]]:
    """Returns an event listener that can be cancelled at once, while its work goes on until its next step.

    Gradio's frontend treats an event as running until the server has ended it, and drops the next event until then;
    cancelling a plain generator would wait for its current step, such as a search.
    """

    # Keeps the parameters and the name of the event.
    @wraps(event)
    async def watched(*values: Any) -> AsyncIterator[Step]:  # noqa: ANN401 - of any components
        steps, lock, end = cast(Generator[Step], event(*values)), threading.Lock(), object()

        def advance() -> Step | object:
            with lock:
                return next(steps, end)

        def close() -> None:
            with lock:
                steps.close()

        try:
            while (step := await to_thread.run_sync(advance, abandon_on_cancel=True)) is not end:
                yield cast(Step, step)
        finally:
            threading.Thread(target=copy_context().run, args=(close,), name="left", daemon=True).start()

    return watched
