"""Classifiers of questions: their inputs, and the chance of each class, by models trained on examples.

Beside the whole question it is embedded masked, where placeholders replace the topic and the names: "what does Peru
say of this". So the classifiers see "has … changed", whatever it is that changed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from app.question.role_tagger.features import STAND_IN
from app.question.role_tagger.network import NO_ROLE, RoleReading
from ingest.language.topic_placeholder import TOPIC_PLACEHOLDER
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.sentence_encoder import sentence_encoder
from vectorstore.weights_file import Weights

_Class = TypeVar("_Class", bound=str)


@dataclass(frozen=True, kw_only=True)
class ClassifierInput:
    """The input of the classifiers for a question."""

    sentence: Matrix
    """The vector of the question, (512,)."""
    masked: Matrix
    """The vector of the question masked: with placeholders for names and the topic, (512,)."""
    features: tuple[str, ...]
    """Names of its binary features, such as `w said` for a word."""
    tagger_kinds: Matrix
    """The log chance of each kind by the network that tags the roles (`RoleReading.kind_log_chances`)."""


def classifier_input(roles: RoleReading, parties: PartyTable) -> ClassifierInput:
    """Returns the input for a question; masked, it has placeholders for its topic and names."""
    text, name = roles.text, parties.display(STAND_IN, roles.language)
    written, forms, end, before = "", [], 0, NO_ROLE
    kinds: set[str] = set()
    for word, label in zip(roles.words, roles.labels, strict=True):
        if label == "topic":
            if before != "topic":
                written += text[end : word.start] + TOPIC_PLACEHOLDER[roles.language]
                forms.append("<this>")
        else:
            # Unknown names are replaced as well: "what did Freedonia say" begins anew as "what did Iran say" does.
            party = word.kind in ("party", "set") or word.may_be_name
            written += text[end : word.start] + (name if party else word.corrected or text[word.start : word.end])
            forms.append(word.folded)
            kinds |= word.lexicon_kinds
        end, before = word.end, label
    padded = ["^", *forms, "$"]
    features = {f"w {form}" for form in forms} | {f"x {kind}" for kind in kinds}
    features |= {f"s {form[:4]}" for form in forms if len(form) > 5}
    features |= {" ".join(padded[at : at + size]) for size in (2, 3) for at in range(len(padded) - size + 1)}
    for counted, names in (("k", [word.kind for word in roles.words]), ("r", list(roles.labels))):
        features |= {f"{counted} {each} {min(names.count(each), 2)}" for each in set(names)}
    features |= {f"l {min(len(forms) // 3, 6)}", f"f {roles.follows}"}
    # An ambiguous party is marked: "Congo on drugs" has to be asked back, "Iran on drugs" has not.
    features |= {f"c {min(len(word.span.codes), 2) if word.span else 0}" for word in roles.of("who")}
    # Many questions are equal when masked; `embed` caches its vector.
    (vector,) = sentence_encoder().embed([written + text[end:]])
    return ClassifierInput(
        sentence=roles.sentence, masked=vector, features=tuple(sorted(features)), tagger_kinds=roles.kind_log_chances
    )


def input_vector(inputs: ClassifierInput, more: Iterable[str], vocabulary: Mapping[str, int]) -> Matrix:
    """Returns the input as one vector: both vectors, the log chances by the tagger, and the known features."""
    known = np.zeros(len(vocabulary), dtype=np.float32)
    for feature in (*inputs.features, *more):
        if feature in vocabulary:
            known[vocabulary[feature]] = 0.4
    # Scales that balance the parts; the classifiers are trained with the same ones.
    return np.concatenate([5 * inputs.masked, 4 * inputs.sentence, 0.3 * np.maximum(inputs.tagger_kinds, -6), known])


def input_chances(name: str, weights: Weights, inputs: ClassifierInput, more: Iterable[str] = ()) -> dict[str, float]:
    """Returns the calibrated chance of each class of a classifier of questions, by its input and `more` features."""
    return class_chances(name, weights, input_vector(inputs, more, _noted(f"{name}.features", weights)))


def class_chances(name: str, weights: Weights, values: Matrix) -> dict[str, float]:
    """Returns the calibrated chance of each class by logistic regression, in some classifiers over a hidden layer."""
    temperature = float(weights.notes.get(f"{name}.temperature", "1"))
    return chances_of(_noted(f"{name}.classes", weights), scores_of(values, weights.arrays, f"{name}.") / temperature)


def chances_of(classes: Iterable[_Class], scores: npt.NDArray[np.floating[Any]]) -> dict[_Class, float]:
    """Returns the chance of each class, by scores that are logarithms of chances up to a common addend (softmax)."""
    return dict(zip(classes, map(float, np.exp(scores - np.logaddexp.reduce(scores))), strict=True))


def scores_of(values: Matrix, arrays: Mapping[str, Matrix], prefix: str = "") -> Matrix:
    """Returns the score of each class, for one vector or a row for each of many, by a classifier's arrays."""
    if f"{prefix}hidden.weight" in arrays:
        values = np.maximum(values @ arrays[f"{prefix}hidden.weight"].T + arrays[f"{prefix}hidden.bias"], 0)
    scores: Matrix = values @ arrays[f"{prefix}weight"].T + arrays[f"{prefix}bias"]
    return scores


@cache
def _noted(name: str, weights: Weights) -> Any:  # noqa: ANN401 - a list of classes, or an index by feature
    return json.loads(weights.notes[name])
