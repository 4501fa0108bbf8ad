"""Sentences as the relevance model measures them: their features and hidden states, for fits and for public sets.

"extradition" over the statements of Arvandia gives the sentences that an answer would read, in every wording of the
topic, each with the features that its chance is made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.retrieval.ranking.party_list import PartyList
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.ranking.sentence_scorer import DEEP, Depth
from app.retrieval.relevance_features import ScoredBatch, SentenceFeatures
from app.retrieval.topic.topic import Topic
from vectorstore.arrays import Matrix
from vectorstore.records import Sentence, StatementSummary


@dataclass(frozen=True)
class MeasuredSentence:
    """A sentence that was read, with its features and the hidden state of the cross-encoder, (dim,) float32."""

    sentence: Sentence
    features: SentenceFeatures
    state: Matrix


def measure_party(
    ranker: SentenceRanker, statements: Sequence[StatementSummary], topic: Topic, depth: Depth = DEEP
) -> tuple[MeasuredSentence, ...]:
    """Returns the sentences that are read for each wording of a topic, where one party is asked about."""
    return tuple(
        measured
        for wording, batches in ranker.score_wordings({"": statements}, topic, depth)
        for measured in _measured(ranker, wording, [*batches.values()])[0]
    )


def measure_list(
    ranker: SentenceRanker, statements_by_party: Mapping[str, Sequence[StatementSummary]], topic: Topic
) -> dict[str, tuple[MeasuredSentence, ...]]:
    """Returns the measured sentences of each party that is read where a question asks all parties."""
    measured_by_party: dict[str, tuple[MeasuredSentence, ...]] = {}
    for wording in topic.wordings:
        batches = PartyList(ranker, topic).score(statements_by_party, wording)
        for party, measured in zip(batches, _measured(ranker, wording, list(batches.values())), strict=True):
            measured_by_party[party] = (*measured_by_party.get(party, ()), *measured)
    return measured_by_party


def _measured(
    ranker: SentenceRanker, topic: Topic, batches: Sequence[ScoredBatch]
) -> list[tuple[MeasuredSentence, ...]]:
    return [
        tuple(map(MeasuredSentence, batch.sentences, features, batch.states))
        for batch, features in zip(batches, ranker.scorer.features.measure(topic, batches), strict=True)
    ]
