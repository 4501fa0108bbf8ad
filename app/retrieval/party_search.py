"""Search for one party after another, by the strategy of a question; a list of many parties is searched as one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Final

from app.question.resolution import Resolution
from app.records import Note, TreatyScope
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, merge_evidence
from app.retrieval.ranking.party_list import LIST_SENTENCES, PartyList
from app.retrieval.ranking.sentence_ranker import ParagraphsByTreaty, SentenceRanker, cites
from app.retrieval.ranking.sentence_scorer import DEEP
from app.retrieval.relevance import Relevance
from app.retrieval.search_strategy import SearchStrategy, treaty_words
from app.retrieval.terms import content_terms
from app.retrieval.topic.acronyms import Expansion
from app.retrieval.topic.topic import Topic
from ingest.language.matches import blanked
from ingest.treaties.references import find_articles
from ingest.treaties.treaties import TREATIES, article_title
from vectorstore.catalogue import Catalogue
from vectorstore.records import MentionKind, SentenceId, StatementSummary

# Sentences on a topic that are quoted beside those that name an article.
_BESIDE: Final = 2
# Fewest sentences of a party that are read on a topic beside an article, of a list.
_SENTENCES_BESIDE: Final = 8
# The kinds of mention that refer to a treaty.
_OF_TREATY: Final[tuple[MentionKind, ...]] = ("treaty", "thereto", "article")


@dataclass(frozen=True)
class PartySearch:
    """Finds the evidence of one party after another, for one question."""

    catalogue: Catalogue
    ranker: SentenceRanker
    strategy: SearchStrategy
    resolution: Resolution
    as_list: bool
    """All parties are searched as one list, of which only the nearest are read."""
    expansion: Expansion | None = None
    """A name for an acronym in the topic, or the reverse, which is searched for as well."""

    @cached_property
    def topic(self) -> Topic | None:
        """What is searched for by meaning; None where the strategy has no topic."""
        words, language = self.strategy.topic, self.resolution.scope.language
        if words is None:
            return None
        topic, other = self.ranker.topic(words, language, self.strategy.wording), self.expansion
        if other is None:
            return topic
        renamed = other.meant if other.alone else words.replace(other.word, other.meant)
        also = self.ranker.topic(renamed, "en" if other.alone else language)
        return replace(topic, other_wordings=(*topic.other_wordings, also))

    @cached_property
    def _treaty_words(self) -> Topic | None:
        if self.strategy.by != "treaties" or self.strategy.joining:
            return None
        return self.ranker.topic(treaty_words(self.resolution.scope.treaties), "en")

    @cached_property
    def _paragraphs(self) -> ParagraphsByTreaty:
        """The paragraphs asked about, each with its article, by treaty."""
        return {each.treaty: each.paragraphs for each in self.resolution.scope.treaties if each.paragraphs}

    def uncited_paragraphs(self, evidence: Sequence[PartyEvidence]) -> Iterator[Note]:
        """Yields a note on each paragraph named that no statement of these parties cites."""
        ids = [summary.statement_id for item in evidence for summary in item.statements]
        for treaty, paragraphs in self._paragraphs.items():
            for article, paragraph in paragraphs:
                mentions = self.catalogue.mentions(ids, "article", treaty, (article,))
                if not any(cites(mention, [(article, paragraph)]) for mention in mentions):
                    yield Note(kind="uncited_paragraph", values={"article": article, "paragraph": paragraph})

    def find_all(
        self, statements_by_party: Mapping[str, Sequence[StatementSummary]]
    ) -> tuple[tuple[PartyEvidence, ...], int]:
        """Returns the evidence of each party in order, and how many parties were read closely: not all of a list."""
        parties = len(statements_by_party)
        if self.strategy.by == "articles" and self._paragraphs and not self.resolution.over_time:
            return self._by_paragraphs(statements_by_party), parties
        if self.resolution.over_time:
            # A change over time shows only if the statements of a party are searched one by one.
            one_by_one = (self._one_by_one(code, own) for code, own in statements_by_party.items())
            return tuple(chain.from_iterable(one_by_one)), parties
        if self.as_list and self.strategy.by == "topic" and self.topic is not None:
            party_list = PartyList(self.ranker, self.topic)
            listed, read = party_list.rank(statements_by_party)
            if self.resolution.scope.negated:
                listed = party_list.judge_silent_alone(listed)
            return party_list.read_answering_again(listed, stance=self.resolution.stance), read
        evidence = {party: self.find(party, own) for party, own in statements_by_party.items()}
        if self.strategy.by == "articles" and self.resolution.scope.all_states:
            return self._on_topic_too(evidence), parties
        if not self.as_list or self._treaty_words is None:
            return tuple(evidence.values()), parties
        rest = {party: own for party, own in statements_by_party.items() if not evidence[party].sentences}
        listed, read = PartyList(self.ranker, self._treaty_words).rank(rest, others_answer=len(rest) < parties)
        evidence |= {item.party: self._without_other_treaties(item) for item in listed}
        return tuple(evidence.values()), read + parties - len(rest)

    def _one_by_one(self, party: str, statements: Sequence[StatementSummary]) -> Iterator[PartyEvidence]:
        """Yields the evidence in each statement of a party; what is far from the topic among all of them is none.

        By itself, the nearest sentence of a statement on other things looks like evidence.
        """
        if len(statements) < 2:
            yield self.find(party, statements)
            return
        among = {item.sentence.sentence_id: item.relevance for item in self.find(party, statements).sentences}
        for part in zip(statements):
            found = self.find(party, part)
            yield replace(found, sentences=tuple(_among(found.sentences, among)))

    def _on_topic_too(self, evidence: Mapping[str, PartyEvidence]) -> tuple[PartyEvidence, ...]:
        """Leaves in a list on an article and a topic only who speaks of both: "who wants article 18 abolished?".

        A topic that is the article's own subject is on every sentence that names it.
        """
        words, treaties = self.strategy.topic or "", self.resolution.scope.treaties
        titles = [article_title(each.treaty, number) or "" for each in treaties for number in each.articles]
        topic = self.ranker.topic(
            blanked(words, ((each.start, each.end) for each in find_articles(words))).strip(),
            self.resolution.scope.language,
        )
        if {*topic.weights} <= content_terms(" ".join(titles), "en"):
            return tuple(evidence.values())
        naming = {party: self._naming(item) for party, item in evidence.items() if item.sentences}
        depth = DEEP._replace(
            sentences=max(_SENTENCES_BESIDE, min(DEEP.sentences, LIST_SENTENCES // max(1, len(naming))))
        )
        ranked = self.ranker.rank_each_by_topic(naming, topic, depth)
        beside = {party: _beside_article(item, ranked.get(party)) for party, item in evidence.items()}
        if self.topic is not None and find_articles(words):
            # On "article 18 is obsolete", what is near to "is obsolete" alone does not answer.
            on_whole = {item.party for item in PartyList(self.ranker, self.topic).rank(naming)[0] if item.answers}
            beside |= {party: _without_evidence(ranked[party]) for party in ranked.keys() - on_whole}
        return tuple(beside.values())

    def _by_paragraphs(
        self, statements_by_party: Mapping[str, Sequence[StatementSummary]]
    ) -> tuple[PartyEvidence, ...]:
        """Returns the sentences that cite the paragraphs asked about; of a party without any, those on the article.

        Of a list only those who cite a paragraph are left.
        """
        citing = {party: self._by_articles(party, own, self._paragraphs) for party, own in statements_by_party.items()}
        if any(item.sentences for item in citing.values()) and not self.resolution.scope.states:
            return tuple(citing.values())
        silent = {party: own for party, own in statements_by_party.items() if not citing[party].sentences}
        return tuple((citing | {party: self.find(party, own) for party, own in silent.items()}).values())

    def find(self, party: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        """Returns the evidence in the statements of a party, best first."""
        strategy, ranker = self.strategy, self.ranker
        if strategy.by == "articles":
            return self._by_articles(party, statements)
        if strategy.by == "treaties":
            return self._by_treaties(party, statements)
        if strategy.by == "topic":
            assert self.topic is not None
            return ranker.rank_by_topic(party, statements, self.topic)
        if strategy.by == "centroid":
            return ranker.rank_by_centroid(party, statements)
        named = ranker.rank_by_mentions(party, statements, "agenda_item", [(None, self.resolution.scope.agenda_items)])
        return named if strategy.itself else merge_evidence(named, ranker.rank_by_centroid(party, statements))

    def _by_articles(
        self,
        code: str,
        statements: Sequence[StatementSummary],
        paragraphs: ParagraphsByTreaty = MappingProxyType({}),
    ) -> PartyEvidence:
        topic, treaties = self.topic, self.resolution.scope.treaties
        named = [(each.treaty, each.articles) for each in treaties if each.articles]
        evidence = self.ranker.rank_by_mentions(code, statements, "article", named, topic, paragraphs)
        if not evidence.sentences or topic is None:
            return evidence
        # A statement often names the article in one sentence and speaks of the topic in others.
        on_topic = self.ranker.rank_by_topic(code, self._naming(evidence), topic)
        beside = replace(on_topic, sentences=on_topic.best[:_BESIDE])
        return merge_evidence(evidence, beside) if on_topic.answers else evidence

    def _naming(self, evidence: PartyEvidence) -> Sequence[StatementSummary]:
        """Returns the statements that hold the sentences found, such as those that name an article."""
        ids = {item.sentence.statement_id for item in evidence.sentences}
        return [summary for summary in evidence.statements if summary.statement_id in ids]

    def _by_treaties(self, code: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        """Finds the sentences that name treaties, those on the topic first, such as joining them."""
        # If there are none, sentences that refer to a treaty without its name count: as one of "the Protocols thereto",
        # or in a paraphrase, unless joining it is asked about, since nobody joins a treaty without naming it.
        named = [(each.treaty, each.articles) for each in self.resolution.scope.treaties]
        evidence = self.ranker.rank_by_mentions(code, statements, "treaty", named, self.topic)
        if evidence.sentences:
            return evidence
        evidence = self.ranker.rank_by_mentions(code, statements, "thereto", named)
        if evidence.sentences or self.as_list or self._treaty_words is None:
            return evidence
        return self._without_other_treaties(self.ranker.rank_by_topic(code, statements, self._treaty_words))

    def related(self, evidence: Sequence[PartyEvidence]) -> tuple[tuple[PartyEvidence, ...], tuple[TreatyScope, ...]]:
        """Returns evidence related to the articles asked about, and the articles of other treaties that it cites.

        "What did Arvandia say about article 16?" also finds what it said about article 16 of another convention, and
        where it cites no article 16, what it said about extradition, which the article is on.
        """
        articles = [treaty for treaty in self.resolution.scope.treaties if treaty.articles]
        elsewhere: dict[TreatyScope, list[PartyEvidence]] = {}
        for treaty in articles if self.resolution.assumed_treaty else ():
            for other in TREATIES:
                if other != treaty.treaty:
                    existing = [number for number in treaty.articles if article_title(other, number)]
                    citing, cited = self.citing(evidence, other, existing)
                    if citing:
                        elsewhere[TreatyScope(treaty=other, articles=cited)] = citing
        related = list(chain.from_iterable(elsewhere.values()))
        silent = [item for item in evidence if articles and not item.sentences and item.statements]
        if silent and not (self.as_list and len(silent) < len(evidence)):
            titles = [article_title(treaty.treaty, number) for treaty in articles for number in treaty.articles]
            subject = self.ranker.topic(" ".join(title for title in titles if title), "en")
            if self.as_list:
                # For a question about change over time, a party has one record of evidence per statement.
                statements_by_party: dict[str, list[StatementSummary]] = {}
                for item in silent:
                    statements_by_party.setdefault(item.party, []).extend(item.statements)
                related += PartyList(self.ranker, subject).rank(statements_by_party)[0]
            else:
                related += [self.ranker.rank_by_topic(item.party, item.statements, subject) for item in silent]
        return tuple(related), tuple(elsewhere)

    def citing(
        self, evidence: Sequence[PartyEvidence], treaty: str | None, articles: Sequence[str]
    ) -> tuple[list[PartyEvidence], tuple[str, ...]]:
        """Returns evidence that cites any of these articles of a treaty, and which of them it cites.

        The treaty None stands for a convention that is left unnamed.
        """
        ids = [summary.statement_id for item in evidence for summary in item.statements]
        mentions = self.catalogue.mentions(ids, "article", treaty, articles) if articles else ()
        numbers = tuple(n for n in articles if any(mention.value == n for mention in mentions))
        citing = (
            self.ranker.rank_by_mentions(item.party, item.statements, "article", [(treaty, numbers)])
            for item in (evidence if numbers else ())
        )
        return [item for item in citing if item.sentences], numbers

    def _without_other_treaties(self, evidence: PartyEvidence) -> PartyEvidence:
        """Drops sentences that name another treaty: they are about that one."""
        if not evidence.sentences:
            return evidence
        ids = list(dict.fromkeys(item.sentence.statement_id for item in evidence.sentences))
        asked = {treaty.treaty for treaty in self.resolution.scope.treaties}
        others = {
            mention.sentence
            for treaty in TREATIES
            if treaty not in asked
            for kind in _OF_TREATY
            for mention in self.catalogue.mentions(ids, kind, treaty)
        }
        of_asked = tuple(item for item in evidence.sentences if item.sentence.sentence_id not in others)
        return replace(evidence, sentences=of_asked)


def _among(sentences: Iterable[ScoredSentence], relevances: Mapping[SentenceId, Relevance]) -> Iterator[ScoredSentence]:
    """Yields sentences of a statement, those that are far from the topic with their relevance among all statements."""
    for item in sentences:
        among = relevances.get(item.sentence.sentence_id)
        if among is not None and not (among.is_evidence or among.may_answer):
            yield replace(item, relevance=among)
        elif among is not None or item.relevance.is_evidence:
            yield item


def _without_evidence(found: PartyEvidence) -> PartyEvidence:
    """Returns what comes nearest to a topic, which does not answer."""
    return replace(found, sentences=tuple(item for item in found.sentences if not item.relevance.is_evidence))


def _beside_article(citing: PartyEvidence, on_topic: PartyEvidence | None) -> PartyEvidence:
    """Returns what the statements of a party that name an article say on a topic, with the sentences that name it.

    Near the article, what comes near to the topic counts as well. A party that does not speak of it is left with what
    comes nearest, which does not answer.
    """
    if on_topic is None:
        return citing
    near = [item for item in on_topic.sentences if item.relevance.is_evidence or item.relevance.quotable_beside]
    paragraphs = {(item.sentence.statement_id, item.sentence.paragraph) for item in near}
    named = [item for item in citing.sentences if (item.sentence.statement_id, item.sentence.paragraph) in paragraphs]
    if not named:
        return on_topic
    beside = replace(on_topic, sentences=on_topic.best[:_BESIDE] if on_topic.answers else ())
    return merge_evidence(replace(citing, sentences=tuple(named)), beside)
