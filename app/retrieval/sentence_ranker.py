"""Ranking the sentences of a party's statements by how well they speak of a topic.

Passages are retrieved for each party by itself, so that no State drops out because others speak of a topic more. A
cross-encoder then reads their sentences, first alone and then the best of them within their neighbours. Asked about
"extradition", "We extradite our nationals under treaties alone." ranks before "We thank the Secretariat."
"""

import logging
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from app.retrieval.calibration import THRESHOLD, Features, confidence
from app.retrieval.key_sentences import key_sentences, lexical_vectors
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, merge_evidence
from app.retrieval.ranking_constants import RANKING
from app.retrieval.stance import has_stance
from app.retrieval.terms import content_terms, key_phrases
from app.retrieval.topic import ModelLanguages, Topic
from ingest.annotate import AGENDA
from vectorstore.embeddings import Embedder
from vectorstore.records import ScoredPassage, Sentence, StatementSummary
from vectorstore.rerank import Reranker
from vectorstore.retriever import Retriever
from vectorstore.rows import Matrix
from vectorstore.store import Store

logger = logging.getLogger(__name__)

# Shorter sentences are scraps, such as "Thank you.".
_SCRAP_WORDS: Final = 4


class SentenceRanker:
    """Finds the evidence for a topic in the statements of a party."""

    def __init__(
        self,
        store: Store,
        retriever: Retriever,
        embedder: Embedder,
        reranker: Reranker | None,
        model_languages: ModelLanguages | None = None,
    ) -> None:
        self.model_languages = model_languages or ModelLanguages()
        self._store = store
        self._retriever = retriever
        self._embedder = embedder
        self._reranker = reranker

    def topic(self, words: str, language: str) -> Topic:
        """Prepares topic words for searching; one serves all parties."""
        return Topic.of(words, language, self._retriever.embed, self._rarity, self.model_languages)

    def _rarity(self, term: str) -> float:
        """Returns the inverse document frequency of a stem over the passages of the corpus."""
        catalogue = self._store.catalogue
        return math.log((catalogue.count_passages() + 1) / (catalogue.document_frequency(term) + 1))

    def rank_by_topic(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Ranks the sentences of these statements by how well they speak of a topic.

        Statements in languages that the models know are ranked by them, the others by the words that they share
        with the topic as the glossary translates it.

        Args:
            party: Whose statements they are.
            searched: The statements in scope.
            topic: What to search for.
        """
        parts = self._parts(party, searched, topic, self._rank_by_models)
        found = self._nothing_yet(party, searched, topic)
        for part in sorted(parts, key=lambda part: -part.confidence):
            if part.answers or not found.answers:
                found = merge_evidence(found, part)
        return found

    def rank_shallow(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Ranks the few sentences nearest to a topic, for a party among many.

        Confidence comes from comparing the parties afterwards: `app.retrieval.listing.calibrate_across_parties`.
        """
        parts = self._parts(party, searched, topic, self._rank_shallow_by_models)
        found = self._nothing_yet(party, searched, topic)
        for part in sorted(parts, key=_strength, reverse=True):
            found = merge_evidence(found, part)
        return found

    def _nothing_yet(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Returns a record without evidence, which says whether that would prove silence (`coverage_unknown`)."""
        languages = {language for s in searched for language in languages_of(s)}
        unknown = {language for language in languages if language not in (*self.model_languages.ranked, None)}
        partly = any(topic.covered_in(language) < 1.0 for language in unknown if language is not None)
        unsure = topic.translation_coverage < 1.0 or partly or (bool(searched) and unknown == languages)
        return PartyEvidence(party=party, searched=tuple(searched), coverage_unknown=unsure)

    def _parts(
        self,
        party: str,
        searched: Sequence[StatementSummary],
        topic: Topic,
        by_models: Callable[[str, Sequence[StatementSummary], Topic], PartyEvidence],
    ) -> list[PartyEvidence]:
        """Returns the evidence in the statements of each language: by the models, or by shared words."""
        by_language: dict[str | None, list[StatementSummary]] = {}
        for summary in searched:
            spoken = (
                None if language in self.model_languages.ranked else language for language in languages_of(summary)
            )
            for key in dict.fromkeys(spoken):
                by_language.setdefault(key, []).append(summary)
        parts = []
        known = by_language.pop(None, [])
        if known and topic.english:
            # Synonyms of the topic count as the topic.
            best = max((by_models(party, known, wording) for wording in topic.wordings), key=_strength)
            # Where the glossary translated a part of the topic, the confidence is for that part.
            parts.append(replace(best, confidence=best.confidence * topic.translation_coverage))
        return parts + [self._rank_by_words(party, own, topic, language or "") for language, own in by_language.items()]

    def _known_in(self, searched: Sequence[StatementSummary]) -> tuple[str | None, ...] | None:
        """Returns the languages to filter passages by; None where the models know all languages of these statements."""
        mixed = any(
            language not in (*self.model_languages.ranked, None) for s in searched for language in languages_of(s)
        )
        return (*sorted(self.model_languages.ranked), None) if mixed else None

    def _rank_by_words(
        self, party: str, searched: Sequence[StatementSummary], topic: Topic, language: str
    ) -> PartyEvidence:
        """Finds the sentences that hold most words of a topic, for languages that the models do not know."""
        empty = PartyEvidence(party=party, searched=tuple(searched))
        asked = [
            (terms, covered) for words, covered in topic.words_in(language) if (terms := content_terms(words, language))
        ]
        across = topic.cross_lingual_vector if language in self.model_languages.embedded else None
        if not asked and across is None:
            return empty
        ids = [s.statement_id for s in searched]
        only = (language,) if any(len(languages_of(s)) > 1 for s in searched) else None
        found = self._retriever.retrieve_lexical(topic.synonyms_in(language), ids, RANKING.passages, languages=only)
        if across is not None:
            nearest = self._retriever.retrieve(topic.words, ids, RANKING.passages, query_vector=across, languages=only)
            held = {item.passage.passage_id for item in found}
            found += tuple(item for item in nearest if item.passage.passage_id not in held)
        sentences = self._sentences_of(found)

        def share(text: str, context: str) -> float:
            shares = (
                covered * (0.75 * _term_share(terms, context, language) + 0.25 * _term_share(terms, text, language))
                for terms, covered in asked
            )
            return max(shares, default=0.0)

        pairs = zip(sentences, self._contexts(sentences), strict=True)
        shares = np.array([share(sentence.text, context) for sentence, context in pairs], dtype=np.float32)
        order = np.argsort(-shares, kind="stable")[: RANKING.in_context]
        kept = [row for row in order if shares[row] >= RANKING.words_shared_min]
        if not kept:
            return replace(empty, passages=found, sentences=self._nearest(sentences, across))
        return replace(
            empty,
            # Stretched to the range of the logits, so that what ranks far below the best is not quoted.
            sentences=_ordered([sentences[row] for row in kept], shares[kept] * 10.0),
            passages=found,
            # Capped below the confidence that the models reach.
            confidence=THRESHOLD + 0.5 * (float(shares.max()) - RANKING.words_shared_min),
        )

    def _nearest(self, sentences: Sequence[Sentence], across: Matrix | None) -> tuple[ScoredSentence, ...]:
        """Returns the sentences nearest in meaning, in a language that only the embedding model knows.

        No threshold is calibrated for it, so these sentences are shown as related and never as an answer.
        """
        if across is None or not sentences:
            return ()
        near = self._embedder.embed_documents([sentence.text for sentence in sentences]) @ across
        # Cosines, below every logit by which evidence is quoted.
        return _ordered(sentences, near - 20.0)[: RANKING.in_context]

    def _rank_by_models(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        found, kept = self._retrieve(party, searched, topic, RANKING.passages, RANKING.sentences)
        if not kept:
            return found
        alone = self._score(topic.english, [sentence.text for sentence in kept])
        order = np.argsort(-alone, kind="stable")[: RANKING.in_context]
        contexts = self._contexts([kept[row] for row in order])
        within = self._score(topic.english, contexts)
        ids = [summary.statement_id for summary in searched]
        features = self._features(topic.english, found, alone, within, contexts, ids)
        chance = confidence(features)
        if features.best_alone < RANKING.related_logit_min or self._lacks_terms(topic, features.best_alone, ids):
            # What the field has a term for is seldom spoken of without it; nearness in meaning is not enough.
            chance = min(chance, THRESHOLD / 2)
        return replace(
            found,
            sentences=_ordered([kept[row] for row in order], alone[order] + RANKING.context_weight * within),
            confidence=chance,
            features=features,
        )

    def _rank_shallow_by_models(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        found, kept = self._retrieve(party, searched, topic, RANKING.shallow_passages, RANKING.shallow_sentences)
        if not kept:
            return found
        alone = self._score(topic.english, [sentence.text for sentence in kept])
        within = alone.copy()
        nearest = np.argsort(-alone, kind="stable")[: RANKING.shallow_in_context]
        within[nearest] = self._score(topic.english, self._contexts([kept[row] for row in nearest]))
        return replace(
            found,
            sentences=_ordered(kept, alone + RANKING.context_weight * within),
            term_coverage=max(topic.share_of(content_terms(sentence.text, "en")) for sentence in kept),
            has_topic_phrase=self._uses_phrase(topic, [summary.statement_id for summary in searched]),
        )

    def _retrieve(
        self, party: str, searched: Sequence[StatementSummary], topic: Topic, passages: int, sentences: int
    ) -> tuple[PartyEvidence, list[Sentence]]:
        """Retrieves passages in the languages of the models.

        Returns:
            A record with the passages and no evidence yet, and the sentences of the best passages to score.
        """
        found = self._retriever.retrieve(
            topic.english,
            [summary.statement_id for summary in searched],
            RANKING.passages,
            query_vector=topic.vector,
            languages=self._known_in(searched),
        )
        terms = content_terms(topic.english, "en")
        kept = _shortlist(self._sentences_of(found[:passages]), terms, "en", sentences)
        return PartyEvidence(party=party, searched=tuple(searched), passages=found), kept

    def _features(
        self,
        topic: str,
        found: PartyEvidence,
        alone: Matrix,
        within: Matrix,
        contexts: Sequence[str],
        statement_ids: Sequence[str],
    ) -> Features:
        """Returns what the calibration measures of a ranking.

        Args:
            topic: The topic in English.
            found: The passages that were retrieved.
            alone: Logits of all sentences that were read, (n,) float32.
            within: Logits of the best of them within their neighbours, (m,) float32.
            contexts: The m texts of these.
            statement_ids: The statements that were searched.
        """
        similarities = [item.similarity for item in found.passages if item.similarity is not None] or [0.0]
        # The best is compared with the rest of the statement, of which a short one has little.
        everything = alone
        if len(alone) < RANKING.short_statement:
            missing = RANKING.usual_statement - len(alone)
            everything = np.concatenate([alone, np.full(missing, RANKING.unrelated_logit, dtype=np.float32)])
            similarities = [*similarities, min(RANKING.unrelated_cosine, *similarities)]
        terms = content_terms(topic, "en")
        said, unsaid = self._phrase_use(topic, statement_ids)
        return Features(
            best_similarity=max(similarities),
            last_similarity=min(similarities),
            best_alone=float(alone.max()),
            mean_alone=float(everything.mean()),
            contrast=float((alone.max() - everything.mean()) / (everything.std() + 1.0)),
            best_within=float(np.sort(within)[-3:].mean()),
            shared=max(_term_share(terms, context, "en") for context in contexts),
            said=said,
            unsaid=unsaid,
        )

    def _lacks_terms(self, topic: Topic, best_alone: float, statement_ids: Sequence[str]) -> bool:
        """Returns whether statements lack the terms for a topic and none of their sentences is near enough."""
        if best_alone >= RANKING.term_absent_logit_min:
            return False
        if self._hold_term(topic, statement_ids) is False:
            return True
        absent = [term for term in topic.within if not self._hold_any(term.terms, statement_ids)]
        # A single word has many synonyms and a term of several words has few, so one absent term of several words is
        # enough; of single words, all have to be absent.
        if any(term.words > 1 for term in absent):
            return True
        return best_alone < RANKING.all_terms_absent_logit_min and len(absent) == len(topic.within) > 1

    def _hold_term(self, topic: Topic, statement_ids: Sequence[str]) -> bool | None:
        """Returns whether statements hold a term for a topic that the glossary knows; None for any other topic."""
        if not topic.terms:
            return None
        return self._hold_any(topic.terms, statement_ids)

    def _uses_phrase(self, topic: Topic, statement_ids: Sequence[str]) -> bool | None:
        """Returns whether statements hold a topic as a phrase, or a term for it; None where nobody uses it."""
        frequency = self._store.catalogue.phrase_frequency
        known = len(topic.english.split()) > 1 and frequency(topic.english) >= RANKING.known_phrase_passages
        if known and frequency(topic.english, statement_ids):
            return True
        return self._hold_term(topic, statement_ids) if topic.terms else (False if known else None)

    def _hold_any(self, terms: Sequence[str], statement_ids: Sequence[str]) -> bool:
        """Returns whether statements hold one of these terms, its words in any order."""
        frequency = self._store.catalogue.phrase_frequency
        return any(frequency(term, statement_ids, any_order=True) for term in terms)

    def rank_by_mention(
        self,
        party: str,
        searched: Sequence[StatementSummary],
        treaty: str,
        articles: Sequence[str] = (),
        topic: Topic | None = None,
    ) -> PartyEvidence:
        """Returns the sentences that name these articles of a treaty, or the treaty at all where none is given.

        They are evidence without any threshold; with a topic, those that speak of it most come first.

        Args:
            party: Whose statements they are.
            searched: The statements in scope.
            treaty: A treaty's code, or another key of mentions, such as `AGENDA`.
            articles: Numbers of articles or agenda items.
            topic: What else was asked.
        """
        mentions = self._store.catalogue.mentions([s.statement_id for s in searched], treaty, articles)
        wanted = dict.fromkeys(mention.sentence_id for mention in mentions)
        stored = self._store.catalogue.sentences_by_id(wanted)
        sentences = [stored[identifier] for identifier in wanted]
        if treaty != AGENDA:
            # Sentences that take a position come before mere mentions ("others spoke of article 4"), and headings
            # last; for an item of the agenda the heading explains it.
            languages = {s.statement_id: s.metadata.language for s in searched}
            sentences.sort(
                key=lambda s: (s.paragraph is None, not has_stance(s.text, s.language or languages[s.statement_id]))
            )
        if topic is not None and topic.english and len(sentences) > 1:
            scores = self._score(topic.english, [sentence.text for sentence in sentences])
            sentences = [item.sentence for item in _ordered(sentences, scores)]
        evidence = tuple(ScoredSentence(sentence=s, score=float(-rank)) for rank, s in enumerate(sentences))
        return PartyEvidence(
            party=party,
            searched=tuple(searched),
            sentences=evidence,
            passages=self._passages_around(sentences),
            confidence=1.0 if evidence else 0.0,
            cited=bool(evidence),
        )

    def _passages_around(self, sentences: Sequence[Sentence]) -> tuple[ScoredPassage, ...]:
        """Returns the passages that contain sentences, in the order of the sentences."""
        passages = self._store.catalogue.passages_of(list(dict.fromkeys(s.statement_id for s in sentences)))
        found = {
            passage.passage_id: passage
            for sentence in sentences
            for passage in passages
            if passage.statement_id == sentence.statement_id
            and passage.first_sentence <= sentence.ordinal <= passage.last_sentence
        }
        return tuple(ScoredPassage(passage=p, score=1.0 / rank) for rank, p in enumerate(found.values(), start=1))

    def rank_by_centroid(self, party: str, searched: Sequence[StatementSummary]) -> PartyEvidence:
        """Returns the sentences nearest to the whole of what was said, for a question that names no topic."""
        ids, vectors = self._store.catalogue.vectors_of([summary.statement_id for summary in searched])
        if not ids:
            return PartyEvidence(party=party, searched=tuple(searched))
        order = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[: RANKING.centroid_passages]
        passages = self._store.catalogue.passages([ids[row] for row in order])
        scored = [ScoredPassage(passage=passages[ids[row]], score=float(len(order) - n)) for n, row in enumerate(order)]
        sentences = [
            s for s in self._sentences_of(scored) if len(s.text.split()) >= _SCRAP_WORDS or not s.text.isascii()
        ]
        if not sentences:
            return PartyEvidence(party=party, searched=tuple(searched))
        embedded = self._embedder.embed_documents([sentence.text for sentence in sentences])
        evidence = _ordered(sentences, embedded @ vectors.mean(axis=0))
        return PartyEvidence(
            party=party, searched=tuple(searched), sentences=evidence, passages=tuple(scored), confidence=1.0
        )

    def key_sentences(self, sentences: Sequence[Sentence], k: int) -> tuple[Sentence, ...]:
        """Returns the key sentences of a text, strongest first."""
        languages = Counter(sentence.language for sentence in sentences if sentence.language)
        language = languages.most_common(1)[0][0] if languages else "en"
        if language in self.model_languages.embedded:
            return key_sentences(sentences, self._embedder.embed_documents, k)
        return key_sentences(sentences, partial(lexical_vectors, language=language), k)

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
        # Headings and salutations are outside the paragraphs: they name a topic without speaking of it.
        spoken = [sentence for sentence in sentences.values() if sentence.paragraph is not None]
        return spoken or list(sentences.values())

    def _score(self, topic: str, texts: Sequence[str]) -> Matrix:
        if self._reranker is not None:
            return self._reranker.score(topic, texts)
        # Without a cross-encoder, the cosine of the embedding model is scaled to the range of the logits, so that one
        # calibration serves both; ranking is weaker.
        vectors = self._embedder.embed_documents(list(texts))
        scaled: Matrix = (vectors @ self._embedder.embed_query(topic)) * 20.0 - 11.0
        return scaled

    def _phrase_use(self, topic: str, statement_ids: Sequence[str]) -> tuple[float, float]:
        """Returns the features `said` and `unsaid`: how these statements use the topic's phrases, and how the corpus.

        Phrases that are rare or very common in the corpus are left out, since their absence means little.
        """
        catalogue = self._store.catalogue
        common = RANKING.common_word_share * catalogue.count_passages()
        said, unsaid = 0.0, 0.0
        for phrase in key_phrases(topic, "en"):
            everywhere = catalogue.phrase_frequency(phrase)
            if everywhere < RANKING.known_phrase_passages or (" " not in phrase and everywhere > common):
                continue
            if catalogue.phrase_frequency(phrase, statement_ids, any_order=True):
                said = 1.0
            else:
                unsaid = max(unsaid, math.log1p(everywhere))
        return said, unsaid

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


def languages_of(summary: StatementSummary) -> tuple[str | None, ...]:
    """Returns the languages of a statement's paragraphs; None among them where one is not known."""
    return summary.languages or (summary.metadata.language,)


def _strength(found: PartyEvidence) -> tuple[float, float]:
    return found.confidence, found.sentences[0].score if found.sentences else -math.inf


def _ordered(sentences: Sequence[Sentence], scores: Matrix) -> tuple[ScoredSentence, ...]:
    evidence = [ScoredSentence(sentence=s, score=float(score)) for s, score in zip(sentences, scores, strict=True)]
    return tuple(sorted(evidence, key=lambda item: (-item.score, item.sentence.statement_id, item.sentence.ordinal)))


def _shortlist(candidates: Sequence[Sentence], terms: frozenset[str], language: str, limit: int) -> list[Sentence]:
    """Keeps the sentences that share most topic words, then those of the best passages; leaves out scraps."""
    full = [s for s in candidates if len(s.text.split()) >= _SCRAP_WORDS or not s.text.isascii()] or list(candidates)
    if len(full) <= limit:
        return full
    order = sorted(
        range(len(full)), key=lambda row: (-min(2, len(terms & content_terms(full[row].text, language))), row)
    )
    return [full[row] for row in sorted(order[:limit])]


def _term_share(terms: frozenset[str], text: str, language: str) -> float:
    """Returns the share of the topic's content words that a text holds, 0 to 1."""
    if not terms:
        return 0.0
    return len(terms & content_terms(text, language)) / len(terms)
