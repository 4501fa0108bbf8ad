"""The Review tab: saved answers to make cases of, and citations to rule on, one decision a screen."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final, TypeVar, get_args

import gradio as gr

from app.briefing.request import party_code, party_names
from app.errors import SHOWN_ERRORS, AppError
from app.records import AbstentionReason, AnswerType, Status
from app.ui.parts import QUIET, html, label
from app.ui.templates import error_html
from app.ui.words import language, say
from evals.archive import Archive
from evals.cases.documents import Documents
from evals.errors import EvalError
from evals.report.report import rendered
from evals.review import CaseDraft, Unexpected, add_ruling, corrected, decide_draft, drafts, evidence_of
from ingest.parties.party_table import PartyTable
from vectorstore.errors import StoreError

PAGE: Final = "serve/page.html.j2"
DRAFTS, CITATIONS = "drafts", "citations"
_STATUSES: Final = get_args(Status)
_REASONS: Final = get_args(AbstentionReason)
_MISSING: Final = tuple(name for name in get_args(AnswerType) if name)
# New values by component; all others stay as they are.
Updates = dict[Any, Any]
_Item = TypeVar("_Item")


class ReviewTab:
    """Open and past decisions in one sequence, so that a past one can be changed; each session has its own place."""

    def __init__(self, archive: Archive, tab: gr.Tab) -> None:
        """Lays the tab out inside the current context, and connects it."""
        self._archive, self._paths = archive, archive.paths
        self.at = gr.State(0)
        with gr.Row():
            kinds = [DRAFTS, CITATIONS]
            self.kind = gr.Radio(label=label("evals-what-to-review"), choices=kinds, value=DRAFTS, elem_id="kind")
            hint = label("evals-newest")
            self.run = gr.Dropdown([], value=None, label=label("evals-of-run"), info=hint, elem_id="review-run")
            self.by = gr.Textbox(label=label("evals-by"), max_lines=1, max_length=80, elem_id="reviewer")
        self.item = html("", elem_id="item", padding=False)
        with gr.Column(visible=False) as self.draft_form:
            self.right = gr.Radio(label=label("evals-was-right"), choices=[True, False], value=None, elem_id="right")
            hint = label("evals-used-hint")
            self.used = gr.CheckboxGroup(label=label("evals-used"), info=hint, choices=[], elem_id="used")
            with gr.Accordion(label("evals-else"), open=False):
                self.file = gr.Dropdown(label=label("evals-statement"), choices=[], value=None, elem_id="file")
                self.quote = gr.Textbox(label=label("evals-words"), lines=3, elem_id="quote")
            self.question = gr.Textbox(label=label("question"), lines=2, elem_id="case-question")
            with gr.Row():
                outcome = label("evals-right-outcome")
                self.status = gr.Dropdown(label=outcome, choices=[*_STATUSES], value="answered", elem_id="status")
                hint = label("evals-states-hint")
                self.states = gr.Textbox(label=label("states-and-groups"), info=hint, elem_id="states")
            with gr.Row():
                self.reason = gr.Dropdown(label=label("evals-why-none"), choices=[*_REASONS], value=None)
                self.missing = gr.Dropdown(label=label("evals-what-missing"), choices=[*_MISSING], value=None)
            with gr.Row(elem_classes="u-buttons"):
                accept = gr.Button(label("evals-keep"), variant="primary", scale=0, min_width=170, elem_id="accept")
                reject = gr.Button(label("evals-reject"), variant="stop", scale=0, min_width=100, elem_id="reject")
        with gr.Column(visible=False) as self.ruling, gr.Row(elem_classes="u-buttons"):
            answers = gr.Button(label("evals-answers"), variant="primary", scale=0, min_width=130, elem_id="answers")
            wrong = gr.Button(label("evals-no-answer"), variant="stop", scale=0, min_width=180, elem_id="no-answer")
        with gr.Row(elem_classes="u-buttons"):
            back = gr.Button(label("evals-previous"), scale=0, min_width=100, elem_id="previous")
            skip = gr.Button(label("evals-next"), scale=0, min_width=100, elem_id="next")
        self.form = (
            self.right, self.used, self.file, self.quote, self.question, self.status, self.states, self.reason,
            self.missing,
        )  # fmt: skip
        decisions: dict[gr.Button, Callable[[Updates], Updates]] = {
            accept: lambda given: self.done(self.accept, given), reject: lambda given: self.done(self.reject, given),
            answers: lambda given: self.done(self.rule, given, True),
            wrong: lambda given: self.done(self.rule, given, False),
            back: lambda given: self.shown(given[self.kind], given[self.run], given[self.at] - 1),
            skip: lambda given: self.shown(given[self.kind], given[self.run], given[self.at] + 1),
        }  # fmt: skip
        inputs: set[gr.blocks.Block] = {self.kind, self.run, self.at, self.by, *self.form}
        shown = [self.at, self.item, self.draft_form, self.ruling, *self.form]
        for button, act in decisions.items():
            button.click(act, inputs, shown, **QUIET)
        gr.on([tab.select, self.kind.change, self.run.change], self.shown, [self.kind, self.run], shown, **QUIET)
        offered = [self.run, self.kind, self.right, self.status, self.reason, self.missing]
        tab.select(self.choices, None, offered, **QUIET)

    def choices(self) -> tuple[Any, ...]:
        """Returns (the runs whose citations can be shown, what to review, right or wrong, outcomes, reasons, kinds)."""
        return (
            gr.Dropdown(choices=[run.name for run in self._archive.runs() if run.scored]),
            gr.Radio(choices=[(say("evals-saved"), DRAFTS), (say("evals-citations"), CITATIONS)]),
            gr.Radio(choices=[(say("evals-right"), True), (say("evals-wrong"), False)]),
            gr.Dropdown(choices=[(say(f"report-status-{name}"), name) for name in _STATUSES]),
            gr.Dropdown(choices=[(say(f"reason-{name}"), name) for name in _REASONS]),
            gr.Dropdown(choices=[(say(f"code-{name}"), name) for name in _MISSING]),
        )

    def shown(self, kind: str, run: str | None, at: int | None = None, *, after: int = 0, note: str = "") -> Updates:
        """Returns the updates of the whole tab: for the item `at` a place, else the first undecided from `after` on."""
        documents: Documents | None = None
        try:
            found: Sequence[CaseDraft | Unexpected] = drafts(self._paths)
            if kind == CITATIONS:
                found, documents = self._citations(run)
            left = [number for number, item in enumerate(found) if item.decision is None]
            # If no later item is undecided, the first undecided one is shown.
            place = at if at is not None else next((n for n in left if n >= after), left[0] if left else len(found))
            if not 0 <= place < len(found):
                place, text = max(-1, min(place, len(found))), rendered(PAGE, "nothing", kind == DRAFTS)
                return {self.at: place, self.item: note + text} | self._forms(None)
            item, told = found[place], say("evals-left", count=len(left))
            if isinstance(item, CaseDraft):
                return {self.at: place} | self._forms(DRAFTS) | self._draft(item, told, note)
            known = {span.id: span for span in item.case.spans}.values()
            text = rendered(PAGE, "citation", item, known, told, _ruling(item.decision), documents)
            return {self.at: place, self.item: note + text} | self._forms(CITATIONS)
        except SHOWN_ERRORS as error:
            return {self.item: note + error_html(error)}

    def _forms(self, kind: str | None) -> Updates:
        forms = {self.draft_form: DRAFTS, self.ruling: CITATIONS}
        return {form: gr.Column(visible=kind == own) for form, own in forms.items()}

    def _citations(self, name: str | None) -> tuple[Sequence[Unexpected], Documents | None]:
        """Returns (the citations of a run that no case expects, its statements); without a name, of the newest run."""
        named = [self._archive.named(name)] if name else self._archive.runs()
        runs = [run for run in named if name or run.manifest.variant is None]
        return self._archive.unexpected(runs[0]) if runs else ((), None)

    def _draft(self, draft: CaseDraft, left: str, note: str) -> Updates:
        (documents, parties, unread), case, spans = self._documents(), draft.case, draft.evidence
        marks = [(say("evals-number-answers", number=n), span.id) for n, span in enumerate(spans, 1)]
        # A quotation that was shown is not evidence yet, so none is marked until a person has decided.
        marked = [span.id for span in case.spans] if draft.decision is not None else []
        # States are shown by name if it is unambiguous, else by code.
        names = ((code, parties.display(code, language())) for code in case.expect.states)
        typed = (name if parties.resolve(name).codes == (code,) else code for code, name in names)
        return {
            self.item: note + rendered(PAGE, "draft", draft, left, spans, documents, parties, unread),
            self.right: {"right": True, "wrong": False}.get(str(draft.saved.tags.get("answer_was"))),
            self.used: gr.CheckboxGroup(choices=marks, value=marked, visible=bool(marks)),
            self.file: gr.Dropdown(choices=sorted(documents.by_file) if documents is not None else [], value=None),
            self.quote: "", self.question: case.question, self.status: case.expect.status,
            self.states: "; ".join(typed), self.reason: case.expect.reason, self.missing: case.expect.missing,
        }  # fmt: skip

    def done(self, decide: Callable[..., tuple[str, str]], given: Updates, *more: bool) -> Updates:
        """Makes a decision; returns the updates of the tab for the next item, or on an error only its message."""
        try:
            kind, noted = decide(given, *more)
        except SHOWN_ERRORS as error:
            # The item stays in sight, and the form keeps its values.
            standing = self.shown(given[self.kind], given[self.run], given[self.at], note=error_html(error))
            return {self.item: standing[self.item]}
        told = f'<p class="u-summary" role="status">{escape(say("evals-noted", what=noted))}</p>'
        return self.shown(kind, given[self.run], after=given[self.at] + 1, note=told)

    def accept(self, given: Updates) -> tuple[str, str]:
        """Makes a case of a draft."""
        draft, (documents, parties, _) = _standing_at(given[self.at], drafts(self._paths)), self._documents()
        spans = [span for span in draft.evidence if span.id in given[self.used]]
        if given[self.quote] and documents is not None:
            taken = [span.id for span in draft.evidence]
            spans.append(evidence_of(given[self.quote], given[self.file] or "", documents, taken))
        status, question = given[self.status], given[self.question].strip()
        states = (party_code(name, parties) for name in party_names(given[self.states], parties))
        changes = {
            "status": status, "states": tuple(dict.fromkeys(states)),
            "reason": (given[self.reason] or None) if status == "abstained" else None,
            "missing": (given[self.missing] or None) if status == "partial" else None,
        }  # fmt: skip
        expect = draft.saved.expect.model_copy(update=changes)
        decided = corrected(draft, right=given[self.right], expect=expect, question=question, evidence=spans)
        decide_draft(self._paths, draft, decided, by=given[self.by])
        return DRAFTS, say("evals-kept")

    def reject(self, given: Updates) -> tuple[str, str]:
        """Rejects a draft."""
        decide_draft(self._paths, _standing_at(given[self.at], drafts(self._paths)), None, by=given[self.by])
        return DRAFTS, say("evals-rejected")

    def rule(self, given: Updates, accepted: bool) -> tuple[str, str]:
        """Stores the ruling whether the citation shown answers its case."""
        item = _standing_at(given[self.at], self._citations(given[self.run])[0])
        add_ruling(self._paths, case=item.case.id, span=item.span, accepted=accepted, by=given[self.by])
        return CITATIONS, _ruling(accepted)

    def _documents(self) -> tuple[Documents | None, PartyTable, str]:
        """Returns (the statements of the store or None, the table of parties, the reason if there are none)."""
        try:
            documents = self._archive.stored()
        except (AppError, StoreError) as exc:
            return None, PartyTable.load(), str(exc)
        return documents, documents.parties, ""


def _ruling(accepted: bool | None) -> str:
    return "" if accepted is None else say("evals-answers" if accepted else "evals-no-answer")


def _standing_at(at: int, found: Sequence[_Item]) -> _Item:
    if not 0 <= at < len(found):
        raise EvalError("what stood here is not there any more: go on with the next one")
    return found[at]
