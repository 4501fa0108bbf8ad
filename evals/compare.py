"""Paired comparison of two runs over the same cases: differences with intervals and p-values, and the flips.

Whether flips go one way more often than by chance is tested as the difference of `right`, like any other metric.
Gates, comparison and report all take their verdicts from `judged`, so that they agree on what is a loss.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

from app.ui.words import digits, say
from evals.errors import RunError
from evals.metrics.table import METRICS, RIGHT, TOLERANCE, Floats, Metric
from evals.runs import Run, RunManifest, ScoreRecord, Stage
from evals.summary import FEWEST_CLUSTERS, bears_on, by_case, cluster_bootstrap, combined, holm, interval, not_worse_p

# Significance level, one-sided: as one end of a 95 % interval.
ALPHA: Final = 0.025
# Fields of the manifest that name and date a run; two runs of the same configuration differ in them.
_INCIDENTAL: Final = frozenset({"name", "started", "ended", "options"})
Pairs = Sequence[tuple[ScoreRecord, ScoreRecord]]


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Components of a metric over the cases of two runs, (n, k) each; zeros where it applies in the other run only."""

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


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One figure in both runs: b − a with its 95 % interval, and whether it differs by more than a margin."""

    metric: str
    a: float
    b: float
    delta: float
    low: float | None
    """With `high`, the interval of the change; None over too few clusters, where it would be far too narrow."""
    high: float | None
    p: float | None
    """One-sided p-value of a change in this direction within the margin, Holm-adjusted; None over too few clusters."""
    n: int
    """Number of cases that bear on the figure in either run; `clusters` is the number of clusters that they form."""
    clusters: int
    margin: float
    lost: bool
    verdict: Literal["better", "worse", "few", "same"]
    """`few`: a change greater than the margin, but over too few clusters to tell it from chance."""

    @property
    def accepted(self) -> bool:
        """Whether the change is within a margin; `p` tests for a greater change, and then says nothing of this one."""
        return self.margin > 0 and abs(self.delta) <= self.margin + TOLERANCE

    @property
    def chance(self) -> str:
        """A sentence on whether the change may be chance, is within the margin, or cannot be tested."""
        if self.accepted:
            return say("report-within-margin", margin=METRICS[self.metric].shown(self.margin))
        if self.p is None:
            return say("report-too-few", clusters=self.clusters, needed=FEWEST_CLUSTERS)
        p = digits("p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}")
        return say(f"report-{'more-than' if self.verdict in ('better', 'worse') else 'may-be'}-chance", p=p)


@dataclass(frozen=True, kw_only=True)
class Flip:
    """One case that is right in one run only; a stage of None means right."""

    case: str
    old: Stage | None
    new: Stage | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two runs beside each other, over the cases that both have."""

    baseline: str
    candidate: str
    pairs: Pairs
    unpaired: tuple[str, ...]
    """Ids of the cases that only one of them has, or whose right outcome differs."""
    regressions: tuple[Flip, ...]
    improvements: tuple[Flip, ...]
    differences: Mapping[str, Difference]
    """The differences of metrics that apply in both runs, by name in the order of `METRICS`."""
    changes: tuple[tuple[str, str | None, str | None], ...]
    """Manifest entries that differ: name, value before and value now; None where a run has no such entry."""

    @property
    def right(self) -> Difference:
        """The share of right outcomes, which applies to every case."""
        return self.differences[RIGHT.name]

    @property
    def before(self) -> list[ScoreRecord]:
        """The baseline's scores of the cases that both have, with the slices of the candidate's scores."""
        return [old.model_copy(update={"slices": new.slices}) for old, new in self.pairs]

    def to_json(self) -> dict[str, Any]:
        """Returns the fields except `pairs` and `unpaired`, with the number of pairs as `cases`."""
        found = {name: value for name, value in asdict(self).items() if name not in ("pairs", "unpaired")}
        return {"cases": len(self.pairs)} | found


def compare(baseline: Run, candidate: Run, margins: Mapping[str, float]) -> Comparison:
    """Compares two runs over the gating cases of both, repeats averaged; `margins` are of metrics that have a gate."""
    pairs, unpaired = paired_cases(gating(baseline), gating(candidate))
    names = baseline.manifest.name, candidate.manifest.name
    if not pairs:
        fault = "share no case but drafts, which never count: run both over the same cases, accepted by a person"
        raise RunError(f"the runs {names[0]!r} and {names[1]!r} {fault}")
    every = {name: paired(pairs, metric) for name, metric in METRICS.items()}
    gated = {name: found for name, found in every.items() if name in margins}
    found = judged(gated, margins) | judged({n: pair for n, pair in every.items() if n not in gated}, {})
    # For `changes`, manifests are flattened, so that each setting, model and package is an entry of its own.
    old, now = _entries(baseline.manifest), _entries(candidate.manifest)
    flips = [Flip(case=y.case, old=x.stage, new=y.stage) for x, y in pairs if (x.stage is None) != (y.stage is None)]
    return Comparison(
        baseline=names[0], candidate=names[1], pairs=pairs, unpaired=unpaired,
        regressions=tuple(flip for flip in flips if flip.old is None),
        improvements=tuple(flip for flip in flips if flip.new is None),
        differences={name: found[name] for name in METRICS if name in found},
        changes=tuple((n, old.get(n), now.get(n)) for n in {**old, **now} if old.get(n) != now.get(n)),
    )  # fmt: skip


def difference_of_data(a: RunManifest, b: RunManifest) -> str | None:
    """Returns why two runs are over different data, other cases or other statements; None if over the same."""
    if a.dataset_sha256 != b.dataset_sha256:
        return say("report-other-cases", a=a.name, b=b.name, cases_a=a.dataset, cases_b=b.dataset)
    if a.corpus_sha256 != b.corpus_sha256:
        return say("report-other-statements", a=a.name, b=b.name)
    return None


def gating(run: Run) -> tuple[ScoreRecord, ...]:
    """Returns one score for each case of a run that counts in gates and comparisons, which drafts do not."""
    return tuple(case for case in by_case(run.scores()) if case.gates)


def paired_cases(a: Sequence[ScoreRecord], b: Sequence[ScoreRecord]) -> tuple[Pairs, tuple[str, ...]]:
    """Returns (cases with the same id and right outcome in both, ids of all others), each sorted by id."""
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
        np.array([pair[side].components.get(key, (0.0,) * width) for pair in applying], dtype=np.float64)
        for side in (0, 1)
    )
    return Paired(metric=metric, a=a, b=b, clusters=tuple(new.cluster for _, new in applying))


def judged(found: Mapping[str, Paired], margins: Mapping[str, float], seed: int = 0) -> dict[str, Difference]:
    """Judges the differences of metrics, by name, as one family of tests; those not applying in both are left out.

    A change counts if the paired cluster bootstrap shows that it exceeds the margin, after Holm's correction over the
    family, since one of many figures moves by chance. Too few clusters cannot show that with any number of resamples.
    """
    both = {name: pair for name, pair in found.items() if None not in pair.values}
    # Signs that make a change for the better positive, so that every loss is below 0.
    signs = {name: -1.0 if pair.metric.higher_is_better is False else 1.0 for name, pair in both.items()}
    moved = {}
    for name, pair in both.items():
        # With the same seed, the same clusters are drawn for both runs, which pairs the samples.
        before, after = (cluster_bootstrap(x, pair.clusters, pair.metric.combine, seed=seed) for x in (pair.a, pair.b))
        moved[name] = after - before
    tested = [name for name, pair in both.items() if len(set(pair.bearing)) >= FEWEST_CLUSTERS]

    def p_values(direction: float) -> dict[str, float]:
        unadjusted = [not_worse_p(direction * signs[name] * moved[name], margins.get(name, 0.0)) for name in tested]
        return dict(zip(tested, holm(unadjusted), strict=True))

    losses, gains, judgements = p_values(1.0), p_values(-1.0), {}
    for name, pair in both.items():
        a, b = (value for value in pair.values if value is not None)
        gain, margin = signs[name] * (b - a), margins.get(name, 0.0)
        p = (losses if gain <= 0 else gains).get(name)
        verdict: Literal["better", "worse", "few", "same"] = "same"
        if pair.metric.higher_is_better is not None and abs(gain) > margin + TOLERANCE and (p is None or p <= ALPHA):
            verdict = "few" if p is None else "better" if gain > 0 else "worse"
        low, high = interval(moved[name]) if name in tested else (None, None)
        judgements[name] = Difference(
            metric=name, a=a, b=b, delta=b - a, low=low, high=high, p=p, n=len(pair.bearing),
            clusters=len(set(pair.bearing)), margin=margin, lost=gain < -margin - TOLERANCE, verdict=verdict,
        )  # fmt: skip
    return judgements


def _entries(manifest: RunManifest) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in manifest.model_dump(exclude=set(_INCIDENTAL)).items():
        entries: Mapping[str, Any] = value if isinstance(value, Mapping) else {"": value}
        found |= {f"{name}.{key}" if key else name: str(entry) for key, entry in entries.items() if entry is not None}
    return found
