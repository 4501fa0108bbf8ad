"""Search for one party after another, by a strategy that is chosen from what a question names.

"What did Arvandia say about article 18 on witnesses?" is searched by articles, which looks up the sentences that name
the article, and "has it ratified the Convention?" by treaties; by topic, sentences are ranked by their meaning.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from app.question.resolution import Resolution, TopicWording
from app.records import Scope, TreatyScope
from app.retrieval.party_evidence import PartyEvidence, merge_evidence
from app.retrieval.ranking.sentence_ranker import DEEP, Depth, SentenceRanker
from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import Topic
from ingest.treaties.treaties import TREATIES, find_treaties
from vectorstore.catalogue import Catalogue
from vectorstore.records import MentionKind, StatementSummary

# Topic words that ask for an item or treaty itself: "what is the subject of agenda item 4?".
_ABOUT_ITSELF: Final = frozenset(
    """subject title topic theme name called heading object objet sujet titre intitulé tema título asunto тема название
    موضوع عنوان 主题 题目""".split()
)
# Stems for joining a treaty: "has it ratified the Convention", "is it a party to the Protocols"; only sentences that
# name the treaty answer. Whole stems match, since "participation" is not about a party, nor "joint" about joining.
_JOINS: Final = re.compile(
    r"ratif\w*|sign|signat\w+|acced\w*|access(?:ion)?|join|part[iy]|becom|adh[eé][rs]\w*|firm|firmant\w*|suscri\w+"
    r"|ратифиц\w+|подпис\w+|присоедин\w+|участни\w+|批准|签署|加入|缔约|(?:صادق|صدق|وقع|انضم|طرف)\w*"
)
# Sentences read in the second pass over all parties of a list together: enough to read four parties in full.
_READ_AGAIN: Final = 4 * DEEP.sentences
# The kinds of mention that refer to a treaty.
_OF_TREATY: Final[tuple[MentionKind, ...]] = ("treaty", "thereto", "article")


@dataclass(frozen=True, kw_only=True)
class SearchStrategy:
    """What statements are searched for."""

    by: Literal["articles", "agenda_items", "treaties", "topic", "centroid"]
    """`articles`: the sentences that name these, on a topic those that speak of it first. `agenda_items`: the sentences
    that name these. `treaties`: likewise, else those that refer to them in other words. `topic`: the sentences that
    speak of it. `centroid`: those nearest to the whole of what was said, as for "what did Arvandia say?"."""
    topic: str | None = None
    wording: TopicWording | None = None
    """How the question asks about the topic; None where that is not known."""
    treaties: tuple[TreatyScope, ...] = ()
    items: tuple[str, ...] = ()
    """The items of the agenda."""
    itself: bool = False
    """Whether an item's own words are asked for, not what was said under it without any other topic."""
    joining: bool = False
    """Whether the question is who ratified, signed or joined, which only sentences that name the treaty answer."""


def choose_strategy(resolution: Resolution) -> SearchStrategy | None:
    """Returns the strategy for what the question names, else for its topic; None where it has neither."""
    scope = resolution.scope
    topic = _topic(scope)
    if any(treaty.articles for treaty in scope.treaties):
        return SearchStrategy(by="articles", treaties=scope.treaties, topic=topic)
    if scope.agenda_items and _is_about_itself(scope.topic):
        return SearchStrategy(by="agenda_items", items=scope.agenda_items, itself=True)
    beside = _beside_treaties(scope.topic, scope.language) if topic is not None else frozenset()
    if scope.treaties and all(map(_JOINS.fullmatch, beside)):
        # The verb may be missing in the topic, so the question is tested: "which States have joined the Protocol?".
        joining = any(map(_JOINS.fullmatch, content_terms(resolution.question, scope.language)))
        return SearchStrategy(by="treaties", treaties=scope.treaties, topic=topic, joining=joining)
    if topic is not None:
        wording = resolution.wording
        known = wording if wording is not None and wording.topic == scope.topic else None
        return SearchStrategy(by="topic", topic=topic, wording=known)
    if scope.agenda_items and (scope.states or scope.groups):
        return SearchStrategy(by="agenda_items", items=scope.agenda_items)
    filtered = scope.years or scope.sessions or scope.bodies or scope.agenda_items
    if scope.states or scope.groups or scope.members_of or (resolution.scope.all_states and filtered):
        return SearchStrategy(by="centroid")
    return None


def treaty_words(treaties: tuple[TreatyScope, ...]) -> str:
    """Returns the English words that treaties are searched by where a statement does not name them."""
    return " ".join(TREATIES[treaty.treaty].search_words for treaty in treaties)


def _topic(scope: Scope) -> str | None:
    """Returns the topic with the search words of treaties beside it, as in "and the Protocols?" after a topic."""
    if not scope.topic or ((scope.agenda_items or scope.treaties) and _is_about_itself(scope.topic)):
        return None
    if scope.language != "en":
        return scope.topic
    named = {match.treaty for match in find_treaties(scope.topic)}
    beside = tuple(treaty for treaty in scope.treaties if not treaty.articles and treaty.treaty not in named)
    return f"{scope.topic} {treaty_words(beside)}".strip()


def _is_about_itself(topic: str) -> bool:
    words = {word.strip(".,;:?!").lower() for word in topic.split()}
    return bool(words) and words <= _ABOUT_ITSELF


def _beside_treaties(topic: str, language: str) -> frozenset[str]:
    """Returns the content stems of a topic outside names of treaties."""
    for match in reversed(find_treaties(topic)):
        topic = f"{topic[: match.start]} {topic[match.end :]}"
    return content_terms(topic, language)


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

    def find_all(self, owned: Mapping[str, Sequence[StatementSummary]]) -> tuple[tuple[PartyEvidence, ...], int]:
        """Returns the evidence of each party in order, and how many parties were read closely: not all of a list."""
        if self._many and self._strategy.by == "topic" and self.topic is not None:
            return self._ranker.rank_list(owned, self.topic)
        found = {party: self.find(party, own) for party, own in owned.items()}
        if not self._many or self._treaty_words is None:
            return tuple(found.values()), len(owned)
        rest = {party: own for party, own in owned.items() if not found[party].sentences}
        listed, read = self._ranker.rank_list(rest, self._treaty_words, others_answer=len(rest) < len(owned))
        found |= {item.party: self._without_other_treaties(item) for item in listed}
        return tuple(found.values()), read + len(owned) - len(rest)

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
        named = ranker.rank_by_mention(party, statements, "agenda_item", [(None, strategy.items)])
        return named if strategy.itself else merge_evidence(named, ranker.rank_by_centroid(party, statements))

    def deeper(self, evidence: Sequence[PartyEvidence], *, at_least: int) -> tuple[PartyEvidence, ...]:
        """Returns the evidence after a second pass over all statements of the parties that speak of the topic.

        The sentences read in it are bounded; where each party's share is below `at_least`, the pass is left out.
        """
        again = [item.party for item in evidence if item.speaks and len(item.searched) > 1]
        if self.topic is None or self._strategy.by != "topic" or not again:
            return tuple(evidence)
        share = min(DEEP.sentences, _READ_AGAIN // (len(again) * len(self.topic.wordings)))
        if share < at_least:
            return tuple(evidence)
        return tuple(self._read_again(item, share, self.topic) if item.party in again else item for item in evidence)

    def _read_again(self, evidence: PartyEvidence, sentences: int, topic: Topic) -> PartyEvidence:
        depth = Depth(passages=min(DEEP.passages, sentences // 2), sentences=sentences)
        found = merge_evidence(evidence, self._ranker.rank_by_topic(evidence.party, evidence.searched, topic, depth))
        return replace(found, sentences=tuple(sorted(found.sentences, key=lambda item: -item.relevance.order)))

    def _by_articles(self, code: str, searched: Sequence[StatementSummary]) -> PartyEvidence:
        topic, named = self.topic, [(each.treaty, each.articles) for each in self._strategy.treaties if each.articles]
        evidence = self._ranker.rank_by_mention(code, searched, "article", named, topic)
        if not evidence.sentences or topic is None:
            return evidence
        # A statement often names the article in one sentence and speaks of the topic in others.
        naming = {item.sentence.statement_id for item in evidence.sentences}
        near = [summary for summary in searched if summary.statement_id in naming]
        on_topic = self._ranker.rank_by_topic(code, near, topic)
        beside = replace(on_topic, sentences=on_topic.best[:2])
        return merge_evidence(evidence, beside) if on_topic.answers else evidence

    def _by_treaties(self, code: str, searched: Sequence[StatementSummary]) -> PartyEvidence:
        """Finds the sentences that name treaties, those on the topic first, such as joining them."""
        # If there are none, sentences that refer to a treaty without its name count: as one of "the Protocols thereto",
        # or in a paraphrase, unless joining it is asked about, since nobody joins a treaty without naming it.
        named = [(each.treaty, each.articles) for each in self._strategy.treaties]
        evidence = self._ranker.rank_by_mention(code, searched, "treaty", named, self.topic)
        if evidence.sentences:
            return evidence
        evidence = self._ranker.rank_by_mention(code, searched, "thereto", named)
        if evidence.sentences or self._many or self._treaty_words is None:
            return evidence
        return self._without_other_treaties(self._ranker.rank_by_topic(code, searched, self._treaty_words))

    def _without_other_treaties(self, evidence: PartyEvidence) -> PartyEvidence:
        """Drops sentences that name another treaty: they are about that one."""
        if not evidence.sentences:
            return evidence
        statements = list(dict.fromkeys(item.sentence.statement_id for item in evidence.sentences))
        asked = {treaty.treaty for treaty in self._strategy.treaties}
        others = {
            mention.sentence
            for treaty in TREATIES
            if treaty not in asked
            for kind in _OF_TREATY
            for mention in self._catalogue.mentions(statements, kind, treaty)
        }
        kept = tuple(item for item in evidence.sentences if item.sentence.sentence_id not in others)
        return replace(evidence, sentences=kept)
