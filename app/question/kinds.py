"""Kinds of questions, and what a follow-up keeps: small classifiers over sentence vectors, trained on examples.

Beside the whole question its frame is embedded, in which placeholders replace the topic and the names: "what does Peru
say of this". So the classifiers see "has … changed", whatever it is that changed.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, cast, get_args

import numpy as np

from app.question.conversation import Slot, TurnReading
from app.question.lexicon import lexicon_of
from app.question.resolution import Act
from app.question.role_tagger.features import STAND_IN
from app.question.role_tagger.network import RoleReading
from app.records import QuestionKind
from ingest.language.topic_placeholder import TOPIC_PLACEHOLDER
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.sentence_encoder import sentence_encoder
from vectorstore.weights_file import Weights

KINDS: Final = cast("tuple[QuestionKind, ...]", get_args(QuestionKind))
TURNS: Final = cast("tuple[Act, ...]", get_args(Act))
SLOTS: Final = cast("tuple[Slot, ...]", get_args(Slot))
# Minimum chance of another kind that is offered beside the likeliest.
_OFFERED: Final = 0.15
_SURE: Final = 0.6
# Chance of `new` from which a turn begins anew; the second if it names whom and what: even a kept date misleads then.
_NEW: Final = (0.5, 0.2)


@dataclass(frozen=True, kw_only=True)
class KindReading:
    """The kind of a question with its calibrated chance, 0 to 1; where that is low, other kinds that it may be."""

    kind: QuestionKind
    chance: float
    others: tuple[QuestionKind, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The input of the classifiers for a question."""

    whole: Matrix
    """The vector of the question, (512,)."""
    frame: Matrix
    """The vector of its frame, with placeholders for names and the topic, (512,)."""
    features: tuple[str, ...]
    """Names of its binary features, such as `w said` for a word."""
    network: Matrix
    """The log chance of each kind by the network that tags the roles (`RoleReading.kinds`)."""


def frame_of(roles: RoleReading, parties: PartyTable) -> Frame:
    """Returns the frame of a question: its words with placeholders for the topic and names."""
    text, name = roles.text, parties.display(STAND_IN, roles.language)
    written, forms, end, before = "", [], 0, "-"
    kinds: set[str] = set()
    for word, label in zip(roles.words, roles.labels, strict=True):
        if label == "topic":
            if before != "topic":
                written += text[end : word.start] + TOPIC_PLACEHOLDER[roles.language]
                forms.append("<this>")
        else:
            # Unknown names are replaced as well: "what did Freedonia say" begins anew as "what did Iran say" does.
            party = word.kind in ("party", "set") or word.may_be_name
            written += text[end : word.start] + (name if party else word.meant or text[word.start : word.end])
            forms.append(word.folded)
            kinds |= word.does
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
    # Many questions share a frame; `embed` caches its vector.
    (vector,) = sentence_encoder().embed([written + text[end:]])
    return Frame(whole=roles.sentence, frame=vector, features=tuple(sorted(features)), network=roles.kinds)


def vector_of(frame: Frame, more: Iterable[str], vocabulary: Mapping[str, int]) -> Matrix:
    """Returns a classifier's input for a frame: both vectors, the network's log chances, and the known features."""
    known = np.zeros(len(vocabulary), dtype=np.float32)
    for feature in (*frame.features, *more):
        if feature in vocabulary:
            known[vocabulary[feature]] = 0.4
    return np.concatenate([5 * frame.frame, 4 * frame.whole, 0.3 * np.maximum(frame.network, -6), known])


def _chances(name: str, weights: Weights, frame: Frame, more: Iterable[str] = ()) -> dict[str, float]:
    """Returns the calibrated chance of each class by logistic regression, in some classifiers over a hidden layer."""
    classes, vocabulary = _classes_and_features(name, weights)
    scores = scores_of(vector_of(frame, more, vocabulary), weights.arrays, f"{name}.")
    scores = scores / float(weights.notes.get(f"{name}.temperature", "1"))
    chances = np.exp(scores - np.logaddexp.reduce(scores))
    return dict(zip(classes, map(float, chances), strict=True))


def scores_of(values: Matrix, arrays: Mapping[str, Matrix], prefix: str = "") -> Matrix:
    """Returns the score of each class, for one vector or a row for each of many, by a classifier's arrays."""
    if f"{prefix}hidden.weight" in arrays:
        values = np.maximum(values @ arrays[f"{prefix}hidden.weight"].T + arrays[f"{prefix}hidden.bias"], 0)
    scores: Matrix = values @ arrays[f"{prefix}weight"].T + arrays[f"{prefix}bias"]
    return scores


@cache
def _classes_and_features(name: str, weights: Weights) -> tuple[list[str], Mapping[str, int]]:
    return json.loads(weights.notes[f"{name}.classes"]), json.loads(weights.notes[f"{name}.features"])


def kind_chances(frame: Frame, weights: Weights) -> dict[QuestionKind, float]:
    """Returns the chance of each kind, 0 to 1: the geometric mean of those by the classifier and by the network."""
    chances = _chances("kind", weights, frame)
    scores = (np.log(np.maximum(list(chances.values()), 1e-9)) + frame.network) / 2
    return dict(zip(KINDS, map(float, np.exp(scores - np.logaddexp.reduce(scores))), strict=True))


def asks_who_was_silent(question: str) -> bool:
    """Returns whether a negated question asks who said nothing on the topic, rather than who denied it.

    "Which States did not mention corruption?" asks who said nothing; "which States do not extradite their nationals?"
    asks who says that it does not. The words of all languages are in `app/question/data/who_was_silent.yaml`.
    """
    kinds = [item.kinds for item in lexicon_of("en", "who_was_silent").items(question, mend=False)]
    said = next((at for at, each in enumerate(kinds) if "saying" in each), 0)
    return any("silent" in each for each in kinds) or any("denied" in each for each in kinds[:said])


def names_silence(roles: RoleReading) -> bool:
    """Returns whether a word for silence is outside the topic: "which States kept quiet about corruption?"."""
    items = lexicon_of("en", "who_was_silent").items(roles.text, mend=False)
    silent = [item.start for item in items if "silent" in item.kinds]
    return any(not any(word.start <= start < word.end for word in roles.of("topic")) for start in silent)


def kind_among(chances: Mapping[QuestionKind, float]) -> KindReading:
    """Returns the likeliest kind and, if its chance is below `_SURE`, other kinds to offer."""
    ranked = sorted(chances.items(), key=lambda item: -item[1])
    kind, chance = ranked[0]
    others = tuple(other for other, less in ranked[1:3] if less >= _OFFERED) if chance < _SURE else ()
    return KindReading(kind=kind, chance=round(chance, 4), others=others)


def read_turn(
    frame: Frame,
    now: Collection[Slot],
    before: Collection[Slot],
    kind: QuestionKind,
    weights: Weights,
    *,
    everyone: bool,
) -> TurnReading:
    """Returns what a follow-up that fills the slots `now` does after a question of a `kind` that filled `before`.

    A slot that it does not fill is kept or not: "why?" asks those asked before, "who disagrees?" asks `everyone`.
    """
    more = slot_features(now, before, kind)
    acts = _chances("turn", weights, frame, more)
    # A turn that fills no slot and has no question word continues the conversation.
    full = ("who" in now or everyone) and not {"topic", "treaty"}.isdisjoint(now)
    if acts.pop("new") >= _NEW[full] and (now or "x ask" in frame.features):
        return TurnReading()
    # A turn that names whom it asks hardly ever asks about the answer shown: one in fifty of such examples does.
    named = "who" in now and not everyone
    act = cast(Act, max(acts, key=lambda each: acts[each] * (not named or each not in ("about", "more"))))
    # Times, meetings and treaties are kept until others are named; "who else?" drops the parties asked before.
    asked: list[Slot] = ["kind", *(slot for slot in ("who", "topic") if slot in before and slot not in now)]
    gone = {slot for slot in asked if _chances(f"keeps_{slot}", weights, frame, more)["yes"] < 0.5}
    gone |= {"who"} if act == "more" and everyone and "kind" in gone else set()
    return TurnReading(act=act, keeps=frozenset(SLOTS) - gone)


def slot_features(now: Iterable[str], before: Iterable[str], kind: QuestionKind) -> tuple[str, ...]:
    """Returns the names of features for the slots filled now and before, and for the kind of the question before."""
    filled, was = set(now), set(before)
    slots = (f"slot {slot} {slot in filled} {slot in was}" for slot in SLOTS)
    return (*slots, f"before {kind}", f"before {kind} {'who' in filled} {'topic' in filled}")
