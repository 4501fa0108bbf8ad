"""Trains the classifiers of direction, for or against a topic: app/retrieval/data/direction{,_en}.safetensors.

They learn from the examples of `app/retrieval/direction_training`, the labelled cells of real speeches (except the
`sealed` split of evals/datasets/positions.yaml) and the `train` split of labelled sentences
(evals/datasets/directions.csv). Scores are printed for examples of unseen topics, for cells of unseen parties, for
sentences of unseen speeches, and for the sealed cells. For English the packaged embedding model is fine-tuned as
well, by low-rank updates (LoRA), in three quarters of an hour on one core; `untoc-eval public directions` measures
both classifiers together.

    python scripts/train_direction.py CORPUS SPEECHES  # the folders of the general debate and of scale
    python scripts/train_direction.py --asked          # in seconds: only which direction a question asks for
"""

import hashlib
import json
import random
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
import yaml
from rich.progress import track
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from torch.nn.utils.rnn import pad_sequence
from transformers import BertModel

from app.retrieval.positions.direction import ASKED, READINGS, features_of
from app.retrieval.positions.position_marks import find_position_marks, kind_of
from app.retrieval.topic.mask import mask_topic, topic_and_text
from evals.cases.documents import read_documents
from evals.positions import SHIPPED, cite_labels, load_cells
from evals.public.directions import LABELS, figures_of, labelled_sentences
from ingest.language.sentences import split_sentences
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.bert import packaged_tokenizer
from vectorstore.packaged_files import EMBEDDING, carried
from vectorstore.records import text_sha256
from vectorstore.weights_file import load_weights, notes_array

_parties: Final = cache(PartyTable.load)
FOLDER: Final = Path("app/retrieval/direction_training")
# Questions that ask for a direction; `{}` stands for the topic of an earlier turn: "who else was against it?{}".
QUESTIONS: Final = FOLDER / "asked"
WEIGHTS: Final = Path("app/retrieval/data/direction.safetensors")
ENGLISH: Final = Path("app/retrieval/data/direction_en.safetensors")
FOLDS: Final = 5
# Regularisation, chosen on the folds of topics.
_C: Final = 0.15
# Later examples weigh a quarter: they are ten times as many as the rest, and most are harder than what people say.
_LATER_WEIGHT: Final = 0.25
# LoRA: rank, scale and initial standard deviation of the updates, and the dense layers that are updated.
_RANK, _SCALE, _SPREAD = 8, 2.0, 0.1
_CHANGED: Final = ("query", "value", "intermediate.dense", "output.dense")
_EPOCHS, _BATCH, _RATE, _DROPOUT = 4, 16, 1e-3, 0.1
_SPLITS: Final = {
    "written": (FOLDER.name,), "natural": ("natural",), "hard": ("hard",), "cells": ("dev", "held_out", "seen"),
    "contested": ("contested",), "spoken": ("train",),
}  # fmt: skip
READING_OF: Final = {
    "supports": "for", "proposes": "for", "opposes": "against", "conditional": "conditional",
    "reports_practice": "mentions", "no_position": "mentions",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Example:
    """A sentence with its label; those of one topic, or of one party (in cells), are in the same `fold`."""

    text: str
    topic: str
    language: str
    label: str
    fold: int
    split: str
    weight: float = 1.0


def written_examples() -> list[Example]:
    """Returns the examples of `FOLDER`."""
    return [
        Example(
            text=re.sub(r"[{}]", "", entry), topic=topic, language=path.stem, label=label, fold=_fold(topic),
            split="asked" if label in ASKED else path.parent.name,
            weight=1.0 if path.parent in (FOLDER, QUESTIONS) else _LATER_WEIGHT,
        )
        for path in sorted(FOLDER.rglob("*.yaml"))
        for label, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items()
        for entry in entries
        for topic in re.findall(r"\{(.*?)\}", entry)[:1]
    ]  # fmt: skip


def cell_examples(corpus: Path) -> list[Example]:
    """Returns the sentences of labelled cells that name the cell's topic or are its only quoted sentence."""
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
            if len(quotes) == 1 or mask_topic(text, cell.topic, language, _parties()) != text
        ]  # fmt: skip
    return found


def spoken_examples(speeches: Path) -> list[Example]:
    """Returns sentences of real speeches that are labelled for training; those of a speech are in one fold."""
    return [
        Example(
            text=each.text, topic=each.topic, language="en", label=each.label, fold=_fold(each.speech),
            split=each.split, weight=_LATER_WEIGHT,
        )
        for each in labelled_sentences(speeches)
        if each.split == "train"
    ]  # fmt: skip


def examples_hash(asked: bool = False) -> str:
    """Returns the SHA-256 of the training files of sentences, or of questions (`asked`), to keep with the weights."""
    paths = [*sorted(FOLDER.glob("*.yaml")), *sorted(QUESTIONS.glob("*.yaml"))]
    if not asked:
        paths = [*(path for path in sorted(FOLDER.rglob("*.yaml")) if path.parent != QUESTIONS), SHIPPED, LABELS]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _fold(name: str) -> int:
    return int(text_sha256(name), 16) % FOLDS


def _rows(examples: Sequence[Example]) -> Matrix:
    def row(item: Example) -> Matrix:
        masked = mask_topic(item.text, item.topic, item.language, _parties())
        # Words of the topic show no direction that is asked for: "who is against tying help to strings?".
        marked = masked if item.split == "asked" else item.text
        return features_of(masked, find_position_marks(marked, item.language), item.language)

    return np.stack(list(map(row, examples)))


def _fit(rows: Matrix, examples: Sequence[Example], classes: Sequence[str]) -> tuple[Matrix, Matrix]:
    model = LogisticRegression(C=_C, max_iter=3000)
    model.fit(rows, [item.label for item in examples], sample_weight=[item.weight for item in examples])
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order].astype(np.float16).astype(np.float32), model.intercept_[order].astype(np.float32)


def _unseen(rows: Matrix, examples: Sequence[Example]) -> list[str]:
    """Returns the label of each example by weights that have not seen its fold (cross-validation)."""
    labels, weights, folds = zip(*((item.label, item.weight, item.fold) for item in examples), strict=True)
    options = {"groups": folds, "cv": LeaveOneGroupOut(), "params": {"sample_weight": weights}}
    return [str(label) for label in cross_val_predict(LogisticRegression(C=_C, max_iter=3000), rows, labels, **options)]


class _LowRank(torch.nn.Module):
    """A frozen dense layer plus the product of two small matrices, which alone are trained (LoRA)."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.a = torch.nn.Parameter(torch.randn(_RANK, layer.in_features) * _SPREAD)
        self.b = torch.nn.Parameter(torch.zeros(layer.out_features, _RANK))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Returns the layer's output for rows, with the low-rank update."""
        updated: torch.Tensor = self.layer(rows) + (rows @ self.a.T) @ self.b.T * _SCALE
        return updated


class _FineTuned(torch.nn.Module):
    """The packaged embedding model with low-rank updates, and a linear head over the mean of its last states."""

    def __init__(self) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(str(carried(EMBEDDING))).requires_grad_(False)
        for name, layer in [*self.bert.named_modules()]:
            if isinstance(layer, torch.nn.Linear) and name.endswith(_CHANGED):
                parent, _, last = name.rpartition(".")
                setattr(self.bert.get_submodule(parent), last, _LowRank(layer))
        self.head = torch.nn.Linear(self.bert.config.hidden_size, len(READINGS))
        self.dropout = torch.nn.Dropout(_DROPOUT)

    def forward(self, examples: Sequence[Example]) -> torch.Tensor:
        """Returns the scores of each reading, (n, classes)."""
        encoded = packaged_tokenizer().encode_batch(
            [topic_and_text(each.text, each.topic, _parties()) for each in examples]
        )
        ids, types = (
            pad_sequence([torch.tensor(getattr(each, name)) for each in encoded], batch_first=True)
            for name in ("ids", "type_ids")
        )
        mask = pad_sequence([torch.ones(len(each.ids)) for each in encoded], batch_first=True)
        states = self.bert(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        scores: torch.Tensor = self.head(self.dropout(mean))
        return scores

    def arrays(self) -> dict[str, Matrix]:
        """Returns the arrays to store: the update of each layer by its name in the model, and the head."""
        found = {
            f"{name}.{part}": getattr(layer, part) * (_SCALE if part == "b" else 1)
            for name, layer in self.bert.named_modules()
            if isinstance(layer, _LowRank)
            for part in ("a", "b")
        } | {f"head.{name}": value for name, value in self.head.named_parameters()}
        return {name: value.detach().numpy().astype(np.float16) for name, value in found.items()}


def _fine_tune(examples: Sequence[Example]) -> dict[str, Matrix]:
    torch.manual_seed(0)
    shuffled = random.Random(0)
    model = _FineTuned().train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=_RATE, weight_decay=0.01)
    steps = _EPOCHS * -(-len(examples) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps, pct_start=0.1)
    for _ in track(range(_EPOCHS), "fine-tuning"):
        # A batch has sentences of similar length, which saves padding; batches come in random order.
        order = sorted(examples, key=lambda each: len(each.text) * shuffled.uniform(0.8, 1.25))
        batches = [order[begin : begin + _BATCH] for begin in range(0, len(order), _BATCH)]
        for batch in shuffled.sample(batches, len(batches)):
            labels = torch.tensor([READINGS.index(each.label) for each in batch])
            loss = torch.nn.functional.cross_entropy(model(batch), labels, label_smoothing=0.05)
            optimiser.zero_grad()
            torch.autograd.backward([loss])
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            schedule.step()
    return model.eval().arrays()


def _show(what: str, read: Sequence[tuple[Example, str]]) -> None:
    """Prints how predicted directions agree with the labels, and how those do that follow from rules alone."""
    by_rules = [kind_of(find_position_marks(item.text, item.language)) for item, _ in read]
    ruled = [{"calls_on_others": "for", **READING_OF}[kind] for kind in by_rules]
    for name, told in ((what, [label for _, label in read]), (f"{what}, by rules alone", ruled)):
        for figure in figures_of(name, [item.label for item, _ in read], told):
            print(f"{figure.name} {figure.value:.3f} ({figure.over})")


def fit_asked() -> None:
    """Trains the classifier of the direction that a question asks for; adds it to the weights for sentences."""
    asked = [item for item in written_examples() if item.split == "asked"]
    rows, known = _rows(asked), load_weights(WEIGHTS)
    right = sum(item.label == got for item, got in zip(asked, _unseen(rows, asked), strict=True))
    print(f"asked, topics not seen: {right}/{len(asked)} right")
    weight, bias = _fit(rows, asked, [*ASKED])
    notes = {**known.notes, "asked.examples": examples_hash(asked=True), "asked.classes": json.dumps([*ASKED])}
    _save({**known.arrays, "asked.weight": weight, "asked.bias": bias}, notes)


def _save(arrays: Mapping[str, Matrix], notes: Mapping[str, str]) -> None:
    kept = {name: np.ascontiguousarray(array.astype(np.float16)) for name, array in arrays.items()}
    save_file({**kept, "notes": notes_array(notes)}, WEIGHTS)


def main(corpus: Path, speeches: Path) -> None:
    """Trains the classifiers of sentences and questions, prints their scores and writes the weights."""
    written, cells, spoken = written_examples(), cell_examples(corpus), spoken_examples(speeches)
    trained = [item for item in (*written, *cells, *spoken) if item.split not in ("asked", "sealed")]
    rows = _rows(trained)
    unseen = list(zip(trained, _unseen(rows, trained), strict=True))
    weight, bias = _fit(rows, trained, READINGS)
    for what, splits in _SPLITS.items():
        _show(f"{what}, not seen", [pair for pair in unseen if pair[0].split in splits])
    sealed = [item for item in cells if item.split == "sealed"]
    read = (READINGS[int(np.argmax(weight @ row + bias))] for row in _rows(sealed))
    _show("sealed", list(zip(sealed, read, strict=True)))
    notes = {"examples": examples_hash(), "direction.classes": json.dumps(READINGS)}
    _save({"direction.weight": weight, "direction.bias": bias}, notes)
    fit_asked()
    tuned_notes = {"examples": notes["examples"], "classes": json.dumps(READINGS)}
    save_file(_fine_tune([item for item in trained if item.language == "en"]), ENGLISH, metadata=tuned_notes)


if __name__ == "__main__":
    if sys.argv[1:] == ["--asked"]:
        fit_asked()
    else:
        main(*map(Path, sys.argv[1:]))
