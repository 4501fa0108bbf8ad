"""Selecting evidence: the sentences, within a scope, that speak of the topic; and how sure that is.

Passages are retrieved per party, so that no State drops out because others speak of a topic more. Their sentences
are ranked by a cross-encoder, alone and within their neighbours.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from app.calibration import Features, confidence
from app.terms import content_terms
from vectorstore.embeddings import Embedder
from vectorstore.records import ScoredPassage, Sentence, StatementSummary
from vectorstore.rerank import Reranker
from vectorstore.retriever import Retriever
from vectorstore.rows import Matrix
from vectorstore.store import Store

logger = logging.getLogger(__name__)

# Passages per party whose sentences are read by the cross-encoder, and how many sentences of them.
PASSAGES_PER_PARTY: Final = 12
SENTENCES_PER_PARTY: Final = 40
# Sentences that are read a second time, within their neighbours.
IN_CONTEXT: Final = 12
# How much the neighbours count beside the sentence itself.
CONTEXT_WEIGHT: Final = 0.5
_SHORTEST: Final = 4


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One sentence found for a topic.

    Attributes:
        score: Cross-encoder logit of the sentence plus half that of the sentence within its neighbours; higher is
            better.
        confidence: Calibrated chance that it answers, 0 to 1.
        features: What ranking measured; None where a sentence names the article asked about.
    """

    sentence: Sentence
    score: float
    confidence: float
    features: Features | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found for one party.

    Attributes:
        party: Its code.
        searched: Its statements in scope.
        evidence: Sentences, best first; also those too weak to answer.
        passages: The passages retrieved, best first.
        confidence: Calibrated chance that the best of it answers, 0 to 1.
        cited: The evidence names the article or agenda item that was asked about.
    """

    party: str
    searched: tuple[StatementSummary, ...]
    evidence: tuple[Evidence, ...] = ()
    passages: tuple[ScoredPassage, ...] = ()
    confidence: float = 0.0
    cited: bool = False


class Selector:
    """Finds evidence for a topic in the statements of a party."""

    def __init__(self, store: Store, retriever: Retriever, embedder: Embedder, reranker: Reranker | None) -> None:
        self._store = store
        self._retriever = retriever
        self._embedder = embedder
        self._reranker = reranker

    def embed(self, topic: str) -> Matrix | None:
        """Returns the query vector of a topic, which serves all parties; None without a topic."""
        return self._retriever.embed(topic) if topic.strip() else None

    def by_topic(
        self,
        party: str,
        searched: Sequence[StatementSummary],
        topic: str,
        language: str,
        vector: Matrix | None,
        *,
        passages: int = PASSAGES_PER_PARTY,
        sentences: int = SENTENCES_PER_PARTY,
    ) -> Found:
        """Ranks the sentences of these statements by how well they speak of a topic.

        Args:
            party: Whose statements they are.
            searched: The statements in scope.
            topic: Topic words.
            language: Language of the question.
            vector: The topic's vector.
            passages: How many passages are read.
            sentences: How many of their sentences the cross-encoder reads.
        """
        found = self._retriever.retrieve(topic, [s.statement_id for s in searched], passages, query_vector=vector)
        candidates = self._sentences_of(found)
        terms = content_terms(topic, language)
        kept = _shortlist(candidates, terms, language, sentences)
        ranked = self._ranked(topic, kept, language, terms)
        return Found(
            party=party,
            searched=tuple(searched),
            evidence=ranked,
            passages=found,
            confidence=ranked[0].confidence if ranked else 0.0,
        )

    def by_mention(
        self,
        party: str,
        searched: Sequence[StatementSummary],
        treaty: str,
        articles: Sequence[str],
        topic: str,
        language: str,
    ) -> Found:
        """Returns the sentences that name these articles, or agenda items where `treaty` is `AGENDA`.

        They are evidence for certain; with a topic, the one that speaks of it most comes first.
        """
        mentions = self._store.catalogue.mentions([s.statement_id for s in searched], treaty, articles)
        wanted = dict.fromkeys(mention.sentence_id for mention in mentions)
        by_statement: dict[str, tuple[Sentence, ...]] = {}
        sentences: list[Sentence] = []
        for identifier in wanted:
            statement_id, _, ordinal = identifier.rpartition(":")
            if statement_id not in by_statement:
                by_statement[statement_id] = self._store.catalogue.sentences(statement_id)
            sentences.append(by_statement[statement_id][int(ordinal)])
        if topic.strip() and len(sentences) > 1:
            order = [e.sentence for e in self._ranked(topic, sentences, language, content_terms(topic, language))]
        else:
            order = sentences
        evidence = tuple(Evidence(sentence=s, score=float(-rank), confidence=1.0) for rank, s in enumerate(order))
        return Found(
            party=party,
            searched=tuple(searched),
            evidence=evidence,
            confidence=1.0 if evidence else 0.0,
            cited=bool(evidence),
        )

    def _sentences_of(self, found: Sequence[ScoredPassage]) -> list[Sentence]:
        by_statement = {
            statement_id: self._store.catalogue.sentences(statement_id)
            for statement_id in dict.fromkeys(scored.passage.statement_id for scored in found)
        }
        sentences: dict[str, Sentence] = {}
        for scored in found:
            passage = scored.passage
            for sentence in by_statement[passage.statement_id][passage.first_sentence : passage.last_sentence + 1]:
                sentences[sentence.sentence_id] = sentence
        return list(sentences.values())

    def _ranked(
        self, topic: str, sentences: Sequence[Sentence], language: str, terms: frozenset[str]
    ) -> tuple[Evidence, ...]:
        if not sentences:
            return ()
        alone = self._score(topic, [sentence.text for sentence in sentences])
        order = np.argsort(-alone, kind="stable")[:IN_CONTEXT]
        contexts = self._contexts([sentences[row] for row in order])
        within = self._score(topic, contexts)
        evidence: list[Evidence] = []
        for position, row in enumerate(order):
            sentence = sentences[row]
            score = float(alone[row] + CONTEXT_WEIGHT * within[position])
            features = Features(
                alone=float(alone[row]),
                within=float(within[position]),
                shared=_shared(terms, sentence.text, language),
                shared_within=_shared(terms, contexts[position], language),
            )
            evidence.append(
                Evidence(sentence=sentence, score=score, confidence=confidence(features), features=features)
            )
        return tuple(sorted(evidence, key=lambda item: (-item.score, item.sentence.sentence_id)))

    def _score(self, topic: str, texts: Sequence[str]) -> Matrix:
        if self._reranker is not None:
            return self._reranker.score(topic, texts)
        # Without a cross-encoder the embedding model stands in; ranking is weaker. The cosine is stretched to the
        # range of the logits, so that one calibration serves both.
        vectors = self._embedder.embed_documents(list(texts))
        scaled: Matrix = (vectors @ self._embedder.embed_query(topic)) * 20.0 - 11.0
        return scaled

    def _contexts(self, sentences: Sequence[Sentence]) -> list[str]:
        """Returns each sentence with the one before and the one after it."""
        texts: list[str] = []
        cache: dict[str, tuple[Sentence, ...]] = {}
        for sentence in sentences:
            if sentence.statement_id not in cache:
                cache[sentence.statement_id] = self._store.catalogue.sentences(sentence.statement_id)
            near = cache[sentence.statement_id][max(0, sentence.ordinal - 1) : sentence.ordinal + 2]
            texts.append(" ".join(item.text for item in near))
        return texts


def merge_found(first: Found, second: Found) -> Found:
    """Joins two findings for one party: the first one's evidence comes before the second's."""
    seen = {item.sentence.sentence_id for item in first.evidence}
    evidence = first.evidence + tuple(item for item in second.evidence if item.sentence.sentence_id not in seen)
    return replace(
        first,
        evidence=evidence,
        passages=first.passages or second.passages,
        confidence=max(first.confidence, second.confidence),
    )


def _shortlist(candidates: Sequence[Sentence], terms: frozenset[str], language: str, limit: int) -> list[Sentence]:
    """Keeps the sentences that share most topic words, then those of the best passages; leaves out scraps."""
    full = [s for s in candidates if len(s.text.split()) >= _SHORTEST or not s.text.isascii()] or list(candidates)
    if len(full) <= limit:
        return full
    order = sorted(
        range(len(full)), key=lambda row: (-min(2, len(terms & content_terms(full[row].text, language))), row)
    )
    return [full[row] for row in sorted(order[:limit])]


def _shared(terms: frozenset[str], text: str, language: str) -> float:
    """Returns the share of the topic's content words that a text holds, 0 to 1."""
    if not terms:
        return 0.0
    return len(terms & content_terms(text, language)) / len(terms)
