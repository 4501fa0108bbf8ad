"""Selecting evidence: the sentences, within a scope, that speak of the topic; and how sure that is.

Passages are retrieved per party, so that no State drops out because others speak of a topic more. Their sentences
are ranked by a cross-encoder, alone and within their neighbours.
"""

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from app.retrieval.calibration import MARGIN, THRESHOLD, Features, confidence
from app.retrieval.stance import has_stance
from app.retrieval.terms import content_terms, key_phrases
from app.retrieval.topic import ModelLanguages, Topic
from ingest.annotate import AGENDA
from vectorstore.embeddings import Embedder
from vectorstore.lexical import near_expression, phrase_expression
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
# Where statements hold no term for what a topic names, or lack a term of several words that it holds among others, a
# sentence speaks of it from this logit on; where they lack all of several terms, from the lower one on. Chosen on
# development questions and on topics whose words the statements lack.
TERM_ABSENT_LOGIT_MIN: Final = 0.0
ALL_TERMS_ABSENT_LOGIT_MIN: Final = -9.0
# The best sentence is no nearer than what has nothing to do with a topic. No development question that was answered
# rightly lies below.
RELATED_LOGIT_MIN: Final = -11.0
# Fewer sentences than this, as in a short intervention, tell nothing of how near any words would have been: then
# unrelated ones stand in for the rest of a statement of usual length, with the logit and cosine that the packaged
# models give to what has nothing to do with a topic (measured: -11.1 to -11.3, 0.07 to 0.11).
SHORT_STATEMENT_SENTENCES: Final = 8
USUAL_STATEMENT_SENTENCES: Final = 24
UNRELATED_LOGIT: Final = -11.2
UNRELATED_COSINE: Final = 0.09
# Shallow pass over one party among many: passages and sentences read, and how many of these within their neighbours.
SHALLOW_PASSAGES: Final = 4
SHALLOW_SENTENCES: Final = 8
SHALLOW_IN_CONTEXT: Final = 2
# Passages from which the gist of a statement is taken.
CENTROID_PASSAGES: Final = 4
# A phrase is known to the corpus from this many passages on; a single word in more than this share is too common.
KNOWN_PHRASE_PASSAGES: Final = 3
COMMON_WORD_SHARE: Final = 0.2
_SHORTEST: Final = 4
# Without the models, a sentence is evidence where it and its neighbours hold this share of the topic's words.
WORDS_SHARED: Final = 0.6


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
class PartyEvidence:
    """What was found for one party.

    Attributes:
        party: Its code.
        searched: Its statements in scope.
        evidence: Sentences, best first; also those too weak to answer.
        passages: The passages retrieved, best first.
        confidence: Calibrated chance that the best of it answers, 0 to 1.
        features: What that chance was computed from; None where nothing was ranked.
        term_coverage: Of the shallow pass: the largest share of the topic's words in a sentence, rare ones counting
            more, 0 to 1.
        has_topic_phrase: Of the shallow pass: whether the statements hold the topic as a phrase; None where nobody uses
            it.
        cited: The evidence names the article, agenda item or treaty that was asked about.
        members: The States asked about for which this party, a group, spoke; empty where it was asked about itself.
        aligned: These States were no members, but aligned themselves with what the group said.
        takes_no_position: The evidence speaks of the topic without taking a position, and a position was asked for.
        coverage_unknown: Finding nothing proves nothing, since the models do not know the language of the question or
            of the statements, and the glossary does not bridge all of it.
    """

    party: str
    searched: tuple[StatementSummary, ...]
    evidence: tuple[Evidence, ...] = ()
    passages: tuple[ScoredPassage, ...] = ()
    confidence: float = 0.0
    features: Features | None = None
    term_coverage: float = 0.0
    has_topic_phrase: bool | None = None
    cited: bool = False
    members: tuple[str, ...] = ()
    aligned: bool = False
    takes_no_position: bool = False
    coverage_unknown: bool = False

    @property
    def answers(self) -> bool:
        """Whether the evidence is strong enough to answer."""
        return bool(self.evidence) and self.confidence >= THRESHOLD and not self.takes_no_position

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


class SentenceRanker:
    """Finds evidence for a topic in the statements of a party."""

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
        """Returns the inverse document frequency of a term over the passages of the corpus."""
        catalogue = self._store.catalogue
        return math.log((catalogue.count_passages() + 1) / (catalogue.document_frequency(f'"{term}"*') + 1))

    def rank_by_topic(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Ranks the sentences of these statements by how well they speak of a topic.

        Statements in languages that the models know are ranked by them, the others by the words that they share
        with the topic as the glossary translates it.

        Args:
            party: Whose statements they are.
            searched: The statements in scope.
            topic: What to search for.
        """
        parts = self._parts(party, searched, topic, self._by_models)
        found = self._nothing_yet(party, searched, topic)
        for part in sorted(parts, key=lambda part: -part.confidence):
            if part.answers or not found.answers:
                found = merge_found(found, part)
        return found

    def rank_shallow(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Ranks the few sentences nearest to a topic, for a party among many.

        How sure they are is told by comparing the parties; see `app.retrieval.listing`.
        """
        parts = self._parts(party, searched, topic, self._rank_shallow_by_models)
        found = self._nothing_yet(party, searched, topic)
        for part in sorted(parts, key=_strength, reverse=True):
            found = merge_found(found, part)
        return found

    def _nothing_yet(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
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
        """Returns what is found in the statements of each language: by the models, or by words."""
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
            # What is said in other words for the same thing counts as what is asked about.
            best = max((by_models(party, known, wording) for wording in topic.wordings), key=_strength)
            # A topic that was put into English in part is found in part.
            parts.append(replace(best, confidence=best.confidence * topic.translation_coverage))
        return parts + [self._by_words(party, own, topic, language or "") for language, own in by_language.items()]

    def _known_in(self, searched: Sequence[StatementSummary]) -> tuple[str | None, ...] | None:
        """Returns the languages that the models read in these statements; None where that is all there is."""
        mixed = any(
            language not in (*self.model_languages.ranked, None) for s in searched for language in languages_of(s)
        )
        return (*sorted(self.model_languages.ranked), None) if mixed else None

    def _by_words(self, party: str, searched: Sequence[StatementSummary], topic: Topic, language: str) -> PartyEvidence:
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
        found = self._retriever.retrieve_lexical(topic.synonyms_in(language), ids, PASSAGES, languages=only)
        if across is not None:
            nearest = self._retriever.retrieve(topic.words, ids, PASSAGES, query_vector=across, languages=only)
            held = {item.passage.passage_id for item in found}
            found += tuple(item for item in nearest if item.passage.passage_id not in held)
        sentences = self._sentences_of(found)
        shares = np.array(
            [
                max(
                    (
                        covered
                        * (0.75 * _term_share(t, context, language) + 0.25 * _term_share(t, sentence.text, language))
                        for t, covered in asked
                    ),
                    default=0.0,
                )
                for sentence, context in zip(sentences, self._contexts(sentences), strict=True)
            ],
            dtype=np.float32,
        )
        if not len(shares) or shares.max() < WORDS_SHARED:
            return replace(empty, passages=found, evidence=self._nearest(sentences, across))
        kept = [row for row in np.argsort(-shares, kind="stable") if shares[row] >= WORDS_SHARED][:IN_CONTEXT]
        return replace(
            empty,
            # Stretched to the range of the logits, so that what ranks far below the best is not quoted.
            evidence=_ordered([sentences[row] for row in kept], shares[kept] * 10.0),
            passages=found,
            # Less sure than the models are of what they find.
            confidence=THRESHOLD + 0.5 * (float(shares.max()) - WORDS_SHARED),
        )

    def _nearest(self, sentences: Sequence[Sentence], across: Matrix | None) -> tuple[Evidence, ...]:
        """Returns the sentences nearest in meaning, in a language that only the embedding model knows.

        How near is near enough is not calibrated for it, so they may help, and answer nothing.
        """
        if across is None or not sentences:
            return ()
        near = self._embedder.embed_documents([sentence.text for sentence in sentences]) @ across
        # Cosines, below every logit by which evidence is quoted.
        return _ordered(sentences, near - 20.0)[:IN_CONTEXT]

    def _by_models(self, party: str, searched: Sequence[StatementSummary], asked: Topic) -> PartyEvidence:
        topic, language, vector = asked.english, "en", asked.vector
        found = self._retriever.retrieve(
            topic,
            [s.statement_id for s in searched],
            PASSAGES,
            query_vector=vector,
            languages=self._known_in(searched),
        )
        empty = PartyEvidence(party=party, searched=tuple(searched), passages=found)
        terms = content_terms(topic, language)
        kept = _shortlist(self._sentences_of(found), terms, language, SENTENCES)
        if not kept:
            return empty
        alone = self._score(topic, [sentence.text for sentence in kept])
        order = np.argsort(-alone, kind="stable")[:IN_CONTEXT]
        contexts = self._contexts([kept[row] for row in order])
        within = self._score(topic, contexts)
        usage = self._usage(topic, [summary.statement_id for summary in searched])
        similarities = [item.similarity for item in found if item.similarity is not None] or [0.0]
        # What ranking measured is compared with the rest of the statement, of which a short one has little.
        everything = alone
        if len(alone) < SHORT_STATEMENT_SENTENCES:
            everything = np.concatenate(
                [alone, np.full(USUAL_STATEMENT_SENTENCES - len(alone), UNRELATED_LOGIT, dtype=np.float32)]
            )
            similarities = [*similarities, min(UNRELATED_COSINE, *similarities)]
        features = Features(
            best_similarity=max(similarities),
            last_similarity=min(similarities),
            best_alone=float(alone.max()),
            mean_alone=float(everything.mean()),
            contrast=float((alone.max() - everything.mean()) / (everything.std() + 1.0)),
            best_within=float(np.sort(within)[-3:].mean()),
            shared=max(_term_share(terms, context, language) for context in contexts),
            said=usage.said,
            unsaid=usage.unsaid,
        )
        chance = confidence(features)
        ids = [summary.statement_id for summary in searched]
        if features.best_alone < RELATED_LOGIT_MIN or self._unnamed(asked, features.best_alone, ids):
            # What the field has a term for is seldom spoken of without it; nearness in meaning is not enough.
            chance = min(chance, THRESHOLD / 2)
        return replace(
            empty,
            evidence=_ordered([kept[row] for row in order], alone[order] + CONTEXT_WEIGHT * within),
            confidence=chance,
            features=features,
        )

    def _rank_shallow_by_models(self, party: str, searched: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        found = self._retriever.retrieve(
            topic.english,
            [s.statement_id for s in searched],
            PASSAGES,
            query_vector=topic.vector,
            languages=self._known_in(searched),
        )
        empty = PartyEvidence(party=party, searched=tuple(searched), passages=found)
        terms = content_terms(topic.english, "en")
        kept = _shortlist(self._sentences_of(found[:SHALLOW_PASSAGES]), terms, "en", SHALLOW_SENTENCES)
        if not kept:
            return empty
        alone = self._score(topic.english, [sentence.text for sentence in kept])
        within = alone.copy()
        nearest = np.argsort(-alone, kind="stable")[:SHALLOW_IN_CONTEXT]
        within[nearest] = self._score(topic.english, self._contexts([kept[row] for row in nearest]))
        return replace(
            empty,
            evidence=_ordered(kept, alone + CONTEXT_WEIGHT * within),
            term_coverage=max(topic.share_of(content_terms(sentence.text, "en")) for sentence in kept),
            has_topic_phrase=self._phrase_used(topic, [summary.statement_id for summary in searched]),
        )

    def _unnamed(self, topic: Topic, best_alone: float, statement_ids: Sequence[str]) -> bool:
        """Tells whether statements lack the terms for a topic, and no sentence is near enough to mean it still."""
        if best_alone >= TERM_ABSENT_LOGIT_MIN:
            return False
        if self._named(topic, statement_ids) is False:
            return True
        absent = [term for term in topic.within if not self._hold_any(term.terms, statement_ids)]
        # A single word has many others for it; a term of several has few, and two terms have both of theirs missing
        # only where neither is spoken of.
        if any(term.words > 1 for term in absent):
            return True
        return best_alone < ALL_TERMS_ABSENT_LOGIT_MIN and len(absent) == len(topic.within) > 1

    def _named(self, topic: Topic, statement_ids: Sequence[str]) -> bool | None:
        """Returns whether statements hold a term for a topic that the glossary knows; None for any other topic."""
        if not topic.terms:
            return None
        return self._hold_any(topic.terms, statement_ids)

    def _phrase_used(self, topic: Topic, statement_ids: Sequence[str]) -> bool | None:
        """Returns whether statements hold a topic as a phrase, or a term for it; None where nobody uses it."""
        known = len(topic.english.split()) > 1 and self._passages_with(topic.english) >= KNOWN_PHRASE_PASSAGES
        if known and self._holds(topic.english, statement_ids):
            return True
        return self._named(topic, statement_ids) if topic.terms else (False if known else None)

    def _passages_with(self, phrase: str) -> int:
        return self._store.catalogue.document_frequency(phrase_expression(phrase))

    def _hold_any(self, terms: Sequence[str], statement_ids: Sequence[str]) -> bool:
        """Returns whether statements hold one of these terms, its words in any order."""
        catalogue = self._store.catalogue
        return any(catalogue.document_frequency(near_expression(term), statement_ids) for term in terms)

    def _holds(self, phrase: str, statement_ids: Sequence[str]) -> bool:
        return self._store.catalogue.document_frequency(phrase_expression(phrase), statement_ids) > 0

    def rank_by_mention(
        self,
        party: str,
        searched: Sequence[StatementSummary],
        treaty: str,
        articles: Sequence[str] = (),
        topic: Topic | None = None,
    ) -> PartyEvidence:
        """Returns the sentences that name these articles of a treaty, or the treaty at all where none is given.

        They are evidence for certain; with a topic, the one that speaks of it most comes first.

        Args:
            party: Whose statements they are.
            searched: The statements in scope.
            treaty: A treaty's code, or another key of mentions, such as `AGENDA`.
            articles: Numbers of articles or agenda items.
            topic: What else was asked.
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
        if treaty != AGENDA:
            # What takes a position comes before what only mentions, such as that others spoke of an article, and a
            # heading last; an item of the agenda is explained by its heading.
            languages = {s.statement_id: s.metadata.language for s in searched}
            sentences.sort(
                key=lambda s: (s.paragraph is None, not has_stance(s.text, s.language or languages[s.statement_id]))
            )
        if topic is not None and topic.english and len(sentences) > 1:
            scores = self._score(topic.english, [sentence.text for sentence in sentences])
            sentences = [item.sentence for item in _ordered(sentences, scores)]
        evidence = tuple(Evidence(sentence=s, score=float(-rank)) for rank, s in enumerate(sentences))
        return PartyEvidence(
            party=party,
            searched=tuple(searched),
            evidence=evidence,
            passages=self._passages_around(sentences),
            confidence=1.0 if evidence else 0.0,
            cited=bool(evidence),
        )

    def _passages_around(self, sentences: Sequence[Sentence]) -> tuple[ScoredPassage, ...]:
        """Returns the passages in which sentences stand, in the order of the sentences."""
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
        order = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:CENTROID_PASSAGES]
        passages = self._store.catalogue.passages([ids[row] for row in order])
        scored = [ScoredPassage(passage=passages[ids[row]], score=float(len(order) - n)) for n, row in enumerate(order)]
        sentences = [s for s in self._sentences_of(scored) if len(s.text.split()) >= _SHORTEST or not s.text.isascii()]
        if not sentences:
            return PartyEvidence(party=party, searched=tuple(searched))
        embedded = self._embedder.embed_documents([sentence.text for sentence in sentences])
        evidence = _ordered(sentences, embedded @ vectors.mean(axis=0))
        return PartyEvidence(
            party=party, searched=tuple(searched), evidence=evidence, passages=tuple(scored), confidence=1.0
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
        common = COMMON_WORD_SHARE * catalogue.count_passages()
        said, unsaid = 0.0, 0.0
        phrases = key_phrases(topic, "en")
        for phrase in phrases:
            expression = phrase_expression(phrase)
            everywhere = catalogue.document_frequency(expression)
            if everywhere < KNOWN_PHRASE_PASSAGES or (" " not in phrase and everywhere > common):
                continue
            if catalogue.document_frequency(near_expression(phrase), statement_ids):
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


def languages_of(summary: StatementSummary) -> tuple[str | None, ...]:
    """Returns the languages of a statement's paragraphs; None among them where one is not known."""
    return summary.languages or (summary.metadata.language,)


def _strength(found: PartyEvidence) -> tuple[float, float]:
    return found.confidence, found.evidence[0].score if found.evidence else -math.inf


def _ordered(sentences: Sequence[Sentence], scores: Matrix) -> tuple[Evidence, ...]:
    evidence = [Evidence(sentence=s, score=float(score)) for s, score in zip(sentences, scores, strict=True)]
    return tuple(sorted(evidence, key=lambda item: (-item.score, item.sentence.statement_id, item.sentence.ordinal)))


def merge_found(first: PartyEvidence, second: PartyEvidence) -> PartyEvidence:
    """Joins two findings for one party: the first one's evidence comes before the second's."""
    seen = {item.sentence.sentence_id for item in first.evidence}
    evidence = first.evidence + tuple(item for item in second.evidence if item.sentence.sentence_id not in seen)
    return replace(
        first,
        evidence=evidence,
        passages=first.passages or second.passages,
        confidence=max(first.confidence, second.confidence),
        features=first.features or second.features,
        term_coverage=max(first.term_coverage, second.term_coverage),
        has_topic_phrase=first.has_topic_phrase or second.has_topic_phrase,
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


def _term_share(terms: frozenset[str], text: str, language: str) -> float:
    """Returns the share of the topic's content words that a text holds, 0 to 1."""
    if not terms:
        return 0.0
    return len(terms & content_terms(text, language)) / len(terms)
