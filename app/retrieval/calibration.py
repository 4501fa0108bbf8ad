"""Calibration: the chance that a party's best evidence answers, by logistic regression on features of its ranking.

Weights and threshold are fitted by `untoc-eval calibrate dev`, with folds by State, on the project's own development
questions; they are development figures.
"""

import math
from dataclasses import astuple, dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Features:
    """What ranking measured of a topic in the statements of one party.

    The best values say how near the nearest sentences are, the others how near any sentences of these statements are.

    Attributes:
        best_similarity: Cosine of the nearest passage, -1 to 1.
        last_similarity: Cosine of the farthest passage that was read.
        best_alone: Highest cross-encoder logit of a sentence.
        mean_alone: Mean of these logits.
        contrast: By how many standard deviations the best stands above the mean.
        best_within: Mean of the three highest logits of sentences within their neighbours.
        shared: Largest share of the topic's content words in a sentence with its neighbours, 0 to 1.
        said: 1 where the statements use a phrase of the topic that is known to the corpus, else 0.
        unsaid: log(1 + n) for the phrase of the topic that these statements never use and the corpus uses most, in n
            passages; 0 without one.
    """

    best_similarity: float
    last_similarity: float
    best_alone: float
    mean_alone: float
    contrast: float
    best_within: float
    shared: float
    said: float
    unsaid: float


INTERCEPT: Final = -9.9585
# In the order of the features.
WEIGHTS: Final = (11.1713, -4.9817, 0.0523, -0.8034, 0.6937, 0.1044, -0.054, 1.1434, -0.6907)
# At or above this the evidence answers. Chosen after the weights, where wrong answers and needless silence are about as
# frequent on the development questions together with specific topics whose words the statements lack.
THRESHOLD: Final = 0.6
# Further sentences are quoted that rank at most this far below the best one, in logits.
MARGIN: Final = 4.0


def confidence(features: Features) -> float:
    """Returns the calibrated chance that a party's best evidence answers, 0 to 1, higher is better."""
    logit = INTERCEPT + sum(weight * value for weight, value in zip(WEIGHTS, astuple(features), strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
