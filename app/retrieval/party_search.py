"""Search for one party after another, by the strategy that was chosen for the question.

`ByArticle` looks up the sentences that name the article; `ByTopic` ranks the sentences by meaning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.records import TreatyScope
from app.retrieval.party_evidence import PartyEvidence, merge_evidence
from app.retrieval.sentence_ranker import SentenceRanker
from app.retrieval.strategies import (
    ByAgendaItem,
    ByArticle,
    ByTopic,
    ByTreaty,
    Representative,
    SearchStrategy,
    treaty_words,
)
from app.retrieval.topic import Topic
from ingest.treaties.treaties import TREATIES
from vectorstore.catalogue import Catalogue
from vectorstore.records import MentionKind, StatementSummary

# The mentions that are of a treaty.
_OF_TREATY: Final[tuple[MentionKind, ...]] = ("treaty", "thereto", "article")


class PartySearch:
    """Finds the evidence of one party after another, for one question.

    Attributes:
        topic: What is searched for by meaning; None where the strategy has no topic.
    """

    def __init__(
        self, catalogue: Catalogue, ranker: SentenceRanker, strategy: SearchStrategy, language: str, *, many: bool
    ) -> None:
        """Prepares the search; `many` searches all parties at once, and reads closely those that can matter."""
        self._catalogue = catalogue
        self._ranker = ranker
        self._strategy = strategy
        self._many = many
        wording = strategy.wording if isinstance(strategy, ByTopic) else None
        self.topic = None if strategy.topic is None else ranker.topic(strategy.topic, language, wording)
        self._treaty_words: Topic | None = None
        if isinstance(strategy, ByTreaty) and not strategy.joining:
            self._treaty_words = ranker.topic(treaty_words(strategy.treaties), "en")

    def find_all(self, owned: Mapping[str, Sequence[StatementSummary]]) -> tuple[tuple[PartyEvidence, ...], int]:
        """Returns the evidence of each party in order, and how many were read closely: of many on a topic, not all."""
        match self._strategy:
            case ByTopic() if self._many and self.topic is not None:
                return self._ranker.rank_list(owned, self.topic)
            case ByTreaty(treaties=treaties) if self._many and self._treaty_words is not None:
                named = {party: self.find(party, own) for party, own in owned.items()}
                rest = {party: own for party, own in owned.items() if not named[party].sentences}
                found, read = self._ranker.rank_list(rest, self._treaty_words)
                named |= {item.party: self._without_other_treaties(item, treaties) for item in found}
                return tuple(named.values()), read + len(named) - len(rest)
        return tuple(self.find(party, own) for party, own in owned.items()), len(owned)

    def find(self, party: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        """Returns the evidence in the statements of a party, best first."""
        match self._strategy:
            case ByArticle(treaties=treaties):
                return self._by_articles(party, statements, treaties)
            case ByAgendaItem(items=items, itself=itself):
                naming = self._ranker.rank_by_mention(party, statements, "agenda_item", values=items)
                return naming if itself else merge_evidence(naming, self._ranker.rank_by_centroid(party, statements))
            case ByTreaty() as strategy:
                return self._by_treaties(party, statements, strategy)
            case ByTopic():
                assert self.topic is not None
                return self._ranker.rank_by_topic(party, statements, self.topic)
            case Representative():
                return self._ranker.rank_by_centroid(party, statements)

    def deeper(self, evidence: PartyEvidence) -> PartyEvidence:
        """Returns the evidence of a party of several statements, read as if nobody else were asked about."""
        if len(evidence.searched) < 2 or self.topic is None or not isinstance(self._strategy, ByTopic):
            return evidence
        return merge_evidence(evidence, self._ranker.rank_by_topic(evidence.party, evidence.searched, self.topic))

    def _by_articles(
        self, code: str, searched: Sequence[StatementSummary], treaties: Sequence[TreatyScope]
    ) -> PartyEvidence:
        topic, named = self.topic, [treaty for treaty in treaties if treaty.articles]
        evidence = self._ranker.rank_by_mentions(code, searched, "article", named, topic)
        if not evidence.sentences or topic is None:
            return evidence
        # A statement often names the article in one sentence and speaks of the topic in others.
        naming = {item.sentence.statement_id for item in evidence.sentences}
        near = [summary for summary in searched if summary.statement_id in naming]
        on_topic = self._ranker.rank_by_topic(code, near, topic)
        beside = replace(on_topic, sentences=on_topic.best[:2])
        return merge_evidence(evidence, beside) if on_topic.answers else evidence

    def _by_treaties(self, code: str, searched: Sequence[StatementSummary], strategy: ByTreaty) -> PartyEvidence:
        """Finds the sentences that name treaties, those on the topic first, such as joining them."""
        # Where there is none, those that mean one without its name: as one of "the Protocols thereto", or in a
        # paraphrase, unless joining it is asked about, since nobody joins a treaty without naming it.
        treaties = strategy.treaties
        evidence = self._ranker.rank_by_mentions(code, searched, "treaty", treaties, self.topic)
        if evidence.sentences or self._many:
            return evidence
        evidence = self._ranker.rank_by_mentions(code, searched, "thereto", treaties)
        if evidence.sentences or self._treaty_words is None:
            return evidence
        return self._without_other_treaties(self._ranker.rank_by_topic(code, searched, self._treaty_words), treaties)

    def _without_other_treaties(self, evidence: PartyEvidence, treaties: Sequence[TreatyScope]) -> PartyEvidence:
        """Drops sentences that name another treaty: they are about that one."""
        if not evidence.sentences:
            return evidence
        statements = list(dict.fromkeys(item.sentence.statement_id for item in evidence.sentences))
        asked = {treaty.treaty for treaty in treaties}
        others = {
            mention.sentence
            for treaty in TREATIES
            if treaty not in asked
            for kind in _OF_TREATY
            for mention in self._catalogue.mentions(statements, kind, treaty)
        }
        kept = tuple(item for item in evidence.sentences if item.sentence.sentence_id not in others)
        return replace(evidence, sentences=kept)
