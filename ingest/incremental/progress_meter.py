"""How far an ingest is: files done, files whose texts are being embedded, passages embedded, and the time it took."""

import threading
import time
from dataclasses import replace

from ingest.report import IngestProgress, IngestStep, ProgressListener


class ProgressMeter:
    """Counts what an ingest has done, and tells a listener."""

    def __init__(self, listener: ProgressListener | None) -> None:
        """Begins to measure the time."""
        self.done = self.total = 0
        self.embedded = 0
        """Passages that were embedded."""
        self.in_embedding = 0.0
        """Files whose texts are being embedded, less the share of their passages that is done."""
        self._listener = listener
        self._began = time.perf_counter()
        self._first_done: IngestProgress | None = None
        self._lock = threading.Lock()

    def report(self, file: str, step: IngestStep, waiting: int) -> None:
        """Tells the listener at which `step` a file is, while others are `waiting` to be embedded."""
        if self._listener is None:
            return
        # The embedding model reports its progress from another thread.
        with self._lock:
            event = IngestProgress(
                done=self.done, total=self.total, file=file, step=step,
                finished=max(0.0, self.done - waiting - self.in_embedding),
                passages=self.embedded, seconds=time.perf_counter() - self._began, first_done=self._first_done,
            )  # fmt: skip
            if self._first_done is None and event.finished:
                self._first_done, event = event, replace(event, first_done=event)
            self._listener(event)
