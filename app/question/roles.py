"""Roles: who is asked about, left out or only mentioned, and the topic, told by a tagger trained on examples.

A small bidirectional LSTM with a conditional random field over the words of a question; each span that a lookup found
is one word, and one party stands in for all, so that names never matter. Trained by `make train`, run by numpy.
Source: Huang, Xu & Yu (2015), Bidirectional LSTM-CRF Models for Sequence Tagging, https://arxiv.org/abs/1508.01991.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, cast, get_args

import numpy as np
from safetensors import safe_open

from app.question.lexicon import lexicon_of
from app.question.spans import Span
from ingest.glossary.glossary import terms_within
from ingest.language.word_frequencies import commonness
from ingest.parties.name_matcher import fold
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.sentence_encoder import WORD_DIMENSION, sentence_encoder

Role = Literal["who", "not", "mention", "topic", "quote"]
LABELS: Final = ("-", *get_args(Role))
# Stands in for a topic where only what is asked or said of it counts.
THIS: Final = {"en": "this", "fr": "cela", "es": "esto", "ru": "это", "ar": "هذا", "zh": "这个"}
# Stands in for every party where words are turned into vectors.
_STAND_IN: Final = "PER"
# Zipf frequency (how often in a billion words, as a power of ten) below which a capitalised word is a name.
_NAME: Final = 2.5
_NAMES: Final = ("party", "set", "typed", "capital")
_WORD: Final = re.compile(
    r"[\u3400-\u9fff]|\d+|(?![\u3400-\u9fff])[^\W\d_](?:(?![\u3400-\u9fff])[^\W\d_]|[\u064b-\u0652])*|[^\w\s]"
)
_OPENING: Final = frozenset('"“«„‘「《')
_CLOSING: Final = frozenset('"”»“’」》')


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A role that `[start, end)` of a question has."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word, sign or span of a question at `[start, end)`; `kind` is that of the span, else `word` or `sign`."""

    start: int
    end: int
    kind: str
    folded: str
    text: str
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class RoleReading:
    """A question's words with the role of each.

    Attributes:
        labels: The role of each word; `-` for none.
        sentence: The question as a vector, (512,).
        kinds: The log chance of each kind of question, in the order of `kinds.KINDS`, which the network tells as well.
    """

    words: tuple[Word, ...]
    labels: tuple[str, ...]
    sentence: Matrix
    kinds: Matrix

    def of(self, *roles: str) -> Iterator[Word]:
        """Yields the words that have one of some roles."""
        return (word for word, label in zip(self.words, self.labels, strict=True) if label in roles)

    def marks(self) -> Iterator[Mark]:
        """Yields the roles of stretches of words; names next to each other stay apart."""
        start = end = 0
        role = "-"
        for word, label in zip(self.words, self.labels, strict=True):
            if label == role and role in ("topic", "quote"):
                end = word.end
                continue
            if role != "-":
                yield Mark(start=start, end=end, role=cast(Role, role))
            start, end, role = word.start, word.end, label
        if role != "-":
            yield Mark(start=start, end=end, role=cast(Role, role))


@dataclass(frozen=True, kw_only=True)
class EncodedWords:
    """What the tagger reads: vectors (n, 1280) of the words, names of what is told of each, and the whole (512,)."""

    vectors: Matrix
    features: tuple[tuple[str, ...], ...]
    sentence: Matrix


def words_of(text: str, spans: Sequence[Span]) -> tuple[Word, ...]:
    """Returns the words of a question in order, each span as one."""
    taken = [
        Word(start=s.start, end=s.end, kind=_kind(s), folded=f"<{_kind(s)}>", text=text[s.start : s.end], span=s)
        for s in spans
    ]
    words = list(taken)
    for found in _WORD.finditer(text):
        if not any(span.start < found.end() and found.start() < span.end for span in taken):
            kind = "word" if found.group()[0].isalnum() else "sign"
            words.append(
                Word(start=found.start(), end=found.end(), kind=kind, folded=fold(found.group()), text=found.group())
            )
    return tuple(sorted(words, key=lambda word: word.start))


def _kind(span: Span) -> str:
    return span.form if span.form in ("typed", "capital") else span.kind


def may_be_name(word: Word, language: str) -> bool:
    """Whether a word that no lookup knows and that does nothing in the question is written like a name: "Freedonia"."""
    return (
        word.kind == "word"
        and word.text[:1].isupper()
        and not lexicon_of(language).kinds_of(word.text)
        and commonness(word.text, language) < _NAME
    )


def encode_words(
    text: str, words: Sequence[Word], language: str, parties: PartyTable, *, follows: bool
) -> EncodedWords:
    """Returns what the tagger reads of a question.

    Args:
        text: The question.
        words: Its words.
        language: ISO 639-1 code.
        parties: Names the party that stands in for each.
        follows: Whether another question came before.
    """
    name = parties.display(_STAND_IN, language)
    masked, places, end = "", [], 0
    for word in words:
        masked += text[end : word.start]
        written = name if word.kind in ("party", "typed", "capital") else text[word.start : word.end]
        places.append((len(masked), len(masked) + len(written)))
        masked, end = masked + written, word.end
    encoded = sentence_encoder().encode(masked + text[end:])
    vectors = np.zeros((len(words), WORD_DIMENSION), dtype=np.float32)
    for at, (start, stop) in enumerate(places):
        inside = (
            (encoded.offsets[:, 0] < stop)
            & (encoded.offsets[:, 1] > start)
            & (encoded.offsets[:, 1] > encoded.offsets[:, 0])
        )
        if inside.any():
            vectors[at] = encoded.pieces[inside].mean(axis=0)
    return EncodedWords(
        vectors=vectors, features=tuple(_features(text, words, language, follows)), sentence=encoded.sentence
    )


def _features(text: str, words: Sequence[Word], language: str, follows: bool) -> Iterator[tuple[str, ...]]:
    """Yields what is told of each word: its form, what the lexicon and the glossary know of it, and its place."""
    terms = [(term.start, term.end) for term in terms_within(text, language)]
    named = sum(word.kind in _NAMES for word in words)
    before = 0
    quoted = inner = False
    for at, word in enumerate(words):
        quoted, closing = (
            (False, quoted) if word.text in _CLOSING and quoted else (quoted or word.text in _OPENING, False)
        )
        inner = (inner or word.text in "(（") and word.text not in ")）"
        kind = word.kind
        row = [f"k={kind}", f"w={word.folded}", f"{language}|{kind}", f"n{min(named, 3)}|{kind}"]
        row += [f"b{min(before, 2)}|{kind}", f"a{min(named - before, 2)}|{kind}", f"p{min(at, 4)}|{kind}"]
        row += [f"e{min(len(words) - 1 - at, 3)}|{kind}", f"l{min(len(words), 20) // 4}|{kind}"]
        if word.span is not None:
            row += [f"form={word.span.form}", f"many={len(word.span.codes) > 1}"]
        elif kind == "word":
            row += [f"x={each}" for each in sorted(lexicon_of(language).kinds_of(word.text))]
            if not "\u3400" <= word.text[0] <= "\u9fff":
                row += [
                    f"s={word.folded[:4]}",
                    f"t={word.folded[-3:]}",
                    f"z={int(commonness(word.text, language))}",
                ]
                row += ["cap"] * word.text[0].isupper() + ["caps"] * (word.text.isupper() and len(word.text) > 1)
        row += ["term"] * any(start <= word.start < end for start, end in terms)
        row += ["quoted"] * (quoted or closing) + ["inner"] * inner + [f"follows|{kind}"] * follows
        before += kind in _NAMES
        yield tuple(row)


class RoleTagger:
    """The trained tagger: the mean of one or more networks.

    Args:
        vocabulary: Numbers of the features.
        networks: Their weights by name.
    """

    def __init__(self, vocabulary: Mapping[str, int], networks: Sequence[Mapping[str, Matrix]]) -> None:
        self._vocabulary = vocabulary
        self._networks = networks

    def read(self, words: Sequence[Word], encoded: EncodedWords) -> RoleReading:
        """Returns the likeliest roles of a question's words (Viterbi), and log chances of its kinds."""
        if not words:
            count = len(self._networks[0]["kind.bias"])
            return RoleReading(words=(), labels=(), sentence=encoded.sentence, kinds=np.full(count, -np.log(count)))
        read = [self._run(network, encoded) for network in self._networks]
        scores = np.mean([emitted for emitted, _ in read], axis=0)
        steps = np.mean([network["trans"] for network in self._networks], axis=0)
        labels = tuple(LABELS[label] for label in _best_path(scores, steps))
        kinds = np.mean([kinds for _, kinds in read], axis=0)
        return RoleReading(words=tuple(words), labels=labels, sentence=encoded.sentence, kinds=kinds)

    def _run(self, network: Mapping[str, Matrix], encoded: EncodedWords) -> tuple[Matrix, Matrix]:
        known = [[self._vocabulary[f] for f in row if f in self._vocabulary] for row in encoded.features]
        told = np.stack([network["emb.weight"][row].sum(axis=0) for row in known])
        inputs = np.tanh(encoded.vectors @ network["proj.weight"].T + network["proj.bias"] + told)
        states = np.concatenate([_lstm(inputs, network, ""), _lstm(inputs[::-1], network, "_reverse")[::-1]], axis=1)
        seen = np.concatenate([states, inputs], axis=1)
        emitted = seen @ network["out.weight"].T + network["out.bias"]
        pooled = np.concatenate([seen.mean(axis=0), seen.max(axis=0)])
        whole = np.tanh(
            8 * encoded.sentence @ network["sent.weight"].T
            + network["sent.bias"]
            + pooled @ network["pool.weight"].T
            + network["pool.bias"]
        )
        kinds = whole @ network["kind.weight"].T + network["kind.bias"]
        return emitted, kinds - np.logaddexp.reduce(kinds)


def _lstm(inputs: Matrix, network: Mapping[str, Matrix], way: str) -> Matrix:
    """Runs a long short-term memory over rows. Source: Hochreiter & Schmidhuber (1997)."""
    above = (
        inputs @ network[f"rnn.weight_ih_l0{way}"].T + network[f"rnn.bias_ih_l0{way}"] + network[f"rnn.bias_hh_l0{way}"]
    )
    recurrent = network[f"rnn.weight_hh_l0{way}"].T
    size = recurrent.shape[0]
    state = memory = np.zeros(size, dtype=np.float32)
    states = []
    for row in above:
        gates = row + state @ recurrent
        entry, forget, out = (1 / (1 + np.exp(-gates[part * size : (part + 1) * size])) for part in (0, 1, 3))
        memory = forget * memory + entry * np.tanh(gates[2 * size : 3 * size])
        state = out * np.tanh(memory)
        states.append(state)
    return np.stack(states)


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """Trained weights by name, with what was stored beside them as JSON."""

    arrays: Mapping[str, Matrix]
    notes: Mapping[str, str]


@cache
def load_weights(path: Path | None = None) -> Weights:
    """Loads what `make train` made; those that come with the product, if no file is given."""
    with safe_open(str(path or files("app.question") / "data" / "reading.safetensors"), framework="np") as stored:
        arrays = {name: stored.get_tensor(name).astype(np.float32) for name in stored.keys()}  # noqa: SIM118 - no mapping
        return Weights(arrays=arrays, notes=dict(stored.metadata()))


@cache
def tagger_of(weights: Weights) -> RoleTagger:
    """Returns the tagger of some weights, stored as `net0.…`, `net1.…`."""
    networks: dict[str, dict[str, Matrix]] = {}
    for name, array in weights.arrays.items():
        network, _, part = name.partition(".")
        if network.startswith("net"):
            networks.setdefault(network, {})[part] = array
    return RoleTagger(json.loads(weights.notes["features"]), [networks[name] for name in sorted(networks)])
