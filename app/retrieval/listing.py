"""Which of many parties speak of a topic: told by comparing them, where none of them is asked about by name.

Fitted on the project's own development questions of the kind "Which States …"; the figures are development figures.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from app.retrieval.calibration import THRESHOLD
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.ranking_constants import RANKING


def calibrate_across_parties(found: Sequence[PartyEvidence]) -> tuple[PartyEvidence, ...]:
    """Gives the parties that the shallow pass ranked their confidence, in the order given.

    A topic that some speak of in so many words is not spoken of by those whose words are far from theirs; one that
    is asked about in other words than anybody's has lower scores throughout.
    """
    # What was found by its words alone is scored on another scale, and stands by itself.
    best = max((f.evidence[0].score for f in found if f.evidence and not f.answers), default=0.0)
    needed = max(RANKING.listed_score_min, best - RANKING.best_score_distance_max)
    return tuple(_calibrated(item, needed) for item in found)


def _calibrated(found: PartyEvidence, needed: float) -> PartyEvidence:
    if found.answers or not found.evidence:
        return found
    score = found.evidence[0].score - (RANKING.no_phrase_penalty if found.has_topic_phrase is False else 0.0)
    worded = found.term_coverage >= RANKING.term_coverage_min and score >= RANKING.term_match_score_min
    if score < needed and (found.has_topic_phrase or worded):
        score = needed
    # Rounding must not take those at the border below it.
    logit = (score - needed) / RANKING.confidence_slope + math.log(THRESHOLD / (1.0 - THRESHOLD)) + 1e-9
    return replace(found, confidence=1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))))
