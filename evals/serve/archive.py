"""The page's cached reads of runs: a folder is read again only where one of its files has changed."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.settings import Settings
from app.wiring import open_workspace
from evals.case_sets import shipped_folder
from evals.errors import EvalError, RunError
from evals.files import write_whole
from evals.gates import GateReport, check_gates, load_gates
from evals.golden.documents import Documents, documents_of, read_documents
from evals.metrics.eval_sample import FileSpan
from evals.paths import EvalPaths
from evals.review.decisions import CitationDecision, Unjudged, pooled, read_decisions, read_rulings, unjudged
from evals.runs import ANSWERS, CASES, MANIFEST, SCORES, Run, RunManifest, list_runs, open_run, run_path
from evals.score import Rulings, score_run
from evals.serve.jobs import count_answers
from evals.summary import RIGHT, Figure, by_case, figure
from vectorstore.errors import StoreError

REPORT: Final = "report.html"
# Bootstrap samples for gate verdicts alone, whose intervals are not shown here.
_RESAMPLES: Final = 100


class Renderers:
    """Writes a run's report with `evals.report`, which is imported when the first report is made."""

    def html(self, run: Run, documents: Documents, baseline: Run | None, rulings: Rulings) -> str:
        """Returns one HTML file."""
        from evals.report.html import render

        return render(run, documents, baseline=baseline, gates=gates_of(run, baseline), rulings=rulings)

    def markdown(self, run: Run, baseline: Run | None) -> str:
        """Returns a summary."""
        from evals.report.markdown import markdown

        return markdown(run, baseline=baseline, gates=gates_of(run, baseline))

    def csv(self, run: Run) -> str:
        """Returns one line for each case."""
        from evals.report.table import csv_of

        return csv_of(run)


@dataclass(frozen=True, kw_only=True)
class Gated:
    """Whether a run holds the absolute bars; what is compared with a baseline is not in it."""

    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One run as the table shows it.

    Attributes:
        done: Answers that are there.
        right: None while it is not scored.
        rulings: Rulings on its cases that are newer than its scores.
    """

    manifest: RunManifest
    name: str
    done: int
    total: int
    right: Figure | None
    gated: Gated | None
    rulings: int

    @property
    def complete(self) -> bool:
        """Whether all was asked."""
        return self.manifest.ended is not None


class Archive:
    """Reads runs, their statements and what waits for a decision."""

    def __init__(
        self,
        settings: Settings,
        paths: EvalPaths,
        renderers: Renderers,
        *,
        store_documents: Callable[[], Documents] | None = None,
    ) -> None:
        """Reads nothing yet.

        Args:
            settings: The settings, with the store.
            paths: Where runs are kept.
            renderers: What writes reports.
            store_documents: Reads the statements of the store; default: opens it.
        """
        self._settings = settings
        self._paths = paths
        self._renderers = renderers
        self._read_store = store_documents or self._open_store
        self._known: dict[tuple[str, ...], tuple[object, Any]] = {}
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
        """Returns a run by its name.

        Raises:
            RunError: There is none.
        """
        # Paths, which `open_run` takes as well, are not for the page.
        return open_run(self._paths.runs, run_path(self._paths.runs, name).name)

    def documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, as they are now.

        Raises:
            EvalError: They cannot be read.
            StoreError: The store cannot be opened.
        """
        folders = tuple(run.manifest.corpus)
        return self.folder_documents(folders) if folders else self.store_documents()

    def folder_documents(self, folders: tuple[str, ...]) -> Documents:
        """Returns the statements of folders."""
        places = [shipped_folder(folder) for folder in folders]
        state = _state_of(path for folder in places if folder.is_dir() for path in sorted(folder.rglob("*")))
        found: Documents = self._once(("folders", *folders), state, lambda: read_documents(places))
        return found

    def store_documents(self) -> Documents:
        """Returns the statements of the store.

        Raises:
            StoreError: It cannot be opened.
        """
        store = self._settings.store
        files = (path for path in (sorted(store.iterdir()) if store.is_dir() else ()) if path.is_file())
        found: Documents = self._once(("store",), _state_of(files), self._read_store)
        return found

    def waiting(self, name: str | None = None) -> tuple[tuple[Unjudged, ...], tuple[str, ...]]:
        """Returns (cited spans that wait for a ruling, problems of runs that cannot be read).

        Args:
            name: A run; without one, all runs of the pipeline as it is.
        """
        queues, problems = [], []
        for run in self._reviewed(name):
            try:
                queues.append(self._cited(run))
            except (EvalError, StoreError) as exc:
                problems.append(f"{run.name}: {exc}")
        return pooled(queues, read_rulings(self._paths.reviews)), tuple(problems)

    def quotes(self) -> dict[tuple[str, FileSpan], str]:
        """Returns the words of every citation that was ever to be judged, by case and span."""
        queues = []
        for run in list_runs(self._paths.runs):
            try:
                queues.append(self._cited(run))
            except (EvalError, StoreError):
                continue
        return {item.key: item.citation.source_quote for queue in queues for item in queue}

    def questions(self) -> dict[str, str]:
        """Returns the question of every case that a run has asked, by its id."""
        found: dict[str, str] = {}
        for run in reversed(list_runs(self._paths.runs)):
            found |= self._asked(run)
        return found

    def report(self, name: str) -> str:
        """Returns a run's report, written anew where scores or decisions are newer than it.

        Raises:
            EvalError: The run is missing or not scored, or its statements cannot be read.
        """
        run = self._scored(name)
        path = run.path / REPORT
        sources = [run.path / SCORES, *([self._paths.reviews] if self._paths.reviews.is_file() else [])]
        made = path.stat().st_mtime_ns if path.is_file() else 0
        # Once the statements have changed no report can be made; the one that there is still tells what came out.
        if made < max(source.stat().st_mtime_ns for source in sources) and not (made and self._changed(run)):
            write_whole(path, self._html(run, None))
        return path.read_text(encoding="utf-8")

    def comparison(self, name: str, baseline: str) -> str:
        """Returns a run's report against another run; it is not kept."""
        return self._html(self._scored(name), self._scored(baseline))

    def markdown(self, name: str, baseline: str | None) -> str:
        """Returns a run's summary as Markdown."""
        return self._renderers.markdown(self._scored(name), self._scored(baseline) if baseline else None)

    def csv(self, name: str) -> str:
        """Returns a run's cases as a table."""
        return self._renderers.csv(self._scored(name))

    def _html(self, run: Run, baseline: Run | None) -> str:
        return self._renderers.html(run, self._same_documents(run), baseline, read_rulings(self._paths.reviews))

    def _changed(self, run: Run) -> bool:
        return self.documents(run).sha256 != run.manifest.corpus_sha256

    def _same_documents(self, run: Run) -> Documents:
        """Returns the statements that a run searched, if they are still the same: else offsets point elsewhere."""
        if self._changed(run):
            raise RunError(f"the statements have changed since the run {run.name!r}: start it again under another name")
        return self.documents(run)

    def score(self, name: str) -> None:
        """Scores a run again, by what was ruled on until now."""
        run = self.run(name)
        score_run(run, self._same_documents(run), read_rulings(self._paths.reviews))

    def _scored(self, name: str) -> Run:
        run = self.run(name)
        if not (run.path / SCORES).is_file():
            todo = "score it on the page of runs" if run.complete else "it was not finished; go on with it first"
            raise RunError(f"the run {run.name!r} has no scores yet: {todo}")
        return run

    def _row(self, run: Run, rulings: Iterable[CitationDecision]) -> RunRow:
        state = _state_of([run.path / ANSWERS, run.path / SCORES, run.path / MANIFEST])
        done, right, gated = self._once(("row", run.name), state, lambda: self._figures(run))
        return RunRow(
            manifest=run.manifest,
            name=run.name,
            done=done,
            total=run.manifest.cases * run.manifest.repeats,
            right=right,
            gated=gated,
            rulings=self._newer(run, rulings) if right is not None else 0,
        )

    def _figures(self, run: Run) -> tuple[int, Figure | None, Gated | None]:
        done = count_answers(run.path)
        if not (run.path / SCORES).is_file():
            return done, None, None
        try:
            cases = by_case(run.scores())
            report = gates_of(run, resamples=_RESAMPLES)
        except (EvalError, ValueError):
            return done, None, None
        reasons = report.problems + tuple(r.reason for r in report.results if r.verdict != "pass")
        gated = Gated(verdict=report.verdict, reasons=reasons)
        return done, figure(cases, RIGHT), gated

    def _newer(self, run: Run, rulings: Iterable[CitationDecision]) -> int:
        scored = (run.path / SCORES).stat().st_mtime
        newer = [decision for decision in rulings if decision.at.timestamp() > scored]
        if not newer:
            return 0
        ids = self._asked(run).keys()
        return sum(decision.case in ids for decision in newer)

    def _asked(self, run: Run) -> dict[str, str]:
        state = _state_of([run.path / CASES])
        found: dict[str, str] = self._once(
            ("asked", run.name), state, lambda: {case.id: case.question for case in run.cases()}
        )
        return found

    def _cited(self, run: Run) -> tuple[Unjudged, ...]:
        """Returns what gold does not know of a run, whatever was ruled on it."""
        documents = self.documents(run)
        state = (_state_of([run.path / ANSWERS]), documents.sha256)
        found: tuple[Unjudged, ...] = self._once(("cited", run.name), state, lambda: unjudged(run, documents, {}))
        return found

    def _reviewed(self, name: str | None) -> list[Run]:
        if name:
            return [self.run(name)]
        return [run for run in list_runs(self._paths.runs) if run.manifest.variant is None]

    def _open_store(self) -> Documents:
        with open_workspace(self._settings, read_only=True, check_model=False) as workspace:
            return documents_of(workspace.corpus)

    def _once(self, key: tuple[str, ...], state: object, read: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is read
        with self._lock:
            known = self._known.get(key)
            if known is None or known[0] != state:
                known = (state, read())
                self._known[key] = known
            return known[1]


def gates_of(run: Run, baseline: Run | None = None, *, resamples: int | None = None) -> GateReport:
    """Checks a run against the gates of the program; without a baseline, against the absolute bars alone."""
    gates = load_gates()
    if baseline is None:
        gates = gates.model_copy(update={"soft": ()})
    if resamples is not None:
        gates = gates.model_copy(update={"resamples": resamples})
    return check_gates(gates, run, baseline)


def _state_of(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Returns what changes when one of the files does."""
    found = []
    for path in paths:
        try:
            about = path.stat()
        except OSError:
            continue
        found.append((str(path), about.st_mtime_ns, about.st_size))
    return tuple(found)
