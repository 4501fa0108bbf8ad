"""What the page reads: runs, their reports, and statements, which are read again only where a file has changed."""

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from app.settings import Settings
from evals.case_sets import shipped_folder
from evals.cases.documents import Documents, read_documents, stored_documents
from evals.errors import RunError
from evals.paths import EvalPaths
from evals.report.report import Report
from evals.review import Unexpected, read_rulings, unexpected
from evals.runs import Run, list_runs, open_run, run_path
from evals.score import score_run


class Archive:
    """Reads runs, their statements and what waits for a decision."""

    def __init__(self, settings: Settings, paths: EvalPaths, *, store: Callable[[], Documents] | None = None) -> None:
        """Reads nothing yet; `store` reads the statements of the store, and opens it by default."""
        self._settings, self._paths = settings, paths
        self._read_store = store or (lambda: stored_documents(settings))
        self._known: dict[tuple[str, ...], tuple[object, Documents]] = {}
        self._lock = threading.RLock()

    def runs(self) -> list[Run]:
        """Returns the runs, the newest first."""
        return list_runs(self._paths.runs)

    def run(self, name: str) -> Run:
        """Returns a run by its name alone; paths, which `open_run` takes as well, are not for the page."""
        return open_run(self._paths.runs, run_path(self._paths.runs, name).name)

    def documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, as they are now."""
        if not run.manifest.corpus:
            return self.store_documents()
        folders = [shipped_folder(folder) for folder in run.manifest.corpus]
        files = (path for folder in folders for path in sorted(folder.rglob("*")))
        return self._once(run.manifest.corpus, files, lambda: read_documents(folders))

    def store_documents(self) -> Documents:
        """Returns the statements of the store."""
        return self._once(("store",), sorted(self._settings.store.glob("*.*")), self._read_store)

    def unexpected(self, name: str | None) -> tuple[Sequence[Unexpected], Documents | None]:
        """Returns (the citations of a run that no case expects, its statements); of the newest one without a name."""
        runs = [self.run(name)] if name else [run for run in self.runs() if run.manifest.variant is None]
        if not runs:
            return (), None
        documents = self.documents(runs[0])
        return unexpected(runs[0], documents, read_rulings(self._paths.reviews)), documents

    def report(self, name: str, baseline: str | None = None) -> Report:
        """Returns the report of a run."""
        run, before = self.run(name), self.run(baseline) if baseline else None
        if baseline == name:
            raise RunError("a run cannot be compared with itself: choose two")
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
        documents = self.documents(run)
        documents.require(run.manifest.corpus_sha256, run.name)
        return documents

    def _once(self, key: tuple[str, ...], files: Iterable[Path], read: Callable[[], Documents]) -> Documents:
        state = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.is_file()]
        with self._lock:
            if key not in self._known or self._known[key][0] != state:
                self._known[key] = (state, read())
            return self._known[key][1]
