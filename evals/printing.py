"""What `untoc-eval` prints: every table on the terminal, one case, and progress."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from app.briefing.cells import KINDS
from evals.errors import RunError
from evals.failure_taxonomy import MEANING
from evals.golden.cases import Case, Evidence
from evals.metrics.eval_sample import EvalSample
from evals.metrics.table import METRICS
from evals.report.words import change, p_value, range_of, shown
from evals.runner import OnAnswer
from evals.runs import AnswerRecord, Run
from evals.score import eval_samples
from evals.summary import QUANTITIES, Figure, by_case, by_slice, figure, latency, slice_names, stage_counts, summarise

if TYPE_CHECKING:
    from collections.abc import Callable

    from evals.ablate import Row
    from evals.compare import Comparison, Difference
    from evals.gates import GateReport
    from evals.golden.checks import Problem
    from evals.golden.documents import Documents
    from evals.positions import PositionRates
    from evals.reading import ScoredReading

_VERDICTS: Final = {"pass": "✓ pass", "warn": "! warn", "fail": "✗ fail", "invalid": "? invalid"}
_STYLES: Final = {
    "pass": "green", "warn": "yellow", "fail": "bold red", "invalid": "bold magenta", "better": "green", "worse": "red",
}  # fmt: skip
_SHOWN: Final = 12


@contextmanager
def asking() -> "Iterator[tuple[Callable[[str], None], OnAnswer]]":
    """Shows on the terminal what is done, how far it is, and how long it will take; gives (on_stage, on_answer)."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plainly(console)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def on_stage(text: str) -> None:
            bar.update(task, description=text, total=None, completed=0)

        def on_answer(record: AnswerRecord, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield on_stage, on_answer


def _plainly(console: Console) -> "tuple[Callable[[str], None], OnAnswer]":
    """Says the same in lines, for a log or another program; every tenth answer and the last."""

    def on_stage(text: str) -> None:
        console.print(Text(text))

    def on_answer(record: AnswerRecord, done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            console.print(Text(f"{done} of {total} answers"))

    return on_stage, on_answer


def print_run(run: Run, *, as_json: bool = False) -> None:
    """Prints a run's figures, its weakest slices and how its failures broke."""
    scores = run.scores()
    cases, figures = by_case(scores), summarise(scores)
    right = figure(cases, QUANTITIES["right"])
    if as_json:
        print(json.dumps(_run_json(run, right, figures), indent=1))
        return
    console = Console()
    manifest = run.manifest
    title = f"{run.name}: {len(cases)} cases" + (f", {manifest.repeats} times each" if manifest.repeats > 1 else "")
    table = Table("figure", "value", "95 % interval", "cases", title=title)
    for found in (*((right,) if right else ()), *figures):
        name = found.metric
        style = "dim" if name in METRICS and METRICS[name].baseline else ""
        table.add_row(
            QUANTITIES[name].label,
            shown(found.value, name),
            range_of(found.low, found.high, name),
            str(found.n),
            style=style,
        )
    console.print(table)
    stages = stage_counts(scores)
    if stages:
        broken = Table("first broken stage", "cases", "meaning", title="failures")
        for stage, count in sorted(stages.items(), key=lambda item: -item[1]):
            broken.add_row(stage, str(count), MEANING[stage])
        console.print(broken)
    _print_slices(console, run)
    console.print(Text(f"report: untoc-eval report {run.name}   one case: untoc-eval show {run.name} CASE"))


def _run_json(run: Run, right: Figure | None, figures: Sequence[Figure]) -> dict[str, object]:
    scores = run.scores()
    return {
        "run": run.name,
        "manifest": run.manifest.model_dump(mode="json"),
        "right": asdict(right) if right else None,
        "figures": [asdict(found) for found in figures],
        "stages": stage_counts(scores),
        "slices": {name: [asdict(found) for found in by_slice(scores, name)] for name in slice_names(scores)},
        "latency_ms": [asdict(found) for found in latency(scores)],
    }


def _print_slices(console: Console, run: Run) -> None:
    scores = run.scores()
    table = Table("slice", "value", "cases", "right", "95 % interval", title="weakest slices of 20 cases or more")
    found = [
        (name, item)
        for name in slice_names(scores)
        if name != "expected"
        for item in by_slice(scores, name)
        if not item.small
    ]
    for name, item in sorted(found, key=lambda pair: pair[1].right)[:_SHOWN]:
        table.add_row(name, item.value, str(item.n), shown(item.right, "right"), range_of(item.low, item.high, "right"))
    if table.row_count:
        console.print(table)


def print_comparison(found: "Comparison", slices: Sequence[str]) -> None:
    """Prints what differs between two runs, what flipped, and which figures got better or worse beyond chance."""
    console = Console()
    if found.changes:
        table = Table("changed", found.baseline, found.candidate, title="configurations")
        for entry in found.changes:
            table.add_row(entry.name, entry.a or "", entry.b or "")
        console.print(table)
    table = Table(
        "figure", "before", "now", "difference", "95 % interval", "p", "cases", "", title=f"{len(found.pairs)} cases"
    )
    for difference in (found.right, *found.metrics):
        table.add_row(*_difference(difference), style=_STYLES.get(difference.verdict, ""))
    console.print(table)
    console.print(
        Text(
            f"right before and wrong now: {len(found.regressions)}, the reverse: {len(found.improvements)}; "
            f"exact McNemar p: {p_value(found.mcnemar_p)}"
        )
    )
    flips = Table("", "case", "before", "now", title="flips")
    for sign, group in (("✔→✗", found.regressions), ("✗→✔", found.improvements)):
        for flip in group:
            flips.add_row(sign, flip.case, flip.old or "right", flip.new or "right")
    if flips.row_count:
        console.print(flips)
    for name in slices:
        _print_slice_differences(console, found, name)


def _print_slice_differences(console: Console, found: "Comparison", name: str) -> None:
    table = Table(name, "cases", "right before", "now")
    for item in found.by(name):
        table.add_row(
            item.value, str(item.n), shown(item.a, "right"), shown(item.b, "right"), style="dim" if item.small else ""
        )
    if table.row_count:
        console.print(table)


def _difference(found: "Difference") -> tuple[str, ...]:
    name = found.metric
    return (
        QUANTITIES[name].label,
        shown(found.a, name),
        shown(found.b, name),
        change(found.delta, name),
        range_of(found.low, found.high, name, points=True),
        p_value(found.p),
        str(found.n),
        found.verdict,
    )


def print_gates(report: "GateReport") -> None:
    """Prints every gate with its reason, and the verdict last."""
    console = Console()
    table = Table("gate", "kind", "verdict", "why", title=f"{report.candidate}: {report.cases} cases that gate")
    for result in report.results:
        verdict = Text(_VERDICTS[result.verdict], style=_STYLES[result.verdict])
        table.add_row(result.metric, result.kind, verdict, result.reason)
    console.print(table)
    if report.left_out:
        console.print(Text(f"not compared, since they apply to no case: {', '.join(report.left_out)}", style="dim"))
    for problem in report.problems:
        console.print(Text(f"cannot decide: {problem}", style=_STYLES["invalid"]))
    console.print(Text(f"verdict: {_VERDICTS[report.verdict]}", style=_STYLES[report.verdict]))


def print_runs(runs: Sequence[Run], folder: Path) -> None:
    """Prints the runs of a folder."""
    console = Console()
    if not runs:
        console.print(Text(f"no runs in {folder}: `untoc-eval run smoke` makes one"))
        return
    table = Table("run", "set", "cases", "right", "variant", "complete")
    for run in runs:
        try:
            found = figure(by_case(run.scores()), QUANTITIES["right"])
        except RunError:
            found = None
        right = "" if found is None else shown(found.value, "right")
        manifest = run.manifest
        complete = "yes" if run.complete else "no"
        table.add_row(run.name, manifest.dataset, str(manifest.cases), right, manifest.variant or "", complete)
    console.print(table)


def print_metrics() -> None:
    """Prints the table of metrics."""
    table = Table(
        "name", "group", "what it is", "formula", "source", title="metrics; higher is better but where it says ↓"
    )
    for metric in METRICS.values():
        label = metric.label + (" ↓" if metric.higher_is_better is False else "")
        table.add_row(metric.name, metric.group, label, metric.formula, metric.source)
    Console().print(table)


def print_problems(found: "Sequence[tuple[str, Problem]]") -> None:
    """Prints what is wrong with sets of cases, errors first."""
    console = Console()
    table = Table("set", "", "case", "what", "what to do")
    order = {"error": 0, "warning": 1}
    for name, problem in sorted(found, key=lambda item: order.get(item[1].severity, 2)):
        style = {"error": "red", "warning": "yellow"}.get(problem.severity, "dim")
        table.add_row(name, Text(problem.severity, style=style), problem.case or "", problem.what, problem.todo)
    if table.row_count:
        console.print(table)
    errors = sum(problem.severity == "error" for _, problem in found)
    console.print(Text(f"{errors} errors, {len(found) - errors} other remarks"))


def print_case(run: Run, documents: "Documents", identifier: str, *, as_json: bool = False) -> None:
    """Prints one case of a run: the question, its gold, and what it got.

    Raises:
        RunError: The run has no such case.
    """
    case = next((case for case in run.cases() if case.id == identifier), None)
    if case is None:
        raise RunError(
            f"no case {identifier!r} in the run {run.name!r}: `untoc-eval report {run.name} --csv FILE` lists them"
        )
    answers = {repeat: found for (name, repeat), found in eval_samples(run, documents).items() if name == identifier}
    records = {record.repeat: record for record in run.answers() if record.case == identifier}
    stages = {score.repeat: score.stage for score in run.scores() if score.case == identifier}
    if as_json:
        given = [record.model_dump(mode="json") | {"stage": stages.get(repeat)} for repeat, record in records.items()]
        print(json.dumps({"case": case.model_dump(mode="json"), "answers": given}, ensure_ascii=False, indent=1))
        return
    console = Console()
    for turn in case.history:
        console.print(Text(f"before: {turn}", style="dim"))
    console.print(Text(case.question, style="bold"))
    console.print(Text(f"expected: {_expected(case)}"))
    for span in case.evidence:
        console.print(
            Text(f"  gold {span.id} {span.file}[{span.start}:{span.end}] {_words(span, documents)}", style="green")
        )
    for repeat, found in sorted(answers.items()):
        stage = stages.get(repeat)
        console.print(
            Text(f"\nasked {repeat + 1}: {'right' if stage is None else f'{stage}: {MEANING[stage]}'}", style="bold")
        )
        _print_answer(console, found, records[repeat])


def _print_answer(console: Console, found: EvalSample | None, record: AnswerRecord) -> None:
    if found is None:
        console.print(Text(record.error.message if record.error else "no answer that can be read", style="red"))
        return
    console.print(Text(found.answer.answer))
    for citation in found.answer.citations:
        place = f"{citation.file}[{citation.start}:{citation.end}]"
        console.print(Text(f"  [{citation.number}] {citation.state} {place} {citation.verdict}: {citation.quote}"))


def _expected(case: Case) -> str:
    expect = case.expect
    parts = (expect.status, expect.reason, expect.missing, ", ".join(expect.states))
    return "; ".join(part for part in parts if part)


def _words(span: Evidence, documents: "Documents") -> str:
    document = documents.by_file.get(span.file)
    return span.quote or ("" if document is None else document.text[span.start : span.end])


def print_ablation(rows: "Sequence[Row]") -> None:
    """Prints the configurations side by side."""
    from evals.ablate import cells, columns

    table = Table(*columns(), title="ablation")
    for row in rows:
        table.add_row(*cells(row, rows[0]))
    Console().print(table)


def print_positions(split: str, rates: "PositionRates") -> None:
    """Prints how well the kinds of labelled cells were told, given their evidence, and what was taken for what."""
    print(
        f"{split}: kind {rates.kind}, or one accepted {rates.accepted}; silence {rates.silence}; "
        f"evidence {rates.evidence}; hidden {rates.hidden}"
    )
    table = Table("label \\ suggested", *KINDS[:-1])
    for label in KINDS[:-1]:
        table.add_row(label, *(str(rates.confusion.get((label, kind), 0)) for kind in KINDS[:-1]))
    Console().print(table)


def print_readings(scored: "Sequence[ScoredReading]", *, as_json: bool) -> None:
    """Prints what was read right of questions: of all, and by language, kind and register."""
    from evals.reading import rates_of

    tables = [rates for by in (None, "language", "kind", "register") for rates in rates_of(scored, by)]
    if as_json:
        print(json.dumps([asdict(rates) for rates in tables], ensure_ascii=False))
        return
    names = list(tables[0].rates)
    table = Table("questions", "n", *names)
    for rates in tables:
        table.add_row(
            rates.name, str(rates.count), *(f"{rates.rates[n]:.3f}" if n in rates.rates else "" for n in names)
        )
    Console().print(table)
