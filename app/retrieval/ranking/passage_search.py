"""Passages nearest to a topic in statements of any language.

In the languages that the models know, dense and BM25 are fused; in others, passages are found by the second model's
vectors and by the topic's terms in that language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Final

from app.retrieval.model_languages import ModelLanguages, languages_of
from app.retrieval.relevance_features import FeatureExtractor
from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import Topic
from prompts.wording import LANGUAGES
from vectorstore.hybrid_search import HybridSearch
from vectorstore.records import ScoredPassage, StatementSummary
from vectorstore.stems import words_of
from vectorstore.store import Store

# A topic word in at most this many passages is rare; in a list, the parties that use it are read first.
_RARE_PASSAGES: Final = 60


@dataclass(frozen=True)
class PassageSearch:
    """Finds passages for a topic in a store."""

    store: Store
    retriever: HybridSearch
    languages: ModelLanguages
    features: FeatureExtractor

    def finds_by_meaning(self, language: str | None) -> bool:
        """Returns whether passages in a language are found by vectors, and not by shared words alone."""
        if language is None or language in self.languages.embedded:
            return True
        return language in LANGUAGES and self.store.second_vectors_complete

    def nearest(self, statements: Sequence[StatementSummary], topic: Topic, limit: int) -> tuple[ScoredPassage, ...]:
        """Returns the passages nearest to a topic, best first: in languages that the models know, then in others."""
        ids = [summary.statement_id for summary in statements]
        others = self.languages.unranked_of(statements)
        nearest: tuple[ScoredPassage, ...] = ()
        if any(self.languages.ranks(language) for summary in statements for language in languages_of(summary)):
            nearest = self.retriever.retrieve(
                topic.ranking_query,
                ids,
                limit,
                query_vector=topic.vector,
                languages=self.languages.ranked_or_unknown if others else None,
                terms=topic.lexical_expansions,
            )
        if others:
            query_vector = self.features.query_vector(topic)
            by_meaning = self.retriever.retrieve_second(query_vector, ids, limit, languages=others)
            by_words = [
                self.retriever.retrieve_lexical(topic.synonyms_in(each), ids, limit, languages=(each,))
                for each in others
            ]
            embedded = [each for each in others if each in self.languages.embedded]
            if embedded and topic.cross_lingual_vector is not None:
                by_meaning += self.retriever.retrieve(
                    topic.words, ids, limit, query_vector=topic.cross_lingual_vector, languages=embedded
                )
            nearest += tuple(item for items in zip_longest(by_meaning, *by_words) for item in items if item is not None)
        unique: dict[str, ScoredPassage] = {}
        for item in nearest:
            unique.setdefault(item.passage.passage_id, item)
        return tuple(unique.values())

    def with_rare_words(
        self, statements: Sequence[StatementSummary], topic: Topic, limit: int
    ) -> Iterator[ScoredPassage]:
        """Yields the passages that hold a rare word of a topic, best first, the languages in turns, `limit` of each."""
        ids = [summary.statement_id for summary in statements]
        wordings = [(topic.english, "en", self.languages.ranked_or_unknown)]
        wordings += [(topic.synonyms_in(each), each, (each,)) for each in self.languages.unranked_of(statements)]
        rare = [
            self.retriever.retrieve_lexical(" ".join(words), ids, limit, languages=among)
            for text, language, among in wordings
            if (words := [word for word in _words(text, language) if self._is_rare(word, language)])
        ]
        yield from filter(None, chain.from_iterable(zip_longest(*rare)))

    def _is_rare(self, word: str, language: str) -> bool:
        frequencies = [self.store.catalogue.document_frequency(term) for term in content_terms(word, language)]
        return any(0 < frequency <= _RARE_PASSAGES for frequency in frequencies)


def _words(text: str, language: str) -> list[str]:
    """Returns the words of a text as written; of a Chinese one the pairs of characters, such as "死刑"."""
    return sorted(content_terms(text, language)) if language == "zh" else words_of(text)
