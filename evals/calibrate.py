"""Fitting of relevance: whether a party's sentences answer, and which of them best, with folds by party and by topic.

The chance is a logistic regression over the features of labelled pairs and the hidden state of the cross-encoder: one
for parties that are asked about, another for lists, where few of many speak of a topic and less is read of each. A pair
answers if one of its sentences does: which is the surest, and the weights, are found in turns (multiple-instance
learning). The order is a conditional logit over the sentences of each pair: of "how many suspects were extradited?" the
one with the number is to be likelier than the one on extradition at large. What is the same of all of them drops out.

Source, for the turns: Andrews, Tsochantaridis and Hofmann, Support Vector Machines for Multiple-Instance Learning
(2003). For the order: McFadden, Conditional Logit Analysis of Qualitative Choice Behavior (1974); as a loss of
rankings, Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach (2007).
"""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, precision_recall_curve, roc_auc_score
from sklearn.preprocessing import StandardScaler

from app.retrieval.relevance import AmongOthers, Judgement, LinearWeights, RelevanceArtefact, logit_of
from app.retrieval.relevance_features import FEATURE_VERSION
from evals.errors import EvalError
from evals.metrics.table import Flags, Floats
from evals.relevance_pairs import FEATURES, FOLDS, FoldBy, Sample, fold_of
from vectorstore.records import text_sha256

# Folds by topic, by which thresholds are chosen, and by party.
_FOLDS: Final[tuple[FoldBy, ...]] = ("topic", "party")
# This fold, by party and for lists by topic, on which nothing is chosen, is measured once, at the end.
SEALED: Final = FOLDS - 1
# Weight of a pair by its source: what the thesaurus tells is not asked by anybody.
_WEIGHTS: Final = {"thesaurus": 0.5}
_TURNS: Final = 3
# Share of questions that are asked in vain, as typed at a desk.
_IN_VAIN: Final = 0.25
# Fewer pairs fit nothing, nor do fewer of them that are answered, or not.
_PAIRS_MIN: Final = 50
_ANSWERED_MIN: Final = 10
# Fewer lists do not tell who stands out of one, when a fold of them is left out.
_LISTS_MIN: Final = 4 * FOLDS
# Pairs as users ask, by which the threshold is chosen.
_ASKED: Final = ("question", "cell")
# Weight of all sentences beside the evidence of a pair: evidence is not complete.
_BESIDE_WEIGHT: Final = 0.5
# Precision of abstaining below the chance from which on a passage is shown as the nearest one.
_SURELY_SILENT: Final = 0.97
# How large a component of the hidden state counts beside a feature, which is larger the less it is penalised: for the
# chance and, with the penalty of squared weights, for the order. Chosen on folds by topic.
_STATE_SCALE: Final = 0.25
_ORDER_STATE_SCALE: Final = 0.3
_ORDER_PENALTY: Final = 10.0
# What orders the sentences of a party beside the hidden state; the other features added nothing on folds by topic.
_ORDERED_BY: Final = ("alone", "meaning_lead", "meaning_around")
_ORDER_COLUMNS: Final = [FEATURES.index(name) for name in _ORDERED_BY]


def fit(samples: Sequence[Sample], models: dict[str, str], *, with_sealed: bool = False) -> RelevanceArtefact:
    """Fits weights and thresholds on all but the sealed fold, measured on folds not seen; `with_sealed` on it too."""
    open_, sealed = split(samples)
    asked, lists = of_lists(open_, False), of_lists(open_, True)
    if not _is_enough(asked):
        answered = int(_labels(asked).sum())
        raise EvalError(
            f"calibration needs at least {_PAIRS_MIN} pairs of topic and party, answered and not, and this set has"
            f" {answered} and {len(asked) - answered}: name a larger set, or give the corpus that it is about"
        )
    judgement, figures = fit_judgement(asked)
    # Too few lists are judged as parties that are asked about are.
    listed = judgement
    if _is_enough(lists):
        listed, told = fit_judgement(lists)
        figures = {by: figures[by] | told[by] for by in _FOLDS}
    for by in _FOLDS:
        ranks = [rank for rest, own in _folds(open_, by) for rank in ranks_of(own, fit_order(rest))]
        figures[by] |= order_figures(ranks)
    order = fit_order(open_)
    if sealed and with_sealed:
        figures["sealed"] = order_figures(ranks_of(sealed, order))
        for fitted, of in ((judgement, False), (listed, True)):
            if own := of_lists(sealed, of):
                figures["sealed"] |= figures_of(_told(fitted.among, surest(fitted, own), own), own, fitted.threshold)
    pairs = sorted((s.pair for s in open_), key=lambda p: (p.topic, p.party, p.files, p.source, p.asked))
    data = "".join(repr((p.topic, p.party, p.files, p.source, p.answered)) for p in pairs)
    return RelevanceArtefact(
        feature_version=FEATURE_VERSION, asked=judgement, listed=listed, order=order, models=models, pairs=len(open_),
        data_sha256=text_sha256(data), figures=figures,
    )  # fmt: skip


def _is_enough(samples: Sequence[Sample]) -> bool:
    """Whether pairs can be fitted, and measured on folds: one list of sixty States has a single topic."""
    answered = int(_labels(samples).sum())
    many = len(samples) >= _PAIRS_MIN and _ANSWERED_MIN <= answered <= len(samples) - _ANSWERED_MIN
    rests = [[rest for rest, _ in _folds(samples, by)] for by in _FOLDS]
    return many and all(parts and all(len({*_labels(rest)}) > 1 for rest in parts) for parts in rests)


def _folds(samples: Sequence[Sample], by: FoldBy) -> Iterator[tuple[list[Sample], list[Sample]]]:
    for fold in range(FOLDS):
        rest, own = ([s for s in samples if (s.pair.fold(by) == fold) == inside] for inside in (False, True))
        if rest and own:
            yield rest, own


def fit_judgement(samples: Sequence[Sample]) -> tuple[Judgement, dict[str, dict[str, float]]]:
    """Fits the chance to pairs, all of lists or none, and its thresholds to folds by topic; returns figures as well."""
    told = {by: [(surest(fit_weights(rest), own), own) for rest, own in _folds(samples, by)] for by in _FOLDS}
    ordered = {by: [sample for _, own in parts for sample in own] for by, parts in told.items()}
    chances = {by: np.concatenate([found for found, _ in parts]) for by, parts in told.items()}
    among = None
    if len(_lists(ordered["topic"])) >= _LISTS_MIN:
        among = fit_among(chances["topic"], ordered["topic"])
    if among is not None:
        chances = {by: _among_unseen(chances[by], ordered[by]) for by in _FOLDS}
    # As users ask, where the pairs are of questions.
    by_topic, asked = ordered["topic"], _of_source(ordered["topic"], *_ASKED, "list")
    own, answered = chances["topic"][asked], _labels(by_topic)[asked]
    threshold = list_threshold(own, answered) if by_topic[0].pair.source == "list" else best_threshold(own, answered)[0]
    nearest = near(own, answered, threshold)
    fitted = fit_weights(samples)
    chosen = {"threshold": round(threshold, 4), "near": round(nearest, 4), "among": among}
    judgement = fitted.model_copy(update=chosen)
    return judgement, {by: figures_of(chances[by], ordered[by], threshold) for by in _FOLDS}


def of_lists(samples: Sequence[Sample], listed: bool) -> list[Sample]:
    """Returns the samples of lists, or the others."""
    return [sample for sample in samples if (sample.pair.source == "list") == listed]


def split(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Returns what may be fitted on, and the sealed fold, which shares no topic and no party with it."""
    sealed = [s for s in samples if s.pair.fold("topic" if s.pair.source == "list" else "party") == SEALED]
    topics = {sample.pair.topic for sample in sealed}
    return [s for s in samples if s.pair.fold("party") != SEALED and s.pair.topic not in topics], sealed


def fit_weights(samples: Sequence[Sample]) -> Judgement:
    """Fits the chance, with thresholds yet to be chosen; the surest sentence of each pair stands for it."""
    # What is known to stand beside the evidence does not stand for an answered pair.
    may = [np.where(s.beside, -np.inf, 0.0) if not s.beside.all() else np.zeros(len(s.beside)) for s in samples]
    alone = FEATURES.index("alone")
    best = [int(np.argmax(sample.features[:, alone] + own)) for sample, own in zip(samples, may, strict=True)]
    tables = list(map(_table, samples))
    # They count as no answers, so that no sentence is sure for its statement's sake alone.
    beside = np.concatenate([table[sample.beside] for table, sample in zip(tables, samples, strict=True)])
    labels = np.concatenate([_labels(samples), np.zeros(len(beside), dtype=np.bool_)])
    importance = [_WEIGHTS.get(s.pair.source, 1.0) for s in samples]
    importance += [_BESIDE_WEIGHT / s.beside.sum() for s in samples for _ in range(s.beside.sum())]
    for _ in range(_TURNS):
        rows = np.concatenate([np.stack([table[row] for table, row in zip(tables, best, strict=True)]), beside])
        scaler = _scaler(rows, len(FEATURES), _STATE_SCALE)
        model = LogisticRegression(C=0.3, max_iter=2000).fit(scaler.transform(rows), labels, sample_weight=importance)
        weights: Floats = model.coef_[0] / scaler.scale_
        best = [int(np.argmax(table @ weights + own)) for table, own in zip(tables, may, strict=True)]
    intercept = float(model.intercept_[0] - weights @ scaler.mean_)
    return Judgement(**dict(_rounded(weights, FEATURES)), intercept=intercept, threshold=0.5, near=0.5)


def fit_among(chances: Floats, samples: Sequence[Sample]) -> AmongOthers | None:
    """Fits the chance of one of many to that of pairs by themselves, of folds not seen; None of too few lists."""
    lists = _lists(samples)
    answered = _labels(samples)
    # Where nobody answers, nothing is told of who does.
    rows = [row for rows in lists.values() if answered[rows].any() and len(rows) > 1 for row in rows]
    if len(lists) < FOLDS or len({*answered[rows]}) < 2:
        return None
    table = np.zeros((len(samples), 2))
    for own in lists.values():
        logits = np.array([logit_of(chance) for chance in chances[own]])
        others = [np.delete(logits, at).max(initial=logit_of(0.0)) for at in range(len(own))]
        table[own] = np.stack([logits, others], axis=1)
    model = LogisticRegression(max_iter=500).fit(table[rows], answered[rows])
    own_weight, other_weight = map(float, model.coef_[0])
    if own_weight <= 0:
        return None
    return AmongOthers(
        intercept=round(float(model.intercept_[0]), 5), own=round(own_weight, 5), other=round(other_weight, 5)
    )


def _among_unseen(chances: Floats, samples: Sequence[Sample]) -> Floats:
    """Returns the chances of pairs among the others of their lists, by what other folds of lists tell."""
    told = np.zeros(len(samples))
    folds = np.array([fold_of(sample.pair.asked) for sample in samples])
    for fold in np.unique(folds):
        inside = folds == fold
        among = fit_among(chances[~inside], list(compress(samples, ~inside)))
        told[inside] = _told(among, chances[inside], list(compress(samples, inside)))
    return told


def _told(among: AmongOthers | None, chances: Floats, samples: Sequence[Sample]) -> Floats:
    """Returns the chances of pairs, (n,), among the others of their lists."""
    told = chances.copy()
    if among is not None:
        for rows in _lists(samples).values():
            told[rows] = [chance for (chance,) in among.chances([[chance] for chance in chances[rows]])]
    return told


def _lists(samples: Sequence[Sample]) -> dict[str, list[int]]:
    """Returns of each list the rows of its pairs; nothing of other pairs."""
    lists: dict[str, list[int]] = {}
    for row, sample in enumerate(samples):
        if sample.pair.asked:
            lists.setdefault(sample.pair.asked, []).append(row)
    return lists


def surest(judgement: Judgement, samples: Sequence[Sample]) -> Floats:
    """Returns the chance of each pair, 0 to 1: that of its surest sentence."""
    weights = np.array([*judgement.features.values(), *judgement.state])
    return np.array([expit(judgement.intercept + (_table(sample) @ weights).max()) for sample in samples])


def _table(sample: Sample) -> Floats:
    """Returns what is weighed of each sentence: its features, and the hidden states."""
    return np.hstack([sample.features, sample.states], dtype=np.float64)


def _scaler(rows: Floats, features: int, state_scale: float) -> StandardScaler:
    """Returns what standardises the columns, those after the features to a deviation of `state_scale`."""
    scaler = StandardScaler().fit(rows)
    scaler.scale_ = np.maximum(scaler.scale_, 1e-6)
    scaler.scale_[features:] /= state_scale
    return scaler


def fit_order(samples: Sequence[Sample]) -> LinearWeights | None:
    """Fits the order to the pairs some of whose sentences are known to answer, and others not; None without any."""
    told = [sample for sample in samples if _tells(sample)]
    if not told:
        return None
    table, evidence = np.concatenate(list(map(_ordered, told))), np.concatenate([sample.evidence for sample in told])
    scaler = _scaler(table, len(_ORDERED_BY), _ORDER_STATE_SCALE)
    table = scaler.transform(table)
    lengths = [len(sample.evidence) for sample in told]
    starts = np.cumsum([0, *lengths[:-1]])
    importance = np.array([_WEIGHTS.get(sample.pair.source, 1.0) for sample in told])

    def loss(weights: Floats) -> tuple[float, Floats]:
        """Returns the negative log likelihood with its penalty, and the gradient of both."""
        logits = table @ weights
        known = np.where(evidence, logits, -np.inf)
        # Of each pair, the logarithms of the sums over all sentences and over those that answer.
        everything, answering = np.logaddexp.reduceat(logits, starts), np.logaddexp.reduceat(known, starts)
        surplus = np.exp(logits - np.repeat(everything, lengths)) - np.exp(known - np.repeat(answering, lengths))
        value = float(importance @ (everything - answering)) + _ORDER_PENALTY / 2 * float(weights @ weights)
        return value, table.T @ (surplus * np.repeat(importance, lengths)) + _ORDER_PENALTY * weights

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x / scaler.scale_
    return _rounded(found, _ORDERED_BY)


def _rounded(weights: Floats, names: Sequence[str]) -> LinearWeights:
    """Returns weights of features, by name, and of hidden states as an artefact holds them."""
    features, state = ([round(float(weight), 5) for weight in part] for part in np.split(weights, [len(names)]))
    return LinearWeights(features=dict(zip(names, features, strict=True)), state=tuple(state))


def ranks_of(samples: Sequence[Sample], order: LinearWeights | None) -> list[int]:
    """Returns of each question the place of its first sentence that is evidence, from 1; without an order, nothing."""
    ranks = list[int]()
    for sample in samples:
        if order is not None and _tells(sample) and sample.pair.source == "question":
            scores = _ordered(sample) @ (*order.features.values(), *order.state)
            ranks.append(int(np.flatnonzero(sample.evidence[np.argsort(-scores, kind="stable")])[0]) + 1)
    return ranks


def order_figures(ranks: Sequence[int]) -> dict[str, float]:
    """Returns in what share of questions evidence comes first, and among five, by the places that `ranks_of` gives."""
    shares = {"first": np.mean(np.array(ranks) == 1), "among_five": np.mean(np.array(ranks) <= 5)} if ranks else {}
    return {name: round(float(share), 4) for name, share in shares.items()}


def _ordered(sample: Sample) -> Floats:
    """Returns what is weighed of each sentence for the order: some features, and the hidden states."""
    return np.hstack([sample.features[:, _ORDER_COLUMNS], sample.states], dtype=np.float64)


def _tells(sample: Sample) -> bool:
    """Whether some sentences of an answered pair are its evidence, and others are not."""
    return sample.pair.answered and bool(sample.evidence.any() and not sample.evidence.all())


def best_threshold(chances: Floats, answered: Flags) -> tuple[float, float, float]:
    """Returns (threshold, precision, recall) of abstaining below it, where the lesser of the two is highest."""
    # Precision where as many are asked in vain as people do, not as in pairs that were written to be hard.
    found = ((float(at), *abstention(chances, answered, float(at), _IN_VAIN)) for at in np.unique(chances))
    return max(((0.5, 0.0, 0.0), *found), key=lambda each: min(each[1:]))


def near(chances: Floats, answered: Flags, threshold: float) -> float:
    """Returns the chance below which abstaining is nearly always right; at most the threshold."""
    candidates = [float(chance) for chance in np.unique(chances) if chance <= threshold]
    sure = [chance for chance in candidates if abstention(chances, answered, chance)[0] >= _SURELY_SILENT]
    return max(sure, default=min(candidates, default=threshold))


def list_threshold(chances: Floats, answered: Flags) -> float:
    """Returns the chance from which on parties are listed: half the best F1 that a threshold gives.

    Of calibrated chances it has the best F1, and is steadier than the one that happens to be best. Source: Lipton,
    Elkan and Naryanaswamy, Optimal Thresholding of Classifiers to Maximize F1 Measure (2014).
    """
    precision, recall, _ = precision_recall_curve(answered, chances)
    return float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-9)) / 2)


def abstention(chances: Floats, answered: Flags, threshold: float, in_vain: float | None = None) -> tuple[float, float]:
    """Returns precision and recall, 0 to 1, of abstaining from the pairs, (n,), whose chance is below a threshold.

    Precision is told as if a share `in_vain` of the pairs had no answer; by default as many as have none.
    """
    silent = chances < threshold
    caught, needless = silent[~answered].mean() if (~answered).any() else 0.0, silent[answered].mean()
    share = float((~answered).mean()) if in_vain is None else in_vain
    told = share * caught + (1 - share) * needless
    return float(share * caught / told) if told else 0.0, float(caught)


def figures_of(chances: Floats, samples: Sequence[Sample], threshold: float) -> dict[str, float]:
    """Returns what chances are worth: of lists as sets of States, else over all pairs and over those that users ask."""
    answered, asked = _labels(samples), _of_source(samples, *_ASKED)
    found = {"pairs": float(len(samples)), "auc": float(roc_auc_score(answered, chances))}
    found["brier"] = float(brier_score_loss(answered, chances))
    if samples[0].pair.source == "list":
        found["f1"] = float(f1_score(answered, chances >= threshold, zero_division=0.0))
        return {f"list_{name}": round(value, 4) for name, value in found.items()}
    for name, own in (("", np.ones(len(samples), dtype=np.bool_)), ("question_", asked)):
        if own.any():
            rates = abstention(chances[own], answered[own], threshold)
            found |= {f"{name}precision": rates[0], f"{name}recall": rates[1]}
    return {name: round(value, 4) for name, value in found.items()}


def _labels(samples: Sequence[Sample]) -> Flags:
    return np.array([sample.pair.answered for sample in samples], dtype=np.bool_)


def _of_source(samples: Sequence[Sample], *sources: str) -> Flags:
    return np.array([sample.pair.source in sources for sample in samples], dtype=np.bool_)
