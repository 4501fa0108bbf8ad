"""The command line of the evals: run cases as they are or in other words, and fit the calibration of confidence."""

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
    from evals.rewording import Setting
    from evals.runner import Figures, WordingFigures


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
        sub.add_argument("--limit", type=_count, help="only the first N cases")
        sub.add_argument("--every", type=_count, default=1, help="only every Nth case")
    run.add_argument(
        "--reword", metavar="all|NAMES|N", help="ask each question in other words as well; N draws so many"
    )
    run.add_argument("--curve", type=Path, help="draw risk over coverage there, as SVG")
    run.add_argument("--json", action="store_true", help="print JSON")
    run.add_argument("--answers", type=Path, help="write the answers there, as JSON lines")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from evals.curve import curve_svg
    from evals.rewording import chosen_wordings, reword, setting_of
    from evals.runner import figures, run_cases, wording_figures

    wordings = None if options.reword is None else chosen_wordings(options.reword)
    with ExitStack() as stack:
        cases, workspace, corpus = _open(options, stack)
        setting: Setting | None = None
        if wordings is not None:
            setting = setting_of(corpus, workspace.corpus.parties())
            cases = [asked for case in cases for asked in (case, *reword(case, setting, wordings).values())]
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("asking", total=len(cases))
            answers = run_cases(cases, workspace.assistant, lambda case, answer: bar.advance(task))
        result = figures(cases, answers, workspace.corpus)
    worded = () if setting is None else wording_figures(cases, answers, setting.sessions)
    if options.answers is not None:
        lines = [json.dumps({"id": key} | answer.to_json(), ensure_ascii=False) for key, answer in answers.items()]
        options.answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if options.curve is not None:
        options.curve.write_text(curve_svg(result.risk, f"{options.dataset}: risk over coverage"), encoding="utf-8")
    if options.json:
        wordings_json = {"wordings": [asdict(found) for found in worded]} if worded else {}
        print(json.dumps(asdict(result) | wordings_json, indent=2))
        return 0
    _print_figures(result, f"{options.dataset}: {result.cases} cases")
    if worded:
        _print_wordings(worded)
    return 0


def _print_figures(result: "Figures", title: str) -> None:
    table = Table("figure", "value", title=title)
    shown = asdict(result)
    # The points of the curve are for JSON and the picture.
    shown["risk"] = {"aurc": result.risk.aurc, "cases": result.risk.cases}
    for name, value in shown.items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    Console().print(table)


def _print_wordings(worded: "Sequence[WordingFigures]") -> None:
    table = Table("wording", "cases", "right", "first five", "abstention P", "R", "topic", "failures", title="wordings")
    for found in worded:
        table.add_row(
            found.wording,
            str(found.cases),
            *map(_share, (found.right, found.five, found.abstention.precision, found.abstention.recall, found.topic)),
            ", ".join(f"{name} {count}" for name, count in found.failures.items()),
        )
    Console().print(table)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _calibrate(options: argparse.Namespace) -> int:
    from evals.calibrate import fit

    with ExitStack() as stack:
        cases, workspace, _ = _open(options, stack)
        result = fit(cases, workspace)
    print(json.dumps(asdict(result), indent=2))
    return 0


def _open(options: argparse.Namespace, stack: ExitStack) -> "tuple[Sequence[Case], Workspace, Path]":
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
    return cases[: options.limit : options.every], workspace, corpus


if __name__ == "__main__":
    sys.exit(main())
