"""What to run: the options of `untoc-eval run` and `ablate`, and of a run that the page starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

DATASETS = "`smoke`, `dev`, `saved`, or a file of cases (.yaml, .jsonl, .csv, .xlsx)"
Corpus = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="DIR",
        help="a folder of statements, may be given again; `smoke` brings its own; default: what is in the store",
    ),
]


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What to run; each option with its help."""

    dataset: Annotated[str, typer.Argument(help=DATASETS)] = "smoke"
    corpus: Corpus = None
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="GROUP.NAME=VALUE", help="change a setting")] = (
        None
    )
    variant: Annotated[
        str | None, typer.Option(metavar="NAME", help="a deliberate change to the pipeline that no setting makes")
    ] = None
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="score stored answers instead of asking: a file, or a run")
    ] = None
    reword: Annotated[
        str | None, typer.Option(metavar="all|NAMES|N", help="ask in other words as well; N draws so many")
    ] = None
    only: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="only cases of a slice")] = None
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="only the first N cases")] = None
    repeats: Annotated[int, typer.Option(min=1, metavar="N", help="ask every case so often")] = 1
    time_limit: Annotated[float, typer.Option(metavar="SECONDS", help="for one answer")] = 120.0
