"""Word files of a briefing: the position table with its annex, the one-pager, the talking points."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.briefing.cells import Briefing, Cell, Point, Subject
from app.export.arrange import Column, DocumentForm, Sayings, by_place, columns, pieces, position
from app.export.characters import in_marks, right_to_left
from app.export.docx_pages import Pages
from app.export.docx_styles import CELL, NOTE, QUOTATION, SOURCE
from app.export.docx_tables import Grid
from app.export.docx_text import add_text
from app.export.looks import TINTS
from app.export.plots import describe_timeline, timeline
from app.records import Citation

# Columns of the matrix that an upright page and a turned one hold with readable words.
_UPRIGHT: Final = 4
_TURNED: Final = 7
# Parties of a matrix that stays on one page.
_WHOLE_MATRIX: Final = 24


def docx_bytes(
    briefing: Briefing,
    *,
    form: DocumentForm = "full",
    file: str,
    template: Path | None = None,
    page_numbers: Mapping[str, int] | None = None,
) -> bytes:
    """Returns a Word file of a briefing arranged for the form, so that notes and citations have the same numbers.

    The annex tells how to check the file by its name; headings get their `page_numbers` (by bookmarks) if known. A
    template that cannot be used is an ExportError.
    """
    sayings = Sayings(briefing)
    writer = _DocxWriter(briefing, sayings, Pages(template, sayings.language, page_numbers))
    if form == "full":
        writer.full(file)
    else:
        writer.points(form)
    return writer.pages.save(briefing.title, briefing.made)


class _Adds(Protocol):
    """Adds an empty paragraph, on the page or in a cell."""

    def __call__(self, style: str, *, rtl: bool) -> Paragraph: ...


class _DocxWriter:
    def __init__(self, briefing: Briefing, sayings: Sayings, pages: Pages) -> None:
        self.briefing = briefing
        self.say = sayings
        self.pages = pages

    def full(self, file: str) -> None:
        pages, say = self.pages, self.say
        pages.text(self.briefing.title, "Title")
        pages.text(say.subtitle("full"), "Subtitle")
        pages.text(f"{say.counts()} {say.say('marks_note')}")
        if notes := say.writing():
            pages.text(" ".join(notes), NOTE)
        pages.contents(say.say("contents"))
        shown = columns(self.briefing, say)
        if len(shown) > 1:
            self._overview(shown)
        pages.turn(landscape=False)
        for subject in self.briefing.subjects:
            self._subject(subject)
        self._over_time()
        self._annex(file)

    def points(self, form: DocumentForm) -> None:
        pages, say, briefing = self.pages, self.say, self.briefing
        if form == "one_pager":
            pages.narrow_margins()
        pages.text(briefing.title, "Title")
        pages.text(say.subtitle(form), "Subtitle")
        if mark := say.worded_points():
            pages.text(mark, NOTE)
        if form == "one_pager":
            for subject in briefing.subjects:
                line = pages.text(f"{subject.label}: ", CELL, bold=True)
                add_text(line, say.tally(subject.label), say.language)
        subject_of = dict.fromkeys(point.subject for point in briefing.points)
        for label in subject_of:
            pages.text(label, "Heading 2")
            for point in (point for point in briefing.points if point.subject == label):
                self._point(point)
        if not briefing.points:
            pages.text(say.say("no_points"))
        pages.text(" ".join((*say.writing(), say.say("marks_note"), say.counts())), NOTE)

    def _point(self, point: Point) -> None:
        """Adds a point: who, and the quotation, in one paragraph where both run the same way; or a claim over these."""
        if point.claim is not None:
            self.pages.text(self.say.claim_of(point), CELL).paragraph_format.keep_with_next = True
        for lead, citation in self.say.leads(point):
            self._led(lead, citation)

    def _led(self, lead: str, citation: Citation) -> None:
        pages, language = self.pages, self.say.language
        if right_to_left("", language) != right_to_left(citation.quote, citation.language):
            pages.text(lead, SOURCE, bold=True).paragraph_format.keep_with_next = True
            self._quote(pages.paragraph, citation, None)
            return

        def after_lead(style: str, *, rtl: bool) -> Paragraph:
            paragraph = pages.paragraph(style, rtl=rtl)
            add_text(paragraph, f"{lead}: ", language, bold=True)
            return paragraph

        self._quote(after_lead, citation, None)

    def _overview(self, shown: Sequence[Column]) -> None:
        pages, say = self.pages, self.say
        pages.turn(landscape=len(self.briefing.sessions or shown) > _UPRIGHT)
        pages.heading(say.say("overview"), 1)
        if not self.briefing.sessions:
            self._matrices(shown, [column.label for column in shown])
        else:
            for subject in self.briefing.subjects:
                of_subject = [column for column in shown if column.subject == subject.label]
                line = pages.text(subject.label, bold=True)
                line.paragraph_format.keep_with_next = True
                self._matrices(of_subject, [say.session(column.session) for column in of_subject])

    def _matrices(self, shown: Sequence[Column], labels: Sequence[str]) -> None:
        """Adds a matrix, or several where the page is too narrow, of about as many columns each."""
        parts = -(-len(shown) // _TURNED)
        size = -(-len(shown) // parts)
        for first in range(0, len(shown), size):
            self._matrix(shown[first : first + size], labels[first : first + size])
            self.pages.text("", NOTE)

    def _matrix(self, shown: Sequence[Column], labels: Sequence[str]) -> None:
        say = self.say
        cells = by_place(self.briefing)
        grid = self.pages.grid((1.5, *(1.0 for _ in shown)))
        grid.head((say.say("col_party"), *labels))
        for party in self.briefing.parties:
            row = grid.row()
            grid.write(row[0], say.name(party), say.language, bold=True)
            for place, column in zip(row[1:], shown, strict=True):
                cell = cells.get((party, column.subject, column.session))
                if cell is not None:
                    self._position(grid, place, cell)
            grid.keep_whole(row)
            if len(self.briefing.parties) <= _WHOLE_MATRIX and party != self.briefing.parties[-1]:
                grid.keep_with_next(row)

    def _position(self, grid: Grid, place: _Cell, cell: Cell) -> None:
        kind = position(cell)
        grid.write(place, self.say.position(cell), self.say.language, bold=bool(cell.citations) or None)
        if review := self.say.review(cell):
            grid.write(place, review, self.say.language, style=NOTE)
        grid.tint(place, TINTS[kind])

    def _subject(self, subject: Subject) -> None:
        pages, say, briefing = self.pages, self.say, self.briefing
        pages.heading(subject.label, 1)
        pages.text(say.tally(subject.label), SOURCE).paragraph_format.keep_with_next = True
        split = bool(briefing.sessions)
        widths = (2.6, 1.7, 2.5, 10.2) if split else (2.8, 2.6, 11.6)
        labels = ("col_party", *(("col_session",) if split else ()), "col_position", "col_said")
        grid = pages.grid(widths)
        grid.head([say.say(label) for label in labels])
        for cell in (cell for cell in briefing.cells if cell.subject == subject.label):
            row = grid.row()
            grid.write(row[0], say.name(cell.party), say.language, bold=True)
            if split:
                grid.write(row[1], say.session(cell.session), say.language)
            self._position(grid, row[-2], cell)
            self._said(grid, row[-1], cell)
            grid.keep_whole(row)

    def _said(self, grid: Grid, place: _Cell, cell: Cell) -> None:
        say = self.say
        for claim in cell.claims:
            line = grid.write(place, say.claim(cell.party, claim), say.language)
            for number in claim.citations:
                self.pages.notes.mention(line, number, say.language)
        if cell.claims:
            grid.write(place, say.say("worded"), say.language, style=NOTE)
        for number in cell.citations:
            citation = self.briefing.citation(number)
            grid.write(place, say.source(cell, citation), say.language, style=SOURCE)
            self._quote(partial(grid.paragraph, place), citation, cell)
        if cell.more:
            grid.write(place, say.say("more", count=cell.more), say.language, style=NOTE)
        if cell.note:
            grid.write(place, cell.note, say.language, style=NOTE)

    def _quote(self, paragraph: _Adds, citation: Citation, cell: Cell | None) -> None:
        """Adds a quotation in marks, the words that show its kind in bold, with its note."""
        language, quote = citation.language, citation.quote
        rtl = right_to_left(quote, language)
        added = paragraph(QUOTATION, rtl=rtl)
        opening, closing = in_marks(quote, language)
        add_text(added, opening, language, rtl=rtl)
        if cell is None:
            add_text(added, quote, language, rtl=rtl)
        else:
            for piece in pieces(cell, citation):
                add_text(added, piece.text, language, bold=piece.telling or None, rtl=rtl)
        add_text(added, closing, language, rtl=rtl)
        self.pages.notes.refer(added, citation.number, self.say.reference(citation), self.say.language)

    def _over_time(self) -> None:
        pages, say, briefing = self.pages, self.say, self.briefing
        dated = any(source.date for source in briefing.sources)
        if not (dated or briefing.changes or briefing.repetitions):
            return
        pages.heading(say.say("over_time"), 1)
        if dated:
            pages.picture(timeline(briefing), describe_timeline(briefing), say.say("timeline"))
        if briefing.changes:
            self._changes()
        if briefing.repetitions:
            self._repetitions()

    def _changes(self) -> None:
        pages, say = self.pages, self.say
        pages.heading(say.say("changes"), 2)
        pages.text(say.say("changes_note"))
        grid = pages.grid((2.4, 7, 7))
        grid.head([say.say(label) for label in ("col_party", "col_earlier", "col_later")])
        for change in self.briefing.changes:
            row = grid.row()
            grid.write(row[0], say.name(change.party), say.language, bold=True)
            grid.write(row[0], change.subject, say.language)
            for place, number, kind in (
                (row[1], change.earlier, change.earlier_kind),
                (row[2], change.later, change.later_kind),
            ):
                citation = self.briefing.citation(number)
                grid.write(place, say.kind(kind, change.subject), say.language, bold=True)
                grid.write(place, say.source_of(change.party, citation), say.language, style=SOURCE)
                self._quote(partial(grid.paragraph, place), citation, None)
            grid.keep_whole(row)

    def _repetitions(self) -> None:
        pages, say = self.pages, self.say
        pages.heading(say.say("repeated"), 2)
        pages.text(say.say("repeated_note"))
        grid = pages.grid((2.4, 14))
        grid.head([say.say(label) for label in ("col_party", "col_said")])
        for item in self.briefing.repetitions:
            row = grid.row()
            grid.write(row[0], say.name(item.party), say.language, bold=True)
            grid.write(row[0], item.subject, say.language)
            first, *others = map(self.briefing.citation, item.citations)
            grid.write(row[1], say.source_of(item.party, first), say.language, style=SOURCE)
            self._quote(partial(grid.paragraph, row[1]), first, None)
            for citation in others:
                again = f"{say.say('repeated_mark')}: {say.source_of(item.party, citation)}"
                line = grid.write(row[1], again, say.language, style=NOTE)
                self.pages.notes.refer(line, citation.number, say.reference(citation), say.language)
            grid.keep_whole(row)

    def _annex(self, file: str) -> None:
        pages, say = self.pages, self.say
        pages.heading(say.say("annex"), 1)
        pages.heading(say.say("gaps"), 2)
        for label, text in say.gaps():
            line = pages.text(f"{label}: ", bold=True)
            add_text(line, text, say.language)
        pages.heading(say.say("method"), 2)
        pages.text(say.say("how_kinds"))
        pages.text(say.say("how_check", file=file))
        pages.heading(say.say("searched"), 2)
        grid = pages.grid((3.6, 3.6, 1.6, 6, 1.6))
        grid.head([say.say(label) for label in ("col_party", "col_date", "col_session", "col_file", "col_cited")])
        for source in self.briefing.sources:
            row = grid.row()
            for place, text in (
                (row[0], say.name(source.party)),
                (row[1], say.date(source.date)),
                (row[2], source.session or ""),
                (row[4], say.say("yes" if source.cited else "no")),
            ):
                grid.write(place, text, say.language)
            # The name of a file runs as its letters do.
            grid.write(row[3], source.file, None)
            grid.keep_whole(row)
