"""What `untoc-eval` prints: tables on the terminal, one case, and progress."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table as RichTable
from rich.text import Text

from app.cli.printing import print_table, stdout_console
from evals.errors import RunError
from evals.failure_taxonomy import MEANING
from evals.gates import gates_of
from evals.report.tables import Table, figures_table, gates_table, stages_table, weakest_table
from evals.report.verdict import verdict
from evals.report.words import VERDICT
from evals.runner import Pace
from evals.runs import AnswerRecord, Run
from evals.score import eval_samples
from evals.summary import by_slice, latency, slice_names, stage_counts, summarise
from ingest.parties.party_table import PartyTable

if TYPE_CHECKING:
    from evals.cases.documents import Documents
    from evals.gates import GateReport

_STYLES: Final = {"good": "green", "warn": "yellow", "bad": "red", "few": "dim"}


@contextmanager
def asking() -> Iterator[dict[str, Any]]:
    """Shows on the terminal what is done, how far it is and how long it takes; gives `on_stage` and `on_answer`."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plainly(console)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield {
            "on_stage": lambda text: bar.update(task, description=text, total=None, completed=0),
            "on_answer": lambda record, done, total: bar.update(task, completed=done, total=total),
        }


def _plainly(console: Console) -> dict[str, Any]:
    """Says the same in lines, for a log or another program: an estimate at the third answer, every tenth, the last."""
    pace = Pace()

    def on_answer(record: AnswerRecord, done: int, total: int) -> None:
        left = pace.told(done, total)
        if pace.asked == 3 or done % 10 == 0 or done == total:
            console.print(Text(f"{done} of {total} answers{left}"))

    return {"on_stage": lambda text: console.print(Text(text)), "on_answer": on_answer}


def print_tables(*tables: Table, first: str = "", note: str = "") -> None:
    """Prints tables, those without rows left out, between a sentence above and one below them."""
    console = stdout_console()
    if first:
        console.print(Text(first, style="bold"))
    for table in tables:
        if table.rows:
            shown = RichTable(*table.columns, title=table.title)
            for number, row in enumerate(table.rows):
                shown.add_row(*map(Text, row), style=_STYLES.get(table.tones[number] if table.tones else "", ""))
            print_table(console, shown)
    if note:
        console.print(Text(note))


def print_run(run: Run, *, as_json: bool = False) -> None:
    """Prints what came out of a run in one sentence, its key figures, how failures broke, and its weakest slices."""
    scores = run.scores()
    figures = summarise(scores)
    if as_json:
        slices = {name: by_slice(scores, name) for name in slice_names(scores)}
        found = {
            "run": run.name,
            "manifest": run.manifest.model_dump(mode="json"),
            "figures": [asdict(item) for item in figures.values()],
            "stages": stage_counts(scores),
            "slices": {n: {value: asdict(item) for value, item in found.items()} for n, found in slices.items()},
            "latency_ms": {step: found._asdict() for step, found in latency(scores).items()},
        }
        print(json.dumps(found, indent=1))
        return
    parties = PartyTable.load()
    told = verdict(run.manifest, scores, parties, gates=gates_of(run, None)).sentence
    note = f"the whole report: untoc-eval report {run.name}   one case: untoc-eval show {run.name} CASE"
    shown = figures_table(figures, place="brief"), stages_table(scores), weakest_table(scores, parties)
    print_tables(*shown, first=told, note=note)


def print_gates(report: "GateReport") -> None:
    """Prints every gate, why those are not held that are not, and the verdict last."""
    reasons = [result.reason for result in report.results if result.verdict != "pass"]
    told = [*reasons, *(f"cannot decide: {problem}" for problem in report.problems)]
    if report.verdict != "pass" and report.baseline is not None:
        told.append(
            f"a change that is meant: `untoc-eval baseline {report.candidate} FOLDER` makes this run the baseline"
        )
    print_tables(gates_table(report), note="\n".join([*told, f"verdict: {VERDICT[report.verdict]}"]))


def print_case(run: Run, documents: "Documents", identifier: str, *, as_json: bool = False) -> None:
    """Prints one case of a run: the question, its evidence, and what it got."""
    case = next((case for case in run.cases() if case.id == identifier), None)
    if case is None:
        raise RunError(f"no case {identifier!r} in the run {run.name!r}: `untoc-eval report {run.name}` shows them")
    samples = eval_samples(run, documents)
    stages = {score.repeat: score.stage for score in run.scores() if score.case == identifier}
    records = sorted((r for r in run.answers() if r.case == identifier), key=lambda record: record.repeat)
    if as_json:
        given = [record.model_dump(mode="json") | {"stage": stages.get(record.repeat)} for record in records]
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
    for record in records:
        stage, found = stages.get(record.repeat), samples.get((identifier, record.repeat))
        outcome = "right" if stage is None else f"{stage}: {MEANING[stage]}"
        console.print(Text(f"\nasked {record.repeat + 1}: {outcome}", style="bold"))
        if found is None:
            console.print(Text(record.error.message if record.error else "no answer that can be read", style="red"))
            continue
        console.print(Text(found.answer.answer))
        for cited in found.answer.citations:
            place = f"{cited.file}[{cited.start}:{cited.end}]"
            console.print(Text(f"  [{cited.number}] {cited.state} {place} {cited.verdict}: {cited.quote}"))
