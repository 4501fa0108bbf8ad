"""Calibration across parties: which of many speak of a topic, where the question names none of them.

"Which States mentioned witness protection?" compares all parties that the shallow pass ranked. Its thresholds are in
`ranking_constants` and were fitted on development questions of this kind.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from app.retrieval.calibration import THRESHOLD
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.ranking_constants import RANKING


def calibrate_across_parties(evidence: Sequence[PartyEvidence]) -> tuple[PartyEvidence, ...]:
    """Gives the parties that the shallow pass ranked their confidence, in the order given.

    Where some party speaks of the topic in the words of the question, its high score raises the threshold for all;
    where nobody does, scores are lower throughout and the threshold stays at its minimum.
    """
    # Evidence found by its words alone is scored on another scale and keeps its own confidence.
    best = max((item.sentences[0].score for item in evidence if item.sentences and not item.answers), default=0.0)
    needed = max(RANKING.listed_score_min, best - RANKING.best_score_distance_max)
    return tuple(_calibrated(item, needed) for item in evidence)


def _calibrated(item: PartyEvidence, needed: float) -> PartyEvidence:
    if item.answers or not item.sentences:
        return item
    score = item.sentences[0].score - (RANKING.no_phrase_penalty if item.has_topic_phrase is False else 0.0)
    covers_topic = item.term_coverage >= RANKING.term_coverage_min and score >= RANKING.term_match_score_min
    if score < needed and (item.has_topic_phrase or covers_topic):
        score = needed
    # Rounding must not put a score at the threshold below it.
    logit = (score - needed) / RANKING.confidence_slope + math.log(THRESHOLD / (1.0 - THRESHOLD)) + 1e-9
    return replace(item, confidence=1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))))
