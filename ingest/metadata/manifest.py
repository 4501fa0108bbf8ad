"""The manifest of a folder: `statements.csv` at its root, which overrides what the texts say."""

import csv
import io
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from ingest.errors import LoadError, ManifestError
from ingest.language.dates import iso_date
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import is_inside, read_bytes
from ingest.loaders.text import decode
from ingest.loaders.worker import exists as holds
from ingest.metadata.sessions import canonical_body, canonical_session
from ingest.parties.party_names import delimited
from ingest.report import FileResult
from vectorstore.private_files import replacing
from vectorstore.records import Metadata, StatementKind

MANIFEST_NAME = "statements.csv"
_FIRST_COLUMNS = ("file", "state", "body", "session", "date", "agenda_item", "language")

# How many folders above a single file may hold the manifest that lists it.
_ABOVE = 3
# Limit of the table itself: some hundred thousand rows.
_LIMITS = LoadLimits(max_bytes=20_000_000)

# A spreadsheet evaluates a cell that begins like this as a formula; an apostrophe before it makes it text.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_OUTSIDE = re.compile(r"^[/~]|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|\0")


class ManifestRow(BaseModel):
    """What one row says of one file; None where its cell is empty or could not be understood."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: int = 0
    """Number of the row's first line in the file, counted from 1; 0 for a row not read from a file."""
    file: str
    """Path relative to the folder, with forward slashes."""
    state: str | None = None
    """A code or a name; only a table of parties knows whether it stands for one."""
    body: str | None = None
    session: str | None = None
    date: str | None = None
    """A year, a day or an interval, ISO 8601."""
    agenda_item: str | None = None
    language: str | None = None
    """ISO 639-1 code."""
    on_behalf_of: str | None = None
    title: str | None = None
    symbol: str | None = None
    url: str | None = None
    speaker: str | None = None
    kind: StatementKind | None = None

    @field_validator("date", "language", "kind", "body", "session", mode="before")
    @classmethod
    def _read(cls, value: str | None, info: ValidationInfo) -> str | None:
        return None if value is None or info.field_name is None else _READERS[info.field_name](value)


_COLUMNS = tuple(name for name in ManifestRow.model_fields if name != "line")


def _date(value: str) -> str:
    iso = iso_date(value)
    if iso is None:
        raise ValueError("write it as YYYY, YYYY-MM-DD or YYYY-MM-DD/YYYY-MM-DD")
    return iso


def _language(value: str) -> str:
    code = re.split(r"[-_]", value.lower())[0]
    if not re.fullmatch("[a-z]{2}", code):
        raise ValueError("write the two letters of ISO 639-1, such as en, fr or zh")
    return code


def _session(value: str) -> str:
    number = canonical_session(value)
    if not any(map(str.isdigit, number)):
        raise ValueError("write its number, such as 12")
    return number


_READERS: dict[str, Callable[[str], str]] = {
    "date": _date, "language": _language, "kind": str.lower, "session": _session,
    "body": lambda value: canonical_body(value) or value,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A manifest as read: the rows that can be used, in order, and all that was wrong with it."""

    rows: tuple[ManifestRow, ...]
    problems: tuple[FileResult, ...] = ()
    """Rows that are not used: `missing` where the row's file does not exist, else `failed`."""
    notes: tuple[str, ...] = ()
    """Columns that are not used, and cells that are not, and are read from the text instead."""


def read_manifest(folder: Path, *, files: Sequence[Path] = (), by_base_name: bool = False) -> Manifest | None:
    """Read the manifest of a folder, or of an archive read as one; None if it has none.

    Excel's variants are understood: a byte order mark, UTF-16, semicolons or tabs, `sep=;`, headings in any case. With
    `by_base_name`, a row whose file does not exist means the only one of `files` with the same base name:
    "statements/a.pdf" is "a.pdf", since a browser drops folders.

    Raises:
        ManifestError: If it cannot be read at all or has no `file` column.
    """
    path = folder / MANIFEST_NAME
    if not os.path.lexists(path) and path not in files:
        return None
    _, records = csv_rows(path)
    line, header = next(records, (1, []))
    columns = ["_".join(cell.lower().replace("-", " ").replace("_", " ").split()) for cell in header]
    if "file" not in columns:
        raise ManifestError(
            f"{str(path)!r}, line {line}: no column 'file' in {', '.join(header)!r}; "
            f"the first line must name the columns, such as {','.join(_FIRST_COLUMNS)}"
        )
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise ManifestError(f"{str(path)!r}, line {line}: the column {twice[0]!r} is there twice; remove one")
    unknown = [column for column in columns if column and column not in _COLUMNS]
    notes = [f"{MANIFEST_NAME}: columns not used: {', '.join(unknown)}"] if unknown else []
    known, other_names = frozenset(files), _by_base_name(files) if by_base_name else {}
    rows: dict[Path, ManifestRow] = {}
    problems: list[FileResult] = []
    for line, cells in records:
        named = ((column, _unguard(cell)) for column, cell in zip(columns, cells, strict=False))
        cells_of = {column: value for column, value in named if value and column in _COLUMNS}
        if len(cells) > len(columns):
            notes.append(_at(line, "more cells than columns; put quotes around commas"))
        target = _target(folder, line, cells_of.get("file"), known, other_names)
        if isinstance(target, FileResult):
            problems.append(target)
        elif target in rows:
            reason = f"the file is already in line {rows[target].line}; keep one row"
            problems.append(_failed(line, rows[target].file, reason))
        else:
            rows[target], found = _validated({**cells_of, "file": target.relative_to(folder).as_posix()}, line)
            notes += found
    return Manifest(rows=tuple(rows.values()), problems=tuple(problems), notes=tuple(notes))


def find_row(path: Path, read: Callable[[Path], Manifest | None]) -> tuple[Path, ManifestRow] | None:
    """Return the nearest folder above a single file whose manifest lists it, with its row there; None without one.

    Callers give `cache(read_manifest)`, so that each manifest is read once.
    """
    for folder in path.parents[:_ABOVE]:
        with suppress(ManifestError):
            manifest, name = read(folder), path.relative_to(folder).as_posix()
            row = next((row for row in manifest.rows if row.file == name), None) if manifest else None
            if row is not None:
                return folder, row
    return None


def draft_row(file: str, metadata: Metadata, kind: StatementKind = "statement") -> ManifestRow:
    """Make the row of a draft manifest from the metadata of a text."""
    return ManifestRow.model_construct(file=file, **asdict(metadata), kind=None if kind == "statement" else kind)


def write_draft(folder: Path, rows: Iterable[ManifestRow], *, force: bool = False) -> Path:
    """Write a draft `statements.csv` for a person to correct; give its path.

    Cells that a spreadsheet would run as a formula get an apostrophe, which `read_manifest` takes off.

    Raises:
        ManifestError: If there is one already and `force` is not set, or it cannot be written.
    """
    path = folder / MANIFEST_NAME
    if path.exists() and not force:
        raise ManifestError(f"{str(path)!r} exists and may hold corrections; use --force to replace it")
    text = io.StringIO(newline="")
    cells = ([_guard(getattr(row, column) or "") for column in _COLUMNS] for row in rows)
    csv.writer(text).writerows([_COLUMNS, *cells])
    try:
        with replacing(path) as draft:
            # The byte order mark lets Excel read UTF-8.
            draft.write_bytes(text.getvalue().encode("utf-8-sig"))
    except OSError as exc:
        raise ManifestError(f"{str(path)!r} could not be written ({exc.strerror}); check the folder") from exc
    return path


def csv_rows(path: Path) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """Return the delimiter and the rows of a CSV file in any of Excel's variants.

    Each row comes with the number of its first line; empty rows are left out.

    Raises:
        ManifestError: If it cannot be read.
    """
    try:
        text = run_bounded(_LIMITS, path.name, _read_text, path)
    except LoadError as exc:
        raise ManifestError(f"{str(path)!r} is not a CSV file that can be read: {exc}") from exc
    delimiter, rows = delimited(text)
    return delimiter, _rows(path, rows, delimiter, skipped=int(rows != text))


def _rows(path: Path, text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = skipped + reader.line_num + 1
    except csv.Error as exc:
        raise ManifestError(f"{str(path)!r}, line {line}: {exc}; save it again as CSV (UTF-8)") from exc


def _read_text(path: Path) -> str:
    """Read a table that is a regular file inside its folder or archive: no pipe, no device, no link that leads out."""
    return decode(read_bytes(path, _LIMITS, path.parent if path.parent.is_dir() else None), path.name)


def _by_base_name(files: Iterable[Path]) -> dict[str, Path]:
    found: dict[str, list[Path]] = {}
    for path in files:
        found.setdefault(_base_name(path.name), []).append(path)
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}


def _base_name(file: str) -> str:
    return unicodedata.normalize("NFC", file.replace("\\", "/").rsplit("/", 1)[-1]).casefold()


def _target(
    folder: Path, line: int, file: str | None, known: Collection[Path], named: Mapping[str, Path]
) -> Path | FileResult:
    if file is None:
        return _failed(line, MANIFEST_NAME, "the cell 'file' is empty; name a file of this folder")
    slashed = file.replace("\\", "/")
    if _OUTSIDE.search(slashed):
        return _failed(line, file, f"{file!r} leads out of the folder; name a file inside it")
    for form in (slashed, unicodedata.normalize("NFC", slashed), unicodedata.normalize("NFD", slashed)):
        path = folder / PurePosixPath(form)
        if path in known:
            return path
        try:
            # A file inside an archive is named as if that were a folder.
            exists = path.is_file() or (not path.exists() and holds(path, LoadLimits()))
        except OSError:
            # A name that the file system cannot hold, such as a whole sentence in the wrong column.
            exists = False
        if exists:
            if is_inside(path, folder):
                return path
            return _failed(line, file, f"{file!r} is a link that leads out of the folder; copy the file")
    if (other := named.get(_base_name(slashed))) is not None:
        return other
    reason = _at(line, f"there is no file {file!r}; correct the name or remove the row")
    return FileResult(file=file, result="missing", reason=reason)


def _validated(cells: dict[str, str], line: int) -> tuple[ManifestRow, Sequence[str]]:
    try:
        return ManifestRow.model_validate({**cells, "line": line}), ()
    except ValidationError as exc:
        hints = {str(error["loc"][0]): error["msg"].removeprefix("Value error, ") for error in exc.errors()}
    told = "is not understood and is read from the text"
    notes = [_at(line, f"{column} {cells[column]!r} {told}: {hint}") for column, hint in hints.items()]
    return _validated({column: cell for column, cell in cells.items() if column not in hints}, line)[0], notes


def _at(line: int, reason: str) -> str:
    return f"{MANIFEST_NAME}, line {line}: {reason}"


def _failed(line: int, file: str, reason: str) -> FileResult:
    return FileResult(file=file, result="failed", reason=_at(line, reason))


def _guard(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguard(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
