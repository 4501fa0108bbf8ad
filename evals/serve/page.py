"""The evals page: a Gradio interface of runs, a form to start one, and reviews, for one person or for admins."""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copyfile
from typing import Any, Final, Literal

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.settings import Settings
from app.ui.guard import Visitors
from app.ui.messages import error_html
from app.ui.parts import QUIET, SHOWN_ERRORS, html
from app.ui.server import create_app, serve_app
from app.ui.uploads import named_files, safe_name
from evals.archive import Archive
from evals.case_sets import CALLED, remarks_of
from evals.cases.case_table import SUFFIXES
from evals.errors import EvalError, RunError
from evals.files import eval_paths
from evals.report.tables import remarks_table, runs_table
from evals.run_options import RunOptions
from evals.runner import Tell, launch
from evals.runs import Run, new_name, open_run, run_path
from evals.serve.review_tab import ReviewTab, rendered

# A report is one file with its style and script in it; it needs nothing else, and can reach nothing of this page.
_REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
)

_SECONDS: Final = 2.0
_GRACE_SECONDS: Final = 5.0
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """Cancellation: somebody stopped the run."""


class Job(threading.Thread):
    """A run in a thread; `told` says what is being done and how far it is, or why it ended."""

    def __init__(self, name: str, run: Callable[[Tell], object]) -> None:
        super().__init__(name=name)
        self.state: Literal["running", "done", "failed", "cancelled"] = "running"
        self.told, self.done = "starting", 0
        # Answers that there will be; None while the statements are read.
        self.total: int | None = None
        self.stopped = threading.Event()
        self._call = run

    def run(self) -> None:
        """Runs the cases, and notes how that ended."""
        try:
            self._call(self._tell)
            self.state = "done"
        except _Stopped:
            self.told += "; start it again under the same name to go on"
            self.state = "cancelled"
        except SHOWN_ERRORS as exc:
            self.told, self.state = str(exc), "failed"
        except Exception as exc:  # a bug must not leave the page waiting for a run that has ended
            logger.exception("the run %s", self.name)
            self.told, self.state = f"{type(exc).__name__}: {exc}", "failed"

    def _tell(self, text: str, done: int, total: int | None) -> None:
        self.told, self.done, self.total = text, done, total
        if self.stopped.is_set():
            raise _Stopped


class Jobs:
    """Starts runs, one at a time."""

    def __init__(self, settings: Settings, *, run: Callable[..., Run] = launch) -> None:
        self._settings, self._run, self._lock = settings, run, threading.Lock()
        self.newest: Job | None = None

    @property
    def running(self) -> str | None:
        """The name of the run that is under way."""
        return self.newest.name if self.newest is not None and self.newest.state == "running" else None

    def start(self, name: str, options: RunOptions) -> None:
        """Starts a run, or goes on with one of that name that was not finished."""
        root = eval_paths(self._settings.store).runs
        resume = run_path(root, name).exists()
        if resume and open_run(root, name).complete:
            raise RunError(f"there is a run {name!r}: give another name")
        with self._lock:
            if self.running is not None:
                raise RunError(f"the run {self.running!r} is under way, one at a time: wait for it, or cancel it")
            self.newest = Job(
                name, lambda tell: self._run(options, self._settings, name=name, resume=resume, tell=tell)
            )
            self.newest.start()

    def cancel(self) -> None:
        """Stops the run under way, if there is one, and waits shortly for it; what it has answered stays."""
        if self.newest is not None:
            self.newest.stopped.set()
            self.newest.join(_GRACE_SECONDS)


def serve(settings: Settings, *, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serves the evals page until interrupted; a run that is under way is then stopped, and can be gone on with.

    Nothing is written outside the store's folder of evals. Where the server has accounts, the page is for those of them
    who may operate it: it shows what anybody saved, and starts runs over folders of this machine.

    Raises:
        HostError: Others could reach the address, and there are no accounts.
        PortTakenError: The port cannot be had; 0 takes any free one.
    """
    archive, jobs = Archive(settings), Jobs(settings)
    try:
        if settings.server.accounts == "none":
            serve_app(
                lambda ready: create_page(archive, jobs, on_ready=ready), settings.store, host, port, on_ready=on_ready
            )
            return
        from app.server.serve import serve_page

        server = settings.server.model_copy(update={"host": host, "port": port})
        serve_page(
            settings.model_copy(update={"server": server}),
            lambda visitors: create_page(archive, jobs, visitors=visitors),
            "operate",
            on_ready=on_ready,
        )
    finally:
        jobs.cancel()


def create_page(
    archive: Archive, jobs: Jobs, *, on_ready: Callable[[], None] | None = None, visitors: Visitors | None = None
) -> FastAPI:
    """Puts the page and the reports that it links to into one web application, under the guard of the chat."""
    interface = gr.Blocks(title="untoc evals", analytics_enabled=False, fill_width=True)
    with interface:
        html(
            '<header class="u-header"><h1>untoc evals</h1>'
            "<p>A run asks cases of which the right outcomes are known, and measures the answers</p></header>",
            padding=False,
        )
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Runs", id="runs"), gr.Column(elem_classes="u-page"):
                RunsTab(archive, jobs).build(interface)
            with gr.Tab("Review", id="review") as tab, gr.Column(elem_classes="u-page"):
                ReviewTab(archive).connect(tab)
    interface.queue(default_concurrency_limit=4, api_open=False)
    pages = {"/runs/{name}": ".html", "/runs/{name}/report.md": ".md", "/runs/{name}/answers.csv": ".csv"}
    shown = {path: _page(archive, suffix) for path, suffix in pages.items()}
    return create_app(interface, on_ready=on_ready, pages=shown, visitors=visitors)


def _page(archive: Archive, suffix: str) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        name, baseline = str(request.path_params["name"]), request.query_params.get("baseline")
        try:
            run = _named(archive, name)
            before = _named(archive, baseline) if baseline else None
            text = archive.report(run, archive.baseline(before.name if before else None, run)).written(suffix)
        except SHOWN_ERRORS as error:
            # With a status of failure the guard would leave out the sentence.
            return PlainTextResponse(f"Not done: {error}")
        if suffix == ".html":
            return HTMLResponse(text, headers={"content-security-policy": _REPORT_POLICY})
        # Names of runs hold no quotation marks.
        return PlainTextResponse(text, headers={"content-disposition": f'attachment; filename="{name}{suffix}"'})

    return answer


def _named(archive: Archive, name: str) -> Run:
    """Opens a run by its name alone: a path, which a command takes as well, is not for a page."""
    return archive.run(run_path(archive.paths.runs, name).name)


class RunsTab:
    """The tab of runs: what came out, what can be done with it, and a form to start one."""

    def __init__(self, archive: Archive, jobs: Jobs) -> None:
        self._archive, self._jobs = archive, jobs

    def build(self, interface: gr.Blocks) -> None:
        """Lays the tab out and connects it."""
        progress = html("", elem_id="job", padding=False)
        cancel = gr.Button("Cancel the run", variant="stop", visible=False, elem_id="cancel")
        table = html("", elem_id="runs-table", padding=False)
        with gr.Row():
            chosen = gr.Dropdown(label="Run", choices=[], value=None, elem_id="run")
            baseline = gr.Dropdown(label="Compared with", choices=[], value=None, elem_id="baseline")
            score = gr.Button("Score again", scale=0, min_width=120, elem_id="score")
        link = html("", elem_id="report", padding=False)
        problem = html("", elem_id="problem", padding=False)
        html('<div class="u-intro"><h2>Start a run</h2></div>', padding=False)
        with gr.Row():
            told = "Your own are listed once their table is added below"
            dataset = gr.Dropdown(label="Cases", info=told, choices=self.datasets(), value="smoke", elem_id="dataset")
            name = gr.Textbox(label="Name", info="Empty: the time and the set", max_lines=1, elem_id="name")
            limit = gr.Number(label="Only the first …", info="0: all", precision=0, minimum=0, value=0)
        told = "Whole paths, one a line; empty: those of the set, else the store"
        corpus = gr.Textbox(label="Folders of statements", info=told, lines=1)
        own = gr.File(
            label="Your own questions: a table (CSV or Excel) with the columns question, state, answered, quote",
            file_types=[*SUFFIXES],
            height=140,
            elem_id="own",
        )
        faults = html("", elem_id="faults", padding=False)
        start = gr.Button("Start", variant="primary", scale=0, min_width=120, elem_id="start")
        shown = [progress, table, problem]
        start.click(self.start, [dataset, name, limit, corpus], shown, **QUIET)
        cancel.click(self.cancel, None, shown, **QUIET)
        own.upload(self.added, [own, corpus], [dataset, faults, own], preprocess=False, **QUIET)
        score.click(self.score, [chosen], shown, **QUIET)
        changes = [chosen.change, baseline.change]
        gr.on(changes, lambda *names: rendered("report", *names), [chosen, baseline], link, **QUIET)
        gr.Timer(_SECONDS).tick(self.progress, None, [progress], **QUIET)
        # A run that ends becomes a row, and can be chosen.
        progress.change(self.refreshed, None, [table, chosen, baseline, dataset, cancel], **QUIET)
        interface.load(self.progress, None, [progress], **QUIET)

    @property
    def _folder(self) -> Path:
        return (self._archive.paths.path / "cases").resolve()

    def datasets(self) -> list[tuple[str, str]]:
        """Returns the sets of cases to choose from, each with what it is called; files by their whole path."""
        own = [path for path in sorted(self._folder.glob("*.*")) if path.suffix in (".yaml", ".jsonl", *SUFFIXES)]
        return [
            *((f"{name}: {told}", name) for name, told in CALLED.items()),
            *((path.name, str(path)) for path in own),
        ]

    def refreshed(self) -> tuple[Any, ...]:
        """Gives (table, runs to choose, baselines to choose, sets of cases, the button to cancel)."""
        names = gr.Dropdown(choices=[run.name for run in self._archive.runs()])
        cancel = gr.Button(visible=self._jobs.running is not None)
        return self.table(), names, names, gr.Dropdown(choices=self.datasets()), cancel

    def progress(self) -> str:
        """Renders how far the newest run is."""
        return rendered("progress", self._jobs.newest)

    def table(self) -> str:
        """Renders the runs, the newest first."""
        return rendered("runs", runs_table(self._archive.runs()))

    def start(self, dataset: str, name: str | None, limit: float | None, corpus: str | None) -> tuple[str, str, str]:
        """Starts a run; gives (progress, table, problem)."""

        def begin() -> None:
            if dataset not in [known for _, known in self.datasets()]:
                raise EvalError(f"no set of cases {dataset!r}: choose one of the list")
            options = RunOptions(dataset=dataset, corpus=_folders(corpus), limit=int(limit) if limit else None)
            self._jobs.start((name or "").strip() or new_name(dataset), options)

        return self._after(begin)

    def added(self, sent: Mapping[str, Any] | None, corpus: str | None) -> tuple[Any, str, None]:
        """Keeps a table of questions that holds no error; gives (sets of cases, what to look at in it, no file)."""
        try:
            ((sent_path, name),) = named_files([] if sent is None else [sent])
            found = remarks_of(sent_path, _folders(corpus), self._archive.settings, self._archive.stored)
            kept = not any(remark.severity == "error" for remark in found)
            path = self._folder / safe_name(name)
            if kept:
                path.parent.mkdir(parents=True, exist_ok=True)
                copyfile(sent_path, path)
        except (*SHOWN_ERRORS, OSError) as error:
            return gr.skip(), error_html(error), None
        datasets: Any = gr.Dropdown(choices=self.datasets())
        if kept:
            datasets = gr.Dropdown(choices=self.datasets(), value=str(path))
        table = remarks_table([(name, remark) for remark in found])
        return datasets, rendered("faults", path.name, kept, table), None

    def cancel(self) -> tuple[str, str, str]:
        """Stops the run under way."""
        return self._after(self._jobs.cancel)

    def score(self, name: str | None) -> tuple[str, str, str]:
        """Scores a run again, by what was ruled since."""

        def rescore() -> None:
            if self._jobs.running == name:
                raise EvalError(f"the run {name!r} is under way: it is scored when it ends")
            self._archive.score(_named(self._archive, name or ""))

        return self._after(rescore)

    def _after(self, act: Callable[[], None]) -> tuple[str, str, str]:
        try:
            act()
        except SHOWN_ERRORS as error:
            return self.progress(), self.table(), error_html(error)
        return self.progress(), self.table(), ""


def _folders(lines: str | None) -> list[Path]:
    folders = [Path(line.strip()).expanduser() for line in (lines or "").splitlines() if line.strip()]
    for path in folders:
        if not path.is_absolute() or not path.is_dir():
            raise EvalError(f"no folder at {str(path)!r}: copy its whole path from the file manager")
    return folders
