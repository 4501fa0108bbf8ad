"""The report of an ingest, with the outcome of every file, and the progress events before it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

FileOutcome = Literal[
    "added", "unchanged", "updated", "replaced", "duplicate", "skipped", "not_listed", "missing", "removed", "failed"
]
"""`replaced`: the bytes of the file changed; `updated`: the same bytes with another manifest row or by newer rules."""
NO_STATE = "no State is known for it"
"""The reason that a `FileResult` gives where a statement is attributed to nobody until its State is set."""
IngestStep = Literal["load", "embed", "store"]


def listed(items: Sequence[str], separator: str = "; ", most: int = 5) -> str:
    """Returns the first `most` items, joined, and says how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return f"{separator.join(items[:most])}{more}"


def quoted(names: Sequence[str]) -> str:
    """Returns the first three names in quotation marks, and says how many more there are."""
    return listed([*map(repr, names)], ", ", 3)


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """The outcome of one file, which is named relative to the ingested folder, or by the path given."""

    file: str
    result: FileOutcome
    reason: str | None = None
    """Why, in one line, with the next step; None where the outcome speaks for itself."""
    statement_id: str | None = None
    state: str | None = None
    """Code of the State or group that the statement is attributed to."""
    family: str | None = None
    """Id of the family of statements that it belongs to: near-duplicates, revisions, translations."""


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """The outcome of one ingest: one result for each file, in the order in which the files were found."""

    files: tuple[FileResult, ...] = ()
    embedded_passages: int = 0
    """Passages that the model embedded; a text that already has a vector is not embedded again."""
    passages: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """Findings that belong to no single file, such as unknown manifest columns."""

    @property
    def failed(self) -> tuple[FileResult, ...]:
        """The files that could not be read or stored, and those that a manifest names but that do not exist."""
        return tuple(file for file in self.files if file.result in ("failed", "missing"))

    def to_json(self) -> dict[str, Any]:
        """Returns the report as `untoc ingest --json` prints it."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class PartReport:
    """The outcome of a part of an ingest, with the results of its files by path."""

    results: Mapping[str, FileResult]
    embedded_passages: int
    passages: int


def time_in_words(seconds: float) -> str:
    """Returns a time such as "40 s" or "4 min 09 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def time_left(seconds: float, done: int, left: int) -> str:
    """Returns ", about 40 s left", by the `seconds` that `done` items took; empty if they are fewer than two."""
    return f", about {time_in_words(seconds / done * left)} left" if done > 1 and left else ""


@dataclass(frozen=True, kw_only=True)
class IngestProgress:
    """A progress event: `done` of `total` files, the current `file`, and the `seconds` since the ingest began."""

    done: int
    total: int
    file: str
    step: IngestStep
    finished: float = 0.0
    """Files that need no further step, plus the embedded share of the files whose passages are being embedded; a file
    that was only read does not count."""
    passages: int = 0
    """Passages embedded so far."""
    seconds: float = 0.0
    first_done: "IngestProgress | None" = None
    """The event at which the first files were finished. The time before it went into loading models, so that the rate
    is measured from there."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds left at the rate since `first_done`; None before another file is finished."""
        finished, seconds, _ = self._since_first
        return None if finished <= 0.0 else seconds / finished * max(0.0, self.total - self.finished)

    @property
    def _since_first(self) -> tuple[float, float, int]:
        """Files finished, seconds and passages since the first files were done."""
        first = self.first_done or IngestProgress(done=0, total=0, file="", step="load")
        return self.finished - first.finished, self.seconds - first.seconds, self.passages - first.passages

    @property
    def pace(self) -> str:
        """Rate and time left, in words; empty at the very beginning."""
        left, (finished, spent, passages) = self.seconds_left, self._since_first
        if left is None or spent < 1.0:
            return ""
        number, unit = (passages, "passages") if passages else (finished, "files")
        return f"{number / spent:.0f} {unit}/s, about {time_in_words(left)} left"


ProgressListener = Callable[[IngestProgress], None]


class ProgressMeter:
    """Counts files that are done or whose texts are being embedded, and passages, and tells a listener."""

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
