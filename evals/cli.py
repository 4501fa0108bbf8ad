"""The command line of the evals, `untoc-eval`: subcommands, exit codes and printing; heavy imports inside each."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError
from app.loopback import HostError
from app.settings import Settings, load_settings
from evals.errors import DatasetError, EvalError, RunError
from evals.paths import eval_paths
from ingest.errors import IngestError
from vectorstore.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evals.compare import Comparison
    from evals.gates import GateReport
    from evals.golden.documents import Documents
    from evals.launch import RunOptions
    from evals.runs import Run
    from evals.summary import Price

INVALID = 2
# Value of `--md` without a file: the report goes into the run's own folder.
_IN_RUN = Path("-in-run-")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 could not or a gate failed, 2 wrong usage or invalid."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return INVALID
    try:
        options.settings = load_settings(store=options.store)
        options.paths = eval_paths(options.settings.store)
        options.runs = options.runs or options.paths.runs
        code: int = options.command(options)
    except (AppError, EvalError, IngestError, StoreError) as exc:
        print(f"untoc-eval: {exc}", file=sys.stderr)
        return INVALID if options.command is _gate or isinstance(exc, HostError) else 1
    except KeyboardInterrupt:
        print("untoc-eval: stopped; `untoc-eval run … --name NAME --resume` goes on with a run", file=sys.stderr)
        return 130
    return code


def build_parser() -> argparse.ArgumentParser:
    """Returns the parser of all commands."""
    parser = argparse.ArgumentParser(prog="untoc-eval", description="Measure the quality of the assistant's answers.")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--store", type=Path, help="the store; runs, drafts and reviews are kept in its folder `evals`")
    common.add_argument("--runs", type=Path, help="the folder of runs; default: `evals/runs` in the store")

    def add(name: str, command: object, description: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=description, description=description, parents=[common])
        sub.set_defaults(command=command)
        return sub

    lint = add("lint", _lint, "check cases: form, quotations, States, duplicates, and that what is unanswerable is so")
    lint.add_argument(
        "datasets", nargs="*", default=["smoke"], metavar="DATASET", help="`smoke`, `dev`, `saved`, or a file of cases"
    )
    _corpus(lint)
    lint.add_argument("--json", action="store_true", help="print JSON")

    run = add("run", _run, "ask every question of a set of cases, score the answers and print the figures")
    _run_options(run)
    run.add_argument("--name", help="the run's name; default: time and set")
    run.add_argument("--resume", action="store_true", help="go on with the run of that --name where it was stopped")
    run.add_argument("--json", action="store_true", help="print the figures as JSON")

    score = add("score", _score, "score a run's stored answers again, after metrics or rulings have changed")
    score.add_argument("run", help="name of a run, `latest`, or its folder")
    score.add_argument("--json", action="store_true", help="print the figures as JSON")

    report = add("report", _report, "write a run's report: one HTML file, Markdown or CSV")
    report.add_argument("run", help="name of a run, `latest`, or its folder")
    report.add_argument("--baseline", help="the run to compare it with")
    for kind in ("html", "md", "csv"):
        help_text = f"write {kind.upper()}, there or into the run's folder"
        report.add_argument(f"--{kind}", type=Path, metavar="FILE", nargs="?", const=_IN_RUN, help=help_text)
    report.add_argument("--gates", type=Path, help="gates to show; default: those that come with the program")
    report.add_argument("--prices", type=Path, help="YAML: prices of models by name, for the cost of answers")

    compare = add("compare", _compare, "compare a run with another over the same cases, and list what flipped")
    compare.add_argument("baseline", help="the run compared with")
    compare.add_argument("run", help="the run in question")
    compare.add_argument("--intersection", action="store_true", help="compare the cases that both have, if sets differ")
    compare.add_argument("--by", default="type,lang", help="slices to show, joined by commas")
    compare.add_argument("--fail-on", choices=("regression",), help="exit 1 if something got worse beyond chance")
    compare.add_argument("--json", action="store_true", help="print JSON")

    gate = add("gate", _gate, "decide whether a run is good enough: exit 0 pass, 1 fail, 2 invalid")
    gate.add_argument("run", help="name of a run, `latest`, or its folder")
    gate.add_argument("--baseline", help="the run that it may not fall behind")
    gate.add_argument("--gates", type=Path, help="YAML of gates; default: those that come with the program")
    gate.add_argument("--json", action="store_true", help="print JSON")

    synth = add("synth", _synth, "make draft cases from a folder of statements with a manifest, without a model")
    synth.add_argument("--from-corpus", type=Path, required=True, metavar="DIR", help="the folder of statements")
    synth.add_argument("--kinds", default="all", help="kinds of cases, joined by commas; default: all")
    synth.add_argument("-n", type=_count, default=200, help="how many cases at most; default: 200")
    synth.add_argument("--seed", type=int, default=0, help="draws other ones")
    synth.add_argument("-o", "--output", type=Path, required=True, help="the file of cases to write (.yaml)")

    show = add("show", _show, "show one case of a run: question, gold, and what it got")
    show.add_argument("run", help="name of a run, `latest`, or its folder")
    show.add_argument("case", help="id of the case")
    show.add_argument("--json", action="store_true", help="print JSON")

    serve = add("serve", _serve, "open the evals page: runs, reports, a form to start one, and reviews")
    serve.add_argument(
        "--host", default="127.0.0.1", help="one of this machine's own addresses: the page has no accounts"
    )
    serve.add_argument("--port", type=int, default=7861, help="port; 0 takes a free one")

    baseline = add("baseline", _baseline, "keep a run's scores in a folder, small enough to be committed")
    baseline.add_argument("run", help="name of a run, `latest`, or its folder")
    baseline.add_argument("folder", type=Path, help="where to keep it; one that is there is replaced")

    add("ls", _ls, "list the runs, newest first").add_argument("--json", action="store_true", help="print JSON")
    add("metrics", _metrics, "list the metrics with their formulas")
    schema = add("schema", _schema, "write the JSON schema of files of cases, for editors")
    schema.add_argument("-o", "--output", type=Path, help="a file; default: print it")

    ablate = add("ablate", _ablate, "run a set in several configurations, and print one table of them")
    _run_options(ablate)
    ablate.set_defaults(name=None, resume=False)
    ablate.add_argument("--configurations", type=Path, help="YAML of configurations; default: those of the program")
    ablate.add_argument("--choose", metavar="NAMES", help="only these configurations, joined by commas")
    ablate.add_argument("--md", type=Path, metavar="FILE", help="write the table there as Markdown")

    positions = add("positions", _positions, "measure the suggested kinds of position against hand-labelled cells")
    positions.add_argument("--corpus", type=Path, required=True, metavar="DIR", help="the folder of general_debate")
    positions.add_argument("--whole", action="store_true", help="search the cells as well, as a briefing does")
    positions.add_argument("--split", help="only cells of these splits, joined by commas; default: each by itself")

    calibrate = add("calibrate", _calibrate, "fit what decides that a sentence answers, to the models in use")
    calibrate.add_argument("dataset", help="`dev`, or a file of cases about the corpus")
    calibrate.add_argument("--corpus", type=Path, required=True, metavar="DIR", help="the folder of statements")
    calibrate.add_argument("--sealed", action="store_true", help="measure the sealed fold as well, at the very end")
    calibrate.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: relevance.json in the store")
    return parser


def _corpus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--corpus", type=Path, action="append", default=[], metavar="DIR",
        help="a folder of statements, may be given again; `smoke` brings its own; default: what is in the store",
    )  # fmt: skip


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", nargs="?", default="smoke", help="`smoke`, `dev`, `saved`, or a file of cases")
    parser.add_argument("--dataset", dest="dataset_option", metavar="DATASET", help="the same as an option")
    _corpus(parser)
    parser.add_argument("--index", type=Path, metavar="DIR", help="where the corpus is indexed instead of in the store")
    parser.add_argument("--set", action="append", default=[], metavar="GROUP.NAME=VALUE", help="change a setting")
    parser.add_argument("--variant", help="a deliberate change to the pipeline that no setting makes")
    parser.add_argument("--adapter", choices=("inprocess", "http", "replay"), default="inprocess")
    parser.add_argument("--url", default="http://127.0.0.1:7860", help="the chat that `--adapter http` asks")
    parser.add_argument("--answers", type=Path, help="the answers that `--adapter replay` gives: a file, or a run")
    parser.add_argument("--reword", metavar="all|NAMES|N", help="ask in other words as well; N draws so many")
    parser.add_argument("--only", action="append", default=[], metavar="NAME=VALUE", help="only cases of a slice")
    parser.add_argument("--limit", type=_count, help="only the first N cases")
    parser.add_argument("--every", type=_count, default=1, help="only every Nth case")
    parser.add_argument("--no-drafts", action="store_true", help="leave drafts out, which never decide a gate")
    parser.add_argument("--repeats", type=_count, default=1, help="ask every case so often")
    parser.add_argument("--time-limit", type=float, default=120.0, metavar="S", help="seconds for one answer")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _open_run(options: argparse.Namespace, name: str | None = None) -> "Run":
    from evals.runs import open_run

    return open_run(options.runs, options.run if name is None else name)


def _documents(run: "Run", settings: Settings) -> "Documents":
    """Reads what a run was asked over, and checks that it is still the same.

    Raises:
        RunError: The statements have changed, so that offsets may point elsewhere.
    """
    from evals.launch import documents_of_run

    documents = documents_of_run(run, settings)
    if documents.sha256 != run.manifest.corpus_sha256:
        raise RunError(f"the statements have changed since the run {run.name!r}: run it again")
    return documents


def _lint(options: argparse.Namespace) -> int:
    from evals.case_sets import open_set
    from evals.golden.documents import read_documents
    from evals.golden.lint import lint
    from evals.printing import print_problems

    found = []
    for name in options.datasets:
        case_set = open_set(name, options.corpus, options.paths)
        documents = read_documents(case_set.folders) if case_set.folders else None
        found += [(name, problem) for problem in lint(case_set.cases, documents)]
    if options.json:
        print(json.dumps([{"dataset": name} | asdict(problem) for name, problem in found], indent=1))
    else:
        print_problems(found)
    return 1 if any(problem.severity == "error" for _, problem in found) else 0


def _run(options: argparse.Namespace) -> int:
    from evals.launch import launch
    from evals.printing import asking, print_run

    with asking() as (on_stage, on_answer):
        run = launch(
            _launch_options(options), options.settings, runs=options.runs, on_stage=on_stage, on_answer=on_answer
        )
    failed = [record.error for record in run.answers() if record.error is not None]
    if len(failed) == run.manifest.cases * run.manifest.repeats:
        raise RunError(f"not one question was answered: {failed[0].message}")
    print_run(run, as_json=options.json)
    return 0


def _launch_options(options: argparse.Namespace) -> "RunOptions":
    from evals.launch import RunOptions

    return RunOptions(
        dataset=options.dataset_option or options.dataset,
        corpus=tuple(options.corpus),
        name=options.name,
        adapter=options.adapter,
        url=options.url,
        answers=options.answers,
        changes=tuple(options.set),
        variant=options.variant,
        reword=options.reword,
        only=tuple(options.only),
        limit=options.limit,
        every=options.every,
        drafts=not options.no_drafts,
        repeats=options.repeats,
        time_limit=options.time_limit,
        resume=options.resume,
        store=options.index,
    )


def _score(options: argparse.Namespace) -> int:
    from evals.printing import print_run
    from evals.review.decisions import read_rulings
    from evals.score import score_run

    run = _open_run(options)
    score_run(run, _documents(run, options.settings), read_rulings(options.paths.reviews))
    print_run(run, as_json=options.json)
    return 0


def _report(options: argparse.Namespace) -> int:
    from evals.files import write_whole
    from evals.gates import check_gates, load_gates
    from evals.report.html import render
    from evals.report.markdown import markdown
    from evals.report.table import csv_of
    from evals.review.decisions import read_rulings

    run = _open_run(options)
    baseline = _open_run(options, options.baseline) if options.baseline else None
    gates = check_gates(load_gates(options.gates), run, baseline)
    rulings, prices = read_rulings(options.paths.reviews), _prices(options.prices)
    wanted = {"html": options.html, "md": options.md, "csv": options.csv}
    if not any(wanted.values()):
        wanted["html"] = run.path / "report.html"
    for kind, path in wanted.items():
        if path is None:
            continue
        if path == _IN_RUN:
            path = run.path / f"report.{kind}"
        if kind == "html":
            documents = _documents(run, options.settings)
            text = render(run, documents, baseline=baseline, gates=gates, rulings=rulings, prices=prices)
        elif kind == "md":
            text = markdown(run, baseline=baseline, gates=gates, parties=_documents(run, options.settings).parties)
        else:
            text = csv_of(run)
        write_whole(path, text)
        print(f"{kind}: {path}")
    return 0


def _prices(path: Path | None) -> "Mapping[str, Price] | None":
    if path is None:
        return None
    from evals.summary import read_prices

    return read_prices(path)


def _compare(options: argparse.Namespace) -> int:
    from evals.compare import compare
    from evals.printing import print_comparison

    baseline, run = _open_run(options, options.baseline), _open_run(options)
    found = compare(baseline, run, intersection=options.intersection)
    if options.json:
        print(json.dumps(_comparison_json(found), indent=1))
    else:
        print_comparison(found, options.by.split(","))
    worse = found.right.verdict == "worse" or any(difference.verdict == "worse" for difference in found.metrics)
    return 1 if options.fail_on == "regression" and worse else 0


def _comparison_json(found: "Comparison") -> dict[str, object]:
    return {
        "baseline": found.baseline,
        "candidate": found.candidate,
        "cases": len(found.pairs),
        "right": asdict(found.right),
        "mcnemar_p": found.mcnemar_p,
        "metrics": [asdict(difference) for difference in found.metrics],
        "regressions": [asdict(flip) for flip in found.regressions],
        "improvements": [asdict(flip) for flip in found.improvements],
        "changes": [asdict(change) for change in found.changes],
    }


def _gate(options: argparse.Namespace) -> int:
    from evals.gates import check_gates, load_gates
    from evals.printing import print_gates

    run = _open_run(options)
    baseline = _open_run(options, options.baseline) if options.baseline else None
    if baseline is not None and baseline.path.resolve() == run.path.resolve():
        raise RunError(f"{run.name!r} is its own baseline, which shows nothing: name another run")
    report: GateReport = check_gates(load_gates(options.gates), run, baseline)
    if options.json:
        print(json.dumps(asdict(report) | {"verdict": report.verdict}, indent=1))
    else:
        print_gates(report)
    return report.exit_code


def _synth(options: argparse.Namespace) -> int:
    from evals.golden.case_templates import KINDS
    from evals.golden.documents import read_documents
    from evals.golden.synth import synthesise, write_cases

    kinds = tuple(KINDS) if options.kinds == "all" else tuple(options.kinds.split(","))
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise DatasetError(f"no kind of cases {unknown[0]!r}: there are all, {', '.join(KINDS)}")
    cases = synthesise(read_documents([options.from_corpus]), kinds=kinds, n=options.n, seed=options.seed)
    write_cases(options.output, cases)
    print(f"{len(cases)} drafts written to {options.output}; look through them before they may gate")
    return 0


def _show(options: argparse.Namespace) -> int:
    from evals.printing import print_case

    run = _open_run(options)
    print_case(run, _documents(run, options.settings), options.case, as_json=options.json)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from evals.serve.page import serve

    serve(
        options.settings,
        options.paths,
        host=options.host,
        port=options.port,
        on_ready=lambda address: print(f"evals page: {address}", flush=True),
    )
    return 0


def _ls(options: argparse.Namespace) -> int:
    from evals.printing import print_runs
    from evals.runs import list_runs

    found = list_runs(options.runs)
    if options.json:
        print(json.dumps([run.manifest.model_dump(mode="json") for run in found], indent=1))
    else:
        print_runs(found, options.runs)
    return 0


def _baseline(options: argparse.Namespace) -> int:
    from evals.runs import keep_baseline

    run = _open_run(options)
    for path in keep_baseline(run, options.folder):
        print(path)
    return 0


def _metrics(options: argparse.Namespace) -> int:
    from evals.printing import print_metrics

    print_metrics()
    return 0


def _schema(options: argparse.Namespace) -> int:
    from evals.files import write_whole
    from evals.golden.cases import case_schema

    text = json.dumps(case_schema(), indent=1) + "\n"
    if options.output is None:
        print(text, end="")
    else:
        write_whole(options.output, text)
    return 0


def _ablate(options: argparse.Namespace) -> int:
    from evals.ablate import ablate, load_configurations, table_markdown
    from evals.files import write_whole
    from evals.printing import asking, print_ablation

    configurations = load_configurations(options.configurations)
    if options.choose:
        names = options.choose.split(",")
        unknown = [name for name in names if name not in {c.name for c in configurations}]
        if unknown:
            raise RunError(f"no configuration {unknown[0]!r}: there are {', '.join(c.name for c in configurations)}")
        configurations = tuple(c for c in configurations if c.name in names)
    with asking() as (on_stage, on_answer):
        rows = ablate(
            _launch_options(options),
            configurations,
            options.settings,
            runs=options.runs,
            on_stage=on_stage,
            on_answer=on_answer,
        )
    print_ablation(rows)
    if options.md is not None:
        write_whole(options.md, table_markdown(rows))
    return 0


def _positions(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import track

    from evals.eval_environment import open_environment
    from evals.golden.documents import read_documents
    from evals.positions import fill_by_building, fill_from_labels, load_cells, position_rates
    from evals.printing import print_positions

    cells, documents = load_cells(), read_documents([options.corpus])
    splits = list(dict.fromkeys(cell.split for cell in cells))
    chosen = options.split.split(",") if options.split else splits
    unknown = sorted(set(chosen) - set(splits))
    if unknown:
        raise DatasetError(f"no split {unknown[0]!r} in the labelled cells: give some of {', '.join(splits)}")
    by_split = {split: [cell for cell in cells if cell.split == split] for split in chosen}
    if not options.whole:
        for split, own in by_split.items():
            print_positions(split, position_rates(fill_from_labels(own, documents)))
        return 0
    with open_environment(options.settings, [options.corpus]) as environment:
        for split, own in by_split.items():
            filled = fill_by_building(
                track(own, description=split, console=Console(stderr=True)), environment.workspace.briefings
            )
            print_positions(split, position_rates(tuple(filled)))
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from app.retrieval.relevance import ARTEFACT
    from evals.calibrate import fit, gather
    from evals.case_sets import open_set
    from evals.files import write_whole

    case_set = open_set(options.dataset, [options.corpus], options.paths)
    samples, models = gather(case_set.cases, options.corpus, options.settings)
    artefact = fit(samples, models, with_sealed=options.sealed)
    path = options.output or options.settings.store / ARTEFACT
    write_whole(path, artefact.model_dump_json(indent=2) + "\n")
    print(artefact.model_dump_json(indent=2))
    print(f"written to {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
