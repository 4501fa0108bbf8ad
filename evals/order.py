"""Fitting of the order of a party's sentences: which of them answers best, by those that are known to.

Of "how many suspects were extradited?" the sentence with the number is to come before the one on extradition at large.
A conditional logit over the sentences of each pair learns it: the evidence is to be likelier than all else that was
read. What is the same of all sentences of a party drops out.

Source: McFadden, Conditional Logit Analysis of Qualitative Choice Behavior (1974); as a loss of rankings, Cao et al.,
Learning to Rank: From Pairwise Approach to Listwise Approach (2007).
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from scipy.optimize import minimize
from sklearn.preprocessing import StandardScaler

from app.retrieval.relevance import LinearWeights
from evals.relevance_pairs import Pair
from evals.relevance_samples import FEATURES, WEIGHTS, Floats, Sample

# What differs between the sentences of a party, and is not the difference of two others.
_OWN: Final = ("alone", "confused", "worded", "least_meant", "meaning_lead", "meaning_around")
_COLUMNS: Final = [FEATURES.index(name) for name in _OWN]
# Penalty of squared weights, and how large a component of the hidden state counts beside a feature, which is larger the
# less it is penalised. Chosen on folds by topic, as is the same of the judgement.
_PENALTY: Final = 10.0
_STATE_SCALE: Final = 0.3


def fit_order(samples: Sequence[Sample]) -> LinearWeights | None:
    """Fits the order to the pairs some of whose sentences are known to answer, and others not; None without any."""
    told = [sample for sample in samples if _tells(sample)]
    if not told:
        return None
    table, evidence = np.concatenate(list(map(_table, told))), np.concatenate([sample.evidence for sample in told])
    scaler = StandardScaler().fit(table)
    scaler.scale_ = np.maximum(scaler.scale_, 1e-6)
    scaler.scale_[len(_OWN) :] /= _STATE_SCALE
    table = scaler.transform(table)
    lengths = [len(sample.evidence) for sample in told]
    starts = np.cumsum([0, *lengths[:-1]])
    importance = np.array([WEIGHTS.get(sample.pair.source, 1.0) for sample in told])

    def loss(weights: Floats) -> tuple[float, Floats]:
        """Returns the negative log likelihood with its penalty, and the gradient of both."""
        logits = table @ weights
        known = np.where(evidence, logits, -np.inf)
        # Of each pair, the logarithms of the sums over all sentences and over those that answer.
        everything, answering = np.logaddexp.reduceat(logits, starts), np.logaddexp.reduceat(known, starts)
        surplus = np.exp(logits - np.repeat(everything, lengths)) - np.exp(known - np.repeat(answering, lengths))
        value = float(importance @ (everything - answering)) + _PENALTY / 2 * float(weights @ weights)
        return value, table.T @ (surplus * np.repeat(importance, lengths)) + _PENALTY * weights

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x / scaler.scale_
    weights = [round(float(weight), 5) for weight in found]
    return LinearWeights(features=dict(zip(_OWN, weights, strict=False)), state=tuple(weights[len(_OWN) :]))


def order_figures(samples: Sequence[Sample], fold: Callable[[Pair], int]) -> dict[str, float]:
    """Returns in how many questions evidence comes first, and among five, by fits that have not seen their fold."""
    told = [sample for sample in samples if _tells(sample)]
    folds = np.array([fold(sample.pair) for sample in told])
    ranks: list[int] = []
    for number in np.unique(folds):
        order = fit_order([sample for sample, own in zip(told, folds, strict=True) if own != number])
        ranks += _ranks([sample for sample, own in zip(told, folds, strict=True) if own == number], order)
    return _shares(ranks)


def order_figures_of(samples: Sequence[Sample], order: LinearWeights | None) -> dict[str, float]:
    """Returns the same by one order."""
    return _shares(_ranks(samples, order))


def _ranks(samples: Sequence[Sample], order: LinearWeights | None) -> list[int]:
    """Returns of each question the place of its first sentence that is evidence, from 1; without an order, nothing."""
    ranks = list[int]()
    for sample in samples:
        if order is not None and _tells(sample) and sample.pair.source == "question":
            scores = _table(sample) @ (*order.features.values(), *order.state)
            ranks.append(int(np.flatnonzero(sample.evidence[np.argsort(-scores, kind="stable")])[0]) + 1)
    return ranks


def _shares(ranks: Sequence[int]) -> dict[str, float]:
    places = np.array(ranks)
    shares = {"first": (places == 1).mean(), "among_five": (places <= 5).mean()} if ranks else {}
    return {name: round(float(share), 4) for name, share in shares.items()}


def _table(sample: Sample) -> Floats:
    table: Floats = np.hstack([sample.features[:, _COLUMNS], sample.states]).astype(np.float64)
    return table


def _tells(sample: Sample) -> bool:
    """Whether some sentences of an answered pair are its evidence, and others are not."""
    return sample.pair.answered and bool(sample.evidence.any() and not sample.evidence.all())
