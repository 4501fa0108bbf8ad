"""The report of an ingest as a CSV file for spreadsheets, in which no cell can be a formula."""

import csv
from dataclasses import asdict
from pathlib import Path
from typing import Final

from app.errors import ExportError
from ingest.report import FileResult, IngestReport

_COLUMNS: Final = tuple(FileResult.__dataclass_fields__)
# Formula injection: a spreadsheet computes a cell that begins with one of these, and file names are untrusted.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_report(report: IngestReport, path: Path) -> None:
    """Writes a header and one row per file, replacing an older report; raises an ExportError if it cannot.

    A cell that a spreadsheet would compute as a formula gets an apostrophe in front.
    """
    try:
        # "utf-8-sig" writes the byte order mark by which spreadsheets recognise UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(_COLUMNS)
            for result in report.files:
                cells = (value or "" for value in asdict(result).values())
                rows.writerow(f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell for cell in cells)
    except OSError as exc:
        raise ExportError(
            f"the report {str(path)!r} cannot be written ({exc.strerror}): choose another file with --report"
        ) from exc
