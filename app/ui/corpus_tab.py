"""The Corpus tab: what is stored, its metadata to correct, its text to read."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import gradio as gr

from app.answering.provenance import holder, record_of, spoken_date
from app.corpus.corpus import Corpus
from app.ui.ask_tab import ON_ACTION, QUIET, SHOWN_ERRORS
from app.ui.conversation import error_html
from app.ui.provenance_html import PartyNamer, language_name
from vectorstore.records import Document, DocumentSummary, Metadata, Statement, StatementSummary

_ROWS = 50
_FIELDS = (
    ("state", "State", "A name or an ISO 3166 code"),
    ("on_behalf_of", "On behalf of", "A group, where the statement is a group's"),
    ("speaker", "Speaker", "Who delivered it"),
    ("body", "Body", "Such as the Conference of the Parties"),
    ("session", "Session", "A number"),
    ("date", "Date", "2020, 2020-10-12 or 2020-10-12/2020-10-16"),
    ("agenda_item", "Agenda item", "A number"),
    ("language", "Language", "en, fr, es, ru, ar, zh …"),
    ("title", "Title", "Of the statement"),
    ("symbol", "Symbol", "Of the document"),
    ("url", "Address", "Where it was published"),
)
_CHOOSE = '<p class="u-empty">Choose a statement above to read it, correct its metadata or remove it.</p>'


class _CorpusTabController:
    """Reads and changes the corpus for the tab; holds no user's choice itself."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def table(self, words: str, page: int) -> tuple[str, int]:
        """Renders a page of the statements that hold all the words; also the page number, within bounds."""
        try:
            statements = self._corpus.documents()
        except SHOWN_ERRORS as error:
            return error_html(error), 0
        found = [summary for summary in statements if _matches(summary, words, self._corpus.party_name)]
        page = max(0, min(page, (len(found) - 1) // _ROWS))
        return table_html(found, page, len(statements), self._corpus.party_name), page

    def filtered(self, words: str) -> tuple[str, int]:
        return self.table(words, 0)

    def act(self, words: str, page: int, chosen: str | None, event: gr.EventData) -> tuple[Any, ...]:
        """Turns a page, or opens a statement."""
        data = event._data if isinstance(event._data, dict) else {}
        if data.get("action") == "page":
            step = 1 if data.get("to") == "next" else -1
            return (*self.table(words, page + step), *[gr.skip()] * (3 + len(_FIELDS)))
        return (gr.skip(), page, *self.opened(str(data.get("id", ""))))

    def opened(self, statement_id: str, message: str = "") -> tuple[Any, ...]:
        """Gives (chosen id, form, detail, one update per field)."""
        try:
            statement = self._corpus.show(statement_id)
        except SHOWN_ERRORS as error:
            return (None, gr.Column(visible=False), error_html(error), *[gr.skip()] * len(_FIELDS))
        values = [
            gr.Textbox(value=getattr(statement.metadata, name) or "", info=_info(statement, name, hint))
            for name, _, hint in _FIELDS
        ]
        return (
            statement_id,
            gr.Column(visible=True),
            message
            + statement_html(
                statement,
                self._corpus.party_name,
                self._corpus.kinship(statement_id),
                self._corpus.interventions(statement_id),
            ),
            *values,
        )

    def save(self, statement_id: str | None, words: str, page: int, *values: str) -> tuple[Any, ...]:
        """Corrects the metadata fields that were changed; gives (table, page, *opened)."""
        nothing = (gr.skip(),) * len(_FIELDS)
        try:
            metadata = self._corpus.show(statement_id or "").metadata
            changes = {
                name: value.strip()
                for (name, _, _), value in zip(_FIELDS, values, strict=True)
                if value.strip() != (getattr(metadata, name) or "")
            }
            if not changes:
                return gr.skip(), page, *self.opened(statement_id or "", _said("Nothing was changed."))
            corrected = self._corpus.edit(statement_id or "", changes)
        except SHOWN_ERRORS as error:
            return gr.skip(), page, statement_id, gr.skip(), error_html(error), *nothing
        return *self.table(words, page), *self.opened(corrected, _said("Saved."))

    def remove(self, statement_id: str | None, words: str, page: int) -> tuple[Any, ...]:
        """Removes the chosen statement; gives (table, page, chosen, form, detail)."""
        try:
            self._corpus.remove(statement_id or "")
        except SHOWN_ERRORS as error:
            return gr.skip(), page, statement_id, gr.skip(), error_html(error)
        return *self.table(words, page), None, gr.Column(visible=False), _said("Removed.") + _CHOOSE


def _info(statement: Statement | Document, name: str, hint: str) -> str:
    return " · ".join(part for part in (hint, "inferred" if name in statement.inferred else "") if part)


def _matches(summary: DocumentSummary, words: str, names: PartyNamer) -> bool:
    metadata = summary.metadata
    fields = (
        summary.file,
        names(metadata.state),
        names(metadata.on_behalf_of) if metadata.on_behalf_of else "",
        *(getattr(metadata, name) or "" for name, _, _ in _FIELDS),
    )
    haystack = " ".join(fields).casefold()
    return all(word in haystack for word in words.casefold().split())


def table_html(found: Sequence[DocumentSummary], page: int, total: int, names: PartyNamer) -> str:
    """Renders a page of the table of statements, each with a button that opens it.

    Args:
        found: The statements to list, all pages.
        page: Counted from 0.
        total: How many statements are stored.
        names: Gives the name of a party's code.
    """
    if total == 0:
        return '<p class="u-empty">There are no statements yet. Add some on the Ingest tab.</p>'
    first = page * _ROWS
    rows = "".join(_row(summary, names) for summary in found[first : first + _ROWS])
    headings = ("State", "On behalf of", "Body", "Session", "Date", "Item", "Language", "File", "Passages")
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    shown = f"{first + 1}–{min(first + _ROWS, len(found))} of {len(found)}" if found else "None found"
    return (
        f'<p class="u-note" role="status">{shown}{f" ({total} stored)" if len(found) != total else ""}</p>'
        '<div class="u-scroll" tabindex="0" role="region" aria-label="Statements"><table class="u-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{_pager(page, len(found))}"
    )


def _pager(page: int, found: int) -> str:
    if found <= _ROWS:
        return ""
    buttons = "".join(
        f'<button type="button" class="u-button" data-action="page" data-to="{to}"{"" if able else " disabled"}>'
        f"{label}</button>"
        for to, label, able in (
            ("previous", "Previous", page > 0),
            ("next", "Next", (page + 1) * _ROWS < found),
        )
    )
    return f'<p class="u-actions">{buttons}</p>'


def _row(summary: DocumentSummary, names: PartyNamer) -> str:
    metadata: Metadata = summary.metadata
    who = record_of(summary) or holder(summary.kind, metadata, names) or "Not attributed"
    inferred = set(summary.inferred)
    cells = (
        ("on_behalf_of", names(metadata.on_behalf_of) if metadata.on_behalf_of else ""),
        ("body", metadata.body),
        ("session", metadata.session),
        ("date", spoken_date(metadata.date, "en") or ""),
        ("agenda_item", metadata.agenda_item),
        ("language", language_name(metadata.language) if metadata.language else ""),
        ("file", summary.file),
    )
    mark = '<span class="u-inferred">inferred</span>'
    columns = "".join(
        f'<td class="u-col-{field}"><bdi>{escape(value or "–")}</bdi>{mark if value and field in inferred else ""}</td>'
        for field, value in cells
    )
    return (
        f'<tr><th scope="row">{_open_button(summary.document_id, who, f"Open {who}, {summary.file}")}'
        f"{mark if 'state' in inferred else ''}</th>{columns}"
        f'<td class="u-number-cell">{summary.passages}</td></tr>'
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
    family = "" if kinship is None else f'<p class="u-note">Family: <bdi>{escape(kinship)}</bdi></p>'
    several = isinstance(statement, Document)
    nobody = "Record of several speakers" if several else "Not attributed to a State"
    who = holder(statement.kind, statement.metadata, names) or nobody
    lang = f' lang="{escape(statement.metadata.language)}"' if statement.metadata.language else ""
    text, place = statement.source_text, ""
    identifier = statement.document_id if isinstance(statement, Document) else statement.statement_id
    if isinstance(statement, Statement) and statement.is_intervention:
        span = statement.span
        text = text[span.start : span.end]
        place = (
            f'<p class="u-note">Intervention {span.ordinal} of a record, named there: '
            f"<bdi>{escape(span.named or '')}</bdi>"
            f"{' · the record tells it in its own words' if span.summarised else ''} · "
            f"{_open_button(statement.document.document_id, 'Open the whole record')}</p>"
        )
    return (
        f'<article class="u-statement"><h2 tabindex="-1" class="u-focus-me">{escape(who)}</h2>'
        f'<p class="u-note"><bdi>{escape(statement.file)}</bdi> · {len(text):,} characters · '
        f"<code>{escape(identifier)}</code></p>{family}{place}{_interventions_html(interventions, names)}"
        f'<details class="u-source" open><summary>Source text, exactly as stored</summary><pre dir="auto"{lang} '
        f'tabindex="0" aria-label="Source text">{escape(text)}</pre></details>'
        "</article>"
    )


def _interventions_html(interventions: Sequence[StatementSummary], names: PartyNamer) -> str:
    if not interventions:
        return ""
    rows = []
    for item in interventions:
        span = item.span
        who = names(item.metadata.state) if span.role == "party" else f"Nobody's position ({span.role})"
        opening = _open_button(item.statement_id, who, f"Open intervention {span.ordinal}, {who}")
        words = "The record's" if span.summarised else "The speaker's"
        rows.append(
            f'<tr><td class="u-number-cell">{span.ordinal}</td><th scope="row">{opening}</th>'
            f"<td><bdi>{escape(span.named or '')}</bdi></td><td>{words}</td></tr>"
        )
    head = "".join(f'<th scope="col">{heading}</th>' for heading in ("No.", "Party", "Named as", "Words"))
    return (
        '<div class="u-scroll" tabindex="0" role="region" aria-label="Interventions"><table class="u-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _open_button(statement_id: str, words: str, label: str | None = None) -> str:
    spoken = "" if label is None else f' aria-label="{escape(label)}"'
    return (
        f'<button type="button" class="u-open" data-action="open" data-id="{escape(statement_id)}"{spoken}>'
        f"<bdi>{escape(words)}</bdi></button>"
    )


def _said(words: str) -> str:
    return f'<p class="u-said" role="status">{words}</p>'


def build_corpus_tab(corpus: Corpus, tab: gr.Tab) -> None:
    """Lays out the tab inside the current context and connects it; its table is read when the tab is opened."""
    shelf = _CorpusTabController(corpus)
    page, chosen = gr.State(0), gr.State(None)
    words = gr.Textbox(
        label="Find statements",
        placeholder="State, body, year, file name …",
        lines=1,
        max_lines=1,
        elem_id="corpus-filter",
    )
    table = gr.HTML(elem_id="corpus-table", js_on_load=ON_ACTION, apply_default_css=False, padding=False)
    with gr.Column(visible=False, elem_id="corpus-form") as form:
        fields = _form_fields()
        with gr.Row(elem_classes="u-buttons"):
            save = gr.Button("Save metadata", variant="primary", scale=0, min_width=150, elem_id="corpus-save")
            remove = gr.Button("Remove statement …", scale=0, min_width=170, elem_id="corpus-remove")
            sure = gr.Button(
                "Yes, remove it for good",
                variant="stop",
                scale=0,
                min_width=210,
                visible=False,
                elem_id="corpus-sure",
            )
            keep = gr.Button("Keep it", scale=0, min_width=100, visible=False, elem_id="corpus-keep")
    detail = gr.HTML(_CHOOSE, elem_id="corpus-detail", js_on_load=ON_ACTION, apply_default_css=False, padding=False)
    opened = [chosen, form, detail, *fields]
    asking, settled = _confirmation(ask=True), _confirmation(ask=False)
    # One event for both, so that a table of the words before never arrives last.
    gr.on([tab.select, words.change], shelf.filtered, [words], [table, page], trigger_mode="always_last", **QUIET)
    for pressed in (table.select, detail.select):
        pressed(shelf.act, [words, page, chosen], [table, page, *opened], **QUIET).then(
            settled, None, [remove, sure, keep], **QUIET
        )
    save.click(shelf.save, [chosen, words, page, *fields], [table, page, *opened], **QUIET)
    remove.click(asking, None, [remove, sure, keep], **QUIET)
    keep.click(settled, None, [remove, sure, keep], **QUIET)
    sure.click(shelf.remove, [chosen, words, page], [table, page, chosen, form, detail], **QUIET).then(
        settled, None, [remove, sure, keep], **QUIET
    )


def _form_fields() -> list[gr.Textbox]:
    fields = []
    for start in range(0, len(_FIELDS), 4):
        with gr.Row():
            for name, label, hint in _FIELDS[start : start + 4]:
                fields.append(
                    gr.Textbox(
                        label=label,
                        info=hint or None,
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
