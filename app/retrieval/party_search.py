"""Searching the statements of one party with the strategy that a question's scope asks for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.records import TreatyScope
from app.retrieval.calibration import MARGIN
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
from ingest.annotate import AGENDA, THERETO
from ingest.treaties.treaties import TREATIES
from vectorstore.catalogue import Catalogue
from vectorstore.records import StatementSummary

# The mentions that name a treaty, whether or not with an article.
BY_NAME: Final = ""


class PartySearch:
    """Finds the evidence of one party after another, for one question.

    Attributes:
        topic: What is searched for by meaning; None where the strategy has no topic.
    """

    def __init__(
        self, catalogue: Catalogue, selector: SentenceRanker, strategy: SearchStrategy, language: str, *, many: bool
    ) -> None:
        """Prepares the search.

        Args:
            catalogue: Where mentions are looked up.
            selector: Ranks the sentences of a party.
            strategy: How evidence is found.
            language: ISO 639-1 code of the topic's words.
            many: Rank with the shallow pass, which bounds cross-encoder calls where many parties are compared.
        """
        self._catalogue = catalogue
        self._selector = selector
        self._strategy = strategy
        self._many = many
        self.topic = None if strategy.topic is None else selector.topic(strategy.topic, language)
        self._treaty_words: Topic | None = None
        if isinstance(strategy, ByTreaty) and not strategy.joining:
            self._treaty_words = selector.topic(treaty_words(strategy.treaties), "en")

    def find(self, party: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        """Returns the evidence in the statements of a party, best first."""
        match self._strategy:
            case ByArticle(treaties=treaties):
                return self._by_articles(party, statements, treaties)
            case ByAgendaItem(items=items):
                return self._selector.rank_by_mention(party, statements, AGENDA, items)
            case ByTreaty() as strategy:
                return self._by_treaties(party, statements, strategy)
            case ByTopic():
                assert self.topic is not None
                return self.by_topic(party, statements, self.topic)
            case Representative():
                return self._selector.rank_by_centroid(party, statements)

    def by_topic(self, party: str, statements: Sequence[StatementSummary], topic: Topic) -> PartyEvidence:
        """Returns the evidence on a topic, ranked as deep as the number of parties allows."""
        rank = self._selector.rank_shallow if self._many else self._selector.rank_by_topic
        return rank(party, statements, topic)

    def _by_articles(
        self, code: str, searched: Sequence[StatementSummary], treaties: Sequence[TreatyScope]
    ) -> PartyEvidence:
        topic, found = self.topic, PartyEvidence(party=code, searched=tuple(searched))
        for treaty in treaties:
            if treaty.articles:
                item = self._selector.rank_by_mention(code, searched, treaty.treaty, treaty.articles, topic)
                found = merge_evidence(found, item)
        if not found.evidence or topic is None:
            return found
        # What is said on the topic often stands in other sentences of the statement that names the article.
        naming = {item.sentence.statement_id for item in found.evidence}
        near = [summary for summary in searched if summary.statement_id in naming]
        on_topic = self._selector.rank_by_topic(code, near, topic)
        return merge_evidence(found, replace(on_topic, evidence=on_topic.best[:2])) if on_topic.answers else found

    def _by_treaties(self, code: str, searched: Sequence[StatementSummary], strategy: ByTreaty) -> PartyEvidence:
        """Finds the sentences that name treaties; without one, those that speak of them in other words.

        Those on the topic, such as joining them, come first.
        """
        found = PartyEvidence(party=code, searched=tuple(searched))
        for treaty in strategy.treaties:
            found = merge_evidence(
                found, self._selector.rank_by_mention(code, searched, treaty.treaty, [BY_NAME], self.topic)
            )
        if found.evidence or (self._many and strategy.joining):
            return found
        if self._many and self._treaty_words is not None:
            return self._of_no_other(self._selector.rank_shallow(code, searched, self._treaty_words), strategy.treaties)
        return self._meant(code, searched, strategy.treaties)

    def _meant(self, code: str, searched: Sequence[StatementSummary], treaties: Sequence[TreatyScope]) -> PartyEvidence:
        """Finds where a treaty is meant and not named: as one of the Protocols to the Convention, or in other words.

        Where joining it is asked about only the former, since nobody joins a treaty without naming it.
        """
        found = PartyEvidence(party=code, searched=tuple(searched))
        for treaty in treaties:
            found = merge_evidence(found, self._selector.rank_by_mention(code, searched, treaty.treaty, [THERETO]))
        if found.evidence or self._treaty_words is None:
            return found
        return self._of_no_other(self._selector.rank_by_topic(code, searched, self._treaty_words), treaties)

    def _of_no_other(self, found: PartyEvidence, treaties: Sequence[TreatyScope]) -> PartyEvidence:
        """Leaves out sentences that name another treaty: they are not about those asked about."""
        if not found.evidence:
            return found
        statements = list(dict.fromkeys(item.sentence.statement_id for item in found.evidence))
        asked = {treaty.treaty for treaty in treaties}
        others = {
            mention.sentence_id
            for treaty in TREATIES
            if treaty not in asked
            for mention in self._catalogue.mentions(statements, treaty)
        }
        kept = tuple(item for item in found.evidence if item.sentence.sentence_id not in others)
        # Where the best of it was about another treaty, the search was not sure of the rest.
        sure = bool(kept) and kept[0].score >= found.evidence[0].score - MARGIN
        return replace(found, evidence=kept, confidence=found.confidence if sure else 0.0)
