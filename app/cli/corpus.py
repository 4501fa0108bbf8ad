"""Commands on the content of the store: `ingest`, `manifest`, `list`, `show`, `edit`, `remove`, `parties`, `doctor`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli.command import Invocation, UsageError, argument, command, flag, option
from vectorstore.errors import StoreMissingError

commands = typer.Typer()

StatementId = Annotated[str, argument("ID", "as `untoc list` shows it")]


@command(commands, "untoc ingest --sample", "untoc ingest statements/ --sync", "untoc ingest treaty.pdf --kind treaty")
def ingest(
    invocation: Invocation,
    paths: Annotated[list[Path] | None, argument("PATH", "files, or folders with a statements.csv")] = None,
    sample: Annotated[bool, flag("--sample", "the statement that ships with this program")] = False,
    if_empty: Annotated[bool, flag("--if-empty", "only if the store holds nothing yet")] = False,
    kind: Annotated[
        Literal["statement", "record", "treaty"],
        typer.Option(help="record: several speakers; treaty: reference text, kept apart from statements"),
    ] = "statement",
    sync: Annotated[bool, flag("--sync", "remove statements whose file is gone from the folder")] = False,
    unlisted: Annotated[bool, flag("--all", "files that the manifest does not list as well")] = False,
    report: Annotated[Path | None, option("FILE.csv", "write what became of every file as CSV")] = None,
) -> int:
    """Take statements into the store."""
    from app.cli.printing import print_report, progress_bar
    from app.corpus.ingest_report_csv import write_report
    from ingest.errors import IngestStoppedError
    from ingest.report import IngestProgress, IngestReport

    if not paths and not sample:
        raise UsageError("name files or folders to ingest, or --sample")
    if paths and sample:
        raise UsageError("--sample takes no paths: ingest them with a command of their own")
    if report is not None and report.suffix.lower() != ".csv":
        raise UsageError(f"--report writes CSV: give {str(report)!r} the suffix .csv")
    with invocation.workspace(create=True) as workspace:
        if if_empty and workspace.corpus.documents():
            return invocation.show(IngestReport().to_json(), lambda: None)
        with progress_bar("ingest", quiet=invocation.as_json) as advance:

            def show(step: IngestProgress) -> None:
                done = step.finished if step.step == "embed" else step.done
                advance(done, step.total, f"{step.step} {step.file[-40:]}", step.pace)

            stopped = None
            try:
                done = workspace.corpus.ingest(
                    paths or [], sample=sample, sync=sync, include_unlisted=unlisted, kind=kind, progress=show
                )
            except IngestStoppedError as exc:
                done, stopped = exc.report, exc
    if report is not None:
        write_report(done, report)
    invocation.show(done.to_json(), lambda: print_report(done, invocation.runnable))
    if stopped is not None:
        raise stopped
    return 1 if done.failed else 0


@command(commands, "untoc manifest statements/", "untoc manifest statements/ --force")
def manifest(
    invocation: Invocation,
    folder: Annotated[Path, argument("DIR", "folder of texts")],
    force: Annotated[bool, flag("--force", "replace an existing one")] = False,
) -> int:
    """Draft a statements.csv from what the texts of a folder say."""
    if not folder.is_dir():
        raise UsageError(f"no such folder: {str(folder)!r}")
    with invocation.workspace_or_empty() as workspace:
        path = workspace.corpus.draft_manifest(folder, overwrite=force)
    message = f"draft written to {path}: correct it, then run `untoc ingest {folder}`"
    return invocation.show({"manifest": str(path)}, message)


@command(commands, "untoc list", "untoc list --json", name="list")
def list_statements(invocation: Invocation) -> int:
    """List the statements in the store."""
    from app.cli.printing import print_documents
    from app.corpus.as_json import summary_json

    with invocation.workspace(read_only=True) as workspace:
        documents, families = workspace.corpus.documents(), workspace.corpus.families()
        listed = [summary_json(document, families.get(document.document_id)) for document in documents]
        return invocation.show(listed, lambda: print_documents(documents, workspace.corpus))


@command(commands, "untoc show 685815eed2f2fa70", "untoc show 685815eed2f2fa70 --json")
def show(invocation: Invocation, statement_id: StatementId) -> int:
    """Show one statement, with its text under --json."""
    from app.cli.printing import print_statement
    from app.corpus.as_json import shown_json

    with invocation.workspace(read_only=True) as workspace:
        shown = shown_json(workspace.corpus, statement_id)
        return invocation.show(shown, lambda: print_statement(workspace.corpus.show(statement_id), workspace.corpus))


@command(commands, "untoc edit 685815eed2f2fa70 state=AUT", 'untoc edit 16442a252668ca2b session=10 "agenda_item="')
def edit(
    invocation: Invocation,
    statement_id: StatementId,
    changes: Annotated[list[str], argument("FIELD=VALUE", "such as state=AUT; an empty value clears")],
) -> int:
    """Correct metadata of a statement, which gets a new id that is printed; a part of a record keeps its own."""
    from app.corpus.as_json import summary_json

    if wrong := [change for change in changes if "=" not in change]:
        raise UsageError(f"{wrong[0]!r} is not FIELD=VALUE")
    with invocation.workspace() as workspace:
        corrected = workspace.corpus.edit(statement_id, dict(change.partition("=")[::2] for change in changes))
        summary = workspace.corpus.summary(corrected)
    moved = "" if corrected == statement_id else f"; its id is now {corrected}"
    return invocation.show(summary_json(summary), f"{summary.file}: corrected{moved}")


@command(commands, "untoc remove 685815eed2f2fa70")
def remove(invocation: Invocation, statement_id: StatementId) -> int:
    """Remove a statement from the store; its file stays."""
    with invocation.workspace() as workspace:
        workspace.corpus.remove(statement_id)
    return invocation.show({"removed": statement_id}, f"{statement_id} removed from the store")


@command(commands, "untoc parties", "untoc parties remove XAA")
def parties(
    invocation: Invocation,
    action: Annotated[Literal["remove"] | None, argument("remove", "take one back")] = None,
    code: Annotated[str | None, argument("CODE", "such as XAA")] = None,
) -> int:
    """List the parties that ingested folders added, or take one back."""
    from app.cli.printing import print_parties
    from app.corpus.as_json import party_json

    if (action is None) != (code is None):
        raise UsageError("give `parties remove CODE`, or `parties` alone to list them")
    if code is not None:
        with invocation.workspace() as workspace:
            duplicates = workspace.corpus.remove_party(code)
        files = [statement.file for statement in duplicates]
        lines = [f"{file} removed: without {code} it is the same statement as another" for file in files]
        advice = "correct the parties.csv that named it, and ingest that folder again to read its statements anew"
        message = "\n".join((*lines, f"{code} removed: {advice}"))
        return invocation.show({"removed": code, "duplicates": files}, message)
    with invocation.workspace(read_only=True) as workspace:
        added = workspace.corpus.added_parties()
    return invocation.show(list(map(party_json, added)), lambda: print_parties(added))


@command(commands, "untoc doctor", "untoc doctor --rebuild")
def doctor(
    invocation: Invocation,
    rebuild: Annotated[
        bool, flag("--rebuild", "bring the store up to date and make its indexes anew, without embedding")
    ] = False,
    reembed: Annotated[bool, flag("--reembed", "embed everything with the model of the settings")] = False,
) -> int:
    """Check the store."""
    from app.cli.printing import print_checks
    from app.corpus.doctor import DoctorReport
    from vectorstore.health import Check

    try:
        with invocation.workspace(read_only=not (rebuild or reembed), check_model=not reembed) as workspace:
            report = workspace.doctor(rebuild=rebuild, reembed=reembed)
    except StoreMissingError as exc:
        report = DoctorReport(checks=(Check(name="store", ok=False, detail=str(exc)),))
    invocation.show(report.to_json(), lambda: print_checks(report, invocation.runnable))
    return 0 if report.ok else 1
