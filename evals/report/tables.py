"""Tables of a run, made once and shown alike on a page, on a terminal and in Markdown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.ui.words import say, worded
from evals.cases.case import Case
from evals.cases.documents import Documents
from evals.cases.lint import LintRemark
from evals.compare import Comparison, Flip
from evals.errors import RunError
from evals.gates import GateReport, GateResult
from evals.metrics.table import METRICS, RIGHT
from evals.report import words
from evals.report.words import NOTHING, TONE, change, p_value, plain, range_of, shown, weakest
from evals.runs import Run, ScoreRecord
from evals.summary import SMALL, Figure, Shares, by_case, figure, stage_counts, summarise
from ingest.parties.party_table import PartyTable

# Most flips that a table lists: more are not read in a comment on GitHub, which is cut at 65 536 characters.
_FLIPS: Final = 20
# What Markdown or a forge would read as markup, a mention or a reference.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of text under a title."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    code: frozenset[str] = frozenset()
    """Columns of ids, which Markdown sets as code."""
    tones: Sequence[str] = ()
    """For each row good, bad, warn, few or empty; an empty sequence if the table has no tones."""
    bars: Sequence[tuple[float, float, float]] = ()
    """For each row (share, low, high) with its interval, drawn as a bar on a page."""

    def records(self) -> list[dict[str, str]]:
        """Returns the rows by the names of their columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def _columns(*keys: str) -> tuple[str, ...]:
    return tuple(say(f"report-{key}") for key in keys)


def figures_table(
    figures: Mapping[str, Figure], comparison: Comparison | None = None, place: str | None = None
) -> Table:
    """Returns figures with their intervals and the change from a baseline: all, or those that are shown in `place`."""
    columns = (*_columns("figure", "value", "interval-of-value"), "n")
    note = say("report-n-note", few=SMALL)
    if comparison is not None:
        columns += _columns("baseline", "change", "p", "the-change")
        note = f"{note} {say('report-paired-note')}"
    columns, rows, tones = columns if place is None else (*columns, say("report-tells")), [], []
    for name, item in ((n, own) for n, own in figures.items() if place is None or place in METRICS[n].shown_in):
        other = comparison.differences.get(name) if comparison is not None else None
        row = [METRICS[name].label, shown(item.value, name), range_of(item.low, item.high, name), str(item.n)]
        if other is not None:
            reading = "" if METRICS[name].higher_is_better is None else say(f"report-{other.verdict}")
            row += [shown(other.a, name), change(other.delta, name), p_value(other.p), reading]
        elif comparison is not None:
            row += [NOTHING] * 3 + [""]
        rows.append([*row, METRICS[name].told][: len(columns)])
        tones.append("few" if item.n < SMALL else TONE[other.verdict] if other is not None else "")
    return Table(title=say("report-figures-title"), columns=columns, rows=rows, tones=tones, note=note)


def gates_table(report: GateReport) -> Table:
    """Returns every gate with its outcome, those that failed first."""
    order = ("fail", "invalid", "warn", "pass")
    results = sorted(report.results, key=lambda item: order.index(item.verdict))

    def row(result: GateResult) -> tuple[str, ...]:
        name, points = result.metric, result.delta is not None
        return (
            METRICS[name].label, say(f"report-{'few' if result.few else result.verdict}"), shown(result.value, name),
            words.bar_of(result.bar, name), shown(result.baseline, name), change(result.delta, name),
            range_of(result.low, result.high, name, points=points), p_value(result.p), str(result.n),
        )  # fmt: skip

    notes = [say("report-gates-note", count=report.cases), say("report-few-note", few=report.minimum)]
    if report.left_out:
        notes.append(say("report-left-out", names=say("comma").join(METRICS[name].label for name in report.left_out)))
    columns = (*_columns("gate", "outcome", "value", "needed", "baseline", "change", "interval"), "p", "n")
    tones, rows = ["few" if result.few else TONE[result.verdict] for result in results], list(map(row, results))
    return Table(title=say("report-gates"), columns=columns, rows=rows, tones=tones, note=" ".join(notes))


def stages_table(scores: Sequence[ScoreRecord]) -> Table:
    """Returns how many cases broke first at each stage, the most first."""
    counts = sorted(stage_counts(scores).items(), key=lambda item: -item[1])
    rows = [(plain(stage), str(count), say(f"stage-{stage}")) for stage, count in counts]
    return Table(title=say("report-broke-first"), columns=_columns("stage", "cases", "meaning"), rows=rows)


def weakest_table(shares: Shares, figures: Mapping[str, Figure], parties: PartyTable) -> Table:
    """Returns the slices with the lowest shares of right outcomes."""
    found = {}
    for n, value, item in weakest(shares, figures[RIGHT.name].value, 5) if RIGHT.name in figures else ():
        found[say("pair", name=words.slice_label(n), value=words.slice_value(n, value, parties))] = item
    return _shares(say("report-weakest-title"), say("report-slice"), found)


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
        columns=(head, "n", *_columns("share-right", "interval", *(("baseline",) if before is not None else ()))),
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
        stages = (plain(stage) if stage else say("report-right") for stage in (flip.old, flip.new))
        return sign, flip.case, asked, told, *stages

    lost, won = len(comparison.regressions), len(comparison.improvements)
    title = say(f"report-flips-{'first' if len(flips) > _FLIPS else 'title'}", lost=lost, won=won, count=_FLIPS)
    change, case, statement, *moments = _columns("change", "case", "statement", "was", "now")
    columns, shown_flips = (change, case, say("question"), statement, *moments), flips[:_FLIPS]
    tones = ["bad" if flip.new else "good" for flip in shown_flips]
    rows = list(map(row, shown_flips))
    return Table(title=title, columns=columns, rows=rows, code=frozenset({case}), tones=tones)


def _answering(case: Case, documents: Documents) -> str:
    if not case.evidence:
        return say("report-none-answers")
    said = " ".join(documents.words_of(case.evidence[0]).split())
    return f"{case.evidence[0].file}: “{words.shortened(said, 120)}”"


def comparison_tables(found: Comparison, run: Run, documents: Documents) -> tuple[Table, ...]:
    """Returns what differs between two runs: flips, figures that moved, and last how they were run."""
    # The figures of the tiles are shown wherever they differ, since over a few cases no change is beyond chance.
    differences, cases = found.differences, {case.id: case for case in run.cases()}
    first = {n for n, item in differences.items() if n == RIGHT.name or (item.delta and "tile" in METRICS[n].shown_in)}
    moved = first | {n for n, item in differences.items() if item.verdict != "same"}
    # Computed over the compared cases only, as are the baseline's figures.
    figures = {n: item for n, item in summarise(new for _, new in found.pairs).items() if n in moved}
    return flips_table(found, cases, documents), figures_table(figures, found), changes_table(found)


def changes_table(found: Comparison) -> Table:
    """Returns the settings, models, packages and other entries in which the manifests of two runs differ."""
    rows = [(name, a or NOTHING, b or NOTHING) for name, a, b in found.changes]
    columns = say("report-entry"), found.baseline, found.candidate
    return Table(title=say("report-differently"), columns=columns, rows=rows)


def runs_table(runs: Sequence[Run]) -> Table:
    """Returns the runs of a folder, and what is left to do with each."""
    rows = []
    for run in runs:
        manifest, broken = run.manifest, None
        try:
            right = figure(by_case(run.scores()), RIGHT) if run.scored else None
        except RunError as exc:
            right, broken = None, say("report-unread-scores", why=worded(str(exc)))
        text = "" if right is None else f"{shown(right.value, RIGHT.name)} ({range_of(right.low, right.high, 'right')})"
        variant = say("report-purpose", variant=manifest.variant) if manifest.variant else ""
        note = "; ".join(filter(None, (variant, broken or run.unfinished)))
        asked = say("report-count-of", count=manifest.cases * manifest.repeats, set=Path(manifest.dataset).name)
        rows.append((run.name, text, asked, f"{words.day(manifest.started)} {manifest.started:%H:%M}", note))
    columns = _columns("run", "share-right", "cases", "begun", "remark")
    return Table(title=say("evals-runs"), columns=columns, rows=rows)


def metrics_table() -> Table:
    """Returns the metrics with their formulas; `↓` marks those of which lower is better."""
    down = {name: " ↓" if metric.higher_is_better is False else "" for name, metric in METRICS.items()}
    rows = [
        (m.name, say(f"metric-group-{m.group.lower()}"), m.label + down[m.name], m.told, m.formula, m.source)
        for m in METRICS.values()
    ]
    columns = _columns("name", "group", "label", "tells", "formula", "source")
    return Table(title=say("report-metrics"), columns=columns, rows=rows)


def remarks_table(found: Sequence[tuple[str, LintRemark]]) -> Table:
    """Returns the remarks on sets of cases, errors first, each with its case or place in a table of questions."""
    tones = {"error": "bad", "warning": "warn", "note": ""}
    ordered = sorted(found, key=lambda item: [*tones].index(item[1].severity))
    rows = [
        (Path(name).name, plain("error-weight" if p.severity == "error" else p.severity), p.case or "", p.what, p.todo)
        for name, p in ordered
    ]
    columns = _columns("set", "weight", "where", "what", "todo")
    return Table(title=say("report-remarks"), columns=columns, rows=rows, tones=[tones[p.severity] for _, p in ordered])


def escaped(text: str) -> str:
    """Returns text of others on one line, escaped so that Markdown, HTML and a forge take it as plain text."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A word joiner keeps a forge from turning these into mentions and links.
    return re.sub(r"@|:(?=//)|www(?=\.)", "\\g<0>\N{WORD JOINER}", _SPECIAL.sub(r"\\\1", line))


def code(text: str) -> str:
    """Returns an id as code, with look-alikes of a backtick, which would end the code, and of a bar, the cell."""
    return f"`{' '.join(text.split()).replace('`', 'ˋ').replace('|', '¦')}`"
