"""The archive: the runs of a store, the statements that they were asked over, and reports and scores from both."""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from app.settings import Settings
from evals.case_sets import FOLDERS
from evals.cases.documents import Documents, read_documents, stored_documents
from evals.errors import RunError
from evals.files import EvalPaths
from evals.report.report import Report
from evals.review import Unexpected, read_rulings, unexpected
from evals.runs import Run, list_runs, open_run, run_path
from evals.score import score_run
from vectorstore.database import Database


class Archive:
    """Opens runs and their statements; statements are cached until one of their files changes."""

    def __init__(self, settings: Settings, *, store: Callable[[], Documents] | None = None) -> None:
        """Reads nothing yet; `store` is called to read the store's statements, by default by opening the store."""
        self.settings, self.paths = settings, EvalPaths(settings.store)
        self._read_store = store or (lambda: stored_documents(settings))
        self._known: dict[tuple[str, ...], tuple[object, Documents]] = {}
        self._lock = threading.RLock()

    def runs(self) -> list[Run]:
        """Returns the runs, the newest first."""
        return list_runs(self.paths.runs)

    def run(self, name: str) -> Run:
        """Opens a run by its name, by `latest`, or by the path of its folder."""
        return open_run(self.paths.runs, name)

    def named(self, name: str) -> Run:
        """Opens a run by its name alone: unlike a command, the evals page must not open a path that it is given."""
        return self.run(run_path(self.paths.runs, name).name)

    def baseline(self, name: str | None, run: Run) -> Run | None:
        """Opens the run `name` with which `run` is compared; None without a name."""
        before = self.run(name) if name else None
        if before is not None and before.path.resolve() == run.path.resolve():
            raise RunError(f"{name!r} is its own baseline, which shows nothing: name another run")
        return before

    def documents(self, run: Run) -> Documents:
        """Returns the statements that a run was asked over; changed ones are refused, since offsets no longer fit."""
        documents = self.documents_now(run)
        if documents.sha256 != run.manifest.corpus_sha256:
            raise RunError(f"the statements have changed since the run {run.name!r}: run it again under another name")
        return documents

    def documents_now(self, run: Run) -> Documents:
        """Returns the statements of a run's corpus as they are now, even if they have changed since the run."""
        if not run.manifest.corpus:
            return self.stored()
        folders = [FOLDERS.get(name, Path(name)) for name in run.manifest.corpus]
        files = (path for folder in folders for path in sorted(folder.rglob("*")))
        return self._cached(run.manifest.corpus, files, lambda: read_documents(folders, limits=self.settings.load))

    def stored(self) -> Documents:
        """Returns the statements of the store."""
        writes, url = 0, self.settings.database.url
        if url is not None:
            # A record in PostgreSQL changes without any file of the store.
            with closing(Database(url.get_secret_value(), read_only=True, create=False)) as database:
                writes = database.writes
        return self._cached(("store",), sorted(self.settings.store.glob("*.*")), self._read_store, writes)

    def unexpected(self, run: Run) -> tuple[Sequence[Unexpected], Documents]:
        """Returns (the citations of a run that no case expects, its statements)."""
        documents = self.documents_now(run)
        return unexpected(run, documents, read_rulings(self.paths.reviews)), documents

    def report(self, run: Run, baseline: Run | None = None, gates: Path | None = None) -> Report:
        """Returns the report of a run, against a baseline if one is given."""
        documents, rulings = self.documents(run), read_rulings(self.paths.reviews)
        return Report(run=run, documents=documents, baseline=baseline, gates=gates, rulings=rulings)

    def score(self, run: Run) -> Run:
        """Scores a run again with the reviewers' rulings so far, and returns it."""
        with run.hold():
            score_run(run, self.documents(run), read_rulings(self.paths.reviews))
        return run

    def _cached(
        self, key: tuple[str, ...], files: Iterable[Path], read: Callable[[], Documents], writes: int = 0
    ) -> Documents:
        state = (writes, [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.is_file()])
        with self._lock:
            if key not in self._known or self._known[key][0] != state:
                self._known[key] = (state, read())
            return self._known[key][1]
