"""The Ingest tab: uploads files, shows progress, and reports what became of every file."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr
from babel.dates import format_timedelta

from app.corpus.corpus import Corpus
from app.ui.background_job import run_in_background
from app.ui.messages import error_html, hint_html, said_html
from app.ui.page_language import label
from app.ui.parts import QUIET, SHOWN_ERRORS, html, line, queued, skips
from app.ui.templates import render
from app.ui.uploads import SUFFIXES, collect, named_files, to_ingest, without_folder
from app.ui.words import language, say, worded
from ingest.parties.party_names import PartyKind
from ingest.report import NO_STATE, FileOutcome, FileResult, IngestProgress, IngestReport

# The look (CSS class) of outcomes, in the order of a report: the worst first.
_TONES: Final[dict[str, tuple[FileOutcome, ...]]] = {
    "bad": ("missing", "failed"),
    "warn": ("skipped", "not_listed"),
    "good": ("added", "updated", "replaced"),
    "plain": ("unchanged", "duplicate", "removed"),
}

# The form for statements without a State: statements at a time, parties suggested for each, and characters at the start
# of its text in which suggestions are looked for.
_ASKED_AT_ONCE: Final = 10
_SUGGESTED: Final = 3
_HEAD: Final = 600

Job = Callable[[Callable[[IngestProgress], None]], IngestReport]


class _IngestTabController:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def _name(self, code: str | None) -> str:
        return self._corpus.party_name(code, language())

    def ingest(self, sent: Sequence[Mapping[str, Any]] | None, include_unlisted: bool) -> Iterator[tuple[Any, ...]]:
        """Ingests uploaded files; yields what `_watch` yields, the emptied file input and what `asked` returns."""
        files = named_files(sent)
        waiting = skips(3 + _ASKED_AT_ONCE)
        idle = (gr.Button(visible=False), None)
        if not files:
            yield hint_html("no-files"), *idle, *waiting
            return
        reports: list[IngestReport] = []
        try:
            with self._corpus.uploads.folder() as folder:
                collected = collect(files, folder)

                def job(progress: Callable[[IngestProgress], None]) -> IngestReport:
                    paths = to_ingest(collected, folder)
                    report = self._corpus.ingest_uploads(paths, include_unlisted=include_unlisted, progress=progress)
                    reports.append(without_folder(report, folder))
                    return reports[-1]

                for shown in self._watch(job, folder):
                    yield *shown, *waiting
        except Exception as error:
            yield error_html(error), *idle, *waiting
            return
        yield gr.skip(), *idle, None, *self.asked(reports[-1] if reports else None)

    def asked(self, report: IngestReport | None, *, anew: bool = True) -> tuple[Any, ...]:
        """Returns (the report, the form for its statements without a State, a dropdown for each of the first).

        Unless `anew`, the dropdowns keep what was chosen in them.
        """
        empty: dict[str, Any] = {"value": None} if anew else {}
        nameless = _nameless(report)
        parties = self._corpus.parties()
        known = {code: parties.display(code, language()) for code in parties.codes()}
        everyone = sorted(((name, code) for code, name in known.items()), key=lambda choice: choice[0].casefold())
        choices = []
        for file in nameless[:_ASKED_AT_ONCE]:
            named = self._named_in(file)
            likely = [(known[code], code) for code in named]
            rest = [choice for choice in everyone if choice[1] not in named]
            info = say("names-in-text", names=say("comma").join(name for name, _ in likely)) if likely else None
            choices.append(gr.Dropdown(label=file.file, info=info, choices=[*likely, *rest], visible=True, **empty))
        hidden = [gr.Dropdown(visible=False, value=None)] * (_ASKED_AT_ONCE - len(choices))
        return report, gr.Column(visible=bool(nameless)), *choices, *hidden

    def _named_in(self, file: FileResult) -> list[str]:
        """Returns the parties that a statement's file name and beginning name, in the order of their mention."""
        try:
            text = self._corpus.show(file.statement_id or "").source_text[:_HEAD]
        except SHOWN_ERRORS:
            text = ""
        words = " ".join((*re.split(r"[\W_]+", Path(file.file).stem), text))
        # A capital is taken for the place of the meeting: "Vienna, 17–21 October 2016".
        found = [c for match in self._corpus.parties().find(words) if match.form != "capital" for c in match.codes]
        return list(dict.fromkeys(found))[:_SUGGESTED]

    def set_states(self, report: IngestReport, *states: str | None) -> tuple[Any, ...]:
        """Sets the States that were chosen; returns (message, the updated report, *asked)."""
        messages, files = list[str](), report.files
        for file, state in zip(_nameless(report), states, strict=False):
            if not state:
                continue
            try:
                identifier = self._corpus.edit(file.statement_id or "", {"state": state})
                held = self._corpus.summary(identifier).metadata.state
            except (*SHOWN_ERRORS, OSError) as error:
                messages.append(error_html(error))
                continue
            files = tuple(
                replace(each, statement_id=identifier, state=held, reason=_without_no_state(each.reason))
                if each.statement_id == file.statement_id
                else each
                for each in files
            )
            words = say("state-set", file=f"<bdi>{escape(file.file)}</bdi>", party=escape(self._name(held)))
            messages.append(said_html(words))
        if not messages:
            return hint_html("choose-first"), *skips(3 + _ASKED_AT_ONCE)
        report = replace(report, files=files)
        return "".join(messages), report_html(report, self._name), *self.asked(report)

    def shown(self) -> tuple[gr.Radio, str]:
        """Returns (the kinds of parties, what workers gave up) when the tab is shown."""
        kinds = [(say(f"party-{kind}"), kind) for kind in ("state", "group", "organization")]
        return gr.Radio(choices=kinds), self.given_up()

    def given_up(self) -> str:
        """Renders the files that workers could not ingest and do not try again."""
        try:
            lines = self._corpus.given_up()
        except SHOWN_ERRORS as error:
            return error_html(error)
        rows = "".join(f"<li><bdi>{escape(line)}</bdi></li>" for line in lines)
        return f"{hint_html('given-up')}<ul>{rows}</ul>" if rows else ""

    def add_party(self, name: str, aliases: str, kind: PartyKind, report: IngestReport | None) -> tuple[Any, ...]:
        """Adds an unknown party; returns (message, the emptied fields for its name and other names, *asked)."""
        others = [alias.strip() for alias in aliases.split(",") if alias.strip()]
        try:
            party = self._corpus.add_party(name, kind=kind, aliases=others)
        except (*SHOWN_ERRORS, OSError) as error:
            return error_html(error), *skips(4 + _ASKED_AT_ONCE)
        words = say("party-added", party=f"<bdi>{escape(party.name)}</bdi>")
        return said_html(words), "", "", *self.asked(report, anew=False)

    def sample(self) -> Iterator[tuple[Any, ...]]:
        """Ingests the sample statement that ships with the product."""
        yield from self._watch(lambda progress: self._corpus.ingest([], sample=True, progress=progress), None)

    def stopped(self, at: IngestProgress | None) -> tuple[str, gr.Button]:
        """Says how many files of a stopped ingest are stored; returns (message, stop button)."""
        kept, total = (int(at.finished), at.total) if at is not None else (0, 0)
        return hint_html("ingest-stopped", kept=kept, total=total), gr.Button(visible=False)

    def _watch(self, job: Job, folder: Path | None) -> Iterator[tuple[Any, ...]]:
        """Runs a job; yields (its progress or report as HTML, stop button, its progress)."""
        busy, idle = gr.Button(visible=True), (gr.Button(visible=False), None)
        yield progress_html(None, folder), busy, None
        try:
            # Cancellation ends the job at its next step, before the folder of the upload is deleted.
            for event in run_in_background(job):
                if isinstance(event, IngestReport):
                    yield report_html(event, self._name), *idle
                else:
                    yield progress_html(event, folder), busy, event
        except Exception as error:
            yield error_html(error), *idle


def _nameless(report: IngestReport | None) -> list[FileResult]:
    """Returns the files whose statements have no known State or group, of duplicates the first."""
    first: dict[str, FileResult] = {}
    for file in () if report is None else report.files:
        if NO_STATE in (file.reason or ""):
            first.setdefault(file.statement_id or file.file, file)
    return list(first.values())


def _without_no_state(reason: str | None) -> str | None:
    return "; ".join(part for part in (reason or "").split("; ") if NO_STATE not in part) or None


def progress_html(progress: IngestProgress | None, folder: Path | None = None) -> str:
    """Renders how far an ingest is."""
    left = progress.seconds_left if progress is not None and progress.seconds >= 1 else None
    return render(
        "ingest",
        report=None,
        at=progress,
        name="" if progress is None else progress.file.removeprefix(f"{folder}{os.sep}"),
        left=format_timedelta(round(left), locale=language()) if left else None,
    )


def report_html(report: IngestReport, names: Callable[[str | None], str]) -> str:
    """Renders what became of every file, problems first."""
    tones, order = {outcome: tone for tone, held in _TONES.items() for outcome in held}, list(_TONES)
    files = sorted(((f, tones[f.result]) for f in report.files), key=lambda file: order.index(file[1]))
    nameless = len(_nameless(report))
    counts = Counter(say(f"outcome-{file.result}") for file in report.files)
    counted = say("comma").join(say("pair", name=words, value=count) for words, count in counts.items())
    return render(
        "ingest",
        report=report,
        # If only a table of parties was uploaded, no file is counted, and the notes say what it did.
        summary=counted or ("" if report.notes else say("no-files")),
        notes=[*([say("nameless-count", count=nameless)] if nameless else []), *map(worded, report.notes)],
        files=files,
        names=names,
        worded=worded,
    )


def build_ingest_tab(corpus: Corpus, tab: gr.Tab) -> tuple[Any, ...]:
    """Lays out the tab inside the current context; returns the events after which the corpus may have changed."""
    controller = _IngestTabController(corpus)
    html(label("intro-ingest"), elem_classes="u-intro")
    given_up = html(elem_id="given-up")
    files = gr.File(
        label=label("statements"), file_count="multiple", file_types=list(SUFFIXES), height=180, elem_id="upload"
    )
    unlisted = gr.Checkbox(label=label("take-unlisted"), value=False)
    with gr.Row(elem_classes="u-buttons"):
        start = gr.Button(label("ingest-these"), variant="primary", scale=0, min_width=190, elem_id="ingest")
        sample = gr.Button(label("load-sample"), scale=0, min_width=220, elem_id="sample")
        stop = gr.Button(label("stop"), scale=0, min_width=88, visible=False, elem_id="ingest-stop")
    with gr.Column(visible=False, elem_id="nameless-form") as form:
        html(label("whose-are-these"))
        choices = [
            gr.Dropdown(choices=[], allow_custom_value=True, visible=False, elem_classes="u-nameless")
            for _ in range(_ASKED_AT_ONCE)
        ]
        name = gr.Button(label("set-states"), variant="primary", scale=0, min_width=150, elem_id="nameless-set")
    said = html(elem_id="nameless-said")
    with gr.Accordion(label("unknown-party"), open=False, elem_id="party-form"):
        with gr.Row():
            party = line("name", 200, elem_id="party-name")
            aliases = line("other-names", 200, info=label("by-commas"))
            kind = gr.Radio(label=label("kind-of-party"), choices=["state"], value="state", min_width=260)
        add = gr.Button(label("add-party"), scale=0, min_width=150, elem_id="party-add")
    taken, at = gr.State(None), gr.State(None)
    report = html(elem_id="ingest-report")
    # One writer at a time; a second user's ingest waits in the queue.
    running = queued("ingest", 1)
    asked = [taken, form, *choices]
    # `preprocess=False` passes the browser's payload, which has the original file names; see `named_files`.
    started = start.click(
        controller.ingest, [files, unlisted], [report, stop, at, files, *asked], preprocess=False, **running
    )
    # Clears the message about the files before.
    start.click(lambda: "", None, [said], **QUIET)
    sampled = sample.click(controller.sample, None, [report, stop, at], **running)
    stopping: Any = {"fn": lambda: (hint_html("ingest-stopping"), gr.Button(visible=False)), "outputs": [report, stop]}
    stop.click(**stopping, cancels=[started, sampled], **QUIET)
    # Gradio reports a cancelled ingest as failed once its current file is done: only then can the next one begin.
    for event in (started, sampled):
        event.failure(controller.stopped, [at], [report, stop], **QUIET)
    named = name.click(controller.set_states, [taken, *choices], [said, report, *asked], **running)
    added = add.click(controller.add_party, [party, aliases, kind, taken], [said, party, aliases, *asked], **running)
    tab.select(controller.shown, None, [kind, given_up], **QUIET)
    started.then(controller.given_up, None, [given_up], **QUIET)
    return started, sampled, named, added
