"""The network of the tagger of roles, run by numpy: the likeliest role of each word, and the chance of each kind.

Small bidirectional LSTMs, whose scores are averaged, with a conditional random field over the words of a question.
Trained by `make train` (`scripts/train_reading.py`).
Source: Huang, Xu & Yu (2015), Bidirectional LSTM-CRF Models for Sequence Tagging, https://arxiv.org/abs/1508.01991.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np

from app.question.role_tagger.features import EncodedQuestion
from app.question.role_tagger.words import Word
from app.question.spans.span import Span
from ingest.language.word_frequencies import commonness
from vectorstore.arrays import Matrix
from vectorstore.stems import is_function_word
from vectorstore.weights_file import Weights, load_weights

WordRole = Literal["who", "not", "mention", "topic", "quote"]
# The label of a word without a role: "what", "say", "about".
NO_ROLE: Final = "-"
LABELS: Final = (NO_ROLE, *get_args(WordRole))
# Roles in which a span is a filter; in "2019 instead of 2018", 2018 has the role `not`.
FILTER_ROLES: Final = (NO_ROLE, "who", "mention")
# Zipf frequency from which words say nothing about a topic, such as "tell", "think" and "new".
_COMMON_WORD_MIN: Final = 5.5
_EDGES: Final = ' \t\n,.;:!?¿¡-–—"“”«»()（），。；：？！、؟،؛《》'


def reading_weights() -> Weights:
    """Returns the packaged weights that read questions, of this network and of the classifiers of `kinds`."""
    return load_weights(Path(str(files("app.question"))) / "data" / "reading.safetensors")


@dataclass(frozen=True, kw_only=True)
class RoleReading(EncodedQuestion):
    """A question's words with the role of each."""

    labels: tuple[str, ...]
    """The role of each word; `-` for none."""
    kind_log_chances: Matrix
    """The log chance of each kind of question, in the order of `kinds.KINDS`: another output of the network."""

    def of(self, *roles: str) -> Iterator[Word]:
        """Yields the words with one of these roles."""
        return (word for word, label in zip(self.words, self.labels, strict=True) if label in roles)

    def pieces(self, *roles: str) -> Iterator[tuple[int, int]]:
        """Yields the (start, end) of each run of words with the same role, if it is one of these roles."""
        for label, group in groupby(zip(self.labels, self.words, strict=True), key=lambda each: each[0]):
            words = [word for _, word in group]
            # A conjunction before the topic is not part of it: "and piracy".
            joined = (
                label == "topic" and "and" in words[0].lexicon_kinds and words[1:] and words[1].start > words[0].end
            )
            words = words[1:] if joined else words
            # In Arabic the conjunction is a prefix of the word, here before the article: "والمناجم".
            first = words[0]
            prefix = first.text.startswith("وال") and first.zipf < commonness(first.text[1:], "ar")
            if label in roles:
                yield self._joined_start(first) + (prefix and label == "topic"), words[-1].end

    def _joined_start(self, first: Word) -> int:
        """Returns where a word begins with those that hyphens join to it: "on-site"; it may be a hyphen itself."""
        ahead = self.text[: first.end if first.text in ("-", "‑") else first.start]
        joined = re.search(r"(?:[^\W\d_]+[-‑])+$", ahead)
        start = first.start if joined is None else joined.start()
        named = any(word.span is not None for word in self.words if start <= word.start < first.start)
        return first.start if named else start

    def text_of(self, *roles: str) -> str:
        """Returns the words with these roles, as pieces in their order, without signs at the edges."""
        return " ".join(filter(None, (self.piece(start, end) for start, end in self.pieces(*roles))))

    def piece(self, start: int, end: int) -> str:
        """Returns the words of a piece of the question on one line, without signs at the edges."""
        return re.sub(r"\s+", " ", self.text[start:end].strip(_EDGES))

    def filters(self, *roles: str) -> dict[Span, str]:
        """Returns the spans with these roles and their words; an agenda item is a filter even inside the topic."""
        items = [word for word in self.of("topic", "quote") if NO_ROLE in roles and word.kind == "agenda_item"]
        return {word.span: word.text for word in (*self.of(*roles), *items) if word.span is not None}

    def has_word_kind(self, *kinds: str) -> bool:
        """Returns whether a word without a role is of one of these kinds in the lexicon."""
        return any(word.lexicon_kinds & set(kinds) for word in self.of(NO_ROLE))

    def beside_topic(self) -> list[Word]:
        """Returns the content words outside the topic, without question words and the commonest words."""
        words = (word for word in self.of(NO_ROLE) if word.is_content and word.zipf < _COMMON_WORD_MIN)
        # "Doesn't" is a negation, though its words are "doesn" and "t".
        contracted = ("'t", "’t", "'T", "’T")
        return [
            word
            for word in words
            if not (is_function_word(word.text, self.language) or self.text.startswith(contracted, word.end))
        ]


def read_roles(encoded: EncodedQuestion, weights: Weights) -> RoleReading:
    """Returns the likeliest roles of a question's words (Viterbi), and log chances of its kinds."""
    vocabulary, networks = _networks(weights)
    if not encoded.words:
        count = networks["kind.bias"].shape[1]
        return RoleReading(**vars(encoded), labels=(), kind_log_chances=np.full(count, -np.log(count)))

    def layer(name: str, values: Matrix) -> Matrix:
        return values @ networks[f"{name}.weight"].swapaxes(1, 2) + networks[f"{name}.bias"][:, None]

    known = [[vocabulary[f] for f in row if f in vocabulary] for row in encoded.features]
    embedded = np.stack([networks["emb.weight"][:, row].sum(axis=1) for row in known], axis=1)
    inputs = np.tanh(layer("proj", encoded.vectors) + embedded)
    count = len(inputs)
    # Each network reads the words forwards and backwards.
    states = _lstm(np.concatenate([inputs, inputs[:, ::-1]]), networks)
    seen = np.concatenate([states[:count], states[count:, ::-1], inputs], axis=2)
    pooled = np.concatenate([seen.mean(axis=1, keepdims=True), seen.max(axis=1, keepdims=True)], axis=2)
    whole = np.tanh(layer("sent", 8 * encoded.sentence[None]) + layer("pool", pooled))
    kinds = layer("kind", whole)[:, 0].mean(axis=0)
    labels = _best_path(layer("out", seen).mean(axis=0), networks["trans"].mean(axis=0))
    kinds -= np.logaddexp.reduce(kinds)
    return RoleReading(**vars(encoded), labels=tuple(LABELS[label] for label in labels), kind_log_chances=kinds)


def _lstm(inputs: Matrix, networks: Mapping[str, Matrix]) -> Matrix:
    """Runs LSTMs side by side, each over its own rows. Source: Hochreiter & Schmidhuber (1997)."""
    above = inputs @ networks["weight_ih"].swapaxes(1, 2) + (networks["bias_ih"] + networks["bias_hh"])[:, None]
    recurrent = networks["weight_hh"].swapaxes(1, 2)
    state = memory = np.zeros((len(inputs), recurrent.shape[1]), dtype=np.float32)
    states = []
    for at in range(inputs.shape[1]):
        gates = np.split(above[:, at] + (state[:, None] @ recurrent)[:, 0], 4, axis=1)
        entry, forget, out = (1 / (1 + np.exp(-gates[gate])) for gate in (0, 1, 3))
        memory = forget * memory + entry * np.tanh(gates[2])
        state = out * np.tanh(memory)
        states.append(state)
    return np.stack(states, axis=1)


def _best_path(scores: Matrix, steps: Matrix) -> list[int]:
    """Returns the labels of the best path (Viterbi)."""
    best, back = scores[0], []
    for row in scores[1:]:
        paths = best[:, None] + steps
        back.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + row
    path = [int(best.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]


@cache
def _networks(weights: Weights) -> tuple[Mapping[str, int], Mapping[str, Matrix]]:
    """Returns the index of each feature, and the arrays of the networks, (networks, …) each, stored as `net.…`."""
    stored = {name.removeprefix("net."): array for name, array in weights.arrays.items() if name.startswith("net.")}
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        # Those that read forwards, and then those that read backwards.
        stored[name] = np.concatenate([stored[f"rnn.{name}_l0{way}"] for way in ("", "_reverse")])
    return json.loads(weights.notes["features"]), stored
