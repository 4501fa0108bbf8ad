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
from evals.gates import GateReport
from evals.metrics.eval_sample import FileSpan
from evals.paths import EvalPaths
from evals.report.render import Reported, gates_of
from evals.review import CitationDecision, Unjudged, pooled, read_decisions, read_rulings, unjudged
from evals.runs import ANSWERS, CASES, MANIFEST, SCORES, Run, list_runs, open_run, run_path
from evals.score import score_run
from evals.summary import RIGHT, Figure, by_case, figure
from vectorstore.errors import StoreError

_Read = TypeVar("_Read")


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One run as the page shows it.

    Attributes:
        done: Answers that are there.
        right: None while it is not scored.
        gated: How the absolute gates came out; None where that is not known.
        rulings: Rulings that are newer than its scores.
    """

    run: Run
    done: int
    right: Figure | None
    gated: GateReport | None
    rulings: int


class Archive:
    """Reads runs, their statements and what waits for a decision."""

    def __init__(self, settings: Settings, paths: EvalPaths, *, store: Callable[[], Documents] | None = None) -> None:
        """Reads nothing yet.

        Args:
            settings: The settings, with the store.
            paths: Where runs are kept.
            store: Reads the statements of the store; default: opens it.
        """
        self._settings, self._paths = settings, paths
        self._read_store = store or (lambda: stored_documents(settings))
        self._known: dict[tuple[str, ...], tuple[object, object]] = {}
        self._lock = threading.RLock()

    def rows(self) -> tuple[RunRow, ...]:
        """Returns the runs, the newest first."""
        try:
            decisions = read_decisions(self._paths.reviews)
        except EvalError:
            decisions = ()
        rulings = [decision for decision in decisions if isinstance(decision, CitationDecision)]
        return tuple(self._row(run, rulings) for run in list_runs(self._paths.runs))

    def run(self, name: str) -> Run:
        """Returns a run by its name alone; paths, which `open_run` takes as well, are not for the page.

        Raises:
            RunError: There is none.
        """
        return open_run(self._paths.runs, run_path(self._paths.runs, name).name)

    def documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, as they are now.

        Raises:
            EvalError: They cannot be read.
            StoreError: The store cannot be opened.
        """
        folders = run.manifest.corpus
        if not folders:
            return self.store_documents()
        places = [shipped_folder(folder) for folder in folders]
        files = (path for folder in places if folder.is_dir() for path in sorted(folder.rglob("*")))
        return self._once(("folders", *folders), files, lambda: read_documents(places))

    def store_documents(self) -> Documents:
        """Returns the statements of the store.

        Raises:
            StoreError: It cannot be opened.
        """
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
                queues.append(self._cited(run))
            except (EvalError, StoreError) as exc:
                problems.append(f"{run.name}: {exc}")
        return pooled(queues, read_rulings(self._paths.reviews)), tuple(problems)

    def cited(self) -> dict[tuple[str, FileSpan], Unjudged]:
        """Returns every citation of any run that no evidence knows, ruled on or not, by case and span."""
        found: dict[tuple[str, FileSpan], Unjudged] = {}
        for run in list_runs(self._paths.runs):
            try:
                found |= {item.key: item for item in self._cited(run)}
            except (EvalError, StoreError):
                continue
        return found

    def reported(self, name: str, baseline: str | None = None) -> Reported:
        """Returns what a run's report is made of.

        Raises:
            EvalError: The run is missing or not scored, or its statements have changed.
        """
        run = self._scored(name)
        if baseline == name:
            raise RunError("a run cannot be compared with itself: choose two")
        return Reported(
            run=run,
            documents=self._same_documents(run),
            baseline=self._scored(baseline) if baseline else None,
            reviews=self._paths.reviews,
        )

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

    def _row(self, run: Run, rulings: Iterable[CitationDecision]) -> RunRow:
        files = [run.path / name for name in (ANSWERS, SCORES, MANIFEST)]
        done, right, gated = self._once(("row", run.name), files, lambda: _figures(run))
        newer = 0
        if right is not None:
            scored = (run.path / SCORES).stat().st_mtime
            ids = self._once(("ids", run.name), [run.path / CASES], lambda: {case.id for case in run.cases()})
            newer = sum(decision.at.timestamp() > scored and decision.case in ids for decision in rulings)
        return RunRow(run=run, done=done, right=right, gated=gated, rulings=newer)

    def _cited(self, run: Run) -> tuple[Unjudged, ...]:
        """Returns what no evidence knows of a run, whatever was ruled on it."""
        documents = self.documents(run)
        key = ("cited", run.name, documents.sha256)
        return self._once(key, [run.path / ANSWERS], lambda: unjudged(run, documents, {}))

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
        if not run.scored:
            return done, None, None
        return done, figure(by_case(run.scores()), RIGHT), gates_of(run, None)
    except EvalError:
        return 0, None, None
