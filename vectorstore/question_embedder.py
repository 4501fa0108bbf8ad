"""The packaged embedding model without torch: questions, and the few sentences compared with them.

Its vectors and those of sentence-transformers have a cosine above .9999. Passages of an ingest are embedded with torch.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from vectorstore.arrays import Matrix
from vectorstore.bert import WINDOW, mean_states, packaged_tokenizer, packaged_weights
from vectorstore.carried import EMBEDDING
from vectorstore.embeddings import DEFAULT_MODEL, Embedder, EmbeddingConfig, SentenceTransformerEmbedder

# Texts of like length in one forward pass.
_BATCH: Final = 16


class PackagedEmbedder:
    """all-MiniLM-L6-v2 from its package, in full precision; its files are read at first use."""

    name: Final = DEFAULT_MODEL
    identity: Final = f"{DEFAULT_MODEL}@{EMBEDDING.hashes['model.safetensors']}"
    dimension: Final = 384
    window: Final = WINDOW

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns how many of the model's own tokens each text takes, with its special tokens."""
        # What lies beyond the window overflows into further encodings, each with special tokens of its own.
        encoded = packaged_tokenizer().encode_batch(list(texts))
        return [len(each.ids) + sum(len(more.ids) - 2 for more in each.overflowing) for each in encoded]

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, 384) float32; `progress` hears how many are done."""
        encoded = packaged_tokenizer().encode_batch(list(texts))
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

    def _embed(self, ids: Sequence[Sequence[int]]) -> Matrix:
        """Returns the unit vectors of tokens, (n, 384)."""
        mean = mean_states(ids, [[0] * len(own) for own in ids], packaged_weights()[1])
        unit: Matrix = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


def question_embedder(config: EmbeddingConfig) -> Embedder:
    """Returns what embeds questions: the packaged model by numpy where it is the one that is set, else by torch."""
    if (config.model, config.query_prefix, config.passage_prefix) == (DEFAULT_MODEL, "", ""):
        return PackagedEmbedder()
    return SentenceTransformerEmbedder(config.for_questions())
