"""The table of the Corpus tab: which documents match search words and filters, and what their rows show."""

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any, Final

import gradio as gr

from app.answering.localization import language_name
from app.answering.provenance import spoken_date, statement_holders
from app.corpus.corpus import Corpus
from app.errors import SHOWN_ERRORS
from app.ui.templates import error_html
from app.ui.words import language, say
from vectorstore.records import DocumentSummary

# Limit of rows, since browsers receive all of them, and send their ids back when all are chosen.
_MOST_ROWS: Final = 1000
FIELDS: Final = tuple("state on_behalf_of speaker body session date agenda_item language title symbol url".split())
COLUMNS: Final = (*FIELDS, "file")
FILTERS: Final = ("state", "body", "session", "year", "language")
# The filters' choice for documents without a value in that field.
_NONE: Final = "–"


class CorpusTable:
    """Lists the documents of a corpus; keeps no user's choices."""

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
        for field in FILTERS:
            values = {value for summary in documents for value in _values(summary, field)}
            ordered = sorted(((self._named(field, value), value) for value in values), key=_natural)
            updates.append(gr.Dropdown(choices=[*ordered]))
        updates.append(gr.CheckboxGroup(choices=[(say(f"field-{f}"), f) for f in COLUMNS], value=columns))
        return [*updates, gr.Dropdown(choices=[(say(f"field-{field}"), field) for field in FIELDS])]

    def _named(self, field: str, value: str) -> str:
        if value == _NONE:
            return say("nobody") if field == "state" else _NONE
        if field in ("state", "on_behalf_of"):
            return self._name(value)
        if field == "language":
            return language_name(value, language())
        return say("session", value=value) if field == "session" else value

    def listed(self, words: str, columns: Sequence[str], *wanted: Sequence[str]) -> tuple[Any, ...]:
        """Searches the documents; returns (table, choice, ids in the order of the rows, message with the count).

        Each of `words` must occur in the metadata, as displayed, or in the text; `wanted` has the chosen values of each
        filter.
        """
        try:
            stored = self._corpus.documents()
            named, words = self._named_in(words, stored)
            ids_of = {word: self._corpus.holding(word) for word in words.split() if any(map(str.isalnum, word))}
        except SHOWN_ERRORS as error:
            return gr.skip(), gr.skip(), [], error_html(error)
        criteria = [*named, *((field, {*any_of}) for field, any_of in zip(FILTERS, wanted, strict=False) if any_of)]
        found = [
            summary
            for summary in stored
            if self._matches(summary, ids_of) and all(any_of & _values(summary, field) for field, any_of in criteria)
        ]
        # By displayed name, as the store orders by code (XAC may be Palvonia); first those without a State, to be set.
        found.sort(key=lambda d: (d.metadata.state is not None, self._name(d.metadata.state).casefold()))
        shown, fields = found[:_MOST_ROWS], [field for field in COLUMNS if field in columns]
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

    def _named_in(self, words: str, stored: Sequence[DocumentSummary]) -> tuple[list[tuple[str, set[str]]], str]:
        """Takes names of sessions, such as "session 12", out of search words, so that 12 is not looked for in dates.

        Returns the criteria, as (field, values), and the other words.
        """
        values = {("session", value) for summary in stored for value in _values(summary, "session")}
        # Any number may be a session's: one without documents then finds nothing, instead of being ignored.
        values |= {("session", number) for number in re.findall(r"\d+", words)}
        names = {self._named(*each).casefold(): each for each in values}
        named: list[tuple[str, set[str]]] = []
        rest = " ".join(words.casefold().split())
        for name in sorted((name for name in names if " " in name), key=len, reverse=True):
            rest, found = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", " ", rest)
            if found:
                field, value = names[name]
                named.append((field, {value}))
        return named, rest

    def _cell(self, summary: DocumentSummary, field: str) -> str | int:
        value = summary.file if field == "file" else getattr(summary.metadata, field) or ""
        if field == "state":
            if summary.interventions:
                return say("pair", name=say("several-speakers"), value=summary.interventions)
            value = statement_holders(summary.kind, summary.metadata, self._name) or say("nobody")
        elif value and field in ("on_behalf_of", "language"):
            value = self._named(field, value)
        elif field == "date":
            value = spoken_date(value, language()) or ""
        if value and field in summary.inferred:
            return f"{value} ({say('inferred')})"
        return int(value) if value.isdecimal() and field != "file" else value

    def _matches(self, summary: DocumentSummary, ids_of: Mapping[str, Container[str]]) -> bool:
        """Returns whether every word occurs in a document's metadata or, by `ids_of`, in its text."""
        cells = [str(self._cell(summary, field)) for field in COLUMNS]
        fields = [*cells, say("session", value=summary.metadata.session or ""), summary.metadata.state or ""]
        haystack = " ".join(fields).casefold()
        return all(word in haystack or summary.document_id in ids for word, ids in ids_of.items())


def _values(summary: DocumentSummary, field: str) -> set[str]:
    """Returns the values of a document that a filter compares with the chosen ones."""
    metadata = summary.metadata
    if field == "year":
        return {part[:4] for part in (metadata.date or _NONE).split("/")}
    if field == "state" and (metadata.state is None and (summary.interventions or summary.kind == "treaty")):
        return set()
    return {getattr(metadata, field) or _NONE}


def _natural(choice: tuple[str, str]) -> tuple[bool, int, str]:
    name, value = choice
    return value == _NONE, int(value) if value.isdecimal() else 0, name.casefold()
