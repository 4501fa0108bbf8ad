"""Trains what tells for from against: app/retrieval/data/direction_*.safetensors and asked_direction.safetensors.

Sentences are learned from the examples of `app/retrieval/direction_training`, the labelled cells of real speeches
(except the `sealed` split of evals/datasets/positions.yaml) and the `train` split of labelled sentences
(evals/datasets/directions.csv): the packaged embedding model is fine-tuned by low-rank updates (LoRA), first on English
alone, then on all six languages, in an hour on one core. Whoever adds examples goes on from the weights that ship. The
score of the sealed cells is printed; `untoc-eval public directions` measures others.

    python scripts/train_direction.py CORPUS SPEECHES  # the folders of the general debate and of scale
    python scripts/train_direction.py CORPUS SPEECHES --go-on  # a third of the time
    python scripts/train_direction.py --asked          # in minutes: only which direction a question asks for
"""

import csv
import hashlib
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from rich.progress import track
from safetensors.numpy import load_file, save_file
from torch.nn.utils.rnn import pad_sequence
from transformers import BertModel

from app.retrieval.positions.asked_direction import ASKED
from app.retrieval.positions.direction import READINGS, read_sentence
from app.retrieval.topic.mask import mask_topic, topic_and_text
from evals.cases.documents import read_documents
from evals.position_agreement import SHIPPED, cite_labels, load_cells
from evals.public.directions import LABELS, LabelledSentence, figures_of, labelled_sentences, written_sentences
from ingest.language.anaphora import refers_back
from ingest.language.sentences import split_sentences
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.bert import packaged_tokenizer
from vectorstore.packaged_files import EMBEDDING, carried
from vectorstore.records import text_sha256

_parties: Final = cache(PartyTable.load)
_Vary = Callable[[LabelledSentence], LabelledSentence]
FOLDER: Final = Path("app/retrieval/direction_training")
# Questions that ask for a direction; `{}` stands for the topic of an earlier turn: "who else was against it?{}".
QUESTIONS: Final = FOLDER / "asked"
REWORDED: Final = FOLDER / "reworded_topics.csv"
WEIGHTS: Final = Path("app/retrieval/data/asked_direction.safetensors")
ENGLISH: Final = Path("app/retrieval/data/direction_en.safetensors")
SIX: Final = Path("app/retrieval/data/direction_six.safetensors")
# Folds of topics, on one of which a score of questions is printed.
_FOLDS: Final = 5
# LoRA: rank, scale and initial standard deviation of the updates, and the dense layers that are updated.
_RANK, _SCALE, _SPREAD = 16, 2.0, 0.1
_CHANGED: Final = ("query", "value", "intermediate.dense", "output.dense")
_BATCH, _DROPOUT = 16, 0.1
# Epochs and highest rate of learning, of English alone and of all languages; then some other English examples go along.
_ENGLISH, _ALL, _BESIDE_ALL = (3, 1e-3), (2, 5e-4), 4_500
# The same where the weights that ship learn more.
_GO_ON: Final = (1, 6e-4)
# The same of what a question asks for, which goes on from the weights of sentences in six languages.
_QUESTIONS: Final = (5, 1e-3)
# How often an example counts that argues, is outright, says its topic as a predicate, is a passage, or turns on a word.
_TIMES: Final = {"argued": 2, "outright": 4, "predicates": 3, "passages": 2, "contrast": 2}
# Share of examples whose topic is replaced by another one, of which they say nothing; by other words for it, as people
# ask, where `REWORDED` has some; or, where it has none, by some of its words.
_OTHER_SHARE, _REWORDED_SHARE, _PARTIAL_SHARE = 0.07, 0.45, 0.22
# Share of English examples that are read beside another one, on another topic, whose direction is to be ignored.
_BESIDE_SHARE: Final = 0.15
READING_OF: Final = {
    "supports": "for", "proposes": "for", "opposes": "against", "conditional": "conditional",
    "reports_practice": "mentions", "no_position": "mentions",
}  # fmt: skip


def cell_examples(corpus: Path) -> list[LabelledSentence]:
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
            LabelledSentence(
                split=cell.split, topic=cell.topic, label=READING_OF[cell.kind], text=text, language=language
            )
            for language, text in quotes
            if len(quotes) == 1 or mask_topic(text, cell.topic, language, _parties()) != text
        ]
    return found


def examples_hash(asked: bool = False) -> str:
    """Returns the SHA-256 of the training files of sentences, or of questions (`asked`), to keep with the weights."""
    paths = [*sorted(FOLDER.glob("*.yaml")), *sorted(QUESTIONS.glob("*.yaml"))]
    if not asked:
        written = (path for path in sorted(FOLDER.rglob("*.yaml")) if path.parent != QUESTIONS)
        paths = [*written, REWORDED, SHIPPED, LABELS]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


class _Varied:
    """Gives examples the topics of questions: worded otherwise, or something else, of which they say nothing.

    Some stand before or after another sentence, on another topic.
    """

    def __init__(self, examples: Sequence[LabelledSentence]) -> None:
        self._random = random.Random(0)
        with REWORDED.open(encoding="utf-8", newline="") as file:
            self._wordings = {row["topic"]: [*filter(None, [*row.values()][1:])] for row in csv.DictReader(file)}
        self._topics: dict[str, list[str]] = {}
        for each in examples:
            self._topics.setdefault(each.language, []).append(each.topic)
        self._apart = [each.text for each in examples if each.language == "en" and not refers_back(each.text)]

    def __call__(self, example: LabelledSentence) -> LabelledSentence:
        """Returns the example as it is or varied, at random."""
        example = self._on_another_topic(example)
        if example.language != "en" or self._random.random() >= _BESIDE_SHARE:
            return example
        pair = [example.text, self._random.choice(self._apart)]
        return replace(example, text=" ".join(self._random.sample(pair, 2)))

    def _on_another_topic(self, example: LabelledSentence) -> LabelledSentence:
        drawn, language = self._random.random(), example.language
        wordings = self._wordings.get(example.topic, []) if language == "en" else []
        if drawn < _OTHER_SHARE:
            other = self._random.choice(self._topics[language])
            named = mask_topic(example.text, other, language, _parties()) != example.text
            return example if named else replace(example, topic=other, label="mentions")
        if wordings and drawn < _OTHER_SHARE + _REWORDED_SHARE:
            return replace(example, topic=self._random.choice(wordings))
        if not wordings and drawn < _OTHER_SHARE + _PARTIAL_SHARE:
            gap = "" if language == "zh" else " "
            words = [*example.topic] if language == "zh" else example.topic.split()
            some = gap.join(word for word in words if self._random.random() < 0.5)
            return replace(example, topic=some or example.topic)
        return example


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

    def __init__(self, weights: Path | None = None, classes: Sequence[str] = READINGS) -> None:
        super().__init__()
        self.classes = [*classes]
        # Dropout inside of the frozen model takes an eighth of the time.
        model = BertModel.from_pretrained(
            str(carried(EMBEDDING)), hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        self.bert = model.requires_grad_(False)
        for name, layer in [*self.bert.named_modules()]:
            if isinstance(layer, torch.nn.Linear) and name.endswith(_CHANGED):
                parent, _, last = name.rpartition(".")
                setattr(self.bert.get_submodule(parent), last, _LowRank(layer))
        self.head = torch.nn.Linear(self.bert.config.hidden_size, len(classes))
        self.dropout = torch.nn.Dropout(_DROPOUT)
        for name, array in load_file(weights).items() if weights else ():
            value = torch.from_numpy(array.astype(np.float32)) / (_SCALE if name.endswith(".b") else 1)
            own = (self if name.startswith("head.") else self.bert).get_parameter(name)
            # Other classes have a head of their own.
            if own.shape == value.shape:
                own.data.copy_(value)

    def forward(self, examples: Sequence[LabelledSentence]) -> torch.Tensor:
        """Returns the scores of each class, (n, classes)."""
        encoded = packaged_tokenizer().encode_batch(
            [topic_and_text(each.text, each.topic, each.language, _parties()) for each in examples]
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


def _fine_tune(examples: Sequence[LabelledSentence], *, go_on: bool) -> tuple[dict[str, Matrix], dict[str, Matrix]]:
    """Returns the arrays of the classifier of English, and of the one that then learns all six languages.

    The second begins with what the first has learned, or both with the weights that ship (`go_on`).
    """
    torch.manual_seed(0)
    model = _FineTuned(ENGLISH if go_on else None).train()
    counted = [each for each in examples for _ in range(_TIMES.get(each.split, 1))]
    english = [each for each in counted if each.language == "en"]
    some = [each for each in english if each.split not in _TIMES]
    random.Random(0).shuffle(some)
    _learn(model, english, *(_GO_ON if go_on else _ENGLISH), _Varied(english))
    of_english = model.arrays()
    model = _FineTuned(SIX).train() if go_on else model
    others = [each for each in counted if each.language != "en" or each.split in _TIMES]
    of_all = [*some[:_BESIDE_ALL], *others]
    _learn(model, of_all, *(_GO_ON if go_on else _ALL), _Varied(of_all))
    return of_english, model.arrays()


def _learn(
    model: _FineTuned,
    examples: Sequence[LabelledSentence],
    epochs: int,
    rate: float,
    vary: _Vary | None,
) -> None:
    """Trains a model on examples, which `vary` changes anew in each epoch."""
    shuffled = random.Random(0)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01)
    steps = epochs * -(-len(examples) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    for _ in track(range(epochs), "fine-tuning"):
        # A batch has sentences of similar length, which saves padding; batches come in random order.
        drawn = map(vary, examples) if vary else examples
        order = sorted(drawn, key=lambda each: len(each.text) * shuffled.uniform(0.8, 1.25))
        batches = [order[begin : begin + _BATCH] for begin in range(0, len(order), _BATCH)]
        for batch in shuffled.sample(batches, len(batches)):
            labels = torch.tensor([model.classes.index(each.label) for each in batch])
            # In half precision a step takes half of the time.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = model(batch)
            loss = torch.nn.functional.cross_entropy(scores.float(), labels, label_smoothing=0.05)
            optimiser.zero_grad()
            torch.autograd.backward([loss])
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            schedule.step()


def fit_asked() -> None:
    """Trains the classifier of the direction that a question asks for and writes its weights.

    The score that is printed is of one that has not seen a fifth of the topics.
    """
    asked = [item for item in written_sentences(FOLDER) if item.label in ASKED]
    unseen = [item for item in asked if int(text_sha256(item.topic), 16) % _FOLDS == 0]
    model = _trained_on_questions([item for item in asked if item not in unseen]).eval()
    with torch.no_grad():
        told = [model.classes[int(model([item]).argmax())] for item in unseen]
    right = sum(item.label == label for item, label in zip(unseen, told, strict=True))
    print(f"asked, topics not seen: {right}/{len(unseen)} right")
    notes = {"examples": examples_hash(asked=True), "classes": json.dumps([*ASKED])}
    save_file(_trained_on_questions(asked).arrays(), WEIGHTS, metadata=notes)


def _trained_on_questions(examples: Sequence[LabelledSentence]) -> _FineTuned:
    torch.manual_seed(0)
    model = _FineTuned(SIX, [*ASKED]).train()
    _learn(model, examples, *_QUESTIONS, vary=None)
    return model


def main(corpus: Path, speeches: Path, *, go_on: bool) -> None:
    """Trains the classifiers of sentences and questions, prints their scores and writes the weights."""
    cells = cell_examples(corpus)
    written = [item for item in written_sentences(FOLDER) if item.label not in ASKED]
    examples = [*written, *cells, *(item for item in labelled_sentences(speeches) if item.split == "train")]
    notes = {"examples": examples_hash(), "classes": json.dumps(READINGS)}
    fine_tuned = _fine_tune([item for item in examples if item.split != "sealed"], go_on=go_on)
    for arrays, path in zip(fine_tuned, (ENGLISH, SIX), strict=True):
        save_file(arrays, path, metadata=notes)
    fit_asked()
    sealed = [item for item in cells if item.split == "sealed"]
    read = [read_sentence(item.text, item.topic, item.language, _parties()).reading for item in sealed]
    for figure in figures_of("sealed", [item.label for item in sealed], read):
        print(f"{figure.name} {figure.value:.3f} ({figure.over})")


if __name__ == "__main__":
    options = {each for each in sys.argv[1:] if each.startswith("--")}
    folders = [Path(each) for each in sys.argv[1:] if each not in options]
    if "--asked" in options:
        fit_asked()
    else:
        main(*folders, go_on="--go-on" in options)
