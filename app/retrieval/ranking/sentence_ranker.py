"""Ranking the sentences of a party's statements by how well they speak of a topic.

Passages are retrieved for each party separately, so that no State drops out because others speak of a topic more; their
sentences are scored. For "extradition", "We extradite our nationals." ranks before "We thank the Secretariat."
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np

from app.question.resolution import TopicWording
from app.retrieval.chronology import recency
from app.retrieval.model_languages import ModelLanguages, languages_of
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, surest
from app.retrieval.ranking.key_sentences import key_sentences, lexical_vectors
from app.retrieval.ranking.passage_search import PassageSearch
from app.retrieval.ranking.sentence_scorer import DEEP, Depth, SentenceScorer, sentences_of, without_scraps
from app.retrieval.relevance import CITED, REPRESENTATIVE, Relevance, RelevanceArtefact
from app.retrieval.relevance_features import FeatureExtractor, ScoredBatch
from app.retrieval.topic.topic import Topic
from ingest.treaties.references import paragraphs_of
from prompts.wording import LANGUAGES
from vectorstore.embeddings import Embedder
from vectorstore.hybrid_search import HybridSearch
from vectorstore.records import Mention, MentionKind, ScoredPassage, Sentence, SentenceId, StatementSummary
from vectorstore.rerank import Reranker, scorer
from vectorstore.store import Store

# Each paragraph with its article, by treaty.
ParagraphsByTreaty = Mapping[str, Sequence[tuple[str, str]]]
# Smoothing of document frequencies, which a small corpus makes unreliable: passages added, and their share with a word.
_PRIOR_PASSAGES: Final = 200
_PRIOR_SHARE: Final = 0.01
# Without a topic: passages nearest to the centroid of a party's statements, and the sentences taken from these.
_CENTROID_PASSAGES: Final = 4
_REPRESENTATIVE_SENTENCES: Final = 16


class SentenceRanker:
    """Ranks the sentences of parties.

    Attributes:
        model_languages: The languages that the models know.
        relevance: The fitted model of the chance that a sentence answers; None if none suits the models.
        search: Finds the passages whose sentences are scored.
        scorer: Scores the sentences.
    """

    def __init__(
        self,
        store: Store,
        retriever: HybridSearch,
        embedder: Embedder,
        reranker: Reranker | None,
        model_languages: ModelLanguages,
        relevance: RelevanceArtefact | None = None,
    ) -> None:
        self.model_languages = model_languages
        self.relevance = relevance
        features = FeatureExtractor(store, embedder)
        self.scorer = SentenceScorer(store.catalogue, scorer(reranker, embedder), features, model_languages, relevance)
        self.search = PassageSearch(store, retriever, model_languages, features)
        self._catalogue = store.catalogue
        self._embedder = embedder

    def topic(self, words: str, language: str, wording: TopicWording | None = None) -> Topic:
        """Returns the searchable topic of some topic words and their wording in the question; it serves all parties."""
        return Topic.of(words, language, self._embedder.embed_query, self._rarity, self.model_languages, wording)

    def _rarity(self, term: str) -> float:
        """Returns the inverse document frequency of a stem over the passages of the corpus, always above 0."""
        passages = self._catalogue.count_passages() + _PRIOR_PASSAGES
        holding = self._catalogue.document_frequency(term) + _PRIOR_PASSAGES * _PRIOR_SHARE
        return math.log((passages + 1) / (holding + 1))

    def rank_by_topic(
        self, party: str, statements: Sequence[StatementSummary], topic: Topic, depth: Depth = DEEP
    ) -> PartyEvidence:
        """Ranks the sentences of these statements by how well they speak of a topic.

        Statements in languages that the models can read neither directly nor as an English gloss are left out, which
        sets `silence_unproven`.
        """
        return self.rank_each_by_topic({party: statements}, topic, depth)[party]

    def rank_each_by_topic(
        self, statements_by_party: Mapping[str, Sequence[StatementSummary]], topic: Topic, depth: Depth
    ) -> dict[str, PartyEvidence]:
        """Ranks the sentences of several parties, each as `rank_by_topic` does; the models read them together."""
        ranked = {party: self.nothing_yet(party, own, topic) for party, own in statements_by_party.items()}
        known = {None, *self.model_languages.embedded, *LANGUAGES}
        readable = {
            party: own
            for party, statements in statements_by_party.items()
            if (own := [each for each in statements if not known.isdisjoint(languages_of(each))])
        }
        found: dict[str, list[ScoredSentence]] = {party: [] for party in readable}
        for wording, batches in self.score_wordings(readable, topic, depth) if readable else ():
            judged_of_each = self.scorer.judge(wording, [*batches.values()], as_list=False)
            for (party, batch), judged in zip(batches.items(), judged_of_each, strict=True):
                found[party] += scored(batch, judged)
                ranked[party] = replace(ranked[party], passages=ranked[party].passages or batch.passages)
        return ranked | {party: replace(ranked[party], sentences=surest(own)) for party, own in found.items()}

    def score_wordings(
        self, statements_by_party: Mapping[str, Sequence[StatementSummary]], topic: Topic, depth: Depth
    ) -> Iterator[tuple[Topic, dict[str, ScoredBatch]]]:
        """Yields the scores by party for a topic and for its synonyms, each with its party's highest logit of all."""
        of_wordings = []
        for wording in topic.wordings:
            nearest = {
                party: self.search.nearest(own, wording, depth.passages) for party, own in statements_by_party.items()
            }
            # The sentences of the best passages come first.
            of_all = depth._replace(passages=max(map(len, nearest.values()), default=0))
            of_wordings.append(self.scorer.score(statements_by_party, nearest, wording, of_all))
        highest = {party: max(each[party].highest_logit for each in of_wordings) for party in statements_by_party}
        for wording, batches in zip(topic.wordings, of_wordings, strict=True):
            yield wording, {party: replace(own, highest_logit=highest[party]) for party, own in batches.items()}

    def nothing_yet(self, party: str, statements: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Returns a record without evidence; `silence_unproven` is set where finding none would prove nothing."""
        languages = {language for s in statements for language in languages_of(s)}
        unproven = topic.translation_coverage < 1.0 or not all(map(self.search.finds_by_meaning, languages))
        return PartyEvidence(party=party, statements=tuple(statements), silence_unproven=unproven)

    def rank_by_mentions(
        self,
        party: str,
        statements: Sequence[StatementSummary],
        kind: MentionKind,
        named: Sequence[tuple[str | None, Sequence[str]]],
        topic: Topic | None = None,
        paragraphs: ParagraphsByTreaty = MappingProxyType({}),
    ) -> PartyEvidence:
        """Returns the sentences that name treaties, articles or agenda items; they are evidence without any threshold.

        `named` are pairs of a treaty, None for agenda items and a convention left unnamed, and of articles or items,
        without which all count; of an article in `paragraphs`, only its paragraphs do. The sentences come in the order
        of the pairs, those of each pair newest first; with a topic, those that speak of it most come first.
        """
        made = {summary.statement_id: recency(summary.metadata) for summary in statements}
        ranked: dict[SentenceId, Sentence] = {}
        passages: tuple[ScoredPassage, ...] = ()
        for treaty, values in named:
            mentions = self._catalogue.mentions([*made], kind, treaty, values)
            wanted = dict.fromkeys(
                mention.sentence for mention in mentions if cites(mention, paragraphs.get(treaty or "", ()))
            )
            stored = self._catalogue.sentences_by_id(wanted)
            sentences = [stored[identifier] for identifier in wanted]
            sentences.sort(key=lambda each: made[each.statement_id], reverse=True)
            if kind != "agenda_item":
                # Headings, which are in no paragraph, count only if nothing else names the article; that of an agenda
                # item is kept, since it tells what the item is.
                sentences = [each for each in sentences if each.paragraph is not None] or sentences
            if topic is not None and topic.english and len(sentences) > 1:
                scores = self.scorer.logits(topic, sentences)
                sentences = [sentences[row] for row in np.argsort(-scores, kind="stable")]
            ranked |= {each.sentence_id: each for each in sentences}
            passages = passages or self._passages_around(sentences)
        evidence = tuple(ScoredSentence(sentence=sentence, relevance=CITED) for sentence in ranked.values())
        return PartyEvidence(party=party, statements=tuple(statements), sentences=evidence, passages=passages)

    def _passages_around(self, sentences: Sequence[Sentence]) -> tuple[ScoredPassage, ...]:
        """Returns the passages that contain sentences, in the order of the sentences."""
        passages = self._catalogue.passages_of(list(dict.fromkeys(s.statement_id for s in sentences)))
        around = {
            passage.passage_id: passage
            for sentence in sentences
            for passage in passages
            if passage.statement_id == sentence.statement_id
            and passage.first_sentence <= sentence.ordinal <= passage.last_sentence
        }
        return tuple(ScoredPassage(passage=p, score=1.0 / rank) for rank, p in enumerate(around.values(), start=1))

    def rank_by_centroid(self, party: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        """Returns the sentences nearest to the centroid of these statements, for a question that names no topic."""
        nothing = PartyEvidence(party=party, statements=tuple(statements))
        ids, vectors = self._catalogue.vectors.of([summary.statement_id for summary in statements])
        if not ids:
            return nothing
        order = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:_CENTROID_PASSAGES]
        passages = self._catalogue.passages([ids[row] for row in order])
        scored = [ScoredPassage(passage=passages[ids[row]], score=float(len(order) - n)) for n, row in enumerate(order)]
        texts = self._catalogue.sentences_of([item.passage.statement_id for item in scored])
        sentences = without_scraps(sentences_of(texts, scored))
        if not sentences:
            return nothing
        near = self._embedder.embed_documents([sentence.text for sentence in sentences]) @ vectors.mean(axis=0)
        evidence = tuple(
            ScoredSentence(sentence=sentences[row], relevance=REPRESENTATIVE)
            for row in np.argsort(-near, kind="stable")[:_REPRESENTATIVE_SENTENCES]
        )
        return replace(nothing, sentences=evidence, passages=tuple(scored))

    def key_sentences(self, sentences: Sequence[Sentence], k: int) -> tuple[Sentence, ...]:
        """Returns the key sentences of a text, strongest first."""
        languages = Counter(sentence.language for sentence in sentences if sentence.language)
        language = languages.most_common(1)[0][0] if languages else "en"
        if language in self.model_languages.embedded:
            return key_sentences(sentences, self._embedder.embed_documents, k)
        return key_sentences(sentences, partial(lexical_vectors, language=language), k)


def cites(mention: Mention, paragraphs: Iterable[tuple[str, str]]) -> bool:
    """Returns whether a mention is of a paragraph given with its article, or of an article for which none is given."""
    asked = [paragraph for article, paragraph in paragraphs if article == mention.value]
    cited = paragraphs_of(mention.paragraph) if mention.paragraph else ()
    # "Paragraph 3" is cited as "3 (a)" too, and "(a)" as "3 (a)".
    return not asked or any(f" {paragraph} " in f" {each} " for paragraph in asked for each in cited)


def scored(batch: ScoredBatch, judged: Sequence[Relevance]) -> Iterator[ScoredSentence]:
    """Yields the sentences of a batch with their relevance."""
    for sentence, relevance in zip(batch.sentences, judged, strict=True):
        yield ScoredSentence(sentence=sentence, relevance=relevance)
