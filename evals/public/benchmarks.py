"""The public benchmarks by name, and the table of their figures."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from app.settings import Settings
from evals.paths import eval_paths
from evals.public import mtrag, qmsum, spans
from evals.public.corpus import Figure
from evals.report.tables import Table

BENCHMARKS: Final[Mapping[str, Callable[[Settings, Path, Path | None], list[Figure]]]] = {
    "qmsum": qmsum.run,
    "mtrag": mtrag.run,
    "spans": spans.run,
}


def run_benchmark(name: str, settings: Settings, data: Path | None) -> list[Figure]:
    """Runs one of `BENCHMARKS`; its texts and their store are kept below the store of the settings."""
    return BENCHMARKS[name](settings, eval_paths(settings.store).stores / f"public-{name}", data)


def benchmark_table(name: str, figures: Sequence[Figure]) -> Table:
    """Returns figures beside those of others."""
    rows = [(figure.name, f"{figure.value:.3f}", figure.over, figure.others) for figure in figures]
    return Table(title=name, columns=("figure", "here", "over", "others"), rows=rows)
