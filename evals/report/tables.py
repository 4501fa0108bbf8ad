"""Tables of a run, made once and shown alike on a terminal and in Markdown: figures, gates, flips, slices, failures."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.cases.checks import Problem
from evals.compare import Comparison, Difference, Flip, difference, paired
from evals.errors import RunError
from evals.failure_taxonomy import MEANING
from evals.gates import GateReport
from evals.metrics.table import METRICS
from evals.report.verdict import weakest
from evals.report.words import (
    CHANGE,
    GATE,
    bar_of,
    change,
    p_value,
    plain,
    range_of,
    shown,
    slice_label,
    slice_value,
)
from evals.runs import Run, ScoreRecord
from evals.summary import FAILED, QUANTITIES, RIGHT, by_case, figure, stage_counts, summarise
from ingest.parties.party_table import PartyTable

# What a summary shows of all figures.
KEY_FIGURES: Final = (
    "right", "failed", "quote_verified", "misattributed", "evidence_first", "evidence_five", "citation_precision",
    "recall_at_20", "nuggets_strict_vital", "state_set_f1", "abstention_recall", "over_abstention", "macro_f1",
    "paraphrase_agreement", "language_agreement",
)  # fmt: skip
# A comment that lists more is not read, and GitHub cuts off at 65 536 characters.
_FLIPS: Final = 20
_TONES: Final = {"pass": "good", "fail": "bad", "warn": "warn", "invalid": "warn", "better": "good", "worse": "bad"}
# What Markdown or a forge would read as markup, a mention or a reference.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of text under a title.

    Attributes:
        code: Columns of ids, which Markdown sets as code.
        tones: Of each row: good, bad, warn, or empty; none for rows without.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    code: frozenset[str] = frozenset()
    tones: Sequence[str] = ()


def figures_table(
    scores: Sequence[ScoreRecord], comparison: Comparison | None = None, names: Iterable[str] | None = None
) -> Table:
    """Returns figures with their intervals, beside those of the baseline; all that apply where no names are given."""
    cases = by_case(scores)
    if names is None:
        right = figure(cases, RIGHT)
        found = [*([right] if right else []), *summarise(scores)]
    else:
        found = [item for name in names if (item := figure(cases, QUANTITIES[name])) is not None] if cases else []
    differences = _differences(comparison) if comparison is not None else {}
    more = ("Baseline", "Change", "p", "Reading") if comparison is not None else ()
    rows, tones = [], []
    for item in found:
        name, other = item.metric, differences.get(item.metric)
        beside = _beside(other) if other is not None else ("–", "–", "–", "")
        row = (QUANTITIES[name].label, shown(item.value, name), range_of(item.low, item.high, name), str(item.n))
        rows.append((*row, *(beside if comparison is not None else ())))
        tones.append(_TONES.get(other.verdict, "") if other is not None else "")
    return Table(title="Figures", columns=("Figure", "Value", "95 % interval", "n", *more), rows=rows, tones=tones)


def _differences(comparison: Comparison) -> dict[str, Difference]:
    failed = difference(paired(comparison.pairs, FAILED))
    found = {item.metric: item for item in (comparison.right, *comparison.metrics)}
    return found | ({FAILED.name: failed} if failed is not None else {})


def _beside(found: Difference) -> tuple[str, ...]:
    name = found.metric
    return shown(found.a, name), change(found.delta, name), p_value(found.p), " ".join(CHANGE[found.verdict])


def gates_table(report: GateReport) -> Table:
    """Returns every gate with its outcome, those that failed first."""
    order = ("fail", "invalid", "warn", "pass")
    results = sorted(report.results, key=lambda item: order.index(item.verdict))
    rows = [
        (
            QUANTITIES[result.metric].label,
            " ".join(GATE[result.verdict]),
            shown(result.value, result.metric),
            bar_of(result),
            shown(result.baseline, result.metric),
            change(result.delta, result.metric),
            p_value(result.p),
            str(result.n),
        )
        for result in results
    ]
    columns = ("Gate", "Outcome", "Value", "Needed", "Baseline", "Change", "p", "n")
    return Table(title="Gates", columns=columns, rows=rows, tones=[_TONES[result.verdict] for result in results])


def stages_table(scores: Sequence[ScoreRecord]) -> Table:
    """Returns how many cases broke first at each stage, the most first."""
    counts = sorted(stage_counts(scores).items(), key=lambda item: -item[1])
    rows = [(stage, str(count), MEANING[stage]) for stage, count in counts]
    return Table(title="What broke first", columns=("Stage", "Cases", "Meaning"), rows=rows)


def weakest_table(scores: Sequence[ScoreRecord], parties: PartyTable, most: int = 5) -> Table:
    """Returns the slices with the lowest shares of right outcomes."""
    rows = [
        (
            f"{slice_label(name)}: {slice_value(name, item.value, parties)}",
            str(item.n),
            shown(item.right, "right"),
            range_of(item.low, item.high, "right"),
        )
        for name, item in weakest(scores, most)
    ]
    return Table(title="Weakest slices", columns=("Slice", "n", "Right", "95 % interval"), rows=rows)


def flips_table(comparison: Comparison, questions: Mapping[str, str]) -> Table:
    """Returns the cases that are right in one run only, losses first, each with its question."""
    flips = (*comparison.regressions, *comparison.improvements)

    def row(flip: Flip) -> tuple[str, ...]:
        sign = "✗ → ✔" if flip.new is None else "✔ → ✗"
        return (sign, flip.case, questions.get(flip.case, ""), plain(flip.old or "right"), plain(flip.new or "right"))

    lost, won = len(comparison.regressions), len(comparison.improvements)
    title = f"{lost} lost, {won} won (p = {p_value(comparison.mcnemar_p)})"
    if len(flips) > _FLIPS:
        title += f", the first {_FLIPS}"
    columns = ("Change", "Case", "Question", "Baseline", "This run")
    return Table(title=title, columns=columns, rows=[row(flip) for flip in flips[:_FLIPS]], code=frozenset({"Case"}))


def comparison_tables(found: Comparison, slices: Sequence[str], run: Run) -> tuple[Table, ...]:
    """Returns what differs between two runs: flips, figures, slices, and last how they were run."""
    questions = {case.id: case.question for case in run.cases()}
    by = [
        Table(
            title=slice_label(name),
            columns=(name, "Cases", "Right before", "Now"),
            rows=[(i.value, str(i.n), shown(i.a, "right"), shown(i.b, "right")) for i in found.by(name)],
        )
        for name in slices
    ]
    rows = [
        (QUANTITIES[item.metric].label, *_beside(item)[:1], shown(item.b, item.metric), change(item.delta, item.metric),
         range_of(item.low, item.high, item.metric, points=True), p_value(item.p), str(item.n), item.verdict)
        for item in (found.right, *found.metrics)
    ]  # fmt: skip
    figures = Table(
        title=f"{len(found.pairs)} cases",
        columns=("Figure", "Before", "Now", "Change", "95 % interval", "p", "n", "Reading"),
        rows=rows,
        tones=[_TONES.get(item.verdict, "") for item in (found.right, *found.metrics)],
    )
    settings = Table(
        title="What was run differently",
        columns=("Entry", found.baseline, found.candidate),
        rows=[(entry.name, entry.a or "", entry.b or "") for entry in found.changes],
    )
    return flips_table(found, questions), figures, *by, settings


def runs_table(runs: Sequence[Run]) -> Table:
    """Returns the runs of a folder."""
    rows = []
    for run in runs:
        try:
            found = figure(by_case(run.scores()), RIGHT)
        except RunError:
            found = None
        right = "" if found is None else shown(found.value, "right")
        manifest = run.manifest
        complete = "yes" if run.complete else "no"
        rows.append((run.name, manifest.dataset, str(manifest.cases), right, manifest.variant or "", complete))
    return Table(title="Runs", columns=("Run", "Set", "Cases", "Right", "Variant", "Complete"), rows=rows)


def metrics_table() -> Table:
    """Returns the metrics with their formulas; higher is better but where ↓ stands."""
    rows = [
        (m.name, m.group, m.label + (" ↓" if m.higher_is_better is False else ""), m.formula, m.source)
        for m in METRICS.values()
    ]
    return Table(title="Metrics", columns=("Name", "Group", "What it is", "Formula", "Source"), rows=rows)


def problems_table(found: Sequence[tuple[str, Problem]]) -> Table:
    """Returns what is wrong with sets of cases, errors first, with the place in a table of cases."""
    order = {"error": 0, "warning": 1}
    ordered = sorted(found, key=lambda item: order.get(item[1].severity, 2))
    return Table(
        title="Remarks",
        columns=("Set", "", "Case", "What", "What to do"),
        rows=[(name, p.severity, p.case or "", p.what, p.todo) for name, p in ordered],
        tones=[{"error": "bad", "warning": "warn"}.get(p.severity, "") for _, p in ordered],
    )


def as_markdown(table: Table) -> str:
    """Returns a table in Markdown; whatever others wrote in it is escaped."""
    cells = [
        [code(cell) if column in table.code else escaped(cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    lines = [table.columns, ["---"] * len(table.columns), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escaped(text: str) -> str:
    """Returns text of others on one line, without anything that Markdown, HTML or a forge would act on."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A word joiner keeps mentions and links from being made of them.
    joined = {"@": "@\N{WORD JOINER}", "://": ":\N{WORD JOINER}//", "www.": "www\N{WORD JOINER}."}
    line = _SPECIAL.sub(r"\\\1", line)
    for given, kept in joined.items():
        line = line.replace(given, kept)
    return line


def code(text: str) -> str:
    """Returns an id as code; a backtick would end it, a bar the cell."""
    return f"`{' '.join(text.split()).replace('`', 'ˋ').replace('|', '¦')}`"
