"""Selecting evidence: the sentences, within a scope, that speak of the topic; and how sure that is.

Passages are retrieved per party, so that no State drops out because others speak of a topic more. Their sentences
are ranked by a cross-encoder, alone and within their neighbours.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from app.calibration import MARGIN, THRESHOLD, Features, confidence
from app.terms import content_terms, key_phrases
from vectorstore.embeddings import Embedder
from vectorstore.lexical import phrase_expression
from vectorstore.records import ScoredPassage, Sentence, StatementSummary
from vectorstore.rerank import Reranker
from vectorstore.retriever import Retriever
from vectorstore.rows import Matrix
from vectorstore.store import Store

logger = logging.getLogger(__name__)

# Passages per party whose sentences are read by the cross-encoder, and how many sentences of them.
PASSAGES: Final = 12
SENTENCES: Final = 64
# Sentences that are read a second time, within their neighbours.
IN_CONTEXT: Final = 16
# How much the neighbours count beside the sentence itself.
CONTEXT_WEIGHT: Final = 0.5
# A first look at a party among many: passages read, and the logit below which it is not looked at again.
FIRST_LOOK: Final = 3
HOPELESS: Final = -9.0
# Passages from which the gist of a statement is taken.
CENTRAL: Final = 4
# A phrase is known to the corpus from this many passages on; a single word in more than this share is too common.
KNOWN: Final = 3
COMMON: Final = 0.2
_SHORTEST: Final = 4
# Languages that the default models were made for.
COVERED: Final = frozenset({"en"})


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One sentence found for a topic.

    Attributes:
        score: Cross-encoder logit of the sentence plus half that of the sentence within its neighbours; for sentences
            that name the article asked about, minus their rank. Higher is better.
    """

    sentence: Sentence
    score: float


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found for one party.

    Attributes:
        party: Its code.
        searched: Its statements in scope.
        evidence: Sentences, best first; also those too weak to answer.
        passages: The passages retrieved, best first.
        confidence: Calibrated chance that the best of it answers, 0 to 1.
        features: What that chance was computed from; None where nothing was ranked.
        cited: The evidence names the article or agenda item that was asked about.
    """

    party: str
    searched: tuple[StatementSummary, ...]
    evidence: tuple[Evidence, ...] = ()
    passages: tuple[ScoredPassage, ...] = ()
    confidence: float = 0.0
    features: Features | None = None
    cited: bool = False

    @property
    def uncovered(self) -> bool:
        """Whether all statements are in languages that the models do not cover: finding nothing proves nothing."""
        return bool(self.searched) and not {s.metadata.language for s in self.searched} & {*COVERED, None}

    @property
    def answers(self) -> bool:
        """Whether the evidence is strong enough to answer."""
        return bool(self.evidence) and self.confidence >= THRESHOLD

    @property
    def best(self) -> tuple[Evidence, ...]:
        """The evidence worth quoting, best first: what ranks near the best, or names what was asked about."""
        if self.cited:
            return self.evidence
        return tuple(item for item in self.evidence if item.score >= self.evidence[0].score - MARGIN)

    @property
    def strong(self) -> tuple[Sentence, ...]:
        """The sentences worth quoting, best first."""
        return tuple(item.sentence for item in self.best)


@dataclass(frozen=True, kw_only=True)
class _Usage:
    """Whether statements use the phrases of a topic; see `Features`."""

    said: float
    unsaid: float


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
        passages: int = PASSAGES,
        sentences: int = SENTENCES,
        among_many: bool = False,
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
            among_many: Read the nearest passages first, and go on only where they hold out hope.
        """
        found = self._retriever.retrieve(topic, [s.statement_id for s in searched], passages, query_vector=vector)
        empty = Found(party=party, searched=tuple(searched), passages=found)
        if among_many:
            first = self._sentences_of(found[:FIRST_LOOK])
            if not first or float(self._score(topic, [s.text for s in first]).max()) < HOPELESS:
                return empty
        terms = content_terms(topic, language)
        kept = _shortlist(self._sentences_of(found), terms, language, sentences)
        if not kept:
            return empty
        alone = self._score(topic, [sentence.text for sentence in kept])
        order = np.argsort(-alone, kind="stable")[:IN_CONTEXT]
        contexts = self._contexts([kept[row] for row in order])
        within = self._score(topic, contexts)
        usage = self._usage(topic, [summary.statement_id for summary in searched])
        similarities = [item.similarity for item in found if item.similarity is not None] or [0.0]
        features = Features(
            best_similarity=max(similarities),
            last_similarity=min(similarities),
            best_alone=float(alone.max()),
            mean_alone=float(alone.mean()),
            contrast=float((alone.max() - alone.mean()) / (alone.std() + 1.0)),
            best_within=float(np.sort(within)[-3:].mean()),
            shared=max(_shared(terms, context, language) for context in contexts),
            said=usage.said,
            unsaid=usage.unsaid,
        )
        return replace(
            empty,
            evidence=_ordered([kept[row] for row in order], alone[order] + CONTEXT_WEIGHT * within),
            confidence=confidence(features),
            features=features,
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
            scores = self._score(topic, [sentence.text for sentence in sentences])
            sentences = [item.sentence for item in _ordered(sentences, scores)]
        evidence = tuple(Evidence(sentence=s, score=float(-rank)) for rank, s in enumerate(sentences))
        return Found(
            party=party,
            searched=tuple(searched),
            evidence=evidence,
            confidence=1.0 if evidence else 0.0,
            cited=bool(evidence),
        )

    def by_centrality(self, party: str, searched: Sequence[StatementSummary]) -> Found:
        """Returns the sentences nearest to the whole of what was said, for a question that names no topic."""
        ids, vectors = self._store.catalogue.vectors_of([summary.statement_id for summary in searched])
        if not ids:
            return Found(party=party, searched=tuple(searched))
        order = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:CENTRAL]
        passages = self._store.catalogue.passages([ids[row] for row in order])
        scored = [ScoredPassage(passage=passages[ids[row]], score=float(len(order) - n)) for n, row in enumerate(order)]
        sentences = [s for s in self._sentences_of(scored) if len(s.text.split()) >= _SHORTEST or not s.text.isascii()]
        if not sentences:
            return Found(party=party, searched=tuple(searched))
        embedded = self._embedder.embed_documents([sentence.text for sentence in sentences])
        evidence = _ordered(sentences, embedded @ vectors.mean(axis=0))
        return Found(party=party, searched=tuple(searched), evidence=evidence, passages=tuple(scored), confidence=1.0)

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
        # Headings and salutations stand outside the paragraphs: they name a topic without speaking of it.
        spoken = [sentence for sentence in sentences.values() if sentence.paragraph is not None]
        return spoken or list(sentences.values())

    def _score(self, topic: str, texts: Sequence[str]) -> Matrix:
        if self._reranker is not None:
            return self._reranker.score(topic, texts)
        # Without a cross-encoder the embedding model stands in; ranking is weaker. The cosine is stretched to the
        # range of the logits, so that one calibration serves both.
        vectors = self._embedder.embed_documents(list(texts))
        scaled: Matrix = (vectors @ self._embedder.embed_query(topic)) * 20.0 - 11.0
        return scaled

    def _usage(self, topic: str, statement_ids: Sequence[str]) -> "_Usage":
        """Compares how the corpus and these statements use the topic's phrases; rare and common ones tell nothing."""
        catalogue = self._store.catalogue
        common = COMMON * catalogue.count_passages()
        said, unsaid = 0.0, 0.0
        phrases = key_phrases(topic)
        for phrase in phrases:
            expression = phrase_expression(phrase)
            everywhere = catalogue.document_frequency(expression)
            if everywhere < KNOWN or (" " not in phrase and everywhere > common):
                continue
            if catalogue.document_frequency(expression, statement_ids):
                said = 1.0
            else:
                unsaid = max(unsaid, math.log1p(everywhere))
        return _Usage(said=said, unsaid=unsaid)

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


def _ordered(sentences: Sequence[Sentence], scores: Matrix) -> tuple[Evidence, ...]:
    evidence = [Evidence(sentence=s, score=float(score)) for s, score in zip(sentences, scores, strict=True)]
    return tuple(sorted(evidence, key=lambda item: (-item.score, item.sentence.statement_id, item.sentence.ordinal)))


def merge_found(first: Found, second: Found) -> Found:
    """Joins two findings for one party: the first one's evidence comes before the second's."""
    seen = {item.sentence.sentence_id for item in first.evidence}
    evidence = first.evidence + tuple(item for item in second.evidence if item.sentence.sentence_id not in seen)
    return replace(
        first,
        evidence=evidence,
        passages=first.passages or second.passages,
        confidence=max(first.confidence, second.confidence),
        cited=first.cited or second.cited,
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
