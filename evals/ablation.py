"""Ablation: runs the same cases in several configurations, such as without the reranker, and tabulates the figures."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from app.settings import Settings
from evals.errors import EvalError
from evals.eval_environment import code_hash, described
from evals.files import EVALS, EvalPaths, FileRecord, Tell, read_yaml
from evals.metrics.table import METRICS
from evals.report.tables import Table
from evals.report.words import shown
from evals.run_options import RunOptions
from evals.runner import launch
from evals.runs import MANIFEST
from evals.summary import summarise
from vectorstore.records import text_sha256


class Configuration(FileRecord):
    """A configuration to run: changed settings and, for a change that no setting makes, a variant of the pipeline."""

    name: str
    label: str
    set: tuple[str, ...] = ()
    variant: str | None = None


class _Configurations(FileRecord):
    configurations: tuple[Configuration, ...]


def load_configurations(names: Sequence[str] | None = None) -> tuple[Configuration, ...]:
    """Loads the configurations of these names, by default all that ship with the package."""
    found = read_yaml(EVALS / "ablations.yaml", _Configurations, "the configurations").configurations
    if unknown := set(names or ()) - {c.name for c in found}:
        raise EvalError(f"no configuration {min(unknown)!r}: there are {', '.join(c.name for c in found)}")
    return tuple(c for c in found if names is None or c.name in names)


def ablate(options: RunOptions, configurations: Sequence[Configuration], settings: Settings, tell: Tell) -> Table:
    """Runs or resumes every configuration, and returns a table with a row for each; time is a ratio to the first."""
    code = code_hash("app", "ingest", "vectorstore", "prompts")
    # A run's name contains a hash of code, settings and options, so an existing run of that name can be resumed.
    digest = text_sha256(f"{options}{sorted(described(settings).items())}{code}")[:8]
    metrics, rows, first = [metric for metric in METRICS.values() if "ablation" in metric.shown_in], [], 0.0
    for number, configuration in enumerate(configurations, start=1):
        prefix = f"{number} of {len(configurations)}, {configuration.label}"
        name = f"ablation-{Path(options.dataset).stem}-{configuration.name}-{digest}"
        varied = replace(options, changes=[*(options.changes or ()), *configuration.set], variant=configuration.variant)
        begun = (EvalPaths(settings.store).runs / name / MANIFEST).is_file()

        def say(text: str, done: int, total: int | None, prefix: str = prefix) -> None:
            tell(f"{prefix}: {text}", done, total)

        run = launch(varied, settings, name=name, resume=begun, tell=say)
        scores = run.scores()
        figures, time = summarise(scores), median(score.timings_ms.get("total", 0.0) for score in scores)
        first = first or max(time, 0.001)
        values = [shown(figures[m.name].value if m.name in figures else None, m.name) for m in metrics]
        rows.append((configuration.label, *values, f"{time / first:.1f}"))
    columns = ("Configuration", *(metric.label for metric in metrics), "Time")
    return Table(title="Ablation", columns=columns, rows=rows)
