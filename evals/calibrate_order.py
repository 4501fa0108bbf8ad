"""Fitting of the order of a party's sentences by how well they answer: a conditional logit over those of each pair.

For "how many suspects were extradited?" it puts the sentence with the number before others on extradition. Features
that do not differ within a pair have no effect.

Source: McFadden, Conditional Logit Analysis of Qualitative Choice Behavior (1974); as a loss of rankings, Cao et al.,
Learning to Rank: From Pairwise Approach to Listwise Approach (2007).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.optimize import minimize
from sklearn.preprocessing import StandardScaler

from app.retrieval.relevance import LinearWeights
from evals.metrics.table import Floats
from evals.relevance_pairs import FEATURES, Sample

# Sample weight of a pair by its source, else 1: pairs from the thesaurus are not questions that anybody asked.
PAIR_WEIGHTS: Final = {"thesaurus": 0.5}
# Standard deviation of the components of the hidden state, where features have 1: the larger, the less their weights
# are penalised; and the L2 penalty. Both are chosen on folds by topic.
_STATE_SCALE: Final = 0.3
_PENALTY: Final = 10.0
# Features that order the sentences of a party, beside the hidden state; the others added nothing on folds by topic.
_ORDERED_BY: Final = ("alone", "meaning_lead", "meaning_around")
_COLUMNS: Final = [FEATURES.index(name) for name in _ORDERED_BY]


def fit_order(samples: Sequence[Sample]) -> LinearWeights | None:
    """Fits the order to the answered pairs that have both evidence and other sentences; None if there are none."""
    pairs = [sample for sample in samples if _is_orderable(sample)]
    if not pairs:
        return None
    table, evidence = np.concatenate(list(map(_table, pairs))), np.concatenate([s.evidence for s in pairs])
    scaler = scaler_of(table, len(_ORDERED_BY), _STATE_SCALE)
    table = scaler.transform(table)
    lengths = [len(sample.evidence) for sample in pairs]
    starts = np.cumsum([0, *lengths[:-1]])
    importance = np.array([PAIR_WEIGHTS.get(sample.pair.source, 1.0) for sample in pairs])

    def loss(weights: Floats) -> tuple[float, Floats]:
        """Returns the negative log likelihood with its penalty, and the gradient of both."""
        logits = table @ weights
        known = np.where(evidence, logits, -np.inf)
        # For each pair, log-sum-exp of the logits over all sentences, and over those that are evidence.
        everything, answering = np.logaddexp.reduceat(logits, starts), np.logaddexp.reduceat(known, starts)
        surplus = np.exp(logits - np.repeat(everything, lengths)) - np.exp(known - np.repeat(answering, lengths))
        value = float(importance @ (everything - answering)) + _PENALTY / 2 * float(weights @ weights)
        return value, table.T @ (surplus * np.repeat(importance, lengths)) + _PENALTY * weights

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x / scaler.scale_
    return rounded(found, _ORDERED_BY)


def ranks_of(samples: Sequence[Sample], order: LinearWeights | None) -> list[int]:
    """Returns for each orderable question the rank, from 1, of its first evidence sentence; empty without an order."""
    ranks = list[int]()
    for sample in samples:
        if order is not None and _is_orderable(sample) and sample.pair.source == "question":
            scores = _table(sample) @ (*order.features.values(), *order.state)
            ranks.append(int(np.flatnonzero(sample.evidence[np.argsort(-scores, kind="stable")])[0]) + 1)
    return ranks


def order_figures(ranks: Sequence[int]) -> dict[str, float]:
    """Returns the shares of questions whose evidence ranks first, and among the first five, by ranks of `ranks_of`."""
    shares = {"first": np.mean(np.array(ranks) == 1), "among_five": np.mean(np.array(ranks) <= 5)} if ranks else {}
    return {name: round(float(share), 4) for name, share in shares.items()}


def _table(sample: Sample) -> Floats:
    """Returns the inputs of the order: the features `_ORDERED_BY` and the hidden state of each sentence."""
    return np.hstack([sample.features[:, _COLUMNS], sample.states], dtype=np.float64)


def _is_orderable(sample: Sample) -> bool:
    """Whether a pair is answered, and has sentences that are its evidence and others that are not."""
    return sample.pair.answered and bool(sample.evidence.any() and not sample.evidence.all())


def scaler_of(rows: Floats, features: int, state_scale: float) -> StandardScaler:
    """Returns a scaler that standardises the features, and the columns after them to a deviation of `state_scale`."""
    scaler = StandardScaler().fit(rows)
    scaler.scale_ = np.maximum(scaler.scale_, 1e-6)
    scaler.scale_[features:] /= state_scale
    return scaler


def rounded(weights: Floats, names: Sequence[str]) -> LinearWeights:
    """Returns weights of features, then of the hidden state, rounded and by name as an artefact holds them."""
    features, state = ([round(float(weight), 5) for weight in part] for part in np.split(weights, [len(names)]))
    return LinearWeights(features=dict(zip(names, features, strict=True)), state=tuple(state))
