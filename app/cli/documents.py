"""Commands on documents: `brief` writes one on who said what, `verify` checks the quotations in one."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli.command import Invocation, UsageError, argument, command, flag, option
from prompts.wording import Language

commands = typer.Typer()


@command(
    commands,
    'untoc brief --states "Austria, Poland" --topic "mutual legal assistance" -o brief.docx',
    "untoc brief --group EU --article 18 --by-session",
    "untoc brief --states Austria --topic extradition --form talking_points -o points.md",
)
def brief(
    invocation: Invocation,
    states: Annotated[list[str] | None, option("NAMES", "States or groups, with commas")] = None,
    group: Annotated[list[str] | None, option("NAME", "a group and all its members")] = None,
    topic: Annotated[list[str] | None, option("WORDS", "a topic; give it once for each")] = None,
    article: Annotated[list[str] | None, option("NUMBER", "such as 18 or TIP 9")] = None,
    sessions: Annotated[list[str] | None, option("NUMBERS", "one cell for each session")] = None,
    by_session: Annotated[
        bool, flag("--by-session", "one cell for every session there is, and for statements without one")
    ] = False,
    years: Annotated[list[str] | None, option("YEARS", "such as 2018, 2000-2005 or 2020-10")] = None,
    bodies: Annotated[list[str] | None, option("NAMES", "such as UNTOC COP")] = None,
    title: Annotated[str, option("TEXT", "the heading")] = "",
    language: Annotated[Language, typer.Option(help="of names and references")] = "en",
    quotations: Annotated[int | None, option("N", "in a cell at most (default: 3)")] = None,
    form: Annotated[
        Literal["full", "one_pager", "talking_points"],
        typer.Option(help="full: table, quotations, annex; one_pager, talking_points: the strongest quotations only"),
    ] = "full",
    composer: Annotated[
        Literal["extractive", "model"] | None,
        typer.Option(
            help="extractive: quotations alone; model: its checked claims over them (default: the model if one is set)"
        ),
    ] = None,
    max_tokens: Annotated[
        int | None, option("N", "length of talking points in tokens; quotations are never cut")
    ] = None,
    max_points: Annotated[int | None, option("N", "number of talking points")] = None,
    template: Annotated[Path | None, option("DOCX", "a document of your house to take styles from")] = None,
    with_manifest: Annotated[bool, flag("--manifest", "beside each document, a file of hashes to check it by")] = False,
    output: Annotated[list[Path] | None, option("FILE", "a .docx, .xlsx, .md or .pdf", "-o", "--output")] = None,
) -> int:
    """Tabulate who said what on which topic or article, and write it as a briefing."""
    from app.briefing.as_json import contract_of
    from app.briefing.request import read_request
    from app.cli.print_documents import print_briefing
    from app.cli.printing import progress_bar
    from app.export.write import as_written, check_output, write_briefing

    outputs = output or []
    suffixes = {path.suffix.lower() for path in outputs}
    if template is not None and not suffixes & {".docx", ".pdf"}:
        raise UsageError("--template needs -o FILE.docx or -o FILE.pdf, whose styles it gives")
    if form != "full" and ".xlsx" in suffixes:
        raise UsageError(f"--form {form} has no .xlsx: choose -o FILE.docx, .pdf or .md for it")
    if form != "full" and not outputs and not (form == "one_pager" and invocation.as_json):
        raise UsageError(f"--form {form} needs -o FILE.docx, .pdf or .md, which has that form")
    if with_manifest and not outputs:
        raise UsageError("--manifest needs -o FILE, beside which it is written")
    if not outputs and not invocation.as_json and (max_points is not None or max_tokens is not None):
        raise UsageError("--max-points and --max-tokens need -o FILE or --json: a terminal shows no talking points")
    settings = invocation.settings()
    limits = settings.briefing
    template = template or limits.template
    for path in outputs:
        check_output(path, form, template)
    with invocation.workspace_to_ask(settings) as workspace:
        request = read_request(
            workspace.corpus.parties(),
            states=states or [],
            groups=group or [],
            topics=topic or [],
            articles=article or [],
            sessions=sessions or [],
            years=years or [],
            bodies=bodies or [],
            by_session=by_session,
            quotations=limits.quotations if quotations is None else quotations,
            title=title,
            language=language,
        )
        short = limits.one_page_tokens if form == "one_pager" else None
        with progress_bar("searching", quiet=invocation.as_json) as advance:
            briefing = workspace.briefings.build(
                request,
                lambda cells: advance(cells.done, cells.total, cells.label),
                max_points=limits.talking_points if max_points is None else max_points,
                max_tokens=short if max_tokens is None else max_tokens,
                composer=composer,
            )
        written = write_briefing(briefing, *outputs, template=template, form=form, with_manifest=with_manifest)
    # Citations are numbered as in the documents written above, if any.
    numbered = as_written(briefing, form if outputs else "full")
    return invocation.show(contract_of(numbered), lambda: print_briefing(numbered, written))


@command(commands, "untoc verify draft.docx -o checked.docx", "untoc verify draft.pdf -o report.docx")
def verify(
    invocation: Invocation,
    file: Annotated[Path, argument("FILE", "a .docx, .pdf, .md or .txt file")],
    output: Annotated[
        Path | None,
        option(
            "OUT",
            "write a copy with comments (.docx, of a .docx), or a report (.docx, .pdf, .md, .json)",
            "-o",
            "--output",
        ),
    ] = None,
) -> int:
    """Check every quotation in a document against the store; exit code 1 where one is not right."""
    from app.cli.print_documents import print_check
    from app.cli.printing import progress_bar

    if output is not None:
        # The writers of files take more than half a second to import.
        from app.export.check_report import check_output, write_output

        if problem := check_output(file, output):
            raise UsageError(problem)
    with invocation.workspace(read_only=True) as workspace:
        checker = workspace.checker()
        document = checker.read(file)
        with progress_bar("checking quotations", quiet=invocation.as_json) as advance:
            report = checker.check(document, advance)
        if output is not None:
            write_output(output, file, report)
        invocation.show(report.to_json(), lambda: print_check(report, output))
    return 0 if report.passed else 1
