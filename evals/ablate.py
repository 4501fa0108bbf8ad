"""Ablation: the same cases in several configurations, each a run of its own, and one table of them.

Such as without the reranker, or with search by words alone.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from app.settings import Settings
from evals.errors import EvalError, RunError
from evals.eval_environment import code_hash, described
from evals.launch import RunOptions, launch
from evals.report.markdown import table
from evals.report.words import shown
from evals.runner import OnAnswer
from evals.runs import MANIFEST, run_path
from evals.summary import QUANTITIES, Figure, by_case, figure

COLUMNS: Final = (
    "recall_at_5", "recall_at_20", "ndcg_at_10", "rr_at_10", "evidence_first", "evidence_five", "macro_f1", "right",
)  # fmt: skip


class Configuration(BaseModel):
    """One way to run: settings that are changed and, where no setting does, a variant of the pipeline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    set: tuple[str, ...] = ()
    variant: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one configuration gave."""

    configuration: Configuration
    cases: int
    figures: Mapping[str, Figure]
    median_ms: float
    run: str


def load_configurations(path: Path | None = None) -> tuple[Configuration, ...]:
    """Loads configurations from YAML; those that come with the package, without a path.

    Raises:
        EvalError: The file cannot be read, or is not what it should be.
    """
    name = "the packaged configurations" if path is None else str(path)
    try:
        text = (files("evals").joinpath("ablations.yaml") if path is None else path).read_text(encoding="utf-8")
        content: Any = yaml.safe_load(text)
        return tuple(Configuration.model_validate(entry) for entry in content["configurations"])
    except (OSError, KeyError, TypeError, ValidationError, yaml.YAMLError) as exc:
        raise EvalError(f"cannot read {name}: {exc}") from exc


def ablate(
    options: RunOptions,
    configurations: Sequence[Configuration],
    settings: Settings,
    *,
    runs: Path,
    on_stage: Callable[[str], None] | None = None,
    on_answer: OnAnswer | None = None,
) -> tuple[Row, ...]:
    """Runs every configuration; one that was begun before goes on where it was stopped.

    Raises:
        EvalError: A run cannot be made.
    """
    say = on_stage or (lambda text: None)
    rows = []
    for number, configuration in enumerate(configurations, start=1):
        prefix = f"{number} of {len(configurations)}, {configuration.label}"
        name = f"ablation-{Path(options.dataset).stem}-{configuration.name}-{_digest(options, settings)}"
        changed = replace(
            options,
            name=name,
            # The name holds a hash of program, settings and options: a run of that name is this one, begun before.
            resume=(run_path(runs, name) / MANIFEST).is_file(),
            changes=(*options.changes, *configuration.set),
            variant=configuration.variant,
        )
        rows.append(
            _row(
                configuration,
                changed,
                settings,
                runs=runs,
                on_stage=lambda text, prefix=prefix: say(f"{prefix}: {text}"),  # type: ignore[misc]
                on_answer=on_answer,
            )
        )
    return tuple(rows)


def _digest(options: RunOptions, settings: Settings) -> str:
    told = f"{options}{sorted(described(settings).items())}{code_hash('app', 'ingest', 'vectorstore', 'prompts')}"
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def _row(
    configuration: Configuration,
    options: RunOptions,
    settings: Settings,
    *,
    runs: Path,
    on_stage: Callable[[str], None],
    on_answer: OnAnswer | None,
) -> Row:
    run = launch(options, settings, runs=runs, on_stage=on_stage, on_answer=on_answer)
    scores = run.scores()
    if not scores:
        raise RunError(f"the run {run.name!r} has no answers")
    cases = by_case(scores)
    found = {name: figure(cases, QUANTITIES[name]) for name in COLUMNS}
    times = sorted(score.timings_ms.get("total", 0.0) for score in scores)
    return Row(
        configuration=configuration,
        cases=len(cases),
        figures={name: value for name, value in found.items() if value is not None},
        median_ms=times[len(times) // 2],
        run=run.name,
    )


def table_markdown(rows: Sequence[Row]) -> str:
    """Returns the table as Markdown."""
    return table(columns(), [cells(row, rows[0]) for row in rows]) + "\n"


def columns() -> list[str]:
    """Returns the head of the table."""
    return ["configuration", *(QUANTITIES[name].label for name in COLUMNS), "time"]


def cells(row: Row, first: Row) -> list[str]:
    """Returns a row of the table; time is a ratio to the first row, since absolute times say more of the machine."""
    figures = ((row.figures.get(name), name) for name in COLUMNS)
    shares = [shown(found.value if found is not None else None, name) for found, name in figures]
    return [row.configuration.label, *shares, f"{row.median_ms / max(first.median_ms, 0.001):.1f}"]
