"""What `untoc brief` prints: the matrix of kinds, and the quotations behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.answering.provenance import spoken_date
from app.briefing.cells import Briefing, Cell
from app.cli.printing import coverage_line, inert, print_table, stdout_console
from app.retrieval.position_marks import PositionKind
from prompts.wording import load_document_words, load_wording

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
    console = stdout_console()
    console.print(Text(inert(briefing.title), style="bold"))
    for session in briefing.sessions or (None,):
        print_table(console, _matrix(briefing, session))
    for cell in briefing.cells:
        # The matrix says what is empty.
        if cell.citations:
            _print_cell(console, briefing, cell)
    for change in briefing.changes:
        label = briefing.subject(change.subject).kind_label
        earlier, later = (_date(briefing, number) for number in (change.earlier, change.later))
        line = (
            f"{briefing.names[change.party]}, {change.subject}: {label(change.earlier_kind)} ({earlier})"
            f" [{change.earlier}] → {label(change.later_kind)} ({later}) [{change.later}], as suggested by rules"
        )
        console.print(Text(inert(line), style="yellow"))
    for repetition in briefing.repetitions:
        when = ", ".join(f"{_date(briefing, n)} [{n}]" for n in repetition.citations)
        line = f"{briefing.names[repetition.party]}, {repetition.subject}: the same words in {when}"
        console.print(Text(inert(line), style="dim"))
    searched = coverage_line(briefing.coverage, briefing.names.__getitem__, load_wording("en"))
    console.print(Text(inert(searched), style="dim"))
    for note in () if briefing.writing is None else briefing.writing.notes:
        console.print(Text(inert(note), style="dim"))
    for path in written:
        console.print(f"written: {path}", highlight=False, markup=False)


def _date(briefing: Briefing, number: int) -> str:
    return spoken_date(briefing.citation(number).date, "en") or "?"


def _matrix(briefing: Briefing, session: str | None) -> Table:
    table = Table(title=None if session is None else f"session {session}")
    table.add_column("State or group")
    for subject in briefing.subjects:
        table.add_column(Text(inert(subject.label)))
    for code in briefing.parties:
        row = [cell for cell in briefing.cells if cell.party == code and cell.session == session]
        shown = {cell.subject: _kind(briefing, cell) for cell in row}
        table.add_row(Text(inert(briefing.names[code])), *(shown[subject.label] for subject in briefing.subjects))
    return table


def _kind(briefing: Briefing, cell: Cell) -> Text:
    count = f" ({len(cell.citations)})" if cell.citations else ""
    mark = " ✓" if cell.review is not None else ""
    return Text(f"{briefing.label(cell)}{count}{mark}", style=_STYLES[cell.holds])


def _print_cell(console: Console, briefing: Briefing, cell: Cell) -> None:
    place = f"{briefing.names[cell.party]} · {cell.subject}" + (f" · session {cell.session}" if cell.session else "")
    reviewed = "reviewed" if cell.review is not None else "suggested"
    why = ", ".join(f"“{words.text}”" for words in cell.words)
    kind = briefing.label(cell) + (f" ({reviewed}: {why})" if why else "")
    heading = Text(inert(f"\n{place}: "), style="bold")
    heading.append(inert(kind), style=_STYLES[cell.holds])
    console.print(heading)
    if cell.note:
        console.print(Text(inert(cell.note), style="dim italic"))
    for claim in cell.claims:
        whose = "" if claim.state == cell.party else f"{briefing.names.get(claim.state or '', '')}: "
        numbers = "".join(f" [{number}]" for number in claim.citations)
        console.print(Text(inert(f"  {whose}{claim.text}{numbers}")))
    if cell.claims:
        marked = load_document_words(briefing.language).say("worded")
        console.print(Text(inert(f"  {marked}"), style="dim italic"))
    for number in cell.citations:
        citation = briefing.citation(number)
        where = ", ".join(
            part
            for part in (
                briefing.names.get(citation.state or "", ""),
                citation.body,
                f"session {citation.session}" if citation.session else None,
                spoken_date(citation.date, "en"),
                citation.file,
            )
            if part
        )
        console.print(Text(inert(f"  “{' '.join(citation.quote.split())}” [{number}]")))
        console.print(Text(inert(f"  {where}"), style="dim"))
    if cell.more:
        console.print(Text(f"  further sentences: {cell.more}", style="dim"))
