"""The folders below a store in which evals keep runs, stores, drafts and reviews."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class EvalPaths:
    """What evals keep below a store.

    Attributes:
        runs: One folder each.
        stores: Indexes of corpora that were evaluated, so that the next run need not make them again.
        drafts: Cases that the chat saved, JSON lines.
        reviews: Decisions of persons, JSON lines.
    """

    path: Path
    runs: Path
    stores: Path
    drafts: Path
    reviews: Path


def eval_paths(store: Path) -> EvalPaths:
    """Returns the folder of evals in a store."""
    path = store / "evals"
    names = {"runs": "runs", "stores": "stores", "drafts": "drafts.jsonl", "reviews": "reviews.jsonl"}
    return EvalPaths(path=path, **{name: path / file for name, file in names.items()})


def conference_parties() -> Path:
    """Returns the file of the fictional States that the conference and the examples of questions speak of."""
    return Path(str(files("evals") / "conference" / "parties.csv"))
