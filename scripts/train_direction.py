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
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from safetensors.numpy import save_file

from app.retrieval.direction import ASKED, READINGS, features_of, mask_topic
from app.retrieval.position_marks import kind_of, kinds_of
from evals.cases.documents import read_documents
from evals.positions import SHIPPED, cite_labels, load_cells
from ingest.language.sentences import split_sentences
from vectorstore.arrays import Matrix

FOLDER: Final = Path("app/retrieval/examples")
WEIGHTS: Final = Path("app/retrieval/data/direction.safetensors")
FOLDS: Final = 5
# Regularisation, chosen on the folds of topics.
_C: Final = 0.3
# Sentences of labelled cells weigh half, since a cell's label need not be that of each of its sentences.
_CELL_WEIGHT: Final = 0.5
READING_OF: Final = {
    "supports": "for",
    "proposes": "for",
    "opposes": "against",
    "conditional": "conditional",
    "reports_practice": "mentions",
    "no_position": "mentions",
}


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
            split="asked" if label in ASKED else "written",
        )
        for path in sorted(FOLDER.glob("*.yaml"))
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
        for language, text in quotes:
            if len(quotes) == 1 or mask_topic(text, cell.topic, language) != text:
                found.append(
                    Example(
                        text=text, topic=cell.topic, language=language, label=READING_OF[cell.kind],
                        fold=_fold(cell.party), split=cell.split, weight=_CELL_WEIGHT,
                    )
                )  # fmt: skip
    return found


def examples_hash() -> str:
    """Returns the SHA-256 of the files of examples and of the labels of cells, which the weights carry."""
    paths = [*sorted(FOLDER.glob("*.yaml")), SHIPPED]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _fold(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def _rows(examples: Sequence[Example]) -> Matrix:
    masked = (mask_topic(item.text, item.topic, item.language) for item in examples)
    return np.stack(
        [
            features_of(text, kinds_of(item.text, item.language), item.language)
            for item, text in zip(examples, masked, strict=True)
        ]
    )


def _fit(rows: Matrix, examples: Sequence[Example], classes: Sequence[str]) -> tuple[Matrix, Matrix]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_C, max_iter=3000)
    model.fit(rows, [item.label for item in examples], sample_weight=[item.weight for item in examples])
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order].astype(np.float16).astype(np.float32), model.intercept_[order].astype(np.float32)


def _unseen(rows: Matrix, examples: Sequence[Example], classes: Sequence[str]) -> list[str]:
    """Returns what each example is read as by weights that have not seen its fold."""
    got = [""] * len(examples)
    for fold in range(FOLDS):
        seen = [at for at, item in enumerate(examples) if item.fold != fold]
        weight, bias = _fit(rows[seen], [examples[at] for at in seen], classes)
        for at, item in enumerate(examples):
            if item.fold == fold:
                got[at] = classes[int(np.argmax(weight @ rows[at] + bias))]
    return got


def figures(gold: Sequence[str], got: Sequence[str]) -> str:
    """Returns macro F1 over the four directions, the share right, and how often for and against are confused."""
    pairs = Counter(("mentions" if a == "reported" else a, "mentions" if b == "reported" else b)
                    for a, b in zip(gold, got, strict=True))  # fmt: skip
    scores = {}
    for name in ("for", "against", "conditional", "mentions"):
        hits = pairs[name, name]
        scores[name] = 2 * hits / max(1, sum(n * ((a == name) + (b == name)) for (a, b), n in pairs.items()))
    told = sum(n for (a, _), n in pairs.items() if a in ("for", "against"))
    turned = pairs["for", "against"] + pairs["against", "for"]
    right = sum(n for (a, b), n in pairs.items() if a == b)
    each = ", ".join(f"{name} {score:.2f}" for name, score in scores.items())
    return (
        f"macro F1 {sum(scores.values()) / 4:.3f} ({each}), right {right}/{len(gold)}, "
        f"for and against confused {turned}/{told}"
    )


def _by_rules(item: Example) -> str:
    return {"calls_on_others": "for", **READING_OF}[kind_of(kinds_of(item.text, item.language))]


def main(corpus: Path) -> None:
    """Trains, prints the figures and writes the weights."""
    written, cells = written_examples(), cell_examples(corpus)
    told = [item for item in (*written, *cells) if item.split not in ("asked", "sealed")]
    groups: dict[str, list[Example]] = {"asked": [item for item in written if item.split == "asked"], "direction": told}
    sealed = [item for item in cells if item.split == "sealed"]
    arrays: dict[str, Matrix] = {}
    notes = {"examples": examples_hash()}
    for name, classes in (("direction", READINGS), ("asked", ASKED)):
        examples = groups[name]
        rows = _rows(examples)
        got = _unseen(rows, examples, classes)
        if name == "asked":
            right = sum(item.label == each for item, each in zip(examples, got, strict=True))
            print(f"asked, topics not seen: {right}/{len(examples)} right")
        else:
            show: Callable[[str, Sequence[str], Sequence[str]], None] = lambda what, a, b: print(what, figures(a, b))  # noqa: E731
            for split in ("written", "cells"):
                own = [at for at, item in enumerate(examples) if (item.split == "written") == (split == "written")]
                gold = [examples[at].label for at in own]
                show(f"{split}, not seen:", gold, [got[at] for at in own])
                show(f"{split}, by rules alone:", gold, [_by_rules(examples[at]) for at in own])
        weight, bias = _fit(rows, examples, classes)
        arrays |= {f"{name}.weight": weight.astype(np.float16), f"{name}.bias": bias.astype(np.float16)}
        notes[f"{name}.classes"] = json.dumps(classes)
        if name == "direction":
            gold, held = [item.label for item in sealed], _rows(sealed)
            show("sealed:", gold, [classes[int(np.argmax(weight @ row + bias))] for row in held])
            show("sealed, by rules alone:", gold, [_by_rules(item) for item in sealed])
    save_file({key: np.ascontiguousarray(value) for key, value in arrays.items()}, WEIGHTS, metadata=notes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
