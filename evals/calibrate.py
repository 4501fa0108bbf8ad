"""Fitting the calibration of confidence: logistic regression over ranking features, cross-validated by State.

Every question is a sample, positive where its scope holds an answer. Figures come from questions on States that the
fold was not fitted on.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from app.retrieval.party_evidence import PartyEvidence
from app.wiring import Workspace
from evals.errors import EvalError
from evals.golden.cases import Case

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

FOLDS = 5


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A fit, and what it is worth on States that it has not seen.

    Attributes:
        auc: Chance that a case with evidence ranks above one without, 0.5 to 1.
        threshold: Where the lesser of abstention's precision and recall is highest over all folds.
        precision: Of the abstentions that this threshold gives, how many are right, 0 to 1.
        recall: Of the cases without evidence, how many are abstained from, 0 to 1.
    """

    cases: int
    auc: float
    intercept: float
    weights: tuple[float, ...]
    threshold: float
    precision: float
    recall: float


def fit(cases: Sequence[Case], workspace: Workspace) -> Calibration:
    """Fits weights and threshold on the single-State cases that have statements in scope.

    Raises:
        EvalError: They are of too few States, or nearly all with evidence or all without.
    """
    rows: list[tuple[float, ...]] = []
    labels: list[bool] = []
    groups: list[str] = []
    for case in cases:
        found = _only_party(case, workspace)
        if found is not None and found.features is not None:
            rows.append(astuple(found.features))
            labels.append(case.expect.status != "abstained")
            groups.append(found.party)
    features, answerable = np.array(rows), np.array(labels)
    chances = np.zeros(len(rows))
    for train, test in _folds(features, answerable, groups):
        chances[test] = _fitted(features[train], answerable[train]).predict_proba(features[test])[:, 1]
    threshold, precision, recall = best_threshold(chances, answerable)
    scaler, model = (step for _, step in _fitted(features, answerable).steps)
    weights = model.coef_[0] / scaler.scale_
    return Calibration(
        cases=len(rows),
        auc=round(float(roc_auc_score(answerable, chances)), 4),
        intercept=round(float(model.intercept_[0] - weights @ scaler.mean_), 4),
        weights=tuple(round(float(weight), 4) for weight in weights),
        threshold=round(threshold, 3),
        precision=round(precision, 4),
        recall=round(recall, 4),
    )


def best_threshold(strongest: Floats, answerable: Flags) -> tuple[float, float, float]:
    """Returns (threshold, precision, recall) of abstaining below it, where the lesser of the two is highest.

    Args:
        strongest: Confidence of the best sentence per case, 0 to 1.
        answerable: Whether the case has evidence.
    """
    best = (0.0, 0.0, 0.0)
    for threshold in np.unique(strongest):
        abstained = strongest < threshold
        right = int((abstained & ~answerable).sum())
        precision = right / max(1, int(abstained.sum()))
        recall = right / max(1, int((~answerable).sum()))
        if min(precision, recall) > min(best[1:]):
            best = (float(threshold), precision, recall)
    return best


def _only_party(case: Case, workspace: Workspace) -> PartyEvidence | None:
    if case.type not in ("single_state", "unanswerable", "partial"):
        return None
    retrieved = workspace.retrieve(case.question, case.history)
    return retrieved.party_evidence[0] if len(retrieved.asked) == 1 and retrieved.party_evidence else None


def _folds(features: Floats, answerable: Flags, groups: Sequence[str]) -> list[tuple[Indices, Indices]]:
    found = len(set(groups))
    if found < FOLDS:
        raise EvalError(
            f"calibration needs questions about at least {FOLDS} States with statements in scope, one State each, and "
            f"this set has them about {found}: name a larger set"
        )
    folds = list(GroupKFold(FOLDS).split(features, groups=groups))
    if any(len(np.unique(answerable[train])) < 2 for train, _ in folds):
        raise EvalError(
            "calibration needs questions that the statements answer and questions that they do not, both about several "
            f"States, and this set has {int(answerable.sum())} and {int((~answerable).sum())}: name another set"
        )
    return folds


def _fitted(features: Floats, answerable: Flags) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000)).fit(features, answerable)
