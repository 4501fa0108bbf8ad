"""The command line of the evals, `untoc-eval`: commands and their options; heavy imports inside each."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli.command import EnvFile, Invocation, Store, Version, begin, command, command_group, fail, run_program
from app.errors import AppError
from evals.errors import DatasetError, RunError
from evals.run_options import DATASETS, Corpus, RunOptions

if TYPE_CHECKING:
    from evals.cases.documents import Documents
    from evals.paths import EvalPaths
    from evals.runs import Run

PROGRAM = "untoc-eval"
commands = command_group()
RunName = Annotated[str, typer.Argument(metavar="RUN", help="name of a run, `latest`, or its folder")]
Baseline = Annotated[
    str | None, typer.Option(metavar="RUN", help="the run to compare with, which it may not fall behind")
]
GatesFile = Annotated[
    Path | None, typer.Option("--gates", metavar="FILE", help="YAML of gates; default: those of the program")
]


@commands.callback(invoke_without_command=True)
def _root(ctx: typer.Context, store: Store = None, env_file: EnvFile = None, version: Version = False) -> None:
    """Measure the quality of the assistant's answers."""
    begin(ctx, store, env_file, PROGRAM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 could not or a gate failed, 2 wrong usage or invalid."""
    try:
        return run_program(commands, PROGRAM, arguments)
    except ModuleNotFoundError as exc:
        # The extra brings them; everything else is the program's own, and a bug.
        if exc.name not in ("ir_measures", "jinja2", "markupsafe", "scipy", "sklearn"):
            raise
        print(f"{PROGRAM} needs {exc.name!r}: pip install 'untoc[evals]'", file=sys.stderr)
        return 1


def with_run_options(run: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the options of `RunOptions`, which it gets as `options`."""

    @wraps(run)
    def call(invocation: Invocation, **given: Any) -> int:  # noqa: ANN401 - whatever the signature below names
        options = RunOptions(**{name: given.pop(name) for name in signature(RunOptions).parameters})
        return run(invocation, options=options, **given)

    own = [p for name, p in signature(run).parameters.items() if name != "options"]
    shared = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in signature(RunOptions).parameters.values()]
    call.__signature__ = signature(run).replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    return call


def _paths(invocation: Invocation) -> "EvalPaths":
    from evals.paths import eval_paths

    return eval_paths(invocation.settings().store)


def _open_run(invocation: Invocation, name: str) -> "Run":
    from evals.runs import open_run

    return open_run(_paths(invocation).runs, name)


def _documents(run: "Run", invocation: Invocation) -> "Documents":
    from evals.launch import same_documents

    return same_documents(run, invocation.settings())


@command(commands, f"{PROGRAM} lint smoke", f"{PROGRAM} lint mine.csv --corpus DIR")
def lint(
    invocation: Invocation,
    datasets: Annotated[list[str] | None, typer.Argument(help=DATASETS)] = None,
    corpus: Corpus = None,
) -> int:
    """Check cases: form, quotations, States, duplicates, and that what is unanswerable is so."""
    from evals.case_sets import faults_of
    from evals.print_runs import print_tables
    from evals.report.tables import problems_table

    paths = _paths(invocation)
    found = [
        (name, problem)
        for name in datasets or ["smoke"]
        for problem in faults_of(name, corpus or (), paths, invocation.settings())
    ]
    errors = sum(problem.severity == "error" for _, problem in found)
    if invocation.as_json:
        print(json.dumps([{"dataset": name} | asdict(problem) for name, problem in found], indent=1))
    else:
        print_tables(problems_table(found), note=f"{errors} errors, {len(found) - errors} other remarks")
    return 1 if errors else 0


@command(
    commands,
    f"{PROGRAM} run smoke",
    f"{PROGRAM} run mine.csv --corpus DIR --name first",
    f"{PROGRAM} run dev --corpus DIR --reword 2 --set retrieval.lexical_weight=0",
)
@with_run_options
def run(
    invocation: Invocation,
    options: RunOptions,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="the run's name; default: time and set")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on with the run of that --name")] = False,
    examples: Annotated[
        Path | None, typer.Option(metavar="FILE", help="of `run reading`: the marked questions to read")
    ] = None,
    folds: Annotated[
        Path | None, typer.Option(metavar="DIR", help="of `run reading`: weights that have not seen a fold")
    ] = None,
) -> int:
    """Ask every question of a set of cases, score the answers and print the figures; `run reading` scores readings."""
    if options.dataset == "reading":
        return _run_reading(examples, folds, as_json=invocation.as_json)
    from evals.launch import launch
    from evals.print_runs import asking, print_run

    if resume and name is None:
        raise RunError("--resume needs the --name of the run to go on with")
    with asking() as (on_stage, on_answer):
        made = launch(options, invocation.settings(), name=name, resume=resume, on_stage=on_stage, on_answer=on_answer)
    failed = [record.error for record in made.answers() if record.error is not None]
    if len(failed) == made.manifest.cases * made.manifest.repeats:
        raise RunError(f"not one question was answered: {failed[0].message}")
    print_run(made, as_json=invocation.as_json)
    return 0


def _run_reading(examples: Path | None, folds: Path | None, *, as_json: bool) -> int:
    from evals.paths import conference_parties
    from evals.print_runs import print_tables
    from evals.reading import fold_reader, load_marked, rates_of, rates_table, reader, score_readings
    from ingest.parties.party_table import PartyTable

    parties = PartyTable.load(conference_parties())
    read = fold_reader(parties, folds) if folds else reader(parties)
    scored = score_readings(load_marked(examples), parties, read)
    rates = [found for by in (None, "language", "kind", "register") for found in rates_of(scored, by)]
    if as_json:
        print(json.dumps([asdict(found) for found in rates], ensure_ascii=False))
    else:
        print_tables(rates_table(rates))
    return 0


@command(commands, f"{PROGRAM} score latest")
def score(invocation: Invocation, run: RunName) -> int:
    """Score a run's stored answers again, after metrics or rulings have changed."""
    from evals.print_runs import print_run
    from evals.review import read_rulings
    from evals.score import score_run

    found = _open_run(invocation, run)
    score_run(found, _documents(found, invocation), read_rulings(_paths(invocation).reviews))
    print_run(found, as_json=invocation.as_json)
    return 0


@command(commands, f"{PROGRAM} report latest", f"{PROGRAM} report latest --baseline first -o report.md -o answers.csv")
def report(
    invocation: Invocation,
    run: RunName,
    baseline: Baseline = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="FILE", help="a .html, .md or .csv; default: report.html in the run"),
    ] = None,
    gates: GatesFile = None,
) -> int:
    """Write a run's report: one HTML file, Markdown or CSV."""
    from evals.files import write_whole
    from evals.report.report import FORMATS, Report

    found = _open_run(invocation, run)
    reported = Report(
        run=found,
        documents=_documents(found, invocation),
        baseline=_open_run(invocation, baseline) if baseline else None,
        gates=gates,
        reviews=_paths(invocation).reviews,
    )
    for path in output or [found.path / "report.html"]:
        if path.suffix not in FORMATS:
            raise RunError(f"no report is written as {path.suffix!r}: end its name with {', '.join(FORMATS)}")
        write_whole(path, reported.written(path.suffix))
        print(path)
    return 0


@command(commands, f"{PROGRAM} compare first latest", f"{PROGRAM} compare before after --exact")
def compare(
    invocation: Invocation,
    baseline: Annotated[str, typer.Argument(metavar="BASELINE", help="the run compared with")],
    run: RunName,
    intersection: Annotated[
        bool, typer.Option("--intersection", help="compare the cases that both have, if sets differ")
    ] = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="list the answers that are not the same in all they hold; exit 1 if any")
    ] = False,
) -> int:
    """Compare a run with another over the same cases: what flipped, what got better or worse, what was changed."""
    from evals.compare import answers_apart
    from evals.compare import compare as compare_runs
    from evals.print_runs import print_tables
    from evals.report.tables import comparison_tables
    from evals.report.verdict import changed

    before, candidate = _open_run(invocation, baseline), _open_run(invocation, run)
    if exact:
        apart = answers_apart(before, candidate)
        print("\n".join(f"{case}  {difference}" for case, difference in apart.items()) or "equal")
        return 1 if apart else 0
    found = compare_runs(before, candidate, intersection=intersection)
    if invocation.as_json:
        print(json.dumps(found.to_json(), indent=1))
    else:
        shown = comparison_tables(found, candidate, _documents(candidate, invocation))
        print_tables(*shown, first=f"“{candidate.name}” is {changed(found)}")
    return 0


@command(commands, f"{PROGRAM} gate latest --baseline evals/baselines/smoke")
def gate(invocation: Invocation, run: RunName, baseline: Baseline = None, gates: GatesFile = None) -> int:
    """Decide whether a run is good enough: exit 0 pass, 1 fail, 2 invalid."""
    from evals.gates import check_gates, load_gates
    from evals.print_runs import print_gates

    try:
        candidate = _open_run(invocation, run)
        before = _open_run(invocation, baseline) if baseline else None
        if before is not None and before.path.resolve() == candidate.path.resolve():
            raise RunError(f"{run!r} is its own baseline, which shows nothing: name another run")
        found = check_gates(load_gates(gates), candidate, before)
    except AppError as exc:
        return fail(exc, 2, PROGRAM)
    if invocation.as_json:
        print(json.dumps(asdict(found) | {"verdict": found.verdict}, indent=1))
    else:
        print_gates(found)
    return found.exit_code


@command(commands, f"{PROGRAM} synth --from-corpus DIR -o cases.yaml")
def synth(
    invocation: Invocation,
    from_corpus: Annotated[Path, typer.Option(metavar="DIR", help="the folder of statements")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="the file of cases (.yaml)")],
    kinds: Annotated[str, typer.Option(metavar="NAMES", help="kinds of cases, joined by commas")] = "all",
    n: Annotated[int, typer.Option("-n", min=1, help="how many cases at most")] = 200,
    seed: Annotated[int, typer.Option(help="draws other ones")] = 0,
) -> int:
    """Make draft cases from a folder of statements with a manifest, without a model."""
    from evals.cases.documents import read_documents
    from evals.cases.synth import KINDS, synthesise, write_cases

    wanted = KINDS if kinds == "all" else [kind for kind in KINDS if kind in kinds.split(",")]
    unknown = set(kinds.split(",")) - {"all", *KINDS}
    if unknown:
        raise DatasetError(f"no kind of cases {min(unknown)!r}: there are all, {', '.join(KINDS)}")
    cases = synthesise(read_documents([from_corpus]), kinds=wanted, n=n, seed=seed)
    write_cases(output, cases)
    print(f"{len(cases)} drafts written to {output}; look through them before they may gate")
    return 0


@command(commands, f"{PROGRAM} show latest CASE")
def show(
    invocation: Invocation, run: RunName, case: Annotated[str, typer.Argument(metavar="CASE", help="id of the case")]
) -> int:
    """Show one case of a run: question, evidence, and what it got."""
    from evals.print_runs import print_case

    found = _open_run(invocation, run)
    print_case(found, _documents(found, invocation), case, as_json=invocation.as_json)
    return 0


@command(commands, f"{PROGRAM} serve", f"{PROGRAM} serve --port 0")
def serve(
    invocation: Invocation,
    host: Annotated[
        str, typer.Option(help="one of this machine's own addresses: the page has no accounts")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port; 0 takes a free one")] = 7861,
) -> int:
    """Open the evals page: runs, reports, a form to start one, and reviews."""
    from app.loopback import require_loopback

    require_loopback(host)
    from evals.serve.page import serve as serve_page

    serve_page(
        invocation.settings(),
        host=host,
        port=port,
        on_ready=lambda address: print(f"The evals page is open at {address} (stop with Ctrl-C)", flush=True),
    )
    print("The evals page is closed.", file=sys.stderr)
    return 0


@command(commands, f"{PROGRAM} baseline latest evals/baselines/smoke")
def baseline(
    invocation: Invocation,
    run: RunName,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="where to keep it; one that is there is replaced")],
) -> int:
    """Keep a run's scores in a folder, small enough to be committed."""
    from evals.runs import keep_baseline

    for path in keep_baseline(_open_run(invocation, run), folder):
        print(path)
    return 0


@command(commands, f"{PROGRAM} ls", name="ls")
def list_all(invocation: Invocation) -> int:
    """List the runs, newest first."""
    from evals.print_runs import print_tables
    from evals.report.tables import runs_table
    from evals.runs import list_runs

    folder = _paths(invocation).runs
    found = list_runs(folder)
    if invocation.as_json:
        print(json.dumps([run.manifest.model_dump(mode="json") for run in found], indent=1))
    else:
        note = "" if found else f"no runs in {folder}: `{PROGRAM} run smoke` makes one"
        print_tables(runs_table(found), note=note)
    return 0


@command(commands, f"{PROGRAM} metrics")
def metrics(invocation: Invocation) -> int:
    """List the metrics with their formulas."""
    from evals.print_runs import print_tables
    from evals.report.tables import metrics_table

    print_tables(metrics_table())
    return 0


@command(commands, f"{PROGRAM} ablate dev --corpus DIR --choose default,dense --md table.md")
@with_run_options
def ablate(
    invocation: Invocation,
    options: RunOptions,
    configurations: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML of configurations; default: those of the program")
    ] = None,
    choose: Annotated[
        str | None, typer.Option(metavar="NAMES", help="only these configurations, joined by commas")
    ] = None,
    md: Annotated[Path | None, typer.Option(metavar="FILE", help="write the table there as Markdown")] = None,
) -> int:
    """Run a set in several configurations, and print one table of them."""
    from evals.ablate import ablate as ablate_all
    from evals.ablate import load_configurations
    from evals.files import write_whole
    from evals.print_runs import asking, print_tables
    from evals.report.tables import as_markdown

    chosen = load_configurations(configurations, choose.split(",") if choose else None)
    with asking() as (on_stage, on_answer):
        table = ablate_all(options, chosen, invocation.settings(), on_stage=on_stage, on_answer=on_answer)
    print_tables(table)
    if md is not None:
        write_whole(md, as_markdown(table) + "\n")
    return 0


@command(commands, f"{PROGRAM} positions --corpus DIR", f"{PROGRAM} positions --corpus DIR --whole --split sealed")
def positions(
    invocation: Invocation,
    corpus: Annotated[Path, typer.Option(metavar="DIR", help="the folder of general_debate")],
    whole: Annotated[bool, typer.Option("--whole", help="search the cells as well, as a briefing does")] = False,
    split: Annotated[
        str | None, typer.Option(metavar="NAMES", help="only cells of these splits; default: each by itself")
    ] = None,
) -> int:
    """Measure the suggested kinds of position against hand-labelled cells."""
    from rich.console import Console
    from rich.progress import track

    from evals.cases.documents import read_documents
    from evals.eval_environment import open_environment
    from evals.positions import cells_by_split, fill_by_building, fill_from_labels, rates_table
    from evals.print_runs import print_tables

    documents, cells = read_documents([corpus]), cells_by_split(split.split(",") if split else None)
    if not whole:
        for name, own in cells.items():
            print_tables(rates_table(name, fill_from_labels(own, documents)))
        return 0
    with open_environment(invocation.settings(), [corpus], documents) as workspace:
        for name, own in cells.items():
            tracked = track(own, description=name, console=Console(stderr=True))
            filled = tuple(fill_by_building(tracked, workspace.briefings))
            print_tables(rates_table(name, filled))
    return 0


@command(commands, f"{PROGRAM} calibrate dev --corpus DIR")
def calibrate(
    invocation: Invocation,
    dataset: Annotated[str, typer.Argument(help=DATASETS)],
    corpus: Annotated[Path, typer.Option(metavar="DIR", help="the folder of statements that the cases are about")],
    sealed: Annotated[bool, typer.Option("--sealed", help="measure the sealed fold as well, at the very end")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="default: relevance.json in the store")
    ] = None,
) -> int:
    """Fit what decides that a sentence answers to the models in use, with folds by party and by topic."""
    from app.retrieval.relevance import ARTEFACT
    from evals.calibrate import fit, gather
    from evals.case_sets import open_set
    from evals.files import write_whole

    settings = invocation.settings()
    samples, models = gather(open_set(dataset, [corpus], _paths(invocation)).cases, corpus, settings)
    artefact = fit(samples, models, with_sealed=sealed).model_dump_json(indent=2)
    write_whole(output or settings.store / ARTEFACT, artefact + "\n")
    print(artefact)
    return 0


@command(commands, f"{PROGRAM} public qmsum", f"{PROGRAM} public spans --data DIR")
def public(
    invocation: Invocation,
    name: Annotated[Literal["qmsum", "mtrag", "spans"], typer.Argument(help="which benchmark")],
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="the public data; default: public/ in UNTOC_TEST_DATA")
    ] = None,
) -> int:
    """Run a public benchmark, and print its figures beside those of others."""
    from importlib import import_module

    from evals.print_runs import print_tables
    from evals.report.tables import Table

    settings = invocation.settings()
    # Its texts and their store are kept, and not embedded again.
    folder = _paths(invocation).stores / f"public-{name}"
    figures = import_module(f"evals.public.{name}").run(settings, folder, data)
    if invocation.as_json:
        print(json.dumps([asdict(figure) for figure in figures], indent=1))
    else:
        rows = [(figure.name, f"{figure.value:.3f}", figure.over, figure.others) for figure in figures]
        print_tables(Table(title=name, columns=("figure", "here", "over", "others"), rows=rows))
    return 0


@command(commands, f"{PROGRAM} calibrate-across --multilingual DIR")
def calibrate_across(
    invocation: Invocation,
    multilingual: Annotated[
        Path, typer.Option(metavar="DIR", help="the folder of XQuAD's files, xquad.en.json and others")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="default: relevance_across.json in the store")
    ] = None,
) -> int:
    """Fit what decides that a sentence in another language than the topic answers."""
    from app.retrieval.across_languages import AcrossExtractor
    from app.retrieval.relevance import ACROSS_ARTEFACT
    from evals.calibrate_across import asked_of_conference, asked_of_xquad, fit_across, measure, remembering
    from evals.case_sets import CONFERENCE
    from evals.cases.documents import read_documents
    from evals.files import write_whole
    from vectorstore.sentence_encoder import sentence_encoder

    asked = [*asked_of_conference(read_documents([CONFERENCE])), *asked_of_xquad(multilingual)]
    samples = measure(asked, AcrossExtractor(remembering(sentence_encoder().embed)))
    artefact = fit_across(samples).model_dump_json(indent=2)
    write_whole(output or invocation.settings().store / ACROSS_ARTEFACT, artefact + "\n")
    print(artefact)
    return 0


if __name__ == "__main__":
    sys.exit(main())
