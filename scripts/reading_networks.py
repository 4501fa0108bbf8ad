"""Networks of the tagger of roles, trained on marked examples and variants of them; see `scripts/train_reading.py`."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from app.question.kinds import KINDS
from app.question.role_tagger.features import EncodedQuestion, encode_question
from app.question.role_tagger.network import LABELS
from evals.marked_examples import MarkedExample, labels_of
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.weights_file import Weights

_EPOCHS: Final = 12
_BATCH: Final = 48
_RATE: Final = 4e-3
# Minimum frequency of features.
_RARE: Final = 30
_SIZES: Final = {"inputs": 104, "states": 88, "whole": 144}
# Dropout rate in 256ths: the mask is drawn as random bytes, in a fifth of the time that torch takes.
_DROPPED: Final = 77
# Label of an example without a kind, which the loss of kinds leaves out.
_NO_KIND: Final = -100
# Arrays of at least this many numbers are quantized to a byte each.
_LARGE: Final = 10_000
# Letters with accents, as people type them who leave accents out.
_BARE: Final = str.maketrans("áéíóúüñàâçèêëîïôùûÁÉÍÓÚÑÀÂÇÈÊÎÔёЁأإآ", "aeiouunaaceeeiiouuAEIOUNAACEEIoеЕااا")


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An example with the input (`encoded`) and the labels of the tagger."""

    example: MarkedExample
    encoded: EncodedQuestion
    labels: tuple[str, ...]


def prepare(examples: Sequence[MarkedExample], parties: PartyTable) -> list[Prepared]:
    """Encodes the words of examples, with the spans found in them, and labels each word."""
    prepared = []
    for example in examples:
        encoded = encode_question(example.text, example.language, parties, follows=bool(example.after))
        labels = tuple(labels_of(encoded.words, example.marks))
        prepared.append(Prepared(example=example, encoded=encoded, labels=labels))
    return prepared


def quantized(array: Matrix) -> tuple[Any, Any]:
    """Returns an array in half precision and None; a large one in int8 and the quantization step of each row."""
    if array.ndim < 2 or array.size < _LARGE:
        return np.ascontiguousarray(array.astype(np.float16)), None
    steps = (np.maximum(np.abs(array).max(axis=-1, keepdims=True), 1e-3) / 127).astype(np.float16)
    return np.clip(np.round(array / steps), -127, 127).astype(np.int8), steps


def as_stored(array: Matrix) -> Matrix:
    """Returns an array in single precision with the values that it has when it is stored."""
    packed, steps = quantized(array)
    kept: Matrix = packed.astype(np.float32)
    return kept if steps is None else kept * steps.astype(np.float32)


def with_topics_exchanged(examples: Sequence[MarkedExample], draw: random.Random) -> Iterator[MarkedExample]:
    """Yields examples with the topic of another one, drawn from those where the topic follows the same word.

    This teaches to tell the wording of a question from its topic: "any remarks on {topic:timber}?" has the kind and the
    roles of "any remarks on {topic:extradition}?". Examples with two topics, or without such another, are left out.
    """
    topics: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    placed = []
    for example in examples:
        marks = [mark for mark in example.marks if mark.role == "topic"]
        if len(marks) == 1:
            before, after = example.text[: marks[0].start], example.text[marks[0].end :]
            word = before[-2:] if example.language == "zh" else (before.lower().split() or [""])[-1]
            place = example.language, word, any(map(str.isalnum, after[:2]))
            topics[place].append(example.text[marks[0].start : marks[0].end])
            placed.append((example, marks[0], place))
    for example, mark, place in placed:
        replaced = example.text[mark.start : mark.end]
        if others := [topic for topic in topics[place] if topic != replaced]:
            topic = draw.choice(others)
            longer = len(topic) - len(replaced)
            moved = (
                replace(each, start=each.start + longer * (each.start > mark.start),
                        end=each.end + longer * (each.start >= mark.start))
                for each in example.marks
            )  # fmt: skip
            yield replace(
                example, text=example.text[: mark.start] + topic + example.text[mark.end :], marks=tuple(moved)
            )


def sloppily_typed(examples: Sequence[MarkedExample], draw: random.Random) -> Iterator[MarkedExample]:
    """Yields examples in lower case, without accents or without final punctuation, where that changes them."""
    for example in examples:
        text = example.text
        if draw.random() < 0.5 and len(text.lower()) == len(text):
            text = text.lower()
        if draw.random() < 0.5:
            text = text.translate(_BARE)
        if draw.random() < 0.5 and text[-1:] in "?.!？。؟" and all(mark.end < len(text) for mark in example.marks):
            text = text[:-1]
        if text != example.text:
            yield replace(example, text=text)


class _Tensors(NamedTuple):
    """An example as tensors; `kind` is `_NO_KIND` if it keeps the kind of the turn before it."""

    vectors: torch.Tensor
    features: torch.Tensor
    labels: torch.Tensor
    sentence: torch.Tensor
    kind: int


class _Network(nn.Module):
    """The tagger: an LSTM over vectors and features of words gives scores of their roles and of the question's kind."""

    def __init__(self, features: int, seed: int) -> None:
        super().__init__()
        self.noise = np.random.default_rng(seed)
        inputs, states, whole = _SIZES["inputs"], _SIZES["states"], _SIZES["whole"]
        self.proj = nn.Linear(1280, inputs)
        self.emb = nn.EmbeddingBag(features + 1, inputs, mode="sum", padding_idx=features)
        nn.init.normal_(self.emb.weight, 0, 0.1)
        self.rnn = nn.LSTM(inputs, states, bidirectional=True, batch_first=True)
        self.out = nn.Linear(2 * states + inputs, len(LABELS))
        self.trans = nn.Parameter(torch.zeros(len(LABELS), len(LABELS)))
        self.sent, self.pool = nn.Linear(512, whole), nn.Linear(4 * states + 2 * inputs, whole)
        self.kind = nn.Linear(whole, len(KINDS))

    def drop(self, values: torch.Tensor) -> torch.Tensor:
        """Returns values with dropout."""
        kept = np.frombuffer(self.noise.bytes(values.numel()), dtype=np.uint8) >= _DROPPED
        return values * torch.from_numpy(kept.reshape(values.shape)) / (1 - _DROPPED / 256)

    def forward(
        self, vectors: torch.Tensor, features: torch.Tensor, lengths: torch.Tensor, sentences: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns (scores of roles, (n, words, roles); scores of kinds, (n, kinds)) of n questions, padded."""
        rows, longest, _ = vectors.shape
        embedded = self.emb(features.view(rows * longest, -1)).view(rows, longest, -1)
        inputs = self.drop(torch.tanh(self.proj(self.drop(vectors)) + embedded))
        packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        states = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0]
        mask = (torch.arange(longest)[None] < lengths[:, None]).float()[:, :, None]
        seen = torch.cat([states, inputs], -1)
        pooled = torch.cat([(seen * mask).sum(1) / mask.sum(1), (seen - 1e4 * (1 - mask)).max(1).values], -1)
        whole = self.drop(torch.tanh(self.sent(self.drop(sentences) * 8) + self.pool(self.drop(pooled))))
        return self.out(torch.cat([self.drop(states), inputs], -1)), self.kind(whole)

    def loss(self, batch: Sequence[_Tensors]) -> torch.Tensor:
        """Returns the mean loss of roles (negative log likelihood of the path, CRF) plus that of kinds."""
        lengths, none = torch.tensor([len(each.labels) for each in batch]), self.emb.num_embeddings - 1
        width = max(each.features.shape[1] for each in batch)
        padded = [nn.functional.pad(item.features, (0, width - item.features.shape[1]), value=none) for item in batch]
        features = pad_sequence(padded, batch_first=True, padding_value=none)
        vectors = pad_sequence([each.vectors for each in batch], batch_first=True).float()
        labels = pad_sequence([each.labels for each in batch], batch_first=True)
        mask = (torch.arange(int(lengths.max()))[None] < lengths[:, None]).float()
        scores, kinds = self(vectors, features, lengths, torch.stack([each.sentence for each in batch]))
        loss = self._path_loss(scores, labels, mask)
        wanted = torch.tensor([each.kind for each in batch])
        if (wanted >= 0).any():
            loss = loss + nn.functional.cross_entropy(kinds, wanted, ignore_index=_NO_KIND, label_smoothing=0.05)
        return loss

    def _path_loss(self, scores: torch.Tensor, labels: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        gold = (scores.gather(2, labels[:, :, None]).squeeze(2) * mask).sum(1)
        gold = gold + (self.trans[labels[:, :-1], labels[:, 1:]] * mask[:, 1:]).sum(1)
        total = scores[:, 0]
        for at in range(1, scores.shape[1]):
            after = torch.logsumexp(total[:, :, None] + self.trans[None], 1) + scores[:, at]
            here = mask[:, at][:, None]
            total = after * here + total * (1 - here)
        return (torch.logsumexp(total, 1) - gold).mean()


def train_network(prepared: Sequence[Prepared], seed: int, parties: PartyTable) -> Weights:
    """Returns the weights of one network of the ensemble, trained on examples and on variants of them."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    vocabulary = vocabulary_of((name for item in prepared for row in item.encoded.features for name in row), _RARE)
    examples, draw = [item.example for item in prepared], random.Random(seed)
    varied = [*with_topics_exchanged(examples, draw), *sloppily_typed(examples, draw)]
    every = chain(prepared, (item for each in varied for item in prepare([each], parties)))
    items = [_tensors(item, vocabulary) for item in every if item.encoded.words]
    network = _Network(len(vocabulary), seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.02, fused=True)
    steps = _EPOCHS * (len(items) // _BATCH + 14)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps, pct_start=0.15)
    network.train()
    for _ in range(_EPOCHS):
        for batch in _batches(items, draw):
            loss = network.loss(batch)
            optimizer.zero_grad()
            torch.autograd.backward([loss])
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
    torch.set_num_threads(threads)
    arrays = {f"net.{name}": as_stored(value.detach().numpy()) for name, value in network.state_dict().items()}
    return Weights(arrays=arrays, notes={"features": json.dumps(vocabulary, ensure_ascii=False)})


def _tensors(item: Prepared, vocabulary: Mapping[str, int]) -> _Tensors:
    known = [[vocabulary[name] for name in row if name in vocabulary] for row in item.encoded.features]
    width = max(map(len, known))
    return _Tensors(
        # In half precision, since all examples are in memory at once.
        vectors=torch.from_numpy(item.encoded.vectors).half(),
        features=torch.tensor([row + [len(vocabulary)] * (width - len(row)) for row in known]),
        labels=torch.tensor([LABELS.index(label) for label in item.labels]),
        sentence=torch.from_numpy(item.encoded.sentence),
        kind=_NO_KIND if "kind" in item.example.keeps else KINDS.index(item.example.kind),
    )


def vocabulary_of(features: Iterable[str], rare: int) -> dict[str, int]:
    """Returns the index of each feature that occurs at least `rare` times."""
    return {name: at for at, name in enumerate(sorted(n for n, count in Counter(features).items() if count >= rare))}


def _batches(items: Sequence[_Tensors], draw: random.Random) -> list[list[_Tensors]]:
    # A batch has examples of similar length; batches come in random order.
    order = list(items)
    draw.shuffle(order)
    batches: list[list[_Tensors]] = []
    for at in range(0, len(order), 12 * _BATCH):
        part = sorted(order[at : at + 12 * _BATCH], key=lambda each: len(each.labels))
        batches += [part[begin : begin + _BATCH] for begin in range(0, len(part), _BATCH)]
    draw.shuffle(batches)
    return batches
