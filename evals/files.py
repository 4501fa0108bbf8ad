"""Records in YAML and JSON lines, a fault told by its line, and files that are replaced as a whole or not at all.

A line that a killed process cut short, such as `{"case": "ar`, is left out by readers and cut off by the next writer.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import EvalError, RunError, first_fault
from vectorstore.private import private_opener

_Record = TypeVar("_Record", bound=BaseModel)
# The parser in C is ten times as fast, where it is installed.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FileRecord(BaseModel):
    """A part of a file that people write: a name that is not known is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_yaml(path: Path, model: type[_Record], what: str, error: type[EvalError] = EvalError) -> _Record:
    """Reads a file in YAML as a record of a model; `what` it holds, such as "the gates", is said in errors."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        return model.model_validate({} if content is None else content)
    except (OSError, ValueError, yaml.YAMLError) as exc:
        raise error(f"cannot read {what} of {str(path)!r}: {first_fault(exc)}") from exc


def read_lines(path: Path, *, torn_end: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the records of a file of JSON lines with the number of each line, from 1; none where it is missing.

    With `torn_end` a last line that was cut short is left out; else it is an error.
    """
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as exc:
        raise RunError(f"cannot read {str(path)!r} ({exc.strerror or exc}): check its permissions") from exc
    # Not `splitlines`: texts may hold other characters that it takes for the end of a line. Decoded line by line, since
    # a last line may be cut short within a character.
    lines = content.rstrip().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8"))
        except ValueError as exc:
            if torn_end and number == len(lines):
                return
            why = "not UTF-8" if isinstance(exc, UnicodeDecodeError) else "not JSON"
            raise RunError(f"{path.name}, line {number}: {why} ({exc}); mend or remove the line") from exc
        if not isinstance(record, dict):
            raise RunError(f"{path.name}, line {number}: no JSON object; mend or remove the line")
        yield number, record


def read_records(path: Path, model: type[_Record], *, todo: str, torn_end: bool = False) -> Iterator[_Record]:
    """Yields what `read_lines` does as records of a model; `todo` says what to do about one that is none."""
    for number, record in read_lines(path, torn_end=torn_end):
        try:
            yield model.model_validate(record)
        except ValidationError as exc:
            why = f"{first_fault(exc)}; the line is broken, or of another version: {todo}"
            raise RunError(f"{path.name}, line {number}: {why}") from exc


def append_line(path: Path, line: str) -> None:
    """Adds a line, written at once; one before it that a killed process did not finish is cut off."""
    with open(path, "ab+", opener=private_opener) as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.seek(0)
                file.truncate(file.read().rfind(b"\n") + 1)
        file.write(f"{line}\n".encode())


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that a reader sees the old or the new one, never a part."""
    # Not `tempfile`, whose files only the owner may read.
    part = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        with open(part, "x", encoding="utf-8", opener=private_opener) as file:
            file.write(text)
        part.replace(path)
    except OSError as exc:
        raise unwritable(path, exc) from exc
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def unwritable(path: Path, exc: OSError) -> RunError:
    """Returns the error to raise where a file or folder cannot be written."""
    return RunError(
        f"cannot write {str(path)!r} ({exc.strerror or exc}): name a place in a folder that exists and may be written"
    )
