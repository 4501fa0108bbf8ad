"""A run as a table for spreadsheets: one line per answer."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

import numpy as np

from app.corpus.report_file import inert_cell
from evals.cases.case import Case
from evals.metrics.table import METRICS
from evals.runs import AnswerRecord, Run, ScoreRecord

_COLUMNS: Final = (
    "case", "repeat", "question", "type", "lang", "states", "expected", "status", "stage", "right", "reviewed",
)  # fmt: skip


def csv_of(run: Run) -> str:
    """Returns comma-separated values of a scored run: a header, then one line per case and repeat.

    Each metric has a column with the figure of that answer alone, empty where it does not apply; times are in
    milliseconds. A text that a spreadsheet could take for a formula gets a leading apostrophe. The order is that of the
    scores; lines end with CR LF.

    Source: RFC 4180; https://owasp.org/www-community/attacks/CSV_Injection

    Raises:
        RunError: The run is not scored.
    """
    scores = run.scores()
    cases = {case.id: case for case in run.cases()}
    answers = {(record.case, record.repeat): record for record in run.answers()}
    steps = tuple(dict.fromkeys(step for score in scores for step in score.timings_ms))
    tokens = tuple(dict.fromkeys(name for score in scores for name in score.tokens))
    out = StringIO()
    writer = csv.writer(out)
    head = [*METRICS, "confidence", *(f"{step}_ms" for step in steps), *(f"tokens_{name}" for name in tokens)]
    writer.writerow([inert_cell(name) for name in (*_COLUMNS, *head, "model", "answer")])
    for score in scores:
        record = answers.get((score.case, score.repeat))
        cells = [
            *_of_case(score, cases.get(score.case)),
            *_figures(score),
            f"{score.confidence:.4f}" if score.status is not None else "",
            *(_number(score.timings_ms.get(step)) for step in steps),
            *(_number(score.tokens.get(name)) for name in tokens),
            inert_cell(score.model or ""),
            inert_cell(_text(record)),
        ]
        writer.writerow(cells)
    return out.getvalue()


def _of_case(score: ScoreRecord, case: Case | None) -> Iterator[str]:
    yield inert_cell(score.case)
    yield str(score.repeat)
    yield inert_cell(case.question if case is not None else "")
    yield case.type if case is not None else ""
    yield inert_cell(case.lang if case is not None else "")
    yield inert_cell(" ".join(score.expected_states))
    yield score.expected
    yield score.status or "failed"
    yield score.stage or ""
    yield "yes" if score.stage is None else "no"
    yield "yes" if score.reviewed else "no"


def _figures(score: ScoreRecord) -> Iterator[str]:
    for metric in METRICS.values():
        components = score.components.get(metric.key)
        value = float(metric.combine(np.array(components))) if components is not None else np.nan
        yield _number(value) if np.isfinite(value) else ""


def _number(value: float | None) -> str:
    """Returns a number of ours: a leading minus is no formula."""
    return "" if value is None else f"{value:.6g}"


def _text(record: AnswerRecord | None) -> str:
    if record is None:
        return ""
    if record.answer is None:
        return record.error.message if record.error is not None else ""
    return str(record.answer.get("answer", ""))
