"""The document of a briefing as blocks, whichever format it is written in: lines, quotations, tables, pictures.

A row that says only that nothing was found is no row: such parties are named in one line under the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.briefing.cells import Briefing, Cell, PositionChange, Repetition, Subject
from app.export.briefing_layout import Column, DocumentForm, Sayings, by_place, columns, position
from app.export.plots import describe_timeline, timeline
from app.export.position_looks import TINTS
from app.records import Citation

LineStyle = Literal["title", "subtitle", "heading", "subheading", "topic", "plain", "cell", "source", "note"]
# Columns of the matrix that an upright page and a turned one hold with readable words.
_UPRIGHT = 4
_TURNED = 7
# Parties of a matrix that stays on one page.
_WHOLE_MATRIX = 24


@dataclass(frozen=True, kw_only=True)
class Line:
    """A paragraph of the document's own words."""

    text: str
    style: LineStyle = "plain"
    lead: str = ""
    """Words before it, in bold."""
    bold: bool = False
    """Of the text."""
    notes: tuple[int, ...] = ()
    """Numbers of notes that it refers to, shown elsewhere."""
    note: Citation | None = None
    """Of a citation whose note belongs here."""
    keep: bool = False
    """It stays on the page of what follows."""
    own: bool = True
    """Whether it is in the document's language; the name of a file runs as its letters do."""


@dataclass(frozen=True, kw_only=True)
class QuotedBlock:
    """A quotation with its note; in a cell, the words that show its kind are told apart; `lead` says who."""

    citation: Citation
    cell: Cell | None = None
    lead: str = ""


@dataclass(frozen=True, kw_only=True)
class Square:
    """A cell of a table; `tint` is its background."""

    blocks: tuple[Line | QuotedBlock, ...]
    tint: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table."""

    head: tuple[str, ...]
    widths: tuple[float, ...]
    """Of its columns, as parts of the whole."""
    rows: tuple[tuple[Square, ...], ...]
    titles: int = 0
    """So many columns say what a row is about; 0 for a table of words alone, which every format can hold."""
    labelled: bool = False
    """The columns need their heads wherever a format shows rows as paragraphs."""
    whole: bool = False
    """It stays on one page."""
    goes_on: bool = False
    """Its last row stays with the line that follows."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture, with a text for those who cannot see it."""

    png: bytes
    alt_text: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Where the table of contents stands."""

    title: str


@dataclass(frozen=True, kw_only=True)
class Orientation:
    """From here on pages are upright or turned."""

    landscape: bool


DocumentBlock = Line | QuotedBlock | Table | Picture | Contents | Orientation


def blocks_of(briefing: Briefing, form: DocumentForm) -> Iterator[DocumentBlock]:
    """Yields a briefing arranged for the form."""
    writer = _Blocks(briefing)
    return writer.full() if form == "full" else writer.points(form)


class _Blocks:
    def __init__(self, briefing: Briefing) -> None:
        self.briefing = briefing
        self.say = Sayings(briefing)

    def full(self) -> Iterator[DocumentBlock]:
        say, briefing = self.say, self.briefing
        shown = columns(briefing, say)
        # A wide matrix turns the page of the title as well, which would end half empty before it.
        yield Orientation(landscape=len(shown) > 1 and len(briefing.sessions or shown) > _UPRIGHT)
        yield Line(text=briefing.title, style="title")
        yield Line(text=say.subtitle("full"), style="subtitle")
        yield Line(text=f"{say.counts()} {say.say('marks_note')}")
        yield from (Line(text=note, style="note") for note in say.writing())
        yield Contents(title=say.say("contents"))
        if len(shown) > 1:
            yield from self._overview(shown)
        yield Orientation(landscape=False)
        for subject in briefing.subjects:
            yield from self._subject(subject)
        yield from self._over_time()
        yield from self._annex()

    def points(self, form: DocumentForm) -> Iterator[DocumentBlock]:
        say, briefing = self.say, self.briefing
        yield Line(text=briefing.title, style="title")
        yield Line(text=say.subtitle(form), style="subtitle")
        if mark := say.worded_points():
            yield Line(text=mark, style="note")
        if form == "one_pager":
            for subject in briefing.subjects:
                yield Line(
                    text=say.tally(subject.label, named=True), lead=f"{subject.label}{say.words.colon}", style="cell"
                )
        for label in dict.fromkeys(point.subject for point in briefing.points):
            yield Line(text=label, style="topic")
            for point in (point for point in briefing.points if point.subject == label):
                if point.claim is not None:
                    yield Line(text=say.claim_of(point), style="cell", keep=True)
                for lead, citation in say.leads(point):
                    yield QuotedBlock(citation=citation, lead=lead)
                    yield from self._help(citation, briefing.subject(label))
        if not briefing.points:
            yield Line(text=say.say("no_points"))
        left_out = [say.say("left_out", count=briefing.left_out)] if briefing.left_out else []
        yield Line(text=" ".join((*left_out, *say.writing(), say.say("marks_note"), say.counts())), style="note")

    def _overview(self, shown: Sequence[Column]) -> Iterator[DocumentBlock]:
        say, briefing = self.say, self.briefing
        yield Line(text=say.say("overview"), style="heading")
        if not briefing.sessions:
            yield from self._matrices(shown, [column.label for column in shown])
            return
        for subject in briefing.subjects:
            own = [column for column in shown if column.subject == subject.label]
            yield Line(text=subject.label, bold=True, keep=True)
            yield from self._matrices(own, [say.session(column.session) for column in own])

    def _matrices(self, shown: Sequence[Column], labels: Sequence[str]) -> Iterator[DocumentBlock]:
        """Yields a matrix, or several where the page is too narrow, of about as many columns each."""
        say, briefing, cells = self.say, self.briefing, by_place(self.briefing)
        size = -(-len(shown) // -(-len(shown) // _TURNED))
        for first in range(0, len(shown), size):
            part = shown[first : first + size]
            yield Table(
                head=(say.say("col_party"), *labels[first : first + size]),
                widths=(1.5, *(1.0 for _ in part)),
                rows=tuple(
                    (
                        self._words(say.name(party), bold=True),
                        *(self._position(cells.get((party, column.subject, column.session))) for column in part),
                    )
                    for party in briefing.parties
                ),
                whole=len(briefing.parties) <= _WHOLE_MATRIX,
            )
            yield Line(text="", style="note")

    def _words(self, *texts: str, bold: bool = False, own: bool = True) -> Square:
        """Returns a cell of words, the first of them in bold where wanted."""
        lines = (Line(text=text, style="cell", bold=bold and not n, own=own) for n, text in enumerate(texts))
        return Square(blocks=tuple(lines))

    def _position(self, cell: Cell | None) -> Square:
        if cell is None:
            return Square(blocks=())
        review = self.say.review(cell)
        kind = Line(text=self.say.position(cell), style="cell", bold=bool(cell.citations))
        return Square(blocks=(kind, Line(text=review, style="note")) if review else (kind,), tint=TINTS[position(cell)])

    def _subject(self, subject: Subject) -> Iterator[DocumentBlock]:
        say, split = self.say, bool(self.briefing.sessions)
        yield Line(text=subject.label, style="heading")
        yield Line(text=say.tally(subject.label), style="source", keep=True)
        cells = [cell for cell in self.briefing.cells if cell.subject == subject.label]
        told = [cell for cell in cells if cell.citations or cell.review is not None]
        if told:
            labels = ("col_party", *(("col_session",) if split else ()), "col_position", "col_said")
            yield Table(
                head=tuple(map(say.say, labels)),
                widths=(2.6, 1.7, 2.5, 10.2) if split else (2.8, 2.6, 11.6),
                rows=tuple(
                    (
                        self._words(say.name(cell.party), bold=True),
                        *((self._words(say.session(cell.session)),) if split else ()),
                        self._position(cell),
                        Square(blocks=tuple(self._said(cell, subject))),
                    )
                    for cell in told
                ),
                titles=2 if split else 1,
                goes_on=len(told) < len(cells),
            )
        silent: dict[str, list[str]] = {}
        for cell in cells:
            if cell not in told:
                name = say.name(cell.party) + (f" ({say.session(cell.session)})" if split else "")
                silent.setdefault(say.position(cell), []).append(name)
        for kind, names in silent.items():
            yield Line(lead=f"{kind}{say.words.colon}", text=say.words.list_comma.join(names), style="note")

    def _said(self, cell: Cell, subject: Subject) -> Iterator[Line | QuotedBlock]:
        say = self.say
        for claim in cell.claims:
            yield Line(text=say.claim(cell.party, claim), style="cell", notes=claim.citations)
        if cell.claims:
            yield Line(text=say.say("worded"), style="note")
        for number in cell.citations:
            citation = self.briefing.citation(number)
            yield Line(text=say.source(cell, citation), style="source")
            yield QuotedBlock(citation=citation, cell=cell)
            yield from self._help(citation, subject)
        if cell.more:
            yield Line(text=say.say("more", count=cell.more), style="note")
        if cell.note:
            yield Line(text=cell.note, style="note")

    def _help(self, citation: Citation, subject: Subject) -> Iterator[Line]:
        """Yields what helps to read a quotation in another language than the document's."""
        yield from (Line(text=text, style="note") for text in self.say.helps(citation, subject))

    def _over_time(self) -> Iterator[DocumentBlock]:
        say, briefing = self.say, self.briefing
        dated = any(source.date for source in briefing.sources)
        if not (dated or briefing.changes or briefing.repetitions):
            return
        yield Line(text=say.say("over_time"), style="heading")
        if dated:
            yield Picture(png=timeline(briefing), alt_text=describe_timeline(briefing), caption=say.say("timeline"))
        changed = [(item.party, item.subject, self._change(item)) for item in briefing.changes]
        yield from self._told("changes", ("col_earlier", "col_later"), (2.4, 7, 7), changed)
        repeated = [(item.party, item.subject, self._repetition(item)) for item in briefing.repetitions]
        yield from self._told("repeated", ("col_said",), (2.4, 14), repeated)

    def _told(
        self,
        key: str,
        labels: Sequence[str],
        widths: tuple[float, ...],
        items: Sequence[tuple[str, str, Iterator[Square]]],
    ) -> Iterator[DocumentBlock]:
        """Yields a table of what is told of parties and subjects, beside their names; nothing where nothing is."""
        say = self.say
        if items:
            yield Line(text=say.say(key), style="subheading")
            yield Line(text=say.say(f"{key}_note"), keep=True)
            head = tuple(map(say.say, ("col_party", *labels)))
            rows = tuple((self._words(say.name(who), subject, bold=True), *told) for who, subject, told in items)
            yield Table(head=head, widths=widths, rows=rows, titles=1, labelled=len(labels) > 1)

    def _change(self, change: PositionChange) -> Iterator[Square]:
        for number, kind in ((change.earlier, change.earlier_kind), (change.later, change.later_kind)):
            citation = self.briefing.citation(number)
            held = Line(text=self.say.kind(kind, change.subject), style="cell", bold=True)
            source = Line(text=self.say.source_of(change, citation), style="source")
            yield Square(blocks=(held, source, QuotedBlock(citation=citation)))

    def _repetition(self, item: Repetition) -> Iterator[Square]:
        first, *others = map(self.briefing.citation, item.citations)
        mark = f"{self.say.say('repeated_mark')}{self.say.words.colon}"
        again = (Line(text=f"{mark}{self.say.source_of(item, c)}", style="note", note=c) for c in others)
        source = Line(text=self.say.source_of(item, first), style="source")
        yield Square(blocks=(source, QuotedBlock(citation=first), *again))

    def _annex(self) -> Iterator[DocumentBlock]:
        say = self.say
        yield Line(text=say.say("annex"), style="heading")
        yield Line(text=say.say("gaps"), style="subheading")
        yield from (Line(lead=f"{label}{say.words.colon}", text=text) for label, text in say.gaps())
        yield Line(text=say.say("method"), style="subheading")
        yield Line(text=say.say("how_kinds"))
        yield Line(text=say.say("how_check"))
        yield Line(text=say.say("searched"), style="subheading")
        yield Table(
            head=tuple(map(say.say, ("col_party", "col_date", "col_session", "col_file", "col_cited"))),
            widths=(3.6, 3.6, 1.6, 6, 1.6),
            rows=tuple(
                (
                    self._words(say.names(source.holders)),
                    self._words(say.date(source.date)),
                    self._words(source.session or ""),
                    self._words(source.file, own=False),
                    self._words(say.say("yes" if source.cited else "no")),
                )
                for source in self.briefing.sources
            ),
        )
