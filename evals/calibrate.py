"""Fitting confidence: logistic regression over what ranking measured, with folds by State.

Every sentence that ranking offers for a development question is a sample; it is positive where it overlaps gold
evidence. Figures come from questions on States that the fold was not fitted on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from app.calibration import Features
from app.wiring import Workspace
from evals.cases import Case, Evidence
from vectorstore.records import Sentence

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FOLDS = 5


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A fit, and what it is worth on States that it has not seen.

    Attributes:
        threshold: Where the lesser of abstention's precision and recall is highest over all folds.
        precision: Of the abstentions that this threshold gives, how many are right, 0 to 1.
        recall: Of the cases without evidence, how many are abstained from, 0 to 1.
    """

    cases: int
    samples: int
    intercept: float
    weights: tuple[float, ...]
    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True, kw_only=True)
class _Sample:
    features: Floats
    labels: Flags
    answerable: bool
    group: str


def fit(cases: Sequence[Case], workspace: Workspace) -> Calibration:
    """Fits weights and threshold on the single-State cases that have statements in scope."""
    samples = [sample for case in cases if (sample := _sample(case, workspace)) is not None]
    groups = np.array([sample.group for sample in samples])
    strongest = np.zeros(len(samples))
    for train, test in GroupKFold(FOLDS).split(samples, groups=groups):
        model = _fitted([samples[row] for row in train])
        for row in test:
            strongest[row] = model.predict_proba(samples[row].features)[:, 1].max()
    answerable = np.array([sample.answerable for sample in samples])
    threshold, precision, recall = best_threshold(strongest, answerable)
    final = _fitted(samples)
    return Calibration(
        cases=len(samples),
        samples=sum(len(sample.labels) for sample in samples),
        intercept=round(float(final.intercept_[0]), 4),
        weights=tuple(round(float(weight), 4) for weight in final.coef_[0]),
        threshold=round(threshold, 4),
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


def _sample(case: Case, workspace: Workspace) -> _Sample | None:
    if case.type not in ("single_state", "unanswerable", "partial"):
        return None
    retrieved = workspace.retrieve(case.question, case.history)
    if len(retrieved.asked) != 1 or not retrieved.searched or not retrieved.found:
        return None
    files = {summary.statement_id: summary.file for summary in retrieved.searched}
    items = [item for item in retrieved.found[0].evidence if item.features is not None]
    if not items:
        return None
    answerable = case.expect.status != "abstained"
    labels = [answerable and any(_overlaps(item.sentence, files, span) for span in case.evidence) for item in items]
    return _Sample(
        features=np.array([Features.vector(item.features) for item in items if item.features is not None]),
        labels=np.array(labels),
        answerable=answerable,
        group=retrieved.asked[0],
    )


def _overlaps(sentence: Sentence, files: dict[str, str], span: Evidence) -> bool:
    if files.get(sentence.statement_id) != span.file:
        return False
    common = min(sentence.end, span.end) - max(sentence.start, span.start)
    return common >= 0.5 * min(sentence.end - sentence.start, span.end - span.start)


def _fitted(samples: Sequence[_Sample]) -> LogisticRegression:
    features = np.concatenate([sample.features for sample in samples])
    labels = np.concatenate([sample.labels for sample in samples])
    return LogisticRegression(max_iter=1000).fit(features, labels)
