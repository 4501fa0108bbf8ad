"""A run's report in any of its formats: HTML for people, Markdown for continuous integration, CSV for spreadsheets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from evals.cases.documents import Documents
from evals.compare import difference_of_data
from evals.gates import GateReport, check_gates, load_gates
from evals.report.html import render
from evals.report.markdown import markdown
from evals.report.table import csv_of
from evals.review import read_rulings
from evals.runs import Run, list_runs
from evals.summary import Price

FORMATS: Final = (".html", ".md", ".csv")


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A run with what its report shows beside it.

    Attributes:
        baseline: The run that it may not fall behind; without one, it is compared with the run before it over the
            same cases and statements, and only absolute gates are checked.
        gates: A file of gates; None takes those of the program.
        reviews: The file of what persons ruled.
    """

    run: Run
    documents: Documents
    baseline: Run | None = None
    gates: Path | None = None
    reviews: Path
    prices: Mapping[str, Price] = field(default_factory=dict)

    @cached_property
    def before(self) -> Run | None:
        """The run compared with."""
        return self.baseline or previous_run(self.run)

    @cached_property
    def gated(self) -> GateReport:
        """How the gates came out."""
        return gates_of(self.run, self.baseline, self.gates)

    def written(self, suffix: str) -> str:
        """Returns the report in a format of `FORMATS`."""
        if suffix == ".csv":
            return csv_of(self.run)
        if suffix == ".md":
            return markdown(self.run, baseline=self.before, gates=self.gated, parties=self.documents.parties)
        return render(
            self.run,
            self.documents,
            baseline=self.before,
            gates=self.gated,
            rulings=read_rulings(self.reviews),
            prices=self.prices,
        )


def gates_of(run: Run, baseline: Run | None, path: Path | None = None) -> GateReport:
    """Checks a run against gates; without a baseline, against the absolute ones alone."""
    gates = load_gates(path)
    return check_gates(gates if baseline is not None else gates.model_copy(update={"soft": ()}), run, baseline)


def previous_run(run: Run) -> Run | None:
    """Returns the newest scored run before this one over the same cases and statements; None where there is none."""
    for other in list_runs(run.path.parent):
        earlier = other.manifest.started < run.manifest.started and not other.manifest.variant
        if earlier and other.scored and difference_of_data(other.manifest, run.manifest) is None:
            return other
    return None
