"""Test doubles: models without weights, and the product wired to them."""

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.corpus.corpus import Corpus
from app.retrieval.model_languages import ModelLanguages
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.relevance import RelevanceArtefact
from app.settings import Settings
from app.wiring import Workspace, wire
from ingest.indexer import Indexer
from tests.fakes_engines import open_store
from vectorstore.arrays import Matrix
from vectorstore.hybrid_search import HybridSearch
from vectorstore.rerank import PairReading
from vectorstore.sentence_encoder import ENCODER_LANGUAGES, sentence_encoder
from vectorstore.store import SecondModel


class HashingEmbedder:
    """Embeds a text as its hashed bag of words: shared words give near vectors, equal texts equal vectors."""

    name = identity = "hashing"
    dimension = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def fits(self, texts: Sequence[str]) -> list[bool]:
        return [len(text.split()) + 2 <= 256 for text in texts]

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        self.embedded += texts
        return np.stack([self._embed(text) for text in texts]) if texts else np.zeros((0, 64), dtype=np.float32)

    def embed_query(self, text: str) -> Matrix:
        return self._embed(text)

    def _embed(self, text: str) -> Matrix:
        vector = np.full(self.dimension, 1e-6, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1.0
        return vector / np.float32(np.linalg.norm(vector))


class OverlapReranker:
    """Scores a text by the share of the query's words in it, as a logit from -10 to 10."""

    name = identity = "overlap"

    def read(self, query: str, texts: Sequence[str]) -> PairReading:
        wanted = _words(query)
        shares = [len(wanted & _words(text)) / max(1, len(wanted)) for text in texts]
        logits = np.asarray([20.0 * share - 10.0 for share in shares], dtype=np.float32)
        return PairReading(logits=logits, states=np.zeros((len(texts), 0), dtype=np.float32))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3 or word.isdigit()}


def second_model() -> SecondModel:
    """Returns the model that finds passages in other languages than English; its weights are small and packaged."""
    return SecondModel(embed=sentence_encoder().embed, languages=ENCODER_LANGUAGES - {"en"})


def fake_workspace(
    store: Path,
    *,
    read_only: bool = False,
    covered: ModelLanguages | None = None,
    second: SecondModel | None = None,
    relevance: RelevanceArtefact | None = None,
) -> Workspace:
    """Wires the product with models that need no weights."""
    settings = Settings(store=store)
    embedder = HashingEmbedder()
    opened = open_store(store, embedder, read_only=read_only, second=second)
    retriever = HybridSearch(opened, embedder, settings.retrieval)
    ranker = SentenceRanker(opened, retriever, embedder, OverlapReranker(), covered or ModelLanguages(), relevance)
    workspace = wire(settings, opened, ranker, embedder, embedder, {"embedding": "hashing", "reranker": "overlap"})
    indexer = Indexer(opened, embedder, settings.split, settings.load)
    # Fills the cached property, whose indexer would otherwise split by the languages of the real models.
    vars(workspace)["corpus"] = Corpus(indexer, embedder)
    return workspace
