"""Classifiers of kinds of questions, of turns, and of slots that these keep; see `scripts/train_reading.py`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from app.question.classifiers import ClassifierInput, classifier_input, input_vector, scores_of
from app.question.kinds import KINDS
from app.question.role_tagger.features import encode_question
from app.question.role_tagger.network import RoleReading, read_roles
from app.question.turns.turn_classifier import ACTS, slot_features
from app.records import QuestionKind
from ingest.parties.party_table import PartyTable
from scripts.reading_networks import Prepared, as_stored, vocabulary_of
from vectorstore.arrays import Matrix
from vectorstore.weights_file import Weights

# Minimum frequency of features: in classifiers with a hidden layer, and in the others.
_RARE, _RARE_WITHOUT_LAYER = 16, 8
# Classifiers with a hidden layer, and its size.
_HIDDEN: Final = {"kind": 128, "turn": 32, "keeps_kind": 24}
# Training of classifiers with a hidden layer.
_EPOCHS, _BATCH, _RATE = 30, 128, 6e-3


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """An example as read by a network that has not seen it; `before` and `kind` are of the questions before it."""

    inputs: ClassifierInput
    now: tuple[str, ...]
    before: tuple[str, ...]
    kind: QuestionKind


def read_unseen(part: Sequence[Prepared], network: Weights, parties: PartyTable) -> list[Unseen]:
    """Reads examples, and the questions before them, by a network that has not seen them."""
    unseen: list[Unseen] = []
    for item in part:
        example, read = item.example, read_roles(item.encoded, network)
        inputs = classifier_input(read, parties)
        earlier = [encode_question(text, example.language, parties, follows=False) for text in example.after]
        roles = [read_roles(encoded, network) for encoded in earlier]
        before = tuple(dict.fromkeys(slot for each in roles for slot in _filled_slots(each)))
        kind = KINDS[int(roles[-1].kind_log_chances.argmax())] if roles else "content"
        unseen.append(Unseen(inputs=inputs, now=_filled_slots(read), before=before, kind=kind))
    return unseen


def _filled_slots(read: RoleReading) -> tuple[str, ...]:
    """Returns the slots of the conversation state that a question fills itself."""
    spans = {word.span.kind for word in read.words if word.span is not None}
    venue = {"body", "session", "agenda_item"}
    kinds = {"when": {"date", "pick"}, "where": venue, "treaty": {"treaty", "article"}}
    said = [slot for slot, roles in {"who": {"who", "not"}, "topic": {"topic"}}.items() if roles & {*read.labels}]
    return (*said, *(slot for slot, values in kinds.items() if spans & values))


def train_classifiers(
    prepared: Sequence[Prepared], unseen: Sequence[Unseen], kept: Sequence[int], folds: Sequence[int]
) -> Weights:
    """Returns the weights of all classifiers, trained on the examples at the places `kept`."""

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
    tasks: dict[str, Sequence[str]] = {"kind": KINDS, "turn": ACTS}
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
    rare = _RARE if hidden else _RARE_WITHOUT_LAYER
    vocabulary = vocabulary_of((name for inputs, slots in read for name in (*inputs.features, *slots)), rare)
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
    return {"weight": as_stored(weight), "bias": bias}


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
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.01)
    steps = _EPOCHS * (len(rows) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    for _ in range(_EPOCHS):
        order: Any = torch.randperm(len(rows))
        for part in order.split(_BATCH):
            loss: Any = nn.functional.cross_entropy(network(values[part]), labels[part], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    named = zip(("hidden.weight", "hidden.bias", "weight", "bias"), network.parameters(), strict=True)
    return {name: as_stored(values.detach().numpy()) for name, values in named}


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
