"""Paired comparison of two runs over the same cases: differences with intervals and p-values, and the flips.

A flip is a case that is right in one run only, such as `right` before and `not_retrieved` now; whether there are more
of them one way than chance gives is McNemar's exact test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

from evals.errors import RunError
from evals.failure_taxonomy import Stage
from evals.metrics.table import METRICS, Floats, Quantity
from evals.runs import Run, RunManifest
from evals.stats import RESAMPLES, interval, mcnemar_exact, paired_cluster_bootstrap, sign_flip_p
from evals.summary import QUANTITIES, RIGHT, SMALL, CaseScore, bears_on, by_case, combined, sliced

ALPHA: Final = 0.05
ComparisonVerdict = Literal["better", "worse", "same"]
# Fields of the manifest that name and date a run; two runs of the same configuration differ in them.
_INCIDENTAL: Final = frozenset({"name", "started", "ended"})
Pairs = Sequence[tuple[CaseScore, CaseScore]]


@dataclass(frozen=True, kw_only=True)
class Paired:
    """One quantity over cases that both runs have: rows of `a` and `b` are the same case.

    Attributes:
        a: Components in the baseline, shape (n, k); zeros where the quantity applies in the other run only.
        b: Components in the candidate.
    """

    quantity: Quantity
    a: Floats
    b: Floats
    clusters: tuple[str, ...]

    @property
    def values(self) -> tuple[float | None, float | None]:
        """The figure of the baseline and of the candidate; None where it applies to no case."""
        return combined(self.a, self.quantity.combine), combined(self.b, self.quantity.combine)

    @property
    def n(self) -> int:
        """Cases that bear on the figure in either run."""
        return len(self._bearing)

    @property
    def n_clusters(self) -> int:
        """Clusters that they are of."""
        return len(set(self._bearing))

    @property
    def _bearing(self) -> list[str]:
        """The clusters of the cases that bear on the figure in either run."""
        bears = bears_on(self.a, self.quantity.combine) + bears_on(self.b, self.quantity.combine)
        return [cluster for cluster, counts in zip(self.clusters, bears, strict=True) if counts]

    def differences(self, *, resamples: int, seed: int) -> Floats:
        """Returns bootstrap differences candidate − baseline, shape (resamples,)."""
        return paired_cluster_bootstrap(
            self.a, self.b, self.clusters, self.quantity.combine, resamples=resamples, seed=seed
        )


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure in both runs.

    Attributes:
        delta: b − a, with its 95 % interval.
        p: Two-sided, of no difference at all.
        verdict: `same` where p > 0.05, and where neither direction is better.
    """

    metric: str
    a: float
    b: float
    delta: float
    low: float
    high: float
    p: float
    n: int
    verdict: ComparisonVerdict


@dataclass(frozen=True, kw_only=True)
class Flip:
    """One case that is right in one run only; a stage of None is right."""

    case: str
    old: Stage | None
    new: Stage | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry of the manifests that differs; None where a run has none of it."""

    name: str
    a: str | None
    b: str | None


@dataclass(frozen=True, kw_only=True)
class SliceDifference:
    """Share of right outcomes in both runs, of cases that share a value."""

    value: str
    n: int
    a: float
    b: float
    small: bool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two runs beside each other, over the cases that both have.

    Attributes:
        pairs: Each case in both, by id.
        unpaired: Cases that one of them has not, or whose right outcome differs.
        right: Share of right outcomes.
        mcnemar_p: Exact p-value of the flips.
        regressions: Cases that were right, and are not.
        improvements: Cases that were not right, and are.
        metrics: Those that apply in both runs, in the order of `METRICS`.
        changes: What was run differently.
    """

    baseline: str
    candidate: str
    pairs: Pairs
    unpaired: tuple[str, ...]
    right: Difference
    mcnemar_p: float
    regressions: tuple[Flip, ...]
    improvements: tuple[Flip, ...]
    metrics: tuple[Difference, ...]
    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """Returns all but the pairs, of which only the number."""
        found = {name: value for name, value in asdict(self).items() if name not in ("pairs", "unpaired")}
        return {"cases": len(self.pairs)} | found

    def by(self, slice_name: str) -> tuple[SliceDifference, ...]:
        """Returns the shares of right outcomes for each value of a slice, the greatest loss first."""

        def share(cases: Sequence[CaseScore]) -> float:
            return sum(case.stage is None for case in cases) / len(cases)

        before = {old.case: old for old, _ in self.pairs}
        found = []
        for value, cases in sliced((new for _, new in self.pairs), slice_name).items():
            a, b, n = share([before[case.case] for case in cases]), share(cases), len(cases)
            found.append(SliceDifference(value=value, n=n, a=a, b=b, small=n < SMALL))
        return tuple(sorted(found, key=lambda item: (item.b - item.a, -item.n, item.value)))


def compare(
    baseline: Run, candidate: Run, *, intersection: bool = False, resamples: int = RESAMPLES, seed: int = 0
) -> Comparison:
    """Compares two runs case by case; repeats are averaged first.

    Args:
        baseline: The run to compare with.
        candidate: The run in question.
        intersection: Whether runs over different cases or statements are compared, over the cases that both have.
        resamples: Bootstrap samples, and random swaps.
        seed: Equal seeds give equal intervals.

    Raises:
        RunError: They ran over different cases or statements, or share no case.
    """
    problem = None if intersection else difference_of_data(baseline.manifest, candidate.manifest)
    if problem is not None:
        raise RunError(f"{problem}: give --intersection to compare the cases that both have")
    pairs, unpaired = paired_cases(by_case(baseline.scores()), by_case(candidate.scores()))
    names = baseline.manifest.name, candidate.manifest.name
    if not pairs:
        raise RunError(f"the runs {names[0]!r} and {names[1]!r} share no case: run both over the same dataset")
    differences = (
        difference(paired(pairs, QUANTITIES[name]), resamples=resamples, seed=seed) for name in (RIGHT.name, *METRICS)
    )
    # RIGHT applies to every case, so that the first difference is never None.
    right, *metrics = (found for found in differences if found is not None)
    flips = [Flip(case=new.case, old=old.stage, new=new.stage) for old, new in pairs]
    regressions = tuple(flip for flip in flips if flip.old is None and flip.new is not None)
    improvements = tuple(flip for flip in flips if flip.old is not None and flip.new is None)
    return Comparison(
        baseline=names[0],
        candidate=names[1],
        pairs=pairs,
        unpaired=unpaired,
        right=right,
        mcnemar_p=mcnemar_exact(len(improvements), len(regressions)),
        regressions=regressions,
        improvements=improvements,
        metrics=tuple(metrics),
        changes=manifest_changes(baseline.manifest, candidate.manifest),
    )


def difference_of_data(a: RunManifest, b: RunManifest) -> str | None:
    """Returns why figures of two runs are not about the same thing; None where they are."""
    if a.dataset_sha256 != b.dataset_sha256:
        return f"the runs {a.name!r} and {b.name!r} asked different cases ({a.dataset!r}, {b.dataset!r})"
    if a.corpus_sha256 != b.corpus_sha256:
        return f"the runs {a.name!r} and {b.name!r} searched different statements"
    return None


def paired_cases(a: Sequence[CaseScore], b: Sequence[CaseScore]) -> tuple[Pairs, tuple[str, ...]]:
    """Returns (cases with the same id and the same right outcome in both, ids of all others), each by id."""
    before, after = ({case.case: case for case in cases} for cases in (a, b))
    pairs = tuple((before[name], after[name]) for name in sorted(before.keys() & after.keys()))
    same = tuple((x, y) for x, y in pairs if (x.expected, x.expected_states) == (y.expected, y.expected_states))
    others = (before.keys() | after.keys()) - {new.case for _, new in same}
    return same, tuple(sorted(others))


def paired(pairs: Pairs, quantity: Quantity) -> Paired:
    """Returns a quantity over the cases to which it applies in either run."""
    key = quantity.key
    applying = [(old, new) for old, new in pairs if key in old.components or key in new.components]
    width = max((len(c.components.get(key, ())) for pair in applying for c in pair), default=0)
    a, b = (
        np.array([case.components.get(key, (0.0,) * width) for case in side], dtype=np.float64)
        for side in (zip(*applying, strict=True) if applying else ((), ()))
    )
    return Paired(quantity=quantity, a=a, b=b, clusters=tuple(new.cluster for _, new in applying))


def difference(found: Paired, *, resamples: int = RESAMPLES, seed: int = 0) -> Difference | None:
    """Returns how a quantity differs, with interval and p-value; None where it does not apply in both runs."""
    a, b = found.values
    if a is None or b is None:
        return None
    low, high = interval(found.differences(resamples=resamples, seed=seed))
    p = sign_flip_p(found.a, found.b, found.clusters, found.quantity.combine, resamples=resamples, seed=seed)
    higher, verdict = found.quantity.higher_is_better, "same"
    if p <= ALPHA and higher is not None:
        verdict = "better" if (b > a) == higher else "worse"
    return Difference(
        metric=found.quantity.name, a=a, b=b, delta=b - a, low=low, high=high, p=p, n=found.n,
        verdict=verdict,  # type: ignore[arg-type]  # one of the three
    )  # fmt: skip


def manifest_changes(a: RunManifest, b: RunManifest) -> tuple[Change, ...]:
    """Returns what was run differently, entries of settings, models and packages each by their own key."""
    before, after = _entries(a), _entries(b)
    return tuple(
        Change(name=name, a=before.get(name), b=after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def _entries(manifest: RunManifest) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in manifest.model_dump(exclude=set(_INCIDENTAL)).items():
        entries: Mapping[str, Any] = value if isinstance(value, Mapping) else {"": value}
        found |= {f"{name}.{key}" if key else name: str(entry) for key, entry in entries.items() if entry is not None}
    return found
