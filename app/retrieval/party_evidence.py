"""Evidence of one party: the sentences found in its statements, with their scores, and how sure they answer.

Of "what did Arvandia say about extradition?" it holds Arvandia's sentences on extradition, best first, and the
calibrated chance that the best of them answers.
"""

from dataclasses import dataclass, replace

from app.retrieval.calibration import MARGIN, THRESHOLD, Features
from vectorstore.records import ScoredPassage, Sentence, StatementSummary


@dataclass(frozen=True, kw_only=True)
class ScoredSentence:
    """A sentence with its score for a topic.

    Attributes:
        score: Cross-encoder logit of the sentence plus half that of the sentence within its neighbours; for sentences
            that name the article asked about, minus their rank. Higher is better.
    """

    sentence: Sentence
    score: float


@dataclass(frozen=True, kw_only=True)
class PartyEvidence:
    """The evidence of one party on one question.

    Attributes:
        party: Its code.
        searched: Its statements in scope.
        sentences: The sentences found, best first; also those too weak to answer.
        passages: The passages retrieved, best first.
        confidence: Calibrated chance that the best of it answers, 0 to 1.
        features: What that chance was computed from; None where nothing was ranked.
        term_coverage: Of the shallow pass: the largest share of the topic's words in a sentence, rare ones counting
            more, 0 to 1.
        has_topic_phrase: Of the shallow pass: whether the statements hold the topic as a phrase; None where nobody uses
            it.
        cited: The sentences name the article, agenda item or treaty that was asked about.
        members: The States asked about for which this party, a group, spoke; empty where it was asked about itself.
        aligned: These States were no members, but aligned themselves with what the group said.
        takes_no_position: The sentences speak of the topic without taking a position, and a position was asked for.
        coverage_unknown: Whether finding nothing would not prove silence: the models do not know the language of the
            question or of the statements, and the glossary does not translate all of the topic.
    """

    party: str
    searched: tuple[StatementSummary, ...]
    sentences: tuple[ScoredSentence, ...] = ()
    passages: tuple[ScoredPassage, ...] = ()
    confidence: float = 0.0
    features: Features | None = None
    term_coverage: float = 0.0
    has_topic_phrase: bool | None = None
    cited: bool = False
    members: tuple[str, ...] = ()
    aligned: bool = False
    takes_no_position: bool = False
    coverage_unknown: bool = False

    @property
    def answers(self) -> bool:
        """Whether the evidence is strong enough to answer."""
        return bool(self.sentences) and self.confidence >= THRESHOLD and not self.takes_no_position

    @property
    def best(self) -> tuple[ScoredSentence, ...]:
        """The sentences worth quoting, best first: those that score near the best, or name what was asked about."""
        if self.cited:
            return self.sentences
        return tuple(item for item in self.sentences if item.score >= self.sentences[0].score - MARGIN)

    @property
    def strong(self) -> tuple[Sentence, ...]:
        """The same without their scores."""
        return tuple(item.sentence for item in self.best)


def merge_evidence(first: PartyEvidence, second: PartyEvidence) -> PartyEvidence:
    """Joins the evidence of two searches for one party: the first one's evidence comes before the second's."""
    seen = {item.sentence.sentence_id for item in first.sentences}
    evidence = first.sentences + tuple(item for item in second.sentences if item.sentence.sentence_id not in seen)
    return replace(
        first,
        sentences=evidence,
        passages=first.passages or second.passages,
        confidence=max(first.confidence, second.confidence),
        features=first.features or second.features,
        term_coverage=max(first.term_coverage, second.term_coverage),
        has_topic_phrase=first.has_topic_phrase or second.has_topic_phrase,
        cited=first.cited or second.cited,
    )
