"""The Corpus tab: what is stored, its metadata to correct, its text to read."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final

import gradio as gr

from app.answering.provenance import holder, record_in_words, spoken_date
from app.corpus.corpus import Corpus
from app.ui.ask_tab import ON_ACTION, QUIET, SHOWN_ERRORS
from app.ui.conversation import error_html
from app.ui.provenance_html import PartyNamer, language_name
from app.ui.words import label, language, say
from vectorstore.records import Document, DocumentSummary, Metadata, Statement, StatementSummary

_ROWS = 50
_FIELDS: Final = (
    "state",
    "on_behalf_of",
    "speaker",
    "body",
    "session",
    "date",
    "agenda_item",
    "language",
    "title",
    "symbol",
    "url",
)
# Columns after that of the State, by which the table can be sorted as well.
_COLUMNS: Final = ("on_behalf_of", "body", "session", "date", "agenda_item", "language", "file")


class _CorpusTabController:
    """Reads and changes the corpus for the tab; holds no user's choice itself."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def _name(self, code: str | None) -> str:
        return self._corpus.party_name(code, language())

    def table(self, words: str, page: int, order: str) -> tuple[str, int]:
        """Renders a page of the statements that hold all the words; also the page number, within bounds.

        `order` names the column that they are sorted by, with a minus for the last first; empty is by State and date.
        """
        try:
            statements = self._corpus.documents()
        except SHOWN_ERRORS as error:
            return error_html(error), 0
        found = [summary for summary in statements if _matches(summary, words, self._name)]
        if order:
            found.sort(key=lambda summary: self._sorted_by(summary, order.lstrip("-")), reverse=order.startswith("-"))
        page = max(0, min(page, (len(found) - 1) // _ROWS))
        return table_html(found, page, len(statements), self._name, order), page

    def _sorted_by(self, summary: DocumentSummary, field: str) -> tuple[bool, int, str]:
        value = summary.file if field == "file" else getattr(summary.metadata, field, None) or ""
        if field in ("state", "on_behalf_of") and value:
            value = self._name(value)
        number = int(value) if value.isdigit() else 0
        # What is not known comes last.
        return not value, number, value.casefold()

    def filtered(self, words: str, order: str) -> tuple[str, int]:
        return self.table(words, 0, order)

    def act(self, words: str, page: int, order: str, event: gr.EventData) -> tuple[Any, ...]:
        """Turns a page, sorts, or opens a statement; gives (order, table, page, *opened)."""
        data = event._data if isinstance(event._data, dict) else {}
        if data.get("action") == "page":
            step = 1 if data.get("to") == "next" else -1
            return (order, *self.table(words, page + step, order), *[gr.skip()] * (3 + len(_FIELDS)))
        if data.get("action") == "sort":
            field = str(data.get("field", ""))
            order = f"-{field}" if order == field else field
            return (order, *self.table(words, 0, order), *[gr.skip()] * (3 + len(_FIELDS)))
        return (order, gr.skip(), page, *self.opened(str(data.get("id", ""))))

    def opened(self, statement_id: str, message: str = "") -> tuple[Any, ...]:
        """Gives (chosen id, form, detail, one update per field)."""
        try:
            statement = self._corpus.show(statement_id)
        except SHOWN_ERRORS as error:
            return (None, gr.Column(visible=False), error_html(error), *[gr.skip()] * len(_FIELDS))
        values = [
            gr.Textbox(value=getattr(statement.metadata, name) or "", info=_info(statement, name)) for name in _FIELDS
        ]
        return (
            statement_id,
            gr.Column(visible=True),
            message
            + statement_html(
                statement,
                self._name,
                self._corpus.kinship(statement_id),
                self._corpus.interventions(statement_id),
            ),
            *values,
        )

    def save(self, statement_id: str | None, words: str, page: int, order: str, *values: str) -> tuple[Any, ...]:
        """Corrects the metadata fields that were changed; gives (table, page, *opened)."""
        nothing = (gr.skip(),) * len(_FIELDS)
        try:
            metadata = self._corpus.show(statement_id or "").metadata
            changes = {
                name: value.strip()
                for name, value in zip(_FIELDS, values, strict=True)
                if value.strip() != (getattr(metadata, name) or "")
            }
            if not changes:
                return gr.skip(), page, *self.opened(statement_id or "", _said(say("nothing-changed")))
            corrected = self._corpus.edit(statement_id or "", changes)
        except SHOWN_ERRORS as error:
            return gr.skip(), page, statement_id, gr.skip(), error_html(error), *nothing
        return *self.table(words, page, order), *self.opened(corrected, _said(say("saved")))

    def remove(self, statement_id: str | None, words: str, page: int, order: str) -> tuple[Any, ...]:
        """Removes the chosen statement; gives (table, page, chosen, form, detail)."""
        try:
            self._corpus.remove(statement_id or "")
        except SHOWN_ERRORS as error:
            return gr.skip(), page, statement_id, gr.skip(), error_html(error)
        return *self.table(words, page, order), None, gr.Column(visible=False), _said(say("removed")) + _choose()


def _info(statement: Statement | Document, name: str) -> str:
    return " · ".join((say(f"hint-{name}"), *([say("inferred")] if name in statement.inferred else [])))


def _matches(summary: DocumentSummary, words: str, names: PartyNamer) -> bool:
    metadata = summary.metadata
    fields = (
        summary.file,
        names(metadata.state),
        names(metadata.on_behalf_of) if metadata.on_behalf_of else "",
        *(getattr(metadata, name) or "" for name in _FIELDS),
        # As they are named: "Russian", "session 12".
        language_name(metadata.language) if metadata.language else "",
        say("session", value=metadata.session) if metadata.session else "",
        spoken_date(metadata.date, language()) or "",
    )
    haystack = " ".join(fields).casefold()
    return all(word in haystack for word in words.casefold().split())


def table_html(found: Sequence[DocumentSummary], page: int, total: int, names: PartyNamer, order: str = "") -> str:
    """Renders a page of the table of statements, each with a button that opens it.

    Args:
        found: The statements to list, all pages.
        page: Counted from 0.
        total: How many statements are stored.
        names: Gives the name of a party's code.
        order: The column that they are sorted by; see `_CorpusTabController.table`.
    """
    if total == 0:
        return f'<p class="u-empty">{say("welcome-empty")}</p>'
    first = page * _ROWS
    rows = "".join(_row(summary, names) for summary in found[first : first + _ROWS])
    head = "".join(_heading(field, order) for field in ("state", *_COLUMNS))
    last = min(first + _ROWS, len(found))
    shown = say("rows-shown", first=first + 1, last=last, count=len(found)) if found else say("none-found")
    if len(found) != total:
        shown += f" ({say('rows-stored', count=total)})"
    return (
        f'<p class="u-note" role="status">{shown}</p>'
        f'<div class="u-scroll" tabindex="0" role="region" aria-label="{say("statements")}"><table class="u-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{_pager(page, len(found))}"
    )


def _heading(field: str, order: str) -> str:
    sorted_by = {field: "ascending", f"-{field}": "descending"}.get(order)
    told = f' aria-sort="{sorted_by}"' if sorted_by else ""
    sign = {"ascending": " ▲", "descending": " ▼"}.get(sorted_by or "", "")
    return (
        f'<th scope="col"{told}><button type="button" class="u-sort" '
        f'data-action="sort" data-field="{field}">{say(f"field-{field}")}<span aria-hidden="true">{sign}</span>'
        "</button></th>"
    )


def _pager(page: int, found: int) -> str:
    if found <= _ROWS:
        return ""
    buttons = "".join(
        f'<button type="button" class="u-button" data-action="page" data-to="{to}"{"" if able else " disabled"}>'
        f"{label}</button>"
        for to, label, able in (
            ("previous", say("previous"), page > 0),
            ("next", say("next"), (page + 1) * _ROWS < found),
        )
    )
    return f'<p class="u-actions">{buttons}</p>'


def _row(summary: DocumentSummary, names: PartyNamer) -> str:
    metadata: Metadata = summary.metadata
    who = record_in_words(summary) or holder(summary.kind, metadata, names) or say("nobody")
    inferred = set(summary.inferred)
    cells = (
        ("on_behalf_of", names(metadata.on_behalf_of) if metadata.on_behalf_of else ""),
        ("body", metadata.body),
        ("session", metadata.session),
        ("date", spoken_date(metadata.date, language()) or ""),
        ("agenda_item", metadata.agenda_item),
        ("language", language_name(metadata.language) if metadata.language else ""),
        ("file", summary.file),
    )
    mark = f'<span class="u-inferred">{say("inferred")}</span>'
    columns = "".join(
        f'<td class="u-col-{field}"><bdi>{escape(value or "–")}</bdi>{mark if value and field in inferred else ""}</td>'
        for field, value in cells
    )
    spoken = say("open-statement", who=who, file=summary.file)
    return (
        f'<tr><th scope="row">{_open_button(summary.document_id, who, spoken)}'
        f"{mark if 'state' in inferred else ''}</th>{columns}</tr>"
    )


def statement_html(
    statement: Statement | Document,
    names: PartyNamer,
    kinship: str | None = None,
    interventions: Sequence[StatementSummary] = (),
) -> str:
    """Renders a statement's text exactly as stored, and how it belongs to its family.

    A record has a button for each of its interventions; an intervention shows its own words of the record.
    """
    family = "" if kinship is None else f'<p class="u-note">{say("family")} <bdi>{escape(kinship)}</bdi></p>'
    nobody = say("several-speakers" if isinstance(statement, Document) else "nobody")
    who = holder(statement.kind, statement.metadata, names) or nobody
    lang = f' lang="{escape(statement.metadata.language)}"' if statement.metadata.language else ""
    text, place = statement.source_text, ""
    if isinstance(statement, Statement) and statement.is_intervention:
        span = statement.span
        text = text[span.start : span.end]
        told = f" · {say('record-summary')}" if span.summarised else ""
        place = (
            f'<p class="u-note">{say("intervention-of", number=span.ordinal)} <bdi>{escape(span.named or "")}</bdi>'
            f"{told} · "
            f"{_open_button(statement.document.document_id, say('open-record'))}</p>"
        )
    return (
        f'<article class="u-statement"><h2 tabindex="-1" class="u-focus-me">{escape(who)}</h2>'
        f'<p class="u-note"><bdi>{escape(statement.file)}</bdi></p>'
        f"{family}{place}{_interventions_html(interventions, names)}"
        f'<div class="u-whole u-quote" dir="auto"{lang} tabindex="0" role="region" '
        f'aria-label="{say("source-text")}">{escape(text)}</div>'
        "</article>"
    )


def _interventions_html(interventions: Sequence[StatementSummary], names: PartyNamer) -> str:
    if not interventions:
        return ""
    rows = []
    for item in interventions:
        span = item.span
        who = names(item.metadata.state) if span.role == "party" else say("nobodys-position", role=span.role)
        opening = _open_button(item.statement_id, who, say("open-intervention", number=span.ordinal, who=who))
        words = say("words-of-record" if span.summarised else "words-of-speaker")
        rows.append(
            f'<tr><td class="u-number-cell">{span.ordinal}</td><th scope="row">{opening}</th>'
            f"<td><bdi>{escape(span.named or '')}</bdi></td><td>{words}</td></tr>"
        )
    head = "".join(f'<th scope="col">{heading}</th>' for heading in map(say, ("number", "party", "named-as", "words")))
    return (
        f'<div class="u-scroll" tabindex="0" role="region" aria-label="{say("interventions")}"><table class="u-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _open_button(statement_id: str, words: str, label: str | None = None) -> str:
    spoken = "" if label is None else f' aria-label="{escape(label)}"'
    return (
        f'<button type="button" class="u-open" data-action="open" data-id="{escape(statement_id)}"{spoken}>'
        f"<bdi>{escape(words)}</bdi></button>"
    )


def _choose() -> str:
    return f'<p class="u-empty">{say("choose-statement")}</p>'


def _said(words: str) -> str:
    return f'<p class="u-said" role="status">{words}</p>'


def build_corpus_tab(corpus: Corpus, tab: gr.Tab) -> None:
    """Lays out the tab inside the current context and connects it; its table is read when the tab is opened."""
    shelf = _CorpusTabController(corpus)
    page, chosen, order = gr.State(0), gr.State(None), gr.State("")
    words = gr.Textbox(
        label=label("find-statements"),
        placeholder=label("find-statements-by"),
        lines=1,
        max_lines=1,
        elem_id="corpus-filter",
    )
    table = gr.HTML(elem_id="corpus-table", js_on_load=ON_ACTION, apply_default_css=False, padding=False)
    with gr.Column(visible=False, elem_id="corpus-form") as form:
        fields = _form_fields()
        with gr.Row(elem_classes="u-buttons"):
            save = gr.Button(label("save-metadata"), variant="primary", scale=0, min_width=150, elem_id="corpus-save")
            remove = gr.Button(label("remove-statement"), scale=0, min_width=170, elem_id="corpus-remove")
            sure = gr.Button(
                label("remove-for-good"),
                variant="stop",
                scale=0,
                min_width=210,
                visible=False,
                elem_id="corpus-sure",
            )
            keep = gr.Button(label("keep-it"), scale=0, min_width=100, visible=False, elem_id="corpus-keep")
    detail = gr.HTML(elem_id="corpus-detail", js_on_load=ON_ACTION, apply_default_css=False, padding=False)
    opened = [chosen, form, detail, *fields]
    asking, settled = _confirmation(ask=True), _confirmation(ask=False)
    # One event for both, so that a table of the words before never arrives last.
    gr.on(
        [tab.select, words.change], shelf.filtered, [words, order], [table, page], trigger_mode="always_last", **QUIET
    )
    for pressed in (table.select, detail.select):
        pressed(shelf.act, [words, page, order], [order, table, page, *opened], **QUIET).then(
            settled, None, [remove, sure, keep], **QUIET
        )
    save.click(shelf.save, [chosen, words, page, order, *fields], [table, page, *opened], **QUIET)
    remove.click(asking, None, [remove, sure, keep], **QUIET)
    keep.click(settled, None, [remove, sure, keep], **QUIET)
    sure.click(shelf.remove, [chosen, words, page, order], [table, page, chosen, form, detail], **QUIET).then(
        settled, None, [remove, sure, keep], **QUIET
    )


def _form_fields() -> list[gr.Textbox]:
    fields = []
    for start in range(0, len(_FIELDS), 4):
        with gr.Row():
            for name in _FIELDS[start : start + 4]:
                fields.append(
                    gr.Textbox(
                        label=label(f"field-{name}"),
                        info=label(f"hint-{name}"),
                        lines=1,
                        max_lines=1,
                        min_width=200,
                        elem_id=f"field-{name}",
                    )
                )
    return fields


def _confirmation(*, ask: bool) -> Callable[[], tuple[gr.Button, gr.Button, gr.Button]]:
    def buttons() -> tuple[gr.Button, gr.Button, gr.Button]:
        return gr.Button(visible=not ask), gr.Button(visible=ask), gr.Button(visible=ask)

    return buttons
