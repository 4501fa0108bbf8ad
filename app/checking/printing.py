"""What `untoc verify` prints: progress on a terminal's error stream, a table of findings and what they rest on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from app.answer import Verdict
from app.checking.checker import Progress as Listener
from app.checking.records import CheckReport, Finding
from app.checking.report import VERDICT_WORDS, Names, named_in_words, summary_line
from app.printing import inert

_STYLES: Final[dict[Verdict, str]] = {
    "verified": "green",
    "altered": "bold red",
    "misattributed": "bold magenta",
    "not_found": "bold yellow",
}
_LONGEST: Final = 400


def print_check(report: CheckReport, names: Names) -> None:
    """Prints a report: a row per quotation, then what was not checked, then the counts."""
    console = Console()
    for note in report.notes:
        console.print(Text(inert(note), style="dim italic"))
    table = Table(show_lines=True)
    for heading in ("#", "Verdict", "In the document", "Quotation, and where it stands"):
        table.add_column(heading, no_wrap=heading == "#")
    for number, finding in enumerate(report.findings, 1):
        named = f"{finding.where}\n{named_in_words(finding, names)}"
        verdict = Text(VERDICT_WORDS[finding.verdict], style=_STYLES[finding.verdict])
        table.add_row(str(number), verdict, Text(inert(named)), _account(finding))
    if report.findings:
        console.print(table)
    for skipped in report.skipped:
        console.print(Text(inert(f"Not checked, {skipped.where}: “{skipped.quote}”: {skipped.reason}"), style="dim"))
    console.print(Text(summary_line(report), style="bold"))
    for limit in report.limits:
        console.print(Text(limit, style="dim"))


def _account(finding: Finding) -> Text:
    quote = " ".join(finding.quotation.text.split())
    text = Text()
    if finding.changes:
        styles = {"same": "", "left_out": "red strike", "put_in": "green underline"}
        for change in finding.changes:
            # The marks as well, since not every terminal shows colours.
            shown = {"same": change.text, "left_out": f"[-{change.text}-]", "put_in": f"{{+{change.text}+}}"}
            text.append(inert(shown[change.kind]) + " ", style=styles[change.kind])
    else:
        text.append(inert(quote if len(quote) <= _LONGEST else quote[:_LONGEST] + " …"))
    for warning in finding.warnings:
        text.append("\n" + inert(str(warning)), style="yellow")
    if finding.place is not None:
        text.append("\n" + inert(finding.place.reference), style="dim")
    more = len(finding.found_in) - 1
    if more > 0:
        text.append(f"\nand in {more} more", style="dim")
    return text


@contextmanager
def check_progress(*, quiet: bool) -> Iterator[Listener | None]:
    """Yields a listener that shows a progress bar on the terminal's error stream; none where quiet."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("checking quotations"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("check", total=None)

        def listen(done: int, total: int) -> None:
            bar.update(task, total=total, completed=done)

        yield listen
