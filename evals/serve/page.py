"""The evals page: a Gradio interface of runs, a form to start one, and reviews, for one person or for admins."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import Any, Final, Literal

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.corpus.upload_names import safe_name
from app.errors import SHOWN_ERRORS
from app.settings import Settings
from app.ui.guard import Visitors
from app.ui.parts import QUIET, WordedBlocks, html, label, page_head
from app.ui.server import create_app, serve_app
from app.ui.templates import error_html, error_line
from app.ui.uploads import named_files
from app.ui.words import say
from evals.archive import Archive
from evals.case_sets import OFFERED, remarks_of
from evals.cases.case_table import SUFFIXES
from evals.errors import EvalError, RunError
from evals.files import EvalPaths
from evals.report.report import rendered
from evals.report.tables import remarks_table, runs_table
from evals.run_options import RunOptions
from evals.runner import launch
from evals.runs import Run, new_name, open_run, run_path
from evals.serve.review_tab import PAGE, ReviewTab

# A report is one file with its style and script in it; it needs nothing else, and can reach nothing of this page.
_REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
)

_TITLE: Final = "evals-title"
_SECONDS: Final = 2.0  # between two looks at a run
_GRACE_SECONDS: Final = 5.0  # in which a stopped run may end
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """Cancellation: somebody stopped the run."""


@dataclass(kw_only=True)
class Job:
    """The progress of a run: `told` says what is being done or why it ended; `total` is None where unknown."""

    name: str
    state: Literal["running", "done", "failed", "cancelled"] = "running"
    told: str = "starting"
    done: int = 0
    total: int | None = None


class Jobs:
    """Starts runs, each in a thread, one at a time."""

    def __init__(self, settings: Settings, *, run: Callable[..., Run] = launch) -> None:
        self._settings, self._run = settings, run
        self._lock, self._stopped, self._thread = threading.Lock(), threading.Event(), threading.Thread()
        self.newest: Job | None = None

    @property
    def running(self) -> str | None:
        """The name of the run that is under way."""
        return self.newest.name if self.newest is not None and self.newest.state == "running" else None

    def start(self, name: str, options: RunOptions) -> None:
        """Starts a run, or resumes an unfinished one of that name."""
        root = EvalPaths(self._settings.store).runs
        resume = run_path(root, name).exists()
        if resume and open_run(root, name).complete:
            raise RunError(f"there is a run {name!r}: give another name")
        with self._lock:
            if self.running is not None:
                raise RunError(f"the run {self.running!r} is under way, one at a time: wait for it, or cancel it")
            self._stopped.clear()
            self.newest = Job(name=name)
            self._thread = threading.Thread(target=self._work, args=(self.newest, options, resume), name=name)
            self._thread.start()

    def _work(self, job: Job, options: RunOptions, resume: bool) -> None:
        def tell(text: str, done: int, total: int | None) -> None:
            job.told, job.done, job.total = text, done, total
            if self._stopped.is_set():
                raise _Stopped

        try:
            self._run(options, self._settings, name=job.name, resume=resume, tell=tell)
            job.state = "done"
        except _Stopped:
            job.told, job.state = f"{job.told}; start it again under the same name to go on", "cancelled"
        except SHOWN_ERRORS as exc:
            job.told, job.state = str(exc), "failed"
        except Exception as exc:  # a bug must not leave the page waiting for a run that has ended
            logger.exception("the run %s", job.name)
            job.told, job.state = f"{type(exc).__name__}: {exc}", "failed"

    def cancel(self) -> None:
        """Stops the run under way, if there is one, and waits shortly for it; what it has answered stays."""
        if self.newest is not None:
            self._stopped.set()
            self._thread.join(_GRACE_SECONDS)


def serve(settings: Settings, *, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serves the evals page until interrupted; a run that is under way is then stopped, and can be resumed.

    Nothing is written outside the store's folder of evals. Where the server has accounts, only those with the
    permission `operate` get the page, since it shows what anybody saved, and starts runs over folders of this machine.

    Raises:
        HostError: Others could reach the address, and there are no accounts.
        PortTakenError: The port cannot be had; 0 takes any free one.
    """
    archive, jobs = Archive(settings), Jobs(settings)
    try:
        build = partial(create_page, archive, jobs)
        if settings.server.accounts == "none":
            serve_app(build, settings.store, host, port, on_ready=on_ready)
            return
        from app.server.serve import serve_page

        server = settings.server.model_copy(update={"host": host, "port": port})
        settings = settings.model_copy(update={"server": server})
        serve_page(settings, lambda visitors: build(visitors=visitors), "operate", on_ready=on_ready)
    finally:
        jobs.cancel()


def create_page(archive: Archive, jobs: Jobs, *, visitors: Visitors | None = None) -> FastAPI:
    """Returns one web application of the page and the reports that it links to, behind the chat's `ChatGuard`."""
    interface = WordedBlocks(title=_TITLE, analytics_enabled=False, fill_width=True)
    with interface:
        with page_head(interface, _TITLE, "evals-about"):
            pass
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(label("evals-runs"), id="runs"), gr.Column(elem_classes="u-page"):
                RunsTab(archive, jobs).build(interface)
            with gr.Tab(label("evals-review"), id="review") as tab, gr.Column(elem_classes="u-page"):
                ReviewTab(archive, tab)
    interface.queue(default_concurrency_limit=4, api_open=False)
    pages = {"/runs/{name}": ".html", "/runs/{name}/report.md": ".md"}
    shown = {path: partial(_report, archive, suffix) for path, suffix in pages.items()}
    return create_app(interface, pages=shown, visitors=visitors)


def _report(archive: Archive, suffix: str, request: Request) -> Response:
    name, baseline = str(request.path_params["name"]), request.query_params.get("baseline")
    try:
        run = archive.named(name)
        before = archive.baseline(archive.named(baseline).name if baseline else None, run)
        text = archive.report(run, before).written(suffix)
    except SHOWN_ERRORS as error:
        # Sent with status 200, since the guard removes the text of an error response.
        return PlainTextResponse(say("evals-not-done", why=error_line(error)))
    if suffix == ".html":
        return HTMLResponse(text, headers={"content-security-policy": _REPORT_POLICY})
    # Names of runs hold no quotation marks.
    return PlainTextResponse(text, headers={"content-disposition": f'attachment; filename="{name}{suffix}"'})


class RunsTab:
    """The tab of runs: their results, what can be done with them, and a form to start one."""

    def __init__(self, archive: Archive, jobs: Jobs) -> None:
        self._archive, self._jobs = archive, jobs
        self._folder = (archive.paths.path / "cases").resolve()

    def build(self, interface: gr.Blocks) -> None:
        """Lays the tab out and connects it."""
        progress = html("", elem_id="job", padding=False)
        cancel = gr.Button(label("evals-cancel"), variant="stop", visible=False, elem_id="cancel")
        table = html("", elem_id="runs-table", padding=False)
        with gr.Row():
            chosen = gr.Dropdown(label=label("evals-run"), choices=[], value=None, elem_id="run")
            baseline = gr.Dropdown(label=label("evals-compared"), choices=[], value=None, elem_id="baseline")
            score = gr.Button(label("evals-score-again"), scale=0, min_width=120, elem_id="score")
        link = html("", elem_id="report", padding=False)
        problem = html("", elem_id="problem", padding=False)
        html('<div class="u-intro"><h2>' + label("evals-start-a-run") + "</h2></div>", padding=False)
        with gr.Row():
            hint, sets = label("evals-cases-hint"), [*OFFERED]
            dataset = gr.Dropdown(
                sets, value="smoke", label=label("evals-cases"), info=hint, elem_id="dataset", min_width=260
            )
            hint = label("evals-name-hint")
            name = gr.Textbox(label=label("name"), info=hint, max_lines=1, elem_id="name", min_width=260)
            first, hint = label("evals-first"), label("evals-first-hint")
            limit = gr.Number(label=first, info=hint, precision=0, minimum=0, value=0)
        corpus = gr.Textbox(label=label("evals-folders"), info=label("evals-folders-hint"), lines=1)
        own = gr.File(label=label("evals-own"), file_types=[*SUFFIXES], height=140, elem_id="own")
        faults = html("", elem_id="faults", padding=False)
        start = gr.Button(label("evals-start"), variant="primary", scale=0, min_width=120, elem_id="start")
        shown = [progress, table, problem]
        start.click(lambda *given: self.done(self.start, *given), [dataset, name, limit, corpus], shown, **QUIET)
        cancel.click(lambda: self.done(self._jobs.cancel), None, shown, **QUIET)
        score.click(lambda name: self.done(self.score, name), [chosen], shown, **QUIET)
        sent = own.upload(lambda: rendered(PAGE, "looking"), None, faults, **QUIET)
        sent.then(self.added, [own, corpus], [dataset, faults, own], preprocess=False, **QUIET)
        changes = [chosen.change, baseline.change]
        gr.on(changes, lambda *names: rendered(PAGE, "report", *names), [chosen, baseline], link, **QUIET)
        gr.Timer(_SECONDS).tick(self.progress, None, [progress], **QUIET)
        # When a run ends, the table and the choices are refreshed to include it.
        progress.change(self.refreshed, None, [table, chosen, baseline, dataset, cancel], **QUIET)
        interface.load(self.progress, None, [progress], **QUIET)
        interface.load(lambda: gr.Dropdown(choices=self.datasets()), None, [dataset], **QUIET)

    def datasets(self) -> list[tuple[str, str]]:
        """Returns the sets of cases to choose from, each with what it is called; files by their whole path."""
        own = [path for path in sorted(self._folder.glob("*.*")) if path.suffix in (".yaml", ".jsonl", *SUFFIXES)]
        return [(f"{name}: {say(f'evals-set-{name}')}", name) for name in OFFERED] + [(p.name, str(p)) for p in own]

    def refreshed(self) -> tuple[Any, ...]:
        """Returns (table, runs to choose, baselines to choose, sets of cases, the button to cancel)."""
        names = gr.Dropdown(choices=[run.name for run in self._archive.runs()])
        cancel = gr.Button(visible=self._jobs.running is not None)
        return self.table(), names, names, gr.Dropdown(choices=self.datasets()), cancel

    def progress(self) -> str:
        """Renders the progress of the newest run."""
        return rendered(PAGE, "progress", self._jobs.newest)

    def table(self) -> str:
        """Renders the runs, the newest first."""
        return rendered(PAGE, "runs", runs_table(self._archive.runs()))

    def done(self, act: Callable[..., None], *given: Any) -> tuple[str, str, str]:  # noqa: ANN401 - of components
        """Performs the action of a button; returns (progress, table, problem)."""
        try:
            act(*given)
        except SHOWN_ERRORS as error:
            return self.progress(), self.table(), error_html(error)
        return self.progress(), self.table(), ""

    def start(self, dataset: str, name: str | None, limit: float | None, corpus: str | None) -> None:
        """Starts a run."""
        if dataset not in [known for _, known in self.datasets()]:
            raise EvalError(f"no set of cases {dataset!r}: choose one of the list")
        options = RunOptions(dataset=dataset, corpus=_folders(corpus), limit=int(limit) if limit else None)
        self._jobs.start((name or "").strip() or new_name(dataset), options)

    def score(self, name: str | None) -> None:
        """Scores a run again, with the rulings made since."""
        if name is not None and self._jobs.running == name:
            raise EvalError(f"the run {name!r} is under way: it is scored when it ends")
        self._archive.score(self._archive.named(name or ""))

    def added(self, sent: Mapping[str, Any] | None, corpus: str | None) -> tuple[Any, str, None]:
        """Keeps a table of questions if it has no error; returns (sets of cases, remarks on the table, no file)."""
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
        chosen: dict[str, Any] = {"value": str(path)} if kept else {}
        datasets = gr.update(choices=self.datasets(), **chosen)
        table = remarks_table([(name, remark) for remark in found])
        return datasets, rendered(PAGE, "faults", path.name, kept, table), None


def _folders(lines: str | None) -> list[Path]:
    folders = [Path(line.strip()).expanduser() for line in (lines or "").splitlines() if line.strip()]
    for path in folders:
        if not path.is_absolute() or not path.is_dir():
            raise EvalError(f"no folder at {str(path)!r}: copy its whole path from the file manager")
    return folders
