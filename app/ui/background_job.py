"""Background jobs: long work in a thread of its own, whose progress the interface shows."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Final, TypeVar

_POLL_SECONDS: Final = 0.2

Step = TypeVar("Step")
Result = TypeVar("Result")


class _Unwatched(Exception):
    """Cancellation: nobody watches the job any more."""


def run_in_background(job: Callable[[Callable[[Step], None]], Result]) -> Iterator[Step | Result]:
    """Runs a job; yields its newest progress at intervals, and its result last.

    A job whose watcher leaves early ends at its next step, and only then is it left. What it raises is raised here.
    """
    steps: queue.SimpleQueue[Step] = queue.SimpleQueue()
    left = threading.Event()

    def tell(step: Step) -> None:
        if left.is_set():
            raise _Unwatched
        steps.put(step)

    with ThreadPoolExecutor(1, "watched") as worker:
        # Who asks and in which language go with it.
        outcome = worker.submit(copy_context().run, job, tell)
        try:
            while not outcome.done():
                wait([outcome], _POLL_SECONDS)
                newest: Step | None = None
                while not steps.empty():
                    newest = steps.get()
                if newest is not None:
                    yield newest
        finally:
            left.set()
    yield outcome.result()
