"""Scores of sentences for a topic: the cross-encoder's, with features of each sentence and its neighbours.

For "extradition", "We extradite our nationals." gets a high chance of answering, and "We thank the Secretariat." a low
one. Sentences in languages that the models do not know are scored by their English gloss.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from app.retrieval.list_context import with_column_heads
from app.retrieval.model_languages import ModelLanguages, in_english, is_courtesy
from app.retrieval.relevance import Relevance, RelevanceArtefact, lexical_relevance
from app.retrieval.relevance_features import FeatureExtractor, ScoredBatch
from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import Topic
from prompts.wording import LANGUAGES
from vectorstore.arrays import Matrix, rows_of_each
from vectorstore.catalogue import Catalogue
from vectorstore.records import ScoredPassage, Sentence, StatementSummary
from vectorstore.rerank import PairReading

# At most this many candidates for each sentence to read are encoded, to choose those nearest in meaning; others are
# left out by their words, since encoding a sentence takes as long as scoring it.
_CANDIDATES: Final = 3
# Sentences of fewer words, or of fewer content words in their English gloss, that say nothing on the topic are scraps:
# "It is so." and "Elle ne s'en tient pas là." ("hold not").
_SCRAP_WORDS: Final = 4
_SCRAP_TERMS: Final = 2
# Longer texts are not looked at: none is a scrap.
_SCRAP_CHARS: Final = 80
# Maximum number of words shared with the topic that count when candidate sentences are shortlisted.
_MAX_SHARED_WORDS: Final = 2
# Cosine with the topic below which a sentence without a word of the topic is far from it. Of 711 such sentences that
# were read for 12 lists over 197 speeches, none had half the chance from which it would be quoted.
_MEANT_MIN: Final = 0.2
# The sentences of each statement in order, by statement id.
Texts = Mapping[str, Sequence[Sentence]]


class Depth(NamedTuple):
    """How much of a party's statements is read: the number of best passages, and of their sentences to score."""

    passages: int
    sentences: int
    skips_far: bool = False
    """Whether sentences that neither words nor meaning bring near to the topic are left out, as for lists. Where a
    party is asked about, they are read: an answer in quite other words may be among them."""


DEEP: Final = Depth(passages=12, sentences=28)


@dataclass(eq=False)
class SentenceScorer:
    """Scores sentences for a topic; `relevance` turns scores into chances, or else the words that they share do."""

    catalogue: Catalogue
    score_pairs: Callable[[str, Sequence[str]], PairReading]
    features: FeatureExtractor
    languages: ModelLanguages
    relevance: RelevanceArtefact | None

    def score(
        self,
        statements_by_party: Mapping[str, Sequence[StatementSummary]],
        passages_by_party: Mapping[str, Sequence[ScoredPassage]],
        topic: Topic,
        depth: Depth,
    ) -> dict[str, ScoredBatch]:
        """Scores the sentences of each party's best passages for a topic, all in one cross-encoder call."""
        best = {party: passages[: depth.passages] for party, passages in passages_by_party.items()}
        stored = self.catalogue.sentences_of([item.passage.statement_id for item in chain(*best.values())])
        texts = {key: with_column_heads(sentences) for key, sentences in stored.items()}
        on_topic = partial(self._speaks_of, topic)
        candidates = {party: without_scraps(sentences_of(texts, own), on_topic) for party, own in best.items()}
        shortlists = self._shortlists(topic, candidates, depth.sentences)
        if depth.skips_far and self.relevance is not None and not topic.unknown:
            shortlists = self._near(topic, shortlists)
        english = {party: tuple(self._english(each, topic) for each in own) for party, own in shortlists.items()}
        pairs = self.score_pairs(topic.ranking_query, [*chain(*english.values())])
        batches: dict[str, ScoredBatch] = {}
        parts = (rows_of_each(each, shortlists.values()) for each in (pairs.logits, pairs.states))
        for (party, sentences), logits, states in zip(shortlists.items(), *parts, strict=True):
            # Each sentence with the one before and the one after it.
            around = [texts[each.statement_id][max(0, each.ordinal - 1) : each.ordinal + 2] for each in sentences]
            windows = tuple(tuple(each.text for each in window) for window in around)
            joined = map(" ".join, windows)
            languages = [each.language for each in sentences]
            batches[party] = ScoredBatch(
                statement_ids=tuple(summary.statement_id for summary in statements_by_party[party]),
                passages=tuple(passages_by_party[party]),
                sentences=tuple(stored[each.statement_id][each.ordinal] for each in sentences),
                windows=windows,
                english=english[party],
                english_windows=tuple(map(self.languages.for_models, joined, languages)),
                glossed=tuple(self.languages.for_models(each.text, each.language) != each.text for each in sentences),
                logits=logits,
                highest_logit=float(logits.max(initial=-math.inf)),
                states=states,
            )
        return batches

    def logits(self, topic: Topic, sentences: Sequence[Sentence]) -> Matrix:
        """Returns the cross-encoder's logit of each of n sentences for a topic, (n,) float32."""
        return self.score_pairs(topic.ranking_query, [self._english(each, topic) for each in sentences]).logits

    def judge(
        self, topic: Topic, batches: Sequence[ScoredBatch], *, as_list: bool
    ) -> tuple[tuple[Relevance, ...], ...]:
        """Returns the relevance of the sentences of each batch; `as_list` is the calibration for lists."""
        # A topic that the models do not know is looked for as it is written.
        if (artefact := self.relevance) is not None and not topic.unknown:
            return tuple(
                artefact.judge(features, batch.states, as_list=as_list)
                for features, batch in zip(self.features.measure(topic, batches), batches, strict=True)
            )
        by_words = partial(lexical_relevance_of, topic)
        return tuple(
            tuple(map(by_words, b.sentences, map(" ".join, b.windows), b.english, b.english_windows)) for b in batches
        )

    def _speaks_of(self, topic: Topic, sentence: Sentence) -> bool:
        """Returns whether a sentence shares a content word with a topic and has others: more than a heading's words.

        In other scripts a sentence may have no other words that are known: "Мы против вето." is "veto".
        """
        terms = self._terms(sentence)
        return topic.share_of(terms) > 0 and not (sentence.text.isascii() and terms <= topic.weights.keys())

    def _english(self, sentence: Sentence, topic: Topic) -> str:
        """Returns a sentence as the models are given it: in English, in the topic's own words for its concepts."""
        return topic.in_words_asked(self.languages.for_models(sentence.text, sentence.language))

    def _terms(self, sentence: Sentence) -> frozenset[str]:
        return content_terms(self.languages.for_models(sentence.text, sentence.language), "en")

    def _near(self, topic: Topic, shortlists: Mapping[str, Sequence[Sentence]]) -> dict[str, Sequence[Sentence]]:
        """Returns the sentences that share a word with a topic or are near to it in meaning."""
        cosines = self.features.meaning(topic, [(each.text,) for each in chain(*shortlists.values())])
        parts = rows_of_each(cosines, shortlists.values())
        return {
            party: [
                s
                for s, cosine in zip(own, near, strict=True)
                if cosine >= _MEANT_MIN or topic.share_of(self._terms(s)) > 0
            ]
            for (party, own), near in zip(shortlists.items(), parts, strict=True)
        }

    def _shortlists(
        self, topic: Topic, candidates: Mapping[str, Sequence[Sentence]], limit: int
    ) -> dict[str, Sequence[Sentence]]:
        """Returns up to `limit` sentences per party that share most words with a topic or are nearest in meaning."""
        terms = content_terms(topic.ranking_query, "en")

        def shared_words(sentence: Sentence) -> int:
            return min(_MAX_SHARED_WORDS, len(terms & self._terms(sentence)))

        shortlists = dict(candidates)
        # A stable sort keeps sentences that share equally many words in the order of their passages.
        long = {
            party: sorted(sentences, key=lambda each: -shared_words(each))[: _CANDIDATES * limit]
            for party, sentences in candidates.items()
            if len(sentences) > limit
        }
        cosines = self.features.meaning(topic, [(each.text,) for sentences in long.values() for each in sentences])
        for (party, sentences), near in zip(long.items(), rows_of_each(cosines, long.values()), strict=True):
            by_meaning = np.argsort(np.argsort(-near, kind="stable"))
            order = np.argsort(np.minimum(np.arange(len(sentences)), by_meaning), kind="stable")
            chosen = {sentences[row].sentence_id for row in order[:limit]}
            shortlists[party] = [each for each in candidates[party] if each.sentence_id in chosen]
        return shortlists


def sentences_of(texts: Texts, scored: Sequence[ScoredPassage]) -> list[Sentence]:
    """Returns the sentences of passages in their order, each once; headings only of a text without paragraphs."""
    passages = [item.passage for item in scored]
    parts = (texts[each.statement_id][each.first_sentence : each.last_sentence + 1] for each in passages)
    sentences = {each.sentence_id: each for each in chain.from_iterable(parts)}
    # Headings, salutations and footnotes are outside the paragraphs: they name a topic without speaking of it.
    ids = {each.statement_id for each in passages}
    with_paragraphs = {key for key in ids if any(each.paragraph is not None for each in texts[key])}
    return [s for s in sentences.values() if s.paragraph is not None or s.statement_id not in with_paragraphs]


def without_scraps(
    sentences: Sequence[Sentence], on_topic: Callable[[Sentence], bool] = lambda _: False
) -> list[Sentence]:
    """Returns the sentences without scraps, courtesies and lines in capitals, such as headings.

    If there is nothing else, they are returned. A short one on the topic is no scrap: "We support extradition."
    """
    full = [each for each in sentences if not each.text.isupper() and (not _is_scrap(each) or on_topic(each))]
    return full or list(sentences)


def _is_scrap(sentence: Sentence) -> bool:
    text, language = sentence.text, sentence.language
    if len(text) > _SCRAP_CHARS:
        return False
    # In some scripts words cannot be counted by spaces.
    short = text.isascii() and len(text.split()) < _SCRAP_WORDS
    glossed = language in LANGUAGES and language != "en"
    return (
        short
        or is_courtesy(text, language)
        or (glossed and len(content_terms(in_english(text, language), "en")) < _SCRAP_TERMS)
    )


def lexical_relevance_of(topic: Topic, sentence: Sentence, window: str, english: str, english_window: str) -> Relevance:
    """Returns the relevance by shared words: the mean of the share in the sentence and that with its neighbours."""
    # The higher of two scores: of the English glosses, times the share of the topic that could be translated, and of
    # the original words where sentence and question are in one language.
    own, around = (topic.share_of(content_terms(text, "en")) for text in (english, english_window))
    share = (own + around) / 2 * topic.translation_coverage
    topic_terms = content_terms(topic.words, topic.language)
    if sentence.language == topic.language and topic_terms:
        shared = (len(topic_terms & content_terms(text, topic.language)) for text in (sentence.text, window))
        share = max(share, sum(shared) / (2 * len(topic_terms)))
    return lexical_relevance(share)
