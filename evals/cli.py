"""The command line of the evals, `untoc-eval`: commands and their options; heavy imports inside each."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.command import Invocation, argument, command, command_group, flag, option, require_server, run_program
from app.errors import AppError
from evals.errors import DatasetError, RunError
from evals.run_options import DATASETS, Corpus, RunOptions
from prompts.wording import Language

if TYPE_CHECKING:
    from evals.archive import Archive

PROGRAM, OUTPUT = "untoc-eval", ("-o", "--output")
commands = command_group(PROGRAM, "Measure the quality of the assistant's answers.")
RunName = Annotated[str, argument("RUN", "name of a run, `latest`, or its folder")]
Baseline = Annotated[str | None, option("RUN", "the run to compare with, which it may not fall behind")]
GatesFile = Annotated[Path | None, option("FILE", "YAML of gates; default: those of the program", "--gates")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 done, 1 could not or not good enough, 2 usage or undecided."""
    try:
        return run_program(commands, PROGRAM, arguments)
    except ModuleNotFoundError as exc:
        # These are installed by the extra `evals`; that any other module is missing is a bug.
        if exc.name not in ("ir_measures", "scipy", "sklearn"):
            raise
        print(f"{PROGRAM} needs {exc.name!r}: pip install 'untoc[evals]'", file=sys.stderr)
        return 1


def _archive(invocation: Invocation) -> "Archive":
    from evals.archive import Archive

    return Archive(invocation.settings())


@command(commands, f"{PROGRAM} lint smoke", f"{PROGRAM} lint mine.csv --corpus DIR")
def lint(
    invocation: Invocation,
    datasets: Annotated[list[str] | None, typer.Argument(help=DATASETS)] = None,
    corpus: Corpus = None,
) -> int:
    """Check cases: form, quotations, States, duplicates, and that what is unanswerable is so."""
    from evals.case_sets import remarks_of
    from evals.print_runs import print_tables, progress
    from evals.report.tables import remarks_table

    settings, names = invocation.settings(), datasets or ["smoke"]
    with progress() as tell:
        found = [(name, remark) for name in names for remark in remarks_of(name, corpus or (), settings, tell=tell)]
    errors = sum(remark.severity == "error" for _, remark in found)
    as_json = [{"dataset": name} | asdict(remark) for name, remark in found]
    note = f"{errors} error{'s' if errors != 1 else ''}, {len(found) - errors} to look at"
    invocation.show(as_json, lambda: print_tables(remarks_table(found), note=note))
    return 1 if errors else 0


@command(
    commands,
    f"{PROGRAM} run smoke",
    f"{PROGRAM} run mine.csv --corpus DIR --name first",
    f"{PROGRAM} run dev --corpus DIR --reword 2 --set retrieval.lexical_weight=0",
)
def run(
    invocation: Invocation,
    options: RunOptions,
    name: Annotated[str | None, option("NAME", "the run's name; default: time and set")] = None,
    resume: Annotated[bool, flag("--resume", "go on with the run of that --name")] = False,
    examples: Annotated[Path | None, option("FILE", "of `run reading`: the marked questions to read")] = None,
    folds: Annotated[Path | None, option("DIR", "of `run reading`: weights that have not seen a fold")] = None,
) -> int:
    """Ask every question of a set of cases, score the answers and print the figures; `run reading` scores readings."""
    from evals.print_runs import print_run, print_tables, progress
    from evals.runner import launch

    if options.dataset == "reading":
        from evals.reading_scores import all_rates, rates_table

        rates = all_rates(examples, folds)
        return invocation.show([asdict(found) for found in rates], lambda: print_tables(rates_table(rates)))
    if resume and name is None:
        raise RunError("--resume needs the --name of the run to go on with")
    with progress() as tell:
        made = launch(options, invocation.settings(), name=name, resume=resume, tell=tell)
    failed = [record.error for record in made.answers() if record.error is not None]
    if len(failed) == made.manifest.cases * made.manifest.repeats:
        raise RunError(f"not one question was answered: {failed[0].message}")
    return print_run(made, invocation)


@command(commands, f"{PROGRAM} score latest")
def score(invocation: Invocation, run: RunName) -> int:
    """Score a run's stored answers again, after metrics or rulings have changed."""
    from evals.print_runs import print_run

    archive = _archive(invocation)
    return print_run(archive.score(archive.run(run)), invocation)


@command(
    commands,
    f"{PROGRAM} report latest",
    f"{PROGRAM} report latest --baseline first -o report.html -o report.md",
    has_json=False,
)
def report(
    invocation: Invocation,
    run: RunName,
    baseline: Baseline = None,
    output: Annotated[
        list[Path] | None, option("FILE", "default: report.html in the run, report.fr.html in French", *OUTPUT)
    ] = None,
    gates: GatesFile = None,
    language: Annotated[Language, typer.Option(help="of its words")] = "en",
) -> int:
    """Write a run's report: one HTML file, or Markdown."""
    from app.ui.words import worded_in
    from evals.files import write_whole

    archive = _archive(invocation)
    found = archive.run(run)
    with worded_in(language):
        reported = archive.report(found, archive.baseline(baseline, found), gates)
        name = "report.html" if language == "en" else f"report.{language}.html"
        for path in output or [found.path / name]:
            write_whole(path, reported.written(path.suffix))
            print(path)
    return 0


@command(commands, f"{PROGRAM} compare first latest")
def compare(
    invocation: Invocation,
    baseline: Annotated[str, argument("BASELINE", "the run compared with")],
    run: RunName,
) -> int:
    """Compare a run with another over the cases that both have: what flipped, got better or worse, or was changed."""
    from evals.compare import compare as compare_runs
    from evals.compare import difference_of_data
    from evals.gates import gates_of, load_gates
    from evals.print_runs import print_tables
    from evals.report.report import verdict
    from evals.report.tables import comparison_tables
    from evals.summary import shares

    archive = _archive(invocation)
    before, candidate = archive.run(baseline), archive.run(run)
    bars, other = load_gates(), difference_of_data(before.manifest, candidate.manifest)
    found, documents = compare_runs(before, candidate, bars.margins), archive.documents(candidate)
    gated, by_slice = gates_of(candidate, None if other else before), shares(candidate.scores())
    out = verdict(candidate, by_slice, documents.parties, gated, found)
    tables = comparison_tables(found, candidate, documents)
    first = f"“{candidate.name}”: {out.sentence}"
    note = "\n".join([*out.more, *([f"{other}: only the cases that both have are compared"] if other else [])])
    as_tables = partial(print_tables, *tables, first=first, note=note, say=invocation.runnable)
    return invocation.show(found.to_json(), as_tables)


@command(commands, f"{PROGRAM} gate latest --baseline evals/baselines/smoke")
def gate(invocation: Invocation, run: RunName, baseline: Baseline = None, gates: GatesFile = None) -> int:
    """Decide whether a run is good enough; for scripts, exit status 0 is yes, 1 no, 2 cannot be decided."""
    from evals.gates import check_gates, load_gates
    from evals.print_runs import print_gates

    try:
        archive = _archive(invocation)
        candidate = archive.run(run)
        found = check_gates(load_gates(gates), candidate, archive.baseline(baseline, candidate))
    except AppError as exc:
        return invocation.fail(exc, 2)
    as_json = asdict(found) | {"verdict": found.verdict}
    invocation.show(as_json, lambda: print_gates(found, baseline, invocation.runnable))
    return found.exit_code


@command(commands, f"{PROGRAM} synth --from-corpus DIR -o cases.yaml", has_json=False)
def synth(
    invocation: Invocation,
    from_corpus: Annotated[Path, option("DIR", "the folder of statements")],
    output: Annotated[Path, option("FILE", "the file of cases (.yaml)", *OUTPUT)],
    kinds: Annotated[str, option("NAMES", "kinds of cases, joined by commas")] = "all",
    n: Annotated[int, typer.Option("-n", min=1, help="how many cases at most")] = 200,
) -> int:
    """Make draft cases from a folder of statements with a manifest, without a model."""
    from evals.cases.documents import read_documents
    from evals.cases.synth import KINDS, synthesise, write_cases

    wanted = [kind for kind in KINDS if kinds == "all" or kind in kinds.split(",")]
    if unknown := {*kinds.split(",")} - {"all", *KINDS}:
        raise DatasetError(f"no kind of cases {min(unknown)!r}: there are all, {', '.join(KINDS)}")
    cases = synthesise(read_documents([from_corpus]), kinds=wanted, n=n)
    write_cases(output, cases)
    print(f"{len(cases)} drafts written to {output}; look through them before they may gate")
    return 0


@command(commands, f"{PROGRAM} show latest CASE")
def show(invocation: Invocation, run: RunName, case: Annotated[str, typer.Argument(help="id of the case")]) -> int:
    """Show one case of a run: question, evidence, and what it got."""
    from evals.print_runs import print_case

    archive = _archive(invocation)
    found = archive.run(run)
    return print_case(found, archive.documents(found), case, invocation)


@command(commands, f"{PROGRAM} serve", f"{PROGRAM} serve --port 0", has_json=False)
def serve(
    invocation: Invocation,
    host: Annotated[str, typer.Option(help="address to bind to; without accounts one of this machine")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port; 0 takes a free one")] = 7861,
) -> int:
    """Open the evals page: runs, reports, a form to start one, and reviews; with accounts, for admins alone."""
    settings = invocation.settings()
    if settings.server.accounts != "none":
        require_server()
    from evals.serve.page import serve as serve_page

    message = "The evals page is open at {} (stop with Ctrl-C)"
    serve_page(settings, host=host, port=port, on_ready=lambda address: print(message.format(address), flush=True))
    print("The evals page is closed.", file=sys.stderr)
    return 0


@command(commands, f"{PROGRAM} baseline latest evals/baselines/smoke", has_json=False)
def baseline(
    invocation: Invocation,
    run: RunName,
    folder: Annotated[Path, argument("DIR", "where to keep it, in place of one of these cases")],
) -> int:
    """Keep a run's scores in a folder, small enough to be committed."""
    from evals.runs import keep_baseline

    for path in keep_baseline(_archive(invocation).run(run), folder):
        print(path)
    return 0


@command(commands, f"{PROGRAM} ls", name="ls")
def list_all(invocation: Invocation) -> int:
    """List the runs, newest first."""
    from evals.print_runs import print_tables
    from evals.report.tables import runs_table

    archive = _archive(invocation)
    found = archive.runs()
    note = "" if found else f"no runs in {archive.paths.runs}: `{PROGRAM} run smoke` makes one"
    as_json = [run.manifest.model_dump(mode="json") for run in found]
    return invocation.show(as_json, lambda: print_tables(runs_table(found), note=note, say=invocation.runnable))


@command(commands, f"{PROGRAM} ablate dev --corpus DIR --choose default,dense")
def ablate(
    invocation: Invocation,
    options: RunOptions,
    choose: Annotated[str | None, option("NAMES", "only these configurations, joined by commas")] = None,
) -> int:
    """Run a set in several configurations, and print one table of them."""
    from evals.ablation import ablate as ablate_all
    from evals.ablation import load_configurations
    from evals.print_runs import print_tables, progress

    chosen = load_configurations(choose.split(",") if choose else None)
    with progress() as tell:
        table = ablate_all(options, chosen, invocation.settings(), tell)
    return invocation.show(table.records(), lambda: print_tables(table))


@command(commands, f"{PROGRAM} positions --corpus DIR", f"{PROGRAM} positions --corpus DIR --whole --split sealed")
def positions(
    invocation: Invocation,
    corpus: Annotated[Path, option("DIR", "the folder of statements that the cells are about")],
    whole: Annotated[bool, flag("--whole", "search the cells as well, as a briefing does")] = False,
    split: Annotated[str | None, option("NAMES", "only cells of these splits; default: each by itself")] = None,
) -> int:
    """Measure the suggested kinds of position against hand-labelled cells."""
    from evals.position_agreement import position_tables
    from evals.print_runs import print_tables

    tables = [*position_tables(corpus, invocation.settings(), split.split(",") if split else None, whole)]
    return invocation.show([{"title": t.title, "rows": t.records()} for t in tables], lambda: print_tables(*tables))


@command(commands, f"{PROGRAM} public qmsum", f"{PROGRAM} public spans --data DIR")
def public(
    invocation: Invocation,
    name: Annotated[Literal["qmsum", "mtrag", "spans", "directions"], typer.Argument(help="which benchmark")],
    data: Annotated[
        Path | None, option("DIR", "the data; default: public/ in UNTOC_TEST_DATA, scale/ for directions")
    ] = None,
) -> int:
    """Run a public benchmark, and print its figures beside those of others."""
    from importlib import import_module

    from evals.files import EvalPaths
    from evals.print_runs import print_tables
    from evals.report.tables import Table

    # The texts of a benchmark and their store are kept, so that they are embedded only once.
    folder = EvalPaths(invocation.settings().store).stores / f"public-{name}"
    figures = import_module(f"evals.public.{name}").run(invocation.settings(), folder, data)
    rows = [(figure.name, f"{figure.value:.3f}", figure.over, figure.others) for figure in figures]
    table = Table(title=name, columns=("figure", "here", "over", "others"), rows=rows)
    return invocation.show([asdict(figure) for figure in figures], lambda: print_tables(table))


@command(commands, f"{PROGRAM} calibrate dev asked --corpus DIR", has_json=False)
def calibrate(
    invocation: Invocation,
    datasets: Annotated[list[str], typer.Argument(help=DATASETS)],
    corpus: Annotated[list[Path], option("DIR", "what the cases are about, then others whose topics are known")],
    sealed: Annotated[bool, flag("--sealed", "measure the sealed fold as well, at the very end")] = False,
    output: Annotated[Path | None, option("FILE", "default: in the store", *OUTPUT)] = None,
) -> int:
    """Fit what decides that a sentence answers to the models in use, with folds by party and by topic."""
    from app.retrieval.relevance import ARTEFACT
    from evals.calibrate_relevance import fit
    from evals.case_sets import open_set
    from evals.files import EvalPaths, write_whole
    from evals.relevance_pairs import gather

    settings = invocation.settings()
    paths = EvalPaths(settings.store)
    cases = [case for name in datasets for case in open_set(name, corpus[:1], paths)]
    samples, models = gather(cases, corpus, settings)
    text = fit(samples, models, with_sealed=sealed).model_dump_json()
    write_whole(output or settings.store / ARTEFACT, text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
