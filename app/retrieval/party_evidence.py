"""Evidence of one party: the sentences found in its statements, and how sure each answers.

For "what did Arvandia say about extradition?" it holds Arvandia's sentences on extradition, best first; its confidence
is that of its most confident sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.records import Direction
from app.retrieval.relevance import ConfidenceSource, Relevance
from vectorstore.records import Metadata, ScoredPassage, Sentence, SentenceId, StatementSummary

# Chance from which a group counts as having spoken on the topic. Of 32 questions on the fictional conference whose
# group had, 31 were above .81 and one, on "rescue at sea", at .64; of 28 whose group had not, none was above .48
# (development, by the fit of 2026-11-29).
_GROUP_SPOKE_MIN: Final = 0.8
# Chance of a sentence from which its statement is quoted too where another statement of the party answers, so that the
# party's latest statement is not missed by a narrow margin.
_LATEST_MIN: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class ScoredSentence:
    """A sentence with its relevance to the question."""

    sentence: Sentence
    relevance: Relevance


@dataclass(frozen=True, kw_only=True)
class PartyEvidence:
    """The evidence of one party on one question.

    A party has evidence if a sentence reaches the threshold of its calibration. It answers if that evidence takes the
    position asked for, where one is asked for.
    """

    party: str
    statements: tuple[StatementSummary, ...]
    """Its statements in scope."""
    sentences: tuple[ScoredSentence, ...] = ()
    """The sentences found, best first; also those too weak to answer."""
    passages: tuple[ScoredPassage, ...] = ()
    """The passages retrieved, best first."""
    subject: str = ""
    """The subject that it is on, where a question has several, each of which is searched by itself."""
    spoke_for: tuple[str, ...] = ()
    """The States asked about for which this party, a group, spoke; empty where it was asked about itself."""
    aligned: bool = False
    """The States in `spoke_for` do not belong to the group, but aligned themselves with its statement."""
    takes_no_position: bool = False
    """The sentences speak of the topic without taking a position, and a position was asked for."""
    declines_position: bool = False
    """With `takes_no_position`, it says so: "we take no position on this"."""
    direction: Direction | None = None
    """The direction of its latest position, where a position was asked for."""
    other_direction: bool = False
    """`direction` is not the one asked for ("which States oppose …"), or a later statement has none on the topic."""
    earlier: tuple[ScoredSentence, ...] = ()
    """With `other_direction`, earlier sentences in the one asked for: "Drelnia opposed it, and now supports it"."""
    is_former: bool = False
    """Its latest position is not surely in the direction that was asked for at any time, as `sentences` are."""
    silence_unproven: bool = False
    """Whether finding nothing does not prove that the party said nothing: the glossary translates only a part of the
    topic, or passages in a language of the statements are found by shared words alone, or in no way at all."""

    @property
    def metadata(self) -> dict[str, Metadata]:
        """The metadata of its statements in scope, by id."""
        return {summary.statement_id: summary.metadata for summary in self.statements}

    @property
    def relevance(self) -> Relevance | None:
        """The relevance of the most confident sentence; None where nothing was found."""
        relevances = (item.relevance for item in self.sentences)
        return max(relevances, key=lambda relevance: (relevance.is_evidence, relevance.chance), default=None)

    @property
    def confidence(self) -> float:
        """Chance that the evidence answers, 0 to 1."""
        return 0.0 if self.relevance is None else self.relevance.chance

    @property
    def confidence_source(self) -> ConfidenceSource | None:
        """What `confidence` is based on; None where nothing was found."""
        return None if self.relevance is None else self.relevance.source

    @property
    def has_evidence(self) -> bool:
        """Whether the party speaks of the topic, with or without a position."""
        return any(item.relevance.is_evidence for item in self.sentences)

    @property
    def answers(self) -> bool:
        """Whether the evidence answers: it speaks of the topic and, if a position was asked for, takes that."""
        return self.has_evidence and not (self.takes_no_position or self.other_direction)

    @property
    def may_answer(self) -> bool:
        """Whether a sentence may speak of the topic, and none surely does."""
        return not self.has_evidence and any(item.relevance.may_answer for item in self.sentences)

    @property
    def answers_surely(self) -> bool:
        """Whether evidence is sure enough where it is of a group beside its members, or on a part of the topic."""
        return self.answers and (self.confidence_source != "calibrated" or self.confidence >= _GROUP_SPOKE_MIN)

    @property
    def best(self) -> tuple[ScoredSentence, ...]:
        """The sentences worth quoting, best first: those that answer, and supporting ones of the same statements.

        Where a party has evidence, supporting sentences of other statements count too if one of their sentences has the
        chance `_LATEST_MIN`. What a group said beside its members is quoted only where it answers.
        """
        has_evidence = self.has_evidence
        quoted = {
            item.sentence.statement_id
            for item in self.sentences
            if item.relevance.is_evidence or (has_evidence and item.relevance.chance >= _LATEST_MIN)
        }
        return tuple(
            item
            for item in self.sentences
            if item.relevance.is_evidence
            or (item.relevance.quotable_beside and item.sentence.statement_id in quoted and not self.spoke_for)
        )

    @property
    def best_sentences(self) -> tuple[Sentence, ...]:
        """The sentences of `best`, without their relevance."""
        return tuple(item.sentence for item in self.best)


def surest(found: Iterable[ScoredSentence]) -> tuple[ScoredSentence, ...]:
    """Returns sentences that were scored more than once, each with its surest relevance; best first."""
    by_id: dict[SentenceId, ScoredSentence] = {}
    for item in sorted(found, key=lambda item: (item.relevance.is_evidence, item.relevance.chance), reverse=True):
        by_id.setdefault(item.sentence.sentence_id, item)
    return tuple(sorted(by_id.values(), key=lambda item: -item.relevance.sort_key))


def merge_evidence(first: PartyEvidence, second: PartyEvidence) -> PartyEvidence:
    """Joins the evidence of two searches for one party: the first one's evidence comes before the second's."""
    seen = {item.sentence.sentence_id for item in first.sentences}
    evidence = first.sentences + tuple(item for item in second.sentences if item.sentence.sentence_id not in seen)
    return replace(first, sentences=evidence, passages=first.passages or second.passages)


def statement_ids(evidence: Iterable[PartyEvidence]) -> list[str]:
    """Returns the ids of the statements that contain the sentences of evidence, each once."""
    return list(dict.fromkeys(scored.sentence.statement_id for of_party in evidence for scored in of_party.sentences))
