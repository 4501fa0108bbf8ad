"""The command line of the evals: run cases, and fit the calibration of confidence."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app.errors import AppError
from evals.cases import Case, load_cases
from evals.errors import EvalError
from ingest.errors import IngestError
from vectorstore.errors import StoreError

if TYPE_CHECKING:
    from app.wiring import Workspace


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 could not, 2 wrong usage."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        code: int = options.command(options)
    except (AppError, EvalError, IngestError, StoreError) as exc:
        print(f"untoc-eval: {exc}", file=sys.stderr)
        return 1
    return code


def build_parser() -> argparse.ArgumentParser:
    """Returns the parser of all commands."""
    parser = argparse.ArgumentParser(prog="untoc-eval", description="Measure the quality of the assistant's answers.")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    run = commands.add_parser("run", help="ask every question of a set of cases, and print the figures")
    run.set_defaults(command=_run)
    calibrate = commands.add_parser("calibrate", help="fit the weights of confidence, with folds by State")
    calibrate.set_defaults(command=_calibrate)
    for sub in (run, calibrate):
        sub.add_argument("dataset", help="a file of cases, or `dev` or `smoke`, which come with this program")
        sub.add_argument("--corpus", type=Path, help="the folder of statements; `smoke` brings its own")
        sub.add_argument("--store", type=Path, help="where it is ingested; default: a temporary folder")
        sub.add_argument("--limit", type=int, help="only the first N cases")
    run.add_argument("--json", action="store_true", help="print JSON")
    run.add_argument("--answers", type=Path, help="write the answers there, as JSON lines")
    return parser


def _run(options: argparse.Namespace) -> int:
    from evals.runner import figures, run_cases

    with ExitStack() as stack:
        cases, workspace = _open(options, stack)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("asking", total=len(cases))
            answers = run_cases(cases, workspace.assistant, lambda case, answer: bar.advance(task))
        result = figures(cases, answers, workspace.corpus)
    if options.answers is not None:
        lines = [json.dumps({"id": key} | answer.to_json(), ensure_ascii=False) for key, answer in answers.items()]
        options.answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if options.json:
        print(json.dumps(asdict(result), indent=2))
        return 0
    table = Table("figure", "value", title=f"{options.dataset}: {result.cases} cases")
    for name, value in asdict(result).items():
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        table.add_row(name, shown)
    Console().print(table)
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from evals.calibrate import fit

    with ExitStack() as stack:
        cases, workspace = _open(options, stack)
        result = fit(cases, workspace)
    print(json.dumps(asdict(result), indent=2))
    return 0


def _open(options: argparse.Namespace, stack: ExitStack) -> "tuple[tuple[Case, ...], Workspace]":
    from app.settings import load_settings
    from app.wiring import open_workspace

    package = Path(str(files("evals")))
    shipped = {
        "dev": package / "datasets" / "dev.yaml",
        "smoke": package / "conference" / "questions.yaml",
    }
    corpus = options.corpus or (package / "conference" if options.dataset == "smoke" else None)
    if corpus is None:
        raise EvalError(f"the cases of {options.dataset!r} need their folder of statements: give --corpus")
    cases = load_cases(shipped.get(options.dataset, Path(options.dataset)), corpus=corpus)
    store = options.store or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="untoc-eval-")))
    workspace = stack.enter_context(open_workspace(load_settings(store=store)))
    workspace.corpus.ingest([corpus])
    return cases[: options.limit], workspace


if __name__ == "__main__":
    sys.exit(main())
