"""What the public benchmarks share: where their data lies, a store for their texts, and what a figure is."""

import csv
import gzip
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.retrieval.party_evidence import PartyEvidence
from app.settings import Settings
from app.wiring import Workspace, open_workspace
from evals.errors import DatasetError, RunError
from vectorstore.records import ScopeFilter, StatementSummary

DATA: Final = "UNTOC_TEST_DATA"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of a benchmark.

    Attributes:
        value: 0 to 1.
        over: What it was taken over, such as "113 questions".
        others: What others publish, or a simpler way gets, on the same.
    """

    name: str
    value: float
    over: str
    others: str = ""


def precision_recall(found: Sequence[bool], right: Sequence[bool]) -> tuple[float, float]:
    """Returns the precision and the recall of what was found; 0 where nothing was found, or nothing is right."""
    hits = sum(one and other for one, other in zip(found, right, strict=True))
    return hits / max(1, sum(found)), hits / max(1, sum(right))


def silence_figures(
    name: str, found: Sequence[PartyEvidence], silent: Sequence[bool], folds: Sequence[int], others: Sequence[str]
) -> Iterator[Figure]:
    """Yields precision and recall of silence, by the threshold of the program and by one that other folds choose.

    Args:
        name: What is silent.
        found: The evidence of each case.
        silent: Whether it is silent.
        folds: Which fold it is in.
        others: What others get, in precision and in recall.
    """
    over = f"{len(silent)} cases, {sum(silent)} silent"
    fitted = silent_by_others([evidence.confidence for evidence in found], silent, folds)
    for threshold, told in (("", [not evidence.speaks for evidence in found]), (", threshold of other folds", fitted)):
        for rate, value, other in zip(("precision", "recall"), precision_recall(told, silent), others, strict=True):
            yield Figure(name=f"{name}: {rate}{threshold}", value=value, over=over, others=other)


def silent_by_others(confidence: Sequence[float], silent: Sequence[bool], folds: Sequence[int]) -> list[bool]:
    """Returns which cases are told to be silent by the threshold that serves the other folds best, by F1 of silence.

    Args:
        confidence: How sure it is that a case answers, 0 to 1.
        silent: Whether it is silent.
        folds: Which fold it is in; nothing of a fold tells where its own threshold lies.
    """

    def best(fold: int) -> float:
        others = [(sure, still) for sure, still, own in zip(confidence, silent, folds, strict=True) if own != fold]

        def f1(threshold: float) -> float:
            told = [sure < threshold for sure, _ in others]
            hits = sum(one and still for one, (_, still) in zip(told, others, strict=True))
            return 2 * hits / max(1, sum(told) + sum(still for _, still in others))

        return max(sorted({sure for sure, _ in others}), key=f1, default=0.0)

    thresholds = {fold: best(fold) for fold in set(folds)}
    return [sure < thresholds[fold] for sure, fold in zip(confidence, folds, strict=True)]


def records_of(file: str, folder: Path | None) -> list[dict[str, Any]]:
    """Returns the JSON lines of a file of the benchmarks.

    Args:
        file: Its name below the folder of public data; `.gz` is unpacked.
        folder: That folder; by default `public` in what the variable `UNTOC_TEST_DATA` names.
    """
    named = os.environ.get(DATA)
    root = folder or (Path(named) / "public" if named else None)
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
    """Opens a store that holds the texts of a folder, and gives its statements by file, interventions one by one.

    Texts that are held already are not embedded again.
    """
    with open_workspace(settings.in_folder(folder.with_name(f"{folder.name}-store"))) as workspace:
        report = workspace.corpus.ingest([folder])
        failed = [file for file in report.files if file.result in ("failed", "missing")]
        if failed:
            raise RunError(f"not all of {str(folder)!r} was taken in: {failed[0].file}: {failed[0].reason}")
        held: dict[str, list[StatementSummary]] = {}
        for summary in workspace.store.catalogue.summaries(ScopeFilter()):
            held.setdefault(summary.file, []).append(summary)
        yield workspace, held
