"""Search for one party after another, by the strategy of a question; a list of many parties is searched as one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.retrieval.party_evidence import PartyEvidence, merge_evidence, surest
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.ranking.sentence_scorer import DEEP, Depth
from app.retrieval.search_strategy import SearchStrategy, treaty_words
from app.retrieval.topic.topic import Topic
from ingest.treaties.treaties import TREATIES
from vectorstore.catalogue import Catalogue
from vectorstore.records import MentionKind, StatementSummary

# Sentences read in the second pass over all parties of a list together: enough to read four parties in full.
_SECOND_PASS_SENTENCES: Final = 4 * DEEP.sentences
# The kinds of mention that refer to a treaty.
_OF_TREATY: Final[tuple[MentionKind, ...]] = ("treaty", "thereto", "article")


class PartySearch:
    """Finds the evidence of one party after another, for one question.

    Attributes:
        topic: What is searched for by meaning; None where the strategy has no topic.
    """

    def __init__(
        self, catalogue: Catalogue, ranker: SentenceRanker, strategy: SearchStrategy, language: str, *, many: bool
    ) -> None:
        """Prepares the search; with `many`, all parties are searched as one list and only the nearest are read."""
        self._catalogue = catalogue
        self._ranker = ranker
        self._strategy = strategy
        self._many = many
        self.topic = None if strategy.topic is None else ranker.topic(strategy.topic, language, strategy.wording)
        self._treaty_words: Topic | None = None
        if strategy.by == "treaties" and not strategy.joining:
            self._treaty_words = ranker.topic(treaty_words(strategy.treaties), "en")

    def find_all(
        self, statements_by_party: Mapping[str, Sequence[StatementSummary]]
    ) -> tuple[tuple[PartyEvidence, ...], int]:
        """Returns the evidence of each party in order, and how many parties were read closely: not all of a list."""
        parties = len(statements_by_party)
        if self._many and self._strategy.by == "topic" and self.topic is not None:
            return self._ranker.rank_list(statements_by_party, self.topic)
        evidence = {party: self.find(party, own) for party, own in statements_by_party.items()}
        if not self._many or self._treaty_words is None:
            return tuple(evidence.values()), parties
        rest = {party: own for party, own in statements_by_party.items() if not evidence[party].sentences}
        listed, read = self._ranker.rank_list(rest, self._treaty_words, others_answer=len(rest) < parties)
        evidence |= {item.party: self._without_other_treaties(item) for item in listed}
        return tuple(evidence.values()), read + parties - len(rest)

    def find(self, party: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        """Returns the evidence in the statements of a party, best first."""
        strategy, ranker = self._strategy, self._ranker
        if strategy.by == "articles":
            return self._by_articles(party, statements)
        if strategy.by == "treaties":
            return self._by_treaties(party, statements)
        if strategy.by == "topic":
            assert self.topic is not None
            return ranker.rank_by_topic(party, statements, self.topic)
        if strategy.by == "centroid":
            return ranker.rank_by_centroid(party, statements)
        named = ranker.rank_by_mentions(party, statements, "agenda_item", [(None, strategy.items)])
        return named if strategy.itself else merge_evidence(named, ranker.rank_by_centroid(party, statements))

    def deeper(self, evidence: Sequence[PartyEvidence], *, at_least: int) -> tuple[PartyEvidence, ...]:
        """Returns the evidence after a second pass over all statements of the parties that speak of the topic.

        The sentences read in it are bounded; where each party's share is below `at_least`, the pass is left out.
        """
        again = [item.party for item in evidence if item.has_evidence and len(item.statements) > 1]
        if self.topic is None or self._strategy.by != "topic" or not again:
            return tuple(evidence)
        share = min(DEEP.sentences, _SECOND_PASS_SENTENCES // (len(again) * len(self.topic.with_synonyms)))
        if share < at_least:
            return tuple(evidence)
        return tuple(self._read_again(item, share, self.topic) if item.party in again else item for item in evidence)

    def _read_again(self, evidence: PartyEvidence, sentences: int, topic: Topic) -> PartyEvidence:
        depth = Depth(passages=min(DEEP.passages, sentences // 2), sentences=sentences)
        again = self._ranker.rank_by_topic(evidence.party, evidence.statements, topic, depth)
        return replace(evidence, sentences=surest((*evidence.sentences, *again.sentences)))

    def _by_articles(self, code: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        topic, named = self.topic, [(each.treaty, each.articles) for each in self._strategy.treaties if each.articles]
        evidence = self._ranker.rank_by_mentions(code, statements, "article", named, topic)
        if not evidence.sentences or topic is None:
            return evidence
        # A statement often names the article in one sentence and speaks of the topic in others.
        naming = {item.sentence.statement_id for item in evidence.sentences}
        near = [summary for summary in statements if summary.statement_id in naming]
        on_topic = self._ranker.rank_by_topic(code, near, topic)
        beside = replace(on_topic, sentences=on_topic.best[:2])
        return merge_evidence(evidence, beside) if on_topic.answers else evidence

    def _by_treaties(self, code: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        """Finds the sentences that name treaties, those on the topic first, such as joining them."""
        # If there are none, sentences that refer to a treaty without its name count: as one of "the Protocols thereto",
        # or in a paraphrase, unless joining it is asked about, since nobody joins a treaty without naming it.
        named = [(each.treaty, each.articles) for each in self._strategy.treaties]
        evidence = self._ranker.rank_by_mentions(code, statements, "treaty", named, self.topic)
        if evidence.sentences:
            return evidence
        evidence = self._ranker.rank_by_mentions(code, statements, "thereto", named)
        if evidence.sentences or self._many or self._treaty_words is None:
            return evidence
        return self._without_other_treaties(self._ranker.rank_by_topic(code, statements, self._treaty_words))

    def _without_other_treaties(self, evidence: PartyEvidence) -> PartyEvidence:
        """Drops sentences that name another treaty: they are about that one."""
        if not evidence.sentences:
            return evidence
        ids = list(dict.fromkeys(item.sentence.statement_id for item in evidence.sentences))
        asked = {treaty.treaty for treaty in self._strategy.treaties}
        others = {
            mention.sentence
            for treaty in TREATIES
            if treaty not in asked
            for kind in _OF_TREATY
            for mention in self._catalogue.mentions(ids, kind, treaty)
        }
        of_asked = tuple(item for item in evidence.sentences if item.sentence.sentence_id not in others)
        return replace(evidence, sentences=of_asked)
