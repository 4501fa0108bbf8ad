"""A run in Markdown, for a comment by continuous integration: the verdict, gates, figures, weak groups and flips."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from evals.compare import Comparison, Flip, compare, difference, paired
from evals.failure_taxonomy import MEANING
from evals.gates import GateReport
from evals.report.verdict import RunVerdict, verdict, weakest
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
    upper_first,
)
from evals.runs import Run, ScoreRecord
from evals.summary import FAILED, QUANTITIES, RIGHT, Figure, by_case, figure, stage_counts
from ingest.parties.party_table import PartyTable

_FIGURES: Final = (
    "right",
    "failed",
    "quote_verified",
    "misattributed",
    "evidence_first",
    "evidence_five",
    "citation_precision",
    "recall_at_20",
    "nuggets_strict_vital",
    "state_set_f1",
    "abstention_recall",
    "over_abstention",
    "macro_f1",
    "paraphrase_agreement",
    "language_agreement",
)
# A comment that lists more is not read, and GitHub cuts off at 65 536 characters.
_FLIPS: Final = 20
_SIGN: Final = {"good": "✔", "bad": "✗", "warn": "▲", "plain": "="}
# What Markdown or a forge would read as markup, a mention or a reference.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")


def markdown(
    run: Run, *, baseline: Run | None = None, gates: GateReport | None = None, parties: PartyTable | None = None
) -> str:
    """Returns a summary of a scored run.

    Args:
        run: The run in question.
        baseline: The run to compare with.
        gates: How the gates came out.
        parties: Names of States, with those of the corpus; those that come with the product by default.

    Raises:
        RunError: A run is not scored, or the runs share no case.
    """
    scores = run.scores()
    comparison = compare(baseline, run, intersection=True) if baseline is not None else None
    parties = parties if parties is not None else PartyTable.load()
    found = verdict(run.manifest, scores, parties, comparison=comparison, gates=gates)
    parts = [
        f"## {_SIGN[found.tone]} Quality of answers: {_code(run.manifest.name)}",
        _said(found),
        *(_gates(gates) if gates is not None else ()),
        *_figures(scores, comparison),
        *_stages(scores),
        *_weakest(scores, parties),
        *(_flips(comparison, run) if comparison is not None else ()),
    ]
    return "\n\n".join(parts) + "\n"


def _said(found: RunVerdict) -> str:
    first = " ".join(part for part in (found.headline, found.gates) if part)
    return "\n".join((f"**{_escaped(first)}**", "", *(f"- {_escaped(sentence)}" for sentence in found.more))).rstrip()


def _gates(report: GateReport) -> Iterable[str]:
    if not report.results:
        return
    rows = [
        (
            _escaped(QUANTITIES[result.metric].label),
            " ".join(GATE[result.verdict]),
            shown(result.value, result.metric),
            bar_of(result),
            shown(result.baseline, result.metric),
            change(result.delta, result.metric),
            p_value(result.p),
            str(result.n),
        )
        for result in sorted(report.results, key=lambda item: ("fail", "invalid", "warn", "pass").index(item.verdict))
    ]
    yield "### Gates"
    yield table(("Gate", "Outcome", "Value", "Needed", "Baseline", "Change", "p", "n"), rows)


def _figures(scores: Sequence[ScoreRecord], comparison: Comparison | None) -> Iterable[str]:
    cases = by_case(scores)
    found = [figure(cases, QUANTITIES[name]) for name in _FIGURES] if cases else []
    differences = {item.metric: item for item in comparison.metrics} if comparison is not None else {}
    if comparison is not None:
        differences[RIGHT.name] = comparison.right
        failed = difference(paired(comparison.pairs, FAILED))
        differences |= {FAILED.name: failed} if failed is not None else {}

    def row(item: Figure) -> tuple[str, ...]:
        name = item.metric
        cells = (
            _escaped(QUANTITIES[name].label),
            shown(item.value, name),
            range_of(item.low, item.high, name),
            str(item.n),
        )
        if comparison is None:
            return cells
        other = differences.get(name)
        if other is None:
            return (*cells, "–", "–", "–", "")
        return (
            *cells,
            shown(other.a, name),
            change(other.delta, name),
            p_value(other.p),
            " ".join(CHANGE[other.verdict]),
        )

    columns = ("Figure", "Value", "95 % interval", "n")
    more = ("Baseline", "Change", "p", "Reading") if comparison is not None else ()
    yield "### Figures"
    yield table((*columns, *more), [row(item) for item in found if item is not None])


def _stages(scores: Sequence[ScoreRecord]) -> Iterable[str]:
    counts = stage_counts(scores)
    if counts:
        yield "### What broke first"
        rows = [(plain(stage), str(count), MEANING[stage]) for stage, count in counts.items()]
        yield table(("Stage", "Questions", "Meaning"), rows)


def _weakest(scores: Sequence[ScoreRecord], parties: PartyTable) -> Iterable[str]:
    rows = [
        (
            _escaped(f"{slice_label(item.name)}: {slice_value(item.name, item.figures.value, parties)}"),
            str(item.figures.n),
            shown(item.figures.right, "right"),
            range_of(item.figures.low, item.figures.high, "right"),
        )
        for item in weakest(scores, 5)
    ]
    if rows:
        yield "### Weakest groups of questions"
        yield table(("Group", "n", "Right", "95 % interval"), rows)


def _flips(comparison: Comparison, run: Run) -> Iterable[str]:
    if not comparison.regressions and not comparison.improvements:
        return
    questions = {case.id: case.question for case in run.cases()}

    def row(flip: Flip) -> tuple[str, ...]:
        sign = "✗ → ✔" if flip.new is None else "✔ → ✗"
        words = [plain(stage) if stage is not None else "right" for stage in (flip.old, flip.new)]
        return (sign, _code(flip.case), _escaped(questions[flip.case]), *words)

    flips = (*comparison.regressions, *comparison.improvements)
    yield (
        f"### {len(comparison.regressions)} lost, {len(comparison.improvements)} won "
        f"(p = {p_value(comparison.mcnemar_p)})"
    )
    yield table(("Change", "Case", "Question", "Baseline", "This run"), [row(flip) for flip in flips[:_FLIPS]])
    if len(flips) > _FLIPS:
        yield upper_first(f"and {len(flips) - _FLIPS} more.")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a table; what others wrote in its cells is escaped before."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _escaped(text: str) -> str:
    """Returns text of others on one line, without anything that Markdown, HTML or a forge would act on."""
    line = " ".join(text.split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _SPECIAL.sub(r"\\\1", line)
    # A word joiner keeps mentions and links from being made of them.
    return (
        line.replace("@", "@\N{WORD JOINER}")
        .replace("://", ":\N{WORD JOINER}//")
        .replace("www.", "www\N{WORD JOINER}.")
    )


def _code(text: str) -> str:
    """Returns an id as code; a backtick would end it, a bar the cell."""
    return f"`{' '.join(text.split()).replace('`', 'ˋ').replace('|', '¦')}`"
