"""The Corpus tab: shows stored documents, and corrects their metadata, singly or in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import gradio as gr

from app.answering.provenance import statement_holders
from app.corpus.corpus import Corpus
from app.corpus.stored_documents import UndoStep
from app.errors import SHOWN_ERRORS, NotFoundError
from app.ui.corpus_table import COLUMNS, FIELDS, FILTERS, CorpusTable
from app.ui.evidence_panel import fetched, page_image
from app.ui.parts import QUIET, box, html, label, sent, several, skips
from app.ui.provenance_html import PartyNamer
from app.ui.templates import error_html, hint_html, render, said_html
from app.ui.words import language, say, worded
from ingest.language.detection import direction_of
from vectorstore.records import Statement, StatementSummary, document_id_of

_FIRST_COLUMNS: Final = ("state", "body", "session", "date", "agenda_item", "language", "file")
# How many outputs `opened` returns.
_OPENED: Final = 3 + len(FIELDS)


class _CorpusTabController:
    """Shows and changes statements for the tab; keeps no user's choices."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def _name(self, code: str | None) -> str:
        return self._corpus.party_name(code, language())

    def pressed(self, ids: list[str], event: gr.SelectData) -> tuple[Any, ...]:
        """Opens the statement of a row; returns what `opened` returns."""
        number = int(event.row_value[0] or 0) if event.row_value else 0
        if not 0 < number <= len(ids):
            return skips(_OPENED)
        return self.opened(ids[number - 1])

    def act(self, event: gr.EventData) -> tuple[Any, ...]:
        """Opens an intervention of a record, or the record; returns what `opened` returns."""
        return self.opened(str(sent(event).get("id", "")))

    def opened(self, statement_id: str, message: str = "") -> tuple[Any, ...]:
        """Shows a statement; returns (chosen id, form, detail, one update per field)."""
        try:
            statement = self._corpus.show(statement_id)
            parts, kinship = self._corpus.interventions(statement_id), self._corpus.kinship(statement_id)
        except SHOWN_ERRORS as error:
            return (None, gr.Column(visible=False), _refusal(error), *skips(len(FIELDS)))
        inferred = {name: f" · {say('inferred')}" for name in statement.inferred}
        values = [
            gr.Textbox(value=self._value(statement, name), info=say(f"hint-{name}") + inferred.get(name, ""))
            for name in FIELDS
        ]
        shown = statement_html(statement, self._name, kinship, parts)
        return statement_id, gr.Column(visible=True), message + shown, *values

    def _value(self, statement: Statement, field: str) -> str:
        """Returns the text of a form field: States and groups by their names, as people type them."""
        value: str = getattr(statement.metadata, field) or ""
        return self._name(value) if value and field in ("state", "on_behalf_of") else value

    def save(self, statement_id: str | None, *values: str) -> tuple[Any, ...]:
        """Corrects the metadata fields that were changed; returns (steps to undo, message, *opened)."""
        statement_id = statement_id or ""
        try:
            statement = self._corpus.show(statement_id)
            typed = zip(FIELDS, map(str.strip, values), strict=True)
            changes = {name: value for name, value in typed if value != self._value(statement, name)}
            if not changes:
                return *skips(2), *self.opened(statement_id, said_html(say("nothing-changed")))
            # Undo restores the whole record of an intervention, whose id stands before the dot.
            step = self._corpus.undo_step(document_id_of(statement_id))
            corrected = self._corpus.edit(statement_id, changes)
        except SHOWN_ERRORS as error:
            return *skips(2), statement_id, gr.skip(), _refusal(error), *skips(len(FIELDS))
        now = step.now if step.now != statement_id else corrected
        # Clears the message on the previous change, which Undo no longer takes back.
        return [replace(step, now=now)], "", *self.opened(corrected, said_html(say("saved")))

    def remove(self, open_id: str | None) -> tuple[Any, ...]:
        """Removes the open statement; returns what `change` returns."""
        return self.change([document_id_of(open_id or "")], None, open_id)

    def change(self, ids: list[str], changes: Mapping[str, str] | None, open_id: str | None = None) -> tuple[Any, ...]:
        """Sets fields of documents, or removes them if `changes` is None.

        Returns (steps to undo, message, *opened): the statement `open_id`, which is open, as it is now.
        """
        if not ids:
            return gr.skip(), hint_html("choose-rows"), *skips(_OPENED)
        steps, told = self._changed(ids, changes)
        now = {step.summary.document_id: step.now for step in steps}
        return steps or gr.skip(), told, *self._reopened(open_id, now)

    def _reopened(self, open_id: str | None, ids: Mapping[str, str | None]) -> tuple[Any, ...]:
        """Opens the open statement anew if its document has another id by now, None if removed; returns `opened`."""
        document_id = document_id_of(open_id or "")
        if open_id is None or document_id not in ids:
            return skips(_OPENED)
        now = ids[document_id]
        if now is None:
            return None, gr.Column(visible=False), "", *skips(len(FIELDS))
        # An intervention keeps its place, which stands behind the dot.
        return self.opened(now + open_id.removeprefix(document_id))

    def _changed(self, ids: Sequence[str], changes: Mapping[str, str] | None) -> tuple[list[UndoStep], str]:
        steps, problems = list[UndoStep](), dict[str, None]()
        for identifier in ids:
            try:
                step = self._corpus.undo_step(identifier)
                if changes is None:
                    self._corpus.remove(identifier, undoable=True)
                now = None if changes is None else self._corpus.edit(identifier, changes)
                steps.append(replace(step, now=now))
            except SHOWN_ERRORS as error:
                problems[error_html(error)] = None
        told = say("removed-count" if changes is None else "changed-count", count=len(steps))
        return steps, (said_html(told) if steps else "") + "".join(problems)

    def undo(self, steps: list[UndoStep], open_id: str | None = None) -> tuple[Any, ...]:
        """Takes the last change back; returns what `change` returns."""
        try:
            for step in steps:
                self._corpus.restore(step)
        except SHOWN_ERRORS as error:
            return gr.skip(), error_html(error), *skips(_OPENED)
        before = {document_id_of(step.now): step.summary.document_id for step in steps if step.now}
        return [], said_html(say("taken-back", count=len(steps))), *self._reopened(open_id, before)


def _refusal(error: Exception) -> str:
    # A correction gives a statement another id.
    return error_html(say("statement-changed") if isinstance(error, NotFoundError) else error)


def statement_html(
    statement: Statement,
    names: PartyNamer,
    kinship: str | None = None,
    interventions: Sequence[StatementSummary] = (),
) -> str:
    """Renders a statement's text exactly as stored, and its relation to duplicates, revisions and translations.

    A record has a button for each of its interventions; an intervention shows only its own part of the record.
    """
    span, page_starts = statement.span, statement.document.page_starts
    ends = (*page_starts[1:], len(statement.source_text))
    pages = enumerate(zip(page_starts, ends, strict=False), 1)
    nobody = say("several-speakers" if interventions else "nobody")
    return render(
        "statement",
        statement=statement,
        who=statement_holders(statement.kind, statement.metadata, names) or nobody,
        kinship=None if kinship is None else worded(kinship),
        span=span if statement.is_intervention else None,
        direction=direction_of(spoken) if (spoken := statement.metadata.language) else "auto",
        text=statement.source_text[span.start : span.end],
        parts=interventions,
        names=names,
        pages=[(number, begin) for number, (begin, end) in pages if begin < span.end and end > span.start],
    )


def build_corpus_tab(corpus: Corpus, tab: gr.Tab) -> None:
    """Lays out the tab inside the current context and connects it; its table is read when the tab is opened."""
    controller, rows = _CorpusTabController(corpus), CorpusTable(corpus)
    ids, chosen, steps = gr.State([]), gr.State(None), gr.State([])
    words = box("find-statements", 160, placeholder=label("find-statements-by"), elem_id="corpus-filter")
    with gr.Row():
        filters = [several(f"field-{name}", 150) for name in FILTERS]
    with gr.Accordion(label("columns"), open=False):
        columns = gr.CheckboxGroup(
            choices=list(COLUMNS), value=list(_FIRST_COLUMNS), show_label=False, label=label("columns")
        )
    count = html(elem_id="corpus-count")
    table = gr.Dataframe(
        label=label("statements"), show_label=False, interactive=False, wrap=True, elem_id="corpus-table"
    )
    with gr.Accordion(label("change-together"), open=False, elem_id="corpus-together"):
        with gr.Row():
            choice = several("which-statements", 320, scale=4, elem_id="corpus-choice")
            every = gr.Button(label("all-listed"), scale=0, min_width=170, elem_id="corpus-all")
        with gr.Row():
            field = gr.Dropdown(label=label("field"), choices=list(FIELDS), value="state", elem_id="corpus-field")
            value = box("new-value", 160, info=label("empty-clears"), elem_id="corpus-value")
        with gr.Row(elem_classes="u-buttons"):
            set_all = gr.Button(label("set-chosen"), variant="primary", scale=0, min_width=170, elem_id="corpus-set")
            remove_all = gr.Button(label("remove-chosen"), scale=0, min_width=170, elem_id="corpus-remove-chosen")
    with gr.Row(elem_classes="u-buttons"):
        said = html(elem_id="corpus-said")
        undo = gr.Button(label("take-back"), scale=0, min_width=110, visible=False, elem_id="corpus-undo")
    with gr.Column(visible=False, elem_id="corpus-form") as form:
        fields: list[gr.Textbox] = []
        for start in range(0, len(FIELDS), 4):
            with gr.Row():
                for name in FIELDS[start : start + 4]:
                    fields.append(box(f"field-{name}", 200, info=label(f"hint-{name}"), elem_id=f"field-{name}"))
        with gr.Row(elem_classes="u-buttons"):
            save = gr.Button(label("save-metadata"), variant="primary", scale=0, min_width=150, elem_id="corpus-save")
            remove = gr.Button(label("remove-statement"), scale=0, min_width=170, elem_id="corpus-remove")
    detail = html(elem_id="corpus-detail", acts=True, server_functions=[fetched(corpus, page_image)])
    opened, sought = [chosen, form, detail, *fields], [words, columns, *filters]
    listing: Any = {"fn": rows.listed, "inputs": sought, "outputs": [table, choice, ids, count], **QUIET}
    tab.select(rows.offered, [columns], [*filters, columns, field], **QUIET).then(**listing)
    # One listener for all inputs, so that the result of an earlier search never arrives last.
    gr.on([words.change, columns.change, *(each.change for each in filters)], trigger_mode="always_last", **listing)
    table.select(controller.pressed, [ids], opened, **QUIET)
    detail.select(controller.act, None, opened, **QUIET)
    every.click(lambda ids: ids, [ids], [choice], **QUIET)
    # Changing a hundred statements takes ten seconds: the table shows progress until then.
    slow: Any = QUIET | {"show_progress": "minimal", "show_progress_on": table}
    for changed in (
        save.click(controller.save, [chosen, *fields], [steps, said, *opened], **slow),
        remove.click(controller.remove, [chosen], [steps, said, *opened], **slow),
        set_all.click(
            lambda chosen, field, value, open_id: controller.change(chosen, {field: value}, open_id),
            [choice, field, value, chosen],
            [steps, said, *opened],
            **slow,
        ),
        remove_all.click(
            lambda ids, open_id: controller.change(ids, None, open_id), [choice, chosen], [steps, said, *opened], **slow
        ),
        undo.click(controller.undo, [steps, chosen], [steps, said, *opened], **slow),
    ):
        changed.then(**listing).then(lambda steps: gr.Button(visible=bool(steps)), [steps], [undo], **QUIET)
