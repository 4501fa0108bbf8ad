"""Output of `untoc brief`: the matrix of kinds of positions, and the quotations behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from app.answering.provenance import spoken_date
from app.briefing.cells import Briefing, Cell
from app.cli.printing import coverage_line, inert, literal, print_table, stdout_console
from app.export.briefing_lines import Sayings, by_place
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
    return spoken_date(briefing.citation(number).date, "en") or "?"


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
        source = (speaker, citation.body, session, spoken_date(citation.date, "en"), citation.file)
        console.print(literal(f"  “{' '.join(citation.quote.split())}” [{number}]"))
        console.print(literal(f"  {', '.join(filter(None, (*source, say.earlier(cell, citation))))}", "dim"))
    if cell.more:
        console.print(Text(f"  further sentences: {cell.more}", style="dim"))
