"""The page's cached reads of runs: a folder is read again only where one of its files has changed."""

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.settings import Settings
from evals.case_sets import shipped_folder
from evals.cases.documents import Documents, read_documents, stored_documents
from evals.errors import EvalError, RunError
from evals.gates import GateReport, gates_of
from evals.metrics.table import RIGHT
from evals.paths import EvalPaths
from evals.report.report import Report
from evals.review import CitationDecision, Unjudged, pooled, read_decisions, read_rulings, unjudged
from evals.runs import ANSWERS, MANIFEST, SCORES, Run, list_runs, open_run, run_path
from evals.score import score_run
from evals.summary import Figure, by_case, figure
from vectorstore.errors import StoreError

_Read = TypeVar("_Read")


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One run as the page shows it.

    Attributes:
        done: Answers that are there.
        right: None while it is not scored.
        gated: How the absolute gates came out; None where that is not known.
        ruled: Whether persons have ruled since it was scored.
    """

    run: Run
    done: int
    right: Figure | None
    gated: GateReport | None
    ruled: bool


class Archive:
    """Reads runs, their statements and what waits for a decision."""

    def __init__(self, settings: Settings, paths: EvalPaths, *, store: Callable[[], Documents] | None = None) -> None:
        """Reads nothing yet; `store` reads the statements of the store, and opens it by default."""
        self._settings, self._paths = settings, paths
        self._read_store = store or (lambda: stored_documents(settings))
        self._known: dict[tuple[str, ...], tuple[object, object]] = {}
        self._lock = threading.RLock()

    def rows(self) -> tuple[RunRow, ...]:
        """Returns the runs, the newest first."""
        try:
            rulings = [d.at.timestamp() for d in read_decisions(self._paths.reviews) if isinstance(d, CitationDecision)]
        except EvalError:
            rulings = []
        return tuple(self._row(run, max(rulings, default=0.0)) for run in list_runs(self._paths.runs))

    def run(self, name: str) -> Run:
        """Returns a run by its name alone; paths, which `open_run` takes as well, are not for the page.

        Raises:
            RunError: There is none.
        """
        return open_run(self._paths.runs, run_path(self._paths.runs, name).name)

    def documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, as they are now."""
        folders = run.manifest.corpus
        if not folders:
            return self.store_documents()
        places = [shipped_folder(folder) for folder in folders]
        files = (path for folder in places if folder.is_dir() for path in sorted(folder.rglob("*")))
        return self._once(("folders", *folders), files, lambda: read_documents(places))

    def store_documents(self) -> Documents:
        """Returns the statements of the store."""
        store = self._settings.store
        files = (path for path in (sorted(store.iterdir()) if store.is_dir() else ()) if path.is_file())
        return self._once(("store",), files, self._read_store)

    def waiting(self, name: str | None = None) -> tuple[tuple[Unjudged, ...], tuple[str, ...]]:
        """Returns (cited spans that wait for a ruling, problems of runs that cannot be read).

        Args:
            name: A run; without one, all runs of the pipeline as it is.
        """
        runs = [self.run(name)] if name else [r for r in list_runs(self._paths.runs) if r.manifest.variant is None]
        queues, problems = [], []
        for run in runs:
            try:
                documents = self.documents(run)
                key, files = ("cited", run.name, documents.sha256), [run.path / ANSWERS]
                queues.append(self._once(key, files, lambda run=run, held=documents: unjudged(run, held, {})))  # type: ignore[misc]
            except (EvalError, StoreError) as exc:
                problems.append(f"{run.name}: {exc}")
        return pooled(queues, read_rulings(self._paths.reviews)), tuple(problems)

    def report(self, name: str, baseline: str | None = None) -> Report:
        """Returns the report of a run.

        Raises:
            EvalError: The run is missing or not scored, or its statements have changed.
        """
        run = self._scored(name)
        if baseline == name:
            raise RunError("a run cannot be compared with itself: choose two")
        before = self._scored(baseline) if baseline else None
        return Report(run=run, documents=self._same_documents(run), baseline=before, reviews=self._paths.reviews)

    def score(self, name: str) -> None:
        """Scores a run again, by what was ruled on until now."""
        run = self.run(name)
        score_run(run, self._same_documents(run), read_rulings(self._paths.reviews))

    def _same_documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, if they are still the same: else offsets point elsewhere."""
        documents = self.documents(run)
        if documents.sha256 != run.manifest.corpus_sha256:
            raise RunError(f"the statements have changed since the run {run.name!r}: start it again under another name")
        return documents

    def _scored(self, name: str) -> Run:
        run = self.run(name)
        if not run.scored:
            todo = "score it on the page of runs" if run.complete else "it was not finished; go on with it first"
            raise RunError(f"the run {run.name!r} has no scores yet: {todo}")
        return run

    def _row(self, run: Run, ruled: float) -> RunRow:
        files = [run.path / name for name in (ANSWERS, SCORES, MANIFEST)]
        done, right, gated = self._once(("row", run.name), files, lambda: _figures(run))
        newer = right is not None and ruled > (run.path / SCORES).stat().st_mtime
        return RunRow(run=run, done=done, right=right, gated=gated, ruled=newer)

    def _once(self, key: tuple[str, ...], files: Iterable[Path], read: Callable[[], _Read]) -> _Read:
        """Returns what was read under a key, read anew where one of its files has changed."""
        state = [(str(path), about.st_mtime_ns, about.st_size) for path in files if (about := _stat(path))]
        with self._lock:
            known = self._known.get(key)
            if known is None or known[0] != state:
                known = self._known[key] = (state, read())
            return known[1]  # type: ignore[return-value]  # of the key, always read by the same function


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _figures(run: Run) -> tuple[int, Figure | None, GateReport | None]:
    try:
        done = len(run.answers())
        return (done, figure(by_case(run.scores()), RIGHT), gates_of(run, None)) if run.scored else (done, None, None)
    except EvalError:
        return 0, None, None
