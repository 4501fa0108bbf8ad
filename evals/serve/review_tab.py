"""The Review tab: saved answers to make cases of, and citations to rule on, one decision a screen."""

from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from typing import Any, Final, get_args

import gradio as gr

from app.errors import AppError
from app.records import AbstentionReason, Missing
from app.ui.messages import error_html
from app.ui.parts import QUIET, SHOWN_ERRORS
from app.ui.words import say
from evals.cases.case import Evidence
from evals.cases.documents import Documents
from evals.errors import EvalError
from evals.metrics.citations import evidence_spans
from evals.paths import EvalPaths
from evals.report.marked import in_context
from evals.report.report import environment
from evals.report.words import STATUS
from evals.review import CaseDraft, add_ruling, corrected, decide_draft, drafts, evidence_of, states_of
from evals.serve.archive import Archive
from ingest.parties.party_table import PartyTable
from vectorstore.errors import StoreError

DRAFTS, CITATIONS = "drafts", "citations"
_DECIDED: Final = {None: "", True: "It answers", False: "It does not answer"}
# Fields of the tab that only a draft fills in.
_FIELDS: Final = 9
Updates = tuple[Any, ...]


class Review:
    """What waits for a decision, shown and decided on; holds no reviewer's place itself.

    Everything stands in one row, decided or not, so that who steps back sees the last decision and can change it.
    """

    def __init__(self, archive: Archive, paths: EvalPaths) -> None:
        """Shows nothing yet."""
        self._archive, self._paths = archive, paths

    def shown(self, kind: str, run: str | None, at: int | None = None, *, after: int = 0, note: str = "") -> Updates:
        """Gives the updates of the whole tab.

        Args:
            kind: What is reviewed.
            run: Whose citations are; without one those of the newest.
            at: The place to show; without one, the first that is not decided.
            after: Where the search for that begins; it goes on at the start.
            note: What was noted last.
        """
        try:
            found, documents = self._archive.unexpected(run) if kind == CITATIONS else ((), None)
            saved = drafts(self._paths) if kind == DRAFTS else ()
            decided = [draft.decision is not None for draft in saved] + [item.ruling is not None for item in found]
            left = [n for n, is_decided in enumerate(decided) if not is_decided]
            place = at if at is not None else next((n for n in left if n >= after), left[0] if left else len(decided))
            if not 0 <= place < len(decided):
                return _nothing(max(-1, min(place, len(decided))), note, kind)
            if kind == DRAFTS:
                return place, *self._draft(saved[place], f"{len(left)} left", note)
            known = {span.id: span for span in evidence_spans(found[place].case)}.values()
            ruled = _DECIDED[found[place].ruling]
            text = note + html("citation", found[place], known, f"{len(left)} left", ruled, documents)
            return place, text, gr.Column(visible=False), gr.Column(visible=True), *[gr.skip()] * _FIELDS
        except SHOWN_ERRORS as error:
            return at or 0, note + error_html(error), *[gr.skip()] * (2 + _FIELDS)

    def _draft(self, draft: CaseDraft, left: str, note: str) -> Updates:
        documents, unread = self._documents()
        parties = documents.parties if documents is not None else PartyTable.load()
        case, spans = draft.case, evidence_to_mark(draft)
        judged = {"right": True, "wrong": False}.get(str(draft.saved.tags.get("answer_was")))
        marks = [(f"Quotation {n} answers", span.id) for n, span in enumerate(spans, 1)]
        # What was shown is nobody's word: nothing is marked until a person has decided.
        marked = [span.id for span in evidence_spans(case)] if draft.decision is not None else []
        return (
            note + html("draft", draft, left, spans, documents, parties, unread),
            gr.Column(visible=True), gr.Column(visible=False), judged,
            gr.CheckboxGroup(choices=marks, value=marked, visible=bool(marks)),
            gr.Dropdown(choices=sorted(documents.by_file) if documents is not None else [], value=None), "",
            case.question, case.expect.status, typed_states(case.expect.states, parties), case.expect.reason,
            case.expect.missing,
        )  # fmt: skip

    def accept(
        self,
        at: int,
        by: str,
        right: bool | None,
        used: list[str],
        file: str | None,
        quote: str | None,
        question: str,
        status: str,
        states: str,
        reason: str | None,
        missing: str | None,
    ) -> Updates:
        """Makes a case of a draft; gives the updates of the tab, or what went wrong alone."""

        def decide() -> None:
            draft, documents = self._draft_at(at), self._documents()[0]
            parties = documents.parties if documents is not None else PartyTable.load()
            known = evidence_to_mark(draft)
            spans = [span for span in known if span.id in used]
            if quote and documents is not None:
                spans.append(evidence_of(quote, file or "", documents, [span.id for span in known]))
            expect = draft.saved.expect.model_copy(
                update={
                    "status": status,
                    "states": states_of(states, parties),
                    "reason": (reason or None) if status == "abstained" else None,
                    "missing": (missing or None) if status == "partial" else None,
                }
            )
            decided = corrected(draft, right=right, expect=expect, question=question.strip(), evidence=spans)
            decide_draft(self._paths, draft, decided, by=by)

        return self._after(decide, DRAFTS, None, at, "Kept as a case.")

    def reject(self, at: int, by: str) -> Updates:
        """Makes nothing of a draft."""
        return self._after(
            lambda: decide_draft(self._paths, self._draft_at(at), None, by=by), DRAFTS, None, at, "Rejected."
        )

    def rule(self, run: str | None, at: int, by: str, *, accepted: bool) -> Updates:
        """Notes whether the citation shown answers its case."""

        def decide() -> None:
            found, _ = self._archive.unexpected(run)
            if not 0 <= at < len(found):
                raise EvalError("there is no such citation any more: go on with the next one")
            add_ruling(self._paths, case=found[at].case.id, span=found[at].span, accepted=accepted, by=by)

        return self._after(decide, CITATIONS, run, at, f"{_DECIDED[accepted]}.")

    def _after(self, decide: Callable[[], None], kind: str, run: str | None, at: int, note: str) -> Updates:
        try:
            decide()
        except SHOWN_ERRORS as error:
            # What was filled in stays.
            return gr.skip(), error_html(error), *[gr.skip()] * (2 + _FIELDS)
        told = f'<p class="u-summary" role="status">Noted: {escape(note)}</p>'
        return self.shown(kind, run, after=at + 1, note=told)

    def runs(self) -> Any:  # noqa: ANN401 - an update of a component
        """Offers the runs whose citations can be shown."""
        return gr.Dropdown(choices=[run.name for run in self._archive.runs() if run.scored])

    def _draft_at(self, at: int) -> CaseDraft:
        found = drafts(self._paths)
        if not 0 <= at < len(found):
            raise EvalError("there is no such draft any more: somebody may have removed it")
        return found[at]

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


def _nothing(at: int, note: str, kind: str) -> Updates:
    when = "somebody saves one in the chat" if kind == DRAFTS else "a run cites what no case expects"
    told = f'{note}<p class="u-empty">Nothing is left to decide here. More comes when {when}.</p>'
    return at, told, gr.Column(visible=False), gr.Column(visible=False), *[gr.skip()] * _FIELDS


def html(macro: str, *given: object) -> str:
    """Renders a macro of `page.html.j2`."""
    words = files("evals.serve").joinpath("page.html.j2").read_text(encoding="utf-8")
    template = environment().from_string(words, {"in_context": in_context, "STATUS": STATUS})
    return str(getattr(template.module, macro)(*given)).strip()


def build_review_tab(archive: Archive, paths: EvalPaths, tab: gr.Tab) -> None:
    """Lays the tab out inside the current context and connects it."""
    review = Review(archive, paths)
    at = gr.State(0)
    with gr.Row():
        choices = [("Saved answers", DRAFTS), ("Citations", CITATIONS)]
        kind = gr.Radio(label="What to review", choices=choices, value=DRAFTS, elem_id="kind")
        run = gr.Dropdown(label="Citations of this run", choices=[], value=None, elem_id="review-run")
        by = gr.Textbox(label="Your name or initials", max_lines=1, max_length=80, elem_id="reviewer")
    item = gr.HTML("", elem_id="item", apply_default_css=False, padding=False)
    with gr.Column(visible=False) as draft_form:
        said = [("It was right", True), ("It was wrong: below stands what would have been right", False)]
        right = gr.Radio(label="Was the answer right?", choices=said, value=None, elem_id="right")
        told = "Of each State any one is enough"
        used = gr.CheckboxGroup(label="What answers the question", info=told, choices=[], elem_id="used")
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
            kinds = [name for name in get_args(Missing) if name]
            missing = gr.Dropdown(label="What is missing of an answer in part", choices=kinds, value=None)
        with gr.Row(elem_classes="u-buttons"):
            accept = gr.Button("Keep as a case", variant="primary", scale=0, min_width=170, elem_id="accept")
            reject = gr.Button("Reject", variant="stop", scale=0, min_width=100, elem_id="reject")
    with gr.Column(visible=False) as ruling, gr.Row(elem_classes="u-buttons"):
        answers = gr.Button("It answers", variant="primary", scale=0, min_width=130, elem_id="answers")
        wrong = gr.Button("It does not answer", variant="stop", scale=0, min_width=180, elem_id="no-answer")
    with gr.Row(elem_classes="u-buttons"):
        back = gr.Button("Previous", scale=0, min_width=100, elem_id="previous")
        skip = gr.Button("Next", scale=0, min_width=100, elem_id="next")
    form = [right, used, file, quote, question, status, states, reason, missing]
    everything = [at, item, draft_form, ruling, *form]
    place: list[Any] = [kind, run, at]
    gr.on([tab.select, kind.change, run.change], review.shown, [kind, run], everything, **QUIET)
    tab.select(review.runs, None, [run], **QUIET)
    back.click(lambda kind, run, at: review.shown(kind, run, at - 1), place, everything, **QUIET)
    skip.click(lambda kind, run, at: review.shown(kind, run, at + 1), place, everything, **QUIET)
    accept.click(review.accept, [at, by, *form], everything, **QUIET)
    reject.click(review.reject, [at, by], everything, **QUIET)
    answers.click(lambda run, at, by: review.rule(run, at, by, accepted=True), [run, at, by], everything, **QUIET)
    wrong.click(lambda run, at, by: review.rule(run, at, by, accepted=False), [run, at, by], everything, **QUIET)
