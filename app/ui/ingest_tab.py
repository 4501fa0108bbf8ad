"""The Ingest tab: files go up, progress is shown, and every file is accounted for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr

from app.corpus.corpus import Corpus
from app.errors import AppError
from app.ui.background_job import run_in_background
from app.ui.conversation import error_html
from app.ui.uploads import collect, named_files, to_ingest, upload_box
from app.ui.words import label, language, say
from ingest.errors import IngestError
from ingest.report import NO_STATE, FileOutcome, FileResult, IngestProgress, IngestReport
from vectorstore.errors import StoreError

# How an outcome looks, the worst first in a report.
_TONES: Final[dict[FileOutcome, str]] = {
    "added": "good",
    "unchanged": "plain",
    "updated": "good",
    "replaced": "good",
    "duplicate": "plain",
    "skipped": "warn",
    "not_listed": "warn",
    "missing": "bad",
    "removed": "plain",
    "failed": "bad",
}

_HEADS: Final = ("field-file", "result", "field-state", "why")

Job = Callable[[Callable[[IngestProgress], None]], IngestReport]


@dataclass(frozen=True, kw_only=True)
class IngestTab:
    """The events after which the corpus may have changed."""

    changed: tuple[Any, ...]


class _Uploads:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def _name(self, code: str | None) -> str:
        return self._corpus.party_name(code, language())

    def ingest(
        self, sent: Sequence[Mapping[str, Any]] | None, include_unlisted: bool
    ) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
        """Ingests uploaded files; yields the report, and at the end the emptied drop area and the form for States."""
        files = named_files(sent)
        waiting = (gr.skip(), gr.skip(), gr.skip(), gr.skip())
        if not files:
            yield f'<p class="u-empty">{say("no-files")}</p>', *waiting
            return
        reports: list[IngestReport] = []
        try:
            with self._corpus.uploads.folder() as folder:
                collected = collect(files, folder)

                def job(progress: Callable[[IngestProgress], None]) -> IngestReport:
                    paths = to_ingest(collected, folder)
                    reports.append(
                        self._corpus.ingest_uploads(paths, folder, include_unlisted=include_unlisted, progress=progress)
                    )
                    return reports[-1]

                for html in self._watch(job, folder):
                    yield html, *waiting
        except (StoreError, OSError) as error:
            yield error_html(error), *waiting
            return
        nameless = [
            (file.file, file.statement_id)
            for report in reports
            for file in report.files
            if file.statement_id is not None and _is_nameless(file)
        ]
        yield gr.skip(), None, *_form(nameless)

    def set_state(self, chosen: str | None, state: str, nameless: list[tuple[str, str]]) -> tuple[Any, ...]:
        """Sets the State of a statement that has none; gives (form, choice, what is left, message, State)."""
        if not chosen or not state.strip():
            message = say("choose-first")
            return gr.skip(), gr.skip(), nameless, f'<p class="u-empty">{message}</p>', gr.skip()
        try:
            summary = self._corpus.summary(self._corpus.edit(chosen, {"state": state}))
        except (AppError, StoreError, OSError) as error:
            return gr.skip(), gr.skip(), nameless, error_html(error), gr.skip()
        rest = [(file, identifier) for file, identifier in nameless if identifier != chosen]
        file, named = escape(summary.file), escape(self._name(summary.metadata.state))
        said = f'<p class="u-said" role="status">{say("state-set", file=f"<bdi>{file}</bdi>", party=named)}</p>'
        form, choice, left = _form(rest)
        return form, choice, left, said, ""

    def sample(self) -> Iterator[str]:
        """Ingests the sample statement that ships with the product."""
        yield from self._watch(lambda progress: self._corpus.ingest([], sample=True, progress=progress), None)

    def _watch(self, job: Job, folder: Path | None) -> Iterator[str]:
        yield progress_html(None, folder)
        try:
            # The upload folder is cleared next, so a job whose watcher left early must end first.
            for event in run_in_background(job, finish=True):
                if isinstance(event, IngestReport):
                    yield report_html(event, self._name, folder)
                else:
                    yield progress_html(event, folder)
        except (AppError, IngestError, StoreError, OSError) as error:
            yield error_html(error)


def _is_nameless(file: FileResult) -> bool:
    return NO_STATE in (file.reason or "")


def _form(nameless: Sequence[tuple[str, str]]) -> tuple[Any, Any, Any]:
    """Returns the form for statements without a State: shown or not, its choices, and the list of them."""
    first = nameless[0][1] if nameless else None
    return gr.Column(visible=bool(nameless)), gr.Dropdown(choices=list(nameless), value=first), list(nameless)


def _shown_name(file: str, folder: Path | None) -> str:
    if folder is not None and file.startswith(str(folder)):
        return file[len(str(folder)) :].lstrip("/\\") or Path(file).name
    return file


def progress_html(progress: IngestProgress | None, folder: Path | None = None) -> str:
    """Renders how far an ingest is."""
    if progress is None:
        return (
            f'<div class="u-progress" role="status"><progress aria-label="{say("tab-ingest")}"></progress>'
            f"<p>{say('starting')}</p></div>"
        )
    name, pace = escape(_shown_name(progress.file, folder)), escape(progress.pace)
    done = say("files-done", done=progress.done, total=progress.total)
    told = " · ".join(part for part in (f"{say(f'ingest-{progress.step}')} <bdi>{name}</bdi>", pace) if part)
    return (
        f'<div class="u-progress" role="status"><progress aria-label="{say("tab-ingest")}" '
        f'max="{max(progress.total, 1)}" value="{progress.done}"></progress><p>{done} · {told}</p></div>'
    )


def report_html(report: IngestReport, names: Callable[[str | None], str], folder: Path | None = None) -> str:
    """Renders what became of every file, problems first."""
    order = ("bad", "warn", "good", "plain")
    files = sorted(report.files, key=lambda file: order.index(_TONES[file.result]))
    rows = "".join(_row(file, names, folder) for file in files)
    nameless = sum(map(_is_nameless, report.files))
    told = [say("nameless-count", count=nameless)] if nameless else []
    words = [*told, *(_without_folder(note, folder) for note in report.notes)]
    heads = "".join(f'<th scope="col">{say(key)}</th>' for key in _HEADS)
    notes = "".join(f'<li dir="auto">{escape(note)}</li>' for note in words)
    return (
        f'<div class="u-report" role="status"><p class="u-summary">{_summary(report.files)} · '
        f"{say('seconds', seconds=f'{report.seconds:.1f}')}</p>"
        + (f'<ul class="u-notes">{notes}</ul>' if notes else "")
        + f'<div class="u-scroll" tabindex="0" role="region" aria-label="{say("report")}"><table class="u-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


def _summary(files: Sequence[FileResult]) -> str:
    counts: dict[str, int] = {}
    for file in files:
        words = say(f"outcome-{file.result}")
        counts[words] = counts.get(words, 0) + 1
    return ", ".join(f"{words}: {count}" for words, count in counts.items()) or say("no-files")


def _row(file: FileResult, names: Callable[[str | None], str], folder: Path | None) -> str:
    words, tone = say(f"outcome-{file.result}"), _TONES[file.result]
    state = names(file.state) if file.state else "–"
    reason = escape(_without_folder(file.reason or "", folder))
    return (
        f'<tr><th scope="row"><bdi>{escape(_shown_name(file.file, folder))}</bdi></th>'
        f'<td><span class="u-badge u-{tone}">{words}</span></td><td><bdi>{escape(state)}</bdi></td>'
        f'<td dir="auto">{reason}</td></tr>'
    )


def _without_folder(reason: str, folder: Path | None) -> str:
    return reason if folder is None else reason.replace(f"{folder}/", "").replace(f"{folder}\\", "")


def build_ingest_tab(corpus: Corpus) -> IngestTab:
    """Lays out the tab inside the current context and connects it."""
    uploads = _Uploads(corpus)
    gr.HTML(label("intro-ingest"), elem_classes="u-intro", apply_default_css=False, padding=False)
    files = upload_box()
    unlisted = gr.Checkbox(label=label("take-unlisted"), value=False)
    with gr.Row(elem_classes="u-buttons"):
        start = gr.Button(label("ingest-these"), variant="primary", scale=0, min_width=190, elem_id="ingest")
        sample = gr.Button(label("load-sample"), scale=0, min_width=220, elem_id="sample")
    with gr.Column(visible=False, elem_id="nameless-form") as form:
        gr.HTML(label("whose-are-these"), apply_default_css=False, padding=False)
        with gr.Row():
            which = gr.Dropdown(label=label("chip-pick"), choices=[], elem_id="nameless-which")
            state = gr.Textbox(label=label("state-or-group"), info=label("hint-state"), elem_id="nameless-state")
        name = gr.Button(label("set-state"), variant="primary", scale=0, min_width=150, elem_id="nameless-set")
    said = gr.HTML(elem_id="nameless-said", apply_default_css=False, padding=False)
    nameless = gr.State([])
    report = gr.HTML(elem_id="ingest-report", apply_default_css=False, padding=False)
    # One writer at a time; a second user's ingest waits in the queue.
    running: Any = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": 1,
        "concurrency_id": "ingest",
        "trigger_mode": "once",
    }
    # What the browser sent has the files' own names; see `named_files`.
    outputs = [report, files, form, which, nameless]
    started = start.click(uploads.ingest, [files, unlisted], [*outputs], preprocess=False, **running)
    named = name.click(uploads.set_state, [which, state, nameless], [form, which, nameless, said, state], **running)
    sampled = sample.click(uploads.sample, None, [report], **running)
    return IngestTab(changed=(started, sampled, named))
