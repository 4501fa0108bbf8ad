"""How sure an answer is: a logistic model over what ranking measured.

The weights are fitted by `evals` on the project's own development questions with folds by State, and the threshold
is chosen there; both are development figures.
"""

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Features:
    """What ranking measured of one sentence.

    Attributes:
        alone: Cross-encoder logit of the sentence.
        within: Cross-encoder logit of the sentence within its neighbours.
        shared: Share of the topic's content words in the sentence, 0 to 1.
        shared_within: The same within its neighbours.
    """

    alone: float
    within: float
    shared: float
    shared_within: float

    def vector(self) -> tuple[float, ...]:
        """Returns the features in the order of `WEIGHTS`."""
        return (self.alone, self.within, self.shared, self.shared_within)


INTERCEPT: Final = 1.0
WEIGHTS: Final = (0.25, 0.25, 1.0, 1.0)
# At or above this the evidence answers.
THRESHOLD: Final = 0.5


def confidence(features: Features) -> float:
    """Returns the calibrated chance that a sentence answers, 0 to 1, higher is better."""
    logit = INTERCEPT + sum(weight * value for weight, value in zip(WEIGHTS, features.vector(), strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
