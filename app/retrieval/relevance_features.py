"""Relevance features: measurements of a sentence and its party's statements against a topic.

Asked about "capital punishment", a sentence on "the death penalty" shares no word with the topic; the cross-encoder
and the glossary say how near it is all the same. Unrelated topics show how near any topic is to these statements.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import Topic
from vectorstore.arrays import Matrix, rows_of_each
from vectorstore.bert import word_vectors
from vectorstore.caches import kept_by_generation
from vectorstore.embeddings import Embedder
from vectorstore.records import ScoredPassage, Sentence, text_sha256
from vectorstore.sentence_encoder import sentence_encoder
from vectorstore.store import Store

# Raised with every change of what a feature measures: an artefact of another version is not used.
FEATURE_VERSION: Final = 12
_FOLDER: Final = files("app") / "retrieval" / "data"
# Statements whose vectors are in memory at a time.
_READ_AT_ONCE: Final = 200


@dataclass(frozen=True, kw_only=True)
class SentenceFeatures:
    """The inputs of the relevance model for one sentence; `contrast` and `terms_missing` measure the statements."""

    alone: float
    """Cross-encoder logit of the sentence without its neighbours, read from a hidden layer (vectorstore/rerank.py)."""
    lead: float
    """`alone` minus the highest `alone` of the party, 0 or below. Where the party is asked about, the highest in any
    wording of the topic counts: a sentence on "mutual legal assistance" leaves far behind those that only resemble
    "MLA"."""
    contrast: float
    """By how many standard deviations the topic is nearer to these statements than background topics are, each
    measured at its nearest passage."""
    terms_missing: float
    """Share of the topic's glossary terms for which the statements contain neither the term, nor a synonym, nor a
    narrower term."""
    confused: float
    """1 where the sentence and its neighbours name only concepts easily confused with the topic, else 0."""
    worded: float
    """Share of the topic's content words, weighted by rarity, that the sentence contains, literally or by a synonym:
    0 to 1."""
    least_meant: float
    """Lowest cosine of a topic word with its nearest word in the sentence: for "climate commitments", a sentence on
    other commitments has no word near "climate"."""
    meaning_lead: float
    """Cosine of the sentence with topic and question together, by the multilingual sentence encoder, minus the highest
    one of the party: 0 or below."""
    meaning_around: float
    """That cosine for the sentence together with its two neighbours."""
    translated: float
    """1 where the sentence or the topic was glossed into English word by word, else 0. There, features of single words
    tell less and the cosines of the original texts more, so that three features have weights of their own there."""
    least_meant_translated: float
    meaning_lead_translated: float
    meaning_around_translated: float

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Returns the names of the features, in order."""
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True, kw_only=True)
class ScoredBatch:
    """The sentences of one party's statements that were scored for a topic, with the model outputs."""

    statement_ids: tuple[str, ...]
    passages: tuple[ScoredPassage, ...]
    """The passages retrieved, best first."""
    sentences: tuple[Sentence, ...]
    """The sentences that were scored, n of them."""
    windows: tuple[tuple[str, ...], ...]
    """Each of these sentences with its neighbours, as separate texts."""
    english: tuple[str, ...]
    """The sentences in English, as the cross-encoder was given them."""
    glossed: tuple[bool, ...]
    """Whether each was put into English word by word."""
    english_windows: tuple[str, ...]
    """The windows in English."""
    logits: Matrix
    """Cross-encoder logits of the sentences, (n,) float32."""
    highest_logit: float
    """The highest logit of the party, over all wordings of the topic where these are read together."""
    states: Matrix
    """The hidden states of the cross-encoder, (n, dim) float32; dim is 0 for a model that does not expose them."""


class FeatureExtractor:
    """Measures `SentenceFeatures`; the multilingual encoder gives unit vectors, (n, dim) float32."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._encoder = sentence_encoder()
        # How near each statement comes to the background topics: a dictionary for each generation, filled when asked.
        self._nearest = kept_by_generation(dict[str, Matrix])

    @cached_property
    def _background(self) -> Matrix:
        """The vectors of the background topics, (n, dim) float32."""
        return background_vectors(self._embedder)

    def query_vector(self, topic: Topic) -> Matrix:
        """Returns the unit vector of topic and question together, (dim,) float32, by the multilingual encoder."""
        both = self._encoder.embed([topic.words, topic.question]).sum(axis=0)
        unit: Matrix = both / max(float(np.linalg.norm(both)), 1e-6)
        return unit

    def meaning(self, topic: Topic, texts: Sequence[Sequence[str]]) -> Matrix:
        """Returns the cosine of each text, given as sentences, with topic and question together, (n,) float32."""
        near: Matrix = self._encoder.embed_joined(texts) @ self.query_vector(topic)
        return near

    def measure(self, topic: Topic, batches: Sequence[ScoredBatch]) -> Iterator[tuple[SentenceFeatures, ...]]:
        """Yields for each party the features of the sentences that were scored, in their order."""
        if not batches:
            return
        among = list(dict.fromkeys(each for batch in batches for each in batch.statement_ids))
        # For each glossary term of the topic, the statements that contain it, a synonym or a narrower term.
        holders = [self._store.catalogue.statements_with(*terms, among=among) for terms in topic.terms_in_all_languages]
        others = self._nearest_unrelated(among)
        windows = [window for batch in batches for window in batch.windows]
        of_all = self.meaning(topic, [*((each.text,) for batch in batches for each in batch.sentences), *windows])
        meant = (rows_of_each(part, [batch.windows for batch in batches]) for part in np.split(of_all, 2))
        for batch, near, around in zip(batches, *meant, strict=True):
            missing = sum(held.isdisjoint(batch.statement_ids) for held in holders) / max(1, len(holders))
            contrast = _contrast(batch, [others[each] for each in batch.statement_ids if each in others])
            least, lead = _least_meant(topic, batch.english), near - near.max(initial=-1.0)
            translated = [topic.english != topic.words or glossed for glossed in batch.glossed]
            yield tuple(
                SentenceFeatures(
                    alone=float(batch.logits[row]),
                    lead=float(batch.logits[row] - batch.highest_logit),
                    contrast=contrast,
                    terms_missing=missing,
                    confused=float(topic.confuses(batch.english_windows[row])),
                    worded=topic.share_of(content_terms(text, "en")),
                    least_meant=least[row],
                    meaning_lead=float(lead[row]),
                    meaning_around=float(around[row]),
                    translated=float(other),
                    least_meant_translated=other * least[row],
                    meaning_lead_translated=other * float(lead[row]),
                    meaning_around_translated=other * float(around[row]),
                )
                for row, (text, other) in enumerate(zip(batch.english, translated, strict=True))
            )

    def _nearest_unrelated(self, statement_ids: Sequence[str]) -> Mapping[str, Matrix]:
        """Returns for each statement with vectors its highest cosine with each background topic, (n,) float32."""
        known, background = self._nearest(self._store.catalogue.generation), self._background
        new = [each for each in statement_ids if each not in known]
        for begin in range(0, len(new), _READ_AT_ONCE):
            by_statement = self._store.vectors_by_statement(new[begin : begin + _READ_AT_ONCE])
            known |= {each: (vectors @ background.T).max(axis=0) for each, vectors in by_statement.items()}
        return known


def _contrast(batch: ScoredBatch, others: Sequence[Matrix]) -> float:
    """Returns by how many deviations the topic is nearer than the background topics; 0 without their similarities."""
    if not others:
        return 0.0
    unrelated = np.max(others, axis=0)
    nearest = max((item.similarity for item in batch.passages if item.similarity is not None), default=0.0)
    return float((nearest - unrelated.mean()) / (unrelated.std() + 0.02))


def _least_meant(topic: Topic, texts: Sequence[str]) -> list[float]:
    """Returns for each text the lowest cosine of a topic word with its nearest word there; 0 without words."""
    (words,), words_of_texts = word_vectors([topic.english]), word_vectors(texts)
    is_content = [_is_content_word(topic, start, end) for start, end in words.places]
    # In a topic of function words only, all of them count.
    of_topic = words.vectors[is_content] if any(is_content) else words.vectors
    return [
        float((of_topic @ of_text.vectors.T).max(axis=1).min()) if len(of_topic) and len(of_text.vectors) else 0.0
        for of_text in words_of_texts
    ]


def _is_content_word(topic: Topic, start: int, end: int) -> bool:
    """Returns whether the topic word to which a word piece `[start, end)` belongs is a content word."""
    text = topic.english
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return not content_terms(text[start:end], "en").isdisjoint(topic.weights)


@cache
def background_topics() -> tuple[str, ...]:
    """Returns topics of international affairs to which any statement is compared: "fisheries", "space"."""
    return tuple((_FOLDER / "background_topics.txt").read_text("utf-8").split("\n")[:-1])


def background_vectors(embedder: Embedder) -> Matrix:
    """Returns the vectors of the background topics, (n, dim) float32: the stored ones, if made by this model.

    Embedding them anew takes half a second.
    """
    with safe_open(str(_FOLDER / "background_topics.safetensors"), framework="numpy") as stored:
        if stored.metadata() == _made_of(embedder):
            vectors: Matrix = stored.get_tensor("vectors")
            return vectors
    return embedder.embed_documents(background_topics())


def keep_vectors(embedder: Embedder, path: Path) -> None:
    """Writes the vectors of the background topics by a model to a file, as `make train` does."""
    save_file({"vectors": embedder.embed_documents(background_topics())}, path, _made_of(embedder))


def _made_of(embedder: Embedder) -> dict[str, str]:
    return {"model": embedder.identity, "topics": text_sha256("\n".join(background_topics()))}
