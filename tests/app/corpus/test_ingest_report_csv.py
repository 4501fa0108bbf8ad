"""The report of an ingest as CSV."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from app.corpus.ingest_report_csv import write_report
from app.errors import ExportError
from ingest.report import FileResult, IngestProgress, IngestReport
from tests.cases import Cases

cases = Cases(__file__)


def rows(report: IngestReport, path: Path) -> list[dict[str, str]]:
    write_report(report, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_is_a_row_in_order(tmp_path: Path) -> None:
    report = IngestReport(
        files=(
            FileResult(file="a.txt", result="added", statement_id="s1", state="XAA", family="s0"),
            FileResult(file="b,\n“c”.txt", result="failed", reason='no "text"\nin it'),
        )
    )
    first, second = rows(report, tmp_path / "report.csv")
    assert first == {
        "file": "a.txt", "result": "added", "reason": "", "statement_id": "s1", "state": "XAA", "family": "s0"
    }  # fmt: skip
    assert (second["file"], second["result"], second["reason"]) == ("b,\n“c”.txt", "failed", 'no "text"\nin it')


@pytest.mark.parametrize("name", ["=1+1.txt", "+x.txt", "-x.txt", "@SUM(A1).txt", "\tx.txt", " =x.txt", "＝x.txt"])
def test_no_cell_is_a_formula(name: str, tmp_path: Path) -> None:
    report = IngestReport(files=(FileResult(file=name, result="failed", reason=f"={name}"),))
    (row,) = rows(report, tmp_path / "report.csv")
    assert row["file"] == f"'{name}" and row["reason"] == f"'={name}"


def test_report_is_written_for_spreadsheets_and_a_bad_path_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    write_report(IngestReport(files=(FileResult(file="é.txt", result="added"),)), path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbffile,result,")
    assert "é.txt" in path.read_text(encoding="utf-8-sig")
    with pytest.raises(ExportError, match="choose another file"):
        write_report(IngestReport(), tmp_path / "absent" / "report.csv")


@cases("finished", "passages", "seconds", "pace")
def test_pace_is_rate_and_time_left(finished: float, passages: int, seconds: float, pace: str) -> None:
    progress = IngestProgress(
        done=40, total=40, file="x", step="embed", finished=finished, passages=passages, seconds=seconds
    )
    assert progress.pace == pace


def test_pace_leaves_out_what_was_before_the_first_files_were_done() -> None:
    """Loading the models and the first file take 40 s, every other file one second."""
    warm = IngestProgress(done=1, total=41, file="x", step="embed", finished=1.0, passages=10, seconds=40.0)
    first = replace(warm, first_done=warm)
    assert (first.seconds_left, first.pace) == (None, "")
    later = replace(first, done=11, finished=11.0, passages=110, seconds=50.0)
    assert later.pace == "10 passages/s, about 30 s left"
