"""Lookup of the sentences that name treaties, articles or agenda items, which needs no threshold.

"What did Arvandia say about article 18?" is answered by the sentences in which article 18 was recognised.
"""

from collections.abc import Sequence

import numpy as np

from app.retrieval.chronology import recency
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.ranking.sentence_scorer import SentenceScorer
from app.retrieval.relevance import CITED
from app.retrieval.topic.topic import Topic
from vectorstore.catalogue import Catalogue
from vectorstore.records import MentionKind, ScoredPassage, Sentence, SentenceId, StatementSummary


class MentionLookup:
    """Looks up mentions in the catalogue."""

    def __init__(self, catalogue: Catalogue, scorer: SentenceScorer) -> None:
        self._catalogue = catalogue
        self._scorer = scorer

    def find(
        self,
        party: str,
        statements: Sequence[StatementSummary],
        kind: MentionKind,
        named: Sequence[tuple[str | None, Sequence[str]]],
        topic: Topic | None = None,
    ) -> PartyEvidence:
        """Returns the sentences that name treaties, articles or agenda items; they are evidence without any threshold.

        `named` are pairs of a treaty, None for agenda items and a convention left unnamed, and of articles or items,
        without which all count. The sentences come in the order of the pairs, those of each pair newest first; with a
        topic, those that speak of it most come first.
        """
        made = {summary.statement_id: recency(summary.metadata) for summary in statements}
        ranked: dict[SentenceId, Sentence] = {}
        passages: tuple[ScoredPassage, ...] = ()
        for treaty, values in named:
            mentions = self._catalogue.mentions([*made], kind, treaty, values)
            wanted = dict.fromkeys(mention.sentence for mention in mentions)
            stored = self._catalogue.sentences_by_id(wanted)
            sentences = [stored[identifier] for identifier in wanted]
            sentences.sort(key=lambda each: made[each.statement_id], reverse=True)
            if kind != "agenda_item":
                # Headings, which are in no paragraph, count only if nothing else names the article; that of an agenda
                # item is kept, since it tells what the item is.
                sentences = [each for each in sentences if each.paragraph is not None] or sentences
            if topic is not None and topic.english and len(sentences) > 1:
                scores = self._scorer.logits(topic, sentences)
                sentences = [sentences[row] for row in np.argsort(-scores, kind="stable")]
            ranked |= {each.sentence_id: each for each in sentences}
            passages = passages or self._passages_around(sentences)
        evidence = tuple(ScoredSentence(sentence=sentence, relevance=CITED) for sentence in ranked.values())
        return PartyEvidence(party=party, statements=tuple(statements), sentences=evidence, passages=passages)

    def _passages_around(self, sentences: Sequence[Sentence]) -> tuple[ScoredPassage, ...]:
        """Returns the passages that contain sentences, in the order of the sentences."""
        passages = self._catalogue.passages_of(list(dict.fromkeys(s.statement_id for s in sentences)))
        around = {
            passage.passage_id: passage
            for sentence in sentences
            for passage in passages
            if passage.statement_id == sentence.statement_id
            and passage.first_sentence <= sentence.ordinal <= passage.last_sentence
        }
        return tuple(ScoredPassage(passage=p, score=1.0 / rank) for rank, p in enumerate(around.values(), start=1))
