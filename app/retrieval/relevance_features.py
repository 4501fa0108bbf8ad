"""Features of relevance: what is measured of a sentence, its party's statements and a topic.

Asked about "capital punishment", a sentence on "the death penalty" shares no word with the topic; the cross-encoder
and the glossary say how near it is, and how near any topic is to these statements.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

import numpy as np

from app.retrieval.terms import content_terms
from app.retrieval.topic import Topic
from vectorstore.arrays import Matrix
from vectorstore.catalogue import Catalogue
from vectorstore.embeddings import Embedder
from vectorstore.records import ScoredPassage, Sentence
from vectorstore.word_vectors import word_vectors

# Raised with every change of what a feature measures: an artefact of another version is not used.
FEATURE_VERSION: Final = 5
_PROFILES_KEPT: Final = 32


@dataclass(frozen=True, kw_only=True)
class SentenceFeatures:
    """What the fitted model sees of one sentence; the first ones are its own, the others those of the statements.

    Attributes:
        alone: Cross-encoder logit of the sentence.
        lead: How far the sentence is behind the best one of the party in this, 0 or below.
        contrast: By how many standard deviations the topic is nearer to these statements than unrelated concepts of the
            field are, each at its nearest passage.
        generality: Mean cosine of the topic and the concepts of the field: some topics are near to anything.
        terms_missing: Share of the glossary's terms in the topic of which the statements hold neither a synonym nor
            what is part of it.
        confused: 1 where the sentence and its neighbours name only what is easily confused with the topic, else 0.
        one_of_many: 1 where the question names nobody and the party is one of many, of which few speak of a topic; 0
            where it was asked about.
        worded: Share of the topic's content words, rare ones counting more, that the sentence holds, itself or by a
            synonym: 0 to 1.
        least_meant: The cosine of the topic's word that is farthest from all words of the sentence, each at its nearest
            one: of "climate commitments" a sentence on "commitments" leaves "climate" far off.
        meaning_lead: How far the sentence is behind the best one of the party, 0 or below, in the cosine with topic and
            question together, by the encoder of many languages.
        meaning_around: That cosine of the sentence with its two neighbours.
    """

    alone: float
    lead: float
    contrast: float
    generality: float
    terms_missing: float
    confused: float
    one_of_many: float
    worded: float
    least_meant: float
    meaning_lead: float
    meaning_around: float

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Returns the names of the features, in order."""
        return tuple(field.name for field in fields(cls))

    def values(self) -> tuple[float, ...]:
        """Returns the values, in the order of the names."""
        return astuple(self)


@dataclass(frozen=True, kw_only=True)
class AcrossFeatures:
    """What the fitted model sees of one sentence in another language than the topic.

    Attributes:
        similarity: Cosine of topic and sentence, -1 to 1; the nearest wording of the topic counts.
        question_similarity: Cosine of sentence and question, whose names and times are left out.
        question_window_similarity: The same of the sentence with its two neighbours.
        contrast: By how many standard deviations the sentence is nearer to the topic than to unrelated ones.
        words: Share of the topic's words that the sentence holds as the glossary translates them, half of it by itself
            and half with its neighbours.
        covered: Share of the topic that the glossary can translate.
        one_of_many: See `SentenceFeatures`.
    """

    similarity: float
    question_similarity: float
    question_window_similarity: float
    contrast: float
    words: float
    covered: float
    one_of_many: float

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Returns the names of the features, in order."""
        return tuple(field.name for field in fields(cls))

    def values(self) -> tuple[float, ...]:
        """Returns the values, in the order of the names."""
        return astuple(self)


@dataclass(frozen=True, kw_only=True)
class TopicProfile:
    """What the models make of a topic before any statement is read.

    Attributes:
        generality: See `SentenceFeatures`.
        terms: Of each term of the field in the topic, the statements that hold it, a synonym, or what is part of it.
    """

    generality: float
    terms: tuple[frozenset[str], ...]


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read of a party's statements for a topic.

    Attributes:
        passages: The passages retrieved, best first.
        sentences: The sentences that were read, n of them.
        windows: These within their neighbours.
        alone: Their logits, (n,) float32.
        one_of_many: Whether little was read, since the party is one of many.
    """

    statement_ids: tuple[str, ...]
    passages: tuple[ScoredPassage, ...]
    sentences: tuple[Sentence, ...]
    windows: tuple[str, ...]
    alone: Matrix
    one_of_many: bool


class FeatureExtractor:
    """Measures `SentenceFeatures`.

    Attributes:
        encode: Encodes texts in any of the six languages as unit vectors, (n, dim) float32.
    """

    def __init__(self, catalogue: Catalogue, embedder: Embedder, encode: Callable[[Sequence[str]], Matrix]) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self.encode = encode
        self._profiles: dict[tuple[str, int], TopicProfile] = {}

    def profile(self, topic: Topic) -> TopicProfile:
        """Returns what is known of a topic; kept for the last topics, until the corpus changes."""
        key = (topic.english, self._catalogue.generation)
        if key not in self._profiles:
            while len(self._profiles) >= _PROFILES_KEPT:
                self._profiles.pop(next(iter(self._profiles)), None)
            self._profiles[key] = self._profile(topic)
        return self._profiles[key]

    def _profile(self, topic: Topic) -> TopicProfile:
        assert topic.vector is not None
        return TopicProfile(
            generality=float((self._background @ topic.vector).mean()),
            terms=tuple(
                self._catalogue.statements_with(*named.terms, *narrower)
                for named, narrower in zip(topic.within, topic.narrower, strict=True)
            ),
        )

    @cached_property
    def _background(self) -> Matrix:
        """The vectors of unrelated concepts, (n, dim) float32."""
        return self._embedder.embed_documents(background_topics())

    def meaning(self, topic: Topic, texts: Sequence[str]) -> Matrix:
        """Returns the cosine of each text, and of topic and question together, (n,) float32."""
        asked = self.encode([topic.words, topic.question]).sum(axis=0)
        near: Matrix = self.encode(texts) @ (asked / max(float(np.linalg.norm(asked)), 1e-6))
        return near

    def measure(self, topic: Topic, read: Read) -> tuple[SentenceFeatures, ...]:
        """Returns the features of each sentence that was read, in their order."""
        if not read.windows:
            return ()
        profile, own = self.profile(topic), frozenset(read.statement_ids)
        nearest = max((item.similarity for item in read.passages if item.similarity is not None), default=0.0)
        common = SentenceFeatures(
            alone=0.0,
            lead=0.0,
            contrast=self._contrast(nearest, read.statement_ids),
            generality=profile.generality,
            terms_missing=sum(not own & holders for holders in profile.terms) / max(1, len(profile.terms)),
            confused=0.0,
            one_of_many=float(read.one_of_many),
            worded=0.0,
            least_meant=0.0,
            meaning_lead=0.0,
            meaning_around=0.0,
        )
        texts = [sentence.text for sentence in read.sentences]
        near, around = self.meaning(topic, texts), self.meaning(topic, read.windows)
        return tuple(
            replace(
                common,
                alone=float(alone),
                lead=float(alone - read.alone.max()),
                confused=float(topic.confuses(window)),
                worded=topic.share_of(content_terms(text, "en")),
                least_meant=farthest,
                meaning_lead=float(own - near.max()),
                meaning_around=float(wide),
            )
            for alone, text, window, farthest, own, wide in zip(
                read.alone, texts, read.windows, _least_meant(topic, texts), near, around, strict=True
            )
        )

    def _contrast(self, nearest: float, statement_ids: Sequence[str]) -> float:
        _, vectors = self._catalogue.vectors_of(statement_ids)
        if not len(vectors):
            return 0.0
        others = (vectors @ self._background.T).max(axis=0)
        return float((nearest - others.mean()) / (others.std() + 0.02))


def _least_meant(topic: Topic, texts: Sequence[str]) -> list[float]:
    """Returns of each text the least cosine of the topic's words, each with its nearest word there; 0 of no words."""
    (words,), found = word_vectors([topic.english]), word_vectors(texts)
    telling = [_is_telling(topic, start, end) for start, end in words.places]
    # A topic of function words alone counts as a whole.
    asked = words.vectors[telling] if any(telling) else words.vectors
    return [
        float((asked @ text.vectors.T).max(axis=1).min()) if len(asked) and len(text.vectors) else 0.0 for text in found
    ]


def _is_telling(topic: Topic, start: int, end: int) -> bool:
    """Whether the word of a topic to which a word piece belongs is no function word."""
    text = topic.english
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return not content_terms(text[start:end], "en").isdisjoint(topic.weights)


@cache
def background_topics() -> tuple[str, ...]:
    """Returns topics of international affairs of all kinds, to which any statement is compared."""
    return tuple(
        files("app").joinpath("retrieval", "data", "background_topics.txt").read_text("utf-8").split("\n")[:-1]
    )
