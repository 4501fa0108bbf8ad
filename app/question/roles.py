"""Roles: who is asked about, excluded or only mentioned, and the topic, tagged by a model trained on examples.

Small bidirectional LSTMs, whose scores are averaged, with a conditional random field over the words of a question. Each
span that a lookup found is one word, and the same party replaces every party, so that names never matter. Trained by
`make train`, run by numpy.
Source: Huang, Xu & Yu (2015), Bidirectional LSTM-CRF Models for Sequence Tagging, https://arxiv.org/abs/1508.01991.
"""

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np
from safetensors.numpy import load_file

from app.question.lexicon import lexicon_of
from app.question.spans import NAMED, Span, find_spans
from ingest.glossary.glossary import terms_within
from ingest.language.word_frequencies import commonness
from ingest.parties.name_matcher import fold
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.sentence_encoder import WORD_DIMENSION, sentence_encoder

Role = Literal["who", "not", "mention", "topic", "quote"]
LABELS: Final = ("-", *get_args(Role))
# Placeholder for a topic in texts of which only what is asked or said about the topic counts.
THIS: Final = {"en": "this", "fr": "cela", "es": "esto", "ru": "это", "ar": "هذا", "zh": "这个"}
# Code of the party whose name replaces that of every party before words are embedded.
STAND_IN: Final = "PER"
# Zipf frequency (how often in a billion words, as a power of ten) below which a capitalised word is a name.
_NAME: Final = 2.5
_WORD: Final = re.compile(
    r"[\u3400-\u9fff]|\d+|(?![\u3400-\u9fff])[^\W\d_](?:(?![\u3400-\u9fff])[^\W\d_]|[\u064b-\u0652])*|[^\w\s]"
)
_OPENING: Final = frozenset('"“«„‘「《')
_CLOSING: Final = frozenset('"”»“’」》')


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word, sign or span of a question at `[start, end)`."""

    start: int
    end: int
    kind: str
    """The kind of the span, else `word` or `sign`."""
    folded: str
    text: str
    span: Span | None = None
    does: frozenset[str] = frozenset()
    """The kinds of the word in the lexicon: what it may do in a question."""
    common: float = 0.0
    """Its Zipf frequency: how often in a billion words, as a power of ten."""
    meant: str = ""
    """The word of the lexicon that is mistyped here; empty if none is."""

    @property
    def may_be_name(self) -> bool:
        """Whether it is rare, capitalised, and known to neither the lookups nor the lexicon: "Freedonia"."""
        return self.kind == "word" and self.text[:1].isupper() and not self.does and self.common < _NAME


@dataclass(frozen=True, kw_only=True)
class EncodedQuestion:
    """The input of the tagger for a question; `follows` marks a follow-up."""

    text: str
    language: str
    follows: bool
    words: tuple[Word, ...]
    vectors: Matrix
    """The vectors of the words, (n, 1280) float32."""
    features: tuple[tuple[str, ...], ...]
    """Names of the features of each word."""
    sentence: Matrix
    """The question as a vector, (512,)."""


@dataclass(frozen=True, kw_only=True)
class RoleReading(EncodedQuestion):
    """A question's words with the role of each."""

    labels: tuple[str, ...]
    """The role of each word; `-` for none."""
    kinds: Matrix
    """The log chance of each kind of question, in the order of `kinds.KINDS`: another output of the network."""

    def of(self, *roles: str) -> Iterator[Word]:
        """Yields the words with one of these roles."""
        return (word for word, label in zip(self.words, self.labels, strict=True) if label in roles)

    def pieces(self, *roles: str) -> Iterator[tuple[int, int]]:
        """Yields the (start, end) of each run of words with the same role, if it is one of these roles."""
        for label, group in groupby(zip(self.labels, self.words, strict=True), key=lambda each: each[0]):
            words = [word for _, word in group]
            # A conjunction before the topic is not part of it: "and piracy".
            joined = label == "topic" and "and" in words[0].does and words[1:] and words[1].start > words[0].end
            words = words[1:] if joined else words
            # In Arabic the conjunction is a prefix of the word, here before the article: "والمناجم".
            first = words[0]
            prefix = first.text.startswith("وال") and first.common < commonness(first.text[1:], "ar")
            if label in roles:
                yield first.start + (prefix and label == "topic"), words[-1].end


def words_of(text: str, language: str, parties: PartyTable) -> tuple[Word, ...]:
    """Returns the words of a question in order, each span as one."""
    spans = find_spans(text, language, parties)
    words = [
        Word(start=s.start, end=s.end, kind=s.kind, folded=f"<{s.kind}>", text=text[s.start : s.end], span=s)
        for s in spans
    ]
    for found in _WORD.finditer(text):
        word = Word(start=found.start(), end=found.end(), kind="sign", folded=fold(found[0]), text=found[0])
        if any(span.start < word.end and word.start < span.end for span in spans):
            continue
        if word.text[0].isalnum():
            lexicon, common = lexicon_of(language), commonness(word.text, language)
            does = lexicon.kinds_of(word.text)
            # Arabic is not corrected: its words, short and with particles, are one letter from too many others.
            as_is = bool(does) or word.text.istitle() or language == "ar"
            meant = None if as_is else lexicon.meant(word.folded)
            if meant is not None:
                word = replace(word, meant=meant, folded=meant)
                does, common = lexicon.kinds_of(meant), commonness(meant, language)
            word = replace(word, kind="word", does=does, common=common)
        words.append(word)
    return tuple(sorted(words, key=lambda word: word.start))


def encode_question(text: str, language: str, parties: PartyTable, *, follows: bool) -> EncodedQuestion:
    """Returns the input of the tagger for a question; the name of `STAND_IN` replaces that of every party."""
    words = words_of(text, language, parties)
    name = parties.display(STAND_IN, language)
    masked, places, end = "", [], 0
    for word in words:
        masked += text[end : word.start]
        written = name if word.kind == "party" else word.meant or text[word.start : word.end]
        places.append((len(masked), len(masked) + len(written)))
        masked, end = masked + written, word.end
    encoded = sentence_encoder().encode(masked + text[end:])
    vectors = np.zeros((len(words), WORD_DIMENSION), dtype=np.float32)
    starts, ends = encoded.offsets.T
    for at, (start, stop) in enumerate(places):
        inside = (starts < stop) & (ends > start) & (ends > starts)
        if inside.any():
            vectors[at] = encoded.pieces[inside].mean(axis=0)
    features = tuple(_features(text, words, language, follows))
    return EncodedQuestion(
        text=text, language=language, follows=follows, words=words, vectors=vectors, features=features,
        sentence=encoded.sentence,
    )  # fmt: skip


def _features(text: str, words: Sequence[Word], language: str, follows: bool) -> Iterator[tuple[str, ...]]:
    """Yields the names of each word's features: its form, what lexicon and glossary know of it, and its position."""
    terms = [(term.start, term.end) for term in terms_within(text, language)]
    named = sum(word.kind in NAMED for word in words)
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
            row += [f"x={each}" for each in sorted(word.does)]
            if not "\u3400" <= word.text[0] <= "\u9fff":
                row += [f"s={word.folded[:4]}", f"t={word.folded[-3:]}", f"z={int(word.common)}"]
                row += ["cap"] * word.text[0].isupper() + ["caps"] * (word.text.isupper() and len(word.text) > 1)
        row += ["term"] * any(start <= word.start < end for start, end in terms)
        row += ["quoted"] * (quoted or closing) + ["inner"] * inner + [f"follows|{kind}"] * follows
        before += kind in NAMED
        yield tuple(row)


def read_roles(encoded: EncodedQuestion, weights: "Weights") -> RoleReading:
    """Returns the likeliest roles of a question's words (Viterbi), and log chances of its kinds."""
    vocabulary, networks = _networks(weights)
    if not encoded.words:
        count = networks["kind.bias"].shape[1]
        return RoleReading(**vars(encoded), labels=(), kinds=np.full(count, -np.log(count)))

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
    return RoleReading(**vars(encoded), labels=tuple(LABELS[label] for label in labels), kinds=kinds)


def _lstm(inputs: Matrix, networks: Mapping[str, Matrix]) -> Matrix:
    """Runs LSTMs side by side, each over its own rows. Source: Hochreiter & Schmidhuber (1997)."""

    def both(name: str) -> Matrix:
        return np.concatenate([networks[f"rnn.{name}_l0{way}"] for way in ("", "_reverse")])

    above = inputs @ both("weight_ih").swapaxes(1, 2) + (both("bias_ih") + both("bias_hh"))[:, None]
    recurrent = both("weight_hh").swapaxes(1, 2)
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """Trained weights by name, with what was stored beside them as JSON."""

    arrays: Mapping[str, Matrix]
    notes: Mapping[str, str]


@cache
def load_weights(path: Path | None = None) -> Weights:
    """Loads weights made by `make train`; the packaged ones if no file is given."""
    stored = load_file(str(path or files("app.question") / "data" / "reading.safetensors"))
    notes = json.loads(zlib.decompress(stored.pop("notes").tobytes()))
    arrays = {name: array.astype(np.float32) for name, array in stored.items()}
    # Some arrays are quantised to bytes; `steps.NAME` holds the step size of each row of NAME.
    for name in [name for name in arrays if name.startswith("steps.")]:
        arrays[name.removeprefix("steps.")] *= arrays.pop(name)
    return Weights(arrays=arrays, notes=notes)


def notes_array(notes: Mapping[str, str]) -> Matrix:
    """Returns the compressed notes as the array `notes` of a weights file, whose metadata have no stable order."""
    text = json.dumps(dict(notes), sort_keys=True, ensure_ascii=False)
    return np.frombuffer(zlib.compress(text.encode()), dtype=np.uint8)


@cache
def _networks(weights: Weights) -> tuple[Mapping[str, int], Mapping[str, Matrix]]:
    """Returns the index of each feature, and the arrays of the networks, (networks, …) each, stored as `net.…`."""
    stored = {name.removeprefix("net."): array for name, array in weights.arrays.items() if name.startswith("net.")}
    return json.loads(weights.notes["features"]), stored
