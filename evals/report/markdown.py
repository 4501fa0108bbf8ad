"""A run in Markdown, for a comment by continuous integration: the verdict, gates, figures, weak slices and flips."""

from typing import Final

from evals.compare import compare
from evals.gates import GateReport
from evals.report.tables import (
    KEY_FIGURES,
    Table,
    as_markdown,
    code,
    escaped,
    figures_table,
    flips_table,
    gates_table,
    stages_table,
    weakest_table,
)
from evals.report.verdict import verdict
from evals.runs import Run
from ingest.parties.party_table import PartyTable

_SIGN: Final = {"good": "✔", "bad": "✗", "warn": "▲", "plain": "="}


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
    tables: list[Table] = [
        *([gates_table(gates)] if gates is not None else []),
        figures_table(scores, comparison, KEY_FIGURES),
        stages_table(scores),
        weakest_table(scores, parties),
        *([flips_table(comparison, {c.id: c.question for c in run.cases()})] if comparison is not None else []),
    ]
    parts = [
        f"## {_SIGN[found.tone]} Quality of answers: {code(run.manifest.name)}",
        f"**{escaped(found.sentence)}**",
        "\n".join(f"- {escaped(sentence)}" for sentence in found.more),
        *(f"### {table.title}\n\n{as_markdown(table)}" for table in tables if table.rows),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
