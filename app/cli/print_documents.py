"""Output of `untoc brief`, kinds of positions with the quotations behind them, and of `untoc verify`, the findings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from app.answering.provenance import date_in_words
from app.briefing.cells import Briefing, Cell
from app.checking.findings import CheckReport, Finding
from app.checking.findings_in_words import changes_in_words, summary_line, verdict_of
from app.cli.printing import coverage_line, in_pipe, inert, literal, print_table, stdout_console
from app.export.briefing_lines import Sayings, by_place
from app.records import Verdict
from app.retrieval.positions.position_marks import PositionKind
from prompts.wording import load_wording

_STYLES: Final[dict[PositionKind, str]] = {
    "supports": "green",
    "opposes": "red",
    "proposes": "cyan",
    "conditional": "yellow",
    "reports_practice": "blue",
    "calls_on_others": "magenta",
    "no_position": "dim",
    "no_statement": "dim",
}
_VERDICT_STYLES: Final[dict[Verdict, str]] = {
    "verified": "green",
    "altered": "bold red",
    "misattributed": "bold magenta",
    "not_found": "bold yellow",
}
_LONGEST_QUOTE: Final = 400  # characters


def print_briefing(briefing: Briefing, written: Sequence[Path]) -> None:
    """Prints the table, the quotations of every cell, what changed or recurred, and what was searched."""
    console, say = stdout_console(), Sayings(briefing)
    console.print(literal(briefing.title, "bold"))
    for session in briefing.sessions or (None,):
        print_table(console, _matrix(say, session))
    for cell in briefing.cells:
        # The matrix already shows which cells are empty.
        if cell.citations:
            _print_cell(console, say, cell)
    for change in briefing.changes:
        moments = (change.earlier_kind, change.earlier), (change.later_kind, change.later)
        held = (f"{say.kind(kind, change.subject)} ({_date(briefing, n)}) [{n}]" for kind, n in moments)
        line = f"{briefing.names[change.party]}, {change.subject}: {' → '.join(held)}, as suggested by rules"
        console.print(literal(line, "yellow"))
    for repetition in briefing.repetitions:
        when = ", ".join(f"{_date(briefing, n)} [{n}]" for n in repetition.citations)
        line = f"{briefing.names[repetition.party]}, {repetition.subject}: the same words in {when}"
        console.print(literal(line, "dim"))
    searched = coverage_line(briefing.coverage, briefing.names.__getitem__, load_wording("en"))
    for note in (searched, *say.writing()):
        console.print(literal(note, "dim"))
    for path in written:
        console.print(f"written: {path}", highlight=False, markup=False)


def _date(briefing: Briefing, number: int) -> str:
    return date_in_words(briefing.citation(number).date, "en") or "?"


def _matrix(say: Sayings, session: str | None) -> Table:
    briefing, cells = say.briefing, by_place(say.briefing)
    headings = [literal("State or group"), *(literal(subject.label) for subject in briefing.subjects)]
    table = Table(*map(Column, headings), title=say.session(session) or None)
    for code in briefing.parties:
        kinds = (_kind(say, cells[code, subject.label, session]) for subject in briefing.subjects)
        table.add_row(literal(briefing.names[code]), *kinds)
    return table


def _kind(say: Sayings, cell: Cell) -> Text:
    count = f" ({len(cell.citations)})" if cell.citations else ""
    mark = " ✓" if cell.review is not None else ""
    return Text(f"{say.position(cell)}{count}{mark}", style=_STYLES[cell.position])


def _print_cell(console: Console, say: Sayings, cell: Cell) -> None:
    briefing = say.briefing
    place = " · ".join(filter(None, (briefing.names[cell.party], cell.subject, say.session(cell.session))))
    why = ", ".join(f"“{words.text}”" for words in cell.words)
    kind = say.position(cell) + (f" ({say.review(cell)}: {why})" if why else "")
    heading = literal(f"\n{place}: ", "bold")
    heading.append(inert(kind), style=_STYLES[cell.position])
    console.print(heading)
    if cell.note:
        console.print(literal(cell.note, "dim italic"))
    for claim in cell.claims:
        whose = "" if claim.state == cell.party else f"{briefing.names.get(claim.state or '', '')}: "
        numbers = "".join(f" [{number}]" for number in claim.citations)
        console.print(literal(f"  {whose}{claim.text}{numbers}"))
    if cell.claims:
        console.print(literal(f"  {say.say('worded')}", "dim italic"))
    for number in cell.citations:
        citation = briefing.citation(number)
        speaker = say.speaker(cell.party, citation) or briefing.names.get(citation.state or "", "")
        session = citation.session and f"session {citation.session}"
        source = (speaker, citation.body, session, date_in_words(citation.date, "en"), citation.file)
        console.print(literal(f"  “{' '.join(citation.quote.split())}” [{number}]"))
        console.print(literal(f"  {', '.join(filter(None, (*source, say.earlier(cell, citation))))}", "dim"))
    if cell.more:
        console.print(Text(f"  further sentences: {cell.more}", style="dim"))


def print_check(report: CheckReport, written: Path | None) -> None:
    """Prints a report: a row per quotation, then what was not checked, the counts, and the file it was written to."""
    console = stdout_console()
    for note in report.notes:
        console.print(literal(note, "dim italic"))
    # In a pipe the quotation has a cell of its own, so that a text search finds it unbroken.
    headings = ("Quotation", "Where it stands") if in_pipe() else ("Quotation, and where it stands",)
    between = " | " if in_pipe() else "\n"
    table = Table(Column("#", no_wrap=True), "Verdict", "In the document", *headings, show_lines=True)
    for number, finding in enumerate(report.findings, 1):
        attribution = between.join(str(part) for part in (finding.where, finding.named) if part)
        verdict = Text(verdict_of(finding), style=_VERDICT_STYLES[finding.verdict])
        quote, sources = " ".join(finding.quotation.text.split()), _sources(finding)
        if in_pipe():
            cells = [literal(quote), Text(between).join([*_changes(finding, colours=False), *sources])]
        else:
            short = quote if len(quote) <= _LONGEST_QUOTE else quote[:_LONGEST_QUOTE] + " …"
            colours = console.color_system is not None and not console.no_color
            marked = _changes(finding, colours=colours)
            cells = [Text("\n").join([*(marked if marked and colours else [literal(short), *marked]), *sources])]
        table.add_row(str(number), verdict, literal(attribution), *cells)
    if report.findings:
        print_table(console, table)
    for skipped in report.skipped:
        console.print(literal(f"Not checked, {skipped.where}: “{skipped.quote}”: {skipped.reason}", "dim"))
    console.print(Text(summary_line(report), style="bold"))
    for limit in report.limits:
        console.print(Text(limit, style="dim"))
    if written is not None:
        print(f"written to {written}")


def _changes(finding: Finding, *, colours: bool) -> list[Text]:
    """Returns the quotation with its differences from the source in colour, or without colours a list of them."""
    if not colours or not finding.changes:
        return [literal(line) for line in changes_in_words(finding.changes)]
    text = Text()
    styles = {"same": "", "left_out": "red strike", "put_in": "green underline"}
    for change in finding.changes:
        text.append(inert(change.text), style=styles[change.kind]).append(" ")
    return [text]


def _sources(finding: Finding) -> list[Text]:
    """Returns a line for every remark, then the places in the store where the words were found."""
    lines = [literal(str(remark), "yellow") for remark in finding.remarks]
    if finding.place is not None:
        lines.append(literal(finding.place.reference, "dim"))
    if (more := len(finding.found_in) - 1) > 0:
        lines.append(Text(f"and in {more} more", style="dim"))
    return lines
