"""Background jobs: long work in a thread of its own, whose progress the interface shows, and which can be left."""

import queue
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import wraps
from typing import Any, Final, TypeVar, cast

from anyio import to_thread

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


def left_at_once(event: Callable[..., Iterator[Step]]) -> Callable[..., AsyncIterator[Step]]:
    """Makes an event that whoever stops it leaves at once, while what it works on ends at its next step.

    Cancellation: Gradio's browser part takes an event for running until the server has ended it, and drops the next
    one; it would wait for the step of a generator, as for a search.
    """

    # The parameters and the name remain those of the event.
    @wraps(event)
    async def watched(*values: Any) -> AsyncIterator[Step]:  # noqa: ANN401 - of any components
        steps, turn, end = cast(Generator[Step], event(*values)), threading.Lock(), object()

        def advance() -> Step | object:
            with turn:
                return next(steps, end)

        def close() -> None:
            with turn:
                steps.close()

        try:
            while (step := await to_thread.run_sync(advance, abandon_on_cancel=True)) is not end:
                yield cast(Step, step)
        finally:
            threading.Thread(target=copy_context().run, args=(close,), name="left", daemon=True).start()

    return watched
