"""The document of a briefing as blocks, independent of its format: lines, quotations, tables, pictures.

Parties for which nothing was found get no row of a table; one line under the table names them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.briefing.cells import Briefing, Cell, PositionChange, Repetition, Subject
from app.export.briefing_lines import TINTS, Column, DocumentForm, Sayings, by_place, columns
from app.export.plots import describe_timeline, timeline
from app.records import Citation

LineStyle = Literal["title", "subtitle", "heading", "subheading", "topic", "plain", "cell", "source", "note"]
# Most columns of the matrix that are readable on a portrait page and on a landscape one.
_PORTRAIT_COLUMNS = 4
_LANDSCAPE_COLUMNS = 7
# Most parties of a matrix that is kept on one page.
_ONE_PAGE_PARTIES = 24


@dataclass(frozen=True, kw_only=True)
class Line:
    """A paragraph of the document's own words."""

    text: str
    style: LineStyle = "plain"
    lead: str = ""
    """Words before the text, in bold."""
    bold: bool = False
    """Whether the text is bold."""
    notes: tuple[int, ...] = ()
    """Numbers of notes that the line refers to, whose marks are elsewhere."""
    note: Citation | None = None
    """The citation whose note has its mark at the end of the line."""
    keep: bool = False
    """Whether the line stays on the page of the block that follows."""
    own: bool = True
    """Whether it is in the document's language; else, as for the name of a file, its letters give the direction."""


@dataclass(frozen=True, kw_only=True)
class QuotedBlock:
    """A quotation with its note; with a `cell`, the words that show its kind are set apart; `lead` says who speaks."""

    citation: Citation
    cell: Cell | None = None
    lead: str = ""


@dataclass(frozen=True, kw_only=True)
class TableCell:
    """A cell of a table; `tint` is its background."""

    blocks: tuple[Line | QuotedBlock, ...]
    tint: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table."""

    head: tuple[str, ...]
    widths: tuple[float, ...]
    """Relative widths of the columns."""
    rows: tuple[tuple[TableCell, ...], ...]
    titles: int = 0
    """Number of first columns that title a row; 0 for a table without quotations, which every format has as a table."""
    labelled: bool = False
    """Whether the columns need their heads where a format shows rows as paragraphs."""
    whole: bool = False
    """Whether the table stays on one page."""
    goes_on: bool = False
    """Whether its last row stays on the page of the line that follows."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture, with a text for those who cannot see it."""

    png: Callable[[], bytes]
    """Draws it; Markdown has only the text."""
    alt_text: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The place of the table of contents."""

    title: str


@dataclass(frozen=True, kw_only=True)
class Orientation:
    """A change to portrait or landscape pages from here on."""

    landscape: bool


DocumentBlock = Line | QuotedBlock | Table | Picture | Contents | Orientation


def blocks_of(briefing: Briefing, form: DocumentForm) -> Iterator[DocumentBlock]:
    """Yields the blocks of a briefing that is arranged for the form."""
    say = Sayings(briefing)
    return _full(say) if form == "full" else _points(say, form)


def _full(say: Sayings) -> Iterator[DocumentBlock]:
    briefing = say.briefing
    shown = columns(say)
    # With a wide matrix the title is on a landscape page too: a portrait one would stay half empty before it.
    yield Orientation(landscape=len(shown) > 1 and len(briefing.sessions or shown) > _PORTRAIT_COLUMNS)
    yield Line(text=briefing.title, style="title")
    yield Line(text=say.subtitle("full"), style="subtitle")
    yield Line(text=f"{say.counts()} {say.say('marks_note')}")
    yield from (Line(text=note, style="note") for note in say.writing())
    yield Contents(title=say.say("contents"))
    if len(shown) > 1:
        yield from _overview(say, shown)
    yield Orientation(landscape=False)
    for subject in briefing.subjects:
        yield from _subject(say, subject)
    yield from _over_time(say)
    yield from _annex(say)


def _points(say: Sayings, form: DocumentForm) -> Iterator[DocumentBlock]:
    briefing = say.briefing
    yield Line(text=briefing.title, style="title")
    yield Line(text=say.subtitle(form), style="subtitle")
    if any(point.claim for point in briefing.points):
        yield Line(text=say.say("worded_points"), style="note")
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
                yield from _help(say, citation, briefing.subject(label))
    if not briefing.points:
        yield Line(text=say.say("no_points"))
    left_out = [say.say("left_out", count=briefing.left_out)] if briefing.left_out else []
    yield Line(text=" ".join((*left_out, *say.writing(), say.say("marks_note"), say.counts())), style="note")


def _overview(say: Sayings, shown: Sequence[Column]) -> Iterator[DocumentBlock]:
    briefing = say.briefing
    yield Line(text=say.say("overview"), style="heading")
    if not briefing.sessions:
        yield from _matrices(say, shown, [column.label for column in shown])
        return
    for subject in briefing.subjects:
        of_subject = [column for column in shown if column.subject == subject.label]
        yield Line(text=subject.label, bold=True, keep=True)
        yield from _matrices(say, of_subject, [say.session(column.session) for column in of_subject])


def _matrices(say: Sayings, shown: Sequence[Column], labels: Sequence[str]) -> Iterator[DocumentBlock]:
    """Yields a matrix, or where the page is too narrow several, with about equally many columns each."""
    briefing, cells = say.briefing, by_place(say.briefing)
    size = -(-len(shown) // -(-len(shown) // _LANDSCAPE_COLUMNS))
    for first in range(0, len(shown), size):
        part = shown[first : first + size]
        yield Table(
            head=(say.say("col_party"), *labels[first : first + size]),
            widths=(1.5, *(1.0 for _ in part)),
            rows=tuple(
                (
                    _words(say.name(party), bold=True),
                    *(_position(say, cells[party, column.subject, column.session]) for column in part),
                )
                for party in briefing.parties
            ),
            whole=len(briefing.parties) <= _ONE_PAGE_PARTIES,
        )
        yield Line(text="", style="note")


def _words(*texts: str, bold: bool = False, own: bool = True) -> TableCell:
    """Returns a cell with a line for each text, the first in bold if wanted."""
    lines = (Line(text=text, style="cell", bold=bold and not n, own=own) for n, text in enumerate(texts))
    return TableCell(blocks=tuple(lines))


def _position(say: Sayings, cell: Cell) -> TableCell:
    review = say.review(cell)
    kind = Line(text=say.position(cell), style="cell", bold=bool(cell.citations))
    return TableCell(blocks=(kind, Line(text=review, style="note")) if review else (kind,), tint=TINTS[cell.position])


def _subject(say: Sayings, subject: Subject) -> Iterator[DocumentBlock]:
    split = bool(say.briefing.sessions)
    yield Line(text=subject.label, style="heading")
    yield Line(text=say.tally(subject.label), style="source", keep=True)
    cells = [cell for cell in say.briefing.cells if cell.subject == subject.label]
    with_content = [cell for cell in cells if cell.citations or cell.review is not None]
    if with_content:
        labels = ("col_party", *(("col_session",) if split else ()), "col_position", "col_said")
        yield Table(
            head=tuple(map(say.say, labels)),
            widths=(2.6, 1.7, 2.5, 10.2) if split else (2.8, 2.6, 11.6),
            rows=tuple(
                (
                    _words(say.name(cell.party), bold=True),
                    *((_words(say.session(cell.session)),) if split else ()),
                    _position(say, cell),
                    TableCell(blocks=tuple(_said(say, cell, subject))),
                )
                for cell in with_content
            ),
            titles=2 if split else 1,
            goes_on=len(with_content) < len(cells),
        )
    silent: dict[str, list[str]] = {}
    for cell in cells:
        if cell not in with_content:
            name = say.name(cell.party) + (f" ({say.session(cell.session)})" if split else "")
            silent.setdefault(say.position(cell), []).append(name)
    for kind, names in silent.items():
        yield Line(lead=f"{kind}{say.words.colon}", text=say.words.list_comma.join(names), style="note")


def _said(say: Sayings, cell: Cell, subject: Subject) -> Iterator[Line | QuotedBlock]:
    for claim in cell.claims:
        yield Line(text=say.claim(cell.party, claim), style="cell", notes=claim.citations)
    if cell.claims:
        yield Line(text=say.say("worded"), style="note")
    for number in cell.citations:
        citation = say.briefing.citation(number)
        yield Line(text=say.source(cell, citation), style="source")
        yield QuotedBlock(citation=citation, cell=cell)
        yield from _help(say, citation, subject)
    if cell.more:
        yield Line(text=say.say("more", count=cell.more), style="note")
    if cell.note:
        yield Line(text=cell.note, style="note")


def _help(say: Sayings, citation: Citation, subject: Subject) -> Iterator[Line]:
    yield from (Line(text=text, style="note") for text in say.helps(citation, subject))


def _over_time(say: Sayings) -> Iterator[DocumentBlock]:
    briefing = say.briefing
    dated = any(source.date for source in briefing.sources)
    if not (dated or briefing.changes or briefing.repetitions):
        return
    yield Line(text=say.say("over_time"), style="heading")
    if dated:
        yield Picture(png=lambda: timeline(briefing), alt_text=describe_timeline(briefing), caption=say.say("timeline"))
    changed = [(item.party, item.subject, _change(say, item)) for item in briefing.changes]
    yield from _findings(say, "changes", ("col_earlier", "col_later"), (2.4, 7, 7), changed)
    repeated = [(item.party, item.subject, _repetition(say, item)) for item in briefing.repetitions]
    yield from _findings(say, "repeated", ("col_said",), (2.4, 14), repeated)


def _findings(
    say: Sayings,
    key: str,
    labels: Sequence[str],
    widths: tuple[float, ...],
    items: Sequence[tuple[str, str, Iterator[TableCell]]],
) -> Iterator[DocumentBlock]:
    if items:
        yield Line(text=say.say(key), style="subheading")
        yield Line(text=say.say(f"{key}_note"), keep=True)
        head = tuple(map(say.say, ("col_party", *labels)))
        rows = tuple((_words(say.name(who), subject, bold=True), *squares) for who, subject, squares in items)
        yield Table(head=head, widths=widths, rows=rows, titles=1, labelled=len(labels) > 1)


def _change(say: Sayings, change: PositionChange) -> Iterator[TableCell]:
    for number, kind in ((change.earlier, change.earlier_kind), (change.later, change.later_kind)):
        citation = say.briefing.citation(number)
        kind_line = Line(text=say.kind(kind, change.subject), style="cell", bold=True)
        source = Line(text=say.source_of(change, citation), style="source")
        yield TableCell(blocks=(kind_line, source, QuotedBlock(citation=citation)))


def _repetition(say: Sayings, item: Repetition) -> Iterator[TableCell]:
    first, *others = map(say.briefing.citation, item.citations)
    mark = f"{say.say('repeated_mark')}{say.words.colon}"
    again = (Line(text=f"{mark}{say.source_of(item, c)}", style="note", note=c) for c in others)
    source = Line(text=say.source_of(item, first), style="source")
    yield TableCell(blocks=(source, QuotedBlock(citation=first), *again))


def _annex(say: Sayings) -> Iterator[DocumentBlock]:
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
                _words(say.names(source.holders)),
                _words(say.date(source.date)),
                _words(source.session or ""),
                _words(source.file, own=False),
                _words(say.say("yes" if source.cited else "no")),
            )
            for source in say.briefing.sources
        ),
    )
