"""Ranking across languages: sentences that the models of English cannot read, by the meaning of the second encoder.

Asked in English about "sanctions", "Galdoria rechaza las medidas coercitivas unilaterales." is near without a word in
common. The cross-encoder, which knows English alone, reads both put into English word by word.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from app.retrieval.background import background_topics
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.passage_sentences import sentences_of, windows_of, without_scraps
from app.retrieval.relevance import RelevanceModel
from app.retrieval.relevance_features import AcrossFeatures
from app.retrieval.terms import content_terms
from app.retrieval.topic import Topic, in_english
from vectorstore.arrays import Matrix
from vectorstore.records import ScoredPassage, Sentence, StatementSummary
from vectorstore.retriever import Retriever
from vectorstore.sentence_encoder import LANGUAGES
from vectorstore.store import Store

# Passages whose sentences are candidates, for each way of finding them.
_PASSAGES: Final = 12
# Of a list, statements are read that hold one of so many passages nearest to a topic.
_NEAR_PASSAGES: Final = 40
# Synonyms and narrower terms in which a topic is looked for as well.
_OTHER_TERMS: Final = 8
# Best sentences, which are compared with the topic within their neighbours as well.
_WINDOWS: Final = 16


@dataclass(frozen=True, kw_only=True)
class AcrossRead:
    """What was read of statements in one language: the passages found, and the best sentences with their features."""

    passages: tuple[ScoredPassage, ...]
    sentences: tuple[Sentence, ...]
    features: tuple[AcrossFeatures, ...]


class AcrossExtractor:
    """Measures `AcrossFeatures`.

    Attributes:
        embed: Encodes texts in any of the six languages as unit vectors, (n, dim) float32.
        score: Gives the logits with which a cross-encoder reads English texts for an English question, (n,) float32.
    """

    def __init__(self, embed: Callable[[Sequence[str]], Matrix], score: Callable[[str, Sequence[str]], Matrix]) -> None:
        self.embed = embed
        self.score = score

    def measure(
        self, topic: Topic, language: str, sentences: Sequence[str], windows: Sequence[str], *, one_of_many: bool
    ) -> dict[int, AcrossFeatures]:
        """Returns the features of the sentences nearest to a topic, by their place, the nearest first.

        Args:
            topic: What is looked for.
            language: ISO 639-1 code of the sentences.
            sentences: All of what was read.
            windows: Each of them within its neighbours.
            one_of_many: Whether the question names nobody, and many parties may answer.
        """
        if not sentences:
            return {}
        vectors, texts = self.embed(wordings(topic, language)), self.embed(sentences)
        (question,) = self.embed([topic.question])
        near, others = (texts @ vectors.T).max(axis=1), texts @ self._background.T
        best = [int(row) for row in np.argsort(-(near + texts @ question), kind="stable")[:_WINDOWS]]
        wide = self.embed([windows[row] for row in best])
        alone = self.score(topic.asked, [in_english(sentences[row], language) for row in best])
        covered = topic.covered_in(language)
        terms = [(content_terms(words, language), share) for words, share in topic.words_in(language)]
        return {
            row: AcrossFeatures(
                similarity=float(near[row]),
                alone=float(alone[place]),
                lead=float(alone[place] - alone.max()),
                question_similarity=float(texts[row] @ question),
                question_window_similarity=float(wide[place] @ question),
                contrast=_deviations(near[row], others[row]),
                words=max(
                    (known * _share(own, sentences[row], windows[row], language) for own, known in terms), default=0.0
                ),
                covered=covered,
                one_of_many=float(one_of_many),
            )
            for place, row in enumerate(best)
        }

    @cached_property
    def _background(self) -> Matrix:
        """The vectors of unrelated concepts, (n, dim) float32."""
        return self.embed(background_topics())


class AcrossLanguages:
    """Ranks sentences by a topic in another language."""

    def __init__(
        self,
        store: Store,
        retriever: Retriever,
        embed: Callable[[Sequence[str]], Matrix],
        score: Callable[[str, Sequence[str]], Matrix],
        relevance: RelevanceModel,
    ) -> None:
        self._store = store
        self._retriever = retriever
        self._extractor = AcrossExtractor(embed, score)
        self._relevance = relevance
        self._complete_at = -1

    def knows(self, *languages: str) -> bool:
        """Whether texts in these languages can be compared: the encoder knows them, and all passages have vectors."""
        if not self._relevance.calibrated or not LANGUAGES.issuperset(languages):
            return False
        generation = self._store.catalogue.generation
        if self._complete_at != generation and not self._store.without_second():
            self._complete_at = generation
        return self._complete_at == generation

    def rank(
        self,
        party: str,
        searched: Sequence[StatementSummary],
        topic: Topic,
        language: str,
        *,
        one_of_many: bool = False,
    ) -> PartyEvidence:
        """Ranks the sentences of these statements that are in one language by how well they speak of a topic."""
        read = self.read(searched, topic, language, one_of_many=one_of_many)
        judged = self._relevance.judge(read.features)
        ranked = [ScoredSentence(sentence=s, relevance=r) for s, r in zip(read.sentences, judged, strict=True)]
        return PartyEvidence(
            party=party,
            searched=tuple(searched),
            sentences=tuple(sorted(ranked, key=lambda item: -item.relevance.chance)),
            passages=read.passages,
        )

    def near(self, statement_ids: Sequence[str], topic: Topic, languages: Iterable[str]) -> frozenset[str]:
        """Returns the statements with one of the passages nearest to a topic, by meaning or by words."""
        (vector,) = self._extractor.embed([topic.question])
        found = self._retriever.retrieve_second(vector, statement_ids, _NEAR_PASSAGES)
        for language in languages:
            words = topic.synonyms_in(language)
            found += self._retriever.retrieve_lexical(words, statement_ids, _NEAR_PASSAGES, languages=(language,))
        return frozenset(item.passage.statement_id for item in found)

    def read(
        self, searched: Sequence[StatementSummary], topic: Topic, language: str, *, one_of_many: bool = False
    ) -> AcrossRead:
        """Reads the sentences nearest to a topic in the statements' passages of one language."""
        vectors = self._extractor.embed(list(dict.fromkeys((*wordings(topic, language), topic.question))))
        passages = self._passages(searched, topic, language, vectors)
        sentences = without_scraps(sentences_of(self._store.catalogue, passages))
        windows = windows_of(self._store.catalogue, sentences)
        texts = [sentence.text for sentence in sentences]
        measured = self._extractor.measure(topic, language, texts, windows, one_of_many=one_of_many)
        return AcrossRead(
            passages=passages,
            sentences=tuple(sentences[row] for row in measured),
            features=tuple(measured.values()),
        )

    def _passages(
        self, searched: Sequence[StatementSummary], topic: Topic, language: str, vectors: Matrix
    ) -> tuple[ScoredPassage, ...]:
        """Returns the passages with words of the topic or near to it; of few passages, all."""
        ids = [summary.statement_id for summary in searched]
        only = (language,) if language != "en" else (language, None)
        found = self._retriever.retrieve_lexical(topic.synonyms_in(language), ids, _PASSAGES, languages=only)
        for vector in vectors:
            found += self._retriever.retrieve_second(vector, ids, _PASSAGES, languages=only)
        if language == "en":
            # English passages have no second vectors.
            found += self._retriever.retrieve(topic.english, ids, _PASSAGES, query_vector=topic.vector, languages=only)
            if sum(summary.passages for summary in searched) <= 2 * _PASSAGES:
                found += tuple(
                    ScoredPassage(passage=each, score=0.0) for each in self._store.catalogue.passages_of(ids)
                )
        return tuple({item.passage.passage_id: item for item in reversed(found)}.values())[::-1]


def wordings(topic: Topic, language: str) -> list[str]:
    """Returns the topic as asked, in other English terms, and in a statement's language where it can be translated."""
    known = (words for words, covered in topic.words_in(language) if covered >= 1.0)
    english = (topic.english, *topic.widened[:_OTHER_TERMS]) if topic.translation_coverage >= 1.0 else ()
    return list(dict.fromkeys((topic.words, *english, *known)))


def _deviations(value: float, others: Matrix) -> float:
    return float((value - others.mean()) / (others.std() + 0.02))


def _share(terms: frozenset[str], sentence: str, window: str, language: str) -> float:
    """Returns the share of terms that a sentence holds, half by itself and half within its neighbours, 0 to 1."""
    if not terms:
        return 0.0
    return sum(len(terms & content_terms(text, language)) for text in (sentence, window)) / (2 * len(terms))
