"""Background jobs: long work in a thread of its own, whose progress the interface shows."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Final, TypeVar

_POLL_SECONDS: Final = 0.2

Step = TypeVar("Step")
Result = TypeVar("Result")


class _Unwatched(Exception):
    """Cancellation: nobody watches the job any more."""


def run_in_background(job: Callable[[Callable[[Step], None]], Result]) -> Iterator[Step | Result]:
    """Runs a job; yields its newest progress at intervals, and its result last.

    A job whose watcher leaves early ends at its next step, and only then is it left.

    Args:
        job: Gets a listener for its steps.

    Raises:
        Exception: Whatever the job raised.
    """
    steps: queue.SimpleQueue[Step] = queue.SimpleQueue()
    outcome: list[Result] = []
    problem: list[BaseException] = []
    left = threading.Event()

    def tell(step: Step) -> None:
        if left.is_set():
            raise _Unwatched
        steps.put(step)

    def run() -> None:
        try:
            outcome.append(job(tell))
        except _Unwatched:
            pass
        except BaseException as error:  # handed over to the watcher, which raises it
            problem.append(error)

    # Who asks and in which language go with it.
    worker = threading.Thread(target=copy_context().run, args=(run,), name="watched")
    worker.start()
    try:
        while worker.is_alive():
            worker.join(_POLL_SECONDS)
            newest = _newest(steps)
            if newest is not None:
                yield newest
    finally:
        left.set()
        worker.join()
    if problem:
        raise problem[0]
    yield outcome[0]


def _newest(steps: "queue.SimpleQueue[Step]") -> Step | None:
    newest = None
    while not steps.empty():
        newest = steps.get()
    return newest
