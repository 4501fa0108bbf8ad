"""BERT in numpy with the weights of the packaged embedding model: static word vectors, and fine-tuned classifiers.

Importing torch takes seconds, which a command that asks one question would pay each time; numpy computes the same from
the same weights. Source: Devlin et al. (2019), BERT, https://arxiv.org/abs/1810.04805.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from vectorstore.arrays import Matrix
from vectorstore.caches import BatchLruCache
from vectorstore.errors import ModelError
from vectorstore.model_threads import map_in_threads
from vectorstore.packaged_files import EMBEDDING, carried, loaded_once
from vectorstore.sentence_encoder import layer_norm

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_LAYERS: Final = 6
_HEADS: Final = 12
# Constants of the model, from its config.json and sentence_bert_config.json.
_EPSILON: Final = np.float32(1e-12)
_WINDOW: Final = 256
# Rows of which intermediate results stay in the cache of a processor.
_ROWS: Final = 32
# Pairs that a classifier reads at once, and pairs of which it keeps the result.
_AT_ONCE: Final = 12
_KEPT: Final = 4096
# The vocabulary's entries before this index are special tokens, signs and unused ones.
_FIRST_WORD: Final = 1000


@cache
def packaged_weights() -> tuple[Path, dict[str, Matrix]]:
    """Returns the folder of the packaged model, and its weights as views of the memory-mapped file, without copies.

    Source: https://huggingface.co/docs/safetensors, "Format".
    """
    folder = carried(EMBEDDING)
    path = folder / "model.safetensors"
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        tensors = json.loads(file.read(length))
    data = np.asarray(np.memmap(path, np.uint8, "r", 8 + length))
    return folder, {
        name: data[slice(*known["data_offsets"])].view(np.float32).reshape(known["shape"])
        for name, known in tensors.items()
        if known.get("dtype") == "F32"
    }


@cache
def packaged_tokenizer() -> "Tokenizer":
    """Returns the tokenizer of the packaged model, which truncates texts to the model's window."""
    tokenizer = _tokenizer()
    tokenizer.enable_truncation(_WINDOW)
    return tokenizer


def _tokenizer() -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(packaged_weights()[0] / "tokenizer.json"))
    tokenizer.no_padding()
    return tokenizer


def padded(texts: Sequence["Encoding"]) -> dict[str, NDArray[np.int64]]:
    """Returns BERT's inputs for one or more texts, by name: (n, longest), padded with zeros after each text."""
    longest = max(map(len, texts))
    for each in texts:
        each.pad(longest)
    return {
        "input_ids": np.array([each.ids for each in texts]),
        "attention_mask": np.array([each.attention_mask for each in texts]),
        "token_type_ids": np.array([each.type_ids for each in texts]),
    }


def mean_states(texts: Sequence["Encoding"], weights: Mapping[str, Matrix]) -> Matrix:
    """Returns the mean of the last layer's hidden states over the tokens of each text or pair, (n, 384) float32.

    The tokens of all texts follow one another in one matrix, so that none is computed for padding.
    """
    ends = np.cumsum([len(each) for each in texts])
    spans = [slice(end - len(each), end) for each, end in zip(texts, ends, strict=True)]
    hidden = weights["embeddings.word_embeddings.weight"][np.concatenate([each.ids for each in texts])]
    hidden += weights["embeddings.token_type_embeddings.weight"][np.concatenate([each.type_ids for each in texts])]
    for span in spans:
        hidden[span] += weights["embeddings.position_embeddings.weight"][: span.stop - span.start]
    hidden = _normed(hidden, weights, "embeddings.LayerNorm")
    for number in range(_LAYERS):
        hidden = _layer(hidden, spans, weights, f"encoder.layer.{number}.")
    return np.stack([hidden[span].mean(axis=0) for span in spans])


@dataclass(frozen=True, kw_only=True)
class WordVectors:
    """The word pieces of a text with their static vectors, which do not depend on the context.

    They compare the words of a topic with those of a sentence at the cost of a look-up: "capital" is nearer to "money"
    than to "whale", whatever words stand around them.
    """

    places: tuple[tuple[int, int], ...]
    """Offsets of each piece in the text, `[start, end)`."""
    vectors: Matrix
    """Unit vectors, (pieces, 384) float32; the product of two vectors is their cosine, -1 to 1."""


def word_vectors(texts: Sequence[str]) -> list[WordVectors]:
    """Returns the vectors of the word pieces of each text; a text without words has vectors of shape (0, 384)."""
    tokenizer, table, mean = _static()
    found = []
    for each in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        vectors = table[each.ids] - mean
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + np.float32(1e-6)
        found.append(WordVectors(places=tuple(each.offsets), vectors=vectors))
    return found


@cache
def _static() -> "tuple[Tokenizer, Matrix, Matrix]":
    """Returns a tokenizer without truncation, the vectors of the vocabulary, and the mean vector of its words."""
    tokenizer = _tokenizer()
    tokenizer.no_truncation()
    table = packaged_weights()[1]["embeddings.word_embeddings.weight"]
    return tokenizer, table, table[_FIRST_WORD:].mean(axis=0)


class FineTunedClassifier:
    """A classifier of pairs of texts: the packaged model with low-rank adapters (LoRA) and a linear head.

    Its file has `head.weight` (classes, 384), `head.bias` (classes,), the names of its `classes` as JSON, and for each
    adapted matrix of the model `{name}.a` (rank, in) and `{name}.b` (out, rank), whose product is added to the matrix.
    It is loaded at first use.
    Source: Hu et al. (2021), LoRA, https://arxiv.org/abs/2106.09685.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = BatchLruCache[tuple[str, str], Mapping[str, float]](_KEPT)

    def chances(self, pairs: Sequence[tuple[str, str]]) -> list[Mapping[str, float]]:
        """Returns for each pair of texts the probability of each class, by its name.

        Several together take half the time of as many alone; those asked for latest are kept.
        """
        known = self._kept.of(pairs, self._computed)
        return [known[pair] for pair in pairs]

    def _computed(self, pairs: Sequence[tuple[str, str]]) -> Iterator[Mapping[str, float]]:
        classes, weights = self._loaded
        encoded = packaged_tokenizer().encode_batch(list(pairs))
        batches = [encoded[begin : begin + _AT_ONCE] for begin in range(0, len(encoded), _AT_ONCE)]
        read = partial(mean_states, weights=weights)
        for means in map_in_threads(read, batches, at_once=len(batches) == 1):
            scores = means @ weights["head.weight"].T + weights["head.bias"]
            for row in np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)):
                yield dict(zip(classes, map(float, row), strict=True))

    @loaded_once
    def _loaded(self) -> tuple[Sequence[str], Mapping[str, Matrix]]:
        with safe_open(str(self._path), framework="np") as stored:
            classes = json.loads(stored.metadata()["classes"])
            own = {name: stored.get_tensor(name).astype(np.float32) for name in stored.keys()}  # noqa: SIM118 - no mapping
        weights = {**packaged_weights()[1], **own}
        for name in (name.removesuffix(".a") for name in own if name.endswith(".a")):
            if f"{name}.b" not in own or f"{name}.weight" not in weights:
                raise ModelError(f"{self._path.name!r} changes {name!r}, which the model has not: train it again")
            # Added once, not to the result for each row: 35 MB more in memory, a sixth of the time less.
            weights[f"{name}.weight"] = weights[f"{name}.weight"] + own[f"{name}.b"] @ own[f"{name}.a"]
        return classes, weights


def _layer(hidden: Matrix, spans: Sequence[slice], weights: Mapping[str, Matrix], name: str) -> Matrix:
    """Applies one transformer block: self-attention within each text, then two dense layers, with residual connections.

    `spans` are the rows of the texts.
    """
    width = hidden.shape[1] // _HEADS
    query, key, value = (_dense(hidden, weights, f"{name}attention.self.{part}") for part in ("query", "key", "value"))
    query /= np.sqrt(np.float32(width))
    context = np.empty_like(hidden)
    for span in spans:
        asking, asked, told = (part[span].reshape(-1, _HEADS, width).transpose(1, 0, 2) for part in (query, key, value))
        scores = asking @ asked.transpose(0, 2, 1)
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        context[span] = (shares @ told).transpose(1, 0, 2).reshape(-1, _HEADS * width)
    attended = _dense(context, weights, f"{name}attention.output.dense") + hidden
    attended = _normed(attended, weights, f"{name}attention.output.LayerNorm")
    inner = _gelu(_dense(attended, weights, f"{name}intermediate.dense"))
    return _normed(_dense(inner, weights, f"{name}output.dense") + attended, weights, f"{name}output.LayerNorm")


def _dense(rows: Matrix, weights: Mapping[str, Matrix], name: str) -> Matrix:
    product: Matrix = rows @ weights[f"{name}.weight"].T
    product += weights[f"{name}.bias"]
    return product


def _normed(rows: Matrix, weights: Mapping[str, Matrix], name: str) -> Matrix:
    return layer_norm(rows, weights[f"{name}.weight"], weights[f"{name}.bias"], _EPSILON)


def _gelu(rows: Matrix) -> Matrix:
    """Applies the Gaussian error linear unit, with erf exact to 1.5e-7, since scipy takes half a second to import.

    Source: Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 7.1.26.
    """
    unit = np.maximum(rows, 0)
    for begin in range(0, len(rows), _ROWS):
        size = np.abs(rows[begin : begin + _ROWS])
        share = np.float32(0.3275911 * 0.5**0.5) * size
        share += 1
        np.reciprocal(share, out=share)
        below = np.full_like(share, 1.061405429)
        for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            below *= share
            below += np.float32(factor)
        below *= share
        below *= size
        size *= size
        size *= np.float32(-0.5)
        below *= np.exp(size, out=size)
        below *= np.float32(0.5)
        # 1 + erf is 2 less its complement for numbers above 0, and the complement itself for those below.
        unit[begin : begin + _ROWS] -= below
    return unit
