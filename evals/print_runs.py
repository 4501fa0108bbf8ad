"""What `untoc-eval` prints: tables on the terminal, one case, and progress."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table as RichTable
from rich.text import Text

from app.cli.printing import print_table, stdout_console
from evals.errors import RunError
from evals.failure_taxonomy import MEANING
from evals.metrics.eval_sample import EvalSample
from evals.report.tables import Table, figures_table, gates_table, stages_table, weakest_table
from evals.report.words import GATE
from evals.runner import OnAnswer
from evals.runs import AnswerRecord, Run
from evals.score import eval_samples
from evals.summary import RIGHT, by_case, by_slice, figure, latency, slice_names, stage_counts, summarise
from ingest.parties.party_table import PartyTable

if TYPE_CHECKING:
    from evals.cases.documents import Documents
    from evals.gates import GateReport
    from evals.reading import ScoredReading

_STYLES: Final = {"good": "green", "warn": "yellow", "bad": "red"}


@contextmanager
def asking() -> Iterator[tuple[Callable[[str], None], OnAnswer]]:
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


def _plainly(console: Console) -> tuple[Callable[[str], None], OnAnswer]:
    """Says the same in lines, for a log or another program; every tenth answer and the last."""

    def on_answer(record: AnswerRecord, done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            console.print(Text(f"{done} of {total} answers"))

    return lambda text: console.print(Text(text)), on_answer


def print_tables(*tables: Table, note: str = "") -> None:
    """Prints tables, those without rows left out, and a sentence below them."""
    console = stdout_console()
    for table in tables:
        if table.rows:
            shown = RichTable(*table.columns, title=table.title)
            for number, row in enumerate(table.rows):
                tone = table.tones[number] if table.tones else ""
                shown.add_row(*map(Text, row), style=_STYLES.get(tone, ""))
            print_table(console, shown)
    if note:
        console.print(Text(note))


def print_run(run: Run, *, as_json: bool = False) -> None:
    """Prints a run's figures, its weakest slices and how its failures broke."""
    scores = run.scores()
    if as_json:
        right = figure(by_case(scores), RIGHT)
        found = {
            "run": run.name,
            "manifest": run.manifest.model_dump(mode="json"),
            "right": asdict(right) if right else None,
            "figures": [asdict(item) for item in summarise(scores)],
            "stages": stage_counts(scores),
            "slices": {name: [asdict(item) for item in by_slice(scores, name)] for name in slice_names(scores)},
            "latency_ms": [asdict(item) for item in latency(scores)],
        }
        print(json.dumps(found, indent=1))
        return
    note = f"report: untoc-eval report {run.name}   one case: untoc-eval show {run.name} CASE"
    weak = weakest_table(scores, PartyTable.load(), 12)
    print_tables(figures_table(scores), stages_table(scores), weak, note=note)


def print_gates(report: "GateReport") -> None:
    """Prints every gate, why those are not held that are not, and the verdict last."""
    left_out = f"not compared, since they apply to no case: {', '.join(report.left_out)}" if report.left_out else ""
    reasons = [result.reason for result in report.results if result.verdict != "pass"]
    problems = [f"cannot decide: {problem}" for problem in report.problems]
    told = [*reasons, *problems, left_out, f"verdict: {' '.join(GATE[report.verdict])}"]
    print_tables(gates_table(report), note="\n".join(line for line in told if line))


def print_case(run: Run, documents: "Documents", identifier: str, *, as_json: bool = False) -> None:
    """Prints one case of a run: the question, its evidence, and what it got.

    Raises:
        RunError: The run has no such case.
    """
    case = next((case for case in run.cases() if case.id == identifier), None)
    if case is None:
        raise RunError(f"no case {identifier!r} in the run {run.name!r}: `untoc-eval report {run.name}` shows them")
    answers = {repeat: found for (name, repeat), found in eval_samples(run, documents).items() if name == identifier}
    records = {record.repeat: record for record in run.answers() if record.case == identifier}
    stages = {score.repeat: score.stage for score in run.scores() if score.case == identifier}
    if as_json:
        given = [record.model_dump(mode="json") | {"stage": stages.get(repeat)} for repeat, record in records.items()]
        print(json.dumps({"case": case.model_dump(mode="json"), "answers": given}, ensure_ascii=False, indent=1))
        return
    console = stdout_console()
    for turn in case.history:
        console.print(Text(f"before: {turn}", style="dim"))
    console.print(Text(case.question, style="bold"))
    expect = case.expect
    parts = (expect.status, expect.reason, expect.missing, ", ".join(expect.states))
    console.print(Text(f"expected: {'; '.join(part for part in parts if part)}"))
    for span in case.evidence:
        place = f"{span.file}[{span.start}:{span.end}]"
        console.print(Text(f"  evidence {span.id} {place} {documents.words_of(span)}", style="green"))
    for repeat, found in sorted(answers.items()):
        stage = stages.get(repeat)
        outcome = "right" if stage is None else f"{stage}: {MEANING[stage]}"
        console.print(Text(f"\nasked {repeat + 1}: {outcome}", style="bold"))
        _print_answer(console, found, records[repeat])


def _print_answer(console: Console, found: EvalSample | None, record: AnswerRecord) -> None:
    if found is None:
        console.print(Text(record.error.message if record.error else "no answer that can be read", style="red"))
        return
    console.print(Text(found.answer.answer))
    for citation in found.answer.citations:
        place = f"{citation.file}[{citation.start}:{citation.end}]"
        console.print(Text(f"  [{citation.number}] {citation.state} {place} {citation.verdict}: {citation.quote}"))


def print_readings(scored: "Sequence[ScoredReading]", *, as_json: bool) -> None:
    """Prints what was read right of questions: of all, and by language, kind and register."""
    from evals.reading import rates_of

    tables = [rates for by in (None, "language", "kind", "register") for rates in rates_of(scored, by)]
    if as_json:
        print(json.dumps([asdict(rates) for rates in tables], ensure_ascii=False))
        return
    names = list(tables[0].rates)
    table = RichTable("questions", "n", *names)
    for rates in tables:
        table.add_row(
            rates.name, str(rates.count), *(f"{rates.rates[n]:.3f}" if n in rates.rates else "" for n in names)
        )
    stdout_console().print(table)
