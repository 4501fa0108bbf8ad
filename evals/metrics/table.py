"""The table of metrics: what each is computed from, how it adds up over cases, and what it means.

Every metric is a function of sums: a measure gives a few numbers for a case, these are added over any set of cases,
and the metric combines the sums. So a slice, a bootstrap sample and the whole are computed alike.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from evals.metrics import abstention, citations, content, integrity, reading, retrieval, robustness
from evals.metrics.eval_sample import EvalSample

Floats = npt.NDArray[np.float64]
Measure = Callable[[EvalSample], tuple[float, ...] | None]
Combine = Callable[[Floats], Floats]
Group = Literal["Integrity", "Reading", "Retrieval", "Evidence", "Content", "Abstention", "Robustness"]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """What is computed from sums of components: a metric, or the share of cases that came out right or failed.

    Attributes:
        key: The name of its components in a score, such as `citations.evidence_five`.
        combine: Takes component sums of shape (..., k) and gives the figure, shape (...), NaN where nothing applies.
        higher_is_better: None where neither direction is.
        share: Whether it is a share from 0 to 1, to be shown in per cent; else it is a number.
    """

    name: str
    label: str
    key: str = ""
    combine: Combine
    higher_is_better: bool | None = True
    share: bool = True


@dataclass(frozen=True, kw_only=True)
class Metric(Quantity):
    """One figure with its meaning.

    Attributes:
        measure: Gives the components of one case, or None where the metric does not apply to it; its name is the key.
        formula: What it is, in one line.
        source: Where it comes from; empty for our own.
        baseline: It says what a trivial program would get, not the one that was run.
    """

    group: Group
    measure: Measure
    formula: str
    source: str = ""
    baseline: bool = False


def ratio(part: int = 0, whole: int = 1) -> Combine:
    """Returns the combination Σ component[part] / Σ component[whole]."""

    def combine(sums: Floats) -> Floats:
        return divided(sums[..., part], sums[..., whole])

    return combine


def divided(part: Floats, whole: Floats) -> Floats:
    """Divides, NaN where the divisor is 0."""
    quotient: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) != 0)
    return quotient


def _precision(sums: Floats) -> Floats:
    return divided(sums[..., 0], sums[..., 0] + sums[..., 1])


def _recall(sums: Floats) -> Floats:
    return divided(sums[..., 0], sums[..., 0] + sums[..., 2])


def _f1_abstain(sums: Floats) -> Floats:
    return divided(2 * sums[..., 0], 2 * sums[..., 0] + sums[..., 1] + sums[..., 2])


def _f1_answer(sums: Floats) -> Floats:
    return divided(2 * sums[..., 3], 2 * sums[..., 3] + sums[..., 1] + sums[..., 2])


def _f1_macro(sums: Floats) -> Floats:
    """A class of which there is no case is left out: the mean is then the F1 of the other."""
    abstain, answer = _f1_abstain(sums), _f1_answer(sums)
    abstain = np.where(sums[..., 0] + sums[..., 2] > 0, abstain, answer)
    return (abstain + np.where(sums[..., 1] + sums[..., 3] > 0, answer, abstain)) / 2


def _missed(sums: Floats) -> Floats:
    return divided(sums[..., 2], sums[..., 0] + sums[..., 2])


def _over(sums: Floats) -> Floats:
    return divided(sums[..., 1], sums[..., 1] + sums[..., 3])


def _total(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0], dtype=np.float64)


def key(measure: Measure) -> str:
    """Returns the name under which a measure's components are stored."""
    module = measure.__module__.rpartition(".")[2]
    return f"{module}.{measure.__name__}"


_METRICS: Final[tuple[Metric, ...]] = (
    Metric(
        name="quote_verified", label="Quotations exact", group="Integrity", measure=integrity.quotes, combine=ratio(),
        formula="quotations that read as the file's text at their offsets / quotations shown",
    ),
    Metric(
        name="pointer_valid", label="Offsets point at the words", group="Integrity", measure=integrity.pointers,
        combine=ratio(), formula="citations with text[start:end] = source_quote / citations shown",
    ),
    Metric(
        name="misattributed", label="Words in the wrong mouth", group="Integrity", measure=integrity.misattributed,
        combine=_total, higher_is_better=False, share=False,
        formula="count: another State spoke the span, was not asked about, or is named by the claim",
    ),
    Metric(
        name="forbidden_states", label="Citations of States that do not answer", group="Evidence",
        measure=integrity.forbidden, combine=ratio(), higher_is_better=False,
        formula="citations of the States that a case forbids / citations of cases that forbid some",
    ),
    Metric(
        name="attribution", label="State is the speaker", group="Integrity", measure=integrity.attribution,
        combine=ratio(), formula="citations whose State spoke the span / citations whose speaker is known",
    ),
    Metric(
        name="metadata", label="Session, date, body right", group="Integrity", measure=integrity.metadata,
        combine=ratio(), formula="facts of citations equal to the manifest's / facts that the manifest has",
    ),
    Metric(
        name="states_read", label="States read as meant", group="Reading", measure=reading.states_read,
        combine=ratio(), formula="cases whose scope has exactly the States and groups meant / cases that name some",
    ),
    Metric(
        name="time_read", label="Years read as meant", group="Reading", measure=reading.time_read, combine=ratio(),
        formula="cases whose scope has exactly the years or session meant / cases that name a time",
    ),
    *(
        Metric(
            name=name, label=label, group="Retrieval", measure=retrieval.retrieval,
            combine=ratio(number, len(retrieval.MEASURES)),
            formula=f"{measure} over gold groups: a passage stands for a group of which it holds a span",
            source="ir-measures",
        )
        for number, (name, measure, label) in enumerate(
            zip(
                retrieval.MEASURES,
                map(str, retrieval.MEASURES.values()),
                ("Recall at 5", "Recall at 10", "Recall at 20", "nDCG at 10", "Reciprocal rank at 10"),
                strict=True,
            )
        )
    ),
    Metric(
        name="wrong_state_at_10", label="Passages of others in ten", group="Retrieval", measure=retrieval.wrong_state,
        combine=ratio(), higher_is_better=False,
        formula="passages of a State not asked about / passages, among the first ten",
    ),
    Metric(
        name="evidence_first", label="Evidence in the first citation", group="Evidence",
        measure=citations.evidence_first, combine=ratio(),
        formula="mean over single-State cases of: evidence groups met by the first citation / groups",
    ),
    Metric(
        name="evidence_five", label="Evidence in five citations", group="Evidence", measure=citations.evidence_five,
        combine=ratio(), formula="mean over answerable cases but lists of: groups met by the first five / groups",
    ),
    Metric(
        name="evidence_recall", label="Evidence in all citations", group="Evidence", measure=citations.evidence_all,
        combine=ratio(), formula="mean over cases with evidence of: groups met by any citation / groups",
    ),
    Metric(
        name="citation_precision", label="Citations that answer", group="Evidence",
        measure=citations.citation_precision, combine=ratio(),
        formula="citations that meet gold or were accepted / citations judged",
    ),
    Metric(
        name="citations_judged", label="Citations judged", group="Evidence", measure=citations.judged_citations,
        combine=ratio(), higher_is_better=None,
        formula="citations that meet gold or that a person ruled on / citations: how much the line above rests on",
    ),
    Metric(
        name="claims_covered", label="Claims with a verified citation", group="Evidence",
        measure=integrity.claims_covered, combine=ratio(),
        formula="claims with a citation that holds, checked against the file / claims",
    ),
    Metric(
        name="claims_worded", label="Claims in the words they cite", group="Evidence",
        measure=integrity.claims_worded, combine=ratio(),
        formula="claims whose quoted words all stand in their citations, and half of whose content words do / claims",
    ),
    Metric(
        name="citations_per_claim", label="Citations per claim", group="Evidence",
        measure=citations.citations_per_claim, combine=ratio(), higher_is_better=None, share=False,
        formula="citations of claims / claims",
    ),
    Metric(
        name="nuggets_strict_vital", label="Vital facts, cited", group="Content", measure=content.nuggets,
        combine=ratio(0, 4), formula="vital nuggets met by a verified citation / vital nuggets",
        source="Pradeep et al. 2025",
    ),
    Metric(
        name="nuggets_vital", label="Vital facts, cited or said", group="Content", measure=content.nuggets,
        combine=ratio(1, 4), formula="(vital nuggets cited + 0.5 · only said) / vital nuggets",
        source="Pradeep et al. 2025",
    ),
    Metric(
        name="nuggets_strict", label="All facts, cited", group="Content", measure=content.nuggets,
        combine=ratio(2, 5), formula="nuggets met by a verified citation / nuggets", source="Pradeep et al. 2025",
    ),
    Metric(
        name="nuggets_all", label="All facts, cited or said", group="Content", measure=content.nuggets,
        combine=ratio(3, 5), formula="(nuggets cited + 0.5 · only said) / nuggets", source="Pradeep et al. 2025",
    ),
    Metric(
        name="state_set_precision", label="States listed that belong", group="Content", measure=content.state_set,
        combine=ratio(0, 3), formula="mean of |claimed ∩ gold| / |claimed|",
    ),
    Metric(
        name="state_set_recall", label="States listed of those that belong", group="Content",
        measure=content.state_set, combine=ratio(1, 3), formula="mean of |claimed ∩ gold| / |gold|",
    ),
    Metric(
        name="state_set_f1", label="State set F1", group="Content", measure=content.state_set, combine=ratio(2, 3),
        formula="mean of 2·|claimed ∩ gold| / (|claimed| + |gold|)",
    ),
    Metric(
        name="abstention_precision", label="Abstentions that are right", group="Abstention",
        measure=abstention.decision, combine=_precision, formula="TP / (TP + FP)",
    ),
    Metric(
        name="abstention_recall", label="Unanswerable caught", group="Abstention", measure=abstention.decision,
        combine=_recall, formula="TP / (TP + FN)",
    ),
    Metric(
        name="abstention_f1", label="Abstention F1", group="Abstention", measure=abstention.decision,
        combine=_f1_abstain, formula="2·TP / (2·TP + FP + FN)",
    ),
    Metric(
        name="answer_f1", label="Answering F1", group="Abstention", measure=abstention.decision, combine=_f1_answer,
        formula="2·TN / (2·TN + FP + FN)",
    ),
    Metric(
        name="macro_f1", label="Mean of both F1", group="Abstention", measure=abstention.decision, combine=_f1_macro,
        formula="(abstention F1 + answering F1) / 2", source="Trust-Score, Song et al. 2024: grounded refusal",
    ),
    Metric(
        name="macro_f1_always_abstain", label="… if it always abstained", group="Abstention",
        measure=abstention.always_abstain, combine=_f1_macro, baseline=True, higher_is_better=None,
        formula="the line above for a program that never answers; a class without a hit counts 0",
    ),
    Metric(
        name="macro_f1_always_answer", label="… if it always answered", group="Abstention",
        measure=abstention.always_answer, combine=_f1_macro, baseline=True, higher_is_better=None,
        formula="the same for a program that never abstains",
    ),
    Metric(
        name="false_answer_rate", label="Answers where there is none", group="Abstention",
        measure=abstention.decision, combine=_missed, higher_is_better=False, formula="FN / (TP + FN)",
    ),
    Metric(
        name="over_abstention", label="Abstentions without need", group="Abstention", measure=abstention.decision,
        combine=_over, higher_is_better=False, formula="FP / (FP + TN)",
    ),
    Metric(
        name="over_abstained_with_evidence", label="… of these, evidence was retrieved", group="Abstention",
        measure=abstention.over_abstained_with_evidence, combine=ratio(), higher_is_better=None,
        formula="wrong abstentions with gold among the retrieved passages / wrong abstentions",
    ),
    Metric(
        name="reason_right", label="Reason of the abstention right", group="Abstention", measure=abstention.reason,
        combine=ratio(), formula="right reasons / abstentions of cases that say the reason",
    ),
    Metric(
        name="partial_right", label="Answers in part told as such", group="Abstention", measure=abstention.partial,
        combine=ratio(), formula="`partial` with the right kind missing / cases that expect it",
    ),
    Metric(
        name="crag", label="Right minus wrong", group="Abstention", measure=abstention.crag, combine=ratio(),
        share=False, formula="mean of +1 right, 0 abstained without need, −1 wrong", source="CRAG, Yang et al. 2024",
    ),
    Metric(
        name="repeat_agreement", label="Same outcome when asked again", group="Robustness",
        measure=robustness.repeat_agreement, combine=ratio(),
        formula="repeats with the first time's status and States / repeats",
    ),
    Metric(
        name="paraphrase_agreement", label="Same outcome in other words", group="Robustness",
        measure=robustness.paraphrase_agreement, combine=ratio(),
        formula="variants with the original's status and States / variants in its language",
    ),
    Metric(
        name="language_agreement", label="Same outcome in other languages", group="Robustness",
        measure=robustness.language_agreement, combine=ratio(),
        formula="variants with the original's status and States / variants in other languages",
    ),
)  # fmt: skip
METRICS: Final[Mapping[str, Metric]] = {metric.name: replace(metric, key=key(metric.measure)) for metric in _METRICS}


def components(sample: EvalSample, measures: Iterable[Measure] | None = None) -> dict[str, tuple[float, ...]]:
    """Returns what every measure gives for a case, by the measure's name; those that do not apply are left out."""
    found: dict[str, tuple[float, ...]] = {}
    for measure in dict.fromkeys(metric.measure for metric in METRICS.values()) if measures is None else measures:
        value = measure(sample)
        if value is not None:
            found[key(measure)] = value
    return found
