"""What to run: the options of `untoc-eval run` and `ablate`, and of a run that the page starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.cli.command import option

DATASETS = "`smoke`, `dev`, `saved`, or a file of cases (.yaml, .jsonl, .csv, .xlsx)"

Corpus = Annotated[
    list[Path] | None,
    option("DIR", "a folder of statements, may be given again; `smoke` brings its own; default: what is in the store"),
]


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The options of a run, each with its help text."""

    dataset: Annotated[str, typer.Argument(help=DATASETS)] = "smoke"
    corpus: Corpus = None
    changes: Annotated[list[str] | None, option("GROUP.NAME=VALUE", "change a setting", "--set")] = None
    variant: Annotated[str | None, option("NAME", "a deliberate change to the pipeline that no setting makes")] = None
    answers: Annotated[Path | None, option("FILE", "score stored answers instead of asking: a file, or a run")] = None
    reword: Annotated[str | None, option("all|NAMES|N", "ask in other words as well; N draws so many")] = None
    only: Annotated[list[str] | None, option("NAME=VALUE", "only cases of a slice")] = None
    limit: Annotated[int | None, option("N", "only the first N cases", min=1)] = None
    repeats: Annotated[int, option("N", "ask every case so often", min=1)] = 1
    time_limit: Annotated[float, option("SECONDS", "for one answer")] = 120.0
