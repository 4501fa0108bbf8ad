"""Shared parts of the public benchmarks: reading their data, a store for their texts, and the figures."""

import csv
import gzip
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score

from app.retrieval.party_evidence import PartyEvidence
from app.settings import Settings
from app.wiring import Workspace, open_workspace
from evals.errors import DatasetError
from evals.eval_environment import take_in
from vectorstore.records import ScopeFilter, StatementSummary

DATA: Final = "UNTOC_TEST_DATA"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of a benchmark, 0 to 1; `over` is the sample, as "113 questions", `others` are published figures."""

    name: str
    value: float
    over: str
    others: str = ""


def silence_figures(
    name: str, found: Sequence[PartyEvidence], silent: Sequence[bool], folds: Sequence[int], others: Sequence[str]
) -> Iterator[Figure]:
    """Yields precision and recall of abstention, by the program's threshold and by one fitted on the other folds."""
    over = f"{len(silent)} cases, {sum(silent)} silent"
    fitted = silent_by_others([evidence.confidence for evidence in found], silent, folds)
    for threshold, flags in (
        ("", [not evidence.has_evidence for evidence in found]),
        (", threshold of other folds", fitted),
    ):
        for rate, measure, other in zip(("precision", "recall"), (precision_score, recall_score), others, strict=True):
            value = float(measure(silent, flags, zero_division=0.0))
            yield Figure(name=f"{name}: {rate}{threshold}", value=value, over=over, others=other)


def silent_by_others(confidence: Sequence[float], silent: Sequence[bool], folds: Sequence[int]) -> list[bool]:
    """Returns which cases are predicted silent, by the confidence threshold with the best F1 on the other folds."""
    confidences, silences, fold_numbers = np.array(confidence), np.array(silent), np.array(folds)
    predicted = np.zeros(len(confidences), dtype=np.bool_)
    for fold in np.unique(fold_numbers):
        chances, right = confidences[fold_numbers != fold], silences[fold_numbers != fold]
        best = max(np.unique(chances), key=lambda at: f1_score(right, chances < at, zero_division=0.0), default=0.0)
        predicted[fold_numbers == fold] = confidences[fold_numbers == fold] < best
    return [bool(each) for each in predicted]


def records_of(file: str, folder: Path | None, part: str = "public") -> list[dict[str, Any]]:
    """Returns the JSON lines of a file, unpacked if `.gz`, in a folder; by default `part` in `UNTOC_TEST_DATA`."""
    named = os.environ.get(DATA)
    root = folder or (Path(named) / part if named else None)
    if root is None or not (root / file).is_file():
        where = "no folder is named" if root is None else f"there is no {str(root / file)!r}"
        raise DatasetError(
            f"{where}: give the folder of public data with --data, or set {DATA}; docs/evals.md says more"
        )
    content = (root / file).read_bytes()
    text = (gzip.decompress(content) if file.endswith(".gz") else content).decode("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def write_texts(folder: Path, texts: Mapping[str, str], columns: Mapping[str, Sequence[object]] | None = None) -> None:
    """Writes texts by file name, with a manifest; `columns` are further columns of it, in the order of the texts."""
    folder.mkdir(parents=True, exist_ok=True)
    further = {"language": ["en"] * len(texts), **(columns or {})}
    with (folder / "statements.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", *further), *zip(texts, *further.values(), strict=True)])
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


@contextmanager
def open_texts(settings: Settings, folder: Path) -> Iterator[tuple[Workspace, dict[str, list[StatementSummary]]]]:
    """Opens a store of a folder's texts, embedding new ones; yields the workspace and its statements by file."""
    with open_workspace(settings.in_folder(folder.with_name(f"{folder.name}-store"))) as workspace:
        take_in(workspace, [folder])
        by_file: dict[str, list[StatementSummary]] = {}
        for summary in workspace.store.catalogue.summaries(ScopeFilter()):
            by_file.setdefault(summary.file, []).append(summary)
        yield workspace, by_file
