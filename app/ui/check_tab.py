"""The Check tab: takes a draft as text or file and shows a verdict on each of its quotations."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import gradio as gr

from app.checking.checker import Checker
from app.checking.documents import SUFFIXES, read_pasted
from app.checking.findings import CheckReport
from app.checking.output import write_output
from app.ui.background_job import run_in_background
from app.ui.check_view import check_html
from app.ui.parts import QUIET, box, html, label, queued
from app.ui.served_files import session_folder
from app.ui.templates import error_html, hint_html, render
from app.ui.uploads import safe_name
from app.ui.words import language, say, worded

_PASTED: Final = "draft.md"


class _CheckTabController:
    """Checks drafts for the tab; keeps no user's draft."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def checked(self, text: str, file: str | None, request: gr.Request) -> Iterator[tuple[Any, Any]]:
        """Checks an uploaded file or the pasted text; yields the result's HTML and the download."""
        if bool(file) == bool(text.strip()):
            yield hint_html("file-and-text" if file else "nothing-to-check"), gr.skip()
            return
        yield render("check", report=None, done=0, total=None), gr.DownloadButton(visible=False)
        try:
            path = Path(file) if file else None
            document = self._checker.read(path) if path else read_pasted(text)

            def job(tell: Callable[[tuple[int, int]], None]) -> CheckReport:
                return self._checker.check(document, lambda done, total: tell((done, total)), language=language())

            # Cancellation: when the reader has left, the check ends at its next quotation.
            for step in run_in_background(job):
                if isinstance(step, CheckReport):
                    shown = check_html(document, step, self._checker.around)
                    yield shown, self._download(path, step, request)
                else:
                    done, total = step
                    yield render("check", report=None, done=done, total=total), gr.skip()
        except Exception as error:
            yield error_html(error), gr.DownloadButton(visible=False)

    def _download(self, path: Path | None, report: CheckReport, request: gr.Request) -> gr.DownloadButton:
        """Writes a commented copy of a Word file, or a report on any other draft, into the session's served folder."""
        source = path or Path(_PASTED)
        commented = source.suffix.lower() == ".docx"
        name = f"{Path(safe_name(source.name)).stem} (checked){'.docx' if commented else '.md'}"
        output = session_folder(request) / name
        # The loader's notes are translated, so that the report has the same words as the page.
        report = replace(report, notes=tuple(map(worded, report.notes)))
        write_output(output, source, report)
        words = say("download-commented" if commented else "download-report")
        return gr.DownloadButton(words, value=str(output), visible=True)


def build_check_tab(checker: Checker) -> None:
    """Lays out the tab inside the current context and connects it."""
    controller = _CheckTabController(checker)
    html(label("intro-check"), elem_classes="u-intro")
    with gr.Row(elem_classes="u-check-in"):
        hint = label("paste-draft")
        text = box("text", 280, placeholder=hint, lines=8, max_lines=16, scale=3, elem_id="check-text")
        kinds = list(SUFFIXES)
        file = gr.File(
            label=label("or-a-file"), file_types=kinds, height=150, scale=1, min_width=240, elem_id="check-file"
        )
    with gr.Row(elem_classes="u-buttons"):
        check = gr.Button(label("check-quotations"), variant="primary", scale=0, min_width=170, elem_id="check-run")
        clear = gr.Button(label("empty-draft"), scale=0, min_width=90, elem_id="check-clear")
        download = gr.DownloadButton("Download", visible=False, scale=0, min_width=220, elem_id="check-download")
    result = html(elem_id="check-result")
    check.click(controller.checked, [text, file], [result, download], **queued("verify"))
    clear.click(lambda: ("", None, "", gr.DownloadButton(visible=False)), None, [text, file, result, download], **QUIET)
