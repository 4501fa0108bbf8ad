"""A run as one HTML file: no network, nothing outside the file, readable without scripts.

Whatever others wrote (questions, statements, file names) goes through autoescaping. Marked as safe are our own
pictures, style and script alone; the content security policy admits no other.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from evals.compare import Comparison, Difference, compare, difference_of_data
from evals.failure_taxonomy import MEANING
from evals.gates import GateReport
from evals.golden.documents import Documents
from evals.metrics.confidence import Reliability, RiskCoverage, reliability, risk_coverage
from evals.metrics.table import METRICS, Quantity
from evals.report import plots, words
from evals.report.failures import Answers, anchors, disagreements, failures
from evals.report.questions import questions_of
from evals.report.verdict import verdict
from evals.runs import Run, ScoreRecord
from evals.score import Rulings
from evals.summary import (
    KEY_METRICS,
    QUANTITIES,
    RIGHT,
    SMALL,
    AbstentionSquare,
    Figure,
    Latency,
    Price,
    SliceFigures,
    abstention_square,
    by_case,
    by_slice,
    confusion,
    cost,
    figure,
    latency,
    outcomes,
    slice_names,
    summarise,
)
from ingest.parties.party_table import PartyTable

# Figures that stand at the top.
_HEADLINES: Final = (
    "right",
    "evidence_five",
    "quote_verified",
    "misattributed",
    "abstention_recall",
    "over_abstention",
)
_GROUPS: Final = ("Integrity", "Reading", "Retrieval", "Evidence", "Content", "Abstention", "Robustness")
_SOURCES: Final = (
    "Intervals: 95 %, whole groups of questions about the same State drawn again (cluster bootstrap; Miller 2024, "
    "Adding Error Bars to Evals); of shares over fewer than ten such groups Wilson's score interval (Wilson 1927).",
    "Differences: paired over the same questions; p-values of flips by McNemar's exact test, of figures by random "
    "swaps of whole groups, of gates with Holm's correction.",
    "Confidence: risk–coverage curve and AURC (Geifman, Uziel, El-Yaniv 2019); expected calibration error "
    "(Guo et al. 2017); Brier score (Brier 1950).",
)


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """One metric in the table of figures."""

    metric: Quantity
    figure: Figure
    difference: Difference | None


@dataclass(frozen=True, kw_only=True)
class SliceRow:
    """One group of cases in a table of slices."""

    label: str
    figures: SliceFigures
    bar: Markup
    before: float | None


@dataclass(frozen=True, kw_only=True)
class SliceTable:
    """All groups of one slice, the worst first."""

    name: str
    label: str
    rows: tuple[SliceRow, ...]
    metrics: tuple[str, ...]


def render(
    run: Run,
    documents: Documents,
    *,
    baseline: Run | None = None,
    gates: GateReport | None = None,
    rulings: Rulings | None = None,
    prices: Mapping[str, Price] | None = None,
) -> str:
    """Returns the report of a scored run.

    Args:
        run: The run in question.
        documents: The corpus it was run on, for the text around quotations.
        baseline: The run to compare with; over other cases or statements, the cases that both have are compared.
        gates: How the gates came out.
        rulings: What persons decided on citations that no case expects.
        prices: Of tokens, by the name that answers give their model.

    Raises:
        RunError: A run is not scored, or the runs share no case.
    """
    answers = Answers(run, documents, rulings)
    before = Answers(baseline, documents, rulings) if baseline is not None else None
    comparison = compare(baseline, run, intersection=True) if baseline is not None else None
    style, script = _read("style.css"), _read("script.js")
    return (
        _environment()
        .get_template("template.html.j2")
        .render(
            policy=_policy(style, script),
            style=Markup(style),  # our own file
            script=Markup(script),  # our own file
            manifest=run.manifest,
            entries=_entries(run),
            comparison=comparison,
            baseline=baseline.manifest if baseline is not None else None,
            other_data=difference_of_data(baseline.manifest, run.manifest) if baseline is not None else None,
            verdict=verdict(run.manifest, answers.scores, documents.parties, comparison=comparison, gates=gates),
            gates=gates,
            **_figures(answers, comparison),
            **_tables(answers, documents.parties, comparison),
            **_confidence(answers, before),
            stages=failures(answers, before),
            anchors=anchors(answers),
            disagreements=disagreements(answers),
            questions={name: case.question for name, case in answers.cases.items()},
            latencies=_times(answers, before),
            costs=cost(answers.scores, prices or {}),
            **questions_of(answers),
            sources=_SOURCES,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "figure": words.shown,
        "interval": words.range_of,
        "change": words.change,
        "p": words.p_value,
        "ms": words.milliseconds,
        "plain": words.plain,
        "upper_first": words.upper_first,
        "bar_of": words.bar_of,
        "language": words.language,
    }
    environment.globals |= {
        "QUANTITIES": QUANTITIES,
        "METRICS": METRICS,
        "MEANING": MEANING,
        "GATE": words.GATE,
        "CHANGE": words.CHANGE,
        "STATUS": words.STATUS,
        "SMALL": SMALL,
    }
    return environment


def _read(name: str) -> str:
    return files("evals.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Returns a policy that admits this style and this script and nothing else.

    Source: https://www.w3.org/TR/CSP3/
    """
    style_hash, script_hash = (
        f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (style, script)
    )
    return f"default-src 'none'; style-src {style_hash}; script-src {script_hash}; base-uri 'none'; form-action 'none'"


def _entries(run: Run) -> list[tuple[str, str]]:
    manifest = run.manifest
    seconds = (manifest.ended - manifest.started).total_seconds() if manifest.ended is not None else None
    lasted = f"{seconds:.0f} s" if seconds is not None else "not finished: the figures cover what was asked so far"
    found = [
        ("Run", manifest.name),
        ("Questions", f"{manifest.dataset}, {manifest.cases} cases, each asked {manifest.repeats}×"),
        ("Statements", f"hash {manifest.corpus_sha256[:12]}"),
        ("Variant", manifest.variant or "the assistant as it is"),
        ("Asked through", manifest.adapter),
        *((f"Model: {name}", model) for name, model in manifest.models.items()),
        ("Started", f"{manifest.started:%Y-%m-%d %H:%M} UTC"),
        ("Lasted", lasted),
        ("Machine", manifest.machine),
        ("Code", manifest.git or ""),
        ("Hash of the questions", manifest.dataset_sha256[:12]),
    ]
    return [(name, value) for name, value in found if value]


def _figures(answers: Answers, comparison: Comparison | None) -> dict[str, Any]:
    found = {item.metric: item for item in summarise(answers.scores)}
    cases = by_case(answers.scores)
    right = figure(cases, RIGHT) if cases else None
    differences = {item.metric: item for item in comparison.metrics} if comparison is not None else {}
    if comparison is not None:
        differences[RIGHT.name] = comparison.right
    groups: dict[str, list[MetricRow]] = {group: [] for group in _GROUPS}
    for name, metric in METRICS.items():
        if name in found:
            row = MetricRow(metric=metric, figure=found[name], difference=differences.get(name))
            groups[metric.group].append(row)
    everything = found | ({RIGHT.name: right} if right is not None else {})
    return {
        "headlines": [everything[name] for name in _HEADLINES if name in everything],
        "groups": {group: rows for group, rows in groups.items() if rows},
        "differences": differences,
        "figures": found,
    }


def _tables(answers: Answers, parties: PartyTable, comparison: Comparison | None) -> dict[str, Any]:
    names = [*words.SLICES, *(name for name in slice_names(answers.scores) if name not in words.SLICES)]
    tables = [_slice_table(name, answers.scores, parties, comparison) for name in names]
    confused = confusion(answers.scores)
    wrong = {pair: count for pair, count in confused.items() if pair[0] != pair[1]}
    expected = sorted({pair[0] for pair in wrong})
    others = {pair[1] for pair in confused if pair[0] in expected} - set(expected)
    cited = [*expected, *sorted(others)]
    return {
        "slices": [table for table in tables if len(table.rows) > 1],
        "square": abstention_square(answers.scores),
        "trivial": _trivial(abstention_square(answers.scores)),
        "confused": confused,
        "confused_expected": expected,
        "confused_cited": cited,
        "names": {code: words.party(code, parties) for code in (*expected, *cited)},
        "single": sum(score.single for score in answers.scores),
    }


def _slice_table(
    name: str, scores: Sequence[ScoreRecord], parties: PartyTable, comparison: Comparison | None
) -> SliceTable:
    found = by_slice(scores, name)
    before = {item.value: item.a for item in comparison.by(name)} if comparison is not None else {}
    rows = []
    for item in found:
        title = f"{words.shown(item.right, 'right')}, 95 % interval {words.range_of(item.low, item.high, 'right')}"
        bar = Markup(plots.interval_bar(item.right, item.low, item.high, title=title))  # escaped there
        label = words.slice_value(name, item.value, parties)
        rows.append(SliceRow(label=label, figures=item, bar=bar, before=before.get(item.value)))
    metrics = tuple(metric for metric in KEY_METRICS if any(metric in item.figures for item in found))
    return SliceTable(name=name, label=words.slice_label(name), rows=tuple(rows), metrics=metrics)


def _trivial(square: AbstentionSquare) -> list[tuple[str, int, int, str]]:
    """Returns (what, right, of, its metric) for the assistant and for two programs that need no thought."""
    nothing = square.right_abstentions + square.false_answers
    something = square.needless_abstentions + square.right_to_answer
    return [
        ("This run", square.right_abstentions + square.right_to_answer, nothing + something, "macro_f1"),
        ("A program that never answers", nothing, nothing + something, "macro_f1_always_abstain"),
        ("A program that always answers", something, nothing + something, "macro_f1_always_answer"),
    ]


def _confidence(answers: Answers, before: Answers | None) -> dict[str, Any]:
    given = outcomes(answers.scores)
    found: Reliability = reliability(given)
    curve: RiskCoverage = risk_coverage(given)
    other = risk_coverage(outcomes(before.scores)) if before is not None else None
    return {
        "reliability": found,
        "reliability_plot": Markup(plots.reliability_svg(found, title="Stated confidence and share of right answers")),
        "curve": curve,
        "other_curve": other,
        "curve_plot": Markup(
            plots.risk_coverage_svg(curve, title="Wrong answers, by how many questions are answered", baseline=other)
        ),
    }


def _times(answers: Answers, before: Answers | None) -> list[tuple[Latency, Markup, Latency | None]]:
    steps = latency(answers.scores)
    slowest = max((step.max for step in steps), default=0.0)
    earlier = {step.step: step for step in latency(before.scores)} if before is not None else {}
    rows = []
    for step in steps:
        told = f"median {words.milliseconds(step.p50)}, slowest {words.milliseconds(step.max)}"
        bar = plots.latency_bar(step.p50, step.p95, step.max, scale=slowest, title=f"{step.step}: {told}")
        rows.append((step, Markup(bar), earlier.get(step.step)))  # escaped there
    return rows
