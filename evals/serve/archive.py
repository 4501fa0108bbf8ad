"""The page's cached reads of runs: a folder is read again only where one of its files has changed."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.settings import Settings
from evals.case_sets import shipped_folder
from evals.cases.documents import Documents, read_documents, stored_documents
from evals.errors import EvalError, RunError
from evals.gates import gates_of
from evals.metrics.table import RIGHT
from evals.paths import EvalPaths
from evals.report.report import Report
from evals.report.verdict import gates_told
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
        gates: How the absolute gates came out, in words.
        ruled: Whether persons have ruled since it was scored.
    """

    run: Run
    done: int
    right: Figure | None
    gates: str
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
        decisions = read_decisions(self._paths.reviews)
        ruled = max((d.at.timestamp() for d in decisions if isinstance(d, CitationDecision)), default=0.0)

        def row(run: Run) -> RunRow:
            files = [run.path / name for name in (ANSWERS, SCORES, MANIFEST)]
            done, right, gates = self._once(("row", run.name), files, lambda: _figures(run))
            newer = right is not None and ruled > (run.path / SCORES).stat().st_mtime
            return RunRow(run=run, done=done, right=right, gates=gates, ruled=newer)

        return tuple(map(row, list_runs(self._paths.runs)))

    def run(self, name: str) -> Run:
        """Returns a run by its name alone; paths, which `open_run` takes as well, are not for the page."""
        return open_run(self._paths.runs, run_path(self._paths.runs, name).name)

    def documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, as they are now."""
        folders = run.manifest.corpus
        if not folders:
            return self.store_documents()
        places = [shipped_folder(folder) for folder in folders]
        files = (path for folder in places for path in sorted(folder.rglob("*")))
        return self._once(("folders", *folders), files, lambda: read_documents(places))

    def store_documents(self) -> Documents:
        """Returns the statements of the store."""
        return self._once(("store",), sorted(self._settings.store.glob("*.*")), self._read_store)

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
        """Returns the report of a run."""
        run = self.run(name)
        if baseline == name:
            raise RunError("a run cannot be compared with itself: choose two")
        before = self.run(baseline) if baseline else None
        for each in (run, *((before,) if before is not None else ())):
            if not each.scored:
                todo = "score it on the page of runs" if each.complete else "it was not finished; go on with it first"
                raise RunError(f"the run {each.name!r} has no scores yet: {todo}")
        return Report(run=run, documents=self._same_documents(run), baseline=before, reviews=self._paths.reviews)

    def score(self, name: str) -> None:
        """Scores a run again, by what was ruled on until now."""
        run = self.run(name)
        score_run(run, self._same_documents(run), read_rulings(self._paths.reviews))

    def _same_documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, if they are still the same: else offsets point elsewhere."""
        documents = self.documents(run)
        documents.require(run.manifest.corpus_sha256, run.name)
        return documents

    def _once(self, key: tuple[str, ...], files: Iterable[Path], read: Callable[[], _Read]) -> _Read:
        """Returns what was read under a key, read anew where one of its files has changed."""
        state = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.is_file()]
        with self._lock:
            known = self._known.get(key)
            if known is None or known[0] != state:
                known = self._known[key] = (state, read())
            return known[1]  # type: ignore[return-value]  # of the key, always read by the same function


def _figures(run: Run) -> tuple[int, Figure | None, str]:
    try:
        done = len(run.answers())
        if run.scored:
            return done, figure(by_case(run.scores()), RIGHT), gates_told(gates_of(run, None))[0]
    except EvalError:
        done = 0
    return done, None, "not known"
