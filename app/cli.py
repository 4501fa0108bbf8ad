"""The command line: subcommands, exit codes, printing. Heavy imports stand inside the command that needs them.

Exit codes: 0 done (an abstention is an answer) · 1 could not, or some file failed, or verify found a quotation that is
not verified · 2 wrong usage.
"""

import argparse
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from app.errors import AppError, BriefingError, QuestionError, ScopeError, SettingsError
from ingest.errors import IngestError
from prompts.wording import LANGUAGES
from vectorstore.errors import StoreError, StoreReadOnlyError

if TYPE_CHECKING:
    from app.settings import Settings
    from app.wiring import Workspace

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    signal.signal(signal.SIGTERM, _terminate)
    _show_what_the_terminal_cannot()
    try:
        code: int = options.command(options)
        sys.stdout.flush()
    except (QuestionError, ScopeError, SettingsError, BriefingError) as exc:
        return _fail(exc, 2)
    except (AppError, IngestError, StoreError) as exc:
        return _fail(exc, 1)
    except KeyboardInterrupt:
        print("interrupted: what was stored before is kept; run the command again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has enough; what is still buffered goes nowhere, or its flush would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def build_parser() -> argparse.ArgumentParser:
    """Returns the parser of all commands."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--store", type=Path, help="store folder (default: UNTOC_STORE, else your user data folder)")
    shared.add_argument("--json", action="store_true", help="print JSON")
    parser = argparse.ArgumentParser(
        prog="untoc",
        description="Ask what a State said on the UN Convention against Transnational Organized Crime.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    parser.set_defaults(command=None)

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[shared], help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    ingest = add("ingest", _ingest, "take statements into the store")
    ingest.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files, or folders with a statements.csv")
    ingest.add_argument("--sample", action="store_true", help="the statement that ships with this program")
    ingest.add_argument("--if-empty", action="store_true", help="only if the store holds nothing yet")
    ingest.add_argument(
        "--kind",
        choices=("statement", "record", "treaty"),
        default="statement",
        help="record: several speakers; treaty: reference text, kept apart from statements",
    )
    ingest.add_argument("--sync", action="store_true", help="remove statements whose file is gone from the folder")
    ingest.add_argument("--all", action="store_true", help="files that the manifest does not list as well")
    ingest.add_argument("--report", type=Path, metavar="FILE.csv", help="write what became of every file as CSV")
    manifest = add("manifest", _manifest, "draft a statements.csv from what the texts of a folder say")
    manifest.add_argument("folder", type=Path, metavar="DIR")
    manifest.add_argument("--force", action="store_true", help="replace an existing one")
    ask = add("ask", _ask, "answer a question with verified quotations")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("--from", dest="file", type=Path, metavar="FILE", help="one question a line, or JSON lines")
    ask.add_argument("--scope", metavar="JSON", help='put in place of what is read, such as {"states": ["IRN"]}')
    history = "earlier questions, oldest first: one a line, or JSON lines with question and scope"
    ask.add_argument("--history", type=Path, metavar="FILE", help=history)
    chat = add("chat", _chat, "open the chat in a browser")
    chat.add_argument("--host", help="address to bind to (default: 127.0.0.1)")
    chat.add_argument("--port", type=int, help="port (default: 7860; 0 takes a free one)")
    brief = add("brief", _brief, "make a position table and briefing: who said what on which topic or article")
    brief.add_argument("--states", action="append", default=[], metavar="NAMES", help="States or groups, with commas")
    brief.add_argument("--group", action="append", default=[], metavar="NAME", help="a group and all its members")
    brief.add_argument("--topic", action="append", default=[], metavar="WORDS", help="a topic; give it once for each")
    brief.add_argument("--article", action="append", default=[], metavar="NUMBER", help="such as 18 or TIP 9")
    brief.add_argument("--sessions", action="append", default=[], metavar="NUMBERS", help="one cell for each session")
    brief.add_argument("--by-session", action="store_true", help="one cell for every session there is")
    brief.add_argument("--years", action="append", default=[], metavar="YEARS", help="such as 2018 or 2000-2005")
    brief.add_argument("--bodies", action="append", default=[], metavar="NAMES", help="such as UNTOC COP")
    brief.add_argument("--title", default="", help="the heading")
    brief.add_argument("--language", default="en", choices=LANGUAGES, help="of names and references (default: en)")
    brief.add_argument("--quotations", type=int, help="in a cell at most (default: 3)")
    brief.add_argument(
        "--form",
        choices=("full", "one_pager", "talking_points"),
        default="full",
        help="full: table, quotations, annex; one_pager, talking_points: the strongest quotations only",
    )
    brief.add_argument(
        "--composer",
        choices=("extractive", "model"),
        help="extractive: quotations alone; model: its checked claims over them (default: the model if one is set)",
    )
    brief.add_argument("--max-tokens", type=int, help="length of talking points in tokens; quotations are never cut")
    brief.add_argument("--max-points", type=int, help="number of talking points")
    brief.add_argument("--template", type=Path, metavar="DOCX", help="a document of your house to take styles from")
    brief.add_argument(
        "-o", "--output", action="append", default=[], type=Path, metavar="FILE", help="a .docx, .xlsx, .md or .pdf"
    )
    verify = add("verify", _verify, "check every quotation in a document against the statements in the store")
    verify.add_argument("file", type=Path, metavar="FILE", help="a .docx, .pdf, .md or .txt file")
    output = "write a copy with comments (.docx, of a .docx), or a report (.md, .json)"
    verify.add_argument("-o", "--output", type=Path, metavar="OUT", help=output)
    show = add("show", _show, "show one statement, with its text under --json")
    show.add_argument("statement_id", metavar="ID")
    add("list", _list, "list the statements in the store")
    edit = add("edit", _edit, "correct metadata of a statement")
    edit.add_argument("statement_id", metavar="ID")
    edit.add_argument("changes", nargs="+", metavar="FIELD=VALUE", help="such as state=AUT; an empty value clears")
    remove = add("remove", _remove, "remove a statement from the store; its file stays")
    remove.add_argument("statement_id", metavar="ID")
    parties = add("parties", _parties, "list the parties that ingested folders added, or take one back")
    parties.add_argument("action", nargs="?", choices=("remove",))
    parties.add_argument("code", nargs="?", metavar="CODE", help="such as XAA")
    trace = add("trace", _trace, "show the record of an answer")
    trace.add_argument("trace_id", metavar="ID")
    doctor = add("doctor", _doctor, "check the store")
    doctor.add_argument("--rebuild", action="store_true", help="make the indexes anew, without embedding")
    doctor.add_argument("--reembed", action="store_true", help="embed everything with the model of the settings")
    add("config", _config, "show the settings in force")
    return parser


# --- commands


def _ingest(options: argparse.Namespace) -> int:
    from app.printing import ingest_progress, print_report
    from app.report_file import write_report
    from ingest.report import IngestReport

    if not options.paths and not options.sample:
        return _usage("name files or folders to ingest, or --sample")
    if options.paths and options.sample:
        return _usage("--sample takes no paths: ingest them with a command of their own")
    if options.report is not None and options.report.suffix.lower() != ".csv":
        return _usage(f"--report writes CSV: give {str(options.report)!r} the suffix .csv")
    with _workspace(options) as workspace:
        if options.if_empty and workspace.corpus.statements():
            if options.json:
                _print_json(IngestReport().to_json())
            return 0
        with ingest_progress(quiet=options.json) as progress:
            report = workspace.corpus.ingest(
                options.paths,
                sample=options.sample,
                sync=options.sync,
                include_unlisted=options.all,
                kind=options.kind,
                progress=progress,
            )
    if options.report is not None:
        write_report(report, options.report)
    if options.json:
        _print_json(report.to_json())
    else:
        print_report(report)
    return 1 if report.failed else 0


def _manifest(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        return _usage(f"no such folder: {str(options.folder)!r}")
    with _workspace(options) as workspace:
        path = workspace.corpus.draft_manifest(options.folder, overwrite=options.force)
    if options.json:
        _print_json({"manifest": str(path)})
    else:
        print(f"draft written to {path}: correct it, then run `untoc ingest {options.folder}`")
    return 0


def _ask(options: argparse.Namespace) -> int:
    from app.printing import print_answer
    from app.questions import clean_question, read_history, read_overrides, read_questions
    from app.settings import load_settings

    if (options.question is None) == (options.file is None):
        return _usage("give one question, or --from FILE")
    overrides = read_overrides(options.scope)
    history = read_history(options.history)
    settings = load_settings(store=options.store)
    _log(settings)
    with _workspace_to_ask(settings) as workspace:
        if options.file is None:
            question = clean_question(options.question)
            answer = workspace.assistant.ask(question, overrides=overrides, history=history)
            if options.json:
                _print_json(answer.to_json())
            else:
                print_answer(answer, workspace.corpus)
            return 0
        failed = False
        for asked in read_questions(options.file):
            record: dict[str, Any] = {} if asked.identifier is None else {"id": asked.identifier}
            try:
                if asked.problem is not None:
                    raise QuestionError(asked.problem)
                answer = workspace.assistant.ask(asked.question, overrides=overrides, history=asked.history or history)
                record |= answer.to_json()
            except AppError as exc:
                failed = True
                record |= {"question": asked.question, "error": str(exc)}
                _fail(exc, 1)
            _print_json(record, indent=None)
    return 1 if failed else 0


def _brief(options: argparse.Namespace) -> int:
    from app.briefing.printing import briefing_progress, print_briefing
    from app.briefing.request import read_request
    from app.export.arrange import arrange
    from app.export.write import check_output, write_briefing
    from app.settings import load_settings

    settings = load_settings(store=options.store)
    _log(settings)
    for path in options.output:
        check_output(path)
    limits = settings.briefing
    with _workspace_to_ask(settings) as workspace:
        request = read_request(
            workspace.corpus.parties(),
            states=options.states,
            groups=options.group,
            topics=options.topic,
            articles=options.article,
            sessions=options.sessions,
            years=options.years,
            bodies=options.bodies,
            by_session=options.by_session,
            quotations=limits.quotations if options.quotations is None else options.quotations,
            title=options.title,
            language=options.language,
        )
        short = limits.one_page_tokens if options.form == "one_pager" else None
        with briefing_progress(quiet=options.json) as progress:
            briefing = workspace.briefings.build(
                request,
                progress,
                max_points=limits.talking_points if options.max_points is None else options.max_points,
                max_tokens=short if options.max_tokens is None else options.max_tokens,
                composer=options.composer,
            )
        template = options.template or limits.template
        written = [
            file
            for path in options.output
            for file in write_briefing(briefing, path, template=template, form=options.form)
        ]
    # The numbers are those of the documents.
    numbered = arrange(briefing)
    if options.json:
        _print_json(numbered.to_json())
    else:
        print_briefing(numbered, written)
    return 0


def _chat(options: argparse.Namespace) -> int:
    from app.settings import load_settings

    settings = load_settings(store=options.store, host=options.host, port=options.port)
    _log(settings)
    from app.ui.server import serve

    with _workspace_to_ask(settings) as workspace:
        serve(
            workspace,
            settings.server.host,
            settings.server.port,
            on_ready=lambda address: print(f"The chat is open at {address} (stop with Ctrl-C)", flush=True),
        )
    return 0


def _verify(options: argparse.Namespace) -> int:
    from app.checking.checker import Checker
    from app.checking.output import check_output, write_output
    from app.checking.printing import check_progress, print_check

    problem = check_output(options.file, options.output)
    if problem is not None:
        return _usage(problem)
    with _workspace(options, read_only=True) as workspace:
        checker = Checker(workspace.store.catalogue, workspace.corpus.parties, workspace.settings.load)
        document = checker.read(options.file)
        with check_progress(quiet=options.json) as progress:
            report = checker.check(document, progress)
        if options.output is not None:
            write_output(options.output, options.file, report, checker.party_name)
        if options.json:
            _print_json(report.to_json())
        else:
            print_check(report, checker.party_name)
            if options.output is not None:
                print(f"written to {options.output}")
    return 0 if report.passed else 1


def _show(options: argparse.Namespace) -> int:
    from app.printing import print_statement, statement_json

    with _workspace(options, read_only=True) as workspace:
        statement = workspace.corpus.show(options.statement_id)
        if options.json:
            family = workspace.corpus.families().get(statement.statement_id)
            _print_json(statement_json(statement, family, workspace.corpus.interventions(options.statement_id)))
        else:
            print_statement(statement, workspace.corpus)
    return 0


def _list(options: argparse.Namespace) -> int:
    from app.printing import print_statements, summary_json

    with _workspace(options, read_only=True) as workspace:
        statements = workspace.corpus.statements()
        if options.json:
            families = workspace.corpus.families()
            _print_json([summary_json(statement, families.get(statement.statement_id)) for statement in statements])
        else:
            print_statements(statements, workspace.corpus)
    return 0


def _edit(options: argparse.Namespace) -> int:
    from app.printing import summary_json

    changes = dict(change.partition("=")[::2] for change in options.changes)
    wrong = [change for change in options.changes if "=" not in change]
    if wrong:
        return _usage(f"{wrong[0]!r} is not FIELD=VALUE")
    with _workspace(options) as workspace:
        summary = workspace.corpus.edit(options.statement_id, changes)
    if options.json:
        _print_json(summary_json(summary))
    else:
        print(f"{summary.file}: corrected; its id is now {summary.statement_id}")
    return 0


def _remove(options: argparse.Namespace) -> int:
    with _workspace(options) as workspace:
        workspace.corpus.remove(options.statement_id)
    if options.json:
        _print_json({"removed": options.statement_id})
    else:
        print(f"{options.statement_id} removed from the store")
    return 0


def _parties(options: argparse.Namespace) -> int:
    from app.printing import print_parties

    if (options.action is None) != (options.code is None):
        return _usage("give `parties remove CODE`, or `parties` alone to list them")
    if options.action == "remove":
        with _workspace(options) as workspace:
            workspace.corpus.remove_party(options.code)
        if options.json:
            _print_json({"removed": options.code})
        else:
            print(
                f"{options.code} removed: correct the parties.csv that named it, and ingest that folder again to read"
                " its statements anew"
            )
        return 0
    with _workspace(options, read_only=True) as workspace:
        parties = workspace.corpus.added_parties()
    if options.json:
        _print_json([{"code": p.code, "name": p.name, "aliases": list(p.aliases), "kind": p.kind} for p in parties])
    else:
        print_parties(parties)
    return 0


def _trace(options: argparse.Namespace) -> int:
    from app.printing import print_trace

    with _workspace(options, read_only=True) as workspace:
        trace = workspace.corpus.trace(options.trace_id)
    if options.json:
        _print_json(trace)
    else:
        print_trace(trace)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from app.printing import print_checks

    with _workspace(options, read_only=not (options.rebuild or options.reembed), check_model=not options.reembed) as w:
        report = w.doctor(rebuild=options.rebuild, reembed=options.reembed)
    if options.json:
        _print_json(
            {
                "ok": report.ok,
                "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in report.checks],
            }
        )
    else:
        print_checks(report)
    return 0 if report.ok else 1


def _config(options: argparse.Namespace) -> int:
    from app.printing import print_settings
    from app.settings import load_settings, unknown_variables, variables

    settings = load_settings(store=options.store)
    effective = {
        name: value if isinstance(value, int | float | bool) else str(value) for name, value in variables(settings)
    }
    unknown = unknown_variables(settings)
    if options.json:
        _print_json({"settings": effective, "unknown": list(unknown)})
    else:
        print_settings(effective, unknown)
    return 0


# --- shared


def _workspace(options: argparse.Namespace, *, read_only: bool = False, check_model: bool = True) -> "Workspace":
    from app.settings import load_settings
    from app.wiring import open_workspace

    settings = load_settings(store=options.store)
    _log(settings)
    return open_workspace(settings, read_only=read_only, check_model=check_model)


def _workspace_to_ask(settings: "Settings") -> "Workspace":
    """Opens the store to ask it; one that cannot be written still answers, and keeps no records of answers."""
    from app.wiring import open_workspace

    try:
        return open_workspace(settings)
    except StoreReadOnlyError:
        return open_workspace(settings, read_only=True)


def _log(settings: "Settings") -> None:
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def _print_json(value: object, *, indent: int | None = 2) -> None:
    # Where the output cannot hold every character, JSON's own escapes can.
    escaped = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=escaped, indent=indent), flush=True)


def _show_what_the_terminal_cannot() -> None:
    """Lets output go on with a mark where a terminal's encoding lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _usage(message: str) -> int:
    print(f"untoc: {message}; see --help", file=sys.stderr)
    return 2


def _fail(error: Exception, code: int) -> int:
    print(f"untoc: {error}", file=sys.stderr)
    return code


def _terminate(signum: int, frame: FrameType | None) -> None:
    """Turns SIGTERM into an orderly end, since a kill in the middle of a write can tear the vector index."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
