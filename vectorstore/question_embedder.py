"""The packaged embedding model without torch: questions, and the few sentences compared with them.

Importing torch takes seconds, which a command that asks one question would pay each time. Here numpy computes the same
BERT from the same weights, with vectors whose cosine with those of sentence-transformers is above .9999. Passages of an
ingest are embedded with torch. Source: Devlin et al. (2019), BERT, https://arxiv.org/abs/1810.04805.
"""

import json
import threading
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from vectorstore.arrays import Matrix
from vectorstore.carried import EMBEDDING, carried
from vectorstore.embeddings import DEFAULT_MODEL, Embedder, EmbeddingConfig, SentenceTransformerEmbedder
from vectorstore.sentence_encoder import layer_norm

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LAYERS: Final = 6
_HEADS: Final = 12
# Of the model, as its config.json and sentence_bert_config.json say.
_EPSILON: Final = np.float32(1e-12)
_WINDOW: Final = 256
# Texts of like length in one forward pass.
_BATCH: Final = 16


class PackagedEmbedder:
    """all-MiniLM-L6-v2 from its package, in full precision; its files are read at first use."""

    name: Final = DEFAULT_MODEL
    identity: Final = f"{DEFAULT_MODEL}@{EMBEDDING.hashes['model.safetensors']}"
    dimension: Final = 384
    window: Final = _WINDOW

    def __init__(self) -> None:
        self._loading = threading.Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns how many of the model's own tokens each text takes, with its special tokens."""
        # What lies beyond the window overflows into further encodings, each with special tokens of its own.
        encoded = self._files[0].encode_batch(list(texts))
        return [len(each.ids) + sum(len(more.ids) - 2 for more in each.overflowing) for each in encoded]

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, 384) float32; `progress` hears how many are done."""
        encoded = self._files[0].encode_batch(list(texts))
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(encoded[index].ids), reverse=True)
        for begin in range(0, len(order), _BATCH):
            batch = order[begin : begin + _BATCH]
            vectors[batch] = self._embed([encoded[index].ids for index in batch])
            if progress is not None:
                progress(begin + len(batch))
        return vectors

    def embed_query(self, text: str) -> Matrix:
        """Returns the unit vector (384,) float32 of a question."""
        vector: Matrix = self.embed_documents([text])[0]
        return vector

    @property
    def _files(self) -> "tuple[Tokenizer, dict[str, Matrix]]":
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> "tuple[Tokenizer, dict[str, Matrix]]":
        from tokenizers import Tokenizer

        folder, weights = packaged_weights()
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(_WINDOW)
        tokenizer.no_padding()
        return tokenizer, weights

    def _embed(self, ids: Sequence[Sequence[int]]) -> Matrix:
        """Returns the unit vectors of tokens, (n, 384): the mean of what the last layer makes of them."""
        weights = self._files[1]
        tokens = np.zeros((len(ids), max(map(len, ids))), dtype=np.int64)
        there = np.zeros(tokens.shape, dtype=np.float32)
        for row, own in enumerate(ids):
            tokens[row, : len(own)], there[row, : len(own)] = own, 1.0
        hidden = weights["embeddings.word_embeddings.weight"][tokens]
        hidden += weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        hidden += weights["embeddings.token_type_embeddings.weight"][0]
        hidden = _normed(hidden, weights, "embeddings.LayerNorm")
        unseen = (there[:, None, None, :] - 1.0) * 1e9
        for number in range(_LAYERS):
            hidden = _layer(hidden, unseen, weights, f"encoder.layer.{number}.")
        mean = (hidden * there[..., None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
        unit: Matrix = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


@cache
def packaged_weights() -> tuple[Path, dict[str, Matrix]]:
    """Returns the folder of the packaged model, and its weights as they lie in the file, of which none is copied.

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


def question_embedder(config: EmbeddingConfig) -> Embedder:
    """Returns what embeds questions: the packaged model by numpy where it is the one that is set, else by torch."""
    if (config.model, config.query_prefix, config.passage_prefix) == (DEFAULT_MODEL, "", ""):
        return PackagedEmbedder()
    return SentenceTransformerEmbedder(config.for_questions())


def _layer(hidden: Matrix, unseen: Matrix, weights: dict[str, Matrix], name: str) -> Matrix:
    """One block of the transformer: attention, then the two dense layers, each added to what came in."""
    texts, length, width = hidden.shape

    def heads(part: str) -> Matrix:
        parted: Matrix = _dense(hidden, weights, f"{name}attention.self.{part}")
        return parted.reshape(texts, length, _HEADS, width // _HEADS).transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.sqrt(np.float32(width // _HEADS)) + unseen
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    seen = (shares @ heads("value")).transpose(0, 2, 1, 3).reshape(hidden.shape)
    attended = _dense(seen, weights, f"{name}attention.output.dense") + hidden
    attended = _normed(attended, weights, f"{name}attention.output.LayerNorm")
    inner = _gelu(_dense(attended, weights, f"{name}intermediate.dense"))
    return _normed(_dense(inner, weights, f"{name}output.dense") + attended, weights, f"{name}output.LayerNorm")


def _dense(rows: Matrix, weights: dict[str, Matrix], name: str) -> Matrix:
    product: Matrix = rows @ weights[f"{name}.weight"].T
    product += weights[f"{name}.bias"]
    return product


def _normed(rows: Matrix, weights: dict[str, Matrix], name: str) -> Matrix:
    return layer_norm(rows, weights[f"{name}.weight"], weights[f"{name}.bias"], _EPSILON)


def _gelu(rows: Matrix) -> Matrix:
    """Gaussian error linear unit, with the error function to 1.5e-7: scipy's takes half a second to import.

    Source: Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 7.1.26.
    """
    size = np.abs(rows) * np.float32(np.sqrt(0.5))
    share = 1.0 / (1.0 + np.float32(0.3275911) * size)
    sums = np.zeros_like(rows)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sums = (sums + np.float32(factor)) * share
    error = np.copysign(1.0 - sums * np.exp(-np.square(size)), rows)
    unit: Matrix = rows * (1.0 + error) * np.float32(0.5)
    return unit
