"""The Ingest tab: uploads files, shows progress, and reports what became of every file."""

import asyncio
import os
import re
import threading
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr
from anyio import to_thread
from babel.dates import format_timedelta

from app.corpus.corpus import Corpus
from app.corpus.upload_names import to_ingest, without_folder
from app.desk.works import NO_ACCOUNT
from app.errors import SHOWN_ERRORS
from app.ui.background_job import BackgroundJob, StoppedError
from app.ui.parts import QUIET, box, html, label, queued, skips
from app.ui.templates import error_html, hint_html, render, said_html
from app.ui.uploads import collect, named_files
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
# Seconds between two looks of a page at its ingest.
_LOOK_SECONDS: Final = 0.2
# Ingests of one person, the newest, whose outcome is kept until the person comes back.
_MOST_UNTOLD: Final = 20

# Progress as HTML, the ingest to watch, and the timer that has the page watch it.
_Begun = tuple[Any, Any, Any]
# Gets a listener, and a context to ingest in, which waits until no other ingest runs.
Job = Callable[[Callable[[IngestProgress], None], AbstractContextManager[None]], IngestReport]


class _Ingest(BackgroundJob[IngestProgress, IngestReport]):
    """An ingest that goes on when its page is closed; while one works, others wait."""

    def __init__(self, job: Job, turn: threading.Lock, person: str) -> None:
        self.person = person
        self.is_left = False
        """Whether a page other than the one that began it shows it, as after a closed page."""

        # A daemon, so that Ctrl-C does not wait for it.
        super().__init__(lambda tell: job(tell, self._in(turn)), daemon=True)

    @contextmanager
    def _in(self, turn: threading.Lock) -> Iterator[None]:
        # One writer at a time; a second ingest waits.
        while not turn.acquire(timeout=_LOOK_SECONDS):
            self.stop_if_asked()
        try:
            yield
        finally:
            turn.release()


class _IngestTabController:
    def __init__(self, corpus: Corpus, person: Callable[[], str] = lambda: NO_ACCOUNT) -> None:
        self._corpus, self._person = corpus, person
        self._turn = threading.Lock()
        # Ingests of each person whose outcome was not shown yet, the oldest first.
        self._untold = defaultdict[str, deque[_Ingest]](lambda: deque(maxlen=_MOST_UNTOLD))

    def _name(self, code: str | None) -> str:
        return self._corpus.party_name(code, language())

    def ingest(self, files: Sequence[tuple[str, str]], include_unlisted: bool, watched: _Ingest | None) -> _Begun:
        """Begins to ingest uploaded files, which `named_files` returns."""
        person = self._person()

        def job(progress: Callable[[IngestProgress], None], turn: AbstractContextManager[None]) -> IngestReport:
            with self._corpus.uploads.folder(person) as folder:

                def short(at: IngestProgress) -> None:
                    progress(replace(at, file=at.file.removeprefix(f"{folder}{os.sep}")))

                # Copied before the wait, since Gradio deletes files that were sent long ago.
                paths = to_ingest(collect(files, folder), folder)
                try:
                    with turn:
                        report = self._corpus.ingest_uploads(paths, include_unlisted=include_unlisted, progress=short)
                except StoppedError as stopped:
                    # Files are stored in groups, so that more were read than are kept.
                    stopped.kept = sum(Path(d.folder).is_relative_to(folder) for d in self._corpus.documents())
                    raise
                return without_folder(report, folder)

        return self._begin(job, watched) if files else (hint_html("no-files"), *skips(2))

    def sample(self, watched: _Ingest | None) -> _Begun:
        """Begins to ingest the sample statement that ships with the product."""

        def job(progress: Callable[[IngestProgress], None], turn: AbstractContextManager[None]) -> IngestReport:
            with turn:
                return self._corpus.ingest([], sample=True, progress=progress)

        return self._begin(job, watched)

    def _begin(self, job: Job, watched: _Ingest | None) -> _Begun:
        if watched is not None and not watched.outcome.done():
            return skips(3)
        begun = _Ingest(job, self._turn, self._person())
        self._untold[begun.person].append(begun)
        return progress_html(None), begun, gr.Timer(active=True)

    async def watch(self, watched: _Ingest) -> AsyncIterator[tuple[Any, ...]]:
        """Yields (timer, progress or report of an ingest, stop button, file input, *asked) until it is over."""
        begun = gr.Timer(active=False)
        while not watched.outcome.done():
            words = hint_html("ingest-stopping") if watched.stopping.is_set() else progress_html(watched.at)
            yield begun, words, gr.Button(visible=not watched.stopping.is_set()), *skips(3 + _ASKED_AT_ONCE)
            await asyncio.sleep(_LOOK_SECONDS)
        yield begun, *await to_thread.run_sync(self._over, watched)
        # A page that was closed asks for no more.
        with suppress(ValueError):
            self._untold[watched.person].remove(watched)

    def _over(self, watched: _Ingest) -> tuple[Any, ...]:
        """Returns what `watch` yields last."""
        idle, waiting = gr.Button(visible=False), skips(3 + _ASKED_AT_ONCE)
        try:
            report = watched.outcome.result()
        except StoppedError as stopped:
            total = watched.at.total if watched.at else 0
            return hint_html("ingest-stopped", kept=stopped.kept, total=total), idle, *waiting
        except Exception as error:
            return error_html(error), idle, *waiting
        # Files that were chosen since on another page stay chosen.
        emptied = gr.skip() if watched.is_left else None
        return report_html(report, self._name), idle, emptied, *self.asked(report)

    def stopped(self, watched: _Ingest) -> tuple[str, gr.Button]:
        """Stops an ingest after its current file; returns (message, stop button)."""
        watched.stopping.set()
        return hint_html("ingest-stopping"), gr.Button(visible=False)

    def asked(self, report: IngestReport | None, *, anew: bool = True) -> tuple[Any, ...]:
        """Returns (report, form for its statements without a State, dropdowns, which keep a choice unless `anew`)."""
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
        named = self._corpus.parties().find(words, capitals="none")
        return list(dict.fromkeys(code for match in named for code in match.codes))[:_SUGGESTED]

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

    def opened(self, watched: _Ingest | None) -> tuple[Any, ...]:
        """Opens the tab; returns (the kinds of parties, what was broken off or given up, the ingest to watch, timer).

        An ingest whose page was closed before its end is shown by the next page that its person opens.
        """
        broken_off = hint_html("ingest-broken-off") if self._corpus.broken_off(self._person()) else ""
        unfinished = broken_off + self.given_up()
        kinds = [(say(f"party-{kind}"), kind) for kind in ("state", "group", "organization")]
        untold = [*self._untold[self._person()]]
        if not untold or (watched is not None and not watched.outcome.done()):
            return gr.Radio(choices=kinds), unfinished, *skips(2)
        untold[0].is_left = untold[0] is not watched
        return gr.Radio(choices=kinds), unfinished, untold[0], gr.Timer(active=True)

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


def _nameless(report: IngestReport | None) -> list[FileResult]:
    """Returns the files whose statements have no known State or group, of duplicates the first."""
    first: dict[str, FileResult] = {}
    for file in () if report is None else report.files:
        if NO_STATE in (file.reason or ""):
            first.setdefault(file.statement_id or file.file, file)
    return list(first.values())


def _without_no_state(reason: str | None) -> str | None:
    return "; ".join(part for part in (reason or "").split("; ") if NO_STATE not in part) or None


def progress_html(progress: IngestProgress | None) -> str:
    """Renders how far an ingest is."""
    left = progress.seconds_left if progress is not None and progress.seconds >= 1 else None
    return render(
        "ingest",
        report=None,
        at=progress,
        name="" if progress is None else progress.file,
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


def build_ingest_tab(corpus: Corpus, tab: gr.Tab, person: Callable[[], str]) -> None:
    """Lays out the tab inside the current context and connects it."""
    controller = _IngestTabController(corpus, person)
    html(label("intro-ingest"), elem_classes="u-intro")
    given_up = html(elem_id="given-up")
    # Without `file_types`, with which Gradio would refuse all files for one of a wrong kind: the report names each.
    files = gr.File(label=label("statements"), file_count="multiple", height=180, elem_id="upload")
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
            party = box("name", 200, elem_id="party-name")
            aliases = box("other-names", 200, info=label("by-commas"))
            kind = gr.Radio(label=label("kind-of-party"), choices=["state"], value="state", min_width=260)
        add = gr.Button(label("add-party"), scale=0, min_width=150, elem_id="party-add")
    taken, watched, sent = gr.State(None), gr.State(None), gr.State([])
    # Gradio tells of a changed state only after queued events, which opening the tab should not be; hence a timer.
    report, timer = html(elem_id="ingest-report"), gr.Timer(_LOOK_SECONDS, active=False)
    asked, begun = [taken, form, *choices], [report, watched, timer]
    # `preprocess=False` passes the browser's payload, which has the original file names; see `named_files`.
    chosen = start.click(named_files, [files], [sent], preprocess=False, **QUIET)
    chosen.then(controller.ingest, [sent, unlisted, watched], begun, **QUIET)
    # Clears the message about the files before.
    start.click(lambda: "", None, [said], **QUIET)
    sample.click(controller.sample, [watched], begun, **QUIET)
    stop.click(controller.stopped, [watched], [report, stop], **QUIET)
    tab.select(controller.opened, [watched], [kind, given_up, watched, timer], **QUIET)
    ended = timer.tick(controller.watch, [watched], [timer, report, stop, files, *asked], **queued("watch"))
    ended.then(controller.given_up, None, [given_up], **QUIET)
    running = queued("ingest", 1)
    name.click(controller.set_states, [taken, *choices], [said, report, *asked], **running)
    add.click(controller.add_party, [party, aliases, kind, taken], [said, party, aliases, *asked], **running)
