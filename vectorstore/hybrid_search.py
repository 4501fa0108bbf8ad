"""Hybrid retrieval within a scope: dense and lexical search over the passages of given statements, fused by rank."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from pydantic import BaseModel, Field

from vectorstore.arrays import Matrix
from vectorstore.caches import kept_by_generation
from vectorstore.embeddings import Embedder
from vectorstore.records import ScoredPassage
from vectorstore.rows import Languages
from vectorstore.schema import VectorTable
from vectorstore.store import Store

# Scopes of at least this many passages have their vectors cached, until another such scope is searched.
_KEPT_FROM: Final = 1000
# Rank constant of reciprocal rank fusion: the higher, the smaller the advantage of the first ranks.
RRF_K: Final = 60


class RetrievalConfig(BaseModel, frozen=True, extra="forbid"):
    """How passages are found."""

    fetch_k: int = Field(default=50, ge=1, le=1000)
    """Candidates per arm before fusion."""
    dense_weight: float = Field(default=1.0, ge=0)
    """Weight of dense search in the fusion; 0 leaves it out."""
    lexical_weight: float = Field(default=0.5, ge=0)
    """Weight of lexical search in the fusion; 0 leaves it out. Measured: equal weights find less (docs/quality.md)."""
    exact_limit: int = Field(default=200_000, ge=0)
    """Scopes of up to this many passages are searched exactly; larger ones through Chroma."""
    overfetch: int = Field(default=8, ge=1, le=100)
    """How many times fetch_k a large part of the store is asked for, before what is out of scope is dropped."""


class HybridSearch:
    """Finds the passages about a topic in a set of statements."""

    def __init__(self, store: Store, embedder: Embedder, config: RetrievalConfig) -> None:
        self._store = store
        self._embedder = embedder
        self._config = config
        self._kept = kept_by_generation(store.catalogue.vectors.of)

    def retrieve(
        self,
        topic: str,
        statement_ids: Sequence[str],
        k: int,
        *,
        query_vector: Matrix | None = None,
        languages: Languages = None,
        terms: Sequence[str] = (),
    ) -> tuple[ScoredPassage, ...]:
        """Returns up to k passages of these statements, best first, scored by reciprocal rank fusion.

        The topic has no names of States, dates or question phrases; `query_vector` is its vector, if it was
        embedded before. `languages` restricts the passages' languages, in which an item None means an unknown one.
        `terms` are further words for the topic, which lexical search finds as well.
        """
        if not statement_ids or not topic.strip():
            return ()
        fetch_k = max(k, self._config.fetch_k)
        dense, lexical = dict[str, float](), dict[str, float]()
        if self._config.dense_weight > 0:
            vector = self._embedder.embed_query(topic) if query_vector is None else query_vector
            dense = dict(self.search_dense(vector, statement_ids, languages, fetch_k))
        if self._config.lexical_weight > 0:
            lexical = dict(self._store.catalogue.search_lexical(topic, statement_ids, fetch_k, languages, terms))
        weighed = ((self._config.dense_weight, dense), (self._config.lexical_weight, lexical))
        return self._scored(reciprocal_rank_fusion(weighed)[:k], dense)

    def retrieve_lexical(
        self, topic: str, statement_ids: Sequence[str], k: int, *, languages: Languages = None
    ) -> tuple[ScoredPassage, ...]:
        """Returns up to k passages of these statements that contain words of a topic, best first, scored by BM25."""
        return self._scored(self._store.catalogue.search_lexical(topic, statement_ids, k, languages))

    def retrieve_second(
        self, vector: Matrix, statement_ids: Sequence[str], k: int, *, languages: Languages = None
    ) -> tuple[ScoredPassage, ...]:
        """Returns up to k passages of these statements nearest to a vector of the second model, scored by cosine."""
        return self._scored(self.search_dense(vector, statement_ids, languages, k, "second_vectors"))

    def _scored(
        self, ranked: Sequence[tuple[str, float]], similarities: Mapping[str, float] | None = None
    ) -> tuple[ScoredPassage, ...]:
        passages = self._store.catalogue.passages([identifier for identifier, _ in ranked])
        return tuple(
            ScoredPassage(passage=passages[each], score=score, similarity=(similarities or {}).get(each))
            for each, score in ranked
            if each in passages
        )

    def search_dense(
        self,
        vector: Matrix,
        statement_ids: Sequence[str],
        languages: Languages = None,
        fetch_k: int | None = None,
        table: VectorTable = "vectors",
    ) -> list[tuple[str, float]]:
        """Returns up to fetch_k (passage id, cosine) of these statements, best first; -1 to 1.

        A small scope is searched exactly over its own vectors. For a large scope all vectors of the store are searched,
        mapped or in Chroma, neither of which is filtered by scope: more results than needed are fetched, and those out
        of scope dropped. If too few remain, the scope's own vectors are searched after all.
        """
        catalogue, fetch_k = self._store.catalogue, fetch_k or self._config.fetch_k
        passages = catalogue.count_passages_of(statement_ids, languages)
        found = None
        if passages > self._config.exact_limit:
            found = self._store.index.search(vector, fetch_k * self._config.overfetch, table)
        elif passages >= max(_KEPT_FROM, catalogue.count_passages() / self._config.overfetch):
            found = self._store.index.mapped.nearest(vector, fetch_k * self._config.overfetch, table)
        if found is not None:
            allowed = catalogue.passages_among([identifier for identifier, _ in found], statement_ids, languages)
            kept = [(identifier, score) for identifier, score in found if identifier in allowed]
            if len(kept) >= fetch_k:
                return kept[:fetch_k]
        chosen = (tuple(statement_ids), None if languages is None else tuple(languages), table)
        is_cached = passages >= _KEPT_FROM
        ids, vectors = self._kept(catalogue.generation, *chosen) if is_cached else catalogue.vectors.of(*chosen)
        if not ids:
            return []
        scores = vectors @ vector
        order = np.argsort(-scores, kind="stable")[:fetch_k]
        return [(ids[row], float(scores[row])) for row in order]


def reciprocal_rank_fusion(rankings: Iterable[tuple[float, Iterable[str]]]) -> list[tuple[str, float]]:
    """Returns the fused ranking as (id, score), best first, of rankings that each have a weight and ids, best first.

    The score is the sum over the rankings of weight / (RRF_K + rank), with rank counted from 1.
    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet (SIGIR 2009).
    """
    scores: dict[str, float] = {}
    for weight, ids in rankings:
        for rank, identifier in enumerate(ids, start=1):
            scores[identifier] = scores.get(identifier, 0.0) + weight / (RRF_K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
