"""Trains the models that read questions: the tagger of roles, and the classifiers of kinds and turns.

They learn from the examples in `app/question/training` only, and the same examples give the same weights. `make train`
runs it; with a folder as argument the weights of each fold are written there as well, which `untoc-eval run reading
--folds` scores on the examples of that fold, which they have not seen.
"""

import os

# Set before numpy and torch are imported: on one thread sums are computed in one order, hence are reproducible.
os.environ["OMP_NUM_THREADS"] = "1"

import json
import random
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors.numpy import save_file

from app.question.classifiers import ClassifierInput, classifier_input, input_vector, scores_of
from app.question.kinds import KINDS
from app.question.role_tagger.features import EncodedQuestion, encode_question
from app.question.role_tagger.network import LABELS, RoleReading, read_roles
from app.question.turns.classifier import TURNS, slot_features
from app.records import QuestionKind
from evals.files import CONFERENCE_PARTIES
from evals.marked_examples import FOLDS, MarkedExample, examples_hash, folds_of, labels_of, load_examples
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.weights_file import Weights, notes_array

_EPOCHS: Final = 12
_BATCH: Final = 48
_RATE: Final = 4e-3
# The size of the tagger's ensemble: networks whose scores are averaged.
_NETWORKS: Final = 3
# Minimum frequency of features: in the networks, in classifiers with a hidden layer, and in the other classifiers.
_RARE: Final = (30, 16, 8)
# Classifiers with a hidden layer, and its size.
_HIDDEN: Final = {"kind": 128, "turn": 32, "keeps_kind": 24}
_SIZES: Final = {"inputs": 104, "states": 88, "whole": 144}
# Training of classifiers with a hidden layer.
_HIDDEN_EPOCHS, _HIDDEN_BATCH, _HIDDEN_RATE = 30, 128, 6e-3
# Dropout rate in 256ths: the mask is drawn as random bytes, in a fifth of the time that torch takes.
_DROPPED: Final = 77
# Arrays of at least this many numbers are quantized to a byte each.
_LARGE: Final = 10_000
# Letters with accents, as people type them who leave accents out.
_BARE: Final = dict(zip("áéíóúüñàâçèêëîïôùûÁÉÍÓÚÑÀÂÇÈÊÎÔёЁأإآ", "aeiouunaaceeeiiouuAEIOUNAACEEIOеЕااا", strict=True))
# Worker processes, whose results do not depend on their number, and examples that each prepares at a time.
_PROCESSES: Final = 2
_PART: Final = 400


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


def train(
    prepared: Sequence[Prepared], parties: PartyTable, digest: str, pool: Executor, say: Callable[[str], None]
) -> tuple[Weights, list[Weights]]:
    """Returns weights trained on all examples, to ship, and those of each fold, which have not seen its examples."""
    folds = folds_of([item.example for item in prepared])
    rows = range(len(prepared))
    seen = [[at for at in rows if folds[at] != fold] for fold in range(FOLDS)] + [list(rows)]
    held = [[at for at in rows if folds[at] == fold] for fold in range(FOLDS)]
    parts = [[prepared[at] for at in each] for each in seen for _ in range(_NETWORKS)]
    trained = list(pool.map(_train_network, parts, [*range(_NETWORKS)] * len(seen), [parties] * len(parts)))
    networks = [_side_by_side(trained[at : at + _NETWORKS]) for at in range(0, len(trained), _NETWORKS)]
    say("networks trained")
    # The classifiers learn from roles as predicted by networks that have not seen the example (stacking).
    read = pool.map(_read_unseen, [[prepared[at] for at in part] for part in held], networks[:-1], [parties] * FOLDS)
    readings = {at: one for part, found in zip(held, read, strict=True) for at, one in zip(part, found, strict=True)}
    unseen = [readings[at] for at in rows]
    say("examples read by networks that have not seen them")
    n = FOLDS + 1
    fitted = pool.map(_train_classifiers, [prepared] * n, [unseen] * n, seen, [folds] * n)
    joined = [
        Weights(arrays={**each.arrays, **network.arrays}, notes={**each.notes, **network.notes, "examples": digest})
        for network, each in zip(networks, fitted, strict=True)
    ]
    say("classifiers trained")
    return joined[-1], joined[:-1]


def save_weights(weights: Weights, path: Path) -> None:
    """Writes weights as `_packed` packs them; the quantization steps of array `name` as `steps.name`."""
    arrays: dict[str, Any] = {"notes": notes_array(weights.notes)}
    for name, array in weights.arrays.items():
        arrays[name], steps = _packed(array)
        arrays |= {} if steps is None else {f"steps.{name}": steps}
    save_file(arrays, path)


def _packed(array: Matrix) -> tuple[Any, Any]:
    """Returns an array in half precision and None; a large one in int8 and the quantization step of each row."""
    if array.ndim < 2 or array.size < _LARGE:
        return np.ascontiguousarray(array.astype(np.float16)), None
    steps = (np.maximum(np.abs(array).max(axis=-1, keepdims=True), 1e-3) / 127).astype(np.float16)
    return np.clip(np.round(array / steps), -127, 127).astype(np.int8), steps


def _kept(array: Matrix) -> Matrix:
    packed, steps = _packed(array)
    kept: Matrix = packed.astype(np.float32)
    return kept if steps is None else kept * steps.astype(np.float32)


def _side_by_side(networks: Sequence[Weights]) -> Weights:
    """Returns an ensemble of networks of the same features as one record: their arrays stacked, a network each row."""
    arrays = {name: np.stack([each.arrays[name] for each in networks]) for name in networks[0].arrays}
    return Weights(arrays=arrays, notes=networks[0].notes)


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
            text = "".join(_BARE.get(char, char) for char in text)
        if draw.random() < 0.5 and text[-1:] in "?.!？。؟" and all(mark.end < len(text) for mark in example.marks):
            text = text[:-1]
        if text != example.text:
            yield replace(example, text=text)


def _train_network(prepared: Sequence[Prepared], seed: int, parties: PartyTable) -> Weights:
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    vocabulary = _vocabulary((name for item in prepared for row in item.encoded.features for name in row), _RARE[0])
    none = len(vocabulary)

    noise = np.random.default_rng(seed)

    def drop(values: Any) -> Any:  # noqa: ANN401 - a tensor
        kept = np.frombuffer(noise.bytes(values.numel()), dtype=np.uint8) >= _DROPPED
        return values * torch.from_numpy(kept.reshape(values.shape)) / (1 - _DROPPED / 256)

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            inputs, states, whole = _SIZES["inputs"], _SIZES["states"], _SIZES["whole"]
            self.proj = nn.Linear(1280, inputs)
            self.emb = nn.EmbeddingBag(none + 1, inputs, mode="sum", padding_idx=none)
            nn.init.normal_(self.emb.weight, 0, 0.1)
            self.rnn = nn.LSTM(inputs, states, bidirectional=True, batch_first=True)
            self.out = nn.Linear(2 * states + inputs, len(LABELS))
            self.trans = nn.Parameter(torch.zeros(len(LABELS), len(LABELS)))
            self.sent, self.pool = nn.Linear(512, whole), nn.Linear(4 * states + 2 * inputs, whole)
            self.kind = nn.Linear(whole, len(KINDS))

        def forward(self, vectors: Any, features: Any, lengths: Any, sentences: Any) -> tuple[Any, Any]:  # noqa: ANN401 - a tensor
            rows, longest, _ = vectors.shape
            embedded = self.emb(features.view(rows * longest, -1)).view(rows, longest, -1)
            inputs = drop(torch.tanh(self.proj(drop(vectors)) + embedded))
            packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
            states = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0]
            mask = (torch.arange(longest)[None] < lengths[:, None]).float()[:, :, None]
            seen = torch.cat([states, inputs], -1)
            pooled = torch.cat([(seen * mask).sum(1) / mask.sum(1), (seen - 1e4 * (1 - mask)).max(1).values], -1)
            whole = drop(torch.tanh(self.sent(drop(sentences) * 8) + self.pool(drop(pooled))))
            return self.out(torch.cat([drop(states), inputs], -1)), self.kind(whole)

        def path_loss(self, scores: Any, labels: Any, mask: Any) -> Any:  # noqa: ANN401 - a tensor
            gold = (scores.gather(2, labels[:, :, None]).squeeze(2) * mask).sum(1)
            gold = gold + (self.trans[labels[:, :-1], labels[:, 1:]] * mask[:, 1:]).sum(1)
            total = scores[:, 0]
            for at in range(1, scores.shape[1]):
                after = torch.logsumexp(total[:, :, None] + self.trans[None], 1) + scores[:, at]
                here = mask[:, at][:, None]
                total = after * here + total * (1 - here)
            return (torch.logsumexp(total, 1) - gold).mean()

    examples, draw = [item.example for item in prepared], random.Random(seed)
    varied = [*with_topics_exchanged(examples, draw), *sloppily_typed(examples, draw)]
    items = []
    for item in chain(prepared, (item for each in varied for item in prepare([each], parties))):
        if not item.encoded.words:
            continue
        known = [[vocabulary[name] for name in row if name in vocabulary] for row in item.encoded.features]
        width = max(map(len, known))
        features = torch.tensor([row + [none] * (width - len(row)) for row in known])
        labels = torch.tensor([LABELS.index(label) for label in item.labels])
        kind = -100 if "kind" in item.example.keeps else KINDS.index(item.example.kind)
        # In half precision, since all examples are in memory at once.
        vectors, sentence = torch.from_numpy(item.encoded.vectors).half(), torch.from_numpy(item.encoded.sentence)
        items.append((vectors, features, labels, sentence, kind))
    network = Network()
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.02, fused=True)
    steps = _EPOCHS * (len(items) // _BATCH + 14)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps, pct_start=0.15)
    network.train()
    for _ in range(_EPOCHS):
        for batch in _batches(items, draw):
            lengths = torch.tensor([len(each[2]) for each in batch])
            width = max(each[1].shape[1] for each in batch)
            padded = [nn.functional.pad(each[1], (0, width - each[1].shape[1]), value=none) for each in batch]
            features = pad_sequence(padded, batch_first=True, padding_value=none)
            vectors, labels = (pad_sequence([each[part] for each in batch], batch_first=True) for part in (0, 2))
            mask = (torch.arange(int(lengths.max()))[None] < lengths[:, None]).float()
            scores, kinds = network(vectors.float(), features, lengths, torch.stack([each[3] for each in batch]))
            loss = network.path_loss(scores, labels, mask)
            wanted = torch.tensor([each[4] for each in batch])
            if (wanted >= 0).any():
                loss = loss + nn.functional.cross_entropy(kinds, wanted, ignore_index=-100, label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
    torch.set_num_threads(threads)
    arrays = {f"net.{name}": _kept(value.detach().numpy()) for name, value in network.state_dict().items()}
    return Weights(arrays=arrays, notes={"features": json.dumps(vocabulary, ensure_ascii=False)})


def _vocabulary(features: Iterable[str], rare: int) -> dict[str, int]:
    """Returns the index of each feature that occurs at least `rare` times."""
    return {name: at for at, name in enumerate(sorted(n for n, count in Counter(features).items() if count >= rare))}


def _batches(items: Sequence[Any], draw: random.Random) -> list[list[Any]]:
    # A batch has examples of similar length; batches come in random order.
    order = list(items)
    draw.shuffle(order)
    batches: list[list[Any]] = []
    for at in range(0, len(order), 12 * _BATCH):
        part = sorted(order[at : at + 12 * _BATCH], key=lambda each: len(each[2]))
        batches += [part[begin : begin + _BATCH] for begin in range(0, len(part), _BATCH)]
    draw.shuffle(batches)
    return batches


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """An example as read by a network that has not seen it; `before` and `kind` are of the questions before it."""

    inputs: ClassifierInput
    now: tuple[str, ...]
    before: tuple[str, ...]
    kind: QuestionKind


def _read_unseen(part: Sequence[Prepared], network: Weights, parties: PartyTable) -> list[Unseen]:
    unseen: list[Unseen] = []
    for item in part:
        example, read = item.example, read_roles(item.encoded, network)
        inputs = classifier_input(read, parties)
        earlier = [encode_question(text, example.language, parties, follows=False) for text in example.after]
        roles = [read_roles(encoded, network) for encoded in earlier]
        before = tuple(dict.fromkeys(slot for each in roles for slot in _filled_slots(each)))
        kind = KINDS[int(roles[-1].kinds.argmax())] if roles else "content"
        unseen.append(Unseen(inputs=inputs, now=_filled_slots(read), before=before, kind=kind))
    return unseen


def _filled_slots(read: RoleReading) -> tuple[str, ...]:
    """Returns the slots of the conversation state that a question fills itself."""
    spans = {word.span.kind for word in read.words if word.span is not None}
    venue = {"body", "session", "agenda_item"}
    kinds = {"when": {"date", "pick"}, "where": venue, "treaty": {"treaty", "article"}}
    said = [slot for slot, roles in {"who": {"who", "not"}, "topic": {"topic"}}.items() if roles & {*read.labels}]
    return (*said, *(slot for slot, values in kinds.items() if spans & values))


def _train_classifiers(
    prepared: Sequence[Prepared], unseen: Sequence[Unseen], kept: Sequence[int], folds: Sequence[int]
) -> Weights:
    def label_of(at: int, task: str) -> str | None:
        """Returns an example's label for a task; None if it has none, as for a slot that it fills or that was empty."""
        example, slot = prepared[at].example, task.removeprefix("keeps_")
        filled = {*unseen[at].now, *("who" if label == "not" else label for label in prepared[at].labels)}
        if task == "kind":
            return None if "kind" in example.keeps else example.kind
        if task == "turn" or not example.after:
            return example.turn if example.after else None
        asked = slot == "kind" or (slot in unseen[at].before and slot not in filled)
        return ("yes" if slot in example.keeps else "no") if asked and example.turn != "new" else None

    arrays: dict[str, Matrix] = {}
    notes: dict[str, str] = {}
    tasks: dict[str, Sequence[str]] = {"kind": KINDS, "turn": TURNS}
    tasks |= {f"keeps_{slot}": ("no", "yes") for slot in ("who", "topic", "kind")}
    for name, classes in tasks.items():
        wanted = {at: label for at in kept if (label := label_of(at, name)) is not None}
        is_kind = name == "kind"
        slots = [
            () if is_kind else slot_features(one.now, one.before, one.kind) for one in map(unseen.__getitem__, wanted)
        ]
        rows = [(unseen[at].inputs, more) for at, more in zip(wanted, slots, strict=True)]
        hidden = _HIDDEN.get(name, 0)
        trained = _classifier(
            rows, [*wanted.values()], classes, hidden, [folds[at] for at in wanted] if is_kind else ()
        )
        arrays |= {f"{name}.{part}": array for part, array in trained.arrays.items()}
        notes |= {f"{name}.{part}": note for part, note in trained.notes.items()}
    return Weights(arrays=arrays, notes=notes)


def _classifier(
    read: Sequence[tuple[ClassifierInput, Sequence[str]]],
    wanted: Sequence[str],
    classes: Sequence[str],
    hidden: int,
    folds: Sequence[int] = (),
) -> Weights:
    """Fits a classifier; with folds, also its temperature, on examples that it has not seen."""
    rare = _RARE[1] if hidden else _RARE[2]
    vocabulary = _vocabulary((name for inputs, slots in read for name in (*inputs.features, *slots)), rare)
    rows = np.stack([input_vector(inputs, slots, vocabulary) for inputs, slots in read])
    arrays = _fit(rows, wanted, classes, hidden)
    notes = {"features": json.dumps(vocabulary, ensure_ascii=False), "classes": json.dumps(list(classes))}
    if folds:
        notes["temperature"] = str(_temperature(rows, wanted, classes, hidden, folds))
    return Weights(arrays=arrays, notes=notes)


def _fit(rows: Matrix, wanted: Sequence[str], classes: Sequence[str], hidden: int) -> dict[str, Matrix]:
    """Fits a network with a hidden layer of that size, or multinomial logistic regression if `hidden` is 0."""
    if hidden:
        return _fit_network(rows, [classes.index(name) for name in wanted], len(classes), hidden)
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    weight = np.zeros((len(classes), rows.shape[1]), dtype=np.float32)
    # A class without examples is never the most likely.
    bias = np.full(len(classes), -50.0, dtype=np.float32)
    if len({*wanted}) == 1:
        bias[classes.index(wanted[0])] = 0.0
        return {"weight": weight, "bias": bias}
    model = LogisticRegression(C=1.0, max_iter=500).fit(csr_matrix(rows), list(wanted))
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercepts = (np.concatenate([-each, each]) / 2 for each in (coefficients, intercepts))
    for row, name in enumerate(model.classes_):
        weight[classes.index(name)], bias[classes.index(name)] = coefficients[row], intercepts[row]
    return {"weight": _kept(weight), "bias": bias}


def _fit_network(rows: Matrix, wanted: Sequence[int], classes: int, hidden: int) -> dict[str, Matrix]:
    import torch
    from torch import nn

    torch.manual_seed(0)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    network = nn.Sequential(
        nn.Dropout(0.2), nn.Linear(rows.shape[1], hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, classes)
    )
    values, labels = torch.from_numpy(rows), torch.tensor(wanted)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_HIDDEN_RATE, weight_decay=0.01)
    steps = _HIDDEN_EPOCHS * (len(rows) // _HIDDEN_BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _HIDDEN_RATE, total_steps=steps)
    for _ in range(_HIDDEN_EPOCHS):
        order: Any = torch.randperm(len(rows))
        for part in order.split(_HIDDEN_BATCH):
            loss: Any = nn.functional.cross_entropy(network(values[part]), labels[part], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    named = zip(("hidden.weight", "hidden.bias", "weight", "bias"), network.parameters(), strict=True)
    return {name: _kept(values.detach().numpy()) for name, values in named}


def _temperature(
    rows: Matrix, wanted: Sequence[str], classes: Sequence[str], hidden: int, folds: Sequence[int]
) -> float:
    """Returns the temperature of the lowest log loss on the first fold, held out. Source: Guo et al. (2017)."""
    first = min(folds)
    seen, held = ([at for at, fold in enumerate(folds) if (fold == first) == part] for part in (False, True))
    scores = scores_of(rows[held], _fit(rows[seen], [wanted[at] for at in seen], classes, hidden))
    labels = np.array([classes.index(wanted[at]) for at in held])

    def loss(temperature: float) -> float:
        scaled = scores / temperature
        return float((np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(labels)), labels]).mean())

    return float(min(np.linspace(0.5, 3.0, 51), key=loss))


def main(folder: Path | None) -> None:
    """Writes the weights and, if a folder is given, those trained without each fold there."""
    parties = PartyTable.load(CONFERENCE_PARTIES)
    examples = load_examples()
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("fork")) as pool:
        parts = [examples[at : at + _PART] for at in range(0, len(examples), _PART)]
        prepared = [item for part in pool.map(prepare, parts, [parties] * len(parts)) for item in part]
        print(f"{len(prepared)} examples prepared", flush=True)
        weights, folds = train(prepared, parties, examples_hash(), pool, lambda line: print(line, flush=True))
    save_weights(weights, Path("app/question/data/reading.safetensors"))
    for fold, each in enumerate(folds if folder else ()):
        save_weights(each, Path(folder or ".") / f"fold{fold}.safetensors")


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="takes the weights of each fold")
    main(parser.parse_args().folder)
