"""Paired comparison of two runs over the same cases: differences with intervals and p-values, and the flips.

A flip is a case that is right in one run only, such as `right` before and `not_retrieved` now; whether there are more
of them one way than chance gives is told by the difference of `right`, as of any other metric.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

from evals.errors import RunError
from evals.metrics.table import METRICS, RIGHT, Floats, Metric
from evals.runs import Run, RunManifest, ScoreRecord, Stage
from evals.stats import cluster_bootstrap, interval, sign_flip_p
from evals.summary import bears_on, by_case, combined

ALPHA: Final = 0.05
# Fields of the manifest that name and date a run; two runs of the same configuration differ in them.
_INCIDENTAL: Final = frozenset({"name", "started", "ended"})
Pairs = Sequence[tuple[ScoreRecord, ScoreRecord]]


@dataclass(frozen=True, kw_only=True)
class Paired:
    """One metric over cases that both runs have: rows of `a`, the baseline, and `b` are the same case.

    Both hold components, shape (n, k), zeros where the metric applies in the other run only.
    """

    metric: Metric
    a: Floats
    b: Floats
    clusters: tuple[str, ...]

    @property
    def values(self) -> tuple[float | None, float | None]:
        """The figure of the baseline and of the candidate; None where it applies to no case."""
        return combined(self.a, self.metric.combine), combined(self.b, self.metric.combine)

    @property
    def bearing(self) -> list[str]:
        """The clusters of the cases that bear on the figure in either run, one entry a case."""
        bears = bears_on(self.a, self.metric.combine) + bears_on(self.b, self.metric.combine)
        return [cluster for cluster, counts in zip(self.clusters, bears, strict=True) if counts]

    def differences(self, seed: int = 0) -> Floats:
        """Returns bootstrap differences candidate − baseline, shape (resamples,)."""
        # The same clusters are drawn for both.
        before, after = (cluster_bootstrap(x, self.clusters, self.metric.combine, seed=seed) for x in (self.a, self.b))
        return after - before


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure in both runs: b − a with its 95 % interval, and the two-sided p of no difference at all."""

    metric: str
    a: float
    b: float
    delta: float
    low: float
    high: float
    p: float
    n: int
    verdict: Literal["better", "worse", "same"]


@dataclass(frozen=True, kw_only=True)
class Flip:
    """One case that is right in one run only; a stage of None is right."""

    case: str
    old: Stage | None
    new: Stage | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two runs beside each other, over the cases that both have.

    Attributes:
        unpaired: Cases that one of them has not, or whose right outcome differs.
        differences: Of the metrics that apply in both runs, by name in the order of `METRICS`.
        changes: What was run differently: its name, before and now; None where a run has none of it.
    """

    baseline: str
    candidate: str
    pairs: Pairs
    unpaired: tuple[str, ...]
    regressions: tuple[Flip, ...]
    improvements: tuple[Flip, ...]
    differences: Mapping[str, Difference]
    changes: tuple[tuple[str, str | None, str | None], ...]

    @property
    def right(self) -> Difference:
        """The share of right outcomes, which applies to every case."""
        return self.differences[RIGHT.name]

    @property
    def before(self) -> list[ScoreRecord]:
        """The cases that both have as they came out in the baseline, in the slices of now."""
        return [old.model_copy(update={"slices": new.slices}) for old, new in self.pairs]

    def to_json(self) -> dict[str, Any]:
        """Returns all but the pairs, of which only the number."""
        found = {name: value for name, value in asdict(self).items() if name not in ("pairs", "unpaired")}
        return {"cases": len(self.pairs)} | found


def compare(baseline: Run, candidate: Run) -> Comparison:
    """Compares two runs case by case, over the cases that both have; repeats are averaged first."""
    pairs, unpaired = paired_cases(by_case(baseline.scores()), by_case(candidate.scores()))
    names = baseline.manifest.name, candidate.manifest.name
    if not pairs:
        raise RunError(f"the runs {names[0]!r} and {names[1]!r} share no case: run both over the same dataset")
    found = (difference(paired(pairs, metric)) for metric in METRICS.values())
    # What was run differently: entries of settings, models and packages each by their own key.
    old, now = _entries(baseline.manifest), _entries(candidate.manifest)
    flips = [Flip(case=y.case, old=x.stage, new=y.stage) for x, y in pairs if (x.stage is None) != (y.stage is None)]
    return Comparison(
        baseline=names[0], candidate=names[1], pairs=pairs, unpaired=unpaired,
        regressions=tuple(flip for flip in flips if flip.old is None),
        improvements=tuple(flip for flip in flips if flip.new is None),
        differences={item.metric: item for item in found if item is not None},
        changes=tuple((n, old.get(n), now.get(n)) for n in {**old, **now} if old.get(n) != now.get(n)),
    )  # fmt: skip


def difference_of_data(a: RunManifest, b: RunManifest) -> str | None:
    """Returns why figures of two runs are not about the same thing; None where they are."""
    if a.dataset_sha256 != b.dataset_sha256:
        return f"the runs {a.name!r} and {b.name!r} asked different cases ({a.dataset!r}, {b.dataset!r})"
    if a.corpus_sha256 != b.corpus_sha256:
        return f"the runs {a.name!r} and {b.name!r} searched different statements"
    return None


def paired_cases(a: Sequence[ScoreRecord], b: Sequence[ScoreRecord]) -> tuple[Pairs, tuple[str, ...]]:
    """Returns (cases with the same id and the same right outcome in both, ids of all others), each by id."""
    before, after = ({case.case: case for case in cases} for cases in (a, b))
    pairs = tuple((before[name], after[name]) for name in sorted(before.keys() & after.keys()))
    same = tuple((x, y) for x, y in pairs if (x.expected, x.expected_states) == (y.expected, y.expected_states))
    others = (before.keys() | after.keys()) - {new.case for _, new in same}
    return same, tuple(sorted(others))


def paired(pairs: Pairs, metric: Metric) -> Paired:
    """Returns a metric over the cases to which it applies in either run."""
    key = metric.key
    applying = [(old, new) for old, new in pairs if key in old.components or key in new.components]
    width = max((len(c.components.get(key, ())) for pair in applying for c in pair), default=0)
    a, b = (
        np.array([case.components.get(key, (0.0,) * width) for case in side], dtype=np.float64)
        for side in (zip(*applying, strict=True) if applying else ((), ()))
    )
    return Paired(metric=metric, a=a, b=b, clusters=tuple(new.cluster for _, new in applying))


def difference(found: Paired) -> Difference | None:
    """Returns how a metric differs, with interval and p-value; None where it does not apply in both runs."""
    a, b = found.values
    if a is None or b is None:
        return None
    metric = found.metric
    low, high = interval(found.differences())
    p = sign_flip_p(found.a, found.b, found.clusters, metric.combine)
    decided = p <= ALPHA and metric.higher_is_better is not None
    better = (b > a) == metric.higher_is_better
    return Difference(
        metric=metric.name, a=a, b=b, delta=b - a, low=low, high=high, p=p, n=len(found.bearing),
        verdict="same" if not decided else "better" if better else "worse",
    )  # fmt: skip


def _entries(manifest: RunManifest) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in manifest.model_dump(exclude=set(_INCIDENTAL)).items():
        entries: Mapping[str, Any] = value if isinstance(value, Mapping) else {"": value}
        found |= {f"{name}.{key}" if key else name: str(entry) for key, entry in entries.items() if entry is not None}
    return found
