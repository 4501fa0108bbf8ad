"""The report of an ingest as a CSV file for spreadsheets, in which no cell can be a formula."""

import csv
import io
from dataclasses import asdict
from pathlib import Path
from typing import Final

from app.errors import ExportError
from ingest.report import FileResult, IngestReport

_COLUMNS: Final = tuple(FileResult.__dataclass_fields__)
# A spreadsheet takes a cell that begins so for a formula, and file names come from anywhere.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def report_csv(report: IngestReport) -> str:
    """Returns one row per file under a heading; a cell that a spreadsheet would compute begins with an apostrophe."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for file in report.files:
        cells = (value or "" for value in asdict(file).values())
        rows.writerow(f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell for cell in cells)
    return text.getvalue()


def write_report(report: IngestReport, path: Path) -> None:
    """Writes the report, in place of an older file of that name; an ExportError says why it cannot be."""
    try:
        # With the mark by which spreadsheets know UTF-8.
        path.write_text(report_csv(report), encoding="utf-8-sig", newline="")
    except OSError as exc:
        raise ExportError(
            f"the report {str(path)!r} cannot be written ({exc.strerror}): choose another file with --report"
        ) from exc
