"""The Check tab: takes a draft as text or file and shows a verdict on each of its quotations."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import gradio as gr

from app.checking.checker import Around, Checker
from app.checking.findings import CheckReport, Finding, Place
from app.checking.reading.blocks import CheckedBlock, CheckedDocument
from app.checking.reading.documents import SUFFIXES, read_pasted
from app.corpus.upload_names import safe_name
from app.export.check_report import write_output
from app.ui.background_job import left_at_once, run_in_background
from app.ui.parts import QUIET, box, html, label, queued, skips
from app.ui.served_files import session_folder
from app.ui.templates import error_html, hint_html, render
from app.ui.words import isolated, language, say, worded
from prompts.wording import load_remark_words

_PASTED: Final = "draft.md"
# The look (CSS class) of verified quotations with a remark; that of all other findings is their verdict.
_REMARKED: Final = "remarked"
_COUNTED: Final = ("verified", _REMARKED, "altered", "misattributed", "not_found")
# A sign beside colour and word, for readers who do not see the colour.
_SIGNS: Final = dict(zip(_COUNTED, "✓!Δ⇄?", strict=True))
# Characters of a draft that is shown whole; of a longer one only paragraphs with quotations and their neighbours are.
_WHOLE: Final = 120_000
_CLOSING: Final = re.compile(r"\s*[”“\"»«’'›」』〞〟＂]")


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A part of a paragraph; a quotation has the number of its finding and its closing quotation mark."""

    words: str
    closing: str = ""
    number: int = 0
    look: str = ""


def check_draft(checker: Checker, text: str, file: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Checks an uploaded file or the pasted text; yields the result's HTML and the two downloads."""
    if bool(file) == bool(text.strip()):
        yield hint_html("file-and-text" if file else "nothing-to-check"), *skips(2)
        return
    yield render("check", report=None, done=0, total=None), *_no_downloads()
    try:
        path = Path(file) if file else None
        document = checker.read(path) if path else read_pasted(text)

        def job(tell: Callable[[tuple[int, int]], None]) -> CheckReport:
            return checker.check(document, lambda done, total: tell((done, total)), language=language())

        # Cancellation: when the reader has left, the check ends at its next quotation.
        for step in run_in_background(job):
            if isinstance(step, CheckReport):
                shown = check_html(document, step, checker.around)
                yield shown, *_downloads(path, step, request)
            else:
                done, total = step
                yield render("check", report=None, done=done, total=total), *skips(2)
    except Exception as error:
        yield error_html(error), *_no_downloads()


def _no_downloads() -> tuple[gr.DownloadButton, ...]:
    return gr.DownloadButton(visible=False), gr.DownloadButton(visible=False)


def _downloads(path: Path | None, report: CheckReport, request: gr.Request) -> Sequence[gr.DownloadButton]:
    """Writes a commented copy of a Word file, or a report on any other draft, into the session's served folder."""
    source, folder = path or Path(_PASTED), session_folder(request)
    # The loader's notes are translated, so that the report has the same words as the page.
    report = replace(report, notes=tuple(map(worded, report.notes)))
    forms = {"download-report": ".md", "download-word": ".docx"}
    if source.suffix.lower() == ".docx":
        forms = {"download-commented": ".docx"}
    offered = []
    for key, suffix in forms.items():
        output = folder / f"{Path(safe_name(source.name)).stem} (checked){suffix}"
        write_output(output, source, report)
        offered.append(gr.DownloadButton(say(key), value=str(output), visible=True))
    return [*offered, *_no_downloads()][:2]


def check_html(document: CheckedDocument, report: CheckReport, around: Callable[[Place], Around | None]) -> str:
    """Renders a checked draft."""
    by_block: dict[int, list[int]] = {}
    for number, finding in enumerate(report.findings, 1):
        by_block.setdefault(document.index_at(max(0, finding.quotation.spans[-1][1] - 1)), []).append(number)
    every = range(len(document.blocks))
    shown = every if len(document.text) <= _WHOLE else {near for at in by_block for near in (at - 1, at, at + 1)}
    looks, words = Counter(map(_look, report.findings)), load_remark_words(report.language)
    return render(
        "check",
        report=report,
        signs=_SIGNS,
        look_of=_look,
        counts=[(look, looks[look]) for look in _COUNTED if looks[look] or look != _REMARKED],
        wrong=[(n, f) for n, f in enumerate(report.findings, 1) if f.verdict != "verified" or f.remarks],
        # A gap is shown once for all paragraphs that are left out in a row.
        blocks=[
            (block, _pieces(block, report.findings), by_block.get(index, ())) if index in shown else (None, (), ())
            for index, block in enumerate(document.blocks)
            if index in shown or index - 1 in shown
        ],
        words=words,
        said=lambda remark: words.say(remark.kind, **isolated(remark.values)),
        worded=worded,
        around=around,
        others_of=_others,
    )


def _pieces(block: CheckedBlock, findings: Sequence[Finding]) -> list[_Piece]:
    """Returns the text of a block, cut at its quotations."""
    pieces: list[_Piece] = []
    position = block.start
    for number, finding in enumerate(findings, 1):
        for start, end in finding.quotation.spans:
            if not block.start <= start < end <= block.end or start < position:
                continue
            # The closing mark is part of the piece, so that the tag with the verdict comes after it.
            behind = _CLOSING.match(block.text, end - block.start)
            closing = behind.group() if behind else ""
            words = block.text[start - block.start : end - block.start]
            pieces.append(_Piece(words=block.text[position - block.start : start - block.start]))
            pieces.append(_Piece(words=words, closing=closing, number=number, look=_look(finding)))
            position = end + len(closing)
    return [*pieces, _Piece(words=block.text[position - block.start :])]


def _look(finding: Finding) -> str:
    return _REMARKED if finding.verdict == "verified" and finding.remarks else finding.verdict


def _others(finding: Finding) -> int:
    """Returns how many other statements contain the words of a finding."""
    here = finding.place.statement_id if finding.place else None
    return len({place.statement_id for place in finding.found_in} - {here})


def build_check_tab(checker: Checker) -> None:
    """Lays out the tab inside the current context and connects it."""

    def checked(text: str, file: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        return check_draft(checker, text, file, request)

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
        downloads = [gr.DownloadButton("Download", visible=False, scale=0, min_width=220) for _ in range(2)]
    shown = [html(elem_id="check-result"), *downloads]
    checking = check.click(left_at_once(checked), [text, file], shown, **queued("verify"))
    emptied = [text, file, *shown]
    clear.click(lambda: ("", None, "", *_no_downloads()), None, emptied, cancels=[checking], **QUIET)
    # Cancelled: a step may have been shown since the form was emptied.
    checking.failure(lambda: ("", *_no_downloads()), None, shown, **QUIET)
