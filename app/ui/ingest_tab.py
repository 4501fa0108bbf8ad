"""The Ingest tab: files go up, progress is shown, and every file is accounted for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from app.corpus.corpus import Corpus
from app.errors import AppError
from app.ui.background_job import run_in_background
from app.ui.conversation import error_html
from app.ui.uploads import collect, to_ingest, upload_box
from ingest.errors import IngestError
from ingest.report import FileOutcome, FileResult, IngestProgress, IngestReport
from vectorstore.errors import StoreError

_STEPS = {"load": "Reading", "embed": "Indexing", "store": "Storing"}
_OUTCOMES: dict[FileOutcome, tuple[str, str]] = {
    "added": ("Added", "good"),
    "unchanged": ("Unchanged", "plain"),
    "updated": ("Updated", "good"),
    "replaced": ("Replaced", "good"),
    "duplicate": ("Duplicate", "plain"),
    "skipped": ("Skipped", "warn"),
    "not_listed": ("Not in the manifest", "warn"),
    "missing": ("Missing", "bad"),
    "removed": ("Removed", "plain"),
    "failed": ("Failed", "bad"),
}
_NOTHING = '<p class="u-empty">No files chosen. Choose files first, then ingest them.</p>'

Job = Callable[[Callable[[IngestProgress], None]], IngestReport]


@dataclass(frozen=True, kw_only=True)
class IngestTab:
    """The events after which the corpus may have changed."""

    changed: tuple[Any, ...]


class _Uploads:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def ingest(self, files: list[tuple[str, str]], include_unlisted: bool) -> Iterator[tuple[Any, Any]]:
        """Ingests uploaded files; yields the report's HTML and the emptied drop area at the end."""
        if not files:
            yield _NOTHING, gr.skip()
            return
        try:
            with self._corpus.uploads.folder() as folder:
                collected = collect(files, folder)

                def job(progress: Callable[[IngestProgress], None]) -> IngestReport:
                    paths = to_ingest(collected, folder)
                    return self._corpus.ingest(paths, include_unlisted=include_unlisted, progress=progress)

                for html in self._watch(job, folder):
                    yield html, gr.skip()
        except (StoreError, OSError) as error:
            yield error_html(error), gr.skip()
            return
        yield gr.skip(), None

    def sample(self) -> Iterator[str]:
        """Ingests the sample statement that ships with the product."""
        yield from self._watch(lambda progress: self._corpus.ingest([], sample=True, progress=progress), None)

    def _watch(self, job: Job, folder: Path | None) -> Iterator[str]:
        yield progress_html(None, folder)
        try:
            # The upload folder is cleared next, so a job whose watcher left early must end first.
            for event in run_in_background(job, finish=True):
                if isinstance(event, IngestReport):
                    yield report_html(event, self._corpus.party_name, folder)
                else:
                    yield progress_html(event, folder)
        except (AppError, IngestError, StoreError, OSError) as error:
            yield error_html(error)


def _shown_name(file: str, folder: Path | None) -> str:
    if folder is not None and file.startswith(str(folder)):
        return file[len(str(folder)) :].lstrip("/\\") or Path(file).name
    return file


def progress_html(progress: IngestProgress | None, folder: Path | None = None) -> str:
    """Renders how far an ingest is."""
    if progress is None:
        return '<div class="u-progress" role="status"><progress aria-label="Ingest"></progress><p>Starting…</p></div>'
    name, pace = escape(_shown_name(progress.file, folder)), escape(progress.pace)
    return (
        f'<div class="u-progress" role="status"><progress aria-label="Ingest" max="{max(progress.total, 1)}" '
        f'value="{progress.done}"></progress><p>{progress.done} of {progress.total} files · '
        f"{_STEPS[progress.step]} <bdi>{name}</bdi>{f' · {pace}' if pace else ''}</p></div>"
    )


def report_html(report: IngestReport, names: Callable[[str | None], str], folder: Path | None = None) -> str:
    """Renders what became of every file, problems first."""
    order = ("bad", "warn", "good", "plain")
    files = sorted(report.files, key=lambda file: order.index(_OUTCOMES[file.result][1]))
    rows = "".join(_row(file, names, folder) for file in files)
    notes = "".join(f'<li dir="auto">{escape(note)}</li>' for note in report.notes)
    return (
        f'<div class="u-report" role="status"><p class="u-summary">{_summary(report.files)}, '
        f"{report.passages} passages, {report.embedded_passages} of them newly indexed, "
        f"in {report.seconds:.1f} s.</p>"
        + (f'<ul class="u-notes">{notes}</ul>' if notes else "")
        + '<div class="u-scroll" tabindex="0" role="region" aria-label="Report per file"><table class="u-table">'
        '<thead><tr><th scope="col">File</th><th scope="col">Result</th><th scope="col">State</th>'
        f'<th scope="col">Why</th></tr></thead><tbody>{rows}</tbody></table></div></div>'
    )


def _summary(files: Sequence[FileResult]) -> str:
    counts: dict[str, int] = {}
    for file in files:
        label = _OUTCOMES[file.result][0].lower()
        counts[label] = counts.get(label, 0) + 1
    return ", ".join(f"{count} {label}" for label, count in counts.items()) or "No files"


def _row(file: FileResult, names: Callable[[str | None], str], folder: Path | None) -> str:
    label, tone = _OUTCOMES[file.result]
    state = names(file.state) if file.state else "–"
    reason = escape(_without_folder(file.reason or "", folder))
    return (
        f'<tr><th scope="row"><bdi>{escape(_shown_name(file.file, folder))}</bdi></th>'
        f'<td><span class="u-badge u-{tone}">{label}</span></td><td><bdi>{escape(state)}</bdi></td>'
        f'<td dir="auto">{reason}</td></tr>'
    )


def _without_folder(reason: str, folder: Path | None) -> str:
    return reason if folder is None else reason.replace(f"{folder}/", "").replace(f"{folder}\\", "")


def build_ingest_tab(corpus: Corpus) -> IngestTab:
    """Lays out the tab inside the current context and connects it."""
    uploads = _Uploads(corpus)
    gr.HTML(
        '<div class="u-intro"><h2>Add statements</h2><p>Text, PDF, Word, OpenDocument, rich text, web pages, scans, '
        "e-mails, and archives of these. A <code>statements.csv</code> among them says who spoke, where and when; "
        "without one this is read from the texts. Files that are stored already cost nothing.</p></div>",
        apply_default_css=False,
        padding=False,
    )
    files = upload_box()
    unlisted = gr.Checkbox(label="Also take files that statements.csv does not name", value=False)
    with gr.Row(elem_classes="u-buttons"):
        start = gr.Button("Ingest these files", variant="primary", scale=0, min_width=190, elem_id="ingest")
        sample = gr.Button("Load the sample statement", scale=0, min_width=220, elem_id="sample")
    report = gr.HTML(elem_id="ingest-report", apply_default_css=False, padding=False)
    # One writer at a time; a second user's ingest waits in the queue.
    running: Any = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": 1,
        "concurrency_id": "ingest",
        "trigger_mode": "once",
    }
    started = start.click(uploads.ingest, [files, unlisted], [report, files], **running)
    sampled = sample.click(uploads.sample, None, [report], **running)
    return IngestTab(changed=(started, sampled))
