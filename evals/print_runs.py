"""What `untoc-eval` prints: tables on the terminal, one case, and progress."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from app.cli.command import Invocation
from app.cli.printing import print_table, progress_bar, stdout_console
from evals.cases.documents import Documents
from evals.errors import RunError
from evals.files import Tell
from evals.gates import GateReport, gates_of
from evals.report.failures import Answers
from evals.report.report import rendered, verdict
from evals.report.tables import Table, figures_table, gates_table, stages_table, weakest_table
from evals.runs import Run
from evals.summary import latency, shares, stage_counts, summarise
from ingest.parties.party_table import PartyTable

# The last line of `untoc-eval gate` for each verdict, with the exit status that scripts get.
_EXITS: Final = {
    "pass": "✔ good enough (exit status 0)",
    "warn": "▲ good enough, with warnings (exit status 0)",
    "fail": "✗ not good enough (exit status 1)",
    "invalid": "? cannot be decided (exit status 2)",
}
_STYLES: Final = {"good": "green", "warn": "yellow", "bad": "red", "few": "dim"}


@contextmanager
def progress() -> Iterator[Tell]:
    """Shows progress in a bar; without a terminal as lines of text."""
    console = Console(stderr=True)

    def in_lines(text: str, done: int, total: int | None) -> None:
        # The third answer of a run is the first with an estimate of the time left.
        if total is None or done in (3, total) or done % 10 == 0:
            console.print(Text(text))

    if not console.is_terminal:
        yield in_lines
        return
    with progress_bar("starting", quiet=False) as advance:
        yield lambda text, done, total: advance(done, total or 0, text, "")


def print_tables(*tables: Table, first: str = "", note: str = "", say: Callable[[str], str] = str) -> None:
    """Prints the tables that have rows between the texts `first` and `note`; `say` is applied to every text."""
    console = stdout_console()
    if first:
        console.print(Text(say(first), style="bold"))
    for table in tables:
        if table.rows:
            shown = RichTable(*table.columns, title=table.title)
            for number, row in enumerate(table.rows):
                style = _STYLES.get(table.tones[number] if table.tones else "", "")
                shown.add_row(*(Text(say(cell)) for cell in row), style=style)
            print_table(console, shown)
            if table.note:
                console.print(Text(say(table.note), style="dim"))
    if note:
        console.print(Text(say(note)))


def print_run(run: Run, invocation: Invocation) -> int:
    """Prints a run's verdict in one sentence, its key figures, its failures by stage, and its weakest slices."""
    scores = run.scores()
    figures, by_slice = summarise(scores), shares(scores)

    def in_tables() -> None:
        parties = PartyTable.load()
        sentence = verdict(run, by_slice, parties, gates_of(run, None)).sentence
        broken = shlex.quote(next((score.case for score in scores if score.stage is not None), "CASE"))
        note = f"the whole report: `untoc-eval report {run.name}`; one case: `untoc-eval show {run.name} {broken}`"
        tables = figures_table(figures, place="brief"), stages_table(scores), weakest_table(by_slice, figures, parties)
        print_tables(*tables, first=sentence, note=note, say=invocation.runnable)

    found = {
        "run": run.name, "manifest": run.manifest.model_dump(mode="json"), "stages": stage_counts(scores),
        "figures": list(map(asdict, figures.values())),
        "slices": {n: {value: asdict(item) for value, item in found.items()} for n, found in by_slice.items()},
        "latency_ms": {step: found._asdict() for step, found in latency(scores).items()},
    }  # fmt: skip
    return invocation.show(found, in_tables)


def print_gates(report: GateReport, baseline: str | None, say: Callable[[str], str]) -> None:
    """Prints every gate, the reasons of those not passed, and the verdict last; `baseline` is as the user gave it."""
    notes = [*(r.reason for r in report.results if r.verdict != "pass")]
    notes += [f"cannot decide: {problem}" for problem in report.problems]
    if any(r.kind == "soft" and r.verdict in ("warn", "fail") for r in report.results) and not report.variant:
        kept = baseline is not None and Path(baseline).parent != Path()
        todo = f"`untoc-eval baseline {report.candidate} {shlex.quote(baseline or '')}` puts this run in its place"
        notes += [f"where the change is meant, {todo if kept else f'give `--baseline {report.candidate}` from now on'}"]
    print_tables(gates_table(report), note="\n".join([*notes, _EXITS[report.verdict]]), say=say)


def print_case(run: Run, documents: Documents, identifier: str, invocation: Invocation) -> int:
    """Prints one case of a run: the question, its evidence, and what it got."""
    answers = Answers(run, documents, None)
    found = [judged for (name, _), judged in answers.judged.items() if name == identifier]
    if not found:
        raise RunError(f"no case {identifier!r} in the run {run.name!r}: `untoc-eval report {run.name}` shows them")
    case, stages = found[0].case, {score.repeat: score.stage for score in answers.scores if score.case == identifier}
    given = [each.record.model_dump(mode="json") | {"stage": stages.get(each.record.repeat)} for each in found]
    text = rendered("report/case.txt.j2", "shown", case, answers, found, stages, escapes=False)
    whole = {"case": case.model_dump(mode="json"), "answers": given}
    return invocation.show(whole, lambda: stdout_console().print(Text.from_markup(text, emoji=False)))
