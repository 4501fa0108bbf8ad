"""Markdown of a briefing: tables, quotations as block quotes, footnotes; nothing from a source is active in it."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.briefing.cells import Briefing, Cell, Subject
from app.export.arrange import DocumentForm, Sayings, by_place, columns, pieces
from app.export.characters import in_marks, visible
from app.records import Citation

# Whatever Markdown, HTML or a footnote may begin with anywhere; a backslash before it makes it plain.
_ACTIVE: Final = re.compile(r"[\\`*_{}<>\[\]|~#&$^]|!(?=\[)")
# The same at the start of a line: lists, rules, numbered lists.
_LINE_START: Final = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))", re.MULTILINE)
# Bare addresses, of which some readers make links; as a character reference they read the same.
_ADDRESS: Final = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)


def markdown_bytes(briefing: Briefing, *, form: DocumentForm = "full", file: str) -> bytes:
    """Returns a Markdown file in UTF-8, with tables and footnotes as GitHub and Pandoc read them."""
    writer = _MarkdownWriter(briefing, Sayings(briefing))
    parts = writer.full(file) if form == "full" else writer.points(form)
    return ("\n\n".join((*parts, *writer.notes())) + "\n").encode()


def inert(text: str) -> str:
    """Returns a text that Markdown shows as it is, whatever it holds."""
    shown = _ACTIVE.sub(lambda match: "\\" + match.group(), visible(text))
    shown = _LINE_START.sub(lambda match: f"{match[1]}{match[3] or ''}\\{match[2] or match[4]}", shown)
    return _ADDRESS.sub(lambda match: f"&#{ord(match.group())};", shown)


def _line(text: str) -> str:
    return inert(" ".join(text.split()))


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


class _MarkdownWriter:
    def __init__(self, briefing: Briefing, sayings: Sayings) -> None:
        self.briefing = briefing
        self.say = sayings

    def full(self, file: str) -> Iterator[str]:
        say, briefing = self.say, self.briefing
        yield f"# {_line(briefing.title)}"
        yield _line(say.subtitle("full"))
        yield _line(f"{say.counts()} {say.say('marks_note')}")
        yield from map(_line, say.writing())
        shown = columns(briefing, say)
        if len(shown) > 1:
            yield f"## {say.say('overview')}"
            cells = by_place(briefing)
            yield _table(
                [say.say("col_party"), *(_line(column.label) for column in shown)],
                (
                    [
                        _line(say.name(party)),
                        *(self._position(cells.get((party, column.subject, column.session))) for column in shown),
                    ]
                    for party in briefing.parties
                ),
            )
        for subject in briefing.subjects:
            yield from self._subject(subject)
        if briefing.changes:
            yield from self._changes()
        if briefing.repetitions:
            yield from self._repetitions()
        yield from self._annex(file)

    def points(self, form: DocumentForm) -> Iterator[str]:
        say, briefing = self.say, self.briefing
        yield f"# {_line(briefing.title)}"
        yield _line(say.subtitle(form))
        if mark := say.worded_points():
            yield f"*{_line(mark)}*"
        if form == "one_pager":
            yield "\n".join(f"- **{_line(s.label)}**: {_line(say.tally(s.label))}" for s in briefing.subjects)
        for label in dict.fromkeys(point.subject for point in briefing.points):
            yield f"## {_line(label)}"
            for point in (point for point in briefing.points if point.subject == label):
                if point.claim is not None:
                    yield _line(say.claim_of(point))
                for lead, citation in say.leads(point):
                    yield f"**{_line(lead)}**:"
                    yield self._quote(citation, None)
        if not briefing.points:
            yield say.say("no_points")
        yield _line(" ".join((*say.writing(), say.say("marks_note"), say.counts())))

    def notes(self) -> Iterator[str]:
        """Yields the footnotes."""
        for citation in self.briefing.citations:
            yield f"[^{citation.number}]: {_line(self.say.reference(citation))}"

    def _position(self, cell: Cell | None) -> str:
        if cell is None:
            return ""
        kind, review = _line(self.say.position(cell)), self.say.review(cell)
        return f"{kind} ({_line(review)})" if review else kind

    def _subject(self, subject: Subject) -> Iterator[str]:
        say = self.say
        yield f"## {_line(subject.label)}"
        yield _line(say.tally(subject.label))
        for cell in (cell for cell in self.briefing.cells if cell.subject == subject.label):
            session = f", {_line(say.session(cell.session))}" if cell.session is not None else ""
            yield f"### {_line(say.name(cell.party))}{session}"
            yield f"**{self._position(cell)}**"
            if cell.claims:
                # Numbers as text: a mark of a note would give the notes the order in which claims mention them.
                yield "\n".join(
                    f"- {_line(say.claim(cell.party, c) + ''.join(f' [{n}]' for n in c.citations))}"
                    for c in cell.claims
                )
                yield f"*{_line(say.say('worded'))}*"
            for number in cell.citations:
                citation = self.briefing.citation(number)
                yield _line(say.source(cell, citation))
                yield self._quote(citation, cell)
            if cell.more:
                yield _line(say.say("more", count=cell.more))
            if cell.note:
                yield _line(cell.note)

    def _quote(self, citation: Citation, cell: Cell | None) -> str:
        opening, closing = in_marks(citation.quote, citation.language)
        if cell is None:
            text = inert(citation.quote)
        else:
            text = "".join(
                f"**{inert(piece.text)}**" if piece.telling and piece.text.strip() == piece.text else inert(piece.text)
                for piece in pieces(cell, citation)
            )
        quoted = f"{opening}{text}{closing}{self._mark(citation)}"
        return "\n".join(f"> {line}".rstrip() for line in quoted.splitlines())

    def _mark(self, citation: Citation) -> str:
        return f"[^{citation.number}]"

    def _changes(self) -> Iterator[str]:
        say = self.say
        yield f"## {say.say('changes')}"
        yield _line(say.say("changes_note"))
        for change in self.briefing.changes:
            yield f"### {_line(say.name(change.party))}: {_line(change.subject)}"
            for label, number, kind in (
                ("col_earlier", change.earlier, change.earlier_kind),
                ("col_later", change.later, change.later_kind),
            ):
                citation = self.briefing.citation(number)
                shown = f"**{say.kind(kind, change.subject)}**"
                yield f"{say.say(label)}: {shown} · {_line(say.source_of(change.party, citation))}"
                yield self._quote(citation, None)

    def _repetitions(self) -> Iterator[str]:
        say = self.say
        yield f"## {say.say('repeated')}"
        yield _line(say.say("repeated_note"))
        for item in self.briefing.repetitions:
            first, *others = map(self.briefing.citation, item.citations)
            yield f"### {_line(say.name(item.party))}: {_line(item.subject)}"
            yield _line(say.source_of(item.party, first))
            yield self._quote(first, None)
            for citation in others:
                again = f"{say.say('repeated_mark')}: {say.source_of(item.party, citation)}"
                yield f"{_line(again)}{self._mark(citation)}"

    def _annex(self, file: str) -> Iterator[str]:
        say = self.say
        yield f"## {say.say('annex')}"
        yield "\n".join(f"- **{_line(label)}**: {_line(text)}" for label, text in say.gaps())
        yield f"### {say.say('method')}"
        yield _line(say.say("how_kinds"))
        yield _line(say.say("how_check", file=file))
        yield f"### {say.say('searched')}"
        yield _table(
            [say.say(label) for label in ("col_party", "col_date", "col_session", "col_file", "col_cited")],
            (
                [
                    _line(say.name(source.party)),
                    _line(say.date(source.date)),
                    _line(source.session or ""),
                    _line(source.file),
                    say.say("yes" if source.cited else "no"),
                ]
                for source in self.briefing.sources
            ),
        )
