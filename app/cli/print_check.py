"""Output of `untoc verify`: a table of findings, with the passages that they rest on."""

from pathlib import Path
from typing import Final

from rich.table import Column, Table
from rich.text import Text

from app.checking.findings import CheckReport, Finding
from app.checking.report import changes_in_words, summary_line, verdict_of
from app.cli.printing import in_pipe, inert, literal, print_table, stdout_console
from app.records import Verdict

_STYLES: Final[dict[Verdict, str]] = {
    "verified": "green",
    "altered": "bold red",
    "misattributed": "bold magenta",
    "not_found": "bold yellow",
}
_LONGEST: Final = 400  # characters


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
        verdict = Text(verdict_of(finding), style=_STYLES[finding.verdict])
        quote, sources = " ".join(finding.quotation.text.split()), _sources(finding)
        if in_pipe():
            cells = [literal(quote), Text(between).join([*_changes(finding, colours=False), *sources])]
        else:
            short = quote if len(quote) <= _LONGEST else quote[:_LONGEST] + " …"
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
    """Returns a line for every warning, then the places in the store where the words were found."""
    lines = [literal(str(warning), "yellow") for warning in finding.warnings]
    if finding.place is not None:
        lines.append(literal(finding.place.reference, "dim"))
    if (more := len(finding.found_in) - 1) > 0:
        lines.append(Text(f"and in {more} more", style="dim"))
    return lines
