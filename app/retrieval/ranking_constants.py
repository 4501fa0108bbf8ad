"""Constants of ranking: how much is read for a party, and the scores from which on a sentence speaks of a topic."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class RankingConstants:
    """Depths and thresholds of `SentenceRanker` and of the comparison across parties.

    Logits are those of the cross-encoder for a sentence alone, scores those of `ScoredSentence`. Thresholds were chosen
    on the project's own development questions and on specific topics whose words the statements lack. They are
    development figures and change with the models.

    Attributes:
        passages: Passages of a party whose sentences the cross-encoder reads.
        sentences: Sentences of these that it reads alone.
        in_context: The best of these, which it reads a second time within their neighbours.
        context_weight: Weight of the logit within the neighbours beside that of the sentence alone.
        shallow_passages: As `passages`, for one party among many.
        shallow_sentences: As `sentences`, for one party among many.
        shallow_in_context: As `in_context`, for one party among many.
        centroid_passages: Passages nearest to the centroid of a statement, from which its gist is taken.
        related_logit_min: Below it, the best sentence has nothing to do with the topic. No development question that
            was answered rightly lies below.
        term_absent_logit_min: Where statements hold no term for what the topic names, or lack a term of several words
            that it holds among others, a sentence speaks of it from this logit on.
        all_terms_absent_logit_min: The same where they lack each of several terms.
        short_statement: Statements of fewer sentences, such as a short intervention, say nothing about how near any
            words would have been: unrelated sentences are added up to `usual_statement`. Set on the fictional records
            of meetings, not fitted.
        usual_statement: Sentences of a statement of usual length.
        unrelated_logit: Logit of an added sentence: what the packaged cross-encoder gives to what has nothing to do
            with a topic (measured: -11.1 to -11.3).
        unrelated_cosine: Cosine of an added passage (measured: 0.07 to 0.11).
        known_phrase_passages: A phrase is known to the corpus from this many passages on.
        common_word_share: A single word in more than this share of all passages is too common to be telling.
        words_shared_min: Without the models, a sentence with its neighbours is evidence that holds this share of the
            topic's words.
        listed_score_min: Of many parties, nobody speaks of a topic whose best score is below this.
        best_score_distance_max: How far below the best party's score others still speak of the topic.
        term_coverage_min: A sentence that covers this much of the topic's words speaks of it ...
        term_match_score_min: ... unless its score is below this, where the cross-encoder is sure that it does not.
        no_phrase_penalty: Taken from the score of a party that does not use a phrase that the corpus knows.
        confidence_slope: By how much of the score, across parties, the logit of the confidence grows by one.
    """

    passages: int = 12
    sentences: int = 64
    in_context: int = 16
    context_weight: float = 0.5
    shallow_passages: int = 4
    shallow_sentences: int = 8
    shallow_in_context: int = 2
    centroid_passages: int = 4
    related_logit_min: float = -11.0
    term_absent_logit_min: float = 0.0
    all_terms_absent_logit_min: float = -9.0
    short_statement: int = 8
    usual_statement: int = 24
    unrelated_logit: float = -11.2
    unrelated_cosine: float = 0.09
    known_phrase_passages: int = 3
    common_word_share: float = 0.2
    words_shared_min: float = 0.6
    listed_score_min: float = -9.0
    best_score_distance_max: float = 9.0
    term_coverage_min: float = 0.6
    term_match_score_min: float = -14.0
    no_phrase_penalty: float = 5.0
    confidence_slope: float = 4.0


RANKING: Final = RankingConstants()
