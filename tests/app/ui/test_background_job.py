import asyncio
import threading
import time
from collections.abc import Iterator

from app.ui.background_job import left_at_once

STEP_SECONDS = 5.0


def test_stopped_event_is_left_at_once_and_ends_at_its_next_step():
    began, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def event(word: str) -> Iterator[str]:
        try:
            yield word
            began.set()
            go_on.wait(STEP_SECONDS)
            yield "more"
        finally:
            closed.set()

    async def stopped() -> list[str]:
        shown: list[str] = []

        async def watch() -> None:
            async for item in left_at_once(event)("first"):
                shown.append(item)

        watching = asyncio.create_task(watch())
        await asyncio.to_thread(began.wait, STEP_SECONDS)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return shown

    start = time.monotonic()
    assert asyncio.run(stopped()) == ["first"]
    assert time.monotonic() - start < STEP_SECONDS
    assert not closed.is_set()
    go_on.set()
    assert closed.wait(STEP_SECONDS)
