"""Tables of a run, made once and shown alike on a page, on a terminal and in Markdown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.cases.case import Case
from evals.cases.documents import Documents
from evals.cases.lint import Remark
from evals.compare import Comparison, Flip
from evals.errors import RunError
from evals.gates import GateReport, GateResult
from evals.metrics.table import METRICS, RIGHT
from evals.report import words
from evals.report.words import NOTES, NOTHING, TONE, VERDICT, change, p_value, plain, range_of, shown, weakest
from evals.runs import Run, ScoreRecord
from evals.score import MEANING
from evals.summary import SMALL, Figure, Shares, by_case, figure, stage_counts, summarise
from ingest.parties.party_table import PartyTable

# A comment that lists more is not read, and GitHub cuts off at 65 536 characters.
_FLIPS: Final = 20
# What Markdown or a forge would read as markup, a mention or a reference.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of text under a title.

    Attributes:
        code: Columns of ids, which Markdown sets as code.
        tones: Of each row: good, bad, warn, few, or empty; none for rows without.
        bars: Of each row a share with its interval, drawn on a page.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    code: frozenset[str] = frozenset()
    tones: Sequence[str] = ()
    bars: Sequence[tuple[float, float, float]] = ()


def figures_table(
    figures: Mapping[str, Figure], comparison: Comparison | None = None, place: str | None = None
) -> Table:
    """Returns figures with their intervals, beside those of the baseline; those shown in a place, or all."""
    columns: tuple[str, ...] = ("Figure", "Value", "95 % interval of the value", "n")
    note = f"n: cases that bear on a figure; from fewer than {SMALL} little can be read."
    if comparison is not None:
        columns += ("Baseline", "Change", "p of the change", "The change")
        note = f"{note} {NOTES['paired']}"
    columns, rows, tones = columns if place is None else (*columns, "What it tells"), [], []
    for name, item in ((n, own) for n, own in figures.items() if place is None or place in METRICS[n].shown_in):
        other = comparison.differences.get(name) if comparison is not None else None
        row = [METRICS[name].label, shown(item.value, name), range_of(item.low, item.high, name), str(item.n)]
        if other is not None:
            reading = "" if METRICS[name].higher_is_better is None else VERDICT[other.verdict]
            row += [shown(other.a, name), change(other.delta, name), p_value(other.p), reading]
        elif comparison is not None:
            row += [NOTHING] * 3 + [""]
        rows.append([*row, METRICS[name].told][: len(columns)])
        tones.append("few" if item.n < SMALL else TONE[other.verdict] if other is not None else "")
    return Table(title="Figures", columns=columns, rows=rows, tones=tones, note=note)


def gates_table(report: GateReport) -> Table:
    """Returns every gate with its outcome, those that failed first."""
    order = ("fail", "invalid", "warn", "pass")
    results = sorted(report.results, key=lambda item: order.index(item.verdict))

    def row(result: GateResult) -> tuple[str, ...]:
        name, points = result.metric, result.delta is not None
        return (
            METRICS[name].label, VERDICT["few" if result.few else result.verdict], shown(result.value, name),
            words.bar_of(result.bar, name), shown(result.baseline, name), change(result.delta, name),
            range_of(result.low, result.high, name, points=points), p_value(result.p), str(result.n),
        )  # fmt: skip

    left_out = f" Left out, since they apply to no case: {', '.join(report.left_out)}." if report.left_out else ""
    note = f"What has to hold, over {report.cases} cases. {NOTES['few'].format(report.minimum)}{left_out}"
    columns = ("Gate", "Outcome", "Value", "Needed", "Baseline", "Change", "95 % interval", "p", "n")
    tones = ["few" if result.few else TONE[result.verdict] for result in results]
    return Table(title="Gates", columns=columns, rows=list(map(row, results)), tones=tones, note=note)


def stages_table(scores: Sequence[ScoreRecord]) -> Table:
    """Returns how many cases broke first at each stage, the most first."""
    counts = sorted(stage_counts(scores).items(), key=lambda item: -item[1])
    rows = [(plain(stage), str(count), MEANING[stage]) for stage, count in counts]
    return Table(title="What broke first", columns=("Stage", "Cases", "Meaning"), rows=rows)


def weakest_table(shares: Shares, figures: Mapping[str, Figure], parties: PartyTable) -> Table:
    """Returns the slices with the lowest shares of right outcomes."""
    lowest = weakest(shares, figures[RIGHT.name].value, 5) if RIGHT.name in figures else ()
    found = {f"{words.slice_label(n)}: {words.slice_value(n, v, parties)}": item for n, v, item in lowest}
    return _shares("Weakest slices", "Slice", found)


def slice_table(name: str, shares: Shares, parties: PartyTable, before: Shares | None = None) -> Table:
    """Returns the share of right outcomes for each value of a slice, the worst first, beside the baseline's."""
    found, label = shares.get(name, {}), words.slice_label(name)
    old = None if before is None else [before.get(name, {}).get(value) for value in found]
    return _shares(label, label, {words.slice_value(name, v, parties): item for v, item in found.items()}, old)


def _shares(title: str, head: str, found: Mapping[str, Figure], before: Sequence[Figure | None] | None = None) -> Table:
    def row(name: str, item: Figure, old: Figure | None) -> tuple[str, ...]:
        own = name, str(item.n), shown(item.value, RIGHT.name), range_of(item.low, item.high, RIGHT.name)
        return own if before is None else (*own, shown(old.value if old is not None else None, RIGHT.name))

    return Table(
        title=title,
        columns=(head, "n", "Right", "95 % interval", *(("Baseline",) if before is not None else ())),
        rows=[row(*pair, old) for pair, old in zip(found.items(), before or [None] * len(found), strict=True)],
        tones=["few" if item.n < SMALL else "" for item in found.values()],
        bars=[(item.value, item.low, item.high) for item in found.values()],
    )


def flips_table(comparison: Comparison, cases: Mapping[str, Case], documents: Documents) -> Table:
    """Returns the cases that are right in one run only, losses first, each with its question and its statement."""
    flips = (*comparison.regressions, *comparison.improvements)

    def row(flip: Flip) -> tuple[str, ...]:
        sign, case = "✗ → ✔" if flip.new is None else "✔ → ✗", cases.get(flip.case)
        asked, told = (case.question, _answering(case, documents)) if case is not None else ("", "")
        return sign, flip.case, asked, told, plain(flip.old or "right"), plain(flip.new or "right")

    lost, won = len(comparison.regressions), len(comparison.improvements)
    title = f"{lost} lost, {won} won" + (f", the first {_FLIPS}" if len(flips) > _FLIPS else "")
    columns, shown_flips = ("Change", "Case", "Question", "Statement", "Before", "Now"), flips[:_FLIPS]
    tones = ["bad" if flip.new else "good" for flip in shown_flips]
    rows = list(map(row, shown_flips))
    return Table(title=title, columns=columns, rows=rows, code=frozenset({"Case"}), tones=tones)


def _answering(case: Case, documents: Documents) -> str:
    """Returns the words that answer a case, with their statement."""
    if not case.evidence:
        return "none answers it"
    said = " ".join(documents.words_of(case.evidence[0]).split())
    return f"{case.evidence[0].file}: “{words.shortened(said, 120)}”"


def comparison_tables(found: Comparison, run: Run, documents: Documents) -> tuple[Table, ...]:
    """Returns what differs between two runs: flips, figures that moved, and last how they were run."""
    # What a report shows first is shown wherever it differs: over a few cases nothing is beyond chance.
    told, cases = found.differences, {case.id: case for case in run.cases()}
    first = {n for n, item in told.items() if n == RIGHT.name or (item.delta and "tile" in METRICS[n].shown_in)}
    moved = first | {n for n, item in told.items() if item.verdict != "same"}
    # Over the cases that are compared, as the baseline's figures are.
    figures = {n: item for n, item in summarise(new for _, new in found.pairs).items() if n in moved}
    return flips_table(found, cases, documents), figures_table(figures, found), changes_table(found)


def changes_table(found: Comparison) -> Table:
    """Returns what was run differently."""
    rows = [(name, a or NOTHING, b or NOTHING) for name, a, b in found.changes]
    return Table(title="What was run differently", columns=("Entry", found.baseline, found.candidate), rows=rows)


def runs_table(runs: Sequence[Run]) -> Table:
    """Returns the runs of a folder, and what is left to do with each."""
    rows = []
    for run in runs:
        manifest, broken = run.manifest, None
        try:
            right = figure(by_case(run.scores()), RIGHT) if run.scored else None
        except RunError as exc:
            right, broken = None, f"its scores cannot be read: {exc}"
        told = "" if right is None else f"{shown(right.value, RIGHT.name)} ({range_of(right.low, right.high, 'right')})"
        variant = f"changed on purpose: {manifest.variant}" if manifest.variant else ""
        note = "; ".join(filter(None, (variant, broken or run.unfinished)))
        asked, begun = f"{manifest.cases * manifest.repeats} of {Path(manifest.dataset).name}", manifest.started
        rows.append((run.name, told, asked, f"{begun:%Y-%m-%d %H:%M}", note))
    return Table(title="Runs", columns=("Run", "Right", "Cases", "Begun", "Remark"), rows=rows)


def metrics_table() -> Table:
    """Returns the metrics with their formulas; higher is better but where ↓ stands."""
    down = {name: " ↓" if metric.higher_is_better is False else "" for name, metric in METRICS.items()}
    rows = [(m.name, m.group, m.label + down[m.name], m.told, m.formula, m.source) for m in METRICS.values()]
    return Table(title="Metrics", columns=("Name", "Group", "Label", "What it tells", "Formula", "Source"), rows=rows)


def remarks_table(found: Sequence[tuple[str, Remark]]) -> Table:
    """Returns what is wrong with sets of cases, errors first, with the place in a table of cases."""
    tones = {"error": "bad", "warning": "warn", "note": ""}
    ordered = sorted(found, key=lambda item: [*tones].index(item[1].severity))
    rows = [(Path(name).name, p.severity, p.case or "", p.what, p.todo) for name, p in ordered]
    columns = ("Set", "Weight", "Where", "What", "What to do")
    return Table(title="Remarks", columns=columns, rows=rows, tones=[tones[p.severity] for _, p in ordered])


def escaped(text: str) -> str:
    """Returns text of others on one line, without anything that Markdown, HTML or a forge would act on."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A word joiner keeps mentions and links from being made of them.
    return re.sub(r"@|:(?=//)|www(?=\.)", "\\g<0>\N{WORD JOINER}", _SPECIAL.sub(r"\\\1", line))


def code(text: str) -> str:
    """Returns an id as code; a backtick would end it, a bar the cell."""
    return f"`{' '.join(text.split()).replace('`', 'ˋ').replace('|', '¦')}`"
