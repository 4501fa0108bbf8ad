"""Gates of `gates.yaml`: whether a run may replace its baseline, by absolute bars (hard) and no loss (soft).

A soft gate fails where a run is worse by more than its margin and beyond chance, as `evals.compare.judged` tests it. A
loss that may be chance, or that is over too few clusters to be tested, only warns. Drafts never count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, field_validator, model_validator

from app.ui.words import say
from evals.compare import Paired, difference_of_data, gating, judged, paired, paired_cases
from evals.files import EVALS, FileRecord, read_yaml
from evals.metrics.table import METRICS, TOLERANCE
from evals.runs import Run, ScoreRecord
from evals.summary import figure

# In order of severity, by which `GateReport.verdict` takes the worst.
GateVerdict = Literal["pass", "warn", "fail", "invalid"]


class _Gate(FileRecord):
    metric: str

    @field_validator("metric")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in METRICS:
            raise ValueError(f"no metric {name!r}; there are {', '.join(METRICS)}")
        if cls is SoftGate and METRICS[name].higher_is_better is None:
            raise ValueError(f"{name!r} cannot get worse, neither direction is better: take another metric")
        return name


class HardGate(_Gate):
    """A gate on the value itself: it must reach a bar, or not exceed it."""

    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_bar(self) -> "HardGate":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"the gate on {self.metric!r} needs one of `at_least` and `at_most`")
        return self


class SoftGate(_Gate):
    """A gate on the loss against the baseline."""

    margin: float = Field(default=0.0, ge=0)
    """A loss up to this is accepted, in the metric's unit."""


class Gates(FileRecord):
    """A file of gates."""

    hard: tuple[HardGate, ...] = ()
    soft: tuple[SoftGate, ...] = ()
    """Gates against the baseline; if empty, no baseline is needed."""
    minimum_cases: int = Field(default=30, ge=1)
    """Number of gating cases that a run, the pairs of two runs and the figure of each gate need to be conclusive."""

    @field_validator("soft")
    @classmethod
    def _once(cls, soft: tuple[SoftGate, ...]) -> tuple[SoftGate, ...]:
        names = [gate.metric for gate in soft]
        if (twice := next((name for name in names if names.count(name) > 1), None)) is not None:
            raise ValueError(f"{twice!r} has two gates: keep the one with the margin that is meant")
        return soft

    @property
    def margins(self) -> Mapping[str, float]:
        """The margin of each metric that has a soft gate."""
        return {gate.metric: gate.margin for gate in self.soft}


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """The result of one gate."""

    metric: str
    kind: Literal["hard", "soft"]
    verdict: GateVerdict
    reason: str
    n: int = 0
    few: bool = False
    """Whether the gate passes over fewer than `minimum_cases`, too few to tell anything; this fails no run."""
    bar: float | None = None
    """The bound that the value has to reach or not to exceed; for a soft gate, the baseline worsened by the margin."""
    value: float | None = None
    baseline: float | None = None
    delta: float | None = None
    """Candidate − baseline, for soft gates; `low` and `high` bound this difference, for hard gates the value."""
    low: float | None = None
    high: float | None = None
    p: float | None = None
    """p-value of the hypothesis that the change is no greater than the margin, see `Difference`."""


@dataclass(frozen=True, kw_only=True)
class GateReport:
    """The gates' results on a run; `problems`: why nothing is decided, `left_out`: soft gates that apply to no case."""

    candidate: str
    baseline: str | None
    cases: int
    minimum: int
    results: tuple[GateResult, ...]
    problems: tuple[str, ...]
    left_out: tuple[str, ...]
    variant: str | None = None

    @property
    def broken(self) -> bool:
        """Whether a hard gate with a bar of 0 or 1 fails: one case is enough for that, however few cases there are."""
        return any(r.kind == "hard" and r.verdict == "fail" and r.bar in (0.0, 1.0) for r in self.results)

    @property
    def verdict(self) -> GateVerdict:
        """The worst verdict of all gates; a run that is `broken` fails even where it could not be decided otherwise."""
        found: list[GateVerdict] = ["invalid" if self.problems else "pass", *(r.verdict for r in self.results)]
        return "fail" if self.broken else max(found, key=get_args(GateVerdict).index)

    @property
    def exit_code(self) -> int:
        """0 passed, with or without warnings; 1 failed; 2 nothing can be decided."""
        return {"fail": 1, "invalid": 2}.get(self.verdict, 0)


def load_gates(path: Path | None = None) -> Gates:
    """Loads gates from YAML, by default from the file that ships with the package."""
    return read_yaml(path or EVALS / "gates.yaml", Gates, "the gates")


def gates_of(run: Run, baseline: Run | None, path: Path | None = None) -> GateReport:
    """Checks a run against gates; without a baseline, against the hard ones alone."""
    gates = load_gates(path)
    return check_gates(gates if baseline is not None else gates.model_copy(update={"soft": ()}), run, baseline)


def check_gates(gates: Gates, candidate: Run, baseline: Run | None = None) -> GateReport:
    """Checks a run against absolute bars and, over the same cases and statements, against its baseline."""
    cases, problems = gating(candidate), []
    for run in filter(None, (candidate, baseline)):
        scored, wanted = len(run.scores()), run.manifest.cases * run.manifest.repeats
        todo = f"not scored whole, {scored} of {wanted} answers: `untoc-eval score {run.name}`"
        if (why := run.unfinished or (todo if scored < wanted else None)) is not None:
            problems.append(f"the run {run.name!r} is {why}")
    if not gates.hard and not gates.soft:
        problems.append("there are no gates: give some, or leave --gates out for those that come with the program")
    if len(cases) < gates.minimum_cases:
        problems.append(say("report-few-gate", count=len(cases), minimum=gates.minimum_cases))
    results, left_out = [_hard(gate, cases) for gate in gates.hard], []
    if baseline is None:
        problems += ["soft gates need a baseline: give --baseline RUN"] if gates.soft else []
    elif (other := difference_of_data(baseline.manifest, candidate.manifest)) is not None:
        problems.append(other)
    else:
        pairs, _ = paired_cases(gating(baseline), cases)
        if len(pairs) < gates.minimum_cases <= len(cases):
            problems.append(say("report-few-paired", count=len(pairs), minimum=gates.minimum_cases))
        found = {name: paired(pairs, METRICS[name]) for name in gates.margins}
        left_out = [name for name, pair in found.items() if pair.values == (None, None)]
        results += _soft({name: pair for name, pair in found.items() if name not in left_out}, gates)
    flagged = (replace(each, few=each.verdict == "pass" and each.n < gates.minimum_cases) for each in results)
    return GateReport(
        candidate=candidate.manifest.name, baseline=baseline.manifest.name if baseline is not None else None,
        cases=len(cases), minimum=gates.minimum_cases, results=tuple(flagged), problems=tuple(problems),
        left_out=tuple(left_out), variant=candidate.manifest.variant,
    )  # fmt: skip


def _hard(gate: HardGate, cases: Sequence[ScoreRecord]) -> GateResult:
    metric, least = METRICS[gate.metric], gate.at_least is not None
    bar = next(value for value in (gate.at_least, gate.at_most) if value is not None)
    found = figure(cases, metric)
    wanted = f"at least {metric.shown(bar)} is needed" if least else f"at most {metric.shown(bar)} is allowed"
    result = partial(GateResult, metric=gate.metric, kind="hard", bar=bar)
    if found is None:
        return result(verdict="invalid", reason=f"{metric.label}: applies to no case that gates, {wanted}")
    holds = found.value >= bar - TOLERANCE if least else found.value <= bar + TOLERANCE
    over = f" over {found.n} cases"
    if found.denominator is not None and metric.share:
        over = f" ({found.numerator:.6g} of {found.denominator:.6g})"
    reason = f"{metric.label}: {metric.shown(found.value)}{over}, {wanted}"
    verdict: GateVerdict = "pass" if holds else "fail"
    return result(verdict=verdict, reason=reason, n=found.n, value=found.value, low=found.low, high=found.high)


def _soft(pairs: Mapping[str, Paired], gates: Gates) -> Iterator[GateResult]:
    found = judged(pairs, gates.margins)
    for name, pair in pairs.items():
        (a, b), metric, item = pair.values, pair.metric, found.get(name)
        result = partial(GateResult, metric=name, kind="soft", n=len(pair.bearing), value=b, baseline=a)
        if item is None:
            # A figure that the baseline had and the run lacks is a loss; the reverse only warns.
            which = "baseline" if a is None else "run"
            reason = f"{metric.label}: applies to no case of the {which}, and could not be compared"
            yield result(verdict="warn" if a is None else "fail", reason=reason)
            continue
        verdict: GateVerdict = "fail" if item.verdict == "worse" else "warn" if item.lost else "pass"
        loss = f"loss greater than {metric.shown(item.margin)}"
        comment = f"no {loss}" if verdict == "pass" else f"a {loss}, {item.chance}"
        reason = f"{metric.label}: {metric.shown(item.b)} after {metric.shown(item.a)}, {comment}"
        bar = item.a + (item.margin if metric.higher_is_better is False else -item.margin)
        yield result(verdict=verdict, reason=reason, bar=bar, delta=item.delta, low=item.low, high=item.high, p=item.p)
