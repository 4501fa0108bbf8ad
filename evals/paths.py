"""The folders below a store in which evals keep runs, stores, drafts and reviews."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class EvalPaths:
    """The folder below a store in which evals keep what they make."""

    path: Path

    @property
    def runs(self) -> Path:
        """Runs, one folder each."""
        return self.path / "runs"

    @property
    def stores(self) -> Path:
        """Indexes of corpora that were evaluated, so that the next run need not make them again."""
        return self.path / "stores"

    @property
    def drafts(self) -> Path:
        """Cases that the chat saved, JSON lines."""
        return self.path / "drafts.jsonl"

    @property
    def reviews(self) -> Path:
        """Decisions of persons, JSON lines."""
        return self.path / "reviews.jsonl"


def eval_paths(store: Path) -> EvalPaths:
    """Returns the folder of evals in a store."""
    return EvalPaths(path=store / "evals")


def conference_parties() -> Path:
    """Returns the file of the fictional States that the conference and the examples of questions speak of."""
    return Path(str(files("evals") / "conference" / "parties.csv"))
