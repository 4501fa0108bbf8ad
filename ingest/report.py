"""What became of every file of an ingest, and the progress events on the way."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

FileOutcome = Literal[
    "added", "unchanged", "updated", "replaced", "duplicate", "skipped", "not_listed", "missing", "removed", "failed"
]
NO_STATE = "no State is known for it"
"""What the reason of a result says where nobody holds the statement until its State is set."""
IngestStep = Literal["load", "embed", "store"]


def listed(items: Sequence[str], separator: str = "; ", most: int = 5) -> str:
    """Lists the first of some things, and says how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return f"{separator.join(items[:most])}{more}"


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """What became of one file, by its name relative to the ingested folder, or the path given."""

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
    """The outcome of one ingest, a file each in the order they were taken."""

    files: tuple[FileResult, ...] = ()
    embedded_passages: int = 0
    """Passages for which the model was run; text seen before costs nothing."""
    passages: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """Findings that belong to no single file, such as unknown manifest columns."""

    @property
    def failed(self) -> tuple[FileResult, ...]:
        """The files that could not be read or stored, or that a manifest names in vain."""
        return tuple(file for file in self.files if file.result in ("failed", "missing"))

    def to_json(self) -> dict[str, Any]:
        """Returns the contract of `untoc ingest --json`."""
        return asdict(self) | {"files": [asdict(file) for file in self.files], "notes": list(self.notes)}


def time_in_words(seconds: float) -> str:
    """Returns a time such as "40 s" or "4 min 09 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def time_left(seconds: float, done: int, left: int) -> str:
    """Returns such as ", about 40 s left", by the time that some took; nothing where those are fewer than two."""
    return f", about {time_in_words(seconds / done * left)} left" if done > 1 and left else ""


@dataclass(frozen=True, kw_only=True)
class IngestProgress:
    """One step forward: `done` of `total` files, and the file at hand; `seconds` since the ingest began."""

    done: int
    total: int
    file: str
    step: IngestStep
    finished: float = 0.0
    """Files that are done for good, with the part of those whose passages are being embedded; a file that was read only
    is not."""
    passages: int = 0
    """Passages embedded so far."""
    seconds: float = 0.0
    warm: "IngestProgress | None" = None
    """The step at which the first files were done: what was before it went to loading models, and tells nothing of the
    pace of the rest."""

    @property
    def seconds_left(self) -> float | None:
        """Time left at the pace so far; None before anything is finished since it is warm."""
        finished, seconds, _ = self._since_warm
        return None if finished <= 0.0 else seconds / finished * max(0.0, self.total - self.finished)

    @property
    def _since_warm(self) -> tuple[float, float, int]:
        """Files finished, seconds and passages since the first files were done."""
        warm = self.warm or IngestProgress(done=0, total=0, file="", step="load")
        return self.finished - warm.finished, self.seconds - warm.seconds, self.passages - warm.passages

    @property
    def pace(self) -> str:
        """Rate and time left, in words; empty at the very beginning."""
        left, (finished, spent, passages) = self.seconds_left, self._since_warm
        if left is None or spent < 1.0:
            return ""
        number, unit = (passages, "passages") if passages else (finished, "files")
        return f"{number / spent:.0f} {unit}/s, about {time_in_words(left)} left"
