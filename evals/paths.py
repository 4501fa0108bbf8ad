"""The folders below a store in which evals keep runs, stores, drafts and reviews."""

from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

# The file of the fictional States that the conference and the examples of questions speak of.
CONFERENCE_PARTIES: Final = Path(str(files("evals"))) / "conference" / "parties.csv"


class EvalPaths(NamedTuple):
    """What evals keep below a store: runs, indexes of evaluated corpora, saved cases and decisions (JSON lines)."""

    path: Path
    runs: Path
    stores: Path
    drafts: Path
    reviews: Path


def eval_paths(store: Path) -> EvalPaths:
    """Returns the folder of evals in a store."""
    path = store / "evals"
    return EvalPaths(path, *(path / name for name in ("runs", "stores", "drafts.jsonl", "reviews.jsonl")))
