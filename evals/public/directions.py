"""Directions of sentences of real speeches: what the program tells for and against a topic, beside labels.

The labels are in `evals/datasets/directions.csv`, the speeches outside. A direction that is told the wrong way round is
worse than none, so that is counted of those told: `contrary` is for where the words are against, or the other way.
Source of the speeches: Jankin, Baturo and Dasandi, UN General Debate Corpus, doi:10.7910/DVN/0TJX8Y.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sklearn.metrics import f1_score

from app.retrieval.direction import read_sentence
from app.settings import Settings
from evals.cases.documents import sha256_of
from evals.errors import DatasetError
from evals.files import EVALS, tracked
from evals.public.corpus import Figure, records_of

LABELS: Final = EVALS / "datasets" / "directions.csv"
_SPEECHES: Final = ("ungdc_2010s.jsonl.gz", "ungdc_2020s.jsonl.gz")
# Parts that nothing is trained on, and what they are.
_PARTS: Final = {"thresholds": "as spoken", "held": "drawn to be hard"}
_OPPOSED: Final = {"for": "against", "against": "for"}


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
    texts = {each["id"]: each["text"] for file in _SPEECHES for each in records_of(file, data, "scale")}
    rows = [*csv.DictReader(LABELS.read_text(encoding="utf-8").splitlines()[1:])]
    found: list[Figure] = []
    for part, name in _PARTS.items():
        own = [row for row in rows if row["split"] == part]
        spans = [texts[row["speech"]][int(row["start"]) : int(row["end"])] for row in own]
        if any(sha256_of(span) != row["sha256"] for span, row in zip(spans, own, strict=True)):
            raise DatasetError("the speeches are not those that the labels are about")
        read = [
            read_sentence(" ".join(span.split()), row["topic"], "en").reading
            for span, row in tracked([*zip(spans, own, strict=True)], name)
        ]
        found += figures_of(name, [row["label"] for row in own], read)
    return found
