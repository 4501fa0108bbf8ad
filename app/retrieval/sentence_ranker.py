"""Ranking the sentences of a party's statements by how well they speak of a topic.

Passages are retrieved for each party by itself, so that no State drops out because others speak of a topic more. A
cross-encoder then reads their sentences, and the best of them are measured within their neighbours. Asked about
"extradition", "We extradite our nationals under treaties alone." ranks before "We thank the Secretariat."
"""

import logging
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from app.retrieval.key_sentences import key_sentences, lexical_vectors
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, merge_evidence
from app.retrieval.relevance import CITED, REPRESENTATIVE, Relevance, RelevanceModel, lexical_relevance
from app.retrieval.relevance_features import FeatureExtractor, Read, SentenceFeatures
from app.retrieval.stance import has_stance
from app.retrieval.terms import content_terms
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
# A small corpus says little of how rare a word is: this many passages are added to it, a word standing in this share.
_PRIOR_PASSAGES: Final = 200
_PRIOR_SHARE: Final = 0.01
# Passages nearest to the centroid of a statement, from which its gist is taken, and sentences of that.
_CENTROID_PASSAGES: Final = 4
_REPRESENTATIVE_SENTENCES: Final = 16
# Of many parties, those are read that own one of this many passages nearest to a topic.
_NEAR_PASSAGES: Final = 150


@dataclass(frozen=True, kw_only=True)
class Depth:
    """How much is read of a party's statements.

    Attributes:
        passages: The best passages whose sentences are candidates.
        sentences: Sentences of these that the cross-encoder reads alone.
        windows: The best of these, which are candidates and are compared with the topic within their neighbours.
    """

    passages: int
    sentences: int
    windows: int


DEEP: Final = Depth(passages=12, sentences=28, windows=8)
SHALLOW: Final = Depth(passages=4, sentences=8, windows=2)


class SentenceRanker:
    """Finds the evidence for a topic in the statements of a party."""

    def __init__(
        self,
        store: Store,
        retriever: Retriever,
        embedder: Embedder,
        reranker: Reranker | None,
        model_languages: ModelLanguages | None = None,
        relevance: RelevanceModel | None = None,
    ) -> None:
        self.model_languages = model_languages or ModelLanguages()
        self.relevance = relevance or RelevanceModel(None)
        self._store = store
        self._retriever = retriever
        self._embedder = embedder
        self._reranker = reranker
        self._features = FeatureExtractor(store.catalogue, embedder)

    def topic(self, words: str, language: str, wording: str = "") -> Topic:
        """Prepares topic words, and how an English question asks about them, for searching; one serves all parties."""
        topic = Topic.of(words, language, self._retriever.embed, self._rarity, self.model_languages)
        return replace(topic, wording=wording)

    def _rarity(self, term: str) -> float:
        """Returns the inverse document frequency of a stem over the passages of the corpus, always above 0."""
        catalogue = self._store.catalogue
        expected = _PRIOR_PASSAGES * _PRIOR_SHARE
        return math.log(
            (catalogue.count_passages() + _PRIOR_PASSAGES + 1) / (catalogue.document_frequency(term) + expected + 1)
        )

    def rank_by_topic(
        self, party: str, searched: Sequence[StatementSummary], topic: Topic, depth: Depth = DEEP
    ) -> PartyEvidence:
        """Ranks the sentences of these statements by how well they speak of a topic.

        Statements in languages that the models know are ranked by them, the others by the words that they share
        with the topic as the glossary translates it.

        Args:
            party: Whose statements they are.
            searched: The statements in scope.
            topic: What to search for.
            depth: How much of them is read.
        """
        parts = self._parts(party, searched, topic, depth)
        found = self._nothing_yet(party, searched, topic)
        for part in sorted(parts, key=lambda part: (part.answers, part.confidence), reverse=True):
            if part.answers or not found.answers:
                found = merge_evidence(found, part)
        return found

    def parties_near(self, owned: Mapping[str, Sequence[StatementSummary]], topic: Topic) -> frozenset[str]:
        """Returns the parties that may speak of a topic: those with a passage among the nearest of the whole scope.

        One dense and one lexical query ask all statements at once, so that the time of the cross-encoder does not grow
        with the parties; a rare name is among the lexical results whoever says it. Parties with statements in
        languages that the models do not know are always among them.
        """
        owners = {summary.statement_id: party for party, own in owned.items() for summary in own}
        near = {
            owners[item.passage.statement_id]
            for wording in topic.wordings
            for item in self._retriever.retrieve(
                wording.english,
                tuple(owners),
                _NEAR_PASSAGES,
                query_vector=wording.vector,
                fetch_k=_NEAR_PASSAGES,
            )
        }
        unknown = {party for party, own in owned.items() if self._known_in(own) is not None}
        return frozenset(near | unknown)

    def not_read(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Returns the record of a party of which `parties_near` found nothing to read."""
        return self._nothing_yet(party, searched, topic)

    def _nothing_yet(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Returns a record without evidence, which says whether that would prove silence (`coverage_unknown`)."""
        languages = {language for s in searched for language in languages_of(s)}
        unknown = {language for language in languages if language not in (*self.model_languages.ranked, None)}
        partly = any(topic.covered_in(language) < 1.0 for language in unknown if language is not None)
        unsure = topic.translation_coverage < 1.0 or partly or (bool(searched) and unknown == languages)
        return PartyEvidence(party=party, searched=tuple(searched), coverage_unknown=unsure)

    def _parts(
        self, party: str, searched: Sequence[StatementSummary], topic: Topic, depth: Depth
    ) -> list[PartyEvidence]:
        """Returns the evidence in the statements of each language: by the models, or by shared words."""
        by_language: dict[str | None, list[StatementSummary]] = {}
        for summary in searched:
            spoken = (
                None if language in self.model_languages.ranked else language for language in languages_of(summary)
            )
            for key in dict.fromkeys(spoken):
                by_language.setdefault(key, []).append(summary)
        known = by_language.pop(None, [])
        parts = [self._rank_by_models(party, known, topic, depth)] if known and topic.english else []
        return parts + [self._rank_by_words(party, own, topic, language or "") for language, own in by_language.items()]

    def _known_in(self, searched: Sequence[StatementSummary]) -> tuple[str | None, ...] | None:
        """Returns the languages to filter passages by; None where the models know all languages of these statements."""
        mixed = any(
            language not in (*self.model_languages.ranked, None) for s in searched for language in languages_of(s)
        )
        return (*sorted(self.model_languages.ranked), None) if mixed else None

    def _rank_by_models(
        self, party: str, searched: Sequence[StatementSummary], topic: Topic, depth: Depth
    ) -> PartyEvidence:
        passages: tuple[ScoredPassage, ...] = ()
        surest: dict[str, ScoredSentence] = {}
        # Synonyms of the topic count as the topic.
        for wording in topic.wordings:
            read = self.read(searched, wording, depth)
            passages = passages or read.passages
            for sentence, relevance in zip(read.sentences, self._judge(wording, read), strict=True):
                # Where the glossary translated a part of the topic, the chance is for that part.
                item = ScoredSentence(sentence=sentence, relevance=relevance.times(topic.translation_coverage))
                other = surest.setdefault(sentence.sentence_id, item)
                if item.relevance.chance > other.relevance.chance:
                    surest[sentence.sentence_id] = item
        return PartyEvidence(
            party=party,
            searched=tuple(searched),
            sentences=tuple(sorted(surest.values(), key=lambda item: -item.relevance.chance)),
            passages=passages,
        )

    def _judge(self, topic: Topic, read: Read) -> tuple[Relevance, ...]:
        if self.relevance.calibrated:
            return self.relevance.judge(self._features.measure(topic, read))
        shares = (
            [topic.share_of(content_terms(text, "en")) for text in (sentence.text, window)]
            for sentence, window in zip(read.sentences, read.windows, strict=True)
        )
        return tuple(lexical_relevance((own + around) / 2) for own, around in shares)

    def read(self, searched: Sequence[StatementSummary], topic: Topic, depth: Depth) -> Read:
        """Reads the sentences nearest to a topic with the cross-encoder, best first."""
        ids = [summary.statement_id for summary in searched]
        passages = self._retriever.retrieve(
            topic.asked, ids, DEEP.passages, query_vector=topic.vector, languages=self._known_in(searched)
        )
        terms = content_terms(topic.asked, "en")
        kept = _shortlist(self._sentences_of(passages[: depth.passages]), terms, "en", depth.sentences)
        alone = self._score(topic.asked, [sentence.text for sentence in kept])
        order = np.argsort(-alone, kind="stable")[: depth.windows]
        best = [kept[row] for row in order]
        windows = self._contexts(best)
        return Read(
            statement_ids=tuple(ids),
            passages=passages,
            alone=alone,
            sentences=tuple(best),
            windows=tuple(windows),
            best_alone=alone[order],
            one_of_many=depth == SHALLOW,
        )

    def measure(
        self, searched: Sequence[StatementSummary], topic: Topic, depth: Depth
    ) -> tuple[tuple[Sentence, SentenceFeatures], ...]:
        """Returns the sentences that are read for a topic with their features, in all its wordings."""
        reads = [(wording, self.read(searched, wording, depth)) for wording in topic.wordings]
        return tuple(
            pair
            for wording, read in reads
            for pair in zip(read.sentences, self._features.measure(wording, read), strict=True)
        )

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
        found = self._retriever.retrieve_lexical(topic.synonyms_in(language), ids, DEEP.passages, languages=only)
        if across is not None:
            nearest = self._retriever.retrieve(topic.words, ids, DEEP.passages, query_vector=across, languages=only)
            held = {item.passage.passage_id for item in found}
            found += tuple(item for item in nearest if item.passage.passage_id not in held)
        sentences = self._sentences_of(found)

        def share(text: str, context: str) -> float:
            shares = (
                covered * (_term_share(terms, text, language) + _term_share(terms, context, language)) / 2
                for terms, covered in asked
            )
            return max(shares, default=0.0)

        # Half by itself, half with its neighbours: what only stands beside the topic is not quoted.
        pairs = zip(sentences, self._contexts(sentences), strict=True)
        shares = np.array([share(sentence.text, context) for sentence, context in pairs], dtype=np.float32)
        order = np.argsort(-shares, kind="stable")[: DEEP.windows]
        ranked = tuple(
            ScoredSentence(sentence=sentences[row], relevance=lexical_relevance(float(shares[row]))) for row in order
        )
        if not any(item.relevance.answers for item in ranked):
            ranked = self._nearest(sentences, across)
        return replace(empty, passages=found, sentences=ranked)

    def _nearest(self, sentences: Sequence[Sentence], across: Matrix | None) -> tuple[ScoredSentence, ...]:
        """Returns the sentences nearest in meaning, in a language that only the embedding model knows.

        No threshold is calibrated for it, so these sentences are shown as related and never as an answer.
        """
        if across is None or not sentences:
            return ()
        near = self._embedder.embed_documents([sentence.text for sentence in sentences]) @ across
        order = np.argsort(-near, kind="stable")[: DEEP.windows]
        return tuple(ScoredSentence(sentence=sentences[row], relevance=lexical_relevance(0.0)) for row in order)

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
            sentences = [sentences[row] for row in np.argsort(-scores, kind="stable")]
        return PartyEvidence(
            party=party,
            searched=tuple(searched),
            sentences=tuple(ScoredSentence(sentence=sentence, relevance=CITED) for sentence in sentences),
            passages=self._passages_around(sentences),
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
        order = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:_CENTROID_PASSAGES]
        passages = self._store.catalogue.passages([ids[row] for row in order])
        scored = [ScoredPassage(passage=passages[ids[row]], score=float(len(order) - n)) for n, row in enumerate(order)]
        sentences = [
            s for s in self._sentences_of(scored) if len(s.text.split()) >= _SCRAP_WORDS or not s.text.isascii()
        ]
        if not sentences:
            return PartyEvidence(party=party, searched=tuple(searched))
        near = self._embedder.embed_documents([sentence.text for sentence in sentences]) @ vectors.mean(axis=0)
        evidence = tuple(
            ScoredSentence(sentence=sentences[row], relevance=REPRESENTATIVE)
            for row in np.argsort(-near, kind="stable")[:_REPRESENTATIVE_SENTENCES]
        )
        return PartyEvidence(party=party, searched=tuple(searched), sentences=evidence, passages=tuple(scored))

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
