"""The Review tab: saved questions to accept as cases, and citations to rule on, one decision a screen."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import gradio as gr

from app.errors import AppError
from app.ui.ask_tab import QUIET, SHOWN_ERRORS
from app.ui.conversation import REASONS, error_html
from evals.cases.case import Case, Evidence
from evals.cases.documents import Documents
from evals.errors import EvalError
from evals.metrics.eval_sample import FileSpan
from evals.paths import EvalPaths
from evals.report.marked_evidence import context
from evals.report.words import STATUS
from evals.review import (
    CaseDraft,
    CitationDecision,
    Unjudged,
    add_ruling,
    decide_draft,
    drafts,
    evidence_of,
    evidence_once,
    read_decisions,
    states_of,
)
from evals.serve.archive import Archive
from ingest.parties.party_table import PartyTable
from vectorstore.errors import StoreError

MISSING: Final = ("number", "name", "date", "reason", "state", "article")
_GROUPINGS: Final = {
    "Any one of the marked quotations is enough": "any",
    "Every marked quotation is needed": "all",
    "As it is now: some are needed, of others any one is enough": "mixed",
}
_LATEST: Final = 10
# Characters shown before and after a quotation.
_AROUND: Final = 400
_DRAFTS, _CITATIONS = "drafts", "citations"
_KINDS: Final = [("Saved questions", _DRAFTS), ("Citations", _CITATIONS)]


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
            return 0, None, note + error_html(error), *[gr.skip()] * 12

    def _draft(self, at: int, name: str | None, note: str) -> tuple[Any, ...]:
        saved = drafts(self._paths)
        open_ones = [draft for draft in saved if draft.decision is None]
        at = max(0, min(at, len(open_ones) - 1))
        draft = next((draft for draft in saved if draft.case.id == name), None) if name else None
        draft = draft or (open_ones[at] if open_ones else None)
        decided = [(_told(d), d.case.id) for d in saved if d.decision is not None]
        reopened = gr.Dropdown(choices=decided, value=None, label="Decided before", visible=bool(decided))
        if draft is None:
            empty = "Nothing is left to decide. Cases come here when somebody saves an answer in the chat."
            hidden = gr.Column(visible=False)
            return at, None, f'{note}<p class="u-empty">{empty}</p>', hidden, hidden, reopened, *[gr.skip()] * 9
        documents, unread = self._documents()
        parties = documents.parties if documents is not None else PartyTable.load()
        case, spans = draft.case, evidence_to_mark(draft)
        lines = [f'<p class="u-question" dir="auto">{escape(case.question)}</p>', *map(_before, case.history)]
        if unread:
            lines.append(f'<p class="u-note" dir="auto">The statements cannot be read: {escape(unread)}</p>')
        lines += [_quotation(f"Quotation {n}", span, documents, parties) for n, span in enumerate(spans, 1)]
        head = f"{_told(draft)}: a new decision takes its place" if draft.decision else f"{len(open_ones)} left"
        marks = [(f"Quotation {n} answers", span.id) for n, span in enumerate(spans, 1)]
        groupings = [
            (label, value) for label, value in _GROUPINGS.items() if value in ("any", "all", grouping_of(case))
        ]
        marked = [name for group in case.evidence_groups for name in group]
        return (
            at,
            case.id,
            f"{note}<h2>{escape(head)}</h2>{''.join(lines)}",
            gr.Column(visible=True),
            gr.Column(visible=False),
            reopened,
            gr.CheckboxGroup(choices=marks, value=marked, visible=bool(marks)),
            gr.Radio(choices=groupings, value=grouping_of(case), visible=len(marks) > 1),
            gr.Dropdown(choices=sorted(documents.by_file) if documents is not None else [], value=None),
            "",
            case.question,
            case.expect.status,
            typed_states(case.expect.states, parties),
            case.expect.reason,
            case.expect.missing,
        )

    def _citation(self, run: str | None, at: int, note: str) -> tuple[Any, ...]:
        waiting, problems = self._archive.waiting(run)
        at = max(0, min(at, len(waiting) - 1))
        latest = self._latest()
        reopened = gr.Dropdown(choices=latest, value=None, label="Turn a ruling round", visible=bool(latest))
        listed = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
        told = f'<ul class="u-notes"><li>Not all runs can be read:</li>{listed}</ul>' if problems else ""
        hidden = gr.Column(visible=False)
        if not waiting:
            empty = "Nothing is left to decide. Citations come here when a run cites what no case expects."
            text = f'{note}{told}<p class="u-empty">{empty}</p>'
            return at, None, text, hidden, hidden, reopened, *[gr.skip()] * 9
        item = waiting[at]
        documents = self._archive.documents(self._archive.run(item.runs[0]))
        parties, citation = documents.parties, item.citation
        cited = Evidence(id="c", file=citation.file, state=citation.state, start=citation.start, end=citation.end)
        lines = [
            f"{note}{told}<h2>Does this citation answer the question? {len(waiting)} left</h2>",
            f'<p class="u-question" dir="auto">{escape(item.case.question)}</p>',
            *map(_before, item.case.history),
            _quotation(f"Cited in {item.times} answers", cited, documents, parties),
            *(_quotation("Known to answer", span, documents, parties) for span in evidence_once(item.case)),
        ]
        return at, None, "".join(lines), hidden, gr.Column(visible=True), reopened, *[gr.skip()] * 9

    def _latest(self) -> list[tuple[str, str]]:
        """Returns the newest rulings, of each citation one, with the case and the words cited."""
        newest: dict[tuple[str, FileSpan], CitationDecision] = {}
        for decision in reversed(read_decisions(self._paths.reviews)):
            if isinstance(decision, CitationDecision):
                newest.setdefault((decision.case, decision.span), decision)
        cited = self._archive.cited() if newest else {}
        found = []
        for number, (key, decision) in enumerate(list(newest.items())[:_LATEST]):
            item = cited.get(key)
            words = item.citation.source_quote[:80] if item is not None else decision.file
            asked = item.case.question if item is not None else decision.case
            answers = "answers" if decision.accepted else "does not answer"
            found.append((f"“{words}” {answers}: {asked} ({decision.by})", str(number)))
        return found

    def accept(
        self,
        case: str | None,
        by: str,
        at: int,
        used: list[str],
        grouping: str | None,
        file: str | None,
        quote: str | None,
        question: str,
        status: str,
        states: str,
        reason: str | None,
        missing: str | None,
    ) -> tuple[Any, ...]:
        """Accepts a draft as a case, with changes; gives the updates of the tab, or what went wrong alone."""

        def decide() -> None:
            draft = next((draft for draft in drafts(self._paths) if draft.case.id == case), None)
            if draft is None:
                raise EvalError(f"no draft {case!r}: somebody may have removed it")
            documents = self._documents()[0]
            parties = documents.parties if documents is not None else PartyTable.load()
            expect = draft.case.expect
            values = {
                "question": (question.strip(), draft.case.question),
                "expect.status": (status, expect.status),
                "expect.states": (list(states_of(states, parties)), list(expect.states)),
                "expect.reason": (reason, expect.reason),
                "expect.missing": (missing, expect.missing),
            }
            changes: dict[str, Any] = {name: new for name, (new, old) in values.items() if new != old}
            if status != "abstained":
                added = evidence_of(quote, file or "", documents, draft) if quote and documents else None
                changes |= evidence_changes(draft, used, grouping or "any", added)
            decide_draft(self._paths, draft.case.id, "reviewed", by=by, changes=changes)

        return self._after(decide, _DRAFTS, None, at, "Accepted as a case.")

    def reject(self, case: str | None, by: str, at: int) -> tuple[Any, ...]:
        """Rejects a draft."""
        return self._after(
            lambda: decide_draft(self._paths, case or "", "rejected", by=by), _DRAFTS, None, at, "Rejected."
        )

    def rule(self, run: str | None, by: str, at: int, *, accepted: bool) -> tuple[Any, ...]:
        """Notes whether the citation shown answers its case."""

        def decide() -> None:
            waiting, _ = self._archive.waiting(run)
            if not 0 <= at < len(waiting):
                raise EvalError("this citation does not wait for a decision any more: go on with the next one")
            item: Unjudged = waiting[at]
            add_ruling(self._paths, case=item.case.id, span=item.span, accepted=accepted, by=by)

        return self._after(decide, _CITATIONS, run, at, "It answers." if accepted else "It does not answer.")

    def reopen(self, kind: str, run: str | None, chosen: str | None, by: str, at: int) -> tuple[Any, ...]:
        """Shows a decided draft again, or turns a ruling round."""
        if kind == _DRAFTS or chosen is None:
            return self.shown(kind, run, at, chosen)

        def turn() -> None:
            newest: dict[tuple[str, FileSpan], CitationDecision] = {}
            for decision in reversed(read_decisions(self._paths.reviews)):
                if isinstance(decision, CitationDecision):
                    newest.setdefault((decision.case, decision.span), decision)
            old = list(newest.values())[int(chosen)]
            add_ruling(self._paths, case=old.case, span=old.span, accepted=not old.accepted, by=by)

        return self._after(turn, kind, run, at, "Turned round.")

    def _after(self, decide: Any, kind: str, run: str | None, at: int, note: str) -> tuple[Any, ...]:  # noqa: ANN401
        try:
            decide()
        except SHOWN_ERRORS as error:
            # What was filled in stays.
            return gr.skip(), gr.skip(), error_html(error), *[gr.skip()] * 12
        return self.shown(kind, run, at, note=f'<p class="u-summary" role="status">Noted: {escape(note)}</p>')

    def runs(self) -> Any:  # noqa: ANN401 - an update of a component
        """Offers the runs whose citations can be shown alone."""
        return gr.Dropdown(choices=[row.run.name for row in self._archive.rows() if row.right])

    def _documents(self) -> tuple[Documents | None, str]:
        """Returns (the statements of the store, why there are none)."""
        try:
            return self._archive.store_documents(), ""
        except (AppError, StoreError) as exc:
            return None, str(exc)


def evidence_to_mark(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Returns all evidence of a draft: what it was saved with, and what was added."""
    return tuple({span.id: span for span in (*draft.saved.evidence, *draft.case.evidence)}.values())


def grouping_of(case: Case) -> str:
    """Returns how the evidence of a case counts: `any`, `all` or `mixed`."""
    if len(case.evidence_groups) <= 1:
        return "any"
    return "all" if all(len(group) == 1 for group in case.evidence_groups) else "mixed"


def typed_states(codes: Sequence[str], parties: PartyTable) -> str:
    """Returns States as a person would type them: by name, where that says which."""
    names = ((code, parties.display(code)) for code in codes)
    return "; ".join(name if parties.resolve(name).codes == (code,) else code for code, name in names)


def evidence_changes(draft: CaseDraft, used: Sequence[str], grouping: str, added: Evidence | None) -> dict[str, Any]:
    """Returns how the evidence of a draft changes: what is marked, and how it counts."""
    spans = {span.id: span for span in (*evidence_to_mark(draft), *([added] if added else []))}
    marked = [name for name in spans if name in used or (added is not None and name == added.id)]
    kept = [[name for name in group if name in marked] for group in draft.case.evidence_groups]
    new = [name for name in marked if not any(name in group for group in kept)]
    groups = {
        "any": [marked] if marked else [],
        "all": [[name] for name in marked],
        "mixed": [group for group in kept if group] + [[name] for name in new],
    }[grouping]
    if groups == [list(group) for group in draft.case.evidence_groups]:
        return {}
    evidence = [spans[name].model_dump(mode="json", exclude_none=True) for name in marked]
    return {"evidence": evidence, "evidence_groups": groups}


def _told(draft: CaseDraft) -> str:
    if draft.decision is None:
        return draft.case.question
    decided = "accepted" if draft.decision.status == "reviewed" else "rejected"
    return f"{draft.case.question} ({decided} by {draft.decision.by}, {draft.decision.at:%d %b %Y})"


def _before(turn: str) -> str:
    return f'<p class="u-note" dir="auto">Asked before it: {escape(turn)}</p>'


def _quotation(title: str, span: Evidence, documents: Documents | None, parties: PartyTable) -> str:
    """Renders evidence where it stands; without the text around it, where the statements do not hold it."""
    document = documents.by_file.get(span.file) if documents is not None else None
    words = document.text[span.start : span.end] if document is not None and span.located else ""
    shown = f"<mark>{escape(span.quote or 'its words are not kept')}</mark>"
    if document is not None and words and span.quote in (None, words):
        place = (span.start, span.end)
        pieces = context(document.text, place, [place], (), _AROUND).pieces
        shown = "".join(f"<mark>{escape(p.text)}</mark>" if p.expected else escape(p.text) for p in pieces)
    elif documents is not None:
        shown += " (the statements do not hold these words)"
    where = f"{parties.display(span.state)}, {span.file}" if span.state else span.file
    return f'<h3>{escape(title)}: <bdi>{escape(where)}</bdi></h3><blockquote dir="auto">{shown}</blockquote>'


def build_review_tab(archive: Archive, paths: EvalPaths, tab: gr.Tab) -> None:
    """Lays the tab out inside the current context and connects it."""
    review = _Review(archive, paths)
    at, case = gr.State(0), gr.State(None)
    with gr.Row():
        kind = gr.Radio(label="What to review", choices=_KINDS, value=_DRAFTS, elem_id="kind")
        run = gr.Dropdown(label="Citations of one run alone", choices=[], value=None, elem_id="review-run")
        by = gr.Textbox(label="Your name or initials", max_lines=1, max_length=80, elem_id="reviewer")
    item = gr.HTML("", elem_id="item", apply_default_css=False, padding=False)
    with gr.Column(visible=False) as draft_form:
        used = gr.CheckboxGroup(label="What answers the question", choices=[], elem_id="used")
        grouping = gr.Radio(label="How the marked ones count", choices=list(_GROUPINGS.items()), value="any")
        with gr.Accordion("Something else answers", open=False):
            file = gr.Dropdown(label="Statement", choices=[], value=None, elem_id="file")
            quote = gr.Textbox(label="Its words, copied from the statement", lines=3, elem_id="quote")
        question = gr.Textbox(label="Question", lines=2, elem_id="question")
        with gr.Row():
            status = gr.Dropdown(
                label="Right outcome", choices=[(words, name) for name, words in STATUS.items()], value="answered",
                elem_id="status",
            )  # fmt: skip
            states = gr.Textbox(label="States and groups", info="Names or codes, with semicolons", elem_id="states")
        with gr.Row():
            reasons: list[tuple[str, str]] = [(words, name) for name, words in REASONS.items()]
            reason = gr.Dropdown(label="Why there is no answer", choices=reasons, value=None)
            missing = gr.Dropdown(label="What is missing of an answer in part", choices=list(MISSING), value=None)
        with gr.Row(elem_classes="u-buttons"):
            accept = gr.Button("Accept as a case", variant="primary", scale=0, min_width=170, elem_id="accept")
            reject = gr.Button("Reject", variant="stop", scale=0, min_width=100, elem_id="reject")
    with gr.Column(visible=False) as ruling, gr.Row(elem_classes="u-buttons"):
        right = gr.Button("It answers", variant="primary", scale=0, min_width=130, elem_id="answers")
        wrong = gr.Button("It does not answer", variant="stop", scale=0, min_width=180, elem_id="no-answer")
    with gr.Row(elem_classes="u-buttons"):
        back = gr.Button("Previous", scale=0, min_width=100)
        skip = gr.Button("Skip", scale=0, min_width=100)
    decided = gr.Dropdown(label="Decided before", choices=[], value=None, visible=False, elem_id="decided")
    form = [used, grouping, file, quote, question, status, states, reason, missing]
    everything = [at, case, item, draft_form, ruling, decided, *form]
    place: list[Any] = [kind, run, at]
    gr.on(
        [tab.select, kind.change, run.change],
        lambda kind, run: review.shown(kind, run, 0),
        [kind, run],
        everything,
        **QUIET,
    )
    tab.select(review.runs, None, [run], **QUIET)
    back.click(lambda kind, run, at: review.shown(kind, run, at - 1), place, everything, **QUIET)
    skip.click(lambda kind, run, at: review.shown(kind, run, at + 1), place, everything, **QUIET)
    accept.click(review.accept, [case, by, at, *form], everything, **QUIET)
    reject.click(review.reject, [case, by, at], everything, **QUIET)
    right.click(lambda run, by, at: review.rule(run, by, at, accepted=True), [run, by, at], everything, **QUIET)
    wrong.click(lambda run, by, at: review.rule(run, by, at, accepted=False), [run, by, at], everything, **QUIET)
    decided.input(review.reopen, [kind, run, decided, by, at], everything, **QUIET)
