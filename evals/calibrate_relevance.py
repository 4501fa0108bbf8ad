"""Fitting of relevance: whether a party's sentences answer, and which of them best, with folds by party and by topic.

The chance is a logistic regression over features and the cross-encoder's hidden state, fitted once for parties that are
asked about and once for lists, where few of many parties speak of a topic and less is read of each. A pair answers if
one of its sentences does; fitting alternates between weights and each pair's likeliest sentence (multiple-instance
learning). The order is fitted in `calibrate_order.py`.

Source, for alternating: Andrews, Tsochantaridis and Hofmann, Support Vector Machines for Multiple-Instance Learning
(2003).
"""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Final

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, precision_recall_curve, roc_auc_score

from app.retrieval.relevance import AmongOthers, RelevanceArtefact, RelevanceModel, logit_of
from app.retrieval.relevance_features import FEATURE_VERSION
from evals.calibrate_order import PAIR_WEIGHTS, fit_order, order_figures, ranks_of, rounded, scaler_of
from evals.errors import EvalError
from evals.metrics.table import Flags, Floats
from evals.relevance_pairs import FEATURES, FOLDS, FoldBy, Sample, fold_of
from vectorstore.records import text_sha256

# The kinds of cross-validation folds; thresholds are chosen on those by topic.
_FOLDS: Final[tuple[FoldBy, ...]] = ("topic", "party")
# The sealed fold, by party and for lists by topic, on which nothing is chosen and which is measured once, at the end.
SEALED: Final = FOLDS - 1
_ALTERNATIONS: Final = 3  # rounds of choosing each pair's sentence and fitting anew
# Share of questions that have no answer, among questions as people type them at a desk.
_IN_VAIN: Final = 0.25
# Minimum number of pairs for a fit, and of answered and of unanswered pairs among them.
_PAIRS_MIN: Final = 50
_ANSWERED_MIN: Final = 10
# Minimum number of lists for fitting `AmongOthers`, so that enough lists remain without each fold.
_LISTS_MIN: Final = 4 * FOLDS
# Sources of pairs that are like the questions of users, on which the threshold is chosen.
_ASKED: Final = ("question", "cell")
# Sample weight of all `beside` sentences of a pair together, as no answers: low, since evidence is not complete.
_BESIDE_WEIGHT: Final = 0.5
# Minimum precision of abstaining below `near`, the chance from which on a passage is shown as the nearest one.
_SURELY_SILENT: Final = 0.97
# Standard deviation of the components of the hidden state, where features have 1: the larger, the less their weights
# are penalised. Chosen on folds by topic.
_STATE_SCALE: Final = 0.25


def fit(samples: Sequence[Sample], models: dict[str, str], *, with_sealed: bool = False) -> RelevanceArtefact:
    """Fits weights and thresholds without the sealed fold; figures are of held-out folds, `with_sealed` also of it."""
    open_, sealed = split(samples)
    asked, lists = of_lists(open_, False), of_lists(open_, True)
    if not _is_enough(asked):
        answered = int(_labels(asked).sum())
        raise EvalError(
            f"calibration needs at least {_PAIRS_MIN} pairs of topic and party, answered and not, and this set has"
            f" {answered} and {len(asked) - answered}: name a larger set, or give the corpus that it is about"
        )
    asked_model, figures = fit_relevance_model(asked)
    # With too few lists for a fit of their own, lists are judged like parties that are asked about.
    listed = asked_model
    if _is_enough(lists):
        listed, list_figures = fit_relevance_model(lists)
        figures = {by: figures[by] | list_figures[by] for by in _FOLDS}
    for by in _FOLDS:
        ranks = [rank for train, test in _folds(open_, by) for rank in ranks_of(test, fit_order(train))]
        figures[by] |= order_figures(ranks)
    order = fit_order(open_)
    if sealed and with_sealed:
        figures["sealed"] = order_figures(ranks_of(sealed, order))
        for model, of_list in ((asked_model, False), (listed, True)):
            if test := of_lists(sealed, of_list):
                figures["sealed"] |= figures_of(
                    _recalibrated(model.among, surest(model, test), test), test, model.threshold
                )
    pairs = sorted((s.pair for s in open_), key=lambda p: (p.topic, p.party, p.files, p.source, p.asked))
    data = "".join(repr((p.topic, p.party, p.files, p.source, p.answered)) for p in pairs)
    return RelevanceArtefact(
        feature_version=FEATURE_VERSION, asked=asked_model, listed=listed, order=order, models=models, pairs=len(open_),
        data_sha256=text_sha256(data), figures=figures,
    )  # fmt: skip


def _is_enough(samples: Sequence[Sample]) -> bool:
    """Whether there are enough pairs for a fit and for folds: one list of sixty States has one topic, so no folds."""
    answered = int(_labels(samples).sum())
    many = len(samples) >= _PAIRS_MIN and _ANSWERED_MIN <= answered <= len(samples) - _ANSWERED_MIN
    trains = [[train for train, _ in _folds(samples, by)] for by in _FOLDS]
    return many and all(parts and all(len({*_labels(train)}) > 1 for train in parts) for parts in trains)


def _folds(samples: Sequence[Sample], by: FoldBy) -> Iterator[tuple[list[Sample], list[Sample]]]:
    for fold in range(FOLDS):
        train, test = ([s for s in samples if (s.pair.fold(by) == fold) == inside] for inside in (False, True))
        if train and test:
            yield train, test


def fit_relevance_model(samples: Sequence[Sample]) -> tuple[RelevanceModel, dict[str, dict[str, float]]]:
    """Fits the chance to pairs, all or none of lists, and its thresholds on folds by topic; returns figures as well."""
    scored = {by: [(surest(fit_weights(train), test), test) for train, test in _folds(samples, by)] for by in _FOLDS}
    ordered = {by: [sample for _, test in parts for sample in test] for by, parts in scored.items()}
    chances = {by: np.concatenate([found for found, _ in parts]) for by, parts in scored.items()}
    among = None
    if len(_lists(ordered["topic"])) >= _LISTS_MIN:
        among = fit_among(chances["topic"], ordered["topic"])
    if among is not None:
        chances = {by: _among_unseen(chances[by], ordered[by]) for by in _FOLDS}
    # Thresholds are chosen on lists or on pairs like the questions of users, not on pairs from the thesaurus.
    by_topic, asked = ordered["topic"], _of_source(ordered["topic"], *_ASKED, "list")
    own, answered = chances["topic"][asked], _labels(by_topic)[asked]
    choose = list_threshold if by_topic[0].pair.source == "list" else best_threshold
    threshold = choose(own, answered)
    nearest = near_threshold(own, answered, threshold)
    fitted = fit_weights(samples)
    chosen = {"threshold": _kept(threshold), "near": _kept(nearest), "among": among}
    model = RelevanceModel.model_validate(dict(fitted) | chosen)
    return model, {by: figures_of(chances[by], ordered[by], threshold) for by in _FOLDS}


def _kept(threshold: float) -> float:
    """Rounds a threshold to one that an artefact can hold, which is neither 0 nor 1."""
    return min(max(round(threshold, 4), 1e-4), 1 - 1e-4)


def of_lists(samples: Sequence[Sample], listed: bool) -> list[Sample]:
    """Returns the samples of lists if `listed`, else the others."""
    return [sample for sample in samples if (sample.pair.source == "list") == listed]


def split(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Returns (samples to fit on, the sealed fold), which share no topic and, lists aside, no party."""
    sealed = [s for s in samples if s.pair.fold("topic" if s.pair.source == "list" else "party") == SEALED]
    topics = {sample.pair.topic for sample in sealed}
    return [s for s in samples if s.pair.fold("party") != SEALED and s.pair.topic not in topics], sealed


def fit_weights(samples: Sequence[Sample]) -> RelevanceModel:
    """Fits the chance, with placeholders for thresholds; each pair is represented by its likeliest sentence."""
    # A `beside` sentence, which is known not to be evidence, does not represent its pair unless all sentences are such.
    masks = [np.where(s.beside, -np.inf, 0.0) if not s.beside.all() else np.zeros(len(s.beside)) for s in samples]
    alone = FEATURES.index("alone")
    best = [int(np.argmax(sample.features[:, alone] + mask)) for sample, mask in zip(samples, masks, strict=True)]
    tables = list(map(_table, samples))
    # `beside` sentences are added as negatives, so that features of a statement alone do not make its sentences likely.
    beside = np.concatenate([table[sample.beside] for table, sample in zip(tables, samples, strict=True)])
    labels = np.concatenate([_labels(samples), np.zeros(len(beside), dtype=np.bool_)])
    importance = [PAIR_WEIGHTS.get(s.pair.source, 1.0) for s in samples]
    importance += [_BESIDE_WEIGHT / s.beside.sum() for s in samples for _ in range(s.beside.sum())]
    for _ in range(_ALTERNATIONS):
        rows = np.concatenate([np.stack([table[row] for table, row in zip(tables, best, strict=True)]), beside])
        scaler = scaler_of(rows, len(FEATURES), _STATE_SCALE)
        model = LogisticRegression(C=0.3, max_iter=2000).fit(scaler.transform(rows), labels, sample_weight=importance)
        weights: Floats = model.coef_[0] / scaler.scale_
        best = [int(np.argmax(table @ weights + mask)) for table, mask in zip(tables, masks, strict=True)]
    intercept = float(model.intercept_[0] - weights @ scaler.mean_)
    return RelevanceModel(**dict(rounded(weights, FEATURES)), intercept=intercept, threshold=0.5, near=0.5)


def fit_among(chances: Floats, samples: Sequence[Sample]) -> AmongOthers | None:
    """Fits the recalibration of lists to held-out chances of their pairs; None with too few lists or `own` <= 0."""
    lists = _lists(samples)
    answered = _labels(samples)
    # A list in which no party answers does not show which party stands out.
    rows = [row for rows in lists.values() if answered[rows].any() and len(rows) > 1 for row in rows]
    if len(lists) < FOLDS or len({*answered[rows]}) < 2:
        return None
    table = np.zeros((len(samples), 2))
    for members in lists.values():
        logits = np.array([logit_of(chance) for chance in chances[members]])
        others = [np.delete(logits, at).max(initial=logit_of(0.0)) for at in range(len(members))]
        table[members] = np.stack([logits, others], axis=1)
    model = LogisticRegression(max_iter=500).fit(table[rows], answered[rows])
    own, other, intercept = (round(float(weight), 5) for weight in (*model.coef_[0], *model.intercept_))
    return AmongOthers(intercept=intercept, own=own, other=other) if model.coef_[0][0] > 0 else None


def _among_unseen(chances: Floats, samples: Sequence[Sample]) -> Floats:
    """Returns the chances of pairs, (n,), recalibrated within their lists by fits to the other folds of lists."""
    recalibrated = np.zeros(len(samples))
    folds = np.array([fold_of(sample.pair.asked) for sample in samples])
    for fold in np.unique(folds):
        inside = folds == fold
        among = fit_among(chances[~inside], list(compress(samples, ~inside)))
        recalibrated[inside] = _recalibrated(among, chances[inside], list(compress(samples, inside)))
    return recalibrated


def _recalibrated(among: AmongOthers | None, chances: Floats, samples: Sequence[Sample]) -> Floats:
    """Returns the chances of pairs, (n,), recalibrated within their lists; with None as they are."""
    recalibrated = chances.copy()
    if among is not None:
        for rows in _lists(samples).values():
            recalibrated[rows] = [chance for (chance,) in among.chances([[chance] for chance in chances[rows]])]
    return recalibrated


def _lists(samples: Sequence[Sample]) -> dict[str, list[int]]:
    """Returns for each list, by `Pair.asked`, the row numbers of its pairs; pairs of no list are left out."""
    lists: dict[str, list[int]] = {}
    for row, sample in enumerate(samples):
        if sample.pair.asked:
            lists.setdefault(sample.pair.asked, []).append(row)
    return lists


def surest(model: RelevanceModel, samples: Sequence[Sample]) -> Floats:
    """Returns the chance of each pair, 0 to 1: that of its likeliest sentence."""
    weights = np.array([*model.features.values(), *model.state])
    return np.array([expit(model.intercept + (_table(sample) @ weights).max()) for sample in samples])


def _table(sample: Sample) -> Floats:
    """Returns the inputs of the chance, (n, features + dim): the features and hidden state of each sentence."""
    return np.hstack([sample.features, sample.states], dtype=np.float64)


def best_threshold(chances: Floats, answered: Flags) -> float:
    """Returns the chance below which abstaining has the highest lesser of precision and recall."""
    # Precision is computed for the share of unanswered questions `_IN_VAIN`, since the pairs were written to be hard.
    rates = {float(at): min(abstention(chances, answered, float(at), _IN_VAIN)) for at in np.unique(chances)}
    return max({0.5: 0.0} | rates, key=lambda at: rates.get(at, 0.0))


def near_threshold(chances: Floats, answered: Flags, threshold: float) -> float:
    """Returns the highest chance below which abstaining has precision `_SURELY_SILENT`; at most the threshold."""
    candidates = [float(chance) for chance in np.unique(chances) if chance <= threshold]
    sure = [chance for chance in candidates if abstention(chances, answered, chance)[0] >= _SURELY_SILENT]
    return max(sure, default=min(candidates, default=threshold))


def list_threshold(chances: Floats, answered: Flags) -> float:
    """Returns the chance from which on parties are listed: half the best F1 that a threshold gives.

    This threshold maximises F1 of calibrated chances, and varies less than the best one of a sample. Source: Lipton,
    Elkan and Naryanaswamy, Optimal Thresholding of Classifiers to Maximize F1 Measure (2014).
    """
    precision, recall, _ = precision_recall_curve(answered, chances)
    return float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-9)) / 2)


def abstention(chances: Floats, answered: Flags, threshold: float, in_vain: float | None = None) -> tuple[float, float]:
    """Returns precision and recall, 0 to 1, of abstaining from the pairs, (n,), whose chance is below a threshold.

    Precision is computed as if a share `in_vain` of the pairs had no answer; by default their own share is used.
    """
    silent = chances < threshold
    caught, needless = (silent[part].mean() if part.any() else 0.0 for part in (~answered, answered))
    share = float((~answered).mean()) if in_vain is None else in_vain
    abstained = share * caught + (1 - share) * needless
    return float(share * caught / abstained) if abstained else 0.0, float(caught)


def figures_of(chances: Floats, samples: Sequence[Sample], threshold: float) -> dict[str, float]:
    """Returns AUC and Brier score, F1 for lists, else precision and recall of abstaining, on all and `_ASKED` pairs.

    AUC is left out where all pairs are answered, or none.
    """
    answered, asked = _labels(samples), _of_source(samples, *_ASKED)
    found = {"pairs": float(len(samples))}
    if 0 < answered.sum() < len(answered):
        found["auc"] = float(roc_auc_score(answered, chances))
    found["brier"] = float(brier_score_loss(answered, chances))
    if samples[0].pair.source == "list":
        found["f1"] = float(f1_score(answered, chances >= threshold, zero_division=0.0))
        return {f"list_{name}": round(value, 4) for name, value in found.items()}
    for name, part in (("", np.ones(len(samples), dtype=np.bool_)), ("question_", asked)):
        if part.any():
            rates = abstention(chances[part], answered[part], threshold)
            found |= {f"{name}precision": rates[0], f"{name}recall": rates[1]}
    return {name: round(value, 4) for name, value in found.items()}


def _labels(samples: Sequence[Sample]) -> Flags:
    return np.array([sample.pair.answered for sample in samples], dtype=np.bool_)


def _of_source(samples: Sequence[Sample], *sources: str) -> Flags:
    return np.array([sample.pair.source in sources for sample in samples], dtype=np.bool_)
