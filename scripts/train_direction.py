"""Trains what tells whether a sentence is for or against a topic, and writes app/retrieval/data/direction.safetensors.

Examples are those of `app/retrieval/examples` and the labelled cells of real speeches (evals/datasets/positions.yaml),
but for their `sealed` split. Prints what it is worth on examples of topics that it has not seen, on cells of parties
that it has not seen, and on the sealed cells.

    python scripts/train_direction.py CORPUS      # the folder of the general debate
"""

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from app.retrieval.direction import ASKED, READINGS, features_of, mask_topic
from app.retrieval.position_marks import find_position_marks, kind_of
from evals.cases.documents import read_documents
from evals.positions import SHIPPED, cite_labels, load_cells
from ingest.language.sentences import split_sentences
from vectorstore.arrays import Matrix

FOLDER: Final = Path("app/retrieval/examples")
WEIGHTS: Final = Path("app/retrieval/data/direction.safetensors")
FOLDS: Final = 5
# Regularisation, chosen on the folds of topics.
_C: Final = 0.15
# What was written to be hard weighs a quarter: it is six times as much as the rest, and what people say is plainer.
_HARD_WEIGHT: Final = 0.25
READING_OF: Final = {
    "supports": "for", "proposes": "for", "opposes": "against", "conditional": "conditional",
    "reports_practice": "mentions", "no_position": "mentions",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Example:
    """A sentence with its label; `fold` keeps those of one topic (of one party, in cells) together."""

    text: str
    topic: str
    language: str
    label: str
    fold: int
    split: str
    weight: float = 1.0


def written_examples() -> list[Example]:
    """Returns the examples of the folder."""
    return [
        Example(
            text=re.sub(r"[{}]", "", entry), topic=topic, language=path.stem, label=label, fold=_fold(topic),
            split="asked" if label in ASKED else path.parent.name,
            weight=_HARD_WEIGHT if path.parent.name == "hard" else 1.0,
        )
        for path in sorted(FOLDER.rglob("*.yaml"))
        for label, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items()
        for entry in entries
        for topic in re.findall(r"\{(.*?)\}", entry)[:1]
    ]  # fmt: skip


def cell_examples(corpus: Path) -> list[Example]:
    """Returns the sentences of labelled cells that name their topic, or are all that is quoted."""
    documents = read_documents([corpus])
    found = []
    for cell, citations, _ in cite_labels([cell for cell in load_cells() if cell.kind in READING_OF], documents):
        quotes = [
            (citation.language or "en", " ".join(citation.quote[start:end].split()))
            for citation in citations
            for start, end in split_sentences(citation.quote)
        ]
        found += [
            Example(
                text=text, topic=cell.topic, language=language, label=READING_OF[cell.kind],
                fold=_fold(cell.party), split=cell.split,
            )
            for language, text in quotes
            if len(quotes) == 1 or mask_topic(text, cell.topic, language) != text
        ]  # fmt: skip
    return found


def examples_hash() -> str:
    """Returns the SHA-256 of the files of examples and of the labels of cells, which the weights carry."""
    paths = [*sorted(FOLDER.rglob("*.yaml")), SHIPPED]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _fold(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def _rows(examples: Sequence[Example]) -> Matrix:
    def row(item: Example) -> Matrix:
        masked = mask_topic(item.text, item.topic, item.language)
        return features_of(masked, find_position_marks(item.text, item.language), item.language)

    return np.stack(list(map(row, examples)))


def _fit(rows: Matrix, examples: Sequence[Example], classes: Sequence[str]) -> tuple[Matrix, Matrix]:
    model = LogisticRegression(C=_C, max_iter=3000)
    model.fit(rows, [item.label for item in examples], sample_weight=[item.weight for item in examples])
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order].astype(np.float16).astype(np.float32), model.intercept_[order].astype(np.float32)


def _unseen(rows: Matrix, examples: Sequence[Example]) -> list[str]:
    """Returns what each example is read as by weights that have not seen its fold."""
    labels, weights, folds = zip(*((item.label, item.weight, item.fold) for item in examples), strict=True)
    given = {"groups": folds, "cv": LeaveOneGroupOut(), "params": {"sample_weight": weights}}
    return [str(label) for label in cross_val_predict(LogisticRegression(C=_C, max_iter=3000), rows, labels, **given)]


def figures(gold: Sequence[str], got: Sequence[str]) -> str:
    """Returns macro F1 over the four directions, the share right, and how often for and against are confused."""
    gold, got = (["mentions" if label == "reported" else label for label in labels] for labels in (gold, got))
    names = ("for", "against", "conditional", "mentions")
    scores = f1_score(gold, got, labels=names, average=None, zero_division=0.0)
    each = ", ".join(f"{name} {score:.2f}" for name, score in zip(names, scores, strict=True))
    pairs = list(zip(gold, got, strict=True))
    right, turned = sum(a == b for a, b in pairs), sum({a, b} == {"for", "against"} for a, b in pairs)
    told = sum(a in ("for", "against") for a in gold)
    return f"macro F1 {scores.mean():.3f} ({each}), right {right}/{len(gold)}, for and against confused {turned}/{told}"


def _show(what: str, read: Sequence[tuple[Example, str]]) -> None:
    gold = [item.label for item, _ in read]
    print(f"{what}:", figures(gold, [label for _, label in read]))
    by_rules = (kind_of(find_position_marks(item.text, item.language)) for item, _ in read)
    print(f"{what}, by rules alone:", figures(gold, [{"calls_on_others": "for", **READING_OF}[k] for k in by_rules]))


def main(corpus: Path) -> None:
    """Trains, prints the figures and writes the weights."""
    written, cells = written_examples(), cell_examples(corpus)
    told = [item for item in (*written, *cells) if item.split not in ("asked", "sealed")]
    asked = [item for item in written if item.split == "asked"]
    arrays: dict[str, Matrix] = {}
    notes = {"examples": examples_hash()}
    for name, classes, examples in (("direction", READINGS, told), ("asked", ASKED, asked)):
        rows = _rows(examples)
        unseen = list(zip(examples, _unseen(rows, examples), strict=True))
        weight, bias = _fit(rows, examples, classes)
        arrays |= {f"{name}.weight": weight.astype(np.float16), f"{name}.bias": bias.astype(np.float16)}
        notes[f"{name}.classes"] = json.dumps(classes)
        if name == "asked":
            print(f"asked, topics not seen: {sum(item.label == got for item, got in unseen)}/{len(unseen)} right")
            continue
        for what, splits in (("written", ("examples",)), ("hard", ("hard",)), ("cells", ("dev", "held_out", "seen"))):
            _show(f"{what}, not seen", [pair for pair in unseen if pair[0].split in splits])
        sealed = [item for item in cells if item.split == "sealed"]
        read = (classes[int(np.argmax(weight @ row + bias))] for row in _rows(sealed))
        _show("sealed", list(zip(sealed, read, strict=True)))
    save_file({key: np.ascontiguousarray(value) for key, value in arrays.items()}, WEIGHTS, metadata=notes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
