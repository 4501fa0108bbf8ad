"""Background jobs: long work in a separate thread, with progress for the interface, and cancellable."""

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
    """Cancellation: raised inside a job whose caller no longer consumes its progress."""


def run_in_background(job: Callable[[Callable[[Step], None]], Result]) -> Iterator[Step | Result]:
    """Runs a job; yields its newest progress at intervals, and its result last.

    Closing the iterator early cancels the job at its next step, and waits for it. The job's exceptions are raised here.
    """
    steps: queue.SimpleQueue[Step] = queue.SimpleQueue()
    left = threading.Event()

    def tell(step: Step) -> None:
        if left.is_set():
            raise _Unwatched
        steps.put(step)

    with ThreadPoolExecutor(1, "watched") as worker:
        # The copied context has the request, and with it the person and the language.
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
