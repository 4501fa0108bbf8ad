"""The Review tab: saved answers to make cases of, and citations to rule on, one decision a screen."""

from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from typing import Any, Final, get_args

import gradio as gr

from app.errors import AppError
from app.records import AbstentionReason
from app.ui.messages import error_html
from app.ui.parts import QUIET, SHOWN_ERRORS
from app.ui.words import say
from evals.cases.case import Evidence
from evals.cases.documents import Documents
from evals.errors import EvalError
from evals.metrics.citations import evidence_spans
from evals.paths import EvalPaths
from evals.report.marked_evidence import context
from evals.report.report import environment
from evals.report.words import STATUS
from evals.review import (
    CaseDraft,
    CitationDecision,
    add_ruling,
    corrected,
    decide_draft,
    drafts,
    evidence_of,
    read_decisions,
    states_of,
)  # fmt: skip
from evals.serve.archive import Archive
from ingest.parties.party_table import PartyTable
from vectorstore.errors import StoreError

MISSING: Final = ("number", "name", "date", "reason", "state", "article")
_LATEST: Final = 10
_DRAFTS, _CITATIONS = "drafts", "citations"
# Fields of the tab that only a draft fills in.
_FIELDS: Final = 10


class _Review:
    """What waits for a decision, shown and decided on; holds no reviewer's place itself."""

    def __init__(self, archive: Archive, paths: EvalPaths) -> None:
        self._archive, self._paths = archive, paths

    def shown(self, kind: str, run: str | None, at: int, case: str | None = None, note: str = "") -> tuple[Any, ...]:
        """Gives the updates of the whole tab: of the draft or citation at a place, or of a named draft."""
        try:
            if kind == _DRAFTS:
                return self._draft(at, case, note)
            return self._citation(run, at, note)
        except SHOWN_ERRORS as error:
            return 0, None, note + error_html(error), *[gr.skip()] * (3 + _FIELDS)

    def _draft(self, at: int, name: str | None, note: str) -> tuple[Any, ...]:
        saved = drafts(self._paths)
        waiting = [draft for draft in saved if draft.decision is None]
        at = max(0, min(at, len(waiting) - 1))
        draft = next((draft for draft in saved if draft.saved.id == name), None) if name else None
        draft = draft or (waiting[at] if waiting else None)
        decided = [(_told(d), d.saved.id) for d in saved if d.decision is not None]
        reopened = gr.Dropdown(choices=decided, value=None, label="Decided before", visible=bool(decided))
        if draft is None:
            return _nothing(at, note, "Answers come here when somebody saves one in the chat.", reopened)
        documents, unread = self._documents()
        parties = documents.parties if documents is not None else PartyTable.load()
        case, spans = draft.case, evidence_to_mark(draft)
        head = f"{_told(draft)}: a new decision takes its place" if draft.decision else f"{len(waiting)} left"
        judged = {"right": True, "wrong": False}.get(str(draft.saved.tags.get("answer_was")))
        marks = [(f"Quotation {n} answers", span.id) for n, span in enumerate(spans, 1)]
        # What was shown is nobody's word: nothing is marked until a person has decided.
        marked = [span.id for span in evidence_spans(case)] if draft.decision is not None else []
        return (
            at, draft.saved.id, note + html("draft", head, draft, spans, documents, parties, unread),
            gr.Column(visible=True), gr.Column(visible=False), reopened, judged,
            gr.CheckboxGroup(choices=marks, value=marked, visible=bool(marks)), len(case.evidence_groups) > 1,
            gr.Dropdown(choices=sorted(documents.by_file) if documents is not None else [], value=None), "",
            case.question, case.expect.status, typed_states(case.expect.states, parties), case.expect.reason,
            case.expect.missing,
        )  # fmt: skip

    def _citation(self, run: str | None, at: int, note: str) -> tuple[Any, ...]:
        waiting, problems = self._archive.waiting(run)
        at = max(0, min(at, len(waiting) - 1))
        latest = [(f"{d.case}: {d.file} {'answers' if d.accepted else 'does not'} ({d.by})", str(n))
                  for n, d in enumerate(self._latest())]  # fmt: skip
        reopened = gr.Dropdown(choices=latest, value=None, label="Turn a ruling round", visible=bool(latest))
        note += html("unread", problems)
        if not waiting:
            return _nothing(at, note, "Citations come here when a run cites what no case expects.", reopened)
        item = waiting[at]
        documents = self._archive.documents(self._archive.run(item.runs[0]))
        known = {span.id: span for span in evidence_spans(item.case)}.values()
        shown = note + html("citation", item, known, len(waiting), documents)
        form, ruling = gr.Column(visible=False), gr.Column(visible=True)
        return at, None, shown, form, ruling, reopened, *[gr.skip()] * _FIELDS

    def _latest(self) -> list[CitationDecision]:
        """Returns the newest rulings, of each citation one."""
        decisions = (d for d in read_decisions(self._paths.reviews) if isinstance(d, CitationDecision))
        return [*reversed({(d.case, d.span): d for d in decisions}.values())][:_LATEST]

    def accept(
        self,
        case: str | None,
        by: str,
        at: int,
        right: bool | None,
        used: list[str],
        all_needed: bool,
        file: str | None,
        quote: str | None,
        question: str,
        status: str,
        states: str,
        reason: str | None,
        missing: str | None,
    ) -> tuple[Any, ...]:
        """Makes a case of a draft; gives the updates of the tab, or what went wrong alone."""

        def decide() -> None:
            draft = self._named(case)
            documents = self._documents()[0]
            parties = documents.parties if documents is not None else PartyTable.load()
            spans = [span for span in evidence_to_mark(draft) if span.id in used]
            if quote and documents is not None:
                spans.append(evidence_of(quote, file or "", documents, [s.id for s in evidence_to_mark(draft)]))
            expect = draft.saved.expect.model_copy(
                update={
                    "status": status,
                    "states": states_of(states, parties),
                    "reason": (reason or None) if status == "abstained" else None,
                    "missing": (missing or None) if status == "partial" else None,
                }
            )
            decided = corrected(
                draft, right=right, expect=expect, question=question.strip(), evidence=spans, all_needed=all_needed
            )
            decide_draft(self._paths, draft, decided, by=by)

        return self._after(decide, _DRAFTS, None, at, "Kept as a case.")

    def reject(self, case: str | None, by: str, at: int) -> tuple[Any, ...]:
        """Makes nothing of a draft."""
        return self._after(
            lambda: decide_draft(self._paths, self._named(case), None, by=by), _DRAFTS, None, at, "Rejected."
        )

    def rule(self, run: str | None, by: str, at: int, *, accepted: bool) -> tuple[Any, ...]:
        """Notes whether the citation shown answers its case."""

        def decide() -> None:
            waiting, _ = self._archive.waiting(run)
            if not 0 <= at < len(waiting):
                raise EvalError("this citation does not wait for a decision any more: go on with the next one")
            item = waiting[at]
            add_ruling(self._paths, case=item.case.id, span=item.span, accepted=accepted, by=by)

        return self._after(decide, _CITATIONS, run, at, "It answers." if accepted else "It does not answer.")

    def reopen(self, kind: str, run: str | None, chosen: str | None, by: str, at: int) -> tuple[Any, ...]:
        """Shows a decided draft again, or turns a ruling round."""
        if kind == _DRAFTS or chosen is None:
            return self.shown(kind, run, at, chosen)

        def turn() -> None:
            old = self._latest()[int(chosen)]
            add_ruling(self._paths, case=old.case, span=old.span, accepted=not old.accepted, by=by)

        return self._after(turn, kind, run, at, "Turned round.")

    def _after(self, decide: Callable[[], None], kind: str, run: str | None, at: int, note: str) -> tuple[Any, ...]:
        try:
            decide()
        except SHOWN_ERRORS as error:
            # What was filled in stays.
            return gr.skip(), gr.skip(), error_html(error), *[gr.skip()] * (3 + _FIELDS)
        return self.shown(kind, run, at, note=f'<p class="u-summary" role="status">Noted: {escape(note)}</p>')

    def runs(self) -> Any:  # noqa: ANN401 - an update of a component
        """Offers the runs whose citations can be shown alone."""
        return gr.Dropdown(choices=[row.run.name for row in self._archive.rows() if row.right])

    def _named(self, case: str | None) -> CaseDraft:
        draft = next((draft for draft in drafts(self._paths) if draft.saved.id == case), None)
        if draft is None:
            raise EvalError(f"no draft {case!r}: somebody may have removed it")
        return draft

    def _documents(self) -> tuple[Documents | None, str]:
        """Returns (the statements of the store, why there are none)."""
        try:
            return self._archive.store_documents(), ""
        except (AppError, StoreError) as exc:
            return None, str(exc)


def evidence_to_mark(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Returns what may be marked as evidence: the quotations that were shown, and what a person added."""
    return tuple({span.id: span for span in (*draft.saved.evidence, *draft.case.evidence)}.values())


def typed_states(codes: Sequence[str], parties: PartyTable) -> str:
    """Returns States as a person would type them: by name, where that says which."""
    names = ((code, parties.display(code)) for code in codes)
    return "; ".join(name if parties.resolve(name).codes == (code,) else code for code, name in names)


def _told(draft: CaseDraft) -> str:
    if draft.decision is None:
        return draft.case.question
    decided = "kept as a case" if draft.decision.decided is not None else "rejected"
    return f"{draft.case.question} ({decided} by {draft.decision.by}, {draft.decision.at:%d %b %Y})"


def _nothing(at: int, note: str, when: str, reopened: gr.Dropdown) -> tuple[Any, ...]:
    hidden = gr.Column(visible=False)
    told = f'{note}<p class="u-empty">Nothing is left to decide. {when}</p>'
    return at, None, told, hidden, hidden, reopened, *[gr.skip()] * _FIELDS


def html(macro: str, *given: object) -> str:
    """Renders a macro of `page.html.j2`."""
    words = files("evals.serve").joinpath("page.html.j2").read_text(encoding="utf-8")
    template = environment().from_string(words, {"context": context, "STATUS": STATUS})
    return str(getattr(template.module, macro)(*given)).strip()


def build_review_tab(archive: Archive, paths: EvalPaths, tab: gr.Tab) -> None:
    """Lays the tab out inside the current context and connects it."""
    review = _Review(archive, paths)
    at, case = gr.State(0), gr.State(None)
    with gr.Row():
        choices = [("Saved answers", _DRAFTS), ("Citations", _CITATIONS)]
        kind = gr.Radio(label="What to review", choices=choices, value=_DRAFTS, elem_id="kind")
        run = gr.Dropdown(label="Citations of one run alone", choices=[], value=None, elem_id="review-run")
        by = gr.Textbox(label="Your name or initials", max_lines=1, max_length=80, elem_id="reviewer")
    item = gr.HTML("", elem_id="item", apply_default_css=False, padding=False)
    with gr.Column(visible=False) as draft_form:
        said = [("It was right", True), ("It was wrong: below stands what would have been right", False)]
        right = gr.Radio(label="Was the answer right?", choices=said, value=None, elem_id="right")
        used = gr.CheckboxGroup(label="What answers the question", choices=[], elem_id="used")
        all_needed = gr.Checkbox(label="Every marked quotation is needed; else any one is enough", value=False)
        with gr.Accordion("Something else answers", open=False):
            file = gr.Dropdown(label="Statement", choices=[], value=None, elem_id="file")
            quote = gr.Textbox(label="Its words, copied from the statement", lines=3, elem_id="quote")
        question = gr.Textbox(label="Question", lines=2, elem_id="case-question")
        with gr.Row():
            outcomes = [(words, name) for name, words in STATUS.items()]
            status = gr.Dropdown(label="Right outcome", choices=outcomes, value="answered", elem_id="status")
            states = gr.Textbox(label="States and groups", info="Names or codes, with semicolons", elem_id="states")
        with gr.Row():
            reasons = [(say(f"reason-{name}"), name) for name in get_args(AbstentionReason)]
            reason = gr.Dropdown(label="Why there is no answer", choices=reasons, value=None)
            missing = gr.Dropdown(label="What is missing of an answer in part", choices=list(MISSING), value=None)
        with gr.Row(elem_classes="u-buttons"):
            accept = gr.Button("Keep as a case", variant="primary", scale=0, min_width=170, elem_id="accept")
            reject = gr.Button("Reject", variant="stop", scale=0, min_width=100, elem_id="reject")
    with gr.Column(visible=False) as ruling, gr.Row(elem_classes="u-buttons"):
        answers = gr.Button("It answers", variant="primary", scale=0, min_width=130, elem_id="answers")
        wrong = gr.Button("It does not answer", variant="stop", scale=0, min_width=180, elem_id="no-answer")
    with gr.Row(elem_classes="u-buttons"):
        back = gr.Button("Previous", scale=0, min_width=100)
        skip = gr.Button("Skip", scale=0, min_width=100)
    decided = gr.Dropdown(label="Decided before", choices=[], value=None, visible=False, elem_id="decided")
    form = [right, used, all_needed, file, quote, question, status, states, reason, missing]
    everything = [at, case, item, draft_form, ruling, decided, *form]
    place: list[Any] = [kind, run, at]
    changed = [tab.select, kind.change, run.change]
    gr.on(changed, lambda kind, run: review.shown(kind, run, 0), [kind, run], everything, **QUIET)
    tab.select(review.runs, None, [run], **QUIET)
    back.click(lambda kind, run, at: review.shown(kind, run, at - 1), place, everything, **QUIET)
    skip.click(lambda kind, run, at: review.shown(kind, run, at + 1), place, everything, **QUIET)
    accept.click(review.accept, [case, by, at, *form], everything, **QUIET)
    reject.click(review.reject, [case, by, at], everything, **QUIET)
    answers.click(lambda run, by, at: review.rule(run, by, at, accepted=True), [run, by, at], everything, **QUIET)
    wrong.click(lambda run, by, at: review.rule(run, by, at, accepted=False), [run, by, at], everything, **QUIET)
    decided.input(review.reopen, [kind, run, decided, by, at], everything, **QUIET)
