"""Evidence of one party: the sentences found in its statements, and how sure each answers.

Of "what did Arvandia say about extradition?" it holds Arvandia's sentences on extradition, best first; the party is as
sure as its surest sentence.
"""

from dataclasses import dataclass, replace
from typing import Final

from app.records import Direction
from app.retrieval.relevance import ConfidenceSource, Relevance
from vectorstore.records import ScoredPassage, Sentence, StatementSummary

# From this chance on a group is said to have spoken on what was asked: of thirty questions whose group had, all were at
# .95 or more, and of those whose group had not, none was above .70 (by the fit of 2026-11-26).
_SURELY: Final = 0.8


@dataclass(frozen=True, kw_only=True)
class ScoredSentence:
    """A sentence with its relevance to what was asked."""

    sentence: Sentence
    relevance: Relevance


@dataclass(frozen=True, kw_only=True)
class PartyEvidence:
    """The evidence of one party on one question."""

    party: str
    """Its code."""
    searched: tuple[StatementSummary, ...]
    """Its statements in scope."""
    sentences: tuple[ScoredSentence, ...] = ()
    """The sentences found, best first; also those too weak to answer."""
    passages: tuple[ScoredPassage, ...] = ()
    """The passages retrieved, best first."""
    members: tuple[str, ...] = ()
    """The States asked about for which this party, a group, spoke; empty where it was asked about itself."""
    aligned: bool = False
    """These States were no members, but aligned themselves with what the group said."""
    takes_no_position: bool = False
    """The sentences speak of the topic without taking a position, and a position was asked for."""
    direction: Direction | None = None
    """The direction of its latest position, where a position was asked for."""
    other_direction: bool = False
    """That is not the one asked for ("which States oppose …"), or a later statement speaks of the topic without any."""
    earlier: tuple[ScoredSentence, ...] = ()
    """But these took that direction in a statement before its latest one: "Drelnia opposed it, and now supports it"."""
    coverage_unknown: bool = False
    """Whether finding nothing would not prove silence: the models do not know the language of the question or of the
    statements, and the glossary does not translate all of the topic."""

    @property
    def relevance(self) -> Relevance | None:
        """That of the surest sentence; None where nothing was found."""
        found = (item.relevance for item in self.sentences)
        return max(found, key=lambda relevance: (relevance.answers, relevance.chance), default=None)

    @property
    def confidence(self) -> float:
        """Chance that the evidence answers, 0 to 1."""
        return 0.0 if self.relevance is None else self.relevance.chance

    @property
    def confidence_source(self) -> ConfidenceSource | None:
        """What that chance comes from; None where nothing was found."""
        return None if self.relevance is None else self.relevance.source

    @property
    def speaks(self) -> bool:
        """Whether the party speaks of the topic, with or without a position."""
        return any(item.relevance.answers for item in self.sentences)

    @property
    def answers(self) -> bool:
        """Whether the evidence answers."""
        return self.speaks and not (self.takes_no_position or self.other_direction)

    @property
    def surely_answers(self) -> bool:
        """Whether it is told of a group beside what its members said, or in its place."""
        return self.answers and (self.confidence_source != "calibrated" or self.confidence >= _SURELY)

    @property
    def best(self) -> tuple[ScoredSentence, ...]:
        """The sentences worth quoting, best first: those that answer, and what goes on beside them in a statement.

        Of a party that answers, any other statement counts that is more likely than not to speak of the topic, so that
        its latest one is not missed for a little.
        """
        speaks = self.speaks
        answering = {
            item.sentence.statement_id
            for item in self.sentences
            if item.relevance.answers or (speaks and item.relevance.chance >= 0.5)
        }
        return tuple(
            item
            for item in self.sentences
            if item.relevance.answers or (item.sentence.statement_id in answering and item.relevance.supports)
        )

    @property
    def best_sentences(self) -> tuple[Sentence, ...]:
        """The sentences of `best`, without their relevance."""
        return tuple(item.sentence for item in self.best)


def merge_evidence(first: PartyEvidence, second: PartyEvidence) -> PartyEvidence:
    """Joins the evidence of two searches for one party: the first one's evidence comes before the second's."""
    seen = {item.sentence.sentence_id for item in first.sentences}
    evidence = first.sentences + tuple(item for item in second.sentences if item.sentence.sentence_id not in seen)
    return replace(first, sentences=evidence, passages=first.passages or second.passages)
