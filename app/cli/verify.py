"""Quotations in a document: `verify`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.command import Invocation, UsageError, command

commands = typer.Typer()


@command(commands, "untoc verify draft.docx -o checked.docx", "untoc verify draft.pdf -o report.md")
def verify(
    invocation: Invocation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a .docx, .pdf, .md or .txt file")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="write a copy with comments (.docx, of a .docx), or a report (.md, .json)",
        ),
    ] = None,
) -> int:
    """Check every quotation in a document against the store; exit code 1 where one is not right."""
    from app.checking.output import check_output, write_output
    from app.cli.print_check import print_check
    from app.cli.printing import progress_bar

    problem = check_output(file, output)
    if problem is not None:
        raise UsageError(problem)
    with invocation.workspace(read_only=True) as workspace:
        checker = workspace.checker()
        document = checker.read(file)
        with progress_bar("checking quotations", quiet=invocation.as_json) as advance:
            report = checker.check(document, advance)
        if output is not None:
            write_output(output, file, report, checker.party_name)
        invocation.show(report.to_json(), lambda: print_check(report, checker.party_name, output))
    return 0 if report.passed else 1
