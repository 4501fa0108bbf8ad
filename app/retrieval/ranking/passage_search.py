"""Passages nearest to a topic in statements of any language.

In the languages that the models know, dense and BM25 are fused; in others, passages are found by the second model's
vectors and by the topic's terms in that language.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Final

from app.retrieval.model_languages import ModelLanguages, languages_of
from app.retrieval.relevance_features import FeatureExtractor
from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import Topic
from prompts.wording import LANGUAGES
from vectorstore.records import ScoredPassage, StatementSummary
from vectorstore.retriever import Retriever
from vectorstore.stems import words_of
from vectorstore.store import Store

# Passages nearest to the topic that are retrieved for a list, of the languages that the models know and of others each.
# A party is read if it owns one of the first `_NEAR_PASSAGES` of either, or while fewer than `_NEAR_PARTIES` are read:
# of a meeting of twenty all are.
_RETRIEVED_PASSAGES: Final = 400
_NEAR_PASSAGES: Final = 150
_NEAR_PARTIES: Final = 25
# A topic word in at most this many passages is rare; in a list, the parties that use it are read first.
_RARE_PASSAGES: Final = 60


class PassageSearch:
    """Finds passages for a topic in a store."""

    def __init__(
        self, store: Store, retriever: Retriever, model_languages: ModelLanguages, features: FeatureExtractor
    ) -> None:
        self._store = store
        self._retriever = retriever
        self._languages = model_languages
        self._features = features

    def finds_by_meaning(self, language: str | None) -> bool:
        """Returns whether passages in a language are found by vectors, and not by shared words alone."""
        if language is None or language in self._languages.embedded:
            return True
        return language in LANGUAGES and self._store.compares_meaning

    def nearest(self, statements: Sequence[StatementSummary], topic: Topic, limit: int) -> tuple[ScoredPassage, ...]:
        """Returns the passages nearest to a topic, best first: in languages that the models know, then in others."""
        ids = [summary.statement_id for summary in statements]
        others = self._languages.unranked_of(statements)
        nearest: tuple[ScoredPassage, ...] = ()
        if any(self._languages.ranks(language) for summary in statements for language in languages_of(summary)):
            nearest = self._retriever.retrieve(
                topic.cross_encoder_query,
                ids,
                limit,
                query_vector=topic.vector,
                languages=self._languages.ranked_or_unknown if others else None,
                terms=topic.lexical_expansions,
            )
        if others:
            query_vector = self._features.query_vector(topic)
            by_meaning = self._retriever.retrieve_second(query_vector, ids, limit, languages=others)
            by_words = [
                self._retriever.retrieve_lexical(topic.synonyms_in(each), ids, limit, languages=(each,))
                for each in others
            ]
            embedded = [each for each in others if each in self._languages.embedded]
            if embedded and topic.cross_lingual_vector is not None:
                by_meaning += self._retriever.retrieve(
                    topic.words, ids, limit, query_vector=topic.cross_lingual_vector, languages=embedded
                )
            nearest += tuple(item for items in zip_longest(by_meaning, *by_words) for item in items if item is not None)
        unique: dict[str, ScoredPassage] = {}
        for item in nearest:
            unique.setdefault(item.passage.passage_id, item)
        return tuple(unique.values())

    def for_list(
        self, statements_by_party: Mapping[str, Sequence[StatementSummary]], topic: Topic
    ) -> dict[str, tuple[ScoredPassage, ...]]:
        """Returns the passages of each party to read: those with a rare word of the topic, then those nearest to it.

        The former go before even where that leaves no room for the latter: a rare name is to be found.
        """
        # A joint statement is of each of its holders.
        owners: dict[str, list[str]] = {}
        for party, own in statements_by_party.items():
            for summary in own:
                owners.setdefault(summary.statement_id, []).append(party)
        statements = [summary for own in statements_by_party.values() for summary in own]
        nearest = self.nearest(statements, topic, _RETRIEVED_PASSAGES)
        scored = {item.passage.passage_id: item for item in nearest}
        selected: dict[str, dict[str, ScoredPassage]] = {}
        for item in self.with_rare_words(statements, topic, _NEAR_PASSAGES):
            passage = item.passage
            for party in owners[passage.statement_id]:
                selected.setdefault(party, {})[passage.passage_id] = scored.get(passage.passage_id, item)
        # The languages that the models know and others take turns, so that no limit is used up before the latter come.
        known, others = (
            [item for item in nearest if self._languages.ranks(item.passage.language) is ranked]
            for ranked in (True, False)
        )
        for place, turn in enumerate(zip_longest(known, others)):
            for item in filter(None, turn):
                for party in owners[item.passage.statement_id]:
                    if party in selected or place < _NEAR_PASSAGES or len(selected) < _NEAR_PARTIES:
                        selected.setdefault(party, {}).setdefault(item.passage.passage_id, item)
        return {party: tuple(passages.values()) for party, passages in selected.items()}

    def with_rare_words(
        self, statements: Sequence[StatementSummary], topic: Topic, limit: int
    ) -> Iterator[ScoredPassage]:
        """Yields the passages that hold a rare word of a topic, best first, the languages in turns, `limit` of each."""
        ids = [summary.statement_id for summary in statements]
        wordings = [(topic.english, "en", self._languages.ranked_or_unknown)]
        wordings += [(topic.synonyms_in(each), each, (each,)) for each in self._languages.unranked_of(statements)]
        rare = [
            self._retriever.retrieve_lexical(" ".join(words), ids, limit, languages=among)
            for text, language, among in wordings
            if (words := [word for word in _words(text, language) if self._is_rare(word, language)])
        ]
        yield from filter(None, chain.from_iterable(zip_longest(*rare)))

    def _is_rare(self, word: str, language: str) -> bool:
        frequencies = [self._store.catalogue.document_frequency(term) for term in content_terms(word, language)]
        return any(0 < frequency <= _RARE_PASSAGES for frequency in frequencies)


def _words(text: str, language: str) -> list[str]:
    """Returns the words of a text as written; of a Chinese one the pairs of characters, such as "死刑"."""
    return sorted(content_terms(text, language)) if language == "zh" else words_of(text)
