"""The table of metrics, `metrics.csv`: what each is computed from, how it adds up over cases, and where it is shown.

Every metric is a function of sums: a measure gives a few numbers for a case, these are added over any set of cases,
and the metric combines the sums. So a slice, a bootstrap sample and the whole are computed alike. Labels and formulas
in words are `metric-NAME…` in `app/ui/words/*.yaml`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from app.ui.words import digits, said, say
from evals.files import shipped_rows
from evals.metrics import abstention, citations, content, integrity, reading, retrieval, robustness
from evals.metrics.eval_sample import EvalSample

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Measure = Callable[[EvalSample], tuple[float, ...] | None]
Combine = Callable[[Floats], Floats]
_MODULES: Final = (abstention, citations, content, integrity, reading, retrieval, robustness)
# Rounding error of floats: sums of fractions that make 1 may come out as 1 − 1e-16.
TOLERANCE: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric, which is a line of the table."""

    name: str
    key: str
    """The measure that gives its components, such as `citations.evidence_five`."""
    combine: Combine
    """Takes component sums of shape (..., k) and gives the figure, shape (...), NaN where nothing applies."""
    higher_is_better: bool | None
    """None where neither direction is better."""
    share: bool
    """Whether it is a share from 0 to 1, to be shown in per cent; else it is a number."""
    group: str
    source: str
    shown_in: frozenset[str]
    """`tile`, `brief`, `ablation`: where it is shown beside the whole table."""

    @property
    def label(self) -> str:
        """The name of the metric for readers."""
        return say(f"metric-{self.name}")

    @property
    def told(self) -> str:
        """What the metric means in plain words; empty without `tile` or `brief` in `shown_in`."""
        return said(f"metric-{self.name}-told", "")

    @property
    def formula(self) -> str:
        """How the metric is computed."""
        return say(f"metric-{self.name}-formula")

    def shown(self, value: float) -> str:
        """Returns a value as it is written within a sentence."""
        return digits(f"{100 * value:.4g} %" if self.share else f"{value:.4g}")


def ratio(part: str = "0", whole: str = "1") -> Combine:
    """Returns the combination Σ components[part] / Σ components[whole], each a sum such as `0+1`; NaN over 0."""
    above, below = ([int(index) for index in side.split("+")] for side in (part, whole))

    def combine(sums: Floats) -> Floats:
        over = sums[..., below].sum(axis=-1)
        quotient: Floats = sums[..., above].sum(axis=-1) / np.where(over != 0, over, np.nan)
        return quotient

    return combine


def _macro(sums: Floats) -> Floats:
    """Returns the mean F1 of abstaining and of answering; without cases of one class, the F1 of the other."""
    abstain, answer = ratio("0+0", "0+0+1+2")(sums), ratio("3+3", "3+3+1+2")(sums)
    abstain = np.where(sums[..., 0] + sums[..., 2] > 0, abstain, answer)
    return (abstain + np.where(sums[..., 1] + sums[..., 3] > 0, answer, abstain)) / 2


# Combinations other than a quotient of sums.
_COMBINED: Final[Mapping[str, Combine]] = {"0": lambda sums: sums[..., 0], "macro": _macro}


def _read() -> Iterator[Metric]:
    for row in shipped_rows("metrics/metrics.csv"):
        part, over, whole = row["combine"].partition("/")
        yield Metric(
            name=row["name"], key=row["measure"], group=row["group"],
            combine=ratio(part, whole) if over else _COMBINED[part], share=row["unit"] == "share",
            higher_is_better={"higher": True, "lower": False}.get(row["better"]), source=row["source"],
            shown_in=frozenset(row["shown_in"].split()),
        )  # fmt: skip


METRICS: Final[Mapping[str, Metric]] = {metric.name: metric for metric in _read()}
RIGHT: Final = METRICS["right"]
FAILED: Final = METRICS["failed"]


# Measures by the key under which their components are stored; `outcome` has none, as it follows from a case's stage.
MEASURES: Final[Mapping[str, Measure]] = {
    metric.key: getattr(module, metric.key.rpartition(".")[2])
    for module in _MODULES for metric in METRICS.values()
    if metric.key.startswith(f"{module.__name__.rpartition('.')[2]}.")
}  # fmt: skip


def components(sample: EvalSample) -> dict[str, tuple[float, ...]]:
    """Returns what every measure gives for a case, by the measure's name; those that do not apply are left out."""
    values = ((key, measure(sample)) for key, measure in MEASURES.items())
    return {key: value for key, value in values if value is not None}
