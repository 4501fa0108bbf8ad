"""Printing on a terminal: tables, answers and progress; plain lines in a pipe."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from app.answering.localization import Localization, localize
from app.answering.provenance import reference, statement_holders
from app.records import Answer, Citation, Coverage
from ingest.parties.party_names import Party
from ingest.parties.party_table import PartyTable
from ingest.report import NO_STATE, IngestReport
from prompts.wording import Wording, load_remark_words
from vectorstore.records import DocumentSummary, Statement, StatementSummary

if TYPE_CHECKING:
    from app.corpus.corpus import Corpus
    from app.corpus.doctor import DoctorReport
    from app.server.accounts import Account, Key

_RESULT_STYLES = {"added": "green"} | dict.fromkeys(("failed", "missing"), "bold red")
_RESULT_STYLES |= dict.fromkeys(("not_listed", "skipped"), "yellow")
# If there are more files than this, only those that need attention are listed, and all are counted.
_LISTED = 40
# Columns of a terminal below which statements are listed in two lines each, since a table would cut them to pieces.
_NARROW = 120
# Most statements without a State whose command is printed.
_NAMELESS = 10
# Added to the note that no calibration suits the models in use.
_FITS_A_CALIBRATION = ": `untoc-eval calibrate` fits one"
# Control characters, on which a terminal acts, are replaced: texts and file names come from anywhere.
_CONTROL = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def inert(text: str) -> str:
    """Returns a text on which a terminal does not act: its control characters are replaced by U+FFFD."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").translate(_CONTROL)


def literal(text: str, style: str = "") -> Text:
    """Returns a text to print literally: markup is not interpreted, and control characters are replaced (`inert`)."""
    return Text(inert(text), style=style)


def in_pipe() -> bool:
    """Returns whether other programs read standard output; nothing is then wrapped, boxed or set off by bars."""
    return not sys.stdout.isatty()


def stdout_console() -> Console:
    """Returns the console that commands print to; `NO_COLOR` turns its colours off."""
    return Console(soft_wrap=in_pipe())


def print_table(console: Console, table: Table) -> None:
    """Prints a table: in a pipe as lines of cells with tabs between them, the headings first."""
    if not in_pipe():
        for column in table.columns:
            # Long words such as the names of files go on in the next line; by default they are cut off.
            column.overflow = "ellipsis" if column.no_wrap else "fold"
        console.print(table)
        return
    lines: list[Sequence[object]] = [[table.title]] if table.title is not None else []
    if table.show_header:
        lines.append([column.header for column in table.columns])
    lines += zip(*(column.cells for column in table.columns), strict=True)
    for cells in lines:
        # Written past rich, which would replace the tabs by spaces.
        console.file.write("\t".join(" ".join(str(cell).split()) for cell in cells) + "\n")


def _print_rows(columns: Sequence[str | Column], rows: Iterable[Sequence[str | Text | None]], empty: str = "—") -> None:
    """Prints a table of rows; text is printed literally, and `empty` stands for an empty text or None."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else literal(cell or empty) for cell in row))
    print_table(stdout_console(), table)


def print_markdown(console: Console, markdown: str) -> None:
    """Prints a text in Markdown: in a pipe each paragraph, quotation or item as one line without markup."""
    if not in_pipe():
        from rich.markdown import Markdown

        console.print(Markdown(inert(markdown)))
        return
    from markdown_it import MarkdownIt

    for token in MarkdownIt("commonmark").parse(inert(markdown)):
        if token.type == "inline":
            pieces = (" " if child.type.endswith("break") else child.content for child in token.children or ())
            console.file.write("".join(pieces) + "\n")


def print_answer(answer: Answer, parties: PartyTable, say: Callable[[str], str] = str) -> None:
    """Prints an answer; `say` is applied to notes that name a command, as everywhere here (`Invocation.runnable`)."""
    console = stdout_console()
    local = localize(parties, answer.scope.language)
    for note in answer.scope.notes:
        # Pages show the note as well, and name no commands, so that the command is added here.
        mended_by = _FITS_A_CALIBRATION if note == local.say("note_uncalibrated") else ""
        console.print(literal(f"{note}{say(mended_by)}", "dim italic"))
    print_markdown(console, answer.answer)
    if answer.citations:
        console.print()
    for citation in answer.citations:
        console.print(_reference(citation, local))
    if answer.related:
        console.print(Text(f"\n{local.say('related')}:", style="bold"))
        for citation in answer.related:
            console.print(literal(f"  “{' '.join(citation.quote.split())}”", "dim"))
            console.print(_reference(citation, local))
    console.print(literal(coverage_line(answer.coverage, local.name, local), "dim"))


def coverage_line(coverage: Coverage, name: Callable[[str], str], wording: Wording) -> str:
    """Returns one line that says what was searched, and for which parties nothing was found."""
    counts = {"in_scope": coverage.statements_in_scope, "with_evidence": coverage.statements_with_evidence}
    parts = [wording.say("coverage", **counts)]
    for kind, field, items in (
        ("without_evidence", "parties", map(name, coverage.states_without_evidence)),
        ("without_statement", "parties", map(name, coverage.states_without_statement)),
        ("unreadable", "files", coverage.unreadable_files),
    ):
        if names := ", ".join(items):
            parts.append(wording.say(f"coverage_{kind}", **{field: names}))
    return " ".join(parts)


def _reference(citation: Citation, local: Localization) -> Text:
    words = load_remark_words(local.language)
    remarks = [words.say(f"verdict_{citation.verdict}")]
    if citation.also_in:
        remarks.append(words.say("also_in", places=words.list_comma.join(citation.also_in)))
    in_words = "".join(f" · {remark[:1].lower()}{remark[1:]}" for remark in remarks)
    return literal(f"[{citation.number}] {reference(citation, local)}{in_words}")


@contextmanager
def progress_bar(title: str, *, quiet: bool) -> Iterator[Callable[..., None]]:
    """Yields a callback that shows a progress bar on standard error; if quiet or in a pipe, it shows nothing.

    It takes what is done, of how many, the current item, and a command's own words for rate and time left (`pace`).
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda done, total, label="", pace=None: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), "{task.fields[pace]}")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None, pace="")

        def advance(done: float, total: int, label: str = "", pace: str | None = None) -> None:
            description = inert(label[:60]).replace("[", "\\[") or title
            left = bar.tasks[0].time_remaining
            shown = pace if pace is not None else "" if left is None else f"about {left:.0f} s left"
            bar.update(task, total=total, completed=int(done), description=description, pace=shown)

        yield advance


def print_report(report: IngestReport, say: Callable[[str], str]) -> None:
    """Prints the result of every file, or of many only those that need attention, and the counts."""
    console = stdout_console()
    shown = report.files
    if len(shown) > _LISTED:
        shown = tuple(file for file in shown if file.result not in ("added", "unchanged") or file.reason)
    if shown:
        styled = ((file, Text(file.result, style=_RESULT_STYLES.get(file.result, ""))) for file in shown)
        rows = ((file.file, result, file.state, say(file.reason or "")) for file, result in styled)
        _print_rows(("file", "result", "State", "reason"), rows, empty="")
    counts = Counter(file.result for file in report.files)
    summary = ", ".join(f"{number} {result}" for result, number in sorted(counts.items())) or "no files"
    console.print(f"{summary}; {report.embedded_passages} passages embedded in {report.seconds:.1f} s", highlight=False)
    for note in report.notes:
        console.print(literal(say(f"note: {note}")))
    nameless = {file.statement_id: file.file for file in report.files if NO_STATE in (file.reason or "")}
    for identifier, name in islice(nameless.items(), _NAMELESS):
        advice = say(f"`untoc edit {identifier} state=CODE`")
        console.print(literal(f"set the State of {name} by {advice}"), highlight=False)
    if len(nameless) > _NAMELESS:
        more = f"{len(nameless) - _NAMELESS} more have no State: `untoc list` gives their ids"
        console.print(literal(say(more)), highlight=False)
    if any(file.result == "not_listed" for file in report.files):
        console.print("take files that a statements.csv does not list by --all", highlight=False)


def print_parties(parties: Sequence[Party]) -> None:
    """Prints the parties that ingested folders added as a table."""
    rows = [(party.code, party.name, party.kind, ", ".join(party.aliases)) for party in parties]
    _print_rows((Column("code", no_wrap=True), "name", "kind", "other names"), rows)
    stdout_console().print(f"{len(parties)} parties added by ingested folders", highlight=False)


def print_accounts(accounts: Sequence["Account"]) -> None:
    """Prints accounts of the server as a table, with how each signs in."""

    def cells(account: "Account") -> tuple[str, ...]:
        role = f"{account.role} (removed)" if account.removed else account.role
        return account.name, role, *("yes" if each else "no" for each in (account.has_password, account.bound))

    _print_rows(("account", "role", "password", "bound"), map(cells, accounts))


def print_keys(keys: Sequence["Key"]) -> None:
    """Prints keys of the server as a table."""

    def cells(key: "Key") -> tuple[str, ...]:
        validity = "revoked" if key.revoked else f"until {(key.expires or 'revoked')[:10]}"
        return key.identifier, key.account, " ".join(key.scopes), validity, key.label

    _print_rows((Column("id", no_wrap=True), "account", "may", "valid", "label"), map(cells, keys), empty="")


def print_documents(documents: Sequence[DocumentSummary], corpus: "Corpus") -> None:
    """Prints the documents in the store as a table."""
    families = corpus.families()

    def cells(document: DocumentSummary) -> tuple[str | None, ...]:
        identifier, metadata = document.document_id, document.metadata
        # A record of several speakers has no State of its own.
        several = f"record, {document.interventions} interventions" if document.interventions else None
        whose = several or statement_holders(document.kind, metadata, corpus.party_name)
        item = metadata.agenda_item and f"item {metadata.agenda_item}"
        occasion = ", ".join(filter(None, (" ".join(filter(None, (metadata.body, metadata.session))), item)))
        family = families.get(identifier)
        superseded = " superseded" if family is not None and family.superseded_by(identifier) else ""
        kinship = None if family is None else family.family_id[:6] + superseded
        return identifier, whose, occasion, metadata.date, metadata.language, kinship, document.file

    console = stdout_console()
    if not in_pipe() and console.width < _NARROW:
        for identifier, whose, *rest in map(cells, documents):
            # Wrapped by the terminal alone, so that an id or a file's name can be copied whole.
            console.print(literal(f"{identifier}  {whose or '—'}", "bold"), soft_wrap=True)
            console.print(literal(f"  {' · '.join(filter(None, rest))}"), soft_wrap=True)
    else:
        # An id is copied from here into other commands, so it is never wrapped.
        date = Column("date", no_wrap=True)
        columns: list[str | Column] = ["State or treaty", "occasion", date, "lang", "family", "file"]
        _print_rows([Column("id", no_wrap=True), *columns], map(cells, documents))
    console.print(f"{len(documents)} statement{'' if len(documents) == 1 else 's'}", highlight=False)


def print_statement(statement: Statement, corpus: "Corpus") -> None:
    """Prints a statement's metadata and readable text; for an intervention, only its part of the record."""
    from ingest.text.readable import readable

    console = stdout_console()
    document, span = statement.document, statement.span
    if span.named is not None:
        summarised = ", as summarised in the record" if span.summarised else ""
        place = f"intervention {span.ordinal} of record {document.document_id}"
        console.print(literal(f"{place}: {span.named}{summarised}"))
    for name, value in asdict(statement.metadata).items():
        if value is not None:
            mark = " (inferred)" if name in statement.inferred else ""
            shown = corpus.party_name(value) if name == "state" else value
            if name == "held_by":
                shown = ", ".join(map(corpus.party_name, value))
            console.print(literal(f"{name}: {shown}{mark}"))
    if span.named is None and (kinship := corpus.kinship(document.document_id)) is not None:
        console.print(literal(f"family: {kinship}"))
    console.print(literal(f"file: {statement.file}\n"))

    def cells(item: StatementSummary) -> tuple[str | None, ...]:
        who = corpus.party_name(item.metadata.state) if item.span.role == "party" else f"nobody's ({item.span.role})"
        words = "the record's" if item.span.summarised else "the speaker's"
        return item.statement_id, who, item.span.named, words

    if interventions := corpus.interventions(statement.statement_id):
        _print_rows(("id", "party", "speaker as named", "words"), map(cells, interventions), empty="")
    console.print(literal(readable(document.source_text, document.edits, span.start, span.end)))


def print_checks(report: "DoctorReport", say: Callable[[str], str]) -> None:
    """Prints the findings of a health check."""
    marks = {True: Text("sound", style="green"), False: Text("broken", style="bold red")}
    rows = ((check.name, marks[check.ok], say(check.detail)) for check in report.checks)
    _print_rows(("part", "", "finding"), rows, empty="")


def print_trace(trace: Mapping[str, Any]) -> None:
    """Prints the trace of an answer, and the answer below it."""
    console = stdout_console()
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for label, text in _lines_of(trace):
        table.add_row(Text(label, style="dim"), literal(text))
    print_table(console, table)
    console.print()
    print_markdown(console, str(trace["answer"]))


def _lines_of(trace: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns a trace as (label, text) lines."""
    record, scope, timings = trace.get("record") or {}, trace["scope"], trace["timings_ms"]
    named = ", ".join(f"{name} {value}" for name, value in scope.items() if value and name not in ("notes", "language"))
    how = f"{trace['composer']}" + (f", {trace['model']}" if trace.get("model") else "")
    usage = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in (trace.get("usage") or {}).items())
    problem = f"{record['problem']} {record.get('detail', '')}".strip() if record.get("problem") else ""
    return [
        ("question", str(trace["question"])),
        ("answered", f"{record.get('at', '')} {trace['status']}".strip()),
        ("scope", named or "everything"),
        ("written by", f"{how}; prompt {trace['prompt_version']}"),
        ("time", ", ".join(f"{name} {value:.0f} ms" for name, value in timings.items() if value)),
        *((label, text) for label, text in (("usage", usage), ("problem", problem)) if text),
        *(
            ("candidate", f"{item['rank']}. {item['passage_id']} score {item['score']}")
            for item in trace["retrieved"][:10]
        ),
        *(
            ("evidence", f"{item['party']} {item['sentence_id']} {item['confidence_source']} {item['confidence']}")
            for item in record.get("evidence", [])[:20]
        ),
        *(("claim", f"{claim['text']} {claim['citations']}") for claim in trace["claims"]),
        *(("dropped", f"{claim['text']} — {claim['reason']}") for claim in trace["dropped_claims"]),
    ]


def print_settings(effective: Mapping[str, object], unknown: Sequence[str]) -> None:
    """Prints the settings in force, and variables that no setting reads."""
    rows = ((name, "" if value is None else str(value)) for name, value in effective.items())
    _print_rows(("variable", "value"), rows, empty="")
    for name in unknown:
        stdout_console().print(Text(f"{name} is set, but no setting reads it: check its spelling", style="yellow"))
