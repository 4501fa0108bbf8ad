"""The two sides that `scripts/bench.py` compares: each imports only its own libraries.

    python -m scripts.bench_sides here|there FOLDER model|deterministic '[["STATE", "DATE"], ...]'

Asks 20 questions in a process of its own. Prints the time of the first answer, in seconds since 1970, and the peak
memory of the process, in MB.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np

from vectorstore.arrays import Matrix
from vectorstore.embeddings import EmbeddingConfig, PackagedEmbedder, SentenceTransformerEmbedder

if TYPE_CHECKING:
    from vectorstore.records import Metadata, StatementSummary

TOPICS: Final = ("climate change", "the reform of the Security Council", "terrorism", "human rights", "small arms")
ASKED: Final = 20
# A State and a date.
Scope = tuple[str, str]


class DeterministicEmbedder(PackagedEmbedder):
    """An embedder that counts hashed words, in place of the model."""

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, 384) float32."""
        vectors: Matrix = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            words = np.array([crc32(word) for word in text.lower().encode().split()], dtype=np.int64)
            counts = np.bincount(words % self.dimension, 1.0 - 2.0 * (words >> 20 & 1), self.dimension)
            vectors[row] = counts / max(float(np.linalg.norm(counts)), 1.0)
        return vectors


class PassageEmbedder(PackagedEmbedder):
    """The embedding model, run by torch for passages and by numpy for questions."""

    def __init__(self, config: EmbeddingConfig) -> None:
        self._passages = SentenceTransformerEmbedder(config)

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, 384) float32."""
        return self._passages.embed_documents(texts, progress)

    def embed_query(self, text: str) -> Matrix:
        """Returns the unit vector (384,) float32 of a question."""
        vector: Matrix = super().embed_documents([text])[0]
        return vector


EMBEDDERS: Final = {"model": PackagedEmbedder, "deterministic": DeterministicEmbedder}


class Here:
    """This program, which retrieves ten passages for a question from the passages of a folder."""

    def __init__(self, folder: Path, embedder: PackagedEmbedder, places: Mapping[str, Any] | None = None) -> None:
        from vectorstore.hybrid_search import HybridSearch, RetrievalConfig
        from vectorstore.records import ScopeFilter
        from vectorstore.store import Store

        self.store, self._filter = Store(folder / "store", embedder, **(places or {})), ScopeFilter
        self.retriever = HybridSearch(self.store, embedder, RetrievalConfig())

    @cached_property
    def held(self) -> "dict[str, Metadata]":
        """The statements of States, by id."""
        return {each.statement_id: each.metadata for each in self._summaries() if each.metadata.state}

    @property
    def scopes(self) -> list[Scope]:
        """Ten or more pairs of a State and a date, spread over the store."""
        spread = list(self.held.values())[:: max(1, len(self.held) // 10)]
        return [(str(metadata.state), str(metadata.date)) for metadata in spread]

    def _summaries(self, scope: Scope | None = None) -> "Sequence[StatementSummary]":
        chosen = self._filter(parties=scope[:1], years=(int(scope[1][:4]),)) if scope else self._filter()
        return self.store.catalogue.summaries(chosen)

    def _among(self, scope: Scope | None) -> list[str]:
        return [each.statement_id for each in self._summaries(scope)] if scope else list(self.held)

    def ask(self, topic: str, scope: Scope | None = None) -> object:
        """Finds what a State said on a topic in a year; without a scope, what anybody said at any time."""
        return self.retriever.retrieve(topic, self._among(scope), 10)

    def nearest(self, vector: Matrix, scope: Scope) -> object:
        """Finds the passages of a scope that are nearest to a vector."""
        return self.retriever.search_dense(vector, self._among(scope), fetch_k=10)


class There:
    """Plain LangChain and Chroma, which do the same."""

    def __init__(self, folder: Path, embedder: PackagedEmbedder) -> None:
        chroma: Any = importlib.import_module("langchain_chroma").Chroma
        self.plain = chroma("plain", embedder, str(folder / "plain"), collection_metadata={"hnsw:space": "cosine"})

    def ask(self, topic: str, scope: Scope | None = None) -> object:
        """See `Here`."""
        return self.plain.similarity_search(topic, 10, filter=scope and _where(scope))

    def nearest(self, vector: Matrix, scope: Scope) -> object:
        """See `Here`."""
        return self.plain.similarity_search_by_vector(vector.tolist(), 10, filter=_where(scope))


Side = Here | There


def _where(scope: Scope) -> dict[str, object]:
    return {"$and": [{"state": scope[0]}, {"date": scope[1]}]}


def nth(number: int, scopes: Sequence[Sequence[str]]) -> tuple[str, Scope]:
    """Returns the topic and the scope of the question with a number."""
    state, date = scopes[number % len(scopes)]
    return TOPICS[number % len(TOPICS)], (state, date)


def main(name: str, folder: str, embedder: str, scopes: str) -> None:
    """Asks the questions in a process that was just started, and prints its figures."""
    side: Side = (Here if name == "here" else There)(Path(folder), EMBEDDERS[embedder]())
    asked = json.loads(scopes)
    first_answer = 0.0
    for number in range(ASKED):
        side.ask(*nth(number, asked))
        first_answer = first_answer or time.time()
    # Not `ru_maxrss`, which is that of the process that started this one, if that was larger.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = (int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(first_answer, peak * 1024 / 1e6)


if __name__ == "__main__":
    main(*sys.argv[1:])
