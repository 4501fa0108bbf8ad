"""Which of many parties speak of a topic: told by comparing them, where none of them is asked about by name.

Fitted on the project's own development questions of the kind "Which States …"; the figures are development figures.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.retrieval.calibration import THRESHOLD
from app.retrieval.sentence_ranker import PartyEvidence

# Scores of evidence (see `Evidence`) below which nobody speaks of a topic, and how far below the best one still does.
LISTED_LOGIT_MIN: Final = -9.0
BEST_LOGIT_DISTANCE_MAX: Final = 9.0
# A sentence with this share of the topic's words speaks of it, unless the cross-encoder is sure that it does not.
TERM_COVERAGE_MIN: Final = 0.6
TERM_MATCH_LOGIT_MIN: Final = -14.0
# What those fall behind who do not use a phrase that the corpus knows.
NO_PHRASE_PENALTY: Final = 5.0
# How fast confidence grows with the score.
_SLOPE: Final = 4.0


def calibrate_across_parties(found: Sequence[PartyEvidence]) -> tuple[PartyEvidence, ...]:
    """Gives the parties that the shallow pass ranked their confidence, in the order given.

    A topic that some speak of in so many words is not spoken of by those whose words are far from theirs; one that
    is asked about in other words than anybody's has lower scores throughout.
    """
    # What was found by its words alone is scored on another scale, and stands by itself.
    best = max((f.evidence[0].score for f in found if f.evidence and not f.answers), default=0.0)
    needed = max(LISTED_LOGIT_MIN, best - BEST_LOGIT_DISTANCE_MAX)
    return tuple(_calibrated(item, needed) for item in found)


def _calibrated(found: PartyEvidence, needed: float) -> PartyEvidence:
    if found.answers or not found.evidence:
        return found
    score = found.evidence[0].score - (NO_PHRASE_PENALTY if found.has_topic_phrase is False else 0.0)
    worded = found.term_coverage >= TERM_COVERAGE_MIN and score >= TERM_MATCH_LOGIT_MIN
    if score < needed and (found.has_topic_phrase or worded):
        score = needed
    # Rounding must not take those at the border below it.
    logit = (score - needed) / _SLOPE + math.log(THRESHOLD / (1.0 - THRESHOLD)) + 1e-9
    return replace(found, confidence=1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))))
