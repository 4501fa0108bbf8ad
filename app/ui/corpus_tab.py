"""The Corpus tab: lists stored documents by search words and filters, shows them, and corrects or removes them."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import gradio as gr

from app.answering.localization import language_name
from app.answering.provenance import date_in_words, statement_holders
from app.corpus.corpus import Corpus
from app.corpus.stored_documents import UndoStep
from app.errors import SHOWN_ERRORS, NotFoundError
from app.ui.evidence_panel import PartyNamer, fetched, page_image
from app.ui.parts import QUIET, box, html, label, sent, several, skips
from app.ui.templates import error_html, hint_html, render, said_html
from app.ui.words import language, say, worded
from ingest.language.detection import direction_of
from vectorstore.records import DocumentSummary, Statement, StatementSummary, document_id_of

# Limit of rows, since browsers receive all of them, and send their ids back when all are chosen.
_MOST_ROWS: Final = 1000
_FIELDS: Final = tuple("state on_behalf_of speaker body session date agenda_item language title symbol url".split())
_COLUMNS: Final = (*_FIELDS, "file")
_FILTERS: Final = ("state", "body", "session", "year", "language")
# The filters' choice for documents without a value in that field.
_NONE: Final = "–"
_FIRST_COLUMNS: Final = ("state", "body", "session", "date", "agenda_item", "language", "file")
# How many outputs `opened` returns.
_OPENED: Final = 3 + len(_FIELDS)


class _CorpusTabController:
    """Shows and changes statements for the tab; keeps no user's choices."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def _name(self, code: str | None) -> str:
        return self._corpus.party_name(code, language())

    def offered(self, columns: list[str]) -> list[Any]:
        """Fills filters with the stored values and lists with field names; returns (*filters, columns, field)."""
        try:
            documents = self._corpus.documents()
        except SHOWN_ERRORS:
            documents = ()
        updates: list[Any] = []
        for field in _FILTERS:
            values = {value for summary in documents for value in _values(summary, field)}
            ordered = sorted(((self._named(field, value), value) for value in values), key=_natural)
            updates.append(gr.Dropdown(choices=[*ordered]))
        updates.append(gr.CheckboxGroup(choices=[(say(f"field-{f}"), f) for f in _COLUMNS], value=columns))
        return [*updates, gr.Dropdown(choices=[(say(f"field-{field}"), field) for field in _FIELDS])]

    def _named(self, field: str, value: str) -> str:
        if value == _NONE:
            return say("nobody") if field == "state" else _NONE
        if field in ("state", "on_behalf_of"):
            return self._name(value)
        if field == "language":
            return language_name(value, language())
        return say("session", value=value) if field == "session" else value

    def listed(self, words: str, columns: Sequence[str], *wanted: Sequence[str]) -> tuple[Any, ...]:
        """Finds documents by words, in metadata or text, and the values of each filter.

        Returns (table, choice, ids in the order of the rows, message with the count).
        """
        # A session is taken out by its name, such as "session 12", so that 12 is not looked for in dates.
        session = re.escape(say("session", value="\0").casefold()).replace("\0", r"(\d[\w-]*)")
        named, words = re.findall(session, words.casefold()), re.sub(session, " ", words.casefold())
        try:
            stored = self._corpus.documents()
            ids_of = {word: self._corpus.holding(word) for word in words.split() if any(map(str.isalnum, word))}
        except SHOWN_ERRORS as error:
            return gr.skip(), gr.skip(), [], error_html(error)
        criteria = [(field, {*any_of}) for field, any_of in zip(_FILTERS, wanted, strict=False) if any_of]
        criteria += [("session", {value}) for value in named]
        found = [
            summary
            for summary in stored
            if self._matches(summary, ids_of) and all(any_of & _values(summary, field) for field, any_of in criteria)
        ]
        # By displayed name, as the store orders by code (XAC may be Palvonia); first those without a State, to be set.
        found.sort(key=lambda d: (d.metadata.state is not None, self._name(d.metadata.state).casefold()))
        shown, fields = found[:_MOST_ROWS], [field for field in _COLUMNS if field in columns]
        rows = [[number, *(self._cell(summary, field) for field in fields)] for number, summary in enumerate(shown, 1)]
        keys = [row.copy() for row in rows]
        if "date" in fields:
            # Dates are displayed as people write them; the values behind them, which sort the table, are ISO dates.
            for row, summary in zip(keys, shown, strict=True):
                row[1 + fields.index("date")] = summary.metadata.date or ""
        headers = [say("number"), *(say(f"field-{f}") for f in fields)]
        table = gr.Dataframe(value={"headers": headers, "data": keys, "metadata": {"display_value": rows}})
        if not stored:
            message = say("welcome-empty")
        elif len(found) > len(shown):
            message = say("rows-cut", shown=len(shown), count=len(found))
        else:
            message = say("rows-found", count=len(found), stored=len(stored)) if found else say("none-found")
        names = [(f"{i}. {self._cell(d, 'state')} · {d.file}", d.document_id) for i, d in enumerate(shown, 1)]
        choice = gr.Dropdown(choices=names, value=[], multiselect=True)
        return table, choice, [d.document_id for d in shown], f'<p class="u-note" role="status">{message}</p>'

    def _cell(self, summary: DocumentSummary, field: str) -> str | int:
        value = summary.file if field == "file" else getattr(summary.metadata, field) or ""
        if field == "state":
            if summary.interventions:
                return say("pair", name=say("several-speakers"), value=summary.interventions)
            value = statement_holders(summary.kind, summary.metadata, self._name) or say("nobody")
        elif value and field in ("on_behalf_of", "language"):
            value = self._named(field, value)
        elif field == "date":
            value = date_in_words(value, language()) or ""
        if value and field in summary.inferred:
            return f"{value} ({say('inferred')})"
        return int(value) if value.isdecimal() and field != "file" else value

    def _matches(self, summary: DocumentSummary, ids_of: Mapping[str, Container[str]]) -> bool:
        """Returns whether every word occurs in a document's metadata or, by `ids_of`, in its text."""
        cells = [str(self._cell(summary, field)) for field in _COLUMNS]
        fields = [*cells, say("session", value=summary.metadata.session or ""), summary.metadata.state or ""]
        haystack = " ".join(fields).casefold()
        return all(word in haystack or summary.document_id in ids for word, ids in ids_of.items())

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
            return (None, gr.Column(visible=False), _refusal(error), *skips(len(_FIELDS)))
        inferred = {name: f" · {say('inferred')}" for name in statement.inferred}
        values = [
            gr.Textbox(value=self._value(statement, name), info=say(f"hint-{name}") + inferred.get(name, ""))
            for name in _FIELDS
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
            typed = zip(_FIELDS, map(str.strip, values), strict=True)
            changes = {name: value for name, value in typed if value != self._value(statement, name)}
            if not changes:
                return *skips(2), *self.opened(statement_id, said_html(say("nothing-changed")))
            # Undo restores the whole record of an intervention, whose id stands before the dot.
            step = self._corpus.undo_step(document_id_of(statement_id))
            corrected = self._corpus.edit(statement_id, changes)
        except SHOWN_ERRORS as error:
            return *skips(2), statement_id, gr.skip(), _refusal(error), *skips(len(_FIELDS))
        now = step.now if step.now != statement_id else corrected
        # Clears the message on the previous change, which Undo no longer takes back.
        return [replace(step, now=now)], "", *self.opened(corrected, said_html(say("saved")))

    def remove(self, open_id: str | None) -> tuple[Any, ...]:
        """Removes the open statement; returns what `change` returns."""
        return self.change([document_id_of(open_id or "")], None, open_id)

    def remove_all(self, ids: list[str], open_id: str | None) -> tuple[Any, ...]:
        """Removes documents; returns what `change` returns."""
        return self.change(ids, None, open_id)

    def set_field(self, ids: list[str], field: str, value: str, open_id: str | None) -> tuple[Any, ...]:
        """Sets a field of documents; returns what `change` returns."""
        return self.change(ids, {field: value}, open_id)

    def change(self, ids: list[str], changes: Mapping[str, str] | None, open_id: str | None = None) -> tuple[Any, ...]:
        """Sets fields of documents, or removes them if `changes` is None; returns (steps to undo, message, *opened)."""
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
            return None, gr.Column(visible=False), "", *skips(len(_FIELDS))
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
    """Renders a statement's text exactly as stored; an intervention shows only its own part of the record."""
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


def _values(summary: DocumentSummary, field: str) -> set[str]:
    """Returns the values of a document that a filter compares with the chosen ones."""
    metadata = summary.metadata
    if field == "year":
        return {*map(str, metadata.years)} or {_NONE}
    if field == "state" and (metadata.state is None and (summary.interventions or summary.kind == "treaty")):
        return set()
    return {getattr(metadata, field) or _NONE}


def _natural(choice: tuple[str, str]) -> tuple[bool, int, str]:
    name, value = choice
    return value == _NONE, int(value) if value.isdecimal() else 0, name.casefold()


def _place_changes() -> tuple[gr.Dropdown, gr.Button, gr.Dropdown, gr.Textbox, gr.Button, gr.Button]:
    """Places the form to change several documents; returns the choice of them, the buttons and the new value."""
    with gr.Accordion(label("change-together"), open=False, elem_id="corpus-together"):
        with gr.Row():
            choice = several("which-statements", 320, scale=4, elem_id="corpus-choice")
            every = gr.Button(label("all-listed"), scale=0, min_width=170, elem_id="corpus-all")
        with gr.Row():
            field = gr.Dropdown(label=label("field"), choices=list(_FIELDS), value="state", elem_id="corpus-field")
            value = box("new-value", 160, info=label("empty-clears"), elem_id="corpus-value")
        with gr.Row(elem_classes="u-buttons"):
            set_all = gr.Button(label("set-chosen"), variant="primary", scale=0, min_width=170, elem_id="corpus-set")
            remove_all = gr.Button(label("remove-chosen"), scale=0, min_width=170, elem_id="corpus-remove-chosen")
    return choice, every, field, value, set_all, remove_all


def _place_form() -> tuple[gr.Column, list[gr.Textbox], gr.Button, gr.Button]:
    """Places the form of the open statement; returns it, its fields and its buttons to save and to remove."""
    with gr.Column(visible=False, elem_id="corpus-form") as form:
        fields: list[gr.Textbox] = []
        for start in range(0, len(_FIELDS), 4):
            with gr.Row():
                for name in _FIELDS[start : start + 4]:
                    fields.append(box(f"field-{name}", 200, info=label(f"hint-{name}"), elem_id=f"field-{name}"))
        with gr.Row(elem_classes="u-buttons"):
            save = gr.Button(label("save-metadata"), variant="primary", scale=0, min_width=150, elem_id="corpus-save")
            remove = gr.Button(label("remove-statement"), scale=0, min_width=170, elem_id="corpus-remove")
    return form, fields, save, remove


def build_corpus_tab(corpus: Corpus, tab: gr.Tab) -> None:
    """Lays out the tab inside the current context and connects it; its table is read when the tab is opened."""
    controller = _CorpusTabController(corpus)
    ids, chosen, steps = gr.State([]), gr.State(None), gr.State([])
    words = box("find-statements", 160, placeholder=label("find-statements-by"), elem_id="corpus-filter")
    with gr.Row():
        filters = [several(f"field-{name}", 150) for name in _FILTERS]
    with gr.Accordion(label("columns"), open=False):
        columns = gr.CheckboxGroup(
            choices=list(_COLUMNS), value=list(_FIRST_COLUMNS), show_label=False, label=label("columns")
        )
    count = html(elem_id="corpus-count")
    table = gr.Dataframe(
        label=label("statements"), show_label=False, interactive=False, wrap=True, elem_id="corpus-table"
    )
    choice, every, field, value, set_all, remove_all = _place_changes()
    with gr.Row(elem_classes="u-buttons"):
        said = html(elem_id="corpus-said")
        undo = gr.Button(label("take-back"), scale=0, min_width=110, visible=False, elem_id="corpus-undo")
    form, fields, save, remove = _place_form()
    detail = html(elem_id="corpus-detail", acts=True, server_functions=[fetched(corpus, page_image)])
    opened, sought = [chosen, form, detail, *fields], [words, columns, *filters]
    listing: Any = {"fn": controller.listed, "inputs": sought, "outputs": [table, choice, ids, count], **QUIET}
    tab.select(controller.offered, [columns], [*filters, columns, field], **QUIET).then(**listing)
    # One listener for all inputs, so that the result of an earlier search never arrives last.
    gr.on([words.change, columns.change, *(each.change for each in filters)], trigger_mode="always_last", **listing)
    table.select(controller.pressed, [ids], opened, **QUIET)
    detail.select(controller.act, None, opened, **QUIET)
    every.click(lambda ids: ids, [ids], [choice], **QUIET)
    # Changing a hundred statements takes ten seconds: the table shows progress until then.
    slow: Any = QUIET | {"show_progress": "minimal", "show_progress_on": table}
    for button, change, given in (
        (save, controller.save, [chosen, *fields]),
        (remove, controller.remove, [chosen]),
        (set_all, controller.set_field, [choice, field, value, chosen]),
        (remove_all, controller.remove_all, [choice, chosen]),
        (undo, controller.undo, [steps, chosen]),
    ):
        changed = button.click(change, given, [steps, said, *opened], **slow)
        changed.then(**listing).then(lambda steps: gr.Button(visible=bool(steps)), [steps], [undo], **QUIET)
