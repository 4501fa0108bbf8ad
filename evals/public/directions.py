"""Directions of sentences of real speeches: what the program tells for and against a topic, beside labels.

The labels are in `evals/datasets/directions.csv`, the speeches outside. A direction that is told the wrong way round is
worse than none, so that is counted of those told: `contrary` is for where the words are against, or the other way.
Source of the speeches: Jankin, Baturo and Dasandi, UN General Debate Corpus, doi:10.7910/DVN/0TJX8Y.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sklearn.metrics import f1_score

from app.retrieval.direction import read_sentence
from app.settings import Settings
from evals.cases.documents import sha256_of
from evals.errors import DatasetError
from evals.files import EVALS, shipped_rows, tracked
from evals.public.corpus import Figure, records_of

LABELS: Final = EVALS / "datasets" / "directions.csv"
_SPEECHES: Final = ("ungdc_2010s.jsonl.gz", "ungdc_2020s.jsonl.gz")
# Parts that nothing is trained on, and what they are.
_PARTS: Final = {"thresholds": "as spoken", "held": "drawn to be hard"}
_OPPOSED: Final = {"for": "against", "against": "for"}


@dataclass(frozen=True, kw_only=True)
class LabelledSentence:
    """A sentence of a real speech on one line, with what it shows on a topic; `split` is `train` or one of `_PARTS`."""

    split: str
    topic: str
    label: str
    speech: str
    text: str


def labelled_sentences(data: Path | None = None) -> list[LabelledSentence]:
    """Returns the sentences that are labelled, of the speeches in a folder; by default `scale` of `UNTOC_TEST_DATA`."""
    texts = {each["id"]: each["text"] for file in _SPEECHES for each in records_of(file, data, "scale")}
    found = []
    for row in shipped_rows(LABELS):
        span = texts[row["speech"]][int(row["start"]) : int(row["end"])]
        if sha256_of(span) != row["sha256"]:
            raise DatasetError("the speeches are not those that the labels are about")
        told = {name: row[name] for name in ("split", "topic", "label", "speech")}
        found.append(LabelledSentence(text=" ".join(span.split()), **told))
    return found


def figures_of(part: str, gold: Sequence[str], told: Sequence[str]) -> Iterator[Figure]:
    """Yields how well directions agree with labels, of which `reported` counts as no direction."""
    none = {"reported": "mentions"}
    pairs = [(none.get(own, own), none.get(other, other)) for own, other in zip(gold, told, strict=True)]
    names = ["for", "against", "conditional", "mentions"]
    value = f1_score(*zip(*pairs, strict=True), labels=names, average="macro", zero_division=0.0)
    yield Figure(name=f"{part}: macro F1 of four directions", value=float(value), over=f"{len(pairs)} sentences")
    directed = [(own, other) for own, other in pairs if other in _OPPOSED]
    for name, count in (
        ("right", sum(own == other for own, other in directed)),
        ("contrary", sum(own == _OPPOSED[other] for own, other in directed)),
    ):
        over = f"{len(directed)} told for or against"
        yield Figure(name=f"{part}: {name}", value=count / max(1, len(directed)), over=over)


def run(_: Settings, __: Path, data: Path | None) -> list[Figure]:
    """Reads the labelled sentences and compares; `data` holds the speeches."""
    sentences = labelled_sentences(data)
    found: list[Figure] = []
    for part, name in _PARTS.items():
        own = [each for each in sentences if each.split == part]
        read = [read_sentence(each.text, each.topic, "en").reading for each in tracked(own, name)]
        found += figures_of(name, [each.label for each in own], read)
    return found
