"""Files of evals: their paths, records in YAML and JSON lines, and atomic writing.

A line that a killed process cut short, such as `{"case": "ar`, is left out by readers and cut off by the next writer.
"""

import csv
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console
from rich.progress import track

from evals.errors import EvalError, RunError, first_fault
from ingest.report import time_left
from vectorstore.private_files import private_opener, replacing

# The folder of the package, with the data that ship.
EVALS: Final = Path(str(files("evals")))
# The table of the fictional States that occur in the conference and in the marked examples of questions.
CONFERENCE_PARTIES: Final = EVALS / "conference" / "parties.csv"
_Record = TypeVar("_Record", bound=BaseModel)
_Item = TypeVar("_Item")
# Progress callback: text, number done, and total, None while unknown. An exception that it raises stops the work.
Tell = Callable[[str, int, int | None], None]


class EvalPaths:
    """Paths below a store: runs, indexes of evaluated corpora, saved cases and reviewers' decisions (JSON lines)."""

    def __init__(self, store: Path) -> None:
        self.path = path = store / "evals"
        self.runs, self.stores = path / "runs", path / "stores"
        self.drafts, self.reviews = path / "drafts.jsonl", path / "reviews.jsonl"


class FileRecord(BaseModel):
    """Base of records in files that people write, where an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoredRecord(BaseModel):
    """Base of records that the program writes; fields that only another version knows are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def quiet(text: str, done: int, total: int | None) -> None:
    """Reports no progress."""


def shipped_rows(name: str | Path) -> list[dict[str, str]]:
    """Returns the rows of a CSV table that ships below `evals`, without comment lines."""
    lines = (EVALS / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def load_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever a file holds
    """Loads a YAML file with the parser in C, which is ten times as fast as the one in Python."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def read_yaml(path: Path, model: type[_Record], what: str, error: type[EvalError] = EvalError) -> _Record:
    """Reads a YAML file as a record of a model; `what` names its contents in errors, such as "the gates"."""
    try:
        content = load_yaml(path)
        return model.model_validate({} if content is None else content)
    except (OSError, ValueError, yaml.YAMLError) as exc:
        raise error(f"cannot read {what} of {str(path)!r}: {first_fault(exc)}") from exc


def read_lines(path: Path, *, torn_end: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields (line number, object) of JSON lines, nothing without a file; `torn_end` skips a last line cut short."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as exc:
        raise RunError(f"cannot read {str(path)!r} ({exc.strerror or exc}): check its permissions") from exc
    # Not `splitlines`, which would also end a line at other characters that texts may contain. Each line is decoded by
    # itself, since the last one may be cut short within a character.
    lines, named = content.rstrip().split(b"\n"), f"{path.parent.name}/{path.name}"
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8"))
        except ValueError as exc:
            if torn_end and number == len(lines):
                return
            why = "not UTF-8" if isinstance(exc, UnicodeDecodeError) else "not JSON"
            raise RunError(f"{named}, line {number}: {why} ({exc}); mend or remove the line") from exc
        if not isinstance(record, dict):
            raise RunError(f"{named}, line {number}: no JSON object; mend or remove the line")
        yield number, record


def read_records(path: Path, model: type[_Record], *, todo: str, torn_end: bool = False) -> Iterator[_Record]:
    """Yields the JSON lines of a file as records of a model; `todo` is the advice in an error on an invalid one."""
    for number, record in read_lines(path, torn_end=torn_end):
        try:
            yield model.model_validate(record)
        except ValidationError as exc:
            why = f"{first_fault(exc)}; the line is broken, or of another version: {todo}"
            raise RunError(f"{path.parent.name}/{path.name}, line {number}: {why}") from exc


def append_line(path: Path, line: str) -> None:
    """Appends a line in one write; a last line that a killed process left unfinished is cut off before."""
    with open(path, "ab+", opener=private_opener) as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.seek(0)
                file.truncate(file.read().rfind(b"\n") + 1)
        file.write(f"{line}\n".encode())


def write_whole(path: Path, text: str) -> None:
    """Writes a file atomically: a reader sees the old or the new one, never a part."""
    with written(path), replacing(path) as part, open(part, "x", encoding="utf-8", opener=private_opener) as file:
        file.write(text)


def write_records(path: Path, records: Iterable[BaseModel], *, exclude_defaults: bool = False) -> None:
    """Writes records as JSON lines, atomically."""
    lines = (record.model_dump_json(exclude_defaults=exclude_defaults) + "\n" for record in records)
    write_whole(path, "".join(lines))


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Raises a RunError that says what to do where a file or folder cannot be written."""
    try:
        yield
    except OSError as exc:
        todo = "name a place in a folder that exists and may be written"
        raise RunError(f"cannot write {str(path)!r} ({exc.strerror or exc}): {todo}") from exc


def counted(items: Sequence[_Item], what: str, tell: Tell) -> Iterator[_Item]:
    """Yields items, and after each tells its number, with the text `what` and an estimate of the time left."""
    began = time.monotonic()
    for number, item in enumerate(items, start=1):
        yield item
        left = time_left(time.monotonic() - began, number, len(items) - number)
        tell(f"{what}: {number} of {len(items)}{left}", number, len(items))


def tracked(items: Iterable[_Item], what: str) -> Iterable[_Item]:
    """Yields items with a progress bar on the terminal, labelled `what`."""
    return track(items, description=what, console=Console(stderr=True))
