"""Features and weights of the linear classifiers of direction: of sentences, and of questions that ask for one.

A feature is a component of the sentence vector, a position mark by its rule, or an operator such as "not".
"""

import json
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import numpy as np

from app.retrieval.positions.position_marks import OUTRIGHT, RULES, PositionKind, PositionMark, kind_of
from ingest.language.claim_words import OperatorKind, first_person, operators, orders, roles
from vectorstore.arrays import Matrix
from vectorstore.sentence_encoder import sentence_encoder
from vectorstore.weights_file import load_weights

DATA: Final = Path(str(files("app.retrieval"))) / "data"
_COUNTED: Final[tuple[OperatorKind, ...]] = (
    "not", "ended", "without", "must", "should", "may", "would", "will", "some", "many", "only", "if", "unless",
    "until", "past", "against", "guard", "say", "been", "by", "was",
)  # fmt: skip
# Operators that reverse an attitude. Words of `guard` ("the abolition of") reverse it as its object, and count apart.
_TURNING: Final[tuple[OperatorKind, ...]] = ("not", "ended", "without", "against")
_KINDS: Final[tuple[PositionKind, ...]] = (
    "supports", "opposes", "conditional", "proposes", "calls_on_others", "reports_practice",
)  # fmt: skip
# Scales of the sentence vector and of the other features, set before training.
_VECTOR_SCALE, _FEATURE_SCALE = 4.0, 2.0


def features_of(masked: str, marks: Sequence[PositionMark], language: str) -> Matrix:
    """Returns the classifier's features of a sentence with its topic `masked`, (n,) float32."""
    count: Counter[str] = Counter(match.lastgroup or "" for match in operators(language).finditer(masked))
    rules, kind = {mark.rule for mark in marks}, kind_of(marks)
    outright = any(mark.strength == OUTRIGHT for mark in marks)
    turned = sum(count[name] for name in _TURNING)
    is_reversed = (turned + count["guard"]) % 2
    named = roles(language)
    speaks = any(named[1][match.lastgroup or ""].kind in ("self", "noun") for match in named[0].finditer(masked))
    row = [float(rule in rules) for rule in RULES]
    row += [min(count[name], 2) / 2 for name in _COUNTED]
    row += [not marks, orders(language).search(masked) is not None, "?" in masked, "“" in masked]
    row += [speaks or first_person(language).search(masked) is not None, turned % 2, is_reversed, count["guard"] > 0]
    for each in _KINDS:
        own = kind == each
        row += [own, own and outright, own and count["guard"] > 0, own and is_reversed]
    vector = sentence_encoder().encode(masked).sentence
    return np.concatenate([_VECTOR_SCALE * vector, _FEATURE_SCALE * np.array(row, dtype=np.float32)])


def class_chances(name: Literal["direction", "asked"], features: Matrix) -> dict[str, float]:
    """Returns the chance of each class by the classifier of sentences (`direction`) or of questions (`asked`).

    Its weights are `{name}.weight` (classes, features) and `{name}.bias` (classes,), with `{name}.classes` as JSON.
    """
    weights = load_weights(DATA / "direction.safetensors")
    scores = weights.arrays[f"{name}.weight"] @ features + weights.arrays[f"{name}.bias"]
    chances = np.exp(scores - np.logaddexp.reduce(scores))
    return dict(zip(json.loads(weights.notes[f"{name}.classes"]), map(float, chances), strict=True))
